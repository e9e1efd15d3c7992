"""A walk over a website: what is asked for, in which order, and what is remembered of it."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from corpus.errors import FetchError, SourceError
from corpus.net import crawl as crawl_module
from corpus.net.crawl import crawl
from corpus.net.page import Outcome
from corpus.net.pages import Pages
from corpus.types import Known, ReadOptions, Source
from tests.site import Site, SitePage
from tests.site_crawls import (
    article,
    asked_posts,
    kill_at,
    page,
    quick,
    sitemap,
    visiting,
    without_feed,
    without_sitemap,
)
from tests.site_posts import POSTS

NEWEST = [post.path for post in sorted(POSTS, key=lambda post: post.published, reverse=True)]
PATHS = sorted(NEWEST)
SILENT = "/posts/the-silent-demo/"
PRICE = "/posts/price-goes-last/"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def options(tmp_path: Path) -> ReadOptions:
    return quick(tmp_path / "pages")


class Visit(NamedTuple):
    """What a crawl says, and what is known after it; addresses without the site's own."""

    notes: list[tuple[str, str, bool]]
    posts: list[str]
    outcomes: dict[str, Outcome]
    reasons: dict[str, str]


def visit(
    site: Site, options: ReadOptions, path: str = "/", *, include_pages: bool = False
) -> Visit:
    """Crawls the site; what was asked for before is forgotten."""
    site.seen.clear()
    source = Source("two", "website", site.url + path, include_pages=include_pages)
    folder = options.pages_folder
    with Pages(folder and folder / "two.sqlite", source.location) as pages:
        notes = crawl(source, options, pages)
        known = [(each.url.removeprefix(site.url), each) for each in pages.all()]
    return Visit(
        [
            (note.place.removeprefix(site.url), note.reason.replace(site.url, ""), note.unreadable)
            for note in notes
        ],
        [path for path, each in known if each.post],
        {path: each.outcome for path, each in known},
        {path: each.reason.replace(site.url, "") for path, each in known if each.reason},
    )


def forget(options: ReadOptions) -> None:
    assert options.pages_folder
    (options.pages_folder / "two.sqlite").unlink()


def holding(site: Site, options: ReadOptions, *paths: str) -> ReadOptions:
    """``options`` when the archive holds the posts at ``paths``."""
    return replace(options, known_places={site.url + path: Known(path, "") for path in paths})


# --- What is asked for ---


def test_nothing_is_asked_for_twice_nor_what_is_not_needed(
    site: Site, options: ReadOptions
) -> None:
    found = visit(site, replace(options, concurrency=1))
    assert site.paths == [
        "/robots.txt",
        "/",
        "/sitemap.xml",
        "/sitemap-new.xml",
        "/sitemap-old.xml.gz",
        "/feed.xml",
        "/feed.xml?page=2",
        "/feed.xml?page=3",
        *NEWEST,
    ]
    assert {seen.headers["user-agent"].split("/")[0] for seen in site.seen} == {"blogqa"}
    assert found == Visit([], PATHS, dict.fromkeys(["/", *PATHS], "read"), {})


def test_without_a_sitemap_links_are_followed(site: Site, options: ReadOptions) -> None:
    without_sitemap(site)
    without_feed(site)
    body = "".join(
        f'<a href="{link}">x</a>'
        for link in (
            "/photo.JPG",
            "/wp-json/posts",
            "/posts/the-silent-demo/?replytocom=7",
            "/posts/the-silent-demo/#comments",
            "/feed/",
            "https://elsewhere.example/",
            "http://[::1",
            "/old/price-goes-last/",
        )
    )
    site.pages["/about/"] = SitePage(page("About", f"<p>Who we are.</p>{body}"))
    found = visit(site, options)
    tags = {f"/tags/{tag}/" for post in POSTS for tag in post.tags}
    assert sorted(site.paths) == sorted(
        [
            *("/robots.txt", "/", "/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml"),
            *("/feed.xml", "/about/", *PATHS, "/old/price-goes-last/", PRICE, *tags),
        ]
    )
    assert (found.notes, found.posts) == ([("/feed.xml", "the server answered 404", False)], PATHS)
    assert found.outcomes == {
        **dict.fromkeys(["/", "/about/", *PATHS, *tags], "read"),
        "/old/price-goes-last/": "moved",
        "/drafts/secret/": "refused",
    }
    assert visit(site, options) == found
    conditional = {seen.path for seen in site.seen if "if-none-match" in seen.headers}
    # The address that leads to a post gives it whole: nothing is known of that address itself.
    assert {"/", "/about/", "/tags/demos/", *PATHS} - conditional <= {"/about/", PRICE}


