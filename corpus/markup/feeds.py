"""What a feed says, of every dialect: RSS 0.9x to 2.0, RDF, Atom and CDF.

feedparser (BSD) knows the dialects, and how they are broken. Its sanitizing is off, as
:mod:`corpus.markup.clean` drops whatever is not text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import feedparser

from corpus.dates import parse_date
from corpus.identity import web_url
from corpus.markup.clean import html_blocks
from corpus.markup.feed_text import ENTRY_EDGE, feed_text, hostile
from corpus.markup.words import plain, title

_NOT_ROOT = re.compile(r"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.S | re.I)
_ROOT = re.compile(r"\s*<(?:[\w.-]{1,40}:)?(rss|rdf|feed|channel)[\s>/]", re.I)
# RDF holds anything; these are the vocabularies of RSS 0.9 and 1.0.
_RDF_FEEDS = ("purl.org/rss/", "my.netscape.com/rdf/")

_ROOT_END = re.compile(r"</(?:[\w.-]{1,40}:)?(?:rss|rdf|feed|channel)\s*>", re.I)
_BLOGGER_KIND = "http://schemas.google.com/blogger/2008/kind#"

_COMMENT_LINK = re.compile(r"#comment-?\d|[?&]showComment=\d")
_ADDRESS = re.compile(r"[(<\[]*[^\s()<>\[\]]+@[^\s()<>\[\]]+[)>\]]*")
_TAG = re.compile(r"<[a-zA-Z/!]")
_TIME = re.compile(r"\d:\d\d")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed says of one post, before its text is read.

    ``texts`` are content and summary, each with whether it is HTML. ``is_comment`` tells a reader's
    comment from a post.
    """

    id: str
    title: str
    url: str | None
    author: str
    published: date | None
    updated: date | None
    tags: tuple[str, ...]
    texts: tuple[tuple[bool, str], ...]
    is_comment: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """One document: its entries, and ``fault``, what is wrong with it or ''.

    ``url`` is the address of the blog, ``next_url`` where it says that older entries are.
    ``ends_amid_entry`` says that the last one is not whole.
    """

    entries: tuple[Entry, ...]
    fault: str = ""
    generator: str = ""
    url: str = ""
    next_url: str = ""
    ends_amid_entry: bool = False


def is_feed(start: str) -> bool:
    """Whether a text that begins with ``start`` has the root of a feed."""
    start = _NOT_ROOT.sub("", start).lstrip("\ufeff")
    root = _ROOT.match(start)
    if root is None:
        return False
    return root[1].lower() != "rdf" or any(name in start.lower() for name in _RDF_FEEDS)


