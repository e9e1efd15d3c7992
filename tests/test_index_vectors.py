"""Nearest by cosine, with vectors small enough to work out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexDamaged
from index.vectors import Vectors, VectorsWriter
from tests.faults.limits import file_size_limit

FOUR = np.array([[1, 0], [0, 1], [0.6, 0.8], [-1, 0]], np.float32)
HALF = 2.0**-11
"""How much a number below 1 may be off in half precision."""


def write_vectors(path: Path, *blocks: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> None:
    writer = VectorsWriter(blocks[0].shape[1])
    for block in blocks:
        writer.add(block)
    writer.write(path)


def ordinals(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


def unit(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, np.float32)


@pytest.fixture
def vectors(tmp_path: Path) -> Vectors:
    write_vectors(tmp_path / "v", FOUR)
    return Vectors(tmp_path / "v")


def test_what_was_written_is_there(vectors: Vectors) -> None:
    assert vectors.shape == (4, 2)
    assert vectors.rows(ordinals(3, 0)).tolist() == [[-1, 0], [1, 0]]
    assert vectors.rows(ordinals(2)).dtype == np.float32
    assert vectors.rows(ordinals()).shape == (0, 2)


@pytest.mark.parametrize(
    ("query", "order"),
    [(unit(1, 0), [0, 2, 1, 3]), (unit(0.8, 0.6), [2, 0, 1, 3]), (unit(-0.6, 0.8), [1, 3, 2, 0])],
)
def test_the_nearest_come_first(
    vectors: Vectors, query: np.ndarray[tuple[int], np.dtype[np.float32]], order: list[int]
) -> None:
    for count in (1, 2, 3, 4, 99):
        found = vectors.nearest(query, count)
        assert found.tolist() == order[:count]
        assert found.dtype == np.int64


def test_cosines_in_the_order_asked_for(vectors: Vectors) -> None:
    found = vectors.cosines(unit(0.8, 0.6), ordinals(3, 2, 0, 1))
    assert found == pytest.approx([-0.8, 0.96, 0.8, 0.6], abs=HALF)
    assert found.dtype == np.float32
    assert vectors.cosines(unit(1, 0), ordinals()).tolist() == []


@pytest.mark.parametrize(
    ("allowed", "count", "found"),
    [
        ((1, 3), 4, [1, 3]),
        ((3, 1), 1, [1]),
        ((0,), 4, [0]),
        ((0, 1, 2, 3), 2, [0, 2]),
        ((), 4, []),
    ],
)
def test_only_what_is_allowed(
    vectors: Vectors, allowed: tuple[int, ...], count: int, found: list[int]
) -> None:
    assert vectors.nearest(unit(1, 0), count, ordinals(*allowed)).tolist() == found


@pytest.mark.parametrize("seed", range(12))
def test_as_if_compared_with_every_one(tmp_path: Path, seed: int) -> None:
    numbers = np.random.default_rng(seed)
    size, count = int(numbers.integers(1, 300)), int(numbers.integers(1, 300))
    rows = numbers.normal(size=(size, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows = rows.astype(np.float16).astype(np.float32)
    query = rows[numbers.integers(size)]
    write_vectors(tmp_path / "v", rows)
    vectors = Vectors(tmp_path / "v")
    order = np.argsort(-(rows @ query)).tolist()
    assert vectors.nearest(query, count).tolist() == order[:count]
    allowed = np.flatnonzero(numbers.random(size) < 0.3).astype(np.int64)
    passing = [row for row in order if row in set(allowed.tolist())]
    assert vectors.nearest(query, count, allowed).tolist() == passing[:count]


def test_the_file_is_mapped_into_memory_not_read(tmp_path: Path, vectors: Vectors) -> None:
    assert vectors.shape == (4, 2)
    assert str(tmp_path / "v") in Path("/proc/self/maps").read_text()


def test_a_mapped_file_may_be_removed(tmp_path: Path, vectors: Vectors) -> None:
    (tmp_path / "v").unlink()
    assert vectors.nearest(unit(0, 1), 1).tolist() == [1]


def test_equal_vectors_make_equal_files(tmp_path: Path) -> None:
    write_vectors(tmp_path / "a", FOUR)
    write_vectors(tmp_path / "b", FOUR.copy())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("content", [None, b"", b"something else", "half"])
def test_a_file_that_is_no_index(tmp_path: Path, content: bytes | str | None) -> None:
    path = tmp_path / "v"
    write_vectors(path, FOUR)
    whole = path.read_bytes()
    path.unlink()
    if content is not None:
        path.write_bytes(whole[:-8] if isinstance(content, str) else content)
    with pytest.raises(IndexDamaged) as caught:
        Vectors(path)
    assert caught.value.message == f"{path} cannot be read as a FAISS index."
    assert caught.value.hint == "Build it again: blogqa build"


def test_a_disk_that_refuses(tmp_path: Path) -> None:
    for rows in (FOUR, np.tile(FOUR, (10_000, 1))):
        with file_size_limit(40), pytest.raises(OSError, match="File too large"):
            write_vectors(tmp_path / "v", rows)
    with pytest.raises(FileNotFoundError):
        write_vectors(tmp_path / "gone" / "v", FOUR)
