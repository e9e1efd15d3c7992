"""Passages by the words they share with a question: BM25; the only importer of tantivy."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from index.errors import IndexDamaged
from index.vectors import Ordinals

_TEXT, _ORDINAL, _ANALYZER = "text", "ordinal", "english"
_WRITER_BYTES = 64_000_000


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_TEXT, tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_unsigned_field(_ORDINAL, indexed=True, fast=True)
    return builder.build()


def _analyzer() -> tantivy.TextAnalyzer:
    """Lower case without accents, English stop words out, the rest stemmed (Snowball)."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(40))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


class Terms:
    """The postings of all passages."""

    def __init__(self, folder: Path) -> None:
        """Open what :func:`write_terms` wrote to ``folder``; IndexDamaged if that fails."""
        self._analyzer = _analyzer()
        try:
            index = tantivy.Index.open(str(_openable(folder)))
            index.register_tokenizer(_ANALYZER, self._analyzer)
            self._schema = index.schema
            self._searcher = index.searcher()
        except (ValueError, OSError) as error:
            raise IndexDamaged(
                f"{folder} cannot be read as a term index: {error}.", "Build it again: blogqa build"
            ) from error

    def __len__(self) -> int:
        return self._searcher.num_docs

    def search(self, text: str, count: int, allowed: Ordinals | None = None) -> dict[int, float]:
        """BM25 scores of the ``count`` best passages by ordinal, best first.

        The query is a plain list of terms: nothing in ``text`` is taken as query syntax. Empty if
        no term of it is in any passage. With ``allowed``, only those ordinals; scores don't change.
        """
        terms = dict.fromkeys(self._analyzer.analyze(text))
        if not terms:
            return {}
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, self._term(term)) for term in terms]
        )
        if allowed is not None:
            subset = tantivy.Query.term_set_query(self._schema, _ORDINAL, allowed.tolist())
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, query),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(subset, 0.0)),
                ]
            )
        hits = self._searcher.search(query, count, count=False).hits
        if not hits:
            return {}
        ordinals: list[Any] = self._searcher.fast_field_values(
            _ORDINAL, [address for _, address in hits]
        )
        return {
            int(ordinal): float(score) for ordinal, (score, _) in zip(ordinals, hits, strict=True)
        }

    def _term(self, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, _TEXT, term, index_option="freq")


def _openable(folder: Path) -> Path:
    """``folder``, or links to its files: tantivy makes a lock file even where it only reads."""
    if os.access(folder, os.W_OK, effective_ids=True) or not folder.is_dir():
        return folder
    links = Path(tempfile.mkdtemp(prefix="blogqa-terms-"))
    atexit.register(shutil.rmtree, links, ignore_errors=True)
    for path in folder.glob("[!.]*"):
        (links / path.name).symlink_to(path.resolve())
    return links


def write_terms(folder: Path, texts: Iterable[str]) -> None:
    """Index ``texts``, whose positions are the passages' ordinals, for :class:`Terms` to open.

    Raises OSError if the disk refuses.
    """
    folder.mkdir()
    try:
        index = tantivy.Index(_schema(), path=str(folder))
        index.register_tokenizer(_ANALYZER, _analyzer())
        # One thread and one commit leave one segment, so that equal input makes equal scores.
        writer = index.writer(_WRITER_BYTES, num_threads=1)
        for ordinal, text in enumerate(texts):
            document = tantivy.Document()
            document.add_text(_TEXT, text)
            document.add_unsigned(_ORDINAL, ordinal)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as error:
        raise OSError(str(error)) from error


def as_ordinals(values: Iterable[int]) -> Ordinals:
    """Ordinals as the array that searches take."""
    return np.fromiter(values, dtype=np.int64)
