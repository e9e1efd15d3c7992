"""The site of tests/site.py with other pages on it, and visits to it that break off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.types import ReadOptions
from tests.servers import heed_interrupts
from tests.site import Site, SitePage

SHORT_S = 1.0
"""For a test that waits until it is over: a busy machine gives a good answer within it."""


def quick(folder: Path) -> ReadOptions:
    """Options to visit the site with, fast; what was fetched is remembered in ``folder``."""
    return ReadOptions(
        allow_private=True,
        requests_per_second=500,
        timeout_s=20,
        page_mb=1,
        pages_folder=folder,
    )


def asked_posts(site: Site) -> list[str]:
    return sorted(path for path in site.paths if path.startswith("/posts/"))


def page(title: str, body: str = "", head: str = "") -> bytes:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    ).encode()


def article(
    title: str, body: str = "<p>Ask for the order. Then be quiet.</p>", head: str = ""
) -> bytes:
    head += (
        '<meta name="author" content="Marit Oyelaran">'
        '<meta property="article:published_time" content="2024-03-04">'
    )
    return page(title, f"<article><h1>{title}</h1>{body}</article>", head)


def sitemap(site: Site, *paths: str) -> SitePage:
    places = "".join(f"<url><loc>{site.url}{path}</loc></url>" for path in paths)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    content = f'<urlset xmlns="{space}">{places}</urlset>'.encode()
    return SitePage(content, content_type="application/xml")


def without_sitemap(site: Site) -> None:
    site.robots = b"User-agent: *\nDisallow: /drafts/\n"
    site.pages["/sitemap.xml"] = SitePage(status=404)


def without_feed(site: Site) -> None:
    site.pages["/feed.xml"] = SitePage(status=404)


_CHILD = """
import sys
from pathlib import Path
from corpus.readers import read
from corpus.types import ReadOptions, Source
options = ReadOptions(
    allow_private=True, requests_per_second=30, concurrency=1, pages_folder=Path(sys.argv[2])
)
list(read(Source("two", "website", sys.argv[1]), options))
"""


@contextmanager
def visiting(site: Site, options: ReadOptions) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own that reads the site."""
    site.seen.clear()
    command = [sys.executable, "-c", _CHILD, f"{site.url}/", str(options.pages_folder)]
    folder = Path(__file__).parents[1]
    with subprocess.Popen(
        command, cwd=folder, stderr=subprocess.PIPE, preexec_fn=heed_interrupts
    ) as child:
        yield child


def kill_at(site: Site, options: ReadOptions, count: int) -> None:
    """Crawls in a process of its own until ``count`` posts have been asked for; then kills it."""
    with visiting(site, options) as child:
        while len(asked_posts(site)) < count:
            assert child.poll() is None
            time.sleep(0.002)
        os.kill(child.pid, signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
