"""What a build says of itself: before it starts, while it is at work, and at its end."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

Stage = Literal["cut", "encode", "write", "map", "verify", "publish"]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. ``published`` is false when the index in use was already right.

    ``stages`` are the seconds of each part of the work; cutting posts into passages goes on beside
    the encoding, so only what that waits for counts as ``encode``.
    """

    generation: str
    posts: int
    passages: int
    embedded: int
    reused: int
    seconds: float
    stages: dict[Stage, float]
    published: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the slow part of a build is: ``done`` of ``total`` passages encoded.

    ``total`` grows while posts are cut, which is long before the end of the encoding.
    """

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Restart:
    """Why more is encoded than is new, said before it starts: what was ``before``, what is ``now``.

    ``passages`` is how many there are in the index in use; 0 where that cannot be read.
    """

    reason: Literal["full", "encoder", "passages", "unreadable"]
    before: str
    now: str
    passages: int


class Watch:
    """Tells the seconds of stages that may interrupt each other: the inner one's count for it."""

    def __init__(self) -> None:
        self._started = self._since = time.perf_counter()
        self._running: list[Stage] = []
        self._seconds: defaultdict[Stage, float] = defaultdict(float)

    @contextmanager
    def stage(self, name: Stage) -> Iterator[None]:
        """Within, time counts for the stage ``name``."""
        self._note()
        self._running.append(name)
        try:
            yield
        finally:
            self._note()
            self._running.pop()

    def _note(self) -> None:
        now = time.perf_counter()
        if self._running:
            self._seconds[self._running[-1]] += now - self._since
        self._since = now

    @property
    def stages(self) -> dict[Stage, float]:
        """The seconds of each stage so far, to the millisecond."""
        return {name: round(seconds, 3) for name, seconds in self._seconds.items()}

    def total(self) -> float:
        """Seconds since this watch was made."""
        return time.perf_counter() - self._started
