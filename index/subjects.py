"""Names for groups of posts, in their own words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.atlas import Rows
from index.placing import STOP_WORDS, Said, said

_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OPENING_WORDS = 120
"""Of a post's text that are read: what it is about is said early, and reading all of 5,000 posts
took longer than all the rest of naming."""
_TITLE, _TAG, _TEXT = 4.0, 4.0, 1.0  # what it weighs to stand there
_PHRASE = 1.5
"""What two words together count against one: "cold e-mail" says more than "e-mail"."""
_LEAST_SHARE = 0.15  # of a group's posts, that have its name at least
_SAID_BY_ALL = 0.5  # of all posts; what more of them say tells nothing of a group
_OFTEN_SMALL = 0.2
_EMPTY_WORDS = STOP_WORDS | frozenset(
    re.findall(
        r"\S+",
        """
        able ask asked asking answer best better big blog bring case come day different don't
        doesn't easy episode example fact far feel first five four free good got great guide guy
        half happen hard help hour hundred idea important introduction isn't i'd i'll i'm i've it's
        just kind know learn learned lesson let let's like line little ll long look lot make man
        matter mean minute month morning need new nine number old one part people person place
        podcast point post question ready real really reason right said say second secret seven
        share short simple six start step stop story sure take talk tell ten thing think third
        thought thousand three time tip today today's took try two use used using ve want way week
        what's won't word work wrong year yes you'll you're you've that's here's there's can't
        didn't wasn't couldn't wouldn't came did doing done gave getting giving going gone looking
        making putting saw saying sent send taking telling trying went working
        """,
    )
)


@dataclass(frozen=True, slots=True)
class Described:
    """What a post is named by."""

    title: str
    tags: Sequence[str]
    text: str


def subject_names(posts: Sequence[Described], groups: Rows, people: AbstractSet[str]) -> list[str]:
    """A name for each group, the number in ``groups`` telling each post's (-1 for none).

    The word or two that most of its posts say, in title, tags or opening, and few others do: the
    share of its posts times the logarithm of how much rarer it is elsewhere, after class-based
    TF-IDF (Grootendorst, BERTopic, 2022). No name is given twice; "" to a group without one.
    Words of ``people``, the names of authors, name nothing.
    """
    unsaid = {word.casefold() for name in people for word in _WORDS.findall(name)}
    spoken = _Spoken(unsaid)
    parts = (
        (_TITLE, [post.title for post in posts]),
        (_TAG, ["\n".join(post.tags) for post in posts]),
        (_TEXT, [_opening(post.text) for post in posts]),
    )
    found = said(parts, groups, spoken.terms)
    phrases = np.array([_PHRASE if " " in term else 1.0 for term in found.terms])
    scores = _scores(found, groups) * phrases
    names: list[str] = []
    for own in scores:
        best = (spoken.shown(found.terms[each]) for each in np.argsort(-own) if own[each] > 0)
        names.append(next((name for name in best if name not in names), ""))
    return names


def _scores(found: Said, groups: Rows) -> npt.NDArray[np.float64]:
    """How well each term names each group, shape (groups, terms); 0 for what cannot."""
    sizes = np.bincount(groups[groups >= 0], minlength=len(found.counts) - 1)[:, None]
    everywhere = found.counts.sum(axis=0)
    shares = found.counts[:-1] / np.maximum(sizes, 1)
    elsewhere = (everywhere - found.counts[:-1]) / np.maximum(len(groups) - sizes, 1)
    rarer = np.log((shares + 0.01) / (elsewhere + 0.01))
    told = found.weights[:-1] / np.maximum(sizes, 1) * rarer
    names = (shares >= _LEAST_SHARE) & (everywhere <= _SAID_BY_ALL * len(groups))
    scores: npt.NDArray[np.float64] = np.where(names, told, 0.0)
    return scores


class _Spoken:
    """Makes terms of texts, and knows how each is written most often."""

    def __init__(self, unsaid: AbstractSet[str]) -> None:
        self._unsaid = unsaid
        self._term_of: dict[str, str] = {}  # "" of a word that says nothing
        self._written: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def terms(self, text: str) -> Iterator[str]:
        """The words of ``text`` that say something, and pairs of them that stand together."""
        for line in text.splitlines():
            before: tuple[str, str] | None = None
            for word in _WORDS.findall(line):
                term = self._term_of.get(word)
                if term is None:
                    term = self._term_of[word] = self._term(word)
                if not term:
                    before = None
                    continue
                self._written[term][word] += 1
                yield term
                if before is not None:
                    pair = f"{before[0]} {term}"
                    self._written[pair][f"{before[1]} {word}"] += 1
                    yield pair
                before = (term, word)

    def _term(self, word: str) -> str:
        term = _folded(word)
        is_empty = len(term) < 3 or term in _EMPTY_WORDS or word.casefold() in self._unsaid
        return "" if is_empty else term

    def shown(self, term: str) -> str:
        """How ``term`` is written: in small letters if it often is, which titles rarely do."""
        written = self._written[term]
        small = Counter({each: n for each, n in written.items() if each == each.lower()})
        often = small.total() >= _OFTEN_SMALL * written.total()
        return max((small if often else written).items(), key=lambda each: (each[1], each[0]))[0]


def _folded(word: str) -> str:
    """``word`` in small letters, without the ending of a plural."""
    word = word.casefold().replace("’", "'").removesuffix("'s")
    return word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] not in "su" else word


def _opening(text: str) -> str:
    return " ".join(text.split()[:_OPENING_WORDS])
