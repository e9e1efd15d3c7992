"""What else the machine was busy with: it slows torch more than a runtime that doesn't spin."""

from __future__ import annotations

import os
import time

import psutil


class Others:
    """Watches, from its making on, the work that others do on this machine."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._work_s = _work_of_others_s()

    def share(self) -> float:
        """How much of all cores' time since then others had."""
        cores_s = (time.perf_counter() - self._started) * (os.cpu_count() or 1)
        return (_work_of_others_s() - self._work_s) / cores_s


def _work_of_others_s() -> float:
    """Seconds of all cores, less those of this process and of children that have ended."""
    spent = psutil.cpu_times()
    idle = spent.idle + spent.iowait
    return sum(spent) - idle - sum(os.times()[:4])
