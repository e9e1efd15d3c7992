"""Sentence vectors in one byte a dimension: what is kept of them, and what is read of a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.errors import IndexDamaged
from index.pooling import Vector
from index.sentences import Sentences, pack, record_type, unpack

VECTORS = np.array([[1, -1, 0.5, 0], [0.6, 0.8, 0, 0], [0, 0, 0, -1]], np.float32)
NUMBERS = [[127, -127, 64, 0], [95, 127, 0, 0], [0, 0, 0, -127]]  # 63.5 to the even number; 95.25
VALUES = st.floats(-1, 1, width=32, allow_subnormal=False)
SHAPES = st.tuples(st.integers(0, 6), st.integers(1, 24))


def test_the_largest_number_is_127_and_the_others_are_in_proportion() -> None:
    records = pack(VECTORS)
    assert records["numbers"].tolist() == NUMBERS
    assert records["scale"] == pytest.approx([1 / 127, 0.8 / 127, 1 / 127])
    assert records.dtype == record_type(4)


def test_a_record_is_a_factor_and_a_byte_a_dimension() -> None:
    assert record_type(384).itemsize == 388
    assert pack(VECTORS)[1].tobytes() == np.float32(0.8 / 127).tobytes() + bytes([95, 127, 0, 0])


def test_unpacked_they_are_their_vectors_again() -> None:
    vectors = unpack(pack(VECTORS))
    assert vectors == pytest.approx(VECTORS, abs=0.5 / 127 + 1e-6)
    assert vectors[2].tolist() == [0, 0, 0, -1]
    assert vectors.dtype == np.float32


def test_nothing_and_noughts_can_be_packed() -> None:
    assert pack(np.zeros((0, 4), np.float32)).shape == (0,)
    assert unpack(pack(np.zeros((0, 4), np.float32))).shape == (0, 4)
    assert unpack(pack(np.zeros((2, 3), np.float32))).tolist() == [[0, 0, 0]] * 2


def test_what_is_no_number_stays_none_and_spoils_no_other() -> None:
    vectors = np.array([[1, 0], [np.nan, 0], [0, 1]], np.float32)
    found = unpack(pack(vectors))
    assert np.isnan(found[1]).all()
    assert found[[0, 2]].tolist() == [[1, 0], [0, 1]]


@given(arrays(np.float32, SHAPES, elements=VALUES))
def test_every_number_is_off_by_half_a_step_at_most(vectors: Vector) -> None:
    steps = np.abs(vectors).max(axis=1, initial=0, keepdims=True) / 127
    assert np.all(np.abs(unpack(pack(vectors)) - vectors) <= steps * 0.5001)


@given(arrays(np.float32, SHAPES, elements=VALUES))
def test_packing_what_was_unpacked_changes_nothing_more(vectors: Vector) -> None:
    once = pack(vectors)
    again = pack(unpack(once))
    assert again["numbers"].tolist() == once["numbers"].tolist()
    assert again["scale"] == pytest.approx(once["scale"], rel=1e-6)


@given(arrays(np.float32, SHAPES, elements=VALUES))
def test_a_vector_is_packed_by_itself(vectors: Vector) -> None:
    one_by_one = [pack(vectors[row : row + 1]).tobytes() for row in range(len(vectors))]
    assert pack(vectors).tobytes() == b"".join(one_by_one)


def test_a_cosine_of_384_dimensions_moves_little() -> None:
    numbers = np.random.default_rng(0)
    vectors = numbers.normal(size=(400, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    moved = (unpack(pack(vectors)) - vectors) @ vectors.T
    assert np.sqrt((moved**2).mean()) < 0.0005
    assert np.abs(moved).max() < 0.003


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "sentences.npy"
    np.save(path, pack(VECTORS))
    return path


def test_what_was_written_is_there(path: Path) -> None:
    sentences = Sentences(path)
    assert len(sentences) == 3
    assert sentences.dimensions == 4
    whole = unpack(pack(VECTORS)).tolist()
    assert sentences.vectors(slice(0, 3)).tolist() == whole
    assert sentences.vectors(slice(1, 2)).tolist() == whole[1:2]
    assert sentences.vectors(np.array([2, 0, 2])).tolist() == [whole[2], whole[0], whole[2]]
    assert sentences.vectors(slice(1, 1)).shape == (0, 4)
    assert sentences.records(1, 3)["numbers"].tolist() == NUMBERS[1:]
    assert sentences.records(1, 3).tobytes() == pack(VECTORS)[1:].tobytes()


def test_the_file_is_mapped_into_memory_not_read(path: Path) -> None:
    sentences = Sentences(path)
    assert str(path) in Path("/proc/self/maps").read_text()
    path.unlink()
    assert len(sentences.vectors(slice(0, 3))) == 3


def test_what_is_read_is_the_reader_s_own(path: Path) -> None:
    sentences = Sentences(path)
    sentences.vectors(slice(0, 3))[:] = 9
    assert sentences.vectors(slice(2, 3)).tolist() == [[0, 0, 0, -1]]
    assert not sentences.records(0, 3).flags.writeable


@pytest.mark.parametrize("kept", [0, 1, 10, 100, -1])
def test_a_file_cut_short_is_named(path: Path, kept: int) -> None:
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(IndexDamaged) as caught:
        Sentences(path)
    assert caught.value.message == f"{path} cannot be read as sentence vectors."
    assert caught.value.hint == "Build it again: blogqa build"


@pytest.mark.parametrize(
    "other", [np.zeros((3, 4), np.float32), np.zeros(3, [("numbers", "i1")]), np.zeros(3, "O")]
)
def test_an_array_of_something_else_is_named(
    path: Path, other: np.ndarray[tuple[int, ...]]
) -> None:
    np.save(path, other)
    with pytest.raises(IndexDamaged, match=r"sentences\.npy cannot be read as sentence vectors"):
        Sentences(path)


def test_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="gone cannot be read as sentence vectors"):
        Sentences(tmp_path / "gone")
