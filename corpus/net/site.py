"""A website as it may be visited: what belongs to it, and what its robots.txt allows."""

from __future__ import annotations

from threading import Lock
from urllib.parse import urlsplit

from corpus.errors import FetchError
from corpus.net.fetch import Fetcher, Response
from corpus.net.robots import Robots, read_robots
from corpus.net.scope import Scope


class Site:
    """The site that ``start`` is a page of; safe to use from many threads."""

    def __init__(self, start: str, fetcher: Fetcher) -> None:
        self.scope = Scope(start)
        self._fetcher = fetcher
        self._robots: dict[str, Robots] = {}
        self._lock = Lock()

    def go_to(self, url: str) -> None:
        """Take the site to be below ``url``, if its start page has moved there."""
        if not self.scope.covers(url):
            self.scope = Scope(url)

    def robots(self, url: str) -> Robots:
        """The rules for ``url``: hosts and schemes have their own.

        FetchError if it may not be fetched at all.
        """
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            if host not in self._robots:
                self._robots[host] = read_robots(self._fetcher, url)
                self._fetcher.slow_down(url, self._robots[host].crawl_delay)
            return self._robots[host]

    def objection(self, url: str) -> str:
        """Why ``url`` may not be fetched, or ''."""
        if not self.scope.has_host(url):
            return "is on another site"
        try:
            robots = self.robots(url)
        except FetchError as error:
            return error.reason
        if robots.closed:
            return f"its robots.txt cannot be read ({robots.closed})"
        return "" if robots.allows(url) else "robots.txt forbids it"

    def allows(self, url: str) -> bool:
        """Whether ``url`` is on the site and may be fetched."""
        return not self.objection(url)

    def allows_page(self, url: str) -> bool:
        """Whether ``url`` is below the path of the start, too."""
        return self.scope.covers(url) and self.allows(url)

    def get(self, url: str) -> Response:
        """What the site answers at an address that is no page. FetchError, as from a fetcher."""
        if objection := self.objection(url):
            raise FetchError(url, "refused", objection, "")
        return self._fetcher.get(url, allows=self.allows)
