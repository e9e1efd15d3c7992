"""The parts of the comparison with other libraries that need none of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench.common import Times, times
from bench.load import load, to_blogqa
from bench.peers.client import to_txtai
from bench.peers.report import Comparison, Library, Server, as_data, as_text, figures
from bench.peers.texts import abstracts, fill, origins
from bench.peers.workplace import Measured, print_measured, read_measured
from corpus.types import Block, Post


def post(name: str) -> Post:
    return Post(name, "blog", f"{name}.md", name.title(), (Block("paragraph", "Call early."),))


def two(post: Post) -> int:
    return 2


def test_own_posts_are_taken_as_far_as_they_are_wanted() -> None:
    chosen = fill([post("a"), post("b"), post("c")], [post("s")], 3, two)
    assert [(each.id, each.source) for each in chosen] == [("a", "own"), ("b", "own")]


def test_spare_posts_fill_up_and_then_own_ones_under_other_ids_and_titles() -> None:
    chosen = fill([post("a"), post("b")], [post("s")], 11, two)
    assert [(each.id, each.title, each.source) for each in chosen] == [
        ("a", "A", "own"),
        ("b", "B", "own"),
        ("s", "S", "spare"),
        ("2-a", "2. A", "repeated"),
        ("2-b", "2. B", "repeated"),
        ("3-a", "3. A", "repeated"),
    ]
    assert len({each.place for each in chosen}) == 6
    assert origins(chosen) == "2 own, 1 spare, 3 repeated"


def test_an_abstract_is_a_post_of_one_paragraph(tmp_path: Path) -> None:
    file = tmp_path / "corpus.jsonl"
    file.write_text('{"_id": "7", "title": "Cells", "text": "They divide.", "metadata": {}}\n')
    (found,) = abstracts(file)
    assert (found.id, found.title, found.text) == ("spare-7", "Cells", "They divide.")


def test_what_a_process_measured_is_read_past_what_else_it_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    measured = {"blogqa": Measured([2.0, 1.5], [0.01]), "bare": Measured([1.0], [0.005])}
    print("Loading weights")
    print_measured(measured)
    assert read_measured(capsys.readouterr().out) == measured


def test_percentiles_are_milliseconds() -> None:
    assert times([row / 1000 for row in range(100, 0, -1)]) == Times(50.5, 96, 100)


def comparison() -> Comparison:
    fast, slow = Times(5, 6, 7), Times(40, 50, 60)
    return Comparison(
        machine="2 cores",
        posts="3 own",
        passages=10,
        clients=16,
        blogqa=Library("blogqa", 90, fast),
        bare=Library("bare encoder", 100, Times(4, 4, 4)),
        txtai=Library("txtai 9", 20, slow),
        llamaindex=Library("LlamaIndex 0.14", 25, Times(20, 20, 20)),
        blogqa_server=Server(fast, Times(10, 20, 50), 300, 200),
        txtai_server=Server(slow, slow, 100, 800),
        blogqa_cold_s=1,
        txtai_cold_s=8,
        others=0.03,
    )


def test_every_ratio_is_held_against_what_was_asked() -> None:
    assert [(each.name, each.ratio, each.reached) for each in figures(comparison())] == [
        ("build, passages/s, to txtai", 4.5, True),
        ("build, passages/s, to bare", 0.9, False),
        ("over HTTP, p50, to txtai", 0.125, True),
        ("over HTTP, p50, to bare", 1.25, True),
        ("16 clients, answers/s, to txtai", 3, False),
        ("16 clients, p99 to p50", 5, False),
        ("in process, p50, to LlamaIndex", 0.25, True),
        ("server, resident, to txtai", 0.25, True),
        ("cold answer, to txtai", 0.125, True),
    ]


def test_the_table_says_what_was_missed_and_who_else_was_at_work() -> None:
    lines = as_text(comparison()).splitlines()
    assert lines[0] == "machine: 2 cores; others had 3% of it meanwhile"
    assert "build, passages/s, to bare            0.90   >= 0.92   missed" in lines
    assert "16 clients, p99 to p50                5.00   <= 4.00   missed" in lines
    assert "server, resident, to txtai            0.25   <= 0.40   reached" in lines


def test_the_data_holds_the_figures_too() -> None:
    data = as_data(comparison())
    assert data["txtai_server"]["many_per_s"] == 100
    assert data["figures"][1] == {
        "name": "build, passages/s, to bare",
        "ratio": 0.9,
        "asked": 0.92,
        "at_least": True,
        "reached": False,
    }


class Answering(BaseHTTPRequestHandler):
    """Answers what it was asked; anything but the two questions is not found."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(200 if self.path == "/search?query=why+%26+how&limit=6" else 404, b"[]")

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        known = (self.path, asked) == ("/api/ask", b'{"question": "why & how"}')
        self._answer(200 if known else 404, asked)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_both_servers_are_asked_in_their_own_way(url: str) -> None:
    requests = [to_blogqa("why & how", "localhost"), to_txtai("why & how", "localhost")]
    seen = load(url, clients=3, seconds=0.2, requests=requests)
    assert len(seen.seconds) > 6  # each connection was used again
    assert seen.failed == 0


def test_a_refused_question_is_told_apart(url: str) -> None:
    seen = load(url, clients=1, seconds=0.1, requests=[to_txtai("what", "localhost")])
    assert seen.failed == len(seen.seconds) > 0
