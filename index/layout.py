"""Where posts stand on the map: laid out together, or put beside their neighbours later."""

from __future__ import annotations

import numpy as np

from index.atlas import Layout, Rows
from index.pooling import Vector
from index.vectors import Ordinals

MOST_CHANGED = 0.1
"""Up to which share of posts may be new, changed or gone for all others to stay where they are."""
FEWEST = 12
"""Different posts of a map that is laid out by neighbourhood and has subjects; fewer stand by their
two principal components."""
MOST = 5000
"""Posts that are laid out together; of more, the others are put beside their neighbours among
these. t-SNE takes a quarter of a minute of one core for so many, and grows with them."""
_NEIGHBOURS = 5
_SHARPNESS = 20.0  # of the neighbours' weights: at cosines 0.1 apart one counts seven times as much
_APART = 0.004  # of the map's width, between posts that have the same neighbours
_GOLDEN_ANGLE = 2.399963
_MARGIN = 0.03
_BLOCK = 256
_MOST_SUBJECTS = 24
_NO_SUBJECT = 0.15
"""Posts whose cosine to the middle of their group is less belong to none."""


def lay_out(posts: Vector) -> tuple[Vector, Rows]:
    """Places for all ``posts``, and the group of each, -1 for none.

    ``posts`` are unit vectors seen from the middle of the archive, zero for one without text;
    places have shape (posts, 2), from 0 to 1.
    """
    chosen = np.sort(np.random.default_rng(0).permutation(len(posts))[:MOST])
    different = len({row.tobytes() for row in posts[chosen].round(3) + 0.0})  # no -0.0
    if different < FEWEST:
        return scaled(_principal(posts)), np.full(len(posts), -1, np.int32)
    from index.placing import gather, place  # takes a second to load

    places = np.zeros((len(posts), 2), np.float32)
    places[chosen] = scaled(place(posts[chosen]))
    groups = np.full(len(posts), -1, np.int32)
    number = int(np.clip(round(np.sqrt(different / 2)), 3, _MOST_SUBJECTS))
    groups[chosen] = gather(posts[chosen], number)
    others = np.setdiff1d(np.arange(len(posts)), chosen)
    put_beside(posts, places, groups, others, chosen)
    return places, _without_strays(posts, groups)


def put_beside(
    posts: Vector, places: Vector, groups: Rows, rows: Ordinals, settled: Ordinals
) -> None:
    """Write places and groups of ``rows``: those of their nearest posts among ``settled``."""
    for first in range(0, len(rows), _BLOCK):
        block = rows[first : first + _BLOCK]
        cosines = posts[block] @ posts[settled].T
        count = min(_NEIGHBOURS, len(settled))
        nearest = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        own = np.take_along_axis(cosines, nearest, axis=1)
        weights = np.exp(_SHARPNESS * (own - own.max(axis=1, keepdims=True)))
        weights /= weights.sum(axis=1, keepdims=True)
        angles = _GOLDEN_ANGLE * block  # no two of a few rows point the same way
        beside = _APART * np.column_stack([np.cos(angles), np.sin(angles)])
        beside += (weights[:, :, None] * places[settled[nearest]]).sum(axis=1)
        places[block] = np.clip(beside, 0, 1)
        groups[block] = groups[settled[cosines.argmax(axis=1)]]


def scaled(places: Vector) -> Vector:
    """``places`` moved and shrunk, alike in both directions, to lie within 0 and 1."""
    if not len(places):
        return np.zeros((0, 2), np.float32)
    low, high = places.min(axis=0), places.max(axis=0)
    width = float((high - low).max()) or 1.0
    centred = (places - (low + high) / 2) / width
    within: Vector = (0.5 + (1 - 2 * _MARGIN) * centred).astype(np.float32)
    return within


def kept(before: Layout, rows: Ordinals) -> Layout | None:
    """``before`` for posts whose rows were ``rows`` then, -1 for new or changed ones.

    None where too much has changed since all were laid out, so that they must be again. New ones
    still have no place.
    """
    if not len(rows):
        return None
    old = rows >= 0
    settled = np.zeros(len(rows), np.bool_)
    settled[old] = before.settled[rows[old]]
    stayed = int(settled.sum())
    gone = before.settled_once - stayed
    if len(rows) - stayed > MOST_CHANGED * len(rows) or gone > MOST_CHANGED * before.settled_once:
        return None
    places = np.zeros((len(rows), 2), np.float32)
    places[old] = before.places[rows[old]]
    subjects = np.full(len(rows), -1, np.int32)
    subjects[old] = before.subjects[rows[old]]
    return Layout(places, subjects, settled, before.settled_once, before.names)


def _principal(posts: Vector) -> Vector:
    """``posts`` along their two principal components, whose largest parts are made positive."""
    if len(posts) < 2:
        return np.zeros((len(posts), 2), np.float32)
    _, _, axes = np.linalg.svd(posts - posts.mean(axis=0), full_matrices=False)
    axes = axes[:2]
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    found: Vector = posts @ (axes * signs[:, None]).T
    return found


def _without_strays(posts: Vector, groups: Rows) -> Rows:
    found = groups.copy()
    for group in range(int(groups.max()) + 1):
        members = np.flatnonzero(groups == group)
        middle = posts[members].sum(axis=0)
        middle /= np.linalg.norm(middle) or 1.0
        found[members[posts[members] @ middle < _NO_SUBJECT]] = -1
    return found
