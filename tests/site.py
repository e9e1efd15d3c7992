"""A small website on loopback: a sales blog with all that stands around its articles, and traps.

The blog is at ``/``. The traps, each at an address of its own, are in :meth:`_Handler.do_GET`.
"""

from __future__ import annotations

import gzip
import hashlib
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Self, cast
from urllib.parse import parse_qs, urlsplit

from tests.site_posts import POSTS, SitePost

FEED_PAGE = 2
BOMB_MIB = 64
DRIP_S = 0.05


@dataclass(frozen=True)
class Seen:
    """A request as it came in; ``time_s`` is of the monotonic clock."""

    path: str
    headers: dict[str, str]
    time_s: float


@dataclass(frozen=True)
class SitePage:
    """What an address answers instead of what the site has there."""

    content: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """A running site; what it serves may be changed at any time.

    ``seen`` is every request in order. ``busy`` are the Retry-After values that /busy answers one
    after the other before it gives its page; ``hangups`` is how often /hangup breaks off before.
    ``pages``, by path, come before all that the site has.
    """

    posts: dict[str, SitePost] = field(default_factory=lambda: {post.slug: post for post in POSTS})
    gone: set[str] = field(default_factory=set)
    robots: bytes | None = None
    robots_status: int = 200
    busy: list[str] = field(default_factory=lambda: ["1"])
    hangups: int = 1
    pages: dict[str, SitePage] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The address of the site, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [seen.path for seen in self.seen]

    def change(self, slug: str, body: str) -> None:
        """Gives a post another text."""
        self.posts[slug] = replace(self.posts[slug], body=body)

    def remove(self, slug: str) -> None:
        """Takes a post away for good: its address answers 410."""
        del self.posts[slug]
        self.gone.add(slug)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, site: Site) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.site = site
        self.closing = Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle(self) -> None:
        # The client is right to go away from most of the traps.
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        server = cast(_Server, self.server)
        self.site, self.closing = server.site, server.closing
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.site.seen.append(Seen(self.path, headers, time.monotonic()))
        if page := self.site.pages.get(urlsplit(self.path).path):
            self.send(page.content, page.content_type, page.headers, status=page.status)
        else:
            self.answer()

    def log_message(self, format: str, *args: object) -> None:
        """Keeps quiet: the requests are in Site.seen."""

    def answer(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        match parts.path.strip("/").split("/"):
            case ["" | "page"]:
                self.page(self.home())
            case ["posts", slug]:
                self.post(slug)
            case ["old", slug]:
                self.redirect(f"/posts/{slug}/", 301)
            case ["tags", tag]:
                self.page(self.listing(tag))
            case ["about"]:
                self.page(_page("About us", "", "<p>Two people who sell, and write about it.</p>"))
            case ["drafts", _]:
                self.page(_page("Not to be read", "", "<p>Robots must not come here.</p>"))
            case ["robots.txt"]:
                self.robots()
            case ["feed.xml"]:
                self.send(self.feed(int(query.get("page", "1"))), "application/rss+xml")
            case ["sitemap.xml"]:
                self.send(self.sitemap_index(), "application/xml")
            case ["sitemap-new.xml"]:
                self.send(self.sitemap(list(self.site.posts.values())[-3:]), "text/xml")
            case ["sitemap-old.xml.gz"]:
                content = self.sitemap(list(self.site.posts.values())[:-3])
                self.send(gzip.compress(content), "application/gzip")
            case ["to"]:
                self.redirect(query["url"], int(query.get("status", "302")))
            case ["hops", count]:
                self.redirect(f"/hops/{int(count) - 1}") if int(count) else self.send(b"arrived")
            case ["loop", side]:
                self.redirect("/loop/b" if side == "a" else "/loop/a")
            case ["status", status]:
                self.send(b"said so", status=int(status))
            case ["busy"]:
                self.busy(int(query.get("status", "429")))
            case ["hangup"]:
                self.hang_up()
            case ["slow"]:
                self.stream(_drip(b"."))
            case ["slow-head"]:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                self.pour(_drip(b"x"))
            case ["slow-redirects", count]:
                time.sleep(4 * DRIP_S)
                self.redirect(f"/slow-redirects/{int(count) + 1}")
            case ["endless"]:
                self.stream(iter(lambda: b"<p>and so on</p>" * 4096, b""))
            case ["endless-nothing"]:
                # Empty blocks of deflate: bytes that unpack to none.
                self.stream(iter(lambda: b"\0\0\0\xff\xff" * 4096, b""), "deflate")
            case ["bomb"]:
                self.stream(_bomb(), "gzip")
            case ["bomb.xml.gz"]:
                self.send(b"".join(_bomb()), "application/gzip")
            case ["packed", coding]:
                self.packed(coding)
            case ["short"]:
                self.send(b"only this", length=1000)
                self.close_connection = True
            case ["long"]:
                self.send(b"just this and more", length=9)
                self.close_connection = True
            case ["huge"]:
                self.send(b"", length=10**12)
                self.close_connection = True
            case ["odd-headers"]:
                self.send(b"odd", "Text/HTML; charset=klingon", {"ETag": '"é"', "Link": "<a>"})
            case ["latin"]:
                self.send("Café".encode("latin-1"), 'text/html; charset="ISO-8859-1"')
            case _:
                self.send(_page("Not found", "", "<p>Nothing here.</p>"), status=404)

    def send(
        self,
        content: bytes,
        content_type: str = "text/html; charset=utf-8",
        headers: dict[str, str] | None = None,
        *,
        status: int = 200,
        length: int | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Set-Cookie", "visitor=42; Path=/")
        self.send_header("Content-Length", str(len(content) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def stream(self, chunks: Iterator[bytes], coding: str = "identity") -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Encoding", coding)
        self.send_header("Connection", "close")
        self.end_headers()
        self.pour(chunks)

    def pour(self, chunks: Iterator[bytes]) -> None:
        for chunk in chunks:
            if self.closing.is_set():
                break
            self.wfile.write(chunk)
        self.close_connection = True

    def page(self, content: bytes, modified: date | None = None) -> None:
        """A page that need not be sent to who has it."""
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        headers = {"ETag": tag}
        if modified:
            midnight = datetime(modified.year, modified.month, modified.day, tzinfo=UTC)
            headers["Last-Modified"] = format_datetime(midnight, usegmt=True)
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.send_header("ETag", tag)
            self.end_headers()
        else:
            self.send(content, headers=headers)

    def redirect(self, location: str, status: int = 302) -> None:
        self.send(b"<p>Moved.</p>", headers={"Location": location}, status=status)

    def busy(self, status: int) -> None:
        if self.site.busy:
            wait = self.site.busy.pop(0)
            self.send(b"", headers={"Retry-After": wait} if wait else {}, status=status)
        else:
            self.send(b"free again")

    def hang_up(self) -> None:
        if self.site.hangups:
            self.site.hangups -= 1
            self.close_connection = True
        else:
            self.send(b"still there")

    def packed(self, coding: str) -> None:
        text = b"<p>packed</p>"
        window_bits = {"gzip": 31, "deflate": 15, "deflate-raw": -15}.get(coding, 31)
        packer = zlib.compressobj(wbits=window_bits)
        content = packer.compress(text) + packer.flush()
        coding = coding.removesuffix("-raw")
        self.send(content, headers={"Content-Encoding": coding.replace("+", ", ")})

    def robots(self) -> None:
        own = f"User-agent: *\nDisallow: /drafts/\nSitemap: {self.site.url}/sitemap.xml\n"
        content = own.encode() if self.site.robots is None else self.site.robots
        self.send(content, "text/plain", status=self.site.robots_status)

    def post(self, slug: str) -> None:
        if post := self.site.posts.get(slug):
            self.page(self.article(post), post.published)
        else:
            status = 410 if slug in self.site.gone else 404
            self.send(_page("Not here", "", "<p>This page is gone.</p>"), status=status)

    def article(self, post: SitePost) -> bytes:
        head = (
            f'<link rel="canonical" href="{self.site.url}{post.path}">'
            f'<meta name="author" content="{escape(post.author)}">'
            f'<meta property="og:title" content="{escape(post.title)}">'
            f'<meta property="article:published_time" content="{post.published}T08:00:00+00:00">'
        )
        tags = "".join(f'<a rel="tag" href="/tags/{tag}/">{tag}</a> ' for tag in post.tags)
        comments = "".join(
            f'<li class="comment"><b class="comment-author">{name}</b>'
            f' <a href="mailto:{email}">{email}</a><p>{text}</p></li>'
            for name, email, text in post.comments
        )
        related = "".join(
            f'<li><a href="{other.path}?utm_source=related">{escape(other.title)}</a></li>'
            for other in self.site.posts.values()
            if other != post
        )
        return _page(
            escape(post.title),
            head,
            f"<article><h1>{escape(post.title)}</h1>"
            f'<p class="byline">By <a rel="author" href="/about/">{escape(post.author)}</a>'
            f' on <time datetime="{post.published}">{post.published:%d %B %Y}</time></p>'
            '<div class="share-buttons"><a href="https://social.example/share">Share</a>'
            '<a href="https://chirp.example/post">Chirp this</a></div>'
            f'<div class="entry-content">{post.body}</div>'
            f'<p class="tags">Filed under: {tags}</p></article>'
            f'<aside class="related-posts"><h3>You may also like</h3><ul>{related}</ul></aside>'
            f'<section id="comments"><h3>Comments</h3><ol>{comments}</ol>'
            '<form id="comment-form"><label>Your e-mail <input name="email"></label>'
            "<button>Post comment</button></form></section>",
        )

    def home(self) -> bytes:
        links = "".join(
            _teaser(post, "?utm_source=home&amp;utm_medium=web") for post in self.newest()
        )
        feed = '<link rel="alternate" type="application/rss+xml" href="/feed.xml" title="Posts">'
        return _page("Two Who Sell", feed, f"<main>{links}</main>")

    def listing(self, tag: str) -> bytes:
        links = "".join(_teaser(post) for post in self.newest() if tag in post.tags)
        return _page(f"Posts about {tag}", "", f"<main>{links}</main>")

    def newest(self) -> list[SitePost]:
        return sorted(self.site.posts.values(), key=lambda post: post.published, reverse=True)

    def feed(self, page: int) -> bytes:
        posts = self.newest()[(page - 1) * FEED_PAGE :]
        more = f"{self.site.url}/feed.xml?page={page + 1}"
        after = f'<atom:link rel="next" href="{more}"/>' if len(posts) > FEED_PAGE else ""
        items = "".join(
            f"<item><title>{escape(post.title)}</title>"
            f"<link>{self.site.url}{post.path}?utm_source=feed</link>"
            f"<guid>{self.site.url}{post.path}</guid><dc:creator>{post.author}</dc:creator>"
            f"<pubDate>{post.published:%d %b %Y} 08:00:00 GMT</pubDate>"
            + "".join(f"<category>{tag}</category>" for tag in post.tags)
            + f"<description>{escape(post.body)}</description></item>"
            for post in posts[:FEED_PAGE]
        )
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"'
            ' xmlns:atom="http://www.w3.org/2005/Atom"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
            f"<title>Two Who Sell</title><link>{self.site.url}/</link>"
            f"<description>Notes</description>{after}{items}</channel></rss>"
        ).encode()

    def sitemap_index(self) -> bytes:
        names = ("sitemap-new.xml", "sitemap-old.xml.gz")
        places = "".join(f"<sitemap><loc>{self.site.url}/{name}</loc></sitemap>" for name in names)
        return _sitemap("sitemapindex", places)

    def sitemap(self, posts: list[SitePost]) -> bytes:
        places = "".join(
            f"<url><loc>{self.site.url}{post.path}</loc><lastmod>{post.published}</lastmod></url>"
            for post in posts
        )
        return _sitemap("urlset", places)


def _teaser(post: SitePost, tracking: str = "") -> str:
    link = f'<a href="{post.path}{tracking}">{escape(post.title)}</a>'
    return f'<article class="teaser"><h2>{link}</h2><p>Read on to see what we mean.</p></article>'


def _sitemap(kind: str, places: str) -> bytes:
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><{kind} xmlns="{space}">{places}</{kind}>'.encode()


def _page(title: str, head: str, body: str) -> bytes:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}'
        "<script>window.track = ['page-view'];</script></head><body>"
        '<div id="cookie-notice">We use cookies to see who reads what. <button>Accept all</button>'
        '</div><nav class="menu"><a href="/">Home</a> <a href="/about/">About</a>'
        ' <a href="/tags/prospecting/">Prospecting</a> <a href="/drafts/secret/">Drafts</a></nav>'
        f"{body}"
        '<footer>Two Who Sell. <a href="/feed.xml">Feed</a> <a href="https://shop.example/">Shop'
        '</a><img src="https://pixel.example/t.gif" alt=""></footer></body></html>'
    ).encode()


def _drip(byte: bytes) -> Iterator[bytes]:
    while True:
        time.sleep(DRIP_S)
        yield byte


def _bomb() -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    for _ in range(BOMB_MIB):
        yield packer.compress(bytes(2**20))
    yield packer.flush()
