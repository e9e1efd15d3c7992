"""Many at once: ``python -m bench.load http://127.0.0.1:8000`` or ``--home FOLDER``.

Keep-alive clients that each ask again as soon as they are answered. They share one thread and do
next to nothing with an answer, so that the server is what is measured, not the client.
"""

from __future__ import annotations

import argparse
import json
import selectors
import socket
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

from bench.speed import QUESTIONS, serving
from qa.settings import Settings

_CHUNK = 1 << 16
_PATIENCE_S = 30.0


@dataclass(frozen=True)
class Load:
    """What clients saw: answers a second, the seconds each took in ascending order, failures."""

    requests_per_s: float
    seconds: tuple[float, ...]
    failed: int

    def percentile(self, percent: float) -> float:
        """Milliseconds within which ``percent`` of the answers came."""
        row = min(int(len(self.seconds) * percent / 100), len(self.seconds) - 1)
        return self.seconds[row] * 1000

    def __str__(self) -> str:
        p50, p95, p99 = (self.percentile(percent) for percent in (50, 95, 99))
        return (
            f"{self.requests_per_s:7.1f} requests/s   p50 {p50:6.2f} ms   p95 {p95:6.2f} ms   "
            f"p99 {p99:6.2f} ms   p99 / p50 {p99 / p50:.2f}   failed {self.failed}"
        )


class _Client:
    """One keep-alive connection."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.connection = socket.create_connection(address, timeout=_PATIENCE_S)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._asked = 0.0

    def ask(self, request: bytes) -> None:
        """Send ``request``, whole."""
        self._received = b""
        self._asked = time.perf_counter()
        self.connection.sendall(request)

    def seconds(self) -> float | None:
        """Seconds from asking to the end of the answer; None while some of it is still to come.

        Raises ConnectionError if the server hung up.
        """
        chunk = self.connection.recv(_CHUNK)
        if not chunk:
            raise ConnectionError("the server closed a connection that was to be kept")
        self._received += chunk
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.lower().partition(b"content-length:")[2].split()[0]):
            return None
        return time.perf_counter() - self._asked

    @property
    def succeeded(self) -> bool:
        """Whether the last answer has status 200."""
        return self._received.startswith(b"HTTP/1.1 200 ")


def load(url: str, *, clients: int, seconds: float, requests: Sequence[bytes]) -> Load:
    """What ``clients`` see who send ``requests`` in turn, without pause for ``seconds``."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    in_turn = cycle(requests)
    took: list[float] = []
    failed = 0
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        asking = [_Client((host, port)) for _ in range(clients)]
        for client in asking:
            stack.enter_context(client.connection)
            selector.register(client.connection, selectors.EVENT_READ, client)
        started = time.perf_counter()
        for client in asking:
            client.ask(next(in_turn))
        while (elapsed := time.perf_counter() - started) < seconds:
            for key, _ in selector.select(timeout=_PATIENCE_S):
                client = key.data
                if (answered := client.seconds()) is not None:
                    took.append(answered)
                    failed += not client.succeeded
                    client.ask(next(in_turn))
    return Load(len(took) / elapsed, tuple(sorted(took)), failed)


def to_blogqa(question: str, host: str) -> bytes:
    """The request that asks blogqa at ``host`` a question."""
    body = json.dumps({"question": question}).encode()
    head = (
        f"POST /api/ask HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    """Print what clients see of a server, after a warm-up, in several rounds and their median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?", help="a server that runs")
    parser.add_argument("--home", type=Path, help="a home folder to start a server on")
    parser.add_argument("--workers", type=int, default=1, help="of that server")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if (options.url is None) == (options.home is None):
        parser.error("give a URL or --home")
    with ExitStack() as stack:
        url = options.url
        if url is None:
            settings = replace(Settings(), home=options.home, workers=options.workers)
            url, _ = stack.enter_context(serving(settings))
        requests = [to_blogqa(question, urlsplit(url).netloc) for question in QUESTIONS]
        ask = partial(load, url, clients=options.clients, requests=requests)
        ask(seconds=2)
        rounds = []
        for _ in range(options.rounds):
            rounds.append(ask(seconds=options.seconds))
            print(f"{options.clients} clients   {rounds[-1]}")
        median = statistics.median(each.requests_per_s for each in rounds)
    print(f"median of {len(rounds)} rounds {median:.1f} requests/s")


if __name__ == "__main__":
    main()
