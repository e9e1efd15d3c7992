"""The addresses that a site's sitemaps name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from corpus.errors import FetchError, FetchProblem
from corpus.net import sitemaps
from corpus.net.fetch import Response
from corpus.net.sitemaps import Address, parse_sitemap, read_sitemaps
from corpus.types import Skipped

SITE = "https://blog.example"
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urls(*paths: str) -> bytes:
    places = "".join(f"<url><loc>{SITE}{path}</loc></url>" for path in paths)
    return f"<urlset {SPACE}>{places}</urlset>".encode()


def index(*names: str) -> bytes:
    places = "".join(f"<sitemap><loc>{SITE}/{name}</loc></sitemap>" for name in names)
    return f"<sitemapindex {SPACE}>{places}</sitemapindex>".encode()


def serve(contents: Mapping[str, bytes | int | FetchProblem]) -> Callable[[str], Response]:
    """Answers with ``contents`` by name: bytes, a status, or a problem."""

    def get(url: str) -> Response:
        answer = contents.get(url.removeprefix(f"{SITE}/"), 404)
        if isinstance(answer, str):
            raise FetchError(url, answer, "did not work", "Wait.")
        status, content = (200, answer) if isinstance(answer, bytes) else (answer, b"")
        return Response(url, url, status, content, "", None, None, None, {})

    return get


def names(found: list[Address | Skipped]) -> list[str]:
    return [item.url.removeprefix(SITE) for item in found if isinstance(item, Address)]


def test_addresses_and_days_are_read() -> None:
    content = f"""\ufeff<?xml version="1.0" encoding="UTF-8"?><!-- by hand -->
    <urlset {SPACE} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
      <url><loc> {SITE}/one?a=1&amp;b=2 </loc><lastmod>2024-03-04T05:06:07+00:00</lastmod></url>
      <url><image:image><image:loc>{SITE}/a.jpg</image:loc></image:image>
        <loc><![CDATA[/two]]></loc><lastmod>soon</lastmod></url>
      <url><loc>mailto:me@blog.example</loc></url><url><loc>http://[::1</loc></url><url/>
      <url><loc>{SITE}/{"x" * 3000}</loc></url>
    </urlset>""".encode()
    assert list(parse_sitemap(content, f"{SITE}/sitemap.xml")) == [
        Address(f"{SITE}/one?a=1&b=2", "2024-03-04"),
        Address(f"{SITE}/two"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfhttps://blog.example/one\r\n\r\nhttps://blog.example/two\nnot one\n",
        b"<rss version='2.0'><channel><item><link>https://blog.example/one</link></item>"
        b"<item><link>https://blog.example/two</link></item></channel></rss>",
        b"<sm:urlset xmlns:sm='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        b"<sm:url><sm:loc>https://blog.example/one</sm:loc></sm:url>"
        b"<sm:url><sm:loc>https://blog.example/two</sm:loc></sm:url></sm:urlset>",
        b"<urlset><url><loc>https://blog.example/one</loc></url>"
        b"<url><loc>https://blog.example/two</loc></url></urlset>",
    ],
)
def test_text_feeds_and_other_dialects_are_sitemaps_too(content: bytes) -> None:
    found = list(parse_sitemap(content, f"{SITE}/sitemap"))
    assert found == [Address(f"{SITE}/one"), Address(f"{SITE}/two")]


@pytest.mark.parametrize(
    "content", [b"", b"<html><a href='/'>Not found</a></html>", b"Not found", b"{}", b"\x00\xff"]
)
def test_what_is_no_sitemap_is_told(content: bytes) -> None:
    url = f"{SITE}/sitemap.xml"
    assert list(parse_sitemap(content, url)) == [Skipped(url, "is no sitemap", True)]


def test_what_is_cut_off_is_read_as_far_as_it_goes() -> None:
    whole = urls("/one", "/two", "/three")
    found = list(parse_sitemap(whole[: whole.index(b"/three")], f"{SITE}/sitemap.xml"))
    assert names(found) == ["/one", "/two"]
    (fault,) = found[2:]
    assert isinstance(fault, Skipped)
    assert fault.place == f"{SITE}/sitemap.xml"
    assert fault.reason.startswith("is cut off or damaged")


def test_no_entity_is_expanded() -> None:
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<!DOCTYPE urlset [<!ENTITY a0 "lol">{bomb}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    content = f"{text}<urlset><url><loc>{SITE}/&a9;&f;</loc></url></urlset>".encode()
    assert list(parse_sitemap(content, f"{SITE}/a.xml")) == [
        Skipped(f"{SITE}/a.xml", "is no sitemap", True)
    ]
    inside = f"<urlset><url><loc>{SITE}/&a9;x</loc></url></urlset>".encode()
    assert names(list(parse_sitemap(inside, f"{SITE}/a.xml"))) == ["/&a9;x"]


def test_an_index_leads_to_more_sitemaps_each_read_once() -> None:
    get = serve(
        {
            "index.xml": index("one.xml", "two.xml", "one.xml", "index.xml"),
            "one.xml": urls("/1"),
            "two.xml": urls("/2"),
        }
    )
    places = [f"{SITE}/index.xml", f"{SITE}/two.xml"]
    assert names(list(read_sitemaps(places, get))) == ["/2", "/1"]


def test_indexes_nest_only_so_deep() -> None:
    chain = {f"{n}.xml": index(f"{n + 1}.xml") for n in range(1, 9)}
    found = list(read_sitemaps([f"{SITE}/1.xml"], serve(chain | {"4.xml": urls("/deep")})))
    assert names(found) == ["/deep"]
    chain["4.xml"] = index("5.xml", "6.xml", "7.xml")
    assert list(read_sitemaps([f"{SITE}/1.xml"], serve(chain))) == [
        Skipped(f"{SITE}/5.xml", "is not read: it is 4 sitemaps deep", True)
    ]


def test_sitemaps_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MOST_SITEMAPS", 3)
    get = serve(
        {"i.xml": index(*(f"{n}.xml" for n in "abcd")), "a.xml": urls("/a"), "b.xml": urls("/b")}
    )
    found = list(read_sitemaps([f"{SITE}/i.xml"], get))
    assert names(found) == ["/a", "/b"]
    assert found[-1] == Skipped(f"{SITE}/c.xml", "is not read: 3 sitemaps are the most", True)


def test_what_cannot_be_fetched_is_told_and_the_rest_read() -> None:
    get = serve(
        {
            "i.xml": index("a.xml", "b.xml", "c.xml"),
            "a.xml": 500,
            "b.xml": "timeout",
            "c.xml": urls("/c"),
        }
    )
    assert list(read_sitemaps([f"{SITE}/i.xml"], get)) == [
        Skipped(f"{SITE}/a.xml", "the server answered 500", True),
        Skipped(f"{SITE}/b.xml", "did not work", True),
        Address(f"{SITE}/c"),
    ]
    with pytest.raises(FetchError, match="did not work"):
        list(read_sitemaps([f"{SITE}/i.xml"], serve({"i.xml": "busy"})))


@pytest.mark.parametrize(
    ("name", "read", "of_pages"),
    [
        *((name, True, False) for name in ("post-sitemap2.xml", "wp-sitemap-posts-post-1.xml")),
        *((name, True, False) for name in ("sitemap-posts.xml", "sitemap-page-2.xml", "s.xml.gz")),
        *((name, True, True) for name in ("page-sitemap.xml", "wp-sitemap-posts-page-1.xml")),
        *((name, True, True) for name in ("sitemap-pages.xml", "sitemap-pt-page-2020-01.xml")),
        *((name, False, False) for name in ("category-sitemap.xml", "post_tag-sitemap.xml")),
        *((name, False, False) for name in ("wp-sitemap-users-1.xml", "sitemap-authors.xml")),
        ("wp-sitemap-taxonomies-genre-1.xml", False, False),
    ],
)
def test_the_name_of_a_sitemap_says_what_it_lists(name: str, read: bool, of_pages: bool) -> None:
    get = serve({"i.xml": index(name), name: urls("/x")})
    expected = [Address(f"{SITE}/x", of_pages=of_pages)] if read else []
    assert list(read_sitemaps([f"{SITE}/i.xml"], get)) == expected
