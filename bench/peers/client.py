"""People who ask a server: ``python -m bench.peers.client SERVER URL CLIENTS SECONDS FOLDER``.

Each keeps its connection and asks again as soon as it is answered. They share one thread and do
next to nothing with an answer, so that the server is what is measured.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.peers.workplace import LIMIT, Workplace


@dataclass(frozen=True)
class Load:
    """What the clients saw: the seconds of every answer, and of the whole."""

    answers: list[float]
    elapsed_s: float

    @property
    def per_s(self) -> float:
        """Answers a second."""
        return len(self.answers) / self.elapsed_s


def to_blogqa(question: str, host: str) -> bytes:
    """The request that asks blogqa."""
    body = json.dumps({"question": question}).encode()
    return (
        f"POST /api/ask HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def to_txtai(question: str, host: str) -> bytes:
    """The request that asks txtai."""
    query = urlencode({"query": question, "limit": LIMIT})
    return f"GET /search?{query} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


SERVERS: dict[str, Callable[[str, str], bytes]] = {"blogqa": to_blogqa, "txtai": to_txtai}


async def ask(url: str, clients: int, seconds: float, requests: Iterator[bytes]) -> Load:
    """What ``clients`` see who send ``requests`` to ``url`` without pause for ``seconds``."""
    started = time.perf_counter()
    until = started + seconds
    answers = await asyncio.gather(*(_client(url, until, requests) for _ in range(clients)))
    elapsed_s = time.perf_counter() - started
    return Load([each for of_client in answers for each in of_client], elapsed_s)


async def _client(url: str, until: float, requests: Iterator[bytes]) -> list[float]:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    answers = []
    try:
        while (asked := time.perf_counter()) < until:
            writer.write(next(requests))
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            body = await reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
            answers.append(time.perf_counter() - asked)
            if not head.startswith(b"http/1.1 200 "):
                raise RuntimeError(f"{url} answered: {head + body!r}")
    finally:
        writer.close()
        await writer.wait_closed()
    return answers


def main() -> None:
    """Ask the server for the time given, and print what that was like as JSON."""
    server, url, clients, seconds, folder = sys.argv[1:]
    questions = Workplace(Path(folder)).given.questions
    host = urlsplit(url).netloc
    requests = cycle([SERVERS[server](question, host) for question in questions])
    print(json.dumps(asdict(asyncio.run(ask(url, int(clients), float(seconds), requests)))))


if __name__ == "__main__":
    main()
