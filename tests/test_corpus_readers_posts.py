"""The last steps of every reader: what makes a post of its parts."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.identity import post_id
from corpus.readers.posts import post_or_skip
from corpus.types import Block, Post, Skipped, Source

BLOCKS = (Block("heading", "Ask first", 2), Block("paragraph", "Some text."))


def make(
    *,
    title: str = "A title",
    url: str | None = None,
    base_url: str | None = None,
    author: str = "",
    tags: tuple[str, ...] = (),
) -> Post:
    source = Source("blog", "feed", "/feed.xml", base_url=base_url)
    post = post_or_skip(
        source, "feed.xml#1", title=title, blocks=BLOCKS, url=url, author=author, tags=tags
    )
    assert isinstance(post, Post)
    return post


def test_a_post_of_all_its_parts() -> None:
    post = post_or_skip(
        Source("blog", "feed", "/feed.xml"),
        "feed.xml#1",
        title=" Why\n doors ",
        blocks=BLOCKS,
        url="https://example.com/doors.html?utm_source=feed",
        author=" Ann  Example ",
        published=date(2010, 1, 20),
        updated=date(2010, 2, 1),
        tags=["Cold  Calls", "Mail", "mail", " "],
    )
    assert isinstance(post, Post)
    assert post == Post(
        id=post.id,
        source="blog",
        place="feed.xml#1",
        title="Why doors",
        blocks=BLOCKS,
        url="https://example.com/doors.html",
        author="Ann Example",
        published=date(2010, 1, 20),
        updated=date(2010, 2, 1),
        tags=("cold calls", "mail"),
    )
    assert post.id.startswith("doors-")


def test_what_its_address_does_not_tell_from_others_keeps_the_address() -> None:
    def made(identity: str, place: str) -> Post:
        post = post_or_skip(
            Source("blog", "feed", "/feed.xml"),
            place,
            title="A title",
            blocks=BLOCKS,
            url="https://example.com/day#one",
            identity=identity,
        )
        assert isinstance(post, Post)
        return post

    one, moved, two = made("day#1", "a.xml#1"), made("day#1", "b.xml#1"), made("day#2", "a.xml#2")
    assert one.id == moved.id == post_id(url=None, source="blog", place="day#1")
    assert two.id != one.id
    assert one.url == two.url == "https://example.com/day#one"
    assert (one.place, moved.place) == ("a.xml#1", "b.xml#1")


def test_without_text_there_is_no_post() -> None:
    source = Source("blog", "feed", "/feed.xml")
    found = post_or_skip(source, "feed.xml#1", title="A title", blocks=())
    assert found == Skipped("feed.xml#1", "no text")


def test_the_text_stands_for_a_title_that_is_not_there() -> None:
    assert make(title=" \u200b ").title == "Ask first Some text."


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Ann Example", "Ann Example"),
        ("ann@example.com", None),
        ("Ann Example <ann@example.com>", None),
        ("Ann @ Example", "Ann @ Example"),
        ("@ann", "@ann"),
        ("", None),
        ("a" * 501, None),
        ("a@" * 200 + " b", "a@" * 200 + " b"),
    ],
)
def test_authors(author: str, name: str | None) -> None:
    assert make(author=author).author == name


def test_a_name_of_a_million_characters_takes_no_time() -> None:
    assert make(author="a" * 1_000_000).author is None
    assert make(author="@." * 500_000).author is None


@pytest.mark.parametrize(
    ("url", "base_url", "address"),
    [
        ("https://example.com/a", None, "https://example.com/a"),
        ("/a", None, None),
        ("/a", "https://example.com", "https://example.com/a"),
        ("/a", "https://example.com/blog/", "https://example.com/a"),
        ("a", "https://example.com/blog", "https://example.com/blog/a"),
        ("https://other.example/a", "https://example.com", "https://other.example/a"),
        ("javascript:alert(1)", "https://example.com", None),
        ("http://[", None, None),
        ("http://[", "https://example.com", None),
        ("http://a:99999999/", "https://example.com", None),
        ("", "https://example.com", None),
        (None, "https://example.com", None),
    ],
)
def test_addresses(url: str | None, base_url: str | None, address: str | None) -> None:
    assert make(url=url, base_url=base_url).url == address
