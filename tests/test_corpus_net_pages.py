"""What was fetched of a website, remembered from one import to the next."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from corpus.errors import SourceError
from corpus.markup.article import Article
from corpus.net.page import Lead, Page
from corpus.net.pages import RESUMABLE_S, Pages
from corpus.types import Block, Mark

SITE = "https://blog.example/"
ONE, TWO, THREE = (f"{SITE}{name}/" for name in ("one", "two", "three"))
POST = Article(
    title="One — “two”",
    blocks=(
        Block("heading", "Why", 2),
        Block("item", "Because", 1, "3.", (Mark(0, 7, "strong"), Mark(2, 4, "em"))),
    ),
    author="Marit Oyelaran",
    published=date(2024, 3, 4),
    updated=date(2024, 3, 5),
    tags=("price", "demos"),
    url=ONE,
    looks_like_post=True,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pages" / "blog.sqlite"


@pytest.fixture
def pages(path: Path) -> Iterator[Pages]:
    with Pages(path, SITE) as pages:
        pages.begin()
        yield pages


def known(pages: Pages, url: str) -> Page:
    page = pages.page(url)
    assert page
    return page


def keep(pages: Pages, url: str, post: Article | None = POST, found: tuple[str, ...] = ()) -> None:
    pages.keep(
        known(pages, url),
        read_by="rules",
        etag='"1"',
        last_modified="Mon, 02 Oct 2023 00:00:00 GMT",
        post=post,
        left_out="" if post else "no text",
        links=found,
        feeds=[f"{SITE}feed"],
        found=found,
    )


def order(pages: Pages) -> list[str]:
    """The pages in the order in which they are asked for."""
    keys: set[str] = set()
    urls = []
    while page := pages.next_waiting(keys):
        keys.add(page.key)
        urls.append(page.url)
    return urls


def test_what_was_read_is_known_the_next_time(pages: Pages, path: Path) -> None:
    pages.add([Lead(ONE, "sitemap", "2024-01-01")])
    keep(pages, ONE, found=(TWO,))
    pages.finish()
    pages.close()
    with Pages(path, SITE) as again:
        page = known(again, "http://www.blog.example/one?utm_source=x#end")
        assert (page.url, page.article, page.left_out) == (ONE, POST, "")
        assert (page.read_by, page.etag) == ("rules", '"1"')
        assert page.last_modified == "Mon, 02 Oct 2023 00:00:00 GMT"
        assert (page.linked, page.fed_by) == ([TWO], [f"{SITE}feed"])
        assert (page.outcome, page.asked, page.found, page.waiting) == ("read", 1, 1, 0)


def test_addresses_are_asked_for_once_however_they_are_written(pages: Pages) -> None:
    pages.add([Lead(ONE), Lead("http://www.blog.example/one#x"), Lead(f"{SITE}one?utm_source=x")])
    assert order(pages) == [ONE]
    assert (pages.size, pages.waiting, pages.asked) == (1, 1, 0)
    keep(pages, ONE)
    pages.add([Lead(ONE, "feed")])
    assert (order(pages), pages.waiting, pages.asked) == ([], 0, 1)


def test_the_newest_come_first_and_what_was_known_last(pages: Pages, path: Path) -> None:
    pages.add([Lead(ONE, "sitemap", "2024-05-05")])
    keep(pages, ONE)
    pages.finish()
    pages.close()
    with Pages(path, SITE) as again:
        again.begin()
        again.add(
            [Lead(TWO), Lead(THREE, "sitemap", "2023-01-01"), Lead(ONE, "sitemap", "2024-05-05")]
        )
        assert order(again) == [THREE, TWO, ONE]


def test_the_queue_is_read_from_its_index(path: Path) -> None:
    with Pages(path, SITE):
        pass
    file = sqlite3.connect(path)
    query = "SELECT url FROM pages WHERE waiting ORDER BY post IS NOT NULL, modified DESC, number"
    plan = [row[3] for row in file.execute(f"EXPLAIN QUERY PLAN {query}")]
    file.close()
    assert plan == ["SCAN pages USING INDEX queue"]


def test_the_best_word_for_an_address_counts(pages: Pages) -> None:
    pages.add([Lead(ONE, "feed"), Lead(ONE, "sitemap"), Lead(ONE)])
    pages.add([Lead(TWO), Lead(TWO, "sitemap"), Lead(TWO, "pages")])
    assert [known(pages, url).named for url in (ONE, TWO)] == ["feed", "pages"]
    keep(pages, ONE)
    keep(pages, TWO)
    pages.finish()
    pages.begin()
    # The feed shows the newest posts only; what is in a sitemap is there every time.
    assert [known(pages, url).named for url in (ONE, TWO)] == ["feed", ""]


def test_what_is_gone_is_forgotten_and_what_failed_is_not(pages: Pages, path: Path) -> None:
    pages.add(map(Lead, (ONE, TWO, THREE)))
    keep(pages, ONE)
    keep(pages, TWO)
    keep(pages, THREE, post=None)
    pages.finish()
    pages.close()
    with Pages(path, SITE) as again:
        again.begin()
        assert order(again) == [ONE, TWO]
        again.settle(known(again, ONE), "gone", "the server answered 410")
        again.settle(known(again, TWO), "failed", "took longer than 30 s")
        again.finish()
        assert [(page.url, page.outcome, page.article) for page in again.all()] == [
            (TWO, "failed", POST)
        ]


def test_posts_that_a_sitemap_names_are_told_from_others(pages: Pages) -> None:
    pages.add([Lead(ONE, "feed"), Lead(TWO, "sitemap"), Lead(TWO, "feed"), Lead(THREE, "sitemap")])
    keep(pages, ONE)
    keep(pages, THREE, post=None)
    assert not pages.lists_posts
    keep(pages, TWO)
    assert pages.lists_posts


def test_a_page_that_moved_is_known_where_it_is_now(pages: Pages) -> None:
    pages.add([Lead(ONE, "feed")])
    keep(pages, ONE)
    target = pages.move(known(pages, ONE), TWO)
    assert (target.url, target.named, target.waiting) == (TWO, "", 1)
    keep(pages, TWO)
    pages.finish()
    moved = known(pages, ONE)
    assert (moved.outcome, moved.post, moved.etag) == ("moved", None, None)
    assert moved.same_as == known(pages, TWO).key


def test_a_crawl_that_was_broken_off_goes_on(path: Path) -> None:
    with Pages(path, SITE) as pages:
        pages.begin()
        pages.add(map(Lead, (ONE, TWO, THREE)))
        keep(pages, ONE)
        pages.settle(known(pages, TWO), "failed", "took longer than 30 s")
    with Pages(path, SITE) as again:
        again.begin()
        assert (again.crawl, order(again), again.asked) == (1, [TWO, THREE], 1)
        again.finish()
    with Pages(path, SITE) as third:
        third.begin()
        assert (third.crawl, order(third)) == (2, [ONE])


def test_a_crawl_that_was_broken_off_long_ago_begins_anew(path: Path) -> None:
    with Pages(path, SITE, now=lambda: 0.0) as pages:
        pages.begin()
        pages.add(map(Lead, (ONE, TWO)))
        keep(pages, ONE)
    with Pages(path, SITE, now=lambda: RESUMABLE_S - 1) as again:
        again.begin()
        assert (again.crawl, order(again)) == (1, [TWO])
    with Pages(path, SITE, now=lambda: RESUMABLE_S + 1) as third:
        third.begin()
        assert (third.crawl, order(third)) == (2, [ONE])


def test_a_change_that_breaks_off_leaves_nothing_behind(pages: Pages) -> None:
    def leads() -> Iterator[Lead]:
        yield Lead(ONE)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pages.add(leads())
    assert pages.page(ONE) is None
    pages.add([Lead(ONE)])
    assert order(pages) == [ONE]


def test_links_are_taken_up_later(pages: Pages) -> None:
    pages.add([Lead(ONE)])
    page = known(pages, ONE)
    pages.keep(
        page,
        read_by="",
        etag=None,
        last_modified=None,
        post=None,
        left_out="",
        links=[THREE, TWO, ONE],
        feeds=[],
        found=[],
    )
    assert order(pages) == []
    pages.add_linked(1)
    assert order(pages) == []
    pages.add_linked(2)
    assert order(pages) == [THREE, TWO]


def test_a_full_disk_is_said_to_be_and_leaves_what_was_there(pages: Pages, path: Path) -> None:
    pages.add([Lead(ONE)])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 2**16, before[1]))
    try:
        with pytest.raises(SourceError) as caught:
            pages.add(Lead(f"{SITE}{number:06}/") for number in range(50_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.message.startswith(f"{path}: what was fetched cannot be remembered there (")
    assert "cannot rollback" not in caught.value.message
    assert caught.value.hint.startswith("Free some space")
    pages.add([Lead(TWO)])
    assert order(pages) == [ONE, TWO]


def test_pages_of_another_site_are_forgotten(path: Path) -> None:
    with Pages(path, SITE) as pages:
        pages.begin()
        pages.add([Lead(ONE)])
    with Pages(path, "https://other.example/") as other:
        assert list(other.all()) == []


def test_a_file_in_use_is_said_to_be(pages: Pages, path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        Pages(path, SITE)
    assert caught.value.message == f"{path}: is in use by another import of this site."
    pages.add([Lead(ONE)])


def test_a_file_that_is_none_of_these_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("notes, and more notes, that were here before" * 100)
    with pytest.raises(SourceError) as caught:
        Pages(path, SITE)
    assert str(path) in caught.value.message
    assert "delete the file" in caught.value.hint
    path.unlink()
    with Pages(path, SITE):
        pass
    file = sqlite3.connect(path)
    file.execute("PRAGMA user_version = 7")
    file.close()
    with pytest.raises(SourceError, match="has format 7; this blogqa reads 1"):
        Pages(path, SITE)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "pages").write_text("")
    with pytest.raises(SourceError, match="cannot be remembered there"):
        Pages(tmp_path / "pages" / "blog.sqlite", SITE)
