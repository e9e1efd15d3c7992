"""When the next request to a host may be sent."""

from __future__ import annotations

import time
from threading import Event, Lock


class Pace:
    """Lets requests to a host pass one by one, ``interval_s`` apart, over all threads."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._intervals: dict[str, float] = {}
        self._next: dict[str, float] = {}
        self._lock = Lock()
        self._closed = Event()

    def wait(self, host: str) -> bool:
        """Returns True when it is the caller's turn, or False when the pace is closed."""
        while not self._closed.is_set():
            with self._lock:
                now = time.monotonic()
                start = self._next.get(host, now)
                if start <= now:
                    self._next[host] = now + self._intervals.get(host, self._interval_s)
                    return True
            # Whoever wakes looks again: somebody else may have gone first, or a hold have come.
            self._closed.wait(start - now)
        return False

    def hold(self, host: str, seconds: float) -> None:
        """Lets no request to ``host`` pass for so long."""
        with self._lock:
            start = time.monotonic() + seconds
            self._next[host] = max(start, self._next.get(host, start))

    def slow_down(self, host: str, interval_s: float) -> None:
        """Leaves ``interval_s`` between requests to ``host`` if that is longer than usual."""
        with self._lock:
            usual = self._intervals.get(host, self._interval_s)
            self._intervals[host] = max(interval_s, usual)

    def close(self) -> None:
        """Wakes all who wait, and lets nobody pass any more."""
        self._closed.set()
