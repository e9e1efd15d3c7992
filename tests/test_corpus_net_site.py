"""A website as it may be visited."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corpus.errors import FetchError
from corpus.net.fetch import Fetcher
from corpus.net.site import Site
from corpus.types import ReadOptions
from tests.site import Site as Server
from tests.site import SitePage


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(ReadOptions(allow_private=True, requests_per_second=500)) as fetcher:
        yield fetcher


def test_a_page_may_be_fetched_if_it_is_on_the_site_and_robots_agree(
    server: Server, fetcher: Fetcher
) -> None:
    site = Site(f"{server.url}/posts/", fetcher)
    assert site.objection(f"{server.url}/about/") == ""
    assert site.objection(f"{server.url}/drafts/x") == "robots.txt forbids it"
    assert site.objection("https://elsewhere.example/") == "is on another site"
    assert site.allows(f"{server.url}/about/")
    assert not site.allows_page(f"{server.url}/about/")
    assert site.allows_page(f"{server.url}/posts/x")
    assert server.paths == ["/robots.txt"]


def test_what_is_not_to_be_fetched_is_not(server: Server, fetcher: Fetcher) -> None:
    site = Site(server.url, fetcher)
    server.pages["/away.xml"] = SitePage(status=302, headers={"Location": "/drafts/x"})
    for path, reason in {
        "/drafts/feed.xml": "robots.txt forbids it",
        "/away.xml": f"leads to {server.url}/drafts/x, which is not to be fetched",
    }.items():
        with pytest.raises(FetchError) as caught:
            site.get(server.url + path)
        assert caught.value.reason == reason
    assert site.get(f"{server.url}/feed.xml").status == 200
    assert server.paths == ["/robots.txt", "/away.xml", "/feed.xml"]


def test_a_site_whose_rules_cannot_be_read_is_closed(server: Server, fetcher: Fetcher) -> None:
    server.robots_status = 500
    site = Site(server.url, fetcher)
    reason = f"its robots.txt cannot be read ({server.url}/robots.txt: status 500)"
    assert site.objection(server.url) == reason


def test_each_scheme_has_rules_of_its_own(server: Server, fetcher: Fetcher) -> None:
    site = Site(server.url, fetcher)
    assert site.allows(server.url)
    # Nobody speaks TLS there, so nothing is known of what robots may see.
    secure = server.url.replace("http:", "https:")
    assert site.objection(f"{secure}/").startswith("its robots.txt cannot be read")
    assert site.allows(server.url)


def test_the_site_is_where_its_start_has_moved(server: Server, fetcher: Fetcher) -> None:
    site = Site(f"{server.url}/blog", fetcher)
    site.go_to(f"{server.url}/blog/en/")
    assert site.scope.folder == f"{server.url}/blog/"
    site.go_to(f"{server.url}/posts/")
    assert site.scope.folder == f"{server.url}/posts/"
