"""Where the posts of a website are: what its sitemaps and feeds name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http.client import OK

from corpus.errors import FetchError
from corpus.markup.feeds import Feed, parse_feed
from corpus.net.page import Lead
from corpus.net.site import Site
from corpus.net.sitemaps import read_sitemaps
from corpus.types import Skipped

_GUESSES = ("sitemap.xml", "sitemap_index.xml", "wp-sitemap.xml")
_MOST_FEED_PAGES = 100


def in_sitemaps(site: Site) -> Iterator[Lead | Skipped]:
    """The pages of ``site`` that the sitemaps its robots.txt names do name.

    If there is none, the sitemaps are looked for where they usually are; of these, what is no
    sitemap is nothing to tell. FetchError if the server is busy.
    """
    scope = site.scope
    listed = site.robots(scope.start).sitemaps
    found = False
    for lead in _in(site, listed):
        found = found or isinstance(lead, Lead)
        yield lead
    for folder in dict.fromkeys((f"{scope.origin}/", scope.folder)):
        for name in _GUESSES:
            if not found and folder + name not in listed:
                faults = []
                for lead in _in(site, [folder + name]):
                    if isinstance(lead, Lead):
                        found = True
                        yield lead
                    else:
                        faults.append(lead)
                yield from faults if found else []


def in_feeds(site: Site, feeds: Iterable[str]) -> Iterator[Lead | Skipped]:
    """The posts in ``feeds`` of ``site``, and in their pages of older ones."""
    for place in feeds:
        seen: set[str] = set()
        asked: set[str] = set()
        while place not in asked and len(asked) < _MOST_FEED_PAGES:
            asked.add(place)
            feed = _feed(site, place)
            if feed.fault:
                yield Skipped(place, feed.fault)
            new = [entry.url for entry in feed.entries if entry.url and not entry.is_comment]
            new = [url for url in dict.fromkeys(new) if url not in seen]
            yield from (Lead(page, "feed") for page in map(site.scope.page, new) if page)
            if not new or not feed.next_url:
                break
            seen.update(new)
            place = feed.next_url


def _in(site: Site, sitemaps: Iterable[str]) -> Iterator[Lead | Skipped]:
    for each in read_sitemaps(sitemaps, site.get):
        if isinstance(each, Skipped):
            yield each
        elif page := site.scope.page(each.url):
            yield Lead(page, "pages" if each.of_pages else "sitemap", each.modified)


def _feed(site: Site, url: str) -> Feed:
    try:
        response = site.get(url)
    except FetchError as error:
        if error.problem == "busy":
            raise
        return Feed((), error.reason)
    if response.status != OK:
        return Feed((), f"the server answered {response.status}")
    return parse_feed(response.content, response.final_url, response.charset)
