"""What is near in meaning and what shares words, as one score.

Each of the two is stretched over 0 to 1 across the candidates and they are mixed (convex fusion:
Bruch, Gai, Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", 2023). What words weigh
in that follows the question: a passage that has all of its rare words is seldom found by chance,
one that has a few of them often is. The figures are in docs/evaluation.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.pooling import Vector

LEAST_WORDED = 0.3
"""What BM25 weighs against cosine for a question whose words are in no passage."""
MOST_WORDED = 0.4
"""What it weighs for one whose words are all in the best passage."""
SENTENCE_SHARE = 0.5
"""What the best sentence's cosine weighs against the fused score."""

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """One text that is searched for, and what it weighs in the whole.

    ``bm25`` holds the scores of the passages that share most words with it, by ordinal; ``rarity``
    is the sum of its words' rarities (:meth:`index.terms.Terms.rarity`).
    """

    vector: Vector
    share: float
    bm25: dict[int, float]
    rarity: float

    @property
    def worded(self) -> float:
        """What BM25 weighs for this text, from LEAST_WORDED to MOST_WORDED.

        A passage of mean length that has every word once scores ``rarity``, so the best score
        against that says how much of what is rare in the text one passage has.
        """
        best = max(self.bm25.values(), default=0.0)
        matched = min(1.0, best / self.rarity) if self.rarity else 0.0
        return LEAST_WORDED + (MOST_WORDED - LEAST_WORDED) * matched

    def bm25_of(self, ordinals: npt.NDArray[np.int64]) -> Scores:
        """BM25 scores in the order of ``ordinals``, 0 for those that are not among the best."""
        return np.array([self.bm25.get(ordinal, 0.0) for ordinal in ordinals.tolist()])


def fused(part: Part, dense: npt.NDArray[np.floating], bm25: Scores) -> Scores:
    """Cosines and BM25 scores of the candidates as one score for each, from 0 to 1."""
    return (1 - part.worded) * scaled(dense) + part.worded * scaled(bm25)


def with_best_sentence(fused: Scores, best: npt.NDArray[np.floating]) -> Scores:
    """Fused scores after a look at each passage's ``best`` sentence, given as its cosine."""
    mixed: Scores = (1 - SENTENCE_SHARE) * fused + SENTENCE_SHARE * best
    return mixed


def mixed(parts: Sequence[Part], scores: Sequence[npt.NDArray[np.floating]]) -> Scores:
    """The scores that each part gives, as one for all by the parts' shares."""
    weighed: list[Any] = [part.share * each for part, each in zip(parts, scores, strict=True)]
    sums: Scores = sum(weighed[1:], start=weighed[0])
    return sums


def scaled(scores: npt.NDArray[np.floating]) -> Scores:
    """``scores`` stretched over 0 to 1; all 0 if they are equal."""
    low, high = scores.min(), scores.max()
    stretched: Scores = (scores - low) / (high - low) if high > low else np.zeros_like(scores)
    return stretched
