"""Passages by the words they share with a question: BM25; the only importer of tantivy.

Who wrote a post, and when, is indexed too, so that a filter costs no more where it lets half a
million passages through than where it lets ten.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import tantivy

from index.errors import IndexDamaged
from index.mined import Definitions
from index.stopwords import ASKING
from index.types import Filters
from index.vectors import Ordinals
from index.vocabulary import VOCABULARY_FILE, Meaning, Vocabulary

_TEXT, _ORDINAL, _ANALYZER = "text", "ordinal", "english"
_AUTHOR, _TAG, _SOURCE, _DAY, _POST = "author", "tag", "source", "day", "post"
_WRITER_BYTES = 256_000_000
_FREQUENCIES = 10_000  # of terms, kept for the next questions
_MINED_FILE = "vocabulary.txt"

_MARKS = "’‘“”–—…•"  # what makes an English text more than ASCII; none is part of a word
_LETTERS = re.compile("[0-9a-z]*")

OTHER_WORDS = 0.5
"""What another word for the same weighs against the question's own."""
_MOST_POSTINGS = 10_000
"""Up to so many passages that have a word of the question, or another word for it, all of them are
looked at, which takes less than a millisecond. Beyond, the question's own words have to do: only in
a plain union of terms does tantivy skip what cannot win, and with other words a question to a
million passages took 19 ms rather than 8."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What a passage is filtered by; the same for all passages of a post, whose row is ``post``."""

    author: str | None = None
    tags: Sequence[str] = ()
    sources: Sequence[str] = ()
    published: date | None = None
    post: int = 0


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_TEXT, tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_unsigned_field(_ORDINAL, fast=True)
    for name in (_AUTHOR, _TAG, _SOURCE):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field(_DAY, indexed=True, fast=True)
    builder.add_unsigned_field(_POST, indexed=True)
    return builder.build()


