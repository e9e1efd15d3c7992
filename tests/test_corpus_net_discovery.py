"""Where the posts of a website are: what its sitemaps and feeds name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corpus.errors import FetchError
from corpus.net import discovery
from corpus.net.discovery import in_feeds, in_sitemaps
from corpus.net.fetch import Fetcher
from corpus.net.page import Lead
from corpus.net.site import Site
from corpus.types import ReadOptions, Skipped
from tests.site import Site as Server
from tests.site import SitePage
from tests.site_crawls import page, sitemap
from tests.site_posts import POSTS

GUESSES = ["/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml"]
BUSY = SitePage(status=429, headers={"Retry-After": "3600"})


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    options = ReadOptions(allow_private=True, requests_per_second=1000, page_mb=1)
    with Fetcher(options) as fetcher:
        yield fetcher


def named(server: Server, found: list[Lead | Skipped]) -> list[tuple[str, ...]]:
    """The finds without the address of the site: leads of three parts, faults of two."""
    return [
        (each.place.removeprefix(server.url), each.reason)
        if isinstance(each, Skipped)
        else (each.url.removeprefix(server.url), each.named, each.modified)
        for each in found
    ]


def mapped(server: Server, fetcher: Fetcher, path: str = "/") -> list[tuple[str, ...]]:
    return named(server, list(in_sitemaps(Site(server.url + path, fetcher))))


def fed(server: Server, fetcher: Fetcher, *paths: str, start: str = "/") -> list[tuple[str, ...]]:
    site = Site(server.url + start, fetcher)
    return named(server, list(in_feeds(site, [server.url + path for path in paths])))


def feed(*links: str, after: str = "") -> SitePage:
    older = f'<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="next" href="{after}"/>'
    head = older if after else ""
    items = "".join(f"<item><link>{link}</link></item>" for link in links)
    return SitePage(f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode())


# --- Sitemaps ---


def test_the_sitemaps_that_robots_names_are_read(server: Server, fetcher: Fetcher) -> None:
    expected = [(post.path, "sitemap", str(post.published)) for post in POSTS]
    assert mapped(server, fetcher) == expected[-3:] + expected[:-3]
    assert server.paths == [
        *("/robots.txt", "/sitemap.xml", "/sitemap-new.xml", "/sitemap-old.xml.gz"),
    ]


def test_where_robots_names_none_they_are_looked_for(server: Server, fetcher: Fetcher) -> None:
    server.robots_status = 404
    server.pages["/sitemap.xml"] = SitePage(status=404)
    server.pages["/sitemap_index.xml"] = sitemap(server, "/one/")
    assert mapped(server, fetcher) == [("/one/", "sitemap", "")]
    assert server.paths[1:] == GUESSES[:2]


def test_they_are_looked_for_below_the_path_too_and_none_is_nothing_to_tell(
    server: Server, fetcher: Fetcher
) -> None:
    server.robots_status = 404
    server.pages["/sitemap.xml"] = sitemap(server, "/about/", "/blogging/")
    server.pages["/wp-sitemap.xml"] = SitePage(page("No map"))
    assert mapped(server, fetcher, "/blog/") == []
    assert server.paths[1:] == [*GUESSES, *(f"/blog{path}" for path in GUESSES)]


def test_a_sitemap_that_is_found_is_read_though_the_named_one_is_not(
    server: Server, fetcher: Fetcher
) -> None:
    server.robots = f"Sitemap: {server.url}/none.xml\nSitemap: {server.url}/sitemap.xml".encode()
    server.pages["/sitemap.xml"] = SitePage(b"<html>No map</html>")
    server.pages["/sitemap_index.xml"] = SitePage(b"<sitemapindex/>")
    content = f"{server.url}/one/".encode()
    server.pages["/wp-sitemap.xml"] = SitePage(content, content_type="text/plain")
    assert mapped(server, fetcher) == [
        ("/none.xml", "the server answered 404"),
        ("/sitemap.xml", "is no sitemap"),
        ("/one/", "sitemap", ""),
    ]
    assert server.paths[1:] == ["/none.xml", *GUESSES]


def test_what_is_wrong_with_a_sitemap_that_was_found_is_told(
    server: Server, fetcher: Fetcher
) -> None:
    server.robots_status = 404
    places = "".join(
        f"<sitemap><loc>{server.url}/{name}</loc></sitemap>" for name in ("a.xml", "b.xml")
    )
    server.pages["/sitemap.xml"] = SitePage(f"<sitemapindex>{places}</sitemapindex>".encode())
    server.pages["/b.xml"] = sitemap(server, "/one/")
    assert mapped(server, fetcher) == [
        ("/one/", "sitemap", ""),
        ("/a.xml", "the server answered 404"),
    ]


def test_only_what_can_be_a_page_of_the_site_is_a_lead(server: Server, fetcher: Fetcher) -> None:
    server.pages["/sitemap.xml"] = sitemap(
        server, "/blog/b/?utm_source=x#top", "/blog/a.jpg", "/other/", "/blog/", "/blog/é/"
    )
    assert mapped(server, fetcher, "/blog/") == [
        ("/blog/b/", "sitemap", ""),
        ("/blog/", "sitemap", ""),
        ("/blog/%C3%A9/", "sitemap", ""),
    ]


def test_a_sitemap_of_pages_says_so(server: Server, fetcher: Fetcher) -> None:
    server.robots = f"Sitemap: {server.url}/page-sitemap.xml".encode()
    server.pages["/page-sitemap.xml"] = sitemap(server, "/method/")
    assert mapped(server, fetcher) == [("/method/", "pages", "")]


def test_a_sitemap_that_robots_must_not_see_is_not_asked_for(
    server: Server, fetcher: Fetcher
) -> None:
    server.robots = (
        f"User-agent: *\nDisallow: /*.xml\nSitemap: {server.url}/sitemap.xml\n"
        "Sitemap: https://elsewhere.example/sitemap.xml"
    ).encode()
    assert mapped(server, fetcher) == [
        ("/sitemap.xml", "robots.txt forbids it"),
        ("https://elsewhere.example/sitemap.xml", "is on another site"),
    ]
    assert server.paths == ["/robots.txt"]


@pytest.mark.parametrize("robots_status", [200, 404])
def test_a_server_that_is_busy_is_not_one_without_sitemaps(
    server: Server, fetcher: Fetcher, robots_status: int
) -> None:
    server.robots_status = robots_status
    server.pages["/sitemap.xml"] = BUSY
    with pytest.raises(FetchError) as caught:
        mapped(server, fetcher)
    assert caught.value.problem == "busy"


# --- Feeds ---


def test_a_feed_is_followed_to_its_oldest_post(server: Server, fetcher: Fetcher) -> None:
    newest = sorted(POSTS, key=lambda post: post.published, reverse=True)
    assert fed(server, fetcher, "/feed.xml") == [(post.path, "feed", "") for post in newest]
    assert server.paths[1:] == ["/feed.xml", "/feed.xml?page=2", "/feed.xml?page=3"]


def test_only_posts_below_the_path_are_leads(server: Server, fetcher: Fetcher) -> None:
    links = ("/blog/a/", "/blog/a/#comment-7", "/other/", "https://elsewhere.example/blog/b/", "")
    server.pages["/feed"] = feed(*links)
    assert fed(server, fetcher, "/feed", start="/blog/") == [("/blog/a/", "feed", "")]


def test_a_feed_that_leads_to_itself_ends(server: Server, fetcher: Fetcher) -> None:
    server.pages["/feed"] = feed("/a/", after="/older")
    server.pages["/older"] = feed("/b/", "/a/", after="/feed")
    assert fed(server, fetcher, "/feed") == [("/a/", "feed", ""), ("/b/", "feed", "")]
    assert server.paths[1:] == ["/feed", "/older"]


def test_a_feed_without_an_end_is_left(
    server: Server, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "_MOST_FEED_PAGES", 3)
    for number in range(9):
        server.pages[f"/feed/{number}/"] = feed(f"/{number}/", after=f"/feed/{number + 1}/")
    assert fed(server, fetcher, "/feed/0/") == [(f"/{n}/", "feed", "") for n in range(3)]


def test_what_is_wrong_with_a_feed_is_told_and_the_next_one_read(
    server: Server, fetcher: Fetcher
) -> None:
    server.pages["/a"] = feed("/a/", after="https://elsewhere.example/older")
    server.pages["/b"] = SitePage(page("No feed any more"))
    server.pages["/c"] = SitePage(bytes(2**20 + 1))
    server.pages["/d"] = SitePage(feed("/d/").content.removesuffix(b"</channel></rss>"))
    paths = ("/a", "/b", "/c", "/drafts/feed", "/none", "/d")
    assert fed(server, fetcher, *paths) == [
        ("/a/", "feed", ""),
        ("https://elsewhere.example/older", "is on another site"),
        ("/b", "is not a feed"),
        ("/c", "is larger than 1 MiB"),
        ("/drafts/feed", "robots.txt forbids it"),
        ("/none", "the server answered 404"),
        ("/d", "is cut off; what follows is missing"),
        ("/d/", "feed", ""),
    ]
    assert "/drafts/feed" not in server.paths


def test_a_busy_server_is_no_feed_without_posts(server: Server, fetcher: Fetcher) -> None:
    server.pages["/feed"] = BUSY
    with pytest.raises(FetchError) as caught:
        fed(server, fetcher, "/feed", "/feed.xml")
    assert caught.value.problem == "busy"
    assert server.paths[1:] == ["/feed"]