def parse_feed(content: bytes, base_url: str | None = None, charset: str | None = None) -> Feed:
    """What ``content`` holds, read as far as it goes.

    Addresses are joined to ``base_url``; ``charset`` is what the server said.
    """
    text = feed_text(content, charset)
    if reason := hostile(text):
        return Feed((), f"{reason}, and is no feed of a blog")
    headers = {"content-type": "application/xml", "content-location": base_url or ""}
    try:
        parsed = feedparser.parse(
            text.encode(),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    # feedparser lets through what its parsers stumble over, and promises no one kind.
    except (
        ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError,
        ValueError,
    ) as error:  # fmt: skip
        return Feed((), f"is damaged beyond what feedparser can read ({type(error).__name__})")
    if export := _export(parsed.entries):
        return Feed((), f"is an export of {export}, not a feed")
    entries = tuple(_entry(entry, parsed) for entry in parsed.entries)
    end = _end(text) if parsed.bozo else "whole"
    return Feed(
        entries,
        _fault(parsed, end),
        str(parsed.feed.get("generator", "")),
        str(parsed.feed.get("link", "")),
        _next_url(parsed.feed),
        ends_amid_entry=end == "amid an entry",
    )


def _fault(parsed: Any, end: str) -> str:
    if (parsed.entries or parsed.version) and end != "whole":
        return "is cut off; what follows is missing"
    if parsed.entries or parsed.version:
        return ""
    if parsed.bozo:
        # Without the line before it, which is one of the text that feedparser was given.
        reason = str(parsed.bozo_exception).rpartition(": ")[2]
        return f"is not a feed, or damaged beyond reading ({reason})"
    return "is not a feed"


def _end(text: str) -> Literal["whole", "after an entry", "amid an entry"]:
    """Where a feed that is not well-formed stops."""
    last = max(ENTRY_EDGE.finditer(text), key=lambda edge: edge.start(), default=None)
    if _ROOT_END.search(text, last.end() if last else 0):
        return "whole"
    return "after an entry" if last is None or last[1] else "amid an entry"


def _export(entries: list[Any]) -> str:
    """The system whose export this is, which holds drafts and comments beside the posts."""
    if any("wp_status" in entry or "wp_post_type" in entry for entry in entries):
        return "WordPress"
    kinds = (tag.get("term") for entry in entries for tag in entry.get("tags", []))
    if any("blogger_type" in entry for entry in entries) or any(
        kind and kind.startswith(_BLOGGER_KIND) and not kind.endswith("#post") for kind in kinds
    ):
        return "Blogger"
    return ""


def _next_url(feed: Any) -> str:
    """Where a paged feed goes on, or an archived one (RFC 5005, sections 3 and 4)."""
    links = {link.get("rel"): link.get("href", "") for link in feed.get("links", [])}
    return str(links.get("next") or links.get("prev-archive") or "")


def _entry(entry: Any, parsed: Any) -> Entry:
    texts = [_text(text) for text in [*entry.get("content", []), entry.get("summary_detail", {})]]
    written = {name: _day(entry, name) for name in ("published", "created", "updated")}
    url = entry.get("link") or None
    return Entry(
        id=plain(str(entry.get("id") or url or "")),
        title=_title(str(entry.get("title", "")), str(entry.get("title_detail", {}).get("type"))),
        url=url,
        author=_author(entry) or (_author(parsed.feed) if parsed.version[:4] == "atom" else ""),
        published=written["published"] or written["created"] or written["updated"],
        updated=written["updated"],
        tags=tuple(_tags(entry)),
        texts=tuple(dict.fromkeys(text for text in texts if text[1])),
        is_comment=_is_reply(entry) or bool(url and _COMMENT_LINK.search(url)),
    )


def _text(detail: Any) -> tuple[bool, str]:
    """Whether a text of a feed is HTML, and the text; '' for a picture and the like."""
    kind = str(detail.get("type", "text/plain"))
    is_html = kind.endswith(("html", "xml"))
    return is_html, str(detail.get("value", "")) if is_html or kind.startswith("text/") else ""


def _title(text: str, kind: str) -> str:
    if kind != "text/plain" and _TAG.search(text):
        text = " ".join(block.text for block in html_blocks(text))
    # A "<" that is text now is escaped, because title() takes it for HTML.
    return title(text.replace("<", "&lt;"))


def _author(context: Any) -> str:
    """The names of those who wrote an entry or a feed, without their e-mail addresses."""
    names = [title(str(author.get("name", ""))) for author in context.get("authors", [])]
    written = title(str(context.get("author", "")))
    # feedparser takes an address to end after four letters of its last part.
    if names and "@" in written:
        name = _ADDRESS.sub("", written).strip()
        names[-1] = name[1:-1] if name.startswith("(") and name.endswith(")") else name
    return ", ".join(dict.fromkeys(name for name in names if name and "@" not in name))


def _day(entry: Any, name: str) -> date | None:
    # Not by feedparser's own access, which warns that "updated" stood for "published" once.
    written = str(dict.get(entry, name, ""))
    if day := parse_date(written):
        return day
    parsed = dict.get(entry, f"{name}_parsed")
    # feedparser also knows dates in Greek, Hungarian and Korean, and makes up days that are missing
    # unless there is a time.
    if parsed is None or not _TIME.search(written):
        return None
    try:
        return date(*parsed[:3])
    except ValueError:
        return None


def _tags(entry: Any) -> Iterator[str]:
    for tag in entry.get("tags", []):
        words = tag.get("label") or tag.get("term")
        if words and not web_url(words):
            yield title(words)


def _is_reply(entry: Any) -> bool:
    """Whether an entry answers another one (RFC 4685), whatever prefix stands for that."""
    return any(name.endswith("in-reply-to") for name in entry)
