"""Sentence vectors on disk: one byte a dimension, read as far as they are used.

Seven sentences a passage make these the largest part of a generation. Each is kept as whole numbers
from -127 to 127 and the factor that makes them its vector again; what that does to ranking is
measured in docs/evaluation.md (nothing that shows).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import IndexDamaged
from index.pooling import Vector

Records = npt.NDArray[np.void]
"""Packed sentence vectors, shape (sentences,): a float32 ``scale`` and int8 ``numbers`` each."""

_LARGEST = 127  # of a byte with a sign; -128 would have no counterpart


def record_type(dimensions: int) -> np.dtype[np.void]:
    """The type of :data:`Records` for vectors of so many ``dimensions``."""
    return np.dtype([("scale", "<f4"), ("numbers", "i1", (dimensions,))])


def pack(vectors: Vector) -> Records:
    """``vectors``, shape (sentences, dimensions), as records.

    Every number is off by half a step at most, a step being a 127th of the vector's largest number:
    for unit vectors of 384 dimensions that moves a cosine by about 0.0005. Packing what was
    unpacked gives the same numbers.
    """
    records = np.empty(len(vectors), record_type(vectors.shape[1]))
    scale = np.abs(vectors).max(axis=1, initial=0.0) / _LARGEST
    records["scale"] = scale
    steps = np.where(scale > 0, scale, 1)[:, None]
    with np.errstate(invalid="ignore"):  # no number is none here either: scale keeps it
        records["numbers"] = np.rint(vectors / steps)
    return records


def unpack(records: Records) -> Vector:
    """The float32 vectors of ``records``, shape (sentences, dimensions)."""
    vectors: Vector = records["numbers"].astype(np.float32)
    vectors *= records["scale"][:, None]
    return vectors


class Sentences:
    """The sentence vectors of a generation, by their position in it."""

    def __init__(self, path: Path) -> None:
        """Open the records in the NumPy file ``path``, memory-mapped; IndexDamaged if not."""
        try:
            # Without the outer layer that np.memmap is: its __array_finalize__ costs each slice.
            self._records: Records = np.asarray(np.load(path, mmap_mode="r"))
            self.dimensions: int = self._records.dtype["numbers"].shape[0]
        except (ValueError, OSError, EOFError, KeyError, IndexError) as error:
            raise IndexDamaged(
                f"{path} cannot be read as sentence vectors.", "Build it again: blogqa build"
            ) from error

    def __len__(self) -> int:
        return len(self._records)

    def records(self, first: int, last: int) -> Records:
        """The packed vectors from ``first`` up to ``last``."""
        return self._records[first:last]

    def cosines(self, rows: npt.NDArray[np.int64], queries: Sequence[Vector]) -> list[Vector]:
        """The cosine of the vector of each of ``rows`` to each of the unit vectors ``queries``."""
        records = self._records.take(rows)
        numbers = records["numbers"].astype(np.float32)
        # Scaled afterwards: one factor a row, where unpacking has one a number.
        return [(numbers @ query) * records["scale"] for query in queries]

    def vectors(self, rows: slice | npt.NDArray[np.int64]) -> Vector:
        """The vectors of ``rows``, shape (rows, dimensions), float32."""
        return unpack(self._records[rows])
