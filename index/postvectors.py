"""Posts as wholes: the means of their passages' vectors, seen from the middle of the archive."""

from __future__ import annotations

import numpy as np

from index.generation import Generation
from index.pooling import Vector

_BLOCK = 8192  # passages read at once


def post_vectors(generation: Generation) -> Vector:
    """The mean of each post's passage vectors, by row, shape (posts, dimensions), float32.

    Zero for a post without text.
    """
    manifest = generation.manifest
    sums = np.zeros((manifest.posts, manifest.dimensions), np.float32)
    counts = np.zeros(manifest.posts, np.int64)
    for first in range(0, manifest.passages, _BLOCK):
        ordinals = np.arange(first, min(first + _BLOCK, manifest.passages))
        posts, _ = generation.posts_and_originals(ordinals)
        # a post's passages stand together, so each block is a few runs
        starts = np.flatnonzero(np.diff(posts, prepend=-1))
        sums[posts[starts]] += np.add.reduceat(generation.vectors.rows(ordinals), starts, axis=0)
        counts += np.bincount(posts, minlength=manifest.posts)
    sums /= np.maximum(counts, 1)[:, None]
    return sums


def middle(vectors: Vector) -> Vector:
    """The mean of ``vectors``, posts without text aside; zero if there is none with text."""
    written = vectors[vectors.any(axis=1)]
    if not len(written):
        return np.zeros(vectors.shape[1], np.float32)
    mean: Vector = written.mean(axis=0, dtype=np.float32)
    return mean


def seen_from(centre: Vector, vectors: Vector) -> Vector:
    """Unit vectors from ``centre`` to each of ``vectors``; zero for a post without text.

    All posts of an archive about one trade are near to each other, and a long one that touches on
    everything is near to all. What they have in common taken off, cosines tell of subjects.
    """
    away = vectors - centre
    away[~np.any(vectors, axis=1)] = 0
    lengths = np.linalg.norm(away, axis=1, keepdims=True)
    unit: Vector = np.divide(away, lengths, out=np.zeros_like(away), where=lengths > 1e-6)
    return unit
