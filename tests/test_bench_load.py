"""What many clients are said to see is what they saw."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from bench.load import Load, load, to_blogqa

CLIENTS = 3


class Answering(BaseHTTPRequestHandler):
    """Answers each question but one, and notes who asked what."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[tuple[int, str]]] = []
    lock = threading.Lock()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.lock:
            self.asked.append((self.client_address[1], body["question"]))
        answer = b"x" * 100_000
        self.send_response(500 if body["question"] == "fails" else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is done leaves without its last answer."""


@pytest.fixture
def url() -> Iterator[str]:
    Answering.asked = []
    with Server(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_each_client_keeps_its_connection_and_takes_its_turn(url: str) -> None:
    seen = load(
        url, clients=CLIENTS, seconds=0.3, requests=[to_blogqa("a", "h"), to_blogqa("fails", "h")]
    )
    asked = list(Answering.asked)
    assert len({port for port, _ in asked}) == CLIENTS
    # what was asked last was not waited for
    assert len(asked) - CLIENTS <= len(seen.seconds) <= len(asked)
    assert abs(seen.failed - len(seen.seconds) / 2) <= CLIENTS
    assert seen.requests_per_s == pytest.approx(len(seen.seconds) / 0.3, rel=0.2)
    assert list(seen.seconds) == sorted(seen.seconds)


def test_percentiles_are_of_the_answers() -> None:
    seen = Load(100.0, tuple(number / 1000 for number in range(1, 201)), 0)
    assert [seen.percentile(percent) for percent in (0, 50, 99, 100)] == [1.0, 101.0, 199.0, 200.0]
    assert str(seen) == (
        "  100.0 requests/s   p50 101.00 ms   p95 191.00 ms   p99 199.00 ms   "
        "p99 / p50 1.97   failed 0"
    )


def test_a_server_that_hangs_up_is_an_error(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answering, "protocol_version", "HTTP/1.0")
    with pytest.raises(ConnectionError, match="was to be kept"):
        load(url, clients=1, seconds=5, requests=[to_blogqa("a", "h")])
