"""Nearest by inverted lists: as exact as it was measured to be, and exact about what is allowed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.inverted import InvertedLists, ListsRecord, write_lists
from index.vectors import Vectors
from tests.contracts.nearest import QUESTIONS, Near, NearestContract, recall, units, written
from tests.faults.limits import file_size_limit


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Vectors:
    """3,000 of them, in all directions alike: nothing is harder for lists."""
    return written(tmp_path_factory.mktemp("many") / "v", units(0, 3000))


@pytest.fixture(scope="module")
def built(vectors: Vectors, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ListsRecord]:
    path = tmp_path_factory.mktemp("lists") / "l"
    record = write_lists(path, vectors, QUESTIONS, 0.95)
    assert record is not None
    return path, record


@pytest.fixture(scope="module")
def lists(built: tuple[Path, ListsRecord]) -> InvertedLists:
    path, record = built
    return InvertedLists(path, record.probes)


def test_a_corner_each_for_vectors_in_eight_directions(tmp_path: Path) -> None:
    axes = np.concatenate([np.eye(4), -np.eye(4)]).astype(np.float32)
    rows = np.repeat(axes, 3, axis=0)
    record = write_lists(tmp_path / "l", written(tmp_path / "v", rows), axes, 0.3)
    assert record is not None
    assert (record.lists, record.probes) == (8, 4)
    lists = InvertedLists(tmp_path / "l", 1)
    assert lists.shape == (24, 4)
    for corner, axis in enumerate(axes):
        assert sorted(lists.nearest(axis, 3).tolist()) == [3 * corner + each for each in range(3)]
        assert lists.nearest(axis, 1).dtype == np.int64


def test_lists_are_a_power_of_two_about_twice_the_root(
    built: tuple[Path, ListsRecord], lists: InvertedLists
) -> None:
    assert built[1].lists == 128  # 109.5 is nearer to it than to 64
    assert lists.shape == (3000, 16)


def test_recall_measured_is_recall_found(
    vectors: Vectors, built: tuple[Path, ListsRecord], lists: InvertedLists
) -> None:
    record = built[1]
    assert record.recall == pytest.approx(recall(lists, vectors, QUESTIONS), abs=1e-4)
    assert record.recall >= 0.95
    assert recall(lists, vectors, units(2, 100)) >= 0.92  # of questions that it never saw


def test_no_fewer_probes_would_do(vectors: Vectors, built: tuple[Path, ListsRecord]) -> None:
    path, record = built
    assert record.probes >= 8
    assert recall(InvertedLists(path, record.probes // 2), vectors, QUESTIONS) < 0.95


def test_the_more_is_asked_the_more_lists_are_looked_into(vectors: Vectors, tmp_path: Path) -> None:
    probes = []
    for least in (0.0, 0.8, 0.9, 0.99):
        record = write_lists(tmp_path / "l", vectors, QUESTIONS, least)
        assert record is not None
        assert record.recall >= least
        probes.append(record.probes)
    assert probes[0] == 4
    assert probes == sorted(probes)
    assert probes[-1] > probes[0]


def test_where_half_of_the_lists_would_not_do_there_are_none(
    vectors: Vectors, tmp_path: Path
) -> None:
    assert write_lists(tmp_path / "l", vectors, QUESTIONS, 1.1) is None
    assert not (tmp_path / "l").exists()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_a_handful_of_vectors_has_no_lists(tmp_path: Path, count: int) -> None:
    vectors = written(tmp_path / "v", units(3, count))
    assert write_lists(tmp_path / "l", vectors, units(4, 5), 0.0) is None
    assert not (tmp_path / "l").exists()


def test_equal_vectors_make_equal_lists(
    vectors: Vectors, built: tuple[Path, ListsRecord], tmp_path: Path
) -> None:
    path, record = built
    assert write_lists(tmp_path / "l", vectors, QUESTIONS, 0.95) == record
    assert (tmp_path / "l").read_bytes() == path.read_bytes()


class TestLists(NearestContract):
    @pytest.fixture
    def near(self, lists: InvertedLists) -> Near:
        return lists

    @pytest.fixture
    def path(self, built: tuple[Path, ListsRecord]) -> Path:
        return built[0]

    def opened(self, path: Path) -> Near:
        return InvertedLists(path, 4)


def test_more_than_there_are_can_be_asked_for(tmp_path: Path) -> None:
    rows = units(6, 20)
    record = write_lists(tmp_path / "l", written(tmp_path / "v", rows), rows, 0.0)
    assert record is not None
    lists = InvertedLists(tmp_path / "l", record.lists)
    assert sorted(lists.nearest(rows[0], 999).tolist()) == list(range(20))


def test_a_disk_that_refuses(vectors: Vectors, tmp_path: Path) -> None:
    for size_bytes in (0, 40, 40_000):
        with file_size_limit(size_bytes), pytest.raises(OSError, match="File too large"):
            write_lists(tmp_path / "l", vectors, QUESTIONS, 0.5)
