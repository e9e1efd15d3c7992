"""A website by its address: every post on it, once."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus.archive import Archive
from corpus.errors import FetchError, SourceError
from corpus.intake import ImportReport
from corpus.readers import detect, read
from corpus.types import Block, Post, ReadOptions, Skipped, Source, Unchanged
from qa.cli import app
from tests.site import Site, SitePage
from tests.site_crawls import (
    SHORT_S,
    article,
    asked_posts,
    kill_at,
    page,
    quick,
    sitemap,
    without_feed,
    without_sitemap,
)
from tests.site_posts import POSTS, SitePost

BY_PATH = sorted(POSTS, key=lambda post: post.path)
PATHS = [post.path for post in BY_PATH]
POST_BLOCKS = (Block("paragraph", "Ask for the order."),)
SILENT = "/posts/the-silent-demo/"
PRICE = "/posts/price-goes-last/"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def options(tmp_path: Path) -> ReadOptions:
    return quick(tmp_path / "pages")


def source(site: Site, path: str = "/") -> Source:
    return Source("two", "website", site.url + path)


def crawl(site: Site, options: ReadOptions, path: str = "/") -> list[Post | Skipped]:
    """What the reader finds; what was asked for before is forgotten."""
    site.seen.clear()
    return found_by(source(site, path), options)


def found_by(source: Source, options: ReadOptions) -> list[Post | Skipped]:
    return [each for each in read(source, options) if not isinstance(each, Unchanged)]


def places(site: Site, found: list[Post | Skipped]) -> list[str]:
    """The paths of the posts that were found."""
    return [item.place.removeprefix(site.url) for item in found if isinstance(item, Post)]


def skips(site: Site, found: list[Post | Skipped]) -> list[tuple[str, str, bool]]:
    return [
        (item.place.removeprefix(site.url), item.reason.replace(site.url, ""), item.unreadable)
        for item in found
        if isinstance(item, Skipped)
    ]


# --- What is found ---


def test_a_site_is_recognised_by_what_it_answers(site: Site, options: ReadOptions) -> None:
    assert detect(f"{site.url}/", options) == "website"
    assert detect(f"{site.url}/feed.xml", options) == "feed"
    with pytest.raises(SourceError, match="no posts of a known kind"):
        detect(f"{site.url}/robots.txt", options)


def test_every_post_is_found_with_all_that_belongs_to_it(site: Site, options: ReadOptions) -> None:
    found = crawl(site, options)
    assert skips(site, found) == []
    for post, expected in zip(found, BY_PATH, strict=True):
        assert isinstance(post, Post)
        assert post.place == post.url == site.url + expected.path
        assert (post.title, post.author) == (expected.title, expected.author)
        assert (post.published, post.tags) == (expected.published, expected.tags)
    kinds = [[block.kind for block in post.blocks] for post in found if isinstance(post, Post)]
    assert kinds == [
        ["paragraph"] * 2,
        ["paragraph", "heading", "paragraph", "item", "item"],
        ["paragraph"] * 2,
        ["paragraph", "quote", "paragraph"],
        ["paragraph", "row", "row", "row"],
    ]


def test_somebody_is_told_of_every_page_as_it_is_fetched(site: Site, options: ReadOptions) -> None:
    told: list[str] = []
    crawl(site, replace(options, on_place=told.append))
    assert sorted(told[:6]) == sorted(site.url + path for path in ["/", *PATHS])
    assert told[6:] == [site.url + path for path in PATHS]


def test_a_sitemap_without_a_post_is_not_the_end(site: Site, options: ReadOptions) -> None:
    site.pages["/sitemap.xml"] = sitemap(site, "/", "/about/")
    feed = f"<rss><channel><item><link>{site.url}{PRICE}</link></item></channel></rss>"
    site.pages["/feed.xml"] = SitePage(feed.encode())
    assert places(site, crawl(site, options)) == PATHS


def test_the_feed_is_enough(site: Site, options: ReadOptions) -> None:
    without_sitemap(site)
    link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    site.pages["/"] = SitePage(page("Two Who Sell", "<p>Coming soon.</p>", link))
    bare = page("The silent demo", "<p>I spoke for four minutes.</p>")
    site.pages[SILENT] = SitePage(bare)
    found = crawl(site, options)
    assert places(site, found) == PATHS
    # That page does not say of itself that it is a post; and still is when newer ones came.
    silent = found[3]
    assert isinstance(silent, Post)
    assert (silent.text, silent.author) == ("I spoke for four minutes.", None)
    item = f"<item><link>{site.url}{PRICE}</link></item>"
    feed = f'<rss version="2.0"><channel>{item}</channel></rss>'
    site.pages["/feed.xml"] = SitePage(feed.encode())
    site.pages["/about/"] = SitePage(bare)
    assert crawl(site, options) == found


def test_only_what_is_below_the_path_counts(site: Site, options: ReadOptions) -> None:
    without_sitemap(site)
    without_feed(site)
    for path in ("/blog/one/", "/blogging/"):
        site.pages[path] = SitePage(article(f"At {path}"))
    links = "".join(f'<a href="{path}">x</a>' for path in ("one/", "/blogging/", SILENT))
    site.pages["/blog/"] = SitePage(page("Blog", links))
    site.pages["/blog"] = SitePage(status=301, headers={"Location": "/blog/"})
    for start in ("/blog/", "/blog"):
        found = crawl(site, options, start)
        assert places(site, found) == ["/blog/one/"]
        assert not {"/blogging/", SILENT} & set(site.paths)
    assert "/blog/sitemap.xml" in site.paths


# --- What is one post, and what is none ---


def test_copies_of_a_page_are_one_post(site: Site, options: ReadOptions) -> None:
    text = article("Copied", head=f'<link rel="canonical" href="{site.url}/2024/copied/">')
    for path in ("/2024/copied/", "/print/copied/", "/amp/copied/"):
        site.pages[path] = SitePage(text)
    listed = ("/amp/copied/", "/print/copied/", "/old/the-silent-demo/", SILENT)
    site.pages["/sitemap.xml"] = sitemap(site, *listed)
    without_feed(site)
    site.pages["/"] = SitePage(page("Home"))
    found = crawl(site, options)
    assert places(site, found) == ["/2024/copied/", SILENT]
    assert skips(site, found) == []
    assert crawl(site, options) == found


def test_a_copy_stands_for_a_post_that_is_gone(site: Site, options: ReadOptions) -> None:
    text = article("Copied", head=f'<link rel="canonical" href="{site.url}/2024/copied/">')
    site.pages["/print/copied/"] = SitePage(text)
    site.pages["/sitemap.xml"] = sitemap(site, "/print/copied/")
    site.pages["/"] = SitePage(page("Home"))
    (post,) = crawl(site, options)
    assert isinstance(post, Post)
    assert (post.place, post.url) == (f"{site.url}/print/copied/", f"{site.url}/2024/copied/")


def test_posts_that_give_a_list_as_their_address_stay_posts(
    site: Site, options: ReadOptions
) -> None:
    site.pages["/blog/"] = SitePage(page("All posts", "<p>Here they are.</p>"))
    for name in ("one", "two"):
        head = f'<link rel="canonical" href="{site.url}/blog/">'
        site.pages[f"/blog/{name}/"] = SitePage(article(name, f"<p>Text of {name}.</p>", head))
    site.pages["/sitemap.xml"] = sitemap(site, "/blog/one/", "/blog/two/")
    site.pages["/"] = SitePage(page("Home"))
    found = crawl(site, options)
    assert skips(site, found) == []
    assert [(post.place, post.url) for post in found if isinstance(post, Post)] == [
        (f"{site.url}/blog/{name}/", f"{site.url}/blog/{name}/") for name in ("one", "two")
    ]


def test_a_page_that_takes_itself_for_another_post_is_told(
    site: Site, options: ReadOptions
) -> None:
    text = article(
        "Another", "<p>Not the demo.</p>", f'<link rel="canonical" href="{site.url}{SILENT}">'
    )
    site.pages["/another/"] = SitePage(text)
    site.pages["/sitemap.xml"] = sitemap(site, "/another/", *PATHS)
    found = crawl(site, options)
    assert places(site, found) == PATHS
    reason = f"gives {SILENT} as its address, which is another post's"
    assert skips(site, found) == [("/another/", reason, False)]


def test_what_a_user_might_miss_is_told(site: Site, options: ReadOptions) -> None:
    site.pages["/empty/"] = SitePage(article("Empty", ""))
    site.pages["/leaflet"] = SitePage(b"%PDF-1.4", content_type="application/pdf")
    site.pages["/away/"] = SitePage(status=302, headers={"Location": "http://10.0.0.1/secret"})
    site.pages["/sitemap.xml"] = sitemap(
        site,
        *(SILENT, "/", "/about/", "/tags/demos/", "/empty/", "/leaflet", "/away/"),
        *("/drafts/one/", "/posts/never/", "/status/500", "/slow", "/endless", "/photo.jpg"),
    )
    site.pages["/"] = SitePage(page("Home"))
    found = crawl(site, replace(options, timeout_s=SHORT_S))
    assert places(site, found) == [SILENT]
    private = "leads to http://10.0.0.1/secret, which is not to be fetched"
    undated = "does not say when or by whom it was written (--include-pages takes it)"
    assert skips(site, found) == [
        ("/about/", undated, False),
        ("/away/", private, True),
        ("/drafts/one/", "robots.txt forbids it", True),
        ("/empty/", "no text", False),
        ("/endless", "is larger than 1 MiB", True),
        ("/leaflet", "is no web page (application/pdf)", False),
        ("/posts/never/", "the server answered 404", False),
        ("/slow", "took longer than 1 s", True),
        ("/status/500", "the server answered 500", True),
    ]
    assert "/drafts/one/" not in site.paths


def test_pages_are_taken_where_the_sitemaps_tell_them_apart(
    site: Site, options: ReadOptions
) -> None:
    site.robots = (
        f"Sitemap: {site.url}/post-sitemap.xml\nSitemap: {site.url}/page-sitemap.xml".encode()
    )
    site.pages["/post-sitemap.xml"] = sitemap(site, SILENT)
    site.pages["/page-sitemap.xml"] = sitemap(site, "/", "/about/", "/method/")
    site.pages["/method/"] = SitePage(article("Our method"))
    without_feed(site)
    site.pages["/"] = SitePage(page("Home"))
    found = crawl(site, options)
    assert places(site, found) == [SILENT]
    assert skips(site, found) == [("/method/", "is a page (--include-pages takes pages)", False)]
    with_pages = replace(source(site), include_pages=True)
    found = found_by(with_pages, options)
    assert places(site, found) == ["/about/", "/method/", SILENT]


def test_pages_without_a_date_are_named_and_can_be_taken(site: Site, options: ReadOptions) -> None:
    site.robots = f"Sitemap: {site.url}/sitemap.xml".encode()
    site.pages["/sitemap.xml"] = sitemap(site, "/about/", SILENT)
    without_feed(site)
    site.pages["/"] = SitePage(page("Home"))
    found = crawl(site, options)
    assert places(site, found) == [SILENT]
    undated = "does not say when or by whom it was written (--include-pages takes it)"
    assert skips(site, found) == [("/about/", undated, False)]
    found = found_by(replace(source(site), include_pages=True), options)
    assert places(site, found) == ["/about/", SILENT]


def test_sitemaps_and_feeds_that_cannot_be_read_are_named(site: Site, options: ReadOptions) -> None:
    site.robots = (
        f"Sitemap: {site.url}/sitemap.xml\nSitemap: {site.url}/none.xml\n"
        f"Sitemap: https://elsewhere.example/sitemap.xml"
    ).encode()
    site.pages["/feed.xml"] = SitePage(b"<html>No feed any more</html>")
    found = crawl(site, options)
    assert places(site, found) == PATHS
    assert skips(site, found) == [
        ("/none.xml", "the server answered 404", True),
        ("https://elsewhere.example/sitemap.xml", "is on another site", True),
        ("/feed.xml", "is not a feed", False),
    ]


# --- From one import to the next ---


@pytest.fixture
def put(site: Site, options: ReadOptions, tmp_path: Path) -> Iterator[Callable[..., ImportReport]]:
    """Imports the site into an archive; gives the report."""
    with Archive(tmp_path / "archive.sqlite", create=True) as archive:

        def put(**changes: object) -> ImportReport:
            site.seen.clear()
            knowing = replace(options, known_places=archive.places_in("two"))
            return archive.put(source(site), read(source(site), replace(knowing, **changes)))  # type: ignore[arg-type]

        yield put


def names(ids: tuple[str, ...]) -> list[str]:
    return sorted(id.rpartition("-")[0] for id in ids)


SLUGS = sorted(post.slug for post in POSTS)
Put = Callable[..., ImportReport]


def test_what_has_not_changed_is_not_sent_again(site: Site, put: Put) -> None:
    assert names(put().new) == SLUGS
    assert not [seen for seen in site.seen if "if-none-match" in seen.headers]
    second = put()
    assert (names(second.unchanged), second.changed_anything) == (SLUGS, False)
    asked = {seen.path: seen.headers for seen in site.seen}
    for path in ["/", *PATHS]:
        assert asked[path]["if-none-match"].startswith('"')
    assert asked[SILENT]["if-modified-since"] == "Mon, 02 Oct 2023 00:00:00 GMT"


def test_only_another_text_is_a_change(site: Site, put: Put) -> None:
    put()
    site.posts["champion-or-fan"] = replace(
        site.posts["champion-or-fan"], comments=(("New Name", "new@mail.example", "So true."),)
    )
    site.change("the-silent-demo", "<p>Let the buyer hold the mouse.</p>")
    second = put()
    assert names(second.changed) == ["the-silent-demo"]
    assert len(second.unchanged) == 4


@pytest.mark.parametrize("status", [404, 410])
def test_a_post_goes_when_its_address_says_so(site: Site, put: Put, status: int) -> None:
    put()
    if status == 410:
        site.remove("the-silent-demo")
    else:
        del site.posts["the-silent-demo"]
    second = put()
    assert (names(second.removed), second.skipped) == (["the-silent-demo"], ())
    assert SILENT in site.paths
    put()
    assert SILENT not in site.paths


def test_a_post_stays_that_nothing_names_any_more(site: Site, put: Put) -> None:
    put()
    site.pages["/sitemap.xml"] = sitemap(site, PRICE)
    site.pages["/"] = SitePage(page("Home"))
    second = put()
    assert (names(second.unchanged), second.skipped) == (SLUGS, ())
    assert asked_posts(site) == PATHS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (SitePage(status=500), "the server answered 500"),
        (SitePage(status=403), "the server answered 403"),
        (SitePage(bytes(2**20 + 1)), "is larger than 1 MiB"),
        (SitePage(page("Back soon", "<p>Repairs.</p>")), "does not look like a post any more"),
        (SitePage(page("Back soon")), "does not look like a post any more"),
        (
            SitePage(status=302, headers={"Location": "/about/"}),
            "leads to {site}/about/, which is no post",
        ),
        (
            SitePage(status=302, headers={"Location": "https://elsewhere.example/"}),
            "leads to https://elsewhere.example/, which is not to be fetched",
        ),
    ],
)
def test_a_post_stays_that_cannot_be_read_now(
    site: Site, put: Put, answer: SitePage, reason: str
) -> None:
    put()
    site.pages[SILENT] = answer
    for _ in range(2):
        second = put()
        assert (len(second.unchanged), second.removed) == (4, ())
        told = Skipped(site.url + SILENT, reason.format(site=site.url), unreadable=True)
        assert second.skipped == (told,)
    del site.pages[SILENT]
    assert names(put().unchanged) == SLUGS


def test_a_post_stays_that_takes_too_long_now(site: Site, put: Put) -> None:
    put()
    site.pages[SILENT] = SitePage(status=302, headers={"Location": "/slow"})
    second = put(timeout_s=SHORT_S)
    assert (len(second.unchanged), second.removed) == (4, ())
    told = Skipped(site.url + SILENT, "took longer than 1 s", unreadable=True)
    assert second.skipped == (told,)


def test_posts_stay_that_robots_may_not_see_any_more(site: Site, put: Put) -> None:
    put()
    site.robots = f"User-agent: *\nDisallow: /posts/the\nSitemap: {site.url}/sitemap.xml".encode()
    second = put()
    assert (len(second.unchanged), second.removed) == (4, ())
    told = Skipped(site.url + SILENT, "robots.txt forbids it", unreadable=True)
    assert second.skipped == (told,)
    assert SILENT not in site.paths


def test_a_post_that_has_moved_is_known_at_its_new_address(site: Site, put: Put) -> None:
    put()
    moved = replace(site.posts.pop("the-silent-demo"), slug="a-silent-demo")
    site.posts["a-silent-demo"] = moved
    site.pages[SILENT] = SitePage(status=301, headers={"Location": moved.path})
    second = put()
    assert (names(second.new), names(second.removed)) == (["a-silent-demo"], ["the-silent-demo"])
    assert second.skipped == ()
    third = put()
    assert (third.changed_anything, len(third.unchanged)) == (False, 5)
    assert asked_posts(site).count(SILENT) == 0


@pytest.fixture
def lost(site: Site, put: Put, options: ReadOptions) -> None:
    """All posts are in the archive, nothing else is known of them, and nothing names one."""
    put()
    assert options.pages_folder
    (options.pages_folder / "two.sqlite").unlink()
    site.pages["/sitemap.xml"] = sitemap(site, PRICE)
    site.pages["/"] = SitePage(page("Home"))


@pytest.mark.usefixtures("lost")
def test_posts_stay_when_what_was_remembered_is_lost(site: Site, put: Put) -> None:
    second = put()
    assert (names(second.unchanged), second.removed, second.skipped) == (SLUGS, (), ())
    assert asked_posts(site) == PATHS


@pytest.mark.usefixtures("lost")
def test_a_post_goes_by_its_own_word_when_what_was_remembered_is_lost(site: Site, put: Put) -> None:
    del site.posts["the-silent-demo"]
    second = put()
    assert (names(second.removed), second.skipped) == (["the-silent-demo"], ())
    assert len(second.unchanged) == 4


@pytest.mark.usefixtures("lost")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (SitePage(status=500), "the server answered 500"),
        (SitePage(page("Back soon", "<p>Repairs.</p>")), "does not look like a post any more"),
        (
            SitePage(status=302, headers={"Location": "/about/"}),
            "leads to {site}/about/, which is no post",
        ),
    ],
)
def test_a_post_stays_that_cannot_be_read_when_what_was_remembered_is_lost(
    site: Site, put: Put, answer: SitePage, reason: str
) -> None:
    site.pages[SILENT] = answer
    for _ in range(2):
        second = put()
        assert (len(second.unchanged), second.removed) == (4, ())
        told = Skipped(site.url + SILENT, reason.format(site=site.url), unreadable=True)
        assert second.skipped == (told,)


@pytest.mark.usefixtures("lost")
def test_posts_stay_that_are_not_asked_for_when_what_was_remembered_is_lost(
    site: Site, put: Put
) -> None:
    most = put(max_pages=3)
    assert (len(most.unchanged), most.removed) == (2, ())
    assert [item.reason for item in most.skipped[1:]] == ["was not asked for"] * 3
    site.robots = f"User-agent: *\nDisallow: /posts/the\nSitemap: {site.url}/sitemap.xml".encode()
    second = put()
    assert (len(second.unchanged), second.removed) == (4, ())
    told = Skipped(site.url + SILENT, "robots.txt forbids it", unreadable=True)
    assert second.skipped == (told,)


def test_another_site_of_the_same_name_is_not_mistaken(site: Site, options: ReadOptions) -> None:
    crawl(site, options)
    with Site(posts={POSTS[0].slug: POSTS[0]}) as other:
        assert places(other, crawl(other, options)) == [POSTS[0].path]


def test_nothing_is_remembered_where_nobody_said_where(site: Site, options: ReadOptions) -> None:
    bare = replace(options, pages_folder=None)
    assert crawl(site, bare) == crawl(site, bare)
    assert not [seen for seen in site.seen if "if-none-match" in seen.headers]


# --- A site that cannot be visited ---


def test_a_site_that_is_not_public_is_refused(site: Site, options: ReadOptions) -> None:
    with pytest.raises(FetchError) as caught:
        crawl(site, replace(options, allow_private=False))
    assert caught.value.problem == "refused"
    assert "--allow-private" in caught.value.hint
    assert site.seen == []


@pytest.mark.parametrize(
    ("path", "answer", "message"),
    [
        ("/", SitePage(status=404), "{site}/: the server answered 404."),
        ("/", SitePage(status=500), "{site}/: the server answered 500."),
        (
            "/",
            SitePage(status=503, headers={"Retry-After": "3600"}),
            "{site}/: the server is busy (status 503) and asks to wait 3600 s.",
        ),
        (
            "/sitemap.xml",
            SitePage(status=429, headers={"Retry-After": "3600"}),
            "{site}/sitemap.xml: the server is busy (status 429) and asks to wait 3600 s.",
        ),
        (
            "/feed.xml",
            SitePage(status=429, headers={"Retry-After": "3600"}),
            "{site}/feed.xml: the server is busy (status 429) and asks to wait 3600 s.",
        ),
        (
            "/robots.txt",
            SitePage(status=500),
            "{site}/: cannot be visited, as its robots.txt cannot be read "
            "({site}/robots.txt: status 500).",
        ),
    ],
)
def test_a_site_that_is_down_keeps_its_posts(
    site: Site, put: Put, path: str, answer: SitePage, message: str
) -> None:
    put()
    site.pages[path] = answer
    with pytest.raises(SourceError) as caught:
        put()
    assert caught.value.message == message.format(site=site.url)
    assert caught.value.hint
    assert asked_posts(site) == []
    del site.pages[path]
    assert names(put().unchanged) == SLUGS


# --- Manners ---


def test_a_server_that_wants_to_be_left_alone_is(site: Site, put: Put) -> None:
    put()
    busy = SitePage(status=429, headers={"Retry-After": "3600"})
    site.pages |= dict.fromkeys(PATHS, busy)
    site.change("the-silent-demo", "<p>Let the buyer hold the mouse.</p>")
    with pytest.raises(SourceError) as caught:
        put(concurrency=1)
    assert len(asked_posts(site)) == 1
    assert caught.value.message == (
        f"No post was found in {site.url}/. Left out: {site.url}/: 4 pages were not asked for, "
        "because the server is busy (status 429) and asks to wait 3600 s; "
        f"{site.url}{PATHS[0]}: the server is busy (status 429) and asks to wait 3600 s; "
        f"{site.url}{PATHS[1]}: was not asked for (and 3 more)."
    )
    # When some were read before, the rest stays as it was, and is asked for the next time.
    del site.pages[PATHS[0]]
    second = put(concurrency=1)
    assert (len(second.unchanged), second.removed, len(second.skipped)) == (1, (), 5)
    site.pages.clear()
    third = put()
    assert (names(third.changed), len(third.unchanged)) == (["the-silent-demo"], 4)
    assert asked_posts(site) == PATHS[1:]


def test_no_more_pages_are_asked_for_than_is_set(site: Site, put: Put) -> None:
    put()
    most = put(max_pages=3)
    assert len(asked_posts(site)) == 2
    assert (len(most.unchanged), most.removed) == (2, ())
    assert most.skipped[0] == Skipped(
        f"{site.url}/", "3 pages were not asked for: fetch_max_pages is 3"
    )
    assert [(item.reason, item.unreadable) for item in most.skipped[1:]] == [
        ("was not asked for", True)
    ] * 3
    assert names(put().unchanged) == SLUGS


# --- Beside the archive ---


def test_the_archive_is_free_while_a_site_is_visited(site: Site, put: Put, tmp_path: Path) -> None:
    note = Post(id="note-1", source="notes", place="note.md", title="Note", blocks=POST_BLOCKS)
    taken: list[ImportReport] = []

    def import_another(place: str) -> None:
        if not taken:
            with Archive(tmp_path / "archive.sqlite") as archive:
                taken.append(archive.put(Source("notes", "markdown", "/notes"), [note]))

    assert len(put(on_place=import_another).new) == 5
    assert taken[0].new == ("note-1",)


# --- One post once; nobody else's name ---


def test_an_export_a_feed_and_a_crawl_hold_the_same_posts(
    site: Site, options: ReadOptions, tmp_path: Path
) -> None:
    def front(post: SitePost) -> str:
        return (
            f'---\ntitle: "{post.title}"\nauthor: {post.author}\ndate: {post.published}\n'
            f"url: {site.url}{post.path.rstrip('/')}?utm_source=export\n---\n{post.body}\n"
        )

    export = tmp_path / "export"
    export.mkdir()
    for post in POSTS:
        (export / f"{post.slug}.md").write_text(front(post))
    sources = {
        "website": source(site),
        "feed": Source("feed", "feed", f"{site.url}/feed.xml", full=False),
        "markdown": Source("export", "markdown", str(export)),
    }
    with Archive(tmp_path / "archive.sqlite", create=True) as archive:
        reports = [archive.put(each, read(each, options)) for each in sources.values()]
        assert [len(report.new) for report in reports] == [5, 0, 0]
        assert archive.count() == 5
        for known in archive.posts():
            held = [source for source, _ in archive.places(known.id)]
            assert sorted(held) == ["export", "feed", "two"]
        assert archive.copies() == {}


def test_no_commenter_is_remembered_or_archived(
    site: Site, put: Put, options: ReadOptions, tmp_path: Path
) -> None:
    people = [word for post in POSTS for comment in post.comments for word in comment]
    assert len(people) == 9
    put()
    kill_at(site, replace(options, pages_folder=tmp_path / "killed"), 4)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"archive.sqlite", "two.sqlite"}
    assert len(files) >= 3
    for word, path in product(people, files):
        assert word.encode() not in path.read_bytes()


# --- The command line ---


@pytest.fixture
def home(tmp_path: Path, encoders: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "encoders").symlink_to(encoders)
    (tmp_path / "blogqa.toml").write_text("fetch_requests_per_second = 50\n")
    return folder


def command(home: Path, *arguments: str, code: int = 0) -> str:
    """What a command says: on standard output, or where it fails on standard error."""
    result = CliRunner().invoke(app, [*arguments, "--home", str(home)])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return " ".join(result.stderr.split()) if code else result.stdout


def test_a_site_is_imported_by_its_address(site: Site, home: Path) -> None:
    assert "--allow-private" in command(home, "import", f"{site.url}/", code=1)
    first, second = (command(home, "import", f"{site.url}/", "--allow-private") for _ in "12")
    assert [line.split() for line in first.splitlines()[:2]] == [
        ["source", "kind", "new", "changed", "unchanged", "removed", "skipped"],
        ["127-0-0-1", "website", "5", "0", "0", "0", "0"],
    ]
    assert second.splitlines()[1].split()[2:] == ["0", "0", "5", "0", "0"]
    assert "Nothing changed." in second
    assert (home / "pages" / "127-0-0-1.sqlite").is_file()


def test_an_update_answers_from_what_a_site_says_now(site: Site, home: Path) -> None:
    command(home, "import", f"{site.url}/", "--allow-private")
    command(home, "build")
    assert (home / "pages" / "127-0-0-1.sqlite").is_file()
    site.change("the-silent-demo", "<p>Let the buyer hold the mouse and the keyboard.</p>")
    del site.posts["champion-or-fan"]
    site.seen.clear()
    said = json.loads(command(home, "update", "--allow-private", "--json"))
    (report,) = said["imports"]
    slugs = {what: names(tuple(report[what])) for what in ("new", "changed", "removed")}
    assert slugs == {"new": [], "changed": ["the-silent-demo"], "removed": ["champion-or-fan"]}
    assert (report["skipped"], len(report["unchanged"]), said["failures"]) == ([], 3, [])
    assert (said["build"]["published"], said["build"]["posts"]) == (True, 4)
    # The one that is gone was asked for, and nothing that is known was sent again.
    assert asked_posts(site) == PATHS
    assert all("if-none-match" in seen.headers for seen in site.seen if seen.path in PATHS)
    answer = command(home, "ask", "who holds the keyboard?", "--limit", "1")
    assert "Let the buyer hold the mouse and the keyboard." in answer
    assert "sandbox" not in command(home, "ask", "prepare a sandbox with names")


def test_a_disk_that_is_full_changes_nothing(site: Site, home: Path) -> None:
    command(home, "import", f"{site.url}/", "--allow-private")
    archive = (home / "archive.sqlite").read_bytes()
    site.change("the-silent-demo", "<p>" + "Let the buyer hold the mouse. " * 10_000 + "</p>")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * len(archive), before[1]))
    try:
        said = command(home, "import", f"{site.url}/", "--allow-private", code=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "127-0-0-1.sqlite: what was fetched cannot be remembered there" in said
    assert "Free some space" in said
    assert (home / "archive.sqlite").read_bytes() == archive
    told = command(home, "import", f"{site.url}/", "--allow-private")
    assert told.splitlines()[1].split()[2:] == ["0", "1", "4", "0", "0"]
