"""Feeds in files or at an address, where older entries are paged through, made into posts."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from hashlib import sha256
from http.client import OK
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from corpus.errors import FetchError, SourceError
from corpus.identity import web_url
from corpus.markup.feeds import Entry, Feed, is_feed, parse_feed
from corpus.markup.trailers import post_blocks, without_trailers
from corpus.markup.words import mended, plain
from corpus.net.fetch import Fetcher
from corpus.readers.feed_addresses import Addresses, Name, Places
from corpus.readers.files import XML_SUFFIXES, load, some_files
from corpus.readers.peek import Peek
from corpus.readers.posts import post_or_skip
from corpus.types import Block, Post, ReadOptions, Skipped, Source

ABOUT = "an RSS or Atom feed: a file, a folder of them, or its address"
FULL = False

_FEED_HINT = "Open the address or file in a browser: a feed begins with <rss>, <feed> or <rdf:RDF>."
_COMMENTS_HINT = "Import the feed of the posts: on WordPress the same address without /comments."

_TAG = re.compile(r"<[a-zA-Z/!]")
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n\s*")

_NO_MORE = {400, 404, 410}


def recognises(peek: Peek) -> bool:
    """Whether one of the first XML files, or what an address answered, is a feed.

    A feed among pages on disk is but a part of the site that they are.
    """
    is_alone = peek.is_online or peek.written_in is None
    return is_alone and any(map(is_feed, peek.xml_starts))


def read(source: Source, options: ReadOptions) -> Iterator[Post | Skipped]:
    """The posts of the feeds at ``source.location``, in the order in which they stand there.

    Comments are left out. SourceError if there is one feed and it cannot be read, is none, or is
    one of comments; among several, each of these is skipped.
    """
    faults = []
    works = False
    places = Places()
    addresses = Addresses(source.base_url)
    for place, feed in _feeds(source, options):
        # A page of an online feed: what stands on it today stands on the next one tomorrow.
        base = source.location if source.is_online else place
        posts = [entry for entry in feed.entries if not entry.is_comment]
        if posts or not (feed.entries or feed.fault):
            works = True
        if feed.entries and not posts:
            faults.append(Skipped(place, "is a feed of comments"))
            continue
        # Half a post would take the place of the whole one that an earlier import found.
        whole = posts[:-1] if feed.ends_amid_entry else posts
        given = ((entry.id, entry.url) for entry in whole)
        addresses.note(feed.url, given, is_next_page=source.is_online)
        for entry in whole:
            name = addresses.of(entry.id, entry.url)
            yield _post(source, places.of(base, name.id or _name(entry)), entry, name)
        if feed.fault:
            faults.append(Skipped(place, feed.fault, unreadable=True))
    if not works and len(faults) == 1:
        hint = _FEED_HINT if faults[0].unreadable else _COMMENTS_HINT
        raise SourceError(f"{source.location}: {faults[0].reason}.", hint)
    yield from faults


# --- Posts ---


def _post(source: Source, place: str, entry: Entry, name: Name) -> Post | Skipped:
    versions = [
        _html_blocks(text) if is_html else without_trailers(_lines(text))
        for is_html, text in entry.texts
    ]
    return post_or_skip(
        source,
        place,
        title=entry.title,
        blocks=max(versions, key=_length, default=()),
        url=name.url,
        identity=name.identity,
        author=entry.author,
        published=entry.published,
        updated=entry.updated,
        tags=entry.tags,
    )


def _name(entry: Entry) -> str:
    text = "".join(text for _, text in entry.texts)
    return entry.title or sha256(text.encode(errors="replace")).hexdigest()[:16]


def _length(blocks: tuple[Block, ...]) -> int:
    return sum(len(block.text) for block in blocks)


def _html_blocks(text: str) -> tuple[Block, ...]:
    # RSS says HTML of everything; text without a tag has its paragraphs in blank lines.
    if _TAG.search(text):
        return post_blocks(text)
    return without_trailers(_lines(html.unescape(text)))


def _lines(text: str) -> tuple[Block, ...]:
    lines = (plain(mended(part)) for part in _PARAGRAPH_END.split(text))
    return tuple(Block("paragraph", line) for line in lines if line)


# --- Addresses ---


def _feeds(source: Source, options: ReadOptions) -> Iterator[tuple[str, Feed]]:
    """Every document of a source, with its place."""
    if source.is_online:
        yield from _pages(source.location, options)
        return
    for file in some_files(Path(source.location), XML_SUFFIXES):
        content = load(file)
        if isinstance(content, Skipped):
            yield file.place, Feed((), content.reason)
        else:
            yield file.place, parse_feed(content, source.base_url)


def _pages(url: str, options: ReadOptions) -> Iterator[tuple[str, Feed]]:
    """A feed and the older pages of it, each with its address, without what a page before had."""
    asked: set[str] = set()
    seen: set[str | int] = set()
    full = 0
    with Fetcher(options) as fetcher:
        while url and url not in asked and len(asked) < options.max_pages:
            asked.add(url)
            try:
                response = fetcher.get(
                    url, allows=partial(_is_same_host, url) if seen else lambda target: True
                )
            except FetchError as error:
                if not seen:
                    raise
                yield url, Feed((), error.reason)
                return
            if response.status != OK:
                if seen and response.status in _NO_MORE:
                    return
                yield url, Feed((), f"could not be fetched: the server answered {response.status}")
                return
            feed = parse_feed(response.content, response.final_url, response.charset)
            new = tuple(entry for entry in feed.entries if (entry.id or hash(entry)) not in seen)
            yield url, replace(feed, entries=new)
            if not new:
                return
            full = full or len(feed.entries)
            seen.update(entry.id or hash(entry) for entry in new)
            url = _next_page(response.final_url, feed, len(asked) + 1, len(feed.entries) >= full)


def _next_page(url: str, feed: Feed, number: int, is_full: bool) -> str:
    """The address of the page of older entries after ``url``, '' if there is none on its host."""
    if feed.next_url:
        if _is_same_host(url, feed.next_url):
            return feed.next_url
        # Blogger names the page on its own host; the blog's takes the same query.
        if "blogger" in feed.generator.lower():
            return _with_query(url, urlsplit(feed.next_url).query)
        return ""
    if "wordpress" in feed.generator.lower() and is_full:
        return _with_query(url, f"paged={number}")
    return ""


def _with_query(url: str, query: str) -> str:
    parts = urlsplit(url)
    pairs = dict(parse_qsl(parts.query, keep_blank_values=True)) | dict(parse_qsl(query))
    return parts._replace(query=urlencode(pairs)).geturl()


def _is_same_host(url: str, other: str) -> bool:
    return web_url(other) is not None and urlsplit(url).hostname == urlsplit(other).hostname
