"""The pictures of the page in ``docs/screenshots``, of the sample archive: ``make screenshots``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.parse import quote_plus

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from qa.imports import import_source
from qa.settings import Settings
from qa.workspace import build_index
from tests.browser.conftest import CHROMIUM, FLAGS, ROOT, Elsewhere, serving

FOLDER = ROOT / "docs" / "screenshots"
QUESTION = "How do I handle call reluctance?"
DAY = "2026-09-16T12:00:00"
"""Ages ("12 years ago") are told as of this day, so that a picture changes only with the page."""

MOST_BYTES = 150_000
_COLOURS = 144  # enough for paper, ink, green and the edges of letters


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: an address, what stands there when it is whole, the window's size in pixels."""

    name: str
    address: str
    whole: str
    width: int = 1000
    height: int = 800
    scheme: str = "light"
    type_in: str = ""


_ANSWER = f"/?q={quote_plus(QUESTION)}"
_ANSWERED = ".turn:not(.pending) .card"
SHOTS = [
    Shot("page", "/", "#examples a", height=720),
    Shot("answer", _ANSWER, _ANSWERED, height=900),
    Shot("dark", _ANSWER, _ANSWERED, height=900, scheme="dark"),
    Shot("miss", f"/?q={quote_plus('What is the capital of Peru?')}", ".miss", height=560),
    Shot("phone", _ANSWER, _ANSWERED, 360, 740),
    Shot("map", f"/map?q={quote_plus(QUESTION)}", "#found .answer", 1280, 800),
    Shot("map-dark", "/map", "#subjects summary", 1280, 800, scheme="dark"),
]


def main() -> int:
    """Write the pictures; 1 if one is larger than a page of documentation should carry."""
    FOLDER.mkdir(exist_ok=True)
    with (
        TemporaryDirectory() as name,
        _served(Path(name)) as (url, elsewhere),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for shot in [*SHOTS, _reader(browser, url), _widget(url, elsewhere)]:
            _take(browser, url, shot)
        browser.close()
    large = [path.name for path in FOLDER.glob("*.png") if path.stat().st_size > MOST_BYTES]
    for path in sorted(FOLDER.glob("*.png")):
        print(f"{path.stat().st_size / 1000:5.0f} kB  {path.relative_to(ROOT)}")
    return 1 if large else 0


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, Elsewhere]]:
    """A server on the sample archive, and a website that may ask it."""
    settings = replace(Settings(), home=folder / "home")
    import_source(settings, ROOT / "corpus" / "sample")
    build_index(settings)
    with Elsewhere() as elsewhere:
        Thread(target=elsewhere.serve_forever).start()
        allowed = {"BLOGQA_ALLOWED_ORIGINS": elsewhere.origin}
        with serving(settings.home, folder / "server.log", **allowed) as url:
            yield url, elsewhere
        elsewhere.shutdown()


def _reader(browser: Browser, url: str) -> Shot:
    """The post of the first passage of the answer."""
    context = browser.new_context(base_url=url)
    answer = context.request.post("/api/ask", data={"question": QUESTION}).json()
    context.close()
    return Shot("reader", answer["passages"][0]["reader_link"], "#passage", height=760)


def _widget(url: str, elsewhere: Elsewhere) -> Shot:
    """The ask box at the end of a post of another website."""
    style = "max-width:36em;margin:3em auto;padding:0 1em;font:18px/1.6 Georgia,serif;color:#222"
    html = (
        f"<!doctype html><html lang=en><title>A blog</title><body style='{style}'>"
        "<h1>Why I write down the first ten seconds</h1><p>Whoever has them on paper can listen "
        "to the other person instead of to herself. That is all there is to it.</p>"
        f'<script src="{url}/widget.js" data-title="Ask our archive" data-open defer></script>'
    )
    elsewhere.pages["/post"] = ({}, html)
    return Shot(
        "widget", f"{elsewhere.origin}/post", "blogqa-ask blockquote", 800, 860, type_in=QUESTION
    )


def _take(browser: Browser, url: str, shot: Shot) -> None:
    """Twice as fine as a window, in few colours."""
    phone = shot.width < 500
    context = browser.new_context(
        base_url=url,
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.scheme == "dark" else "light",
        device_scale_factor=2,
        is_mobile=phone,
        has_touch=phone,
    )
    page = context.new_page()
    page.clock.set_fixed_time(DAY)
    page.goto(shot.address)
    if shot.type_in:
        page.locator("input").fill(shot.type_in)
        page.keyboard.press("Enter")
    page.locator(shot.whole).first.wait_for()
    page.evaluate("() => document.activeElement.blur()")
    path = FOLDER / f"{shot.name}.png"
    page.screenshot(path=path, animations="disabled")
    context.close()
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(_COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
