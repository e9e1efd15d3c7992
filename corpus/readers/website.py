"""A website by its address: every post on it, once.

First :mod:`corpus.net.crawl` walks over the site, which takes long and may be broken off at any
time; then its posts are read from what :mod:`corpus.net.pages` remembers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from corpus.identity import web_url
from corpus.net.crawl import crawl
from corpus.net.page import Page
from corpus.net.pages import Pages
from corpus.net.scope import key
from corpus.readers.files import HTML_SUFFIXES
from corpus.readers.peek import Peek
from corpus.readers.posts import post_of_article
from corpus.types import Post, ReadOptions, Skipped, Source

ABOUT = "a blog by its address; only what is below its path"

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|meta|title)\b", re.IGNORECASE)


def recognises(peek: Peek) -> bool:
    """Whether an address answered a web page."""
    return peek.is_online and _HTML.search(peek.start(HTML_SUFFIXES)) is not None


def read(source: Source, options: ReadOptions) -> Iterator[Post | Skipped]:
    """The posts of the website, in the order of their addresses.

    A post that is known from before goes only if its address says that it is gone (404 or 410), or
    that it is now at another. SourceError or FetchError if the site cannot be visited.
    """
    folder = options.pages_folder
    with Pages(folder and folder / f"{source.id}.sqlite", source.location) as pages:
        yield from crawl(source, options, pages)
        held = {key(place) for place in options.known_places if web_url(place)}
        refused = []
        for page in pages.all():
            is_named = bool(page.named) and page.found == pages.crawl
            is_asked = page.asked == pages.crawl
            is_post = bool(page.post) or page.key in held
            if page.outcome == "refused" and is_asked and not is_post and not is_named:
                refused.append(page.url)
            elif found := _found(source, pages, page, is_named=is_named, is_post=is_post):
                yield found
        if refused:
            more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
            yield Skipped(refused[0], f"robots.txt forbids it{more} that pages link to")


def _found(
    source: Source, pages: Pages, page: Page, *, is_named: bool, is_post: bool
) -> Post | Skipped | None:
    """The post on a page, or why there is none if anybody might miss one.

    ``is_post`` says that it was a post before, also where only the archive knows that.
    """
    if page.asked != pages.crawl and not page.waiting:
        return None
    if page.waiting:
        is_missed = is_post or is_named
        return Skipped(page.url, "was not asked for", unreadable=True) if is_missed else None
    match page.outcome:
        case "failed" | "refused":
            return Skipped(page.url, page.reason, unreadable=True)
        case "gone":
            return Skipped(page.url, page.reason) if is_named else None
        case "moved":
            return _moved(pages, page) if is_post else None
        case "read":
            return _read(source, pages, page)
        case "":
            return None


def _moved(pages: Pages, page: Page) -> Skipped | None:
    target = pages.page(page.same_as or "")
    if target is None or target.post:
        return None
    return Skipped(page.url, f"leads to {target.url}, which is no post", unreadable=True)


def _read(source: Source, pages: Pages, page: Page) -> Post | Skipped | None:
    article = page.article
    if article is None:
        return Skipped(page.url, page.left_out) if page.left_out else None
    if page.same_as and page.same_as != page.key:
        own = pages.page(page.same_as)
        original = own.article if own and own.outcome == "read" else None
        if own and own.outcome == "read" and original is None:
            # Some sites give a list of posts as the address of each.
            article = replace(article, url=page.url)
        if own and original and own.same_as == own.key:
            is_copy = original.title == article.title or original.blocks == article.blocks
            said = f"gives {own.url} as its address, which is another post's"
            return None if is_copy else Skipped(page.url, said)
    return post_of_article(source, page.url, article)
