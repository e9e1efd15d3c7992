"""What is remembered of an address on a website."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Literal

from corpus.markup.article import Article
from corpus.types import pack_blocks, unpack_blocks

Named = Literal["", "sitemap", "pages", "feed"]
"""What names an address: a link or an earlier crawl, a sitemap, a sitemap of pages, the feed."""
Outcome = Literal["", "read", "moved", "gone", "failed", "refused"]


@dataclass(frozen=True, slots=True)
class Lead:
    """An address to ask for; the one ``modified`` last (a day, or "") comes first."""

    url: str
    named: Named = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What is remembered of an address.

    ``found`` is the crawl in which something last named it, ``asked`` that in which it was last
    asked for, ``outcome`` what came of that, and ``reason`` why nothing did. What follows is of the
    last time that it could be read:
    ``read_by`` names the rules it was read by, ``post`` is what it holds (packed, None if it is no
    post), ``left_out`` why that is not taken, or '' if nobody would miss it. ``same_as`` is the
    key of the address that the post gives itself, or that a moved page leads to.
    """

    key: str
    url: str
    named: Named
    found: int
    waiting: int
    asked: int
    outcome: Outcome
    reason: str
    etag: str | None
    last_modified: str | None
    read_by: str
    post: str | None
    left_out: str
    same_as: str | None
    links: str
    feeds: str

    @property
    def article(self) -> Article | None:
        """The post on the page."""
        return None if self.post is None else unpacked(self.post)

    @property
    def linked(self) -> list[str]:
        """The addresses that the page links to."""
        return list(json.loads(self.links))

    @property
    def fed_by(self) -> list[str]:
        """The addresses of the feeds that the page names."""
        return list(json.loads(self.feeds))


def packed(article: Article) -> str:
    """An article as text; :func:`unpacked` takes it back, without its links."""
    return json.dumps(
        {
            "title": article.title,
            "blocks": pack_blocks(article.blocks),
            "author": article.author,
            "published": article.published and article.published.isoformat(),
            "updated": article.updated and article.updated.isoformat(),
            "tags": article.tags,
            "url": article.url,
            "looks_like_post": article.looks_like_post,
        }
    )


def unpacked(text: str) -> Article:
    """The article that :func:`packed` made ``text`` of."""
    known = json.loads(text)
    return Article(
        title=known["title"],
        blocks=unpack_blocks(known["blocks"]),
        author=known["author"],
        published=_day(known["published"]),
        updated=_day(known["updated"]),
        tags=tuple(known["tags"]),
        url=known["url"],
        looks_like_post=known["looks_like_post"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
