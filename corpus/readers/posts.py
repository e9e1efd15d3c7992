"""What every reader does with an entry once its parts are found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from corpus.identity import post_id, web_url, without_tracking
from corpus.markup.words import opening, plain
from corpus.types import Block, Post, Skipped, Source

if TYPE_CHECKING:
    # It stands on trafilatura, and most readers do without.
    from corpus.markup.article import Article

EMAIL = re.compile(r"\S@\S+\.\S")
_LONGEST_NAME = 500


def post_or_skip(
    source: Source,
    place: str,
    *,
    title: str,
    blocks: tuple[Block, ...],
    url: str | None = None,
    identity: str | None = None,
    author: str = "",
    published: date | None = None,
    updated: date | None = None,
    tags: Iterable[str] = (),
    origin: str = "",
) -> Post | Skipped:
    """The post that these parts make, or that there is no text in it.

    ``title`` may be empty: the first words of the text then stand for it. A ``url`` without a host
    is taken to be below ``source.base_url``. ``identity`` is what tells the post from others of the
    source where its address doesn't. An ``author`` that is an e-mail address is left out,
    because systems put the account there when nobody filled in a name, and so is a whole paragraph.
    """
    if not blocks:
        return Skipped(place, "no text")
    address = _address(source, url) if url else None
    name = plain(author)
    words = (plain(tag).lower() for tag in tags)
    return Post(
        id=post_id(url=None if identity else address, source=source.id, place=identity or place),
        source=source.id,
        place=place,
        title=plain(title) or opening(" ".join(block.text for block in blocks)),
        blocks=blocks,
        url=address,
        author=None if len(name) > _LONGEST_NAME or EMAIL.search(name) else name or None,
        published=published,
        updated=updated,
        tags=tuple(dict.fromkeys(word for word in words if word)),
        origin=origin,
    )


def post_of_article(source: Source, place: str, article: Article) -> Post | Skipped:
    """The post that an article of a web page makes, or that there is no text in it."""
    return post_or_skip(
        source,
        place,
        title=article.title,
        blocks=article.blocks,
        url=article.url,
        author=article.author or "",
        published=article.published,
        updated=article.updated,
        tags=article.tags,
    )


def _address(source: Source, url: str) -> str | None:
    try:
        address = urljoin(source.base_url.rstrip("/") + "/", url) if source.base_url else url
        return web_url(without_tracking(address.strip()))
    except ValueError:  # "http://[": what is no address cannot be joined either
        return None
