"""What measurements share. It needs Python alone, so that other libraries' environments run it."""

from __future__ import annotations

import os
import platform
import re
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Thread

ROUNDS = 25  # of all questions
TURNS = 3  # of all rounds, where the best is looked for


@dataclass(frozen=True)
class Times:
    """Milliseconds of many runs of one thing."""

    p50: float
    p95: float
    p99: float

    def __str__(self) -> str:
        return f"p50 {self.p50:7.2f} ms   p95 {self.p95:7.2f} ms"


def times(seconds: Sequence[float]) -> Times:
    """The median, the 95th and the 99th percentile of ``seconds``."""
    ordered = sorted(seconds)
    p95, p99 = (ordered[int(len(ordered) * share)] for share in (0.95, 0.99))
    return Times(statistics.median(ordered) * 1000, p95 * 1000, p99 * 1000)


def timed(action: Callable[[], object]) -> float:
    """Seconds that ``action`` took."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def runs(action: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Seconds of every run of ``action`` on every question, once caches are warm."""
    for question in [*questions, *questions]:
        action(question)
    return [timed(partial(action, question)) for question in [*questions] * ROUNDS]


def best_runs(action: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """The quickest of several :func:`runs`: what somebody else's work disturbed doesn't count."""
    return min((runs(action, questions) for _ in range(TURNS)), key=statistics.median)


def machine() -> str:
    """The machine in words."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


@contextmanager
def listening(command: Sequence[str], environ: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """A server that uvicorn runs, started by ``command``: its address and process id.

    Raises RuntimeError, with what the server said, if it ends before it listens.
    """
    server = subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert server.stderr is not None
    said = []
    try:
        for line in server.stderr:
            said.append(line)
            if found := re.search(r"running on (http://\S+)", line):
                break
        else:
            raise RuntimeError(f"{' '.join(command)} never listened:\n{''.join(said)}")
        # It logs every request there, and would stand still once the pipe is full.
        Thread(target=server.stderr.read, daemon=True).start()
        yield found[1], server.pid
    finally:
        server.terminate()
        server.wait()
