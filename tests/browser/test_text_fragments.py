"""The links of ``qa.links`` opened in a real Chromium."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from corpus.types import Span
from qa.links import source_link

LONG = (
    "A starter wants feeding at the same hour, with the same flour, and with water that is neither "
    "warm nor cold. Whoever forgets it for a day need not despair, for it forgives a good deal. "
    "Whoever forgets it for a month had better ask the neighbours for some of theirs, and bring a "
    "loaf in return. That is how most of the bread in this street came to be related."
)
BLOCKS = [
    "Notes from a small bakery",
    "The ovens are lit at four, long before the street wakes up.",
    "Nobody asks for rye on a Monday. We bake it all the same.",
    "Flour, water – and time: that’s “all” it takes; 100% of it & no more (well-kept, it's #1).",
    "On market days the queue reaches the bridge. We bake it all the same.",
    "A starter wants feeding at the same hour every day.",
    LONG,
    "Ask for the heel of the loaf: it costs nothing.",
]
POST = "\n\n".join(BLOCKS)


class BakeryPage(BaseHTTPRequestHandler):
    """Every block further from the next than a screen is high."""

    def do_GET(self) -> None:
        blocks = "".join(
            f'<p id="block-{number}">{escape(block)}</p>' for number, block in enumerate(BLOCKS)
        )
        style = "<style>p { margin: 2000px 0 }</style>"
        body = f'<!doctype html><meta charset="utf-8">{style}{blocks}'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), BakeryPage) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/bakery"
        server.shutdown()
        thread.join()


def blocks_in_view(browser: Browser, link: str) -> list[int]:
    """The numbers of the blocks that the window shows once it has scrolled."""
    context = browser.new_context(viewport={"width": 800, "height": 600})
    page = context.new_page()
    page.goto(link)
    page.wait_for_function("window.scrollY > 0", timeout=10_000)
    tops = page.locator("p").evaluate_all("all => all.map(p => p.getBoundingClientRect().top)")
    context.close()
    return [number for number, top in enumerate(tops) if 0 <= top < 600]


@pytest.mark.parametrize(
    ("words", "block", "fragment"),
    [
        pytest.param("it costs nothing", 7, "#:~:text=it%20costs%20nothing", id="plain"),
        pytest.param(
            "water – and time: that’s “all” it takes; 100% of it & no more (well-kept, it's #1)",
            3,
            "#:~:text=water%20%E2%80%93%20and%20time%3A%20that%E2%80%99s%20%E2%80%9Call%E2%80%9D"
            "%20it%20takes%3B%20100%25%20of%20it%20%26%20no%20more%20%28well%2Dkept%2C%20it%27s"
            "%20%231%29",
            id="marks",
        ),
        pytest.param(
            "We bake it all the same.",
            4,
            "#:~:text=bridge.-,We%20bake%20it%20all%20the%20same.",
            id="second-of-two",
        ),
        pytest.param(
            LONG,
            6,
            "#:~:text=A%20starter%20wants%20feeding%20at%20the%20same%20hour%2C,"
            "came%20to%20be%20related.",
            id="range",
        ),
    ],
)
def test_the_page_opens_at_the_quote(
    browser: Browser, address: str, words: str, block: int, fragment: str
) -> None:
    start = POST.rindex(words)
    link = source_link(address, POST, Span(start, start + len(words)))
    assert link == address + fragment
    assert blocks_in_view(browser, link) == [block]


def test_the_quote_comes_before_the_fragment_of_the_url(browser: Browser, address: str) -> None:
    start = POST.index("the heel of the loaf")
    link = source_link(f"{address}#block-1", POST, Span(start, start + 20))
    assert link == f"{address}#block-1:~:text=the%20heel%20of%20the%20loaf"
    assert blocks_in_view(browser, link) == [7]
    assert blocks_in_view(browser, f"{address}#block-1") == [1]