def test_links_are_followed_only_so_far(
    site: Site, options: ReadOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_sitemap(site)
    without_feed(site)
    for number in range(40):
        links = "".join(f'<a href="/day/{number}-{other}/">x</a>' for other in range(3))
        later = f'<a href="/day/{number + 1}/">Next</a>'
        site.pages[f"/day/{number}/"] = SitePage(page("Day", links + later))
    site.pages["/"] = SitePage(page("Home", '<a href="/day/0/">Today</a>'))
    monkeypatch.setattr(crawl_module, "MOST_ADDRESSES", 10)
    found = visit(site, options)
    assert 10 <= len(found.outcomes) <= 14
    assert found.posts == []


def test_a_sitemap_is_taken_only_so_far(
    site: Site, options: ReadOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/sitemap.xml"] = sitemap(site, *PATHS)
    without_feed(site)
    monkeypatch.setattr(crawl_module, "MOST_ADDRESSES", 2)
    found = visit(site, options)
    assert found.posts == PATHS[:2]
    reason = "is not asked for, nor are those named after it: 2 are the most"
    assert found.notes == [
        (PATHS[2], reason, False),
        ("/feed.xml", "the server answered 404", False),
    ]


def test_a_start_that_has_moved_is_followed_on_the_site(site: Site, options: ReadOptions) -> None:
    site.pages["/blog"] = SitePage(status=301, headers={"Location": "/posts"})
    site.pages["/posts"] = SitePage(page("All posts", "<p>Here they are.</p>"))
    assert visit(site, options, "/blog").posts == PATHS
    site.pages["/blog"] = SitePage(status=301, headers={"Location": "https://blog.example/"})
    with pytest.raises(FetchError, match=r"leads to https://blog\.example/") as caught:
        visit(site, options, "/blog")
    assert caught.value.problem == "redirect"


def test_a_page_without_scope_is_not_reached_by_a_redirect(
    site: Site, options: ReadOptions
) -> None:
    site.pages["/sitemap.xml"] = sitemap(site, "/posts/away/")
    site.pages["/posts/"] = SitePage(page("All posts"))
    site.pages["/posts/away/"] = SitePage(status=302, headers={"Location": "/about/"})
    found = visit(site, options, "/posts/")
    assert found.reasons == {"/posts/away/": "leads to /about/, which is not to be fetched"}
    assert "/about/" not in site.paths


def test_a_page_that_now_leads_elsewhere_is_not_taken_for_unchanged(
    site: Site, options: ReadOptions
) -> None:
    assert visit(site, options).posts == PATHS
    site.pages[SILENT] = SitePage(status=302, headers={"Location": "/old-news/"})
    # That nobody has touched it since the post was read is true, and says nothing of the post.
    site.pages["/old-news/"] = SitePage(status=304)
    found = visit(site, options)
    assert (found.outcomes[SILENT], found.reasons[SILENT]) == ("failed", "the server answered 304")
    asked = [seen for seen in site.seen if seen.path == SILENT]
    assert ["if-none-match" in seen.headers for seen in asked] == [True, False]


def test_a_new_way_of_reading_asks_for_every_post_again(
    site: Site, options: ReadOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = visit(site, options)
    monkeypatch.setattr(crawl_module, "_EXTRACTION", "another")
    assert visit(site, options) == first
    assert asked_posts(site) == PATHS
    assert not [seen for seen in site.seen if "if-none-match" in seen.headers]


# --- What the archive holds ---


def test_posts_of_the_archive_are_asked_for_when_nothing_is_remembered(
    site: Site, options: ReadOptions
) -> None:
    site.pages["/sitemap.xml"] = sitemap(site, PRICE)
    site.pages["/"] = SitePage(page("Home"))
    assert visit(site, options).posts == [PRICE]
    forget(options)
    held = visit(site, holding(site, options, SILENT, PRICE))
    assert (held.posts, asked_posts(site)) == ([PRICE, SILENT], [PRICE, SILENT])
    # Now it is remembered, and waits without being named.
    assert visit(site, holding(site, options, SILENT, PRICE)) == held
    assert {"if-none-match" in seen.headers for seen in site.seen if "/posts/" in seen.path} == {
        True
    }


def test_of_what_the_archive_holds_only_pages_of_the_site_count(
    site: Site, options: ReadOptions
) -> None:
    site.pages["/sitemap.xml"] = sitemap(site, PRICE)
    site.pages["/posts/"] = SitePage(page("All posts"))
    options = holding(site, options, "/about/", "/posts/feed.xml#7", SILENT)
    places = ("https://elsewhere.example/posts/x/", "notes/one.md", "http://[::1")
    elsewhere = dict.fromkeys(places, Known("x", ""))
    options = replace(options, known_places={**options.known_places, **elsewhere})
    found = visit(site, options, "/posts/")
    assert found.outcomes == dict.fromkeys(["/posts/", PRICE, SILENT], "read")
    assert (found.notes, found.posts) == ([], [PRICE, SILENT])


def test_posts_of_the_archive_from_before_the_start_moved_are_asked_for(
    site: Site, options: ReadOptions
) -> None:
    site.pages["/blog"] = SitePage(status=301, headers={"Location": "/posts"})
    site.pages["/posts"] = SitePage(page("All posts"))
    site.pages["/sitemap.xml"] = sitemap(site, PRICE)
    site.pages["/blog/one/"] = SitePage(article("One"))
    found = visit(site, holding(site, options, "/blog/one/", "/about/", SILENT), "/blog")
    assert found.posts == ["/blog/one/", PRICE, SILENT]
    assert "/about/" not in site.paths


@pytest.mark.parametrize(
    "answer",
    [
        SitePage(page("Back soon", "<p>Repairs.</p>")),
        SitePage(page("Back soon")),
        SitePage(b"%PDF-1.4", content_type="application/pdf"),
    ],
)
def test_a_post_of_the_archive_is_not_gone_because_a_page_says_something_else(
    site: Site, options: ReadOptions, answer: SitePage
) -> None:
    without_feed(site)
    site.pages[SILENT] = answer
    for _ in range(2):
        found = visit(site, holding(site, options, SILENT))
        assert found.reasons == {SILENT: "does not look like a post any more"}
        assert found.outcomes[SILENT] == "failed"


def test_a_page_that_is_not_wanted_any_more_is_left_out(site: Site, options: ReadOptions) -> None:
    site.robots = f"Sitemap: {site.url}/page-sitemap.xml".encode()
    site.pages["/page-sitemap.xml"] = sitemap(site, "/method/")
    site.pages["/method/"] = SitePage(article("Our method"))
    site.pages["/"] = SitePage(page("Home"))
    assert visit(site, options, include_pages=True).posts == ["/method/"]
    for _ in range(2):
        found = visit(site, holding(site, options, "/method/"))
        assert (found.posts, found.outcomes["/method/"]) == ([], "read")
        forget(options)


# --- A site that cannot be visited ---


def test_a_site_that_nobody_answers_for_is_an_error(options: ReadOptions) -> None:
    with Site() as site:
        pass
    with pytest.raises(SourceError, match=r"robots\.txt cannot be read .* the connection failed"):
        visit(site, options)


def test_a_site_that_wants_no_robots_is_left_alone(site: Site, options: ReadOptions) -> None:
    site.robots = b"User-agent: *\nDisallow: /\n"
    with pytest.raises(SourceError) as caught:
        visit(site, options)
    assert caught.value.message == f"{site.url}/: robots.txt forbids it."
    assert site.paths == ["/robots.txt"]


def test_a_start_page_that_is_closed_does_not_close_the_posts(
    site: Site, options: ReadOptions
) -> None:
    site.robots = f"User-agent: *\nDisallow: /$\nSitemap: {site.url}/sitemap.xml".encode()
    assert visit(site, options).posts == PATHS
    assert "/" not in site.paths


def test_a_start_page_that_fails_is_asked_for_again(site: Site, options: ReadOptions) -> None:
    site.pages["/"] = SitePage(status=500)
    with pytest.raises(SourceError, match="the server answered 500"):
        visit(site, options)
    del site.pages["/"]
    assert visit(site, options).posts == PATHS


# --- Manners ---


def test_a_busy_server_is_waited_for(site: Site, options: ReadOptions) -> None:
    site.busy = ["1"]
    site.pages["/sitemap.xml"] = sitemap(site, "/busy", SILENT)
    started = time.monotonic()
    assert visit(site, options).outcomes["/busy"] == "read"
    assert time.monotonic() - started >= 1
    assert site.paths.count("/busy") == 2


def test_a_server_that_only_fails_is_left_alone(site: Site, options: ReadOptions) -> None:
    broken = [f"/broken/{number:02}/" for number in range(30)]
    site.pages |= dict.fromkeys(broken, SitePage(status=500))
    site.pages["/sitemap.xml"] = sitemap(site, *broken)
    site.pages["/"] = SitePage(page("Home"))
    found = visit(site, replace(options, concurrency=1))
    assert [path for path in site.paths if path.startswith("/broken/")] == broken[:10]
    assert found.notes == [
        (
            "/",
            "20 pages were not asked for, because 10 pages in a row failed; of the last, "
            "the server answered 500",
            False,
        )
    ]
    assert found.outcomes == {
        "/": "read",
        **dict.fromkeys(broken[:10], "failed"),
        **dict.fromkeys(broken[10:], ""),
    }


def test_a_page_that_answers_breaks_the_row_of_failures(site: Site, options: ReadOptions) -> None:
    broken = [f"/broken/{number:02}/" for number in range(18)]
    site.pages |= dict.fromkeys(broken, SitePage(status=500))
    site.pages["/sitemap.xml"] = sitemap(site, *broken[:9], SILENT, *broken[9:])
    site.pages["/"] = SitePage(page("Home"))
    found = visit(site, replace(options, concurrency=1))
    assert (found.notes, found.posts) == ([], [SILENT])
    assert len(found.reasons) == 18


def test_no_more_pages_are_asked_for_than_is_set(site: Site, options: ReadOptions) -> None:
    few = replace(options, max_pages=3, concurrency=1)
    reason = "3 pages were not asked for: fetch_max_pages is 3"
    assert visit(site, few).notes == [("/", reason, False)]
    assert [path for path in site.paths if path.startswith("/posts/")] == NEWEST[:2]
    # The next crawl begins with what is not known yet.
    visit(site, few)
    assert [path for path in site.paths if path.startswith("/posts/")] == NEWEST[2:4]


def test_no_more_is_asked_for_at_once_than_is_set(site: Site, options: ReadOptions) -> None:
    slow = [f"/slow-redirects/{number}" for number in range(4)]
    site.pages["/sitemap.xml"] = sitemap(site, *slow)
    site.pages["/"] = SitePage(page("Home"))
    without_feed(site)
    visit(site, replace(options, concurrency=2, redirects=0))
    times = [seen.time_s for seen in site.seen if seen.path in slow]
    assert len(times) == 4
    assert all(third - first > 0.15 for first, third in zip(times, times[2:], strict=False))


def test_a_delay_that_the_site_asks_for_is_kept(site: Site, options: ReadOptions) -> None:
    site.robots = f"User-agent: *\nCrawl-delay: 0.2\nSitemap: {site.url}/sitemap.xml".encode()
    site.pages["/sitemap.xml"] = sitemap(site, PRICE, SILENT)
    without_feed(site)
    visit(site, options)
    times = [seen.time_s for seen in site.seen[1:]]
    assert len(times) == 5
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.15


# --- Interrupted ---


def test_a_crawl_that_was_killed_goes_on_where_it_was(
    site: Site, options: ReadOptions, tmp_path: Path
) -> None:
    whole = visit(site, replace(options, pages_folder=tmp_path / "other"))
    kill_at(site, options, 2)
    first, under_way = (path for path in site.paths if path.startswith("/posts/"))
    kill_at(site, options, 3)
    seen = [path for path in site.paths if path.startswith("/posts/")]
    assert first not in seen
    assert seen[0] == under_way
    assert visit(site, options) == whole
    assert "/" not in site.paths
    assert asked_posts(site) == sorted(set(PATHS) - {first, *seen[:2]})
    # The crawl has ended now: the next one asks for all.
    assert visit(site, options) == whole
    assert asked_posts(site) == PATHS


def test_a_crawl_that_was_killed_while_following_links_goes_on(
    site: Site, options: ReadOptions, tmp_path: Path
) -> None:
    without_sitemap(site)
    without_feed(site)
    whole = visit(site, replace(options, pages_folder=tmp_path / "other"))
    kill_at(site, options, 3)
    before = site.paths[:-1]
    assert visit(site, options) == whole
    fixed = {"/robots.txt", "/feed.xml", "/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml"}
    assert set(site.paths) & set(before) == fixed


def test_a_crawl_ends_at_once_when_it_is_told_to(site: Site, options: ReadOptions) -> None:
    site.pages["/sitemap.xml"] = sitemap(site, "/slow")
    with visiting(site, options) as child:
        while "/slow" not in site.paths:
            assert child.poll() is None
            time.sleep(0.002)
        child.send_signal(signal.SIGINT)
        started = time.monotonic()
        _, said = child.communicate(timeout=10)
    assert time.monotonic() - started < 8
    assert said.splitlines()[-1] == b"KeyboardInterrupt"
