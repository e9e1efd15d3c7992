"""Nearest passages by vector where there are too many to compare with each: inverted lists.

Vectors are gathered around centres (k-means), one byte a dimension, and a query is compared with
those of the centres it is nearest to. Of what FAISS has for this size, lists are built in half the
time that a graph (:mod:`index.graph`) takes or less, and find nearly as well: docs/performance.md
has both. One of the importers of faiss.
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
from index.vectors import (
    Ordinals,
    Vectors,
    read_faiss,
    search_faiss,
    selector,
    write_faiss,
)

_BLOCK = 50_000
_SAMPLE = 200
_TRAINING = 64  # vectors a centre; FAISS warns below 39, and more moved recall by nothing
_ROUNDS = 8  # of k-means
_LEAST_PROBES = 4


@dataclass(frozen=True, slots=True)
class ListsRecord:
    """What was built: ``probes`` of ``lists`` are looked into, which finds ``recall``."""

    lists: int
    probes: int
    recall: float


class InvertedLists:
    """The approximate way to nearest vectors. Safe to use from several threads."""

    def __init__(self, path: Path, probes: int) -> None:
        """Open what :func:`write_lists` wrote to ``path``, memory-mapped; IndexDamaged if not."""
        self._index = read_faiss(path, faiss.IO_FLAG_MMAP)
        # Else 32 threads are started for every query, to read ahead: ten times the search itself.
        faiss.downcast_InvertedLists(self._index.invlists).prefetch_nthread = 0  # type: ignore[attr-defined]
        self._probes = probes

    @property
    def shape(self) -> tuple[int, int]:
        """How many vectors there are, and of how many dimensions."""
        return self._index.ntotal, self._index.d

    def nearest(self, query: Vector, count: int, allowed: Ordinals | None = None) -> Ordinals:
        """Ordinals of about the ``count`` nearest vectors to ``query``, greatest cosine first.

        With ``allowed``, only those ordinals: lists are looked into until as many vectors as
        without it can pass.
        """
        chosen: dict[str, Any] = {"nprobe": self._probes}
        if allowed is not None:
            total = self._index.ntotal
            probes = math.ceil(self._probes * total / max(len(allowed), 1))
            chosen = {"nprobe": min(self._index.nlist, probes), "sel": selector(allowed, total)}
        # Only what is given here is kept alive during the search.
        parameters = faiss.SearchParametersIVF(**chosen)
        return search_faiss(self._index, query, count, parameters)


def write_lists(
    path: Path, vectors: Vectors, questions: Vector, least_recall: float
) -> ListsRecord | None:
    """Gather ``vectors`` into inverted lists at ``path`` for :class:`InvertedLists` to open.

    How many lists are looked into is set by what finds ``least_recall`` for ``questions``, shape
    (questions, dimensions). None, and no file, if that would take more than half of them. Raises
    OSError if the disk refuses.
    """
    total, dimensions = vectors.shape
    nearest = nearest_of_all(vectors, questions)
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    lists = 2 ** round(math.log2(2 * math.sqrt(total)))  # FAISS advises 1 to 4 times the root
    if lists < 2 * _LEAST_PROBES:
        return None
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimensions),
        dimensions,
        lists,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    index.cp.niter = _ROUNDS
    index.cp.max_points_per_centroid = _TRAINING
    chosen = np.random.default_rng(0).permutation(total)[: lists * _TRAINING]
    index.train(vectors.rows(np.sort(chosen)))
    for first in range(0, total, _BLOCK):
        index.add(vectors.rows(np.arange(first, min(first + _BLOCK, total))))

    def search(probes: int) -> Ordinals:
        index.nprobe = probes
        _, found = index.search(questions, min(CANDIDATES, total))
        ordinals: Ordinals = found
        return ordinals

    enough = least_effort(search, doubled(_LEAST_PROBES, lists // 2), nearest, least_recall)
    if enough is None:
        return None
    write_faiss(index, path)
    return ListsRecord(lists, *enough)
