"""Which addresses belong to a website, and which of them can be pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.net.scope import Scope, clean, key

BLOG = "https://blog.example/"


@pytest.mark.parametrize(
    ("start", "inside", "outside"),
    [
        (
            BLOG,
            ["http://www.blog.example/a", "HTTPS://BLOG.EXAMPLE:443"],
            ["https://a.blog.example/"],
        ),
        (
            "http://www.blog.example",
            [BLOG, "http://blog.example:80/x"],
            ["http://blog.example:81/"],
        ),
        (
            "https://blog.example/notes/",
            ["https://blog.example/notes", "https://blog.example/notes/a"],
            [BLOG, "https://blog.example/notesmore/", "https://blog.example/Notes/"],
        ),
        (
            "https://blog.example/notes/index.html",
            ["https://blog.example/notes/a.html", "https://blog.example/notes/"],
            ["https://blog.example/a.html"],
        ),
        (
            "https://blog.example/notes/one.html",
            ["https://blog.example/notes/one.html#end"],
            ["https://blog.example/notes/two.html"],
        ),
        (
            "https://bücher.example/",
            ["https://xn--bcher-kva.example/a"],
            ["https://bucher.example/"],
        ),
        ("http://[::1]:8000/", ["http://[::1]:8000/a"], ["http://[::2]:8000/a"]),
    ],
)
def test_a_site_is_a_host_and_what_is_below_a_path(
    start: str, inside: list[str], outside: list[str]
) -> None:
    scope = Scope(start)
    assert [url for url in (start, *inside) if not scope.covers(url)] == []
    assert [url for url in outside if scope.covers(url)] == []


def test_what_is_no_address_is_on_no_site() -> None:
    scope = Scope(BLOG)
    for text in ("", "/a", "mailto:me@blog.example", "http://[::1", "https://blog.example:99999/"):
        assert not scope.has_host(text)
        assert not scope.covers(text)
        assert scope.page(text) is None
        assert clean(text) is None


@pytest.mark.parametrize(
    "path",
    [
        *("a.JPG", "a.pdf", "wp-json/wp/v2", "wp-admin/", "feed/", "a/feed", "a/trackback/"),
        *("wp-login.php?x=1", "a/?replytocom=7", "a/?share=chirp", "?s=price", "sitemap.xml"),
        *("a/comment-page-2/", "a?x=1&showComment=2", "wp-content/a.mp3", "style.css?v=1"),
    ],
)
def test_what_can_be_no_page_is_left_alone(path: str) -> None:
    assert Scope(BLOG).page(BLOG + path) is None


@pytest.mark.parametrize(
    "path", ["", "a", "a.html", "2024/05/", "?p=7", "tag/price/", "page/2/", "feedback/", "a.b/"]
)
def test_what_may_be_a_page_is_asked_for(path: str) -> None:
    assert Scope(BLOG).page(BLOG + path) == BLOG + path


def test_an_address_is_asked_for_without_what_says_nothing() -> None:
    assert clean(" HTTP://me:pass@Blog.example:8080?utm_source=x&b=2&a=1#top ") == (
        "http://blog.example:8080/?a=1&b=2"
    )
    assert clean("https://blog.example/é%c3%a9?q=é") == (
        "https://blog.example/%C3%A9%C3%A9?q=%C3%A9"
    )
    # What is no character at all, as JSON can hold it.
    assert clean("https://blog.example/\ud800") == "https://blog.example/%ED%A0%80"


@pytest.mark.parametrize(
    "url",
    [
        "http://www.blog.example/caf%c3%a9/?utm_source=feed",
        "https://blog.example:443/café#comments",
        "https://blog.example/caf%C3%A9?m=1",
    ],
)
def test_all_forms_of_an_address_have_one_key(url: str) -> None:
    assert key(url) == "https://blog.example/caf%C3%A9"


@given(st.text("abé%2f/?&=#:@[].www", max_size=30))
def test_a_key_is_the_key_of_itself(rest: str) -> None:
    url = f"https://blog.example/{rest}"
    if (address := clean(url)) is not None:
        assert clean(address) == address
        assert key(key(url)) == key(url) == key(address)


def test_the_folder_is_where_more_sitemaps_may_be() -> None:
    assert Scope("https://blog.example/notes/index.html").folder == "https://blog.example/notes/"
    assert Scope("https://blog.example").folder == BLOG
    assert Scope("https://blog.example/notes").origin == "https://blog.example"
