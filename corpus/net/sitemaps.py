"""The addresses that a site's sitemaps name (sitemaps.org, and what sites make of it)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from http.client import OK
from io import BytesIO
from urllib.parse import urljoin, urlsplit

from lxml import etree

from corpus.dates import parse_date
from corpus.decoding import start_of
from corpus.errors import FetchError
from corpus.identity import web_url
from corpus.markup.feeds import is_feed, parse_feed
from corpus.net.fetch import Response
from corpus.readers.files import Found
from corpus.readers.peek import START_BYTES
from corpus.readers.xml import read_elements
from corpus.types import Skipped

MOST_SITEMAPS = 500
DEEPEST = 3
"""How deep indexes of sitemaps may nest: the protocol allows one, some sites have two."""

_ROOT = re.compile(
    rb"^(?:\xef\xbb\xbf|\s|<\?.*?\?>|<!--.*?-->)*+<(?:[\w.-]{1,40}:)?(?:urlset|sitemapindex)[\s>/]",
    re.DOTALL,
)
_START = 2**16
_LONGEST_ADDRESS = 2048
_NO_WORD = re.compile(r"[\W\d_]+")
# A page of the sitemap here, not a sitemap of pages.
_NUMBERED = re.compile(r"sitemap[-_]?page[-_]?\d*")
_PAGES = {"page", "pages"}
_LISTS = {
    *("category", "categories", "tag", "tags", "author", "authors", "user", "users"),
    *("taxonomy", "taxonomies", "attachment", "attachments"),
}


@dataclass(frozen=True, slots=True)
class Address:
    """An address in a sitemap; ``modified`` (a day, or "") orders and proves nothing.

    ``is_sitemap`` says that another sitemap is there; ``of_pages`` that its sitemap has the name
    by which blog programs call the one of the pages that are no posts.
    """

    url: str
    modified: str = ""
    is_sitemap: bool = False
    of_pages: bool = False


def read_sitemaps(
    places: Iterable[str], get: Callable[[str], Response]
) -> Iterator[Address | Skipped]:
    """Every page that the sitemaps at ``places`` name, and those that these name in turn.

    Sitemaps of tags, authors and the like are passed over. What cannot be read is a Skipped.
    ``get`` fetches; its FetchError is let through if the server is busy.
    """
    pending = deque((place, 1) for place in places)
    seen: set[str] = set()
    while pending:
        url, depth = pending.popleft()
        if url in seen:
            continue
        if len(seen) == MOST_SITEMAPS:
            yield Skipped(url, f"is not read: {MOST_SITEMAPS} sitemaps are the most", True)
            return
        seen.add(url)
        is_told = False
        for found in _read(url, get):
            if isinstance(found, Skipped) or not found.is_sitemap:
                yield found
            elif depth > DEEPEST:
                # Once for each sitemap: one may name any number of others.
                if not is_told:
                    yield Skipped(found.url, f"is not read: it is {depth} sitemaps deep", True)
                is_told = True
            elif not _words(found.url) & _LISTS:
                pending.append((found.url, depth + 1))


def parse_sitemap(content: bytes, url: str) -> Iterator[Address | Skipped]:
    """What the sitemap at ``url`` names: XML, a feed, or text with an address on each line."""
    if _ROOT.match(content[:_START]):
        yield from _in_xml(content, url)
    elif is_feed(start_of(content[:START_BYTES])):
        for entry in parse_feed(content, url).entries:
            if entry.url and not entry.is_comment:
                yield Address(entry.url, str(entry.updated or entry.published or ""))
    elif content.lstrip()[:1] == b"<" or not (named := _in_text(content)):
        yield Skipped(url, "is no sitemap", unreadable=True)
    else:
        yield from named


def _read(url: str, get: Callable[[str], Response]) -> Iterator[Address | Skipped]:
    try:
        response = get(url)
    except FetchError as error:
        if error.problem == "busy":
            raise
        yield Skipped(url, error.reason, unreadable=True)
        return
    if response.status != OK:
        yield Skipped(url, f"the server answered {response.status}", unreadable=True)
        return
    of_pages = bool(_words(url) & _PAGES)
    for found in parse_sitemap(response.content, response.final_url):
        yield replace(found, of_pages=of_pages) if isinstance(found, Address) else found


def _in_xml(content: bytes, url: str) -> Iterator[Address | Skipped]:
    file = Found(url, lambda: BytesIO(content))
    for element in read_elements(file, "{*}url", "{*}sitemap"):
        if isinstance(element, Skipped):
            yield element
        elif address := _joined(url, _child(element, "loc")):
            modified = parse_date(_child(element, "lastmod"))
            is_sitemap = etree.QName(element).localname == "sitemap"
            yield Address(address, str(modified or ""), is_sitemap)


def _child(element: etree._Element, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return "" if found is None else "".join(found.itertext()).strip()


def _joined(url: str, location: str) -> str | None:
    if not location or len(location) > _LONGEST_ADDRESS:
        return None
    try:
        return web_url(urljoin(url, location))
    except ValueError:
        return None


def _in_text(content: bytes) -> list[Address]:
    lines = content.decode("utf-8-sig", "replace").split()
    return [Address(line) for line in lines if len(line) <= _LONGEST_ADDRESS and web_url(line)]


def _words(url: str) -> set[str]:
    """The words in the name of a sitemap that say what it lists.

    The last one says it, as in post_tag-sitemap.xml and wp-sitemap-posts-page-1.xml; but
    taxonomies have names of their own.
    """
    name = urlsplit(url).path.lower().rpartition("/")[2].partition(".")[0]
    if _NUMBERED.fullmatch(name):
        return set()
    words = [word for word in _NO_WORD.split(name) if word not in {"", "wp", "sitemap", "index"}]
    return {*words[-1:], *({"taxonomies"} & set(words))}
