"""Canonical URLs and post ids: the same post gets the same id, wherever it is found."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.identity import canonical_url, post_id, slug, web_url, without_tracking


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://Blog.Example.COM/A/Post/", "https://blog.example.com/A/Post"),
        ("https://example.com/", "https://example.com"),
        ("HTTPS://example.com:443/a#part-2", "https://example.com/a"),
        ("http://example.com:80/a", "https://example.com/a"),
        ("http://example.com:8080/a", "https://example.com:8080/a"),
        ("https://ann:secret@example.com/a", "https://example.com/a"),
        ("https://example.com/a?utm_source=x&UTM_Medium=y", "https://example.com/a"),
        ("https://example.com/a?fbclid=1&p=7&gclid=2", "https://example.com/a?p=7"),
        ("https://example.com/a?mc_cid=1&mc_eid=2&m=1", "https://example.com/a"),
        ("https://example.com/a?m=12", "https://example.com/a?m=12"),
        ("https://example.com/?b=2&a=9&a=1", "https://example.com?a=9&a=1&b=2"),
        ("https://example.com/a?q=caf%E9&empty", "https://example.com/a?empty&q=caf%E9"),
        ("http://[2001:DB8::1]:8080/a/", "https://[2001:db8::1]:8080/a"),
    ],
)
def test_canonical_url(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (" https://example.com/a \n", "https://example.com/a"),
        ("HTTP://example.com", "HTTP://example.com"),
        ("/2018/07/a-post", None),
        ("example.com/a", None),
        ("ftp://example.com/a", None),
        ("mailto:ann@example.com", None),
        ("https://", None),
        ("https://example.com:port/", None),
        ("https://example.com:99999/", None),
        ("https://[example.com/", None),
        ("https://example.com/a b", None),
        ("", None),
    ],
)
def test_web_url_takes_absolute_http_addresses_only(text: str, url: str | None) -> None:
    assert web_url(text) == url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't Panic: Ça va?", "dont-panic-ca-va"),
        ("  --What__now?-- ", "what-now"),
        ("Straße", "strasse"),
        ("日本語", "post"),
        ("", "post"),
        ("word " * 20, "word-word-word-word-word-word-word-word-word-word-word-word"),
        ("a" * 59 + " bcd", "a" * 59),
        ("a" * 60 + " bcd", "a" * 60),
        ("a" * 70, "a" * 60),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_the_id_of_a_post_with_a_url_comes_from_the_url() -> None:
    url = "http://blog.example.com/2010/01/Never-Lose%20Alone.html?utm_source=feed"
    ours = post_id(url=url, source="a", place="one.md")
    assert ours == "never-lose-alone-42ceeb8d"
    assert (
        post_id(
            url="https://blog.example.com/2010/01/Never-Lose%20Alone.html",
            source="b",
            place="two.md",
        )
        == ours
    )
    assert post_id(url="https://example.com", source="a", place="x") == "post-100680ad"


def test_the_id_of_a_post_without_a_url_comes_from_its_place() -> None:
    assert post_id(url=None, source="notes", place="2018/First Call .md") == "first-call-57868d5f"
    same_stem = post_id(url=None, source="notes", place="2019/First Call .md")
    assert same_stem.startswith("first-call-")
    assert same_stem != "first-call-57868d5f"


_TRACKING = st.sampled_from(["utm_source=a", "utm_campaign=b%20c", "fbclid=1", "gclid=2", "m=1"])
_PATH = st.lists(st.text("abcXYZ019-_.", min_size=1), max_size=3).map("/".join)


@given(path=_PATH, query=st.lists(_TRACKING, max_size=4), port=st.sampled_from(["", ":443"]))
def test_tracking_parameters_do_not_change_the_id(path: str, query: list[str], port: str) -> None:
    plain = post_id(url=f"https://example.com/{path}?p=1", source="s", place="a")
    tracked = f"HTTP://Example.com{port}/{path}/?{'&'.join([*query, 'p=1'])}#comments"
    assert post_id(url=tracked, source="t", place="b") == plain


@given(st.text())
def test_canonical_urls_stay_as_they_are(rest: str) -> None:
    url = web_url(f"http://example.com/{rest}")
    assume(url is not None)
    assert url is not None
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(place=st.text(), url=st.none() | st.just("https://example.com/ü/%FF.html"))
def test_every_id_is_safe_in_a_url_path(place: str, url: str | None) -> None:
    assert re.fullmatch(r"[a-z0-9-]{1,60}-[0-9a-f]{8}", post_id(url=url, source="s", place=place))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.example/%d0%bf", "https://x.example/п"),
        ("https://x.example/%7Eann?q=%7e", "https://x.example/~ann?q=~"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://x.example./a", "https://x.example/a"),
        ("https://www.x.example/a", "http://x.example/a/"),
        ("https://x.example/a%2fb", "https://x.example/a%2Fb"),
    ],
)
def test_two_spellings_of_an_address_are_one(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)


def test_an_escaped_slash_is_no_slash() -> None:
    assert canonical_url("https://x.example/a%2Fb") != canonical_url("https://x.example/a/b")


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://x.example/a?utm_source=f&b=1&utm_medium=rss#c", "https://x.example/a?b=1#c"),
        ("https://x.example/a?utm_source=f", "https://x.example/a"),
        ("https://X.example/a?b=1&&c", "https://X.example/a?b=1&c"),
        ("HTTPS://X.example/A/", "HTTPS://X.example/A/"),
    ],
)
def test_tracking_is_taken_off_an_address(url: str, clean: str) -> None:
    assert without_tracking(url) == clean
