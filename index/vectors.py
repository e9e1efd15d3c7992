"""Nearest passages by vector, exactly, and the vectors themselves; one of the importers of faiss.

A flat index in half precision compares the query with every vector: 0.7 ms for 20,000 passages,
6 ms for 200,000, half of what single precision takes or less, as it is memory that limits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from index.errors import IndexDamaged
from index.pooling import Vector

Ordinals = npt.NDArray[np.int64]

_FEW = 2000
"""Up to so many vectors are compared one by one; beyond, passing over the others is quicker."""


class Vectors:
    """Unit vectors of all passages, addressed by their ordinal in the generation."""

    def __init__(self, path: Path) -> None:
        """Map what :class:`VectorsWriter` wrote to ``path`` into memory; IndexDamaged if not."""
        self._index = read_faiss(path, faiss.IO_FLAG_MMAP_IFC)
        count, dimensions = self.shape
        codes = faiss.rev_swig_ptr(self._index.codes.data(), count * dimensions * 2)
        self._codes: npt.NDArray[np.uint8] = codes.reshape(count, dimensions * 2)

    @property
    def shape(self) -> tuple[int, int]:
        """How many vectors there are, and of how many dimensions."""
        return self._index.ntotal, self._index.d

    def nearest(self, query: Vector, count: int, allowed: Ordinals | None = None) -> Ordinals:
        """Ordinals of the ``count`` vectors of greatest cosine to ``query``, greatest first.

        ``query`` is a unit vector of shape (dimensions,). With ``allowed``, only those ordinals.
        """
        if allowed is not None and len(allowed) <= _FEW:
            order = np.argsort(-self.cosines(query, allowed), kind="stable")
            return allowed[order[:count]]
        parameters = None
        if allowed is not None:
            parameters = faiss.SearchParameters(sel=selector(allowed, self.shape[0]))  # type: ignore[call-arg]
        return search_faiss(self._index, query, count, parameters)

    def cosines(self, query: Vector, ordinals: Ordinals) -> Vector:
        """The cosine of ``query`` to each of ``ordinals``, in their order."""
        cosines: Vector = self.rows(ordinals) @ query
        return cosines

    def rows(self, ordinals: Ordinals) -> Vector:
        """The vectors of ``ordinals``, shape (ordinals, dimensions), float32."""
        # FAISS unpacks half precision twice as fast as NumPy does.
        rows: Vector = self._index.sa_decode(self._codes.take(ordinals, axis=0))
        return rows


class VectorsWriter:
    """Takes the vectors of a generation in, block by block."""

    def __init__(self, dimensions: int) -> None:
        self._index = faiss.IndexScalarQuantizer(
            dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )

    def add(self, vectors: Vector) -> None:
        """Take unit ``vectors``, shape (passages, dimensions); their ordinals follow the last."""
        self._index.add(vectors)

    def write(self, path: Path) -> None:
        """Write all vectors for :class:`Vectors` to open; OSError if the disk refuses."""
        write_faiss(self._index, path)


def selector(ordinals: Ordinals, count: int) -> Any:
    """What lets a FAISS search over ``count`` vectors find only ``ordinals``."""
    passing = np.zeros(count, bool)
    passing[ordinals] = True
    bits = np.packbits(passing, bitorder="little")
    return faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg,arg-type]


def search_faiss(index: Any, query: Vector, count: int, parameters: Any) -> Ordinals:
    """What one ``query`` finds in a FAISS ``index``, nearest first."""
    # A single query is work for one thread. FAISS would have all of this thread's helpers come
    # together for it all the same, and wait for those whose processor is busy.
    faiss.omp_set_num_threads(1)
    _, found = index.search(query[None, :], min(count, index.ntotal), params=parameters)
    ordinals: Ordinals = found[0][found[0] >= 0]
    return ordinals


def read_faiss(path: Path, flags: int) -> Any:
    """The FAISS index in the file ``path``; IndexDamaged if there is none."""
    try:
        return faiss.read_index(str(path), flags)
    except RuntimeError as error:
        raise IndexDamaged(
            f"{path} cannot be read as a FAISS index.", "Build it again: blogqa build"
        ) from error


def write_faiss(index: Any, path: Path) -> None:
    """Write a FAISS ``index`` to ``path``; OSError if the disk refuses."""
    with path.open("wb") as file:
        # FAISS's own writer keeps quiet when the disk is found full only as the file is closed.
        faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]
