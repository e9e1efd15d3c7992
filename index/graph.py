"""Nearest passages by vector where there are too many to compare with each: a graph.

Every vector, one byte a dimension, is linked to some of its nearest (HNSW: Malkov and Yashunin,
2018), and a query walks from neighbour to neighbour towards what is near to it. Of 200,000 it finds
in less time than inverted lists (:mod:`index.inverted`), takes three times as long to build and
0.3 KB a passage more; of a million it can find too few: docs/performance.md has both. One of the
importers of faiss.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from index.pooling import Vector
from index.recall import CANDIDATES, doubled, least_effort, nearest_of_all
from index.vectors import Ordinals, Vectors, read_faiss, search_faiss, selector, write_faiss

LINKS = 32
"""Of each vector; twice as many on the ground level, where all are."""
BUILD_WIDTH = 80
"""How many candidates are kept while the links of a vector are chosen."""
_WIDEST = 16 * CANDIDATES
_BLOCK = 50_000
_TRAINING = 100_000  # vectors that the range of each dimension is taken from


@dataclass(frozen=True, slots=True)
class GraphRecord:
    """What was built: with ``links`` a vector, ``width`` candidates kept find ``recall``."""

    links: int
    width: int
    recall: float


class Graph:
    """The approximate way to nearest vectors. Safe to use from several threads."""

    def __init__(self, path: Path, width: int) -> None:
        """Open what :func:`write_graph` wrote to ``path``, memory-mapped; IndexDamaged if not."""
        self._index = read_faiss(path, faiss.IO_FLAG_MMAP_IFC)
        self._width = width

    @property
    def shape(self) -> tuple[int, int]:
        """How many vectors there are, and of how many dimensions."""
        return self._index.ntotal, self._index.d

    def nearest(self, query: Vector, count: int, allowed: Ordinals | None = None) -> Ordinals:
        """Ordinals of about the ``count`` nearest vectors to ``query``, greatest cosine first.

        With ``allowed``, only those ordinals: the walk goes on until as many vectors as without it
        can pass.
        """
        width = max(self._width, count)
        chosen: dict[str, Any] = {"efSearch": width}
        if allowed is not None:
            total = self._index.ntotal
            wider = math.ceil(width * total / max(len(allowed), 1))
            chosen = {"efSearch": wider, "sel": selector(allowed, total)}
        # Only what is given here is kept alive during the search.
        parameters = faiss.SearchParametersHNSW(**chosen)  # type: ignore[attr-defined]
        return search_faiss(self._index, query, count, parameters)


def write_graph(
    path: Path, vectors: Vectors, questions: Vector, least_recall: float
) -> GraphRecord | None:
    """Link ``vectors`` to a graph at ``path`` for :class:`Graph` to open.

    How many candidates a walk keeps is set by what finds ``least_recall`` for ``questions``, shape
    (questions, dimensions). None, and no file, if even sixteen times as many as are asked for would
    not do. Links are made by all cores at once, so equal vectors make graphs that find alike, not
    equal bytes. Raises OSError if the disk refuses.
    """
    total, dimensions = vectors.shape
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    one_byte: Any = faiss.ScalarQuantizer.QT_8bit
    index = faiss.IndexHNSWSQ(dimensions, one_byte, LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = BUILD_WIDTH
    chosen = np.random.default_rng(0).permutation(total)[:_TRAINING]
    index.train(vectors.rows(np.sort(chosen)))
    for first in range(0, total, _BLOCK):
        index.add(vectors.rows(np.arange(first, min(first + _BLOCK, total))))

    def search(width: int) -> Ordinals:
        index.hnsw.efSearch = width
        _, found = index.search(questions, min(CANDIDATES, total))
        ordinals: Ordinals = found
        return ordinals

    nearest = nearest_of_all(vectors, questions)
    enough = least_effort(search, doubled(CANDIDATES, _WIDEST), nearest, least_recall)
    if enough is None:
        return None
    write_faiss(index, path)
    return GraphRecord(LINKS, *enough)
