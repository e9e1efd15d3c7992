"""Newer posts on the subject of an older one."""

from __future__ import annotations

import numpy as np

from index.atlas import Rows
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


def newer_posts(posts: Vector, days: Ordinals, originals: Ordinals, rows: Ordinals) -> Rows:
    """The rows of newer posts on the subject of each of ``rows``: shape (rows, 3), -1 for none.

    ``posts`` are unit vectors of all posts, seen from the middle of the archive, ``days`` the days
    they were published (0 if not known), ``originals`` the post that each is a copy of, else
    itself: neither a copy nor what it was copied from is news. The nearest come first.
    """
    found = np.full((len(rows), MOST), -1, np.int32)
    by_day = np.argsort(days, kind="stable")
    by_day = by_day[days[by_day] > 0]
    later = np.searchsorted(days[by_day], days[rows] + LEAST_DAYS)
    numbers = np.flatnonzero(days[rows] > 0)
    numbers = numbers[np.argsort(later[numbers], kind="stable")]
    for first in range(0, len(numbers), _BLOCK):
        block = numbers[first : first + _BLOCK]
        newest = by_day[later[block[0]] :]  # what is newer than the first of the block, at least
        cosines = posts[rows[block]] @ posts[newest].T
        newer = days[newest] >= days[rows[block], None] + LEAST_DAYS
        other = originals[newest] != originals[rows[block], None]
        for number, near in enumerate((cosines >= RELATED) & newer & other):
            related = np.flatnonzero(near)
            order = np.argsort(-cosines[number, related], kind="stable")[:MOST]
            found[block[number], : len(order)] = newest[related[order]]
    return found


def newer_than(posts: Vector, days: Ordinals, changed: Ordinals) -> Ordinals:
    """The rows of the posts that one of ``changed`` is newer than, on their subject, ascending."""
    if not len(changed):
        return np.zeros(0, np.int64)
    near = posts @ posts[changed].T >= RELATED
    newer = (days[:, None] > 0) & (days[changed] >= days[:, None] + LEAST_DAYS)
    return np.flatnonzero((near & newer).any(axis=1))
