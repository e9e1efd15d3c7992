"""How much of a question's words each sentence of a passage has."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

from corpus.types import Span
from index.stopwords import ASKING, ENGLISH

_UNTOLD = frozenset({*ASKING, *ENGLISH})
_ENDING = re.compile(r"(ings?|ed|ies|es|s|ly|y|e)$")
_LEAST_STEM = 3  # letters
_MORE = re.compile(r"\w{0,4}\b")  # letters that a word may go on by


def word_shares(question: str, text: str, sentences: Sequence[Span]) -> list[float]:
    """The share of the words of ``question`` in each of the ``sentences`` of ``text``, 0 to 1.

    A word weighs ln((n + 1) / (d + 1/2)), where d of the n sentences have it: one that most have
    tells none from another. Endings don't count, nor do words that questions are asked with.
    """
    stems = _stems(question)
    if not stems or not sentences:
        return [0.0] * len(sentences)
    lower = text.lower()
    starts = [span.start for span in sentences]
    shares = [0.0] * len(sentences)
    whole = 0.0
    for stem in stems:
        having = {bisect_right(starts, at) - 1 for at in _places(stem, lower)}
        rarity = math.log((len(sentences) + 1) / (len(having) + 0.5))
        whole += rarity
        for row in having:
            shares[row] += rarity
    return [share / whole for share in shares]


def _places(stem: str, text: str) -> Iterator[int]:
    """Where in ``text``, in lower case, a word of that ``stem`` begins."""
    at = text.find(stem)
    while at >= 0:
        if not text[at - 1 : at].isalnum() and _MORE.match(text, at + len(stem)):
            yield at
        at = text.find(stem, at + 1)


@lru_cache(64)
def _stems(question: str) -> tuple[str, ...]:
    told = set(re.findall(r"[^\W_]+", question.lower())) - _UNTOLD
    return tuple(sorted(set(map(_stem, told))))


def _stem(word: str) -> str:
    stem = _ENDING.sub("", word)
    return stem if len(stem) >= _LEAST_STEM else word
