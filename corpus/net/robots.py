"""What a site's robots.txt lets this program do (RFC 9309).

Protego is the parser of Scrapy: it knows wildcards, Crawl-delay and Sitemap, which the one of the
standard library does not, and reads misspelt files as search engines do.
"""

from __future__ import annotations

import codecs
from urllib.parse import urljoin, urlsplit

from protego import Protego

from corpus.errors import FetchError
from corpus.net.fetch import PRODUCT, Fetcher, Response

LARGEST_BYTES = 500 * 1024
"""How much of a file is read (RFC 9309, section 2.5)."""

LONGEST_DELAY_S = 30.0
"""A site that asks for more is visited this often; at an hour a page no import would end."""

_DISALLOW_ALL = "User-agent: *\nDisallow: /"
_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What stands in the way here is ours: a site that is not to be visited, or an address that is none.
_NOT_THE_SITES_FAULT = {"refused", "invalid"}


class Robots:
    """Where a site may be visited, and how often.

    ``sitemaps`` are the addresses of the sitemaps it names, each once. ``crawl_delay`` is the time
    to leave between requests, 30 seconds at most. ``closed`` says why the whole site is taken to be
    off limits although its robots.txt did not say so, or is empty.
    """

    def __init__(self, text: str, url: str, closed: str = "") -> None:
        self._rules = Protego.parse(text)
        self.closed = closed
        self.sitemaps = _addresses(self._rules, url)
        delays = [self._rules.crawl_delay(PRODUCT) or 0.0]
        if rate := self._rules.request_rate(PRODUCT):
            delays.append(rate.seconds / rate.requests)
        self.crawl_delay = min(max(delays), LONGEST_DELAY_S)

    def allows(self, url: str) -> bool:
        """Whether ``url`` may be fetched."""
        try:
            return self._rules.can_fetch(url, PRODUCT)
        except ValueError:  # It is no address.
            return False


def read_robots(fetcher: Fetcher, site: str) -> Robots:
    """The rules of the host of ``site``, any address on it, by RFC 9309, section 2.3.1.

    No robots.txt (a status of 4xx, or too many redirects) allows everything; a server that fails
    or cannot be reached allows nothing. FetchError if the address may not be fetched at all.
    """
    url = urljoin(site, "/robots.txt")
    try:
        response = fetcher.get(url)
    except FetchError as error:
        if error.problem in _NOT_THE_SITES_FAULT:
            raise
        if error.problem == "redirect":
            return Robots("", url)
        return Robots(_DISALLOW_ALL, url, f"{url}: {error.reason}")
    if response.status >= 500:
        return Robots(_DISALLOW_ALL, url, f"{url}: status {response.status}")
    if not 200 <= response.status < 300:
        return Robots("", url)
    return Robots(_text(response), response.final_url)


def _text(response: Response) -> str:
    content = response.content[:LARGEST_BYTES]
    encoding = "utf-16" if content.startswith(_UTF16_BOMS) else "utf-8-sig"
    return content.decode(encoding, "replace").replace("\0", "")


def _addresses(rules: Protego, url: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for sitemap in rules.sitemaps:
        try:
            address = urljoin(url, sitemap)
            if urlsplit(address).scheme in {"http", "https"}:
                found[address] = None
        except ValueError:
            continue
    return tuple(found)
