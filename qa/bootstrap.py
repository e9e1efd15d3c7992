"""Whether a difference is more than chance: the paired bootstrap (Efron, 1979).

The questions are drawn again and again, with replacement, and the mean of each draw is noted; the
middle 95% of these means are the interval. One that holds 0 says that the questions at hand cannot
tell the two apart (Sakai, 2006, on judged questions).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 10_000
_SEED = 0  # the same values have the same interval each time
_BATCH = 500  # draws at a time: all of them would take a gigabyte for a thousand questions


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, and where 95% of the means of other draws of the same questions lie."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one is than another, and on how many questions better, worse, the same."""

    interval: Interval
    wins: int
    losses: int
    ties: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.interval.low > 0 or self.interval.high < 0


def interval(values: Sequence[float]) -> Interval:
    """The mean of ``values``, at least one, and its interval."""
    data = np.asarray(values, np.float64)
    generator = np.random.default_rng(_SEED)
    means = np.concatenate(
        [
            data[generator.integers(len(data), size=(_BATCH, len(data)))].mean(axis=1)
            for _ in range(RESAMPLES // _BATCH)
        ]
    )
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(data.mean()), float(low), float(high))


def compare(values: Sequence[float], others: Sequence[float]) -> Difference:
    """``values`` less ``others``, each pair of the same question."""
    differences = np.asarray(values, np.float64) - np.asarray(others, np.float64)
    return Difference(
        interval(differences.tolist()),
        wins=int((differences > 0).sum()),
        losses=int((differences < 0).sum()),
        ties=int((differences == 0).sum()),
    )