def _analyzer() -> tantivy.TextAnalyzer:
    """Lower case without accents, English stop words out, the rest stemmed (Snowball)."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(40))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.custom_stopword(list(ASKING)))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


class Terms:
    """The postings of all passages."""

    def __init__(self, folder: Path) -> None:
        """Open what :class:`TermsWriter` wrote to ``folder``; IndexDamaged if that fails."""
        self._analyzer = _analyzer()
        place = _openable(folder)
        self._removal = weakref.finalize(self, _remove_links, place, folder)
        try:
            index = tantivy.Index.open(str(place))
            index.register_tokenizer(_ANALYZER, self._analyzer)
            self._schema = index.schema
            self._searcher = index.searcher()
            # Questions share most of their words, and each is asked for several times a question.
            self._having = lru_cache(_FREQUENCIES)(partial(self._searcher.doc_freq, _TEXT))
        except (ValueError, OSError) as error:
            raise IndexDamaged(
                f"{folder} cannot be read as a term index: {error}.", "Build it again: blogqa build"
            ) from error

        mined = folder / _MINED_FILE
        if not mined.is_file():
            raise IndexDamaged(f"{mined} is missing.", "Build it again: blogqa build")
        self._vocabulary = Vocabulary([VOCABULARY_FILE, mined], self._analyzer.analyze)

    def __len__(self) -> int:
        return self._searcher.num_docs

    def close(self) -> None:
        """Remove what was made to open it. A server that a signal ends would leave it for good."""
        self._removal()

    def search(
        self,
        text: str,
        count: int,
        filters: Filters | None = None,
        posts: Ordinals | None = None,
    ) -> dict[int, float]:
        """BM25 scores of the ``count`` best passages by ordinal, best first.

        The query is a plain list of terms: nothing in ``text`` is taken as query syntax. Where the
        vocabulary knows other words for some of them, a passage that has those scores as if it had
        OTHER_WORDS of the question's own, if that is more than it scores for these. Empty if none
        is in any passage. With ``filters`` only what passes; which posts have their chips is not
        known while this is written, and comes as their rows, ``posts``. Scores don't change.
        """
        meanings = self._vocabulary.meanings(self._analyzer.analyze(text))
        if not meanings:
            return {}
        whole = self._postings(meanings) <= _MOST_POSTINGS
        any_term = _any([query for each in meanings for query in self._queries(each, whole)])
        query = any_term
        if filters:  # else left alone: tantivy skips what cannot win only in a union by itself
            must = [any_term, *self._labelled(filters, posts)]
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, each) for each in must])
        hits = self._searcher.search(query, count, count=False).hits
        if not hits:
            return {}
        ordinals: list[Any] = self._searcher.fast_field_values(
            _ORDINAL, [address for _, address in hits]
        )
        return dict(zip(ordinals, (score for score, _ in hits), strict=True))

    def matched(self, question: str, texts: Sequence[str]) -> list[float]:
        """The share of the words of ``question`` that each of ``texts`` has, from 0 to 1.

        A word weighs its rarity, as in :meth:`rarity`; one that no passage has weighs most. What
        the vocabulary takes for the same counts OTHER_WORDS of it. 0 where ``question`` has none
        but words of asking.
        """
        meanings = self._vocabulary.meanings(self._analyzer.analyze(question))
        rarities = {term: self._rarity(term) for each in meanings for term in each.own}
        if not rarities:
            return [0.0] * len(texts)
        whole = sum(rarities.values())
        others = {term for each in meanings for words in each.others for term in words}
        wanted = rarities.keys() | others
        return [
            self._had(meanings, rarities, self._standing(wanted, text)) / whole for text in texts
        ]

    def _had(
        self, meanings: Sequence[Meaning], rarities: Mapping[str, float], having: Set[str]
    ) -> float:
        """What of the ``rarities`` a text has whose terms are ``having``, each counted once."""
        shares: dict[str, float] = {}
        for meaning in meanings:
            other = any(having >= set(words) for words in meaning.others)
            for term in meaning.own:
                share = 1.0 if term in having else OTHER_WORDS if other else 0.0
                shares[term] = max(share, shares.get(term, 0.0))
        return sum(share * rarities[term] for term, share in shares.items())

    def _standing(self, terms: Set[str], text: str) -> Set[str]:
        """Which of ``terms`` stand in ``text``."""
        for mark in _MARKS:
            text = text.replace(mark, " ")
        if text.isascii():
            # To stem a whole passage takes longer than to look for words that begin alike.
            text = " ".join(_beginning_as(terms, text.lower()))
        return terms & set(self._analyzer.analyze(text))

    def shared(self, question: str, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words of ``question`` that ``text`` has, and the words of ``text`` that mean others.

        Both as they are written there, each once, in order.
        """
        having = set(self._words(text))
        words = self._written(question, having)
        missing = [
            each.others
            for each in self._vocabulary.meanings(self._analyzer.analyze(question))
            if not having.issuperset(each.own)
        ]
        there = [each for found in missing for each in found if having.issuperset(each)]
        return words, self._written(text, {term for each in there for term in each})

    def _written(self, text: str, terms: Set[str]) -> tuple[str, ...]:
        """The words of ``text`` that ``terms`` are made of, in lower case, each once."""
        words = dict.fromkeys(re.findall(r"\w+", text.lower()))
        return tuple(word for word in words if not terms.isdisjoint(self._analyzer.analyze(word)))

    def rarity(self, text: str) -> float:
        """The sum of the rarities of the words of ``text``, each once: BM25's inverse frequencies.

        A word's is ln(1 + (n - d + 0.5) / (d + 0.5)) where d of n passages have it.
        """
        return sum(map(self._rarity, self._words(text)))

    def frequency(self, word: str) -> int:
        """In how many passages ``word`` stands; in all, for one that questions are asked with."""
        return min(map(self._having, self._analyzer.analyze(word)), default=len(self))

    def has_word(self, word: str) -> bool:
        """Whether ``word`` stands in a passage, or is one to search for others by."""
        return self.frequency(word) > 0 or any(
            each.others for each in self._vocabulary.meanings(self._analyzer.analyze(word))
        )

    def _rarity(self, term: str) -> float:
        having = self._having(term)
        return math.log(1 + (len(self) - having + 0.5) / (having + 0.5))

    def _words(self, text: str) -> list[str]:
        """The terms of ``text``, each once."""
        return list(dict.fromkeys(self._analyzer.analyze(text)))

    def _postings(self, meanings: Iterable[Meaning]) -> int:
        """How many passages are to be scored for ``meanings`` at most, other words included."""
        every = {term for each in meanings for words in (each.own, *each.others) for term in words}
        return sum(map(self._having, every))

    def _queries(self, meaning: Meaning, whole: bool) -> list[tantivy.Query]:
        """Queries whose scores add up to that of ``meaning``; with other words if ``whole``."""
        own = [self._term(_TEXT, term, "freq") for term in meaning.own]
        others = [words for words in meaning.others if any(map(self._having, words))]
        if not whole or not others:
            return own
        likewise = [
            tantivy.Query.boost_query(
                _any([self._term(_TEXT, term, "freq") for term in words]), OTHER_WORDS / len(words)
            )
            for words in others
        ]
        return [tantivy.Query.disjunction_max_query([_any(own), *likewise])]

    def _labelled(self, filters: Filters, posts: Ordinals | None) -> Iterator[tantivy.Query]:
        """Queries that what passes matches, and that add nothing to its score."""
        wanted = []
        if filters.author:
            wanted.append(self._term(_AUTHOR, filters.author.casefold()))
        if filters.tag:
            wanted.append(self._term(_TAG, filters.tag.casefold()))
        if filters.source:
            wanted.append(self._term(_SOURCE, filters.source))
        if filters.after or filters.before:
            first, last = filters.after or date.min, filters.before or date.max
            days = first.toordinal(), last.toordinal()
            kind = tantivy.FieldType.Unsigned
            wanted.append(tantivy.Query.range_query(self._schema, _DAY, kind, *days))
        if posts is not None:
            wanted.append(tantivy.Query.term_set_query(self._schema, _POST, posts.tolist()))
        return (tantivy.Query.const_score_query(each, 0.0) for each in wanted)

    def _term(self, field: str, term: str, option: str = "basic") -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, term, index_option=option)


