"""Nearest by a graph: as exact as it was measured to be, and exact about what is allowed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.graph import Graph, GraphRecord, write_graph
from index.vectors import Vectors
from tests.contracts.nearest import QUESTIONS, Near, NearestContract, recall, units, written
from tests.faults.limits import file_size_limit


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Vectors:
    return written(tmp_path_factory.mktemp("many") / "v", units(0, 3000))


@pytest.fixture(scope="module")
def built(vectors: Vectors, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, GraphRecord]:
    path = tmp_path_factory.mktemp("graph") / "g"
    record = write_graph(path, vectors, QUESTIONS, 0.95)
    assert record is not None
    return path, record


@pytest.fixture(scope="module")
def graph(built: tuple[Path, GraphRecord]) -> Graph:
    path, record = built
    return Graph(path, record.width)


class TestGraph(NearestContract):
    @pytest.fixture
    def near(self, graph: Graph) -> Near:
        return graph

    @pytest.fixture
    def path(self, built: tuple[Path, GraphRecord]) -> Path:
        return built[0]

    def opened(self, path: Path) -> Near:
        return Graph(path, 200)


def test_recall_measured_is_recall_found(
    vectors: Vectors, built: tuple[Path, GraphRecord], graph: Graph
) -> None:
    record = built[1]
    assert (record.links, record.width) == (32, 200)
    assert record.recall == pytest.approx(recall(graph, vectors, QUESTIONS), abs=1e-4)
    assert record.recall >= 0.95
    assert recall(graph, vectors, units(2, 100)) >= 0.95  # of questions that it never saw


def test_where_no_width_would_do_there_is_none(vectors: Vectors, tmp_path: Path) -> None:
    assert write_graph(tmp_path / "g", vectors, QUESTIONS, 1.1) is None
    assert not (tmp_path / "g").exists()


@pytest.mark.parametrize("count", [1, 2, 20])
def test_a_handful_of_vectors_is_found_whole(tmp_path: Path, count: int) -> None:
    rows = units(6, count)
    record = write_graph(tmp_path / "g", written(tmp_path / "v", rows), rows, 1.0)
    assert record == GraphRecord(links=32, width=200, recall=1.0)
    found = Graph(tmp_path / "g", record.width).nearest(rows[0], 999)
    assert sorted(found.tolist()) == list(range(count))
    assert found.dtype == np.int64


def test_a_disk_that_refuses(vectors: Vectors, tmp_path: Path) -> None:
    for size_bytes in (0, 40, 40_000):
        with file_size_limit(size_bytes), pytest.raises(OSError, match="File too large"):
            write_graph(tmp_path / "g", vectors, QUESTIONS, 0.5)
