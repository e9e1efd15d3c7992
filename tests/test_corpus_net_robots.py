from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import FetchError
from corpus.net.fetch import Fetcher
from corpus.net.robots import LARGEST_BYTES, Robots, read_robots
from corpus.types import ReadOptions
from tests.site import Site

SITE = "https://blog.example"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    options = ReadOptions(allow_private=True, requests_per_second=1000, timeout_s=20, page_mb=1)
    with Fetcher(options, backoff_s=(0.05, 0.1)) as fetcher:
        yield fetcher


def parse(text: str) -> Robots:
    return Robots(text, f"{SITE}/robots.txt")


def test_a_site_says_where_to_go_and_where_not(site: Site, fetcher: Fetcher) -> None:
    robots = read_robots(fetcher, f"{site.url}/posts/the-silent-demo/?page=2")
    assert site.paths == ["/robots.txt"]
    assert robots.closed == ""
    assert robots.allows(f"{site.url}/posts/the-silent-demo/")
    assert not robots.allows(f"{site.url}/drafts/secret/")
    assert robots.sitemaps == (f"{site.url}/sitemap.xml",)
    assert robots.crawl_delay == 0


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/search?q=x", False),
        ("/search/about", True),
        ("/post.pdf", False),
        ("/post.pdf.html", True),
        ("/tmp/x", False),
        ("/caf%C3%A9/x", False),
        ("/robots.txt", True),
    ],
)
def test_the_longest_rule_wins_and_patterns_count(path: str, allowed: bool) -> None:
    robots = parse(
        "User-agent: *\nDisallow: /search\nAllow: /search/about\nDisallow: /*.pdf$\n"
        "Dissallow: /tmp/ # misspelt, but meant\nDisallow: /café/\n"
    )
    assert robots.allows(SITE + path) is allowed


def test_the_group_of_this_program_comes_before_the_one_for_all() -> None:
    robots = parse(
        "User-agent: *\nDisallow: /\nCrawl-delay: 9\n\n"
        "User-agent: BlogQA\nDisallow: /x\nCrawl-delay: 2.5\n"
    )
    assert robots.allows(f"{SITE}/post")
    assert not robots.allows(f"{SITE}/x")
    assert robots.crawl_delay == 2.5


@pytest.mark.parametrize("name", ["archive", "search", "importer", "otherbot"])
def test_a_group_for_another_program_does_not_count(name: str) -> None:
    assert parse(f"User-agent: {name}\nDisallow: /\n").allows(f"{SITE}/post")


@pytest.mark.parametrize(
    ("line", "delay"),
    [
        ("Crawl-delay: 10", 10),
        ("Crawl-delay: 3600", 30),
        ("Crawl-delay: soon", 0),
        ("Crawl-delay: -1", 0),
        ("Crawl-delay: inf", 0),
        ("Request-rate: 1/5", 5),
        ("Request-rate: 2/1m", 30),
        ("Request-rate: 4/2\nCrawl-delay: 3", 3),
    ],
)
def test_the_time_between_requests(line: str, delay: float) -> None:
    assert parse(f"User-agent: *\n{line}\n").crawl_delay == delay


def test_sitemaps_are_whole_addresses_of_the_web_each_once() -> None:
    robots = parse(
        "Sitemap: https://cdn.example/a.xml\nsitemap: /b.xml\nSitemap: https://cdn.example/a.xml\n"
        "Sitemap: ftp://blog.example/c.xml\nSitemap: http://[broken\nSitemap:\n"
    )
    assert robots.sitemaps == ("https://cdn.example/a.xml", "https://blog.example/b.xml")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 304])
def test_a_site_without_rules_allows_everything(site: Site, fetcher: Fetcher, status: int) -> None:
    site.robots, site.robots_status = b"User-agent: *\nDisallow: /\nSitemap: /s.xml", status
    robots = read_robots(fetcher, site.url)
    assert (robots.allows(f"{site.url}/x"), robots.closed, robots.sitemaps) == (True, "", ())


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_site_that_fails_allows_nothing(site: Site, fetcher: Fetcher, status: int) -> None:
    site.robots, site.robots_status = b"User-agent: *\nAllow: /", status
    robots = read_robots(fetcher, site.url)
    assert not robots.allows(f"{site.url}/")
    assert robots.closed == f"{site.url}/robots.txt: status {status}"


def test_a_site_that_cannot_be_reached_allows_nothing(fetcher: Fetcher) -> None:
    with Site() as site:
        url = site.url
    robots = read_robots(fetcher, url)
    assert not robots.allows(f"{url}/")
    assert robots.closed == (
        f"{url}/robots.txt: the connection failed ([Errno 111] Connection refused)"
    )


@pytest.mark.parametrize("address", ["ftp://blog.example/", "no address"])
def test_an_address_that_is_none_is_an_error(fetcher: Fetcher, address: str) -> None:
    with pytest.raises(FetchError) as caught:
        read_robots(fetcher, address)
    assert caught.value.problem == "invalid"


def test_a_private_address_is_an_error(site: Site) -> None:
    with Fetcher(ReadOptions()) as fetcher, pytest.raises(FetchError) as caught:
        read_robots(fetcher, site.url)
    assert caught.value.problem == "refused"
    assert "--allow-private" in caught.value.hint


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /x",
        "User-agent: *\nDisallow: /x".encode("utf-16"),
        b"User-agent: *\0\0\nDis\0allow: /x",
        b"# \xe9\xff\x80\nUser-agent: *\r\nDisallow: /x\r\n",
        b"User-agent: *\rDisallow: /x",
    ],
    ids=["bom", "utf-16", "nul", "latin-1", "cr"],
)
def test_odd_encodings_are_read(site: Site, fetcher: Fetcher, content: bytes) -> None:
    site.robots = content
    robots = read_robots(fetcher, site.url)
    assert not robots.allows(f"{site.url}/x")
    assert robots.allows(f"{site.url}/y")


def test_only_the_start_of_a_long_file_counts(site: Site, fetcher: Fetcher) -> None:
    start = b"User-agent: *\nDisallow: /a\n"
    site.robots = start + b"#" * (LARGEST_BYTES - len(start) - 1) + b"\nDisallow: /b\n"
    robots = read_robots(fetcher, site.url)
    assert not robots.allows(f"{site.url}/a")
    assert robots.allows(f"{site.url}/b")


def test_a_page_in_place_of_rules_allows_everything(site: Site, fetcher: Fetcher) -> None:
    site.robots = b"<!DOCTYPE html><html><body><a href='/'>Disallow: /</a></body></html>"
    assert read_robots(fetcher, site.url).allows(f"{site.url}/x")


@settings(max_examples=200, deadline=None)
@given(
    text=st.lists(
        st.tuples(
            st.sampled_from(
                ["User-agent", "Disallow", "Allow", "Sitemap", "Crawl-delay", "Request-rate", ""]
            ),
            st.sampled_from([":", ": ", " "]),
            st.text(max_size=20) | st.sampled_from(["*", "/", "/*$", "blogqa", "%", "http://["]),
        ).map("".join)
    ).map("\n".join),
    url=st.text(max_size=20) | st.text(max_size=20).map(f"{SITE}/".__add__),
)
def test_nothing_in_a_file_or_an_address_breaks_it(text: str, url: str) -> None:
    robots = parse(text)
    assert robots.allows(url) in {True, False}
    assert 0 <= robots.crawl_delay <= 30
