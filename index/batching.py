"""One door through which callers in several threads share the work of a run.

A lone caller runs at once. Whoever comes while a run is under way waits, and is run together with
the others who wait as soon as it ends, by one of them: there is no thread, no timer and no polling
here, and nobody waits for company.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True, eq=False)
class _Call(Generic[T, R]):
    """What one caller wants, and later what came of it."""

    items: list[T]
    results: list[R] | None = None
    error: BaseException | None = None
    called: threading.Event = field(default_factory=threading.Event)
    """Set when the call has been run, or is the one to lead the next run."""


class Batcher(Generic[T, R]):
    """Gives callers of several threads the results of runs that they share."""

    def __init__(self, run: Callable[[list[T]], Sequence[R]], most: int) -> None:
        """``run`` gives a result for each item, in order; no two threads are ever in it.

        At most ``most`` items go into a run, unless a single caller brings more.
        """
        self._run = run
        self._most = most
        self._lock = threading.Lock()
        self._running = False
        self._waiting: deque[_Call[T, R]] = deque()

    def __call__(self, items: Sequence[T]) -> list[R]:
        """The results of ``items``, in order; they go into the same run.

        Raises whatever that run raised.
        """
        if not items:
            return []
        call = _Call[T, R](list(items))
        with self._lock:
            leads = not self._running
            self._running = True
            if not leads:
                self._waiting.append(call)
        if not leads:
            call.called.wait()
            leads = call.results is None and call.error is None
        if leads:
            try:
                self._lead(call)
            finally:
                self._hand_on()
        if call.error is not None:
            raise call.error
        assert call.results is not None
        return call.results

    def _lead(self, first: _Call[T, R]) -> None:
        """Run ``first`` together with those who wait, and tell each what came of it."""
        calls = [first, *self._company(len(first.items))]
        items = [item for call in calls for item in call.items]
        try:
            results = self._run(items)
            if len(results) != len(items):
                raise ValueError(f"{len(items)} items were run, with {len(results)} results")
        except BaseException as error:  # raised again by every caller
            for call in calls:
                call.error = error
        else:
            rest = iter(results)
            for call in calls:
                call.results = list(islice(rest, len(call.items)))
        for call in calls[1:]:
            call.called.set()

    def _company(self, count: int) -> list[_Call[T, R]]:
        """Those who wait and still fit into a run of ``count`` items, longest waiting first."""
        company = []
        with self._lock:
            while self._waiting and count + len(self._waiting[0].items) <= self._most:
                company.append(self._waiting.popleft())
                count += len(company[-1].items)
        return company

    def _hand_on(self) -> None:
        """Have whoever waits longest lead the next run, or the next who comes."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().called.set()
            else:
                self._running = False
