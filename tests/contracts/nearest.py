"""What every approximate way to nearest vectors keeps to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from index.errors import IndexDamaged
from index.pooling import Vector
from index.recall import CANDIDATES, NEAREST
from index.vectors import Ordinals, Vectors, VectorsWriter

COUNT = 3000


def units(seed: int, count: int, dimensions: int = 16) -> Vector:
    rows = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def written(path: Path, rows: Vector) -> Vectors:
    writer = VectorsWriter(rows.shape[1])
    writer.add(rows)
    writer.write(path)
    return Vectors(path)


QUESTIONS = units(1, 100)


class Near(Protocol):
    """A way to nearest vectors."""

    @property
    def shape(self) -> tuple[int, int]: ...

    def nearest(self, query: Vector, count: int, allowed: Ordinals | None = None) -> Ordinals: ...


def recall(near: Near, vectors: Vectors, questions: Vector) -> float:
    """The share of the nearest that are among the candidates, counted one question at a time."""
    found = 0
    for question in questions:
        nearest = np.argsort(-(vectors.rows(np.arange(3000)) @ question))[:NEAREST]
        found += len(set(nearest.tolist()) & set(near.nearest(question, CANDIDATES).tolist()))
    return found / NEAREST / len(questions)


class NearestContract:
    """Over vectors in all directions alike, which nothing is harder for."""

    def opened(self, path: Path) -> Near:
        """The one in the file ``path``; raises IndexDamaged."""
        raise NotImplementedError

    def test_the_nearest_come_first(self, vectors: Vectors, near: Near) -> None:
        for question in QUESTIONS[:20]:
            cosines = vectors.cosines(question, near.nearest(question, 50))
            assert len(cosines) == 50
            assert np.all(np.diff(cosines) < 0.02)  # a byte a dimension tells no finer

    def test_each_vector_finds_itself(self, vectors: Vectors, near: Near) -> None:
        for ordinal in range(0, 3000, 97):
            (own,) = vectors.rows(np.array([ordinal]))
            assert ordinal in near.nearest(own, 5).tolist()

    @pytest.mark.parametrize("share", [0.001, 0.02, 0.25, 0.6, 1.0])
    def test_only_what_is_allowed(self, vectors: Vectors, near: Near, share: float) -> None:
        allowed = np.flatnonzero(np.random.default_rng(5).random(3000) < share)
        assert len(allowed)
        found_all = wanted_all = 0
        for question in QUESTIONS[:40]:
            found = near.nearest(question, 20, allowed).tolist()
            wanted = vectors.nearest(question, min(20, len(allowed)), allowed).tolist()
            assert set(found) <= set(allowed.tolist())
            assert len(set(found)) == len(found) == len(wanted)
            found_all += len(set(found) & set(wanted))
            wanted_all += len(wanted)
        assert found_all >= 0.9 * wanted_all

    def test_where_few_are_allowed_every_one_is_found(self, near: Near) -> None:
        allowed = np.array([3, 1500, 2999])
        for question in QUESTIONS[:20]:
            assert sorted(near.nearest(question, 9, allowed).tolist()) == allowed.tolist()
        assert near.nearest(QUESTIONS[0], 9, np.array([], np.int64)).tolist() == []

    def test_all_allowed_is_as_none_forbidden(self, near: Near) -> None:
        everything = np.arange(3000)
        for question in QUESTIONS[:10]:
            assert (
                near.nearest(question, 30, everything).tolist()
                == near.nearest(question, 30).tolist()
            )

    def test_several_threads_find_the_same(self, near: Near) -> None:
        allowed = np.arange(0, 3000, 2)

        def find(question: Vector) -> list[int]:
            return [*near.nearest(question, 10), *near.nearest(question, 10, allowed)]

        alone = [find(question) for question in QUESTIONS]
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(find, QUESTIONS)) == alone

    def test_a_query_starts_no_threads(self, near: Near) -> None:
        tasks = Path("/proc/self/task")
        near.nearest(QUESTIONS[0], 10)
        before = len(list(tasks.iterdir()))
        for question in QUESTIONS[:5]:
            near.nearest(question, 10)
            assert len(list(tasks.iterdir())) <= before

    def test_the_file_is_mapped_into_memory_not_read(self, path: Path, near: Near) -> None:
        assert near.shape == (3000, 16)
        assert str(path) in Path("/proc/self/maps").read_text()

    @pytest.mark.parametrize("content", [None, b"", b"something else", "half"])
    def test_a_file_that_is_no_index(
        self, path: Path, tmp_path: Path, content: bytes | str | None
    ) -> None:
        broken = tmp_path / "broken"
        if content is not None:
            whole = path.read_bytes()
            broken.write_bytes(whole[: len(whole) // 2] if isinstance(content, str) else content)
        with pytest.raises(IndexDamaged) as caught:
            self.opened(broken)
        assert caught.value.message == f"{broken} cannot be read as a FAISS index."