def _beginning_as(terms: Iterable[str], text: str) -> Iterator[str]:
    """The words of ``text``, ASCII in lower case, whose stem may be one of ``terms``.

    Stemming leaves the first two letters as they are, but for "y": "dying" becomes "die".
    """
    beginnings = {term[:2] for term in terms}
    beginnings |= {each[0] + "y" for each in beginnings if each[1:] == "i"}
    for beginning in beginnings:
        at = text.find(beginning)
        while at >= 0:
            if not text[at - 1 : at].isalnum():
                yield _LETTERS.match(text, at)[0]  # type: ignore[index]
            at = text.find(beginning, at + 1)


def _any(queries: list[tantivy.Query]) -> tantivy.Query:
    """What one of ``queries`` matches at least; its score is the sum of theirs."""
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, each) for each in queries])


def _openable(folder: Path) -> Path:
    """``folder``, or links to its files: tantivy makes a lock file even where it only reads."""
    if os.access(folder, os.W_OK, effective_ids=True) or not folder.is_dir():
        return folder
    links = Path(tempfile.mkdtemp(prefix="blogqa-terms-"))
    for path in folder.glob("[!.]*"):
        (links / path.name).symlink_to(path.resolve())
    return links


def _remove_links(place: Path, folder: Path) -> None:
    """Remove the ``place`` at which the terms of ``folder`` were opened, if it is another."""
    if place != folder:
        shutil.rmtree(place, ignore_errors=True)


class TermsWriter:
    """Takes the texts of a generation in, one by one; a context manager.

    A text's position is its passage's ordinal. Every method raises OSError if the disk refuses.
    """

    def __init__(self, folder: Path) -> None:
        """Begin the new ``folder``, for :class:`Terms` to open once all is in it."""
        folder.mkdir()
        self._folder = folder
        self._ordinal = 0
        self._definitions = Definitions()
        self._analyzer = _analyzer()
        with _refusals():
            index = tantivy.Index(_schema(), path=str(folder))
            index.register_tokenizer(_ANALYZER, self._analyzer)
            # One thread: equal input makes equal postings.
            self._writer = index.writer(_WRITER_BYTES, num_threads=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            with _refusals():
                self._writer.commit()
                self._writer.wait_merging_threads()
            lines = self._definitions.lines(lambda form: bool(self._analyzer.analyze(form)))
            (self._folder / _MINED_FILE).write_text(lines, encoding="utf-8")
        else:
            with suppress(ValueError):  # its threads would write on while the folder is removed
                self._writer.wait_merging_threads()

    def add(self, text: str, labels: Labels) -> None:
        """Take the next passage's ``text``, and what it is filtered by."""
        self._definitions.add(text)
        document = tantivy.Document()
        document.add_text(_TEXT, text)
        document.add_unsigned(_ORDINAL, self._ordinal)
        document.add_unsigned(_POST, labels.post)
        if labels.author is not None:
            document.add_text(_AUTHOR, labels.author.casefold())
        for tag in labels.tags:
            document.add_text(_TAG, tag.casefold())
        for source in labels.sources:
            document.add_text(_SOURCE, source)
        if labels.published is not None:
            document.add_unsigned(_DAY, labels.published.toordinal())
        try:  # not _refusals, which costs as much as the adding
            self._writer.add_document(document)
        except ValueError as error:
            raise OSError(str(error)) from error
        self._ordinal += 1


@contextmanager
def _refusals() -> Iterator[None]:
    """Turns what tantivy says of a disk that refuses into an OSError."""
    try:
        yield
    except ValueError as error:
        raise OSError(str(error)) from error


def as_ordinals(values: Iterable[int]) -> Ordinals:
    """Ordinals as the array that searches take."""
    return np.fromiter(values, dtype=np.int64)
