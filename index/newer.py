"""Newer posts on the subject of an older one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.atlas import Rows
from index.nearby import Nearby
from index.pooling import Vector
from index.vectors import Ordinals

MOST = 3
"""How many newer posts are kept of each."""
RELATED = 0.42
"""From which cosine on two posts, seen from the middle of the archive, are on the same subject. Of
the pairs of a sales archive that lie a year apart, those above it treat one subject as far as
titles tell; below, they begin to share no more than the trade (docs/evaluation.md)."""
LEAST_DAYS = 365
"""How much later a post must have been published to be a newer one."""
_BLOCK = 256
_COMPARED = 20_000**2
"""Pairs up to which each post is compared with every other, which takes some seconds. Of more posts
the nearest are looked for in inverted lists, which miss a few."""
_LOOKED_AT = 32  # of the nearest of those; where more than these may count, all are compared


def newer_posts(posts: Vector, days: Ordinals, originals: Ordinals, rows: Ordinals) -> Rows:
    """The rows of newer posts on the subject of each of ``rows``: shape (rows, 3), -1 for none.

    ``posts`` are unit vectors of all posts, seen from the middle of the archive, ``days`` the days
    they were published (0 if not known), ``originals`` the post that each is a copy of, else
    itself: neither a copy nor what it was copied from is news. The nearest come first.
    """
    dated = np.flatnonzero(days > 0)
    by_day = dated[np.argsort(days[dated], kind="stable")]
    search = _Search(posts, days, originals, by_day)
    found = np.full((len(rows), MOST), -1, np.int32)
    own = np.flatnonzero(days[rows] > 0)
    own = own[np.argsort(days[rows[own]], kind="stable")]
    if len(own) * len(by_day) <= _COMPARED:
        found[own] = search.among_all(rows[own])
    else:
        found[own] = search.among_nearby(rows[own])
    return found


@dataclass(frozen=True, slots=True)
class _Search:
    """What newer posts are looked for in; ``by_day`` are the rows with a date, the oldest first."""

    posts: Vector
    days: Ordinals
    originals: Ordinals
    by_day: Ordinals

    def among_all(self, rows: Ordinals) -> Rows:
        """The newer posts of ``rows``, which are in order of their days, every pair compared."""
        found = np.full((len(rows), MOST), -1, np.int32)
        for first in range(0, len(rows), _BLOCK):
            block = rows[first : first + _BLOCK]
            newest = self.by_day[self._later(block[0]) :]
            cosines = self.posts[block] @ self.posts[newest].T
            for number, near in enumerate(self._counts(block, newest[None], cosines)):
                related = np.flatnonzero(near)
                order = np.argsort(-cosines[number, related], kind="stable")[:MOST]
                found[first + number, : len(order)] = newest[related[order]]
        return found

    def among_nearby(self, rows: Ordinals) -> Rows:
        """The same, but for a few of them, in less time where there are many."""
        nearby = Nearby(self.posts[self.by_day])
        found = np.full((len(rows), MOST), -1, np.int32)
        crowded = np.zeros(len(rows), np.bool_)
        for first in range(0, len(rows), _BLOCK):
            block = rows[first : first + _BLOCK]
            cosines, places = nearby.nearest(self.posts[block], _LOOKED_AT, self._later(block[0]))
            near = self.by_day[places]  # of -1, the last: its cosine tells that it doesn't count
            counts = self._counts(block, near, cosines)
            order = np.argsort(~counts, axis=1, kind="stable")[:, :MOST]
            chosen = np.take_along_axis(near, order, axis=1)
            counted = np.take_along_axis(counts, order, axis=1)
            found[first : first + len(block)] = np.where(counted, chosen, -1)
            crowded[first : first + len(block)] = (cosines[:, -1] >= RELATED) & ~counted[:, -1]
        found[crowded] = self.among_all(rows[crowded])
        return found

    def _later(self, row: int) -> int:
        """From which place by day on posts are new enough to be newer than ``row``."""
        return int(np.searchsorted(self.days[self.by_day], self.days[row] + LEAST_DAYS))

    def _counts(self, rows: Ordinals, others: Ordinals, cosines: Vector) -> npt.NDArray[np.bool_]:
        """Which of ``others`` are newer ones of each of ``rows``."""
        newer = self.days[others] >= self.days[rows, None] + LEAST_DAYS
        other = self.originals[others] != self.originals[rows, None]
        related: npt.NDArray[np.bool_] = (cosines >= RELATED) & newer & other
        return related


def newer_than(posts: Vector, days: Ordinals, changed: Ordinals) -> Ordinals:
    """The rows of the posts that one of ``changed`` is newer than, on their subject, ascending."""
    if not len(changed):
        return np.zeros(0, np.int64)
    near = posts @ posts[changed].T >= RELATED
    newer = (days[:, None] > 0) & (days[changed] >= days[:, None] + LEAST_DAYS)
    return np.flatnonzero((near & newer).any(axis=1))
