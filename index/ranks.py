"""How well questions find their passages among others, and whether one encoder does it better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.pooling import Vector

_RESAMPLES = 10_000
_LEVEL = 0.99
_MARGIN = 0.95


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean difference, and the interval that it lies in with a confidence of 99%."""

    mean: float
    low: float
    high: float


def reciprocal_ranks(
    questions: Vector, passages: Vector, posts: Sequence[str], rows: Sequence[int]
) -> npt.NDArray[np.float64]:
    """1 / rank of each of ``rows``' own passage, by cosine; shape (len(rows),).

    ``questions`` and ``passages`` are unit vectors, (pairs, dimensions), those of a pair in the
    same row; ``posts`` says which post each is of. A passage competes with those of other posts,
    and comes after one that is as near, so that vectors which are all alike rank last.
    """
    cosines = questions[list(rows)] @ passages.T
    own = cosines[np.arange(len(rows)), list(rows)]
    cosines[_same_post(posts)[list(rows)]] = -np.inf
    ranks: npt.NDArray[np.float64] = 1.0 / (1 + (cosines >= own[:, None]).sum(axis=1))
    return ranks


def hard_negatives(questions: Vector, passages: Vector, posts: Sequence[str]) -> list[int | None]:
    """For each question the passage that is most easily taken for its own; None if there is none.

    The nearest of another post, of those with at most 0.95 of the own passage's cosine: what is
    nearer may well answer the question, too (Moreira et al., NV-Retriever, 2024). Shapes as in
    :func:`reciprocal_ranks`.
    """
    cosines = questions @ passages.T
    own = np.diagonal(cosines)
    cosines = np.where(cosines <= _MARGIN * own[:, None], cosines, -np.inf)
    cosines[_same_post(posts)] = -np.inf
    nearest = cosines.argmax(axis=1)
    return [
        int(column) if np.isfinite(cosines[row, column]) else None
        for row, column in enumerate(nearest)
    ]


def paired_difference(
    before: npt.NDArray[np.float64],
    after: npt.NDArray[np.float64],
    posts: Sequence[str],
    seed: int,
) -> Difference:
    """How much larger ``after`` is than ``before``, measured on the same questions.

    A bootstrap over posts, as the questions of one post rise and fall together: 10,000 draws, the
    interval's ends are quantiles (Efron, 1979).
    """
    _, post_of = np.unique(np.array(posts), return_inverse=True)
    gains = np.bincount(post_of, after - before)
    counts = np.bincount(post_of)
    chance = np.random.default_rng(seed)
    drawn = chance.integers(len(counts), size=(_RESAMPLES, len(counts)))
    means = gains[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Difference(float(gains.sum() / counts.sum()), float(low), float(high))


def _same_post(posts: Sequence[str]) -> npt.NDArray[np.bool_]:
    own = np.array(posts)
    same: npt.NDArray[np.bool_] = own[:, None] == own[None, :]
    return same
