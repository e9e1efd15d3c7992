"""People who ask a server: ``python -m bench.peers.client SERVER URL CLIENTS SECONDS FOLDER``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.load import load, to_blogqa
from bench.peers.workplace import LIMIT, Workplace


def to_txtai(question: str, host: str) -> bytes:
    """The request that asks txtai at ``host`` a question."""
    query = urlencode({"query": question, "limit": LIMIT})
    return f"GET /search?{query} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


SERVERS: dict[str, Callable[[str, str], bytes]] = {"blogqa": to_blogqa, "txtai": to_txtai}


def main() -> None:
    """Ask the server for the time given, and print what that was like as JSON."""
    server, url, clients, seconds, folder = sys.argv[1:]
    questions = Workplace(Path(folder)).given.questions
    requests = [SERVERS[server](question, urlsplit(url).netloc) for question in questions]
    seen = load(url, clients=int(clients), seconds=float(seconds), requests=requests)
    if seen.failed:
        raise RuntimeError(f"{server} refused {seen.failed} of {len(seen.seconds)} questions.")
    print(json.dumps(asdict(seen)))


if __name__ == "__main__":
    main()
