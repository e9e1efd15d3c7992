"""Which addresses belong to a website, and which of them can be pages."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from corpus.identity import ascii_host, canonical_url, web_url

_SAFE = "/%:=&?~+!$,;'@()*[]"
_ESCAPE = re.compile("%[0-9a-fA-F]{2}")
_INDEX = re.compile(r"/(?:index|default|home)\.\w{2,5}$", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|pdf|docx?|xlsx?|pptx?|odt|epub|zip|gz|tgz|rar"
    r"|7z|exe|dmg|apk|iso|mp[34]|m4[av]|mpe?g|mov|avi|webm|og[gv]|wav|css|m?js|json|xml|rss|atom"
    r"|rdf|txt|csv|ics|vcf|woff2?|ttf|eot|map)$"
    r"|/(?:wp-json|wp-admin|wp-includes|cdn-cgi)(?:/|$)|/(?:wp-login|xmlrpc)\.php"
    r"|/(?:feed|rss|atom|trackback)/?$|/comment-page-\d+/?$",
    re.IGNORECASE,
)
_NO_PAGE_QUERY = re.compile(
    r"(?:^|&)(?:replytocom|showcomment|share|s|add-to-cart|attachment_id|feed|action|reply)=",
    re.IGNORECASE,
)


class Scope:
    """The part of the web that an import is about: a host, and what is below a path of it.

    "www." before a host and the scheme make no difference. ``start`` is a web address.
    """

    def __init__(self, start: str) -> None:
        self.start = clean(start) or start
        parts = urlsplit(self.start)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._host = _host(self.start)
        self._path = _INDEX.sub("", parts.path).rstrip("/")

    @property
    def folder(self) -> str:
        """The address of the path that everything is below, with a slash at its end."""
        return f"{self.origin}{self._path}/"

    def has_host(self, url: str) -> bool:
        """Whether ``url`` is an address on the same site."""
        return web_url(url) is not None and _host(url) == self._host

    def covers(self, url: str) -> bool:
        """Whether ``url`` is on the same site, and below the path of the start."""
        if not self.has_host(url):
            return False
        path = urlsplit(clean(url) or url).path
        return path.rstrip("/") == self._path or path.startswith(f"{self._path}/")

    def page(self, url: str) -> str | None:
        """``url`` as it is to be fetched, or None if it is elsewhere or cannot be a page."""
        address = clean(url)
        if address is None or not self.covers(address):
            return None
        parts = urlsplit(address)
        if _NO_PAGE.search(parts.path) or _NO_PAGE_QUERY.search(parts.query):
            return None
        return address

    def is_front(self, url: str) -> bool:
        """Whether ``url`` is the front page of the host."""
        return not urlsplit(url).path.strip("/")


def clean(url: str) -> str | None:
    """``url`` without fragment, user name and tracking parameters; None if it is no web address."""
    address = web_url(url)
    if address is None:
        return None
    parts = urlsplit(address)
    # Escaped first, since the parameters are put in order by their letters.
    escaped = urlunsplit(("https", "host", "", _escaped(parts.query), ""))
    query = urlsplit(canonical_url(escaped)).query
    return urlunsplit((parts.scheme, _netloc(parts), _escaped(parts.path) or "/", query, ""))


def key(url: str) -> str:
    """What all forms of the same page's address have in common. ``url`` is a web address."""
    return canonical_url(clean(url) or url)


def _host(url: str) -> str:
    """The host and port of ``url`` in the form in which hosts are compared."""
    return urlsplit(canonical_url(url)).netloc


def _netloc(parts: SplitResult) -> str:
    """The host and port of an address, without the name and password of a user."""
    host = ascii_host(parts.hostname or "")
    return host if parts.port is None else f"{host}:{parts.port}"


def _escaped(text: str) -> str:
    """``text`` with everything escaped that an address cannot hold, the same way everywhere."""
    return _ESCAPE.sub(
        lambda found: found[0].upper(), quote(text, safe=_SAFE, errors="surrogatepass")
    )
