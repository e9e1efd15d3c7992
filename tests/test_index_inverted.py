"""Nearest by inverted lists: as exact as it was measured to be, and exact about what is allowed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexDamaged
from index.inverted import CANDIDATES, NEAREST, InvertedLists, ListsRecord, write_lists
from index.pooling import Vector
from index.vectors import Vectors, VectorsWriter
from tests.faults.limits import file_size_limit


def units(seed: int, count: int, dimensions: int = 16) -> Vector:
    rows = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def written(path: Path, rows: Vector) -> Vectors:
    writer = VectorsWriter(rows.shape[1])
    writer.add(rows)
    writer.write(path)
    return Vectors(path)


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Vectors:
    """3,000 of them, in all directions alike: nothing is harder for lists."""
    return written(tmp_path_factory.mktemp("many") / "v", units(0, 3000))


QUESTIONS = units(1, 100)


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


def recall(lists: InvertedLists, vectors: Vectors, questions: Vector) -> float:
    """The share of the nearest that are among the candidates, counted one question at a time."""
    found = 0
    for question in questions:
        nearest = np.argsort(-(vectors.rows(np.arange(3000)) @ question))[:NEAREST]
        found += len(set(nearest.tolist()) & set(lists.nearest(question, CANDIDATES).tolist()))
    return found / NEAREST / len(questions)


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


def test_the_nearest_come_first(vectors: Vectors, lists: InvertedLists) -> None:
    for question in QUESTIONS[:20]:
        cosines = vectors.cosines(question, lists.nearest(question, 50))
        assert len(cosines) == 50
        assert np.all(np.diff(cosines) < 0.02)  # a byte a dimension tells no finer


def test_each_vector_finds_itself(vectors: Vectors, lists: InvertedLists) -> None:
    for ordinal in range(0, 3000, 97):
        (own,) = vectors.rows(np.array([ordinal]))
        assert ordinal in lists.nearest(own, 5).tolist()


@pytest.mark.parametrize("share", [0.001, 0.02, 0.25, 0.6, 1.0])
def test_only_what_is_allowed(vectors: Vectors, lists: InvertedLists, share: float) -> None:
    allowed = np.flatnonzero(np.random.default_rng(5).random(3000) < share)
    assert len(allowed)
    found_all = wanted_all = 0
    for question in QUESTIONS[:40]:
        found = lists.nearest(question, 20, allowed).tolist()
        wanted = vectors.nearest(question, min(20, len(allowed)), allowed).tolist()
        assert set(found) <= set(allowed.tolist())
        assert len(set(found)) == len(found) == len(wanted)
        found_all += len(set(found) & set(wanted))
        wanted_all += len(wanted)
    assert found_all >= 0.9 * wanted_all


def test_where_few_are_allowed_every_one_is_found(lists: InvertedLists) -> None:
    allowed = np.array([3, 1500, 2999])
    for question in QUESTIONS[:20]:
        assert sorted(lists.nearest(question, 9, allowed).tolist()) == allowed.tolist()
    assert lists.nearest(QUESTIONS[0], 9, np.array([], np.int64)).tolist() == []


def test_all_allowed_is_as_none_forbidden(lists: InvertedLists) -> None:
    everything = np.arange(3000)
    for question in QUESTIONS[:10]:
        assert (
            lists.nearest(question, 30, everything).tolist() == lists.nearest(question, 30).tolist()
        )


def test_more_than_there_are_can_be_asked_for(tmp_path: Path) -> None:
    rows = units(6, 20)
    record = write_lists(tmp_path / "l", written(tmp_path / "v", rows), rows, 0.0)
    assert record is not None
    lists = InvertedLists(tmp_path / "l", record.lists)
    assert sorted(lists.nearest(rows[0], 999).tolist()) == list(range(20))


def test_several_threads_find_the_same(lists: InvertedLists) -> None:
    allowed = np.arange(0, 3000, 2)

    def find(question: Vector) -> list[int]:
        near: list[int] = lists.nearest(question, 10).tolist()
        near.extend(lists.nearest(question, 10, allowed).tolist())
        return near

    alone = [find(question) for question in QUESTIONS]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(find, QUESTIONS)) == alone


def test_a_query_starts_no_threads(lists: InvertedLists) -> None:
    tasks = Path("/proc/self/task")
    lists.nearest(QUESTIONS[0], 10)
    before = len(list(tasks.iterdir()))
    for question in QUESTIONS[:5]:
        lists.nearest(question, 10)
        assert len(list(tasks.iterdir())) <= before


def test_the_file_is_mapped_into_memory_not_read(
    built: tuple[Path, ListsRecord], lists: InvertedLists
) -> None:
    assert lists.shape == (3000, 16)
    assert str(built[0]) in Path("/proc/self/maps").read_text()


@pytest.mark.parametrize("content", [None, b"", b"something else", "half"])
def test_a_file_that_is_no_index(
    built: tuple[Path, ListsRecord], tmp_path: Path, content: bytes | str | None
) -> None:
    path = tmp_path / "l"
    if content is not None:
        whole = built[0].read_bytes()
        path.write_bytes(whole[: len(whole) // 2] if isinstance(content, str) else content)
    with pytest.raises(IndexDamaged) as caught:
        InvertedLists(path, 4)
    assert caught.value.message == f"{path} cannot be read as a FAISS index."


def test_a_disk_that_refuses(vectors: Vectors, tmp_path: Path) -> None:
    for size_bytes in (0, 40, 40_000):
        with file_size_limit(size_bytes), pytest.raises(OSError, match="File too large"):
            write_lists(tmp_path / "l", vectors, QUESTIONS, 0.5)
