"""Callers who share runs: who is run with whom, and what reaches whom."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.batching import Batcher

LIMIT_S = 10


class Gate:
    """A run that squares numbers, records what was run together, and can be held."""

    def __init__(self) -> None:
        self.runs: list[list[int]] = []
        self.threads: list[int] = []
        self.inside = 0
        self.entered = threading.Event()
        self.open = threading.Event()
        self.open.set()

    def __call__(self, items: list[int]) -> list[int]:
        self.inside += 1
        assert self.inside == 1, "two threads are in a run"
        self.runs.append(items)
        self.threads.append(threading.get_ident())
        self.entered.set()
        assert self.open.wait(LIMIT_S)
        self.inside -= 1
        if any(item < 0 for item in items):
            raise ArithmeticError(f"no root of {items}")
        return [item * item for item in items]


def wait_for_waiting(batcher: Batcher[int, int], count: int) -> None:
    """Returns as soon as ``count`` callers wait for the run under way to end."""
    end = time.monotonic() + LIMIT_S
    while len(batcher._waiting) < count:
        assert time.monotonic() < end
        time.sleep(0)


@contextmanager
def held(
    gate: Gate, batcher: Batcher[int, int], calls: Sequence[Sequence[int]]
) -> Iterator[list[Future[list[int]]]]:
    """The first of ``calls`` is under way and the others wait, in order; let go at the end."""
    gate.open.clear()
    with ThreadPoolExecutor(len(calls)) as pool:
        futures = []
        try:
            for waiting, items in enumerate(calls):
                futures.append(pool.submit(batcher, items))
                assert gate.entered.wait(LIMIT_S)
                wait_for_waiting(batcher, waiting)
            yield futures
        finally:
            gate.open.set()


def test_a_lone_caller_runs_at_once_in_its_own_thread() -> None:
    gate = Gate()
    batcher = Batcher(gate, 4)
    assert batcher([3]) == [9]
    assert batcher([4, 5]) == [16, 25]
    assert gate.runs == [[3], [4, 5]]
    assert gate.threads == [threading.get_ident()] * 2


def test_who_comes_during_a_run_is_run_together() -> None:
    gate = Gate()
    with held(gate, Batcher(gate, 8), [[1], [2], [3], [4]]) as futures:
        pass
    assert [each.result() for each in futures] == [[1], [4], [9], [16]]
    assert gate.runs == [[1], [2, 3, 4]]


def test_one_of_those_who_wait_leads_them() -> None:
    gate = Gate()
    before = threading.active_count()
    with held(gate, Batcher(gate, 2), [[1], [2], [3], [4]]):
        assert threading.active_count() == before + 4
    assert gate.runs == [[1], [2, 3], [4]]
    assert len(set(gate.threads)) == 3


def test_no_thread_stays() -> None:
    gate = Gate()
    before = threading.active_count()
    with held(gate, Batcher(gate, 2), [[1], [2], [3]]):
        pass
    assert threading.active_count() == before


def test_a_caller_who_comes_later_joins_those_who_wait() -> None:
    gate = Gate()
    batcher = Batcher(gate, 8)
    with held(gate, batcher, [[1], [2]]) as futures:
        late = threading.Thread(target=batcher, args=[[7]])
        late.start()
        wait_for_waiting(batcher, 2)
    late.join(LIMIT_S)
    assert [each.result() for each in futures] == [[1], [4]]
    assert gate.runs == [[1], [2, 7]]


def test_items_of_one_caller_are_never_parted() -> None:
    gate = Gate()
    with held(gate, Batcher(gate, 3), [[1], [2, 3], [4, 5], [6], [7, 8, 9, 10]]) as futures:
        pass
    assert [each.result() for each in futures] == [[1], [4, 9], [16, 25], [36], [49, 64, 81, 100]]
    assert gate.runs == [[1], [2, 3], [4, 5, 6], [7, 8, 9, 10]]


def test_nothing_needs_no_run() -> None:
    gate = Gate()
    batcher = Batcher(gate, 3)
    with held(gate, batcher, [[1]]):
        assert batcher([]) == []
    assert gate.runs == [[1]]


def test_an_error_reaches_all_callers_of_its_run_and_no_others() -> None:
    gate = Gate()
    batcher = Batcher(gate, 2)
    with held(gate, batcher, [[1], [2], [-3], [4], [5]]) as futures:
        pass
    assert gate.runs == [[1], [2, -3], [4, 5]]
    for failed in (futures[1], futures[2]):
        with pytest.raises(ArithmeticError, match=r"no root of \[2, -3\]"):
            failed.result()
    assert [futures[row].result() for row in (0, 3, 4)] == [[1], [16], [25]]
    assert batcher([6]) == [36]


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_whatever_ends_a_run_nobody_is_left_waiting(kind: type[BaseException]) -> None:
    gate = Gate()

    def run(items: list[int]) -> list[int]:
        gate(items)
        raise kind

    with held(gate, Batcher(run, 8), [[1], [2], [3]]) as futures:
        pass
    assert [type(each.exception(LIMIT_S)) for each in futures] == [kind] * 3


def test_a_run_without_a_result_for_each_item_is_an_error() -> None:
    short: Batcher[int, int] = Batcher(lambda items: items[1:], 8)
    with pytest.raises(ValueError, match="2 items were run, with 1 results"):
        short([1, 2])


@settings(max_examples=40, deadline=None)
@given(
    calls=st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=4), min_size=1, max_size=12),
    most=st.integers(1, 6),
)
def test_runs_are_as_full_as_the_order_of_calls_allows(calls: list[list[int]], most: int) -> None:
    gate = Gate()
    with held(gate, Batcher(gate, most), calls) as futures:
        pass
    assert [each.result() for each in futures] == [[item**2 for item in items] for items in calls]
    assert gate.runs[0] == calls[0]
    wanted: list[list[int]] = []
    for items in calls[1:]:
        if wanted and len(wanted[-1]) + len(items) <= most:
            wanted[-1] += items
        else:
            wanted.append(list(items))
    assert gate.runs[1:] == wanted


def test_many_callers_without_any_order() -> None:
    gate = Gate()
    batcher = Batcher(gate, 5)
    numbers = range(2000)
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(lambda n: batcher([n, n + 1]), numbers)) == [
            [n * n, (n + 1) ** 2] for n in numbers
        ]
    assert sorted(item for run in gate.runs for item in run) == sorted(
        [*numbers, *(n + 1 for n in numbers)]
    )
    assert max(map(len, gate.runs)) <= 5
