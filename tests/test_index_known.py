"""Vectors of two places, given in the order asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.generation import Generation
from index.journal import Journal
from index.known import KnownVectors
from index.pooling import EncodedPassage
from tests.drafts import MadePost, fingerprint, made_generation

EAST, NORTH, WEST, SOUTH = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)
OLD = (
    MadePost("bees", [EAST, NORTH], [[EAST, WEST], [SOUTH]]),
    MadePost("clocks", [WEST], [[WEST, WEST, EAST]]),
)
NEW = {
    fingerprint("new", 0): EncodedPassage(np.array(SOUTH, np.float32), np.array([NORTH], "f4")),
    fingerprint("new", 1): EncodedPassage(
        np.array(EAST, np.float32), np.array([EAST, SOUTH], "f4")
    ),
}
WHAT_IS = {
    fingerprint("bees", 0): (EAST, [EAST, WEST]),
    fingerprint("bees", 1): (NORTH, [SOUTH]),
    fingerprint("clocks", 0): (WEST, [WEST, WEST, EAST]),
    fingerprint("new", 0): (SOUTH, [NORTH]),
    fingerprint("new", 1): (EAST, [EAST, SOUTH]),
}


@pytest.fixture
def generation(tmp_path: Path) -> Iterator[Generation]:
    generation = made_generation(tmp_path / "generation", OLD)
    yield generation
    generation.close()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    (tmp_path / "journal").touch()
    with (tmp_path / "journal").open("r+b") as file:
        journal = Journal(file, 2)
        for key, encoded in NEW.items():
            journal.add(key, encoded)
        yield journal


def check(known: KnownVectors, fingerprints: list[str], sizes: list[int]) -> None:
    """What is known of ``fingerprints`` is right, and comes in blocks of ``sizes``."""
    blocks = list(known.blocks(fingerprints))
    assert [len(vectors) for vectors, _ in blocks] == sizes
    assert [len(records) for _, records in blocks] == sizes
    assert {vectors.dtype for vectors, _ in blocks} <= {np.dtype(np.float32)}
    rows = [tuple(row) for vectors, _ in blocks for row in vectors.tolist()]
    assert rows == [WHAT_IS[each][0] for each in fingerprints]
    numbers = [each["numbers"].tolist() for _, records in blocks for each in records]
    wanted = [[[127 * x, 127 * y] for x, y in WHAT_IS[each][1]] for each in fingerprints]
    assert numbers == wanted


def test_what_is_in_either_place_is_known(generation: Generation, journal: Journal) -> None:
    known = KnownVectors(generation, journal)
    assert all(each in known for each in WHAT_IS)
    assert fingerprint("other", 0) not in known
    alone = KnownVectors(None, journal)
    assert [each in alone for each in WHAT_IS] == [False, False, False, True, True]


@pytest.mark.parametrize(
    "order",
    [
        [0, 1, 2, 3, 4],
        [4, 2, 3, 1, 0],
        [3, 3, 0, 0, 4, 3, 0],
        [0, 1, 2],
        [2, 1],
        [3, 4],
        [4],
    ],
)
def test_vectors_come_in_the_order_asked_for(
    generation: Generation, journal: Journal, order: list[int]
) -> None:
    keys = list(WHAT_IS)
    check(KnownVectors(generation, journal), [keys[each] for each in order], [len(order)])


def test_without_a_generation_all_come_from_the_journal(journal: Journal) -> None:
    first, second = NEW
    check(KnownVectors(None, journal), [second, first, second, second], [4])


def test_nothing_asked_for_is_no_block(generation: Generation, journal: Journal) -> None:
    check(KnownVectors(generation, journal), [], [])
    check(KnownVectors(None, journal), [], [])


def test_what_is_added_later_is_known_too(generation: Generation, journal: Journal) -> None:
    known = KnownVectors(generation, journal)
    late = fingerprint("late", 0)
    assert late not in known
    journal.add(late, NEW[fingerprint("new", 0)])
    assert late in known
    ((vectors, _),) = known.blocks([late, fingerprint("bees", 0)])
    assert vectors.tolist() == [list(SOUTH), list(EAST)]


@pytest.mark.parametrize("with_generation", [True, False])
def test_what_is_nowhere_is_a_key_error(
    generation: Generation, journal: Journal, with_generation: bool
) -> None:
    known = KnownVectors(generation if with_generation else None, journal)
    with pytest.raises(KeyError):
        list(known.blocks([fingerprint("new", 0), fingerprint("other", 0)]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, 4), max_size=30), size=st.integers(1, 7))
def test_blocks_of_any_size_hold_the_same(
    generation: Generation, journal: Journal, order: list[int], size: int
) -> None:
    keys = list(WHAT_IS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.known._BLOCK", size)
        sizes = [min(size, len(order) - first) for first in range(0, len(order), size)]
        check(KnownVectors(generation, journal), [keys[each] for each in order], sizes)
