"""A real browser on the real server. Nothing here leaves the machine, and a test sees to it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    WebError,
    sync_playwright,
)

from qa.settings import Settings
from tests.servers import address

from .hostile import write_hostile_posts

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ROOT = Path(__file__).parents[2]
FIGURES = pytest.StashKey[dict[str, str]]()

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
HOSTILE_QUESTION = "Which script do I put on my website?"


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> dict[str, str]:
    """What was measured, by what it was measured of; printed at the end."""
    return pytestconfig.stash.setdefault(FIGURES, {})


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the figures."""
    measured = config.stash.get(FIGURES, {})
    if measured:
        terminalreporter.section("figures of the page")
        width = max(map(len, measured))
        for name, value in measured.items():
            terminalreporter.line(f"{name:{width}}  {value}")


@contextmanager
def serving(home: Path, log: Path, **settings: str) -> Iterator[str]:
    """The address of a server of its own on the data folder ``home``, with these settings."""
    command = [sys.executable, "-m", "uvicorn", "web.app:create_app", "--factory", "--port", "0"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BLOGQA_")}
    with log.open("w") as output:
        server = subprocess.Popen(
            [*command, "--app-dir", str(ROOT)],
            cwd=log.parent,  # where no settings file of the developer's own lies
            env=environ | {"BLOGQA_HOME": str(home)} | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield address(server, log)
    finally:
        server.terminate()
        server.wait(timeout=20)


class Elsewhere(ThreadingHTTPServer):
    """Another website, on a port of its own: at each path the headers and HTML of a test."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _ElsewherePage)
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self.pages: dict[str, tuple[dict[str, str], str]] = {}


class _ElsewherePage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Elsewhere)
        headers, html = self.server.pages.get(self.path, ({}, ""))
        self.send_response(200)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(html.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def server_url(
    sample_home: Path, elsewhere: Elsewhere, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server that answers from the sample archive, on one other website too."""
    log = tmp_path_factory.mktemp("log") / "server.log"
    with serving(sample_home, log, BLOGQA_ALLOWED_ORIGINS=elsewhere.origin) as url:
        yield url


@pytest.fixture(scope="session")
def empty_server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on a data folder in which nothing was ever imported."""
    folder = tmp_path_factory.mktemp("empty")
    with serving(folder / "home", folder / "server.log") as url:
        yield url


@pytest.fixture(scope="session")
def hostile_server_url(
    make_home: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server whose posts show what would run if it were taken for markup, wherever they can."""
    folder = tmp_path_factory.mktemp("hostile")
    posts = folder / "posts"
    write_hostile_posts(posts)
    (posts / "post.md").write_text(
        f'---\ntitle: "{escape(HOSTILE)}"\n---\nThe script to put on your website is `{HOSTILE}`.\n'
    )
    with serving(make_home(posts).home, folder / "server.log") as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        missing = f"{CHROMIUM} is missing: install Debian's package chromium to test the page"
        pytest.fail(missing) if "CI" in os.environ else pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a page did that no page may do, and the errors that a test means to cause."""

    foreign: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    expected_errors: list[str] = field(default_factory=list)

    @contextmanager
    def over(self, context: BrowserContext) -> Iterator[None]:
        """Look at what the pages of ``context`` do."""
        heard = {
            "request": self._request,
            "console": self._console,
            "weberror": self._error,
            "dialog": self._dialog,
        }
        for event, told in heard.items():
            context.on(event, told)  # type: ignore[call-overload]
        yield
        for event, told in heard.items():
            context.remove_listener(event, told)

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).hostname != "127.0.0.1":
            self.foreign.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _error(self, error: WebError) -> None:
        self.errors.append(str(error.error))

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails a test whose page calls another host, opens a dialog, or logs an unexpected error."""
    watch = Watch()
    yield watch
    assert watch.foreign == []
    assert watch.dialogs == []
    assert watch.errors == watch.expected_errors


@pytest.fixture(scope="session")
def profile(browser: Browser, server_url: str) -> Iterator[BrowserContext]:
    """A profile whose window stays open: a window of its own takes longer than most tests do."""
    with _profile(browser, base_url=server_url) as context:
        context.new_page()  # with its last tab the window would close
        yield context


@contextmanager
def _profile(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(**{"viewport": {"width": 1000, "height": 800}} | options)
    context.set_default_timeout(10_000)
    yield context
    context.close()


@contextmanager
def _tab(profile: BrowserContext) -> Iterator[Page]:
    """A tab in a profile like a new one, closed again with all that were opened from it."""
    before = set(profile.pages)
    page = profile.new_page()
    storage = profile.new_cdp_session(page)
    storage.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    storage.detach()
    yield page
    for opened in set(profile.pages) - before:
        opened.close()
    profile.clear_permissions()


@pytest.fixture
def new_page(
    browser: Browser, server_url: str, profile: BrowserContext, watch: Watch
) -> Iterator[Callable[..., Page]]:
    """Opens windows, each with a profile of its own and with the browser options it is given."""
    with ExitStack() as stack:
        unused = [profile]

        def make(**options: Any) -> Page:
            if unused and not options:
                context = unused.pop()
                stack.enter_context(watch.over(context))
                return stack.enter_context(_tab(context))
            context = stack.enter_context(_profile(browser, **{"base_url": server_url} | options))
            stack.enter_context(watch.over(context))
            return context.new_page()

        yield make


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()
