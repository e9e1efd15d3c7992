"""Blogger's two exports: the classic .xml file, and the feed.atom of Google Takeout.

Both are Atom. The classic one names an entry's kind in a category and marks drafts with app:draft;
Takeout's has elements of its own for both (blogger:type, blogger:status) and no absolute links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePath

from lxml import etree

from corpus.dates import parse_date
from corpus.decoding import start_of
from corpus.errors import SourceError
from corpus.identity import web_url
from corpus.markup.trailers import post_blocks
from corpus.markup.words import plain, title
from corpus.readers.files import XML_SUFFIXES, Found, newest_first, some_files
from corpus.readers.peek import START_BYTES, Peek
from corpus.readers.posts import post_or_skip
from corpus.readers.xml import read_elements
from corpus.types import Post, ReadOptions, Scheduled, Skipped, Source

ABOUT = "an export of Blogger, the classic .xml file or the feed.atom of Google Takeout"

_KIND_SCHEME = "http://schemas.google.com/g/2005#kind"
_TAG_SCHEMES = ("http://www.blogger.com/atom/ns#", "tag:blogger.com,1999:blog-")
# The feed that a blog serves is of blogger.com as well; these stand in exports only.
_EXPORT = re.compile(
    rf"{re.escape(_KIND_SCHEME)}|http://schemas\.google\.com/blogger/2018"
    r"|tag:blogger\.com,1999:blog-\d+\.archive"
)
_STATES = {
    "DRAFT": "is a draft",
    "SCHEDULED": "is scheduled, not yet published",
    "SOFT_TRASHED": "is in the trash",
}
_TEMPLATE = "theme-"
"""How the other XML files in Takeout's folder of a blog begin."""
_EXPORT_HINT = (
    "Import the .xml file of a Blogger backup, or the archive of Google Takeout with the feed.atom"
    " in it."
)


def recognises(peek: Peek) -> bool:
    """Whether one of the first XML files is Blogger's."""
    return not peek.is_online and any(map(_is_export, peek.xml_starts))


def read(source: Source, options: ReadOptions) -> Iterator[Post | Skipped]:
    """The published posts of the exports at ``source.location``, in the order of the export.

    Of several exports the newest comes first, as :func:`corpus.readers.files.newest_first` tells.

    Drafts, what is scheduled or in the trash, and pages unless they are asked for, are skipped;
    comments, templates and settings are left out. SourceError if there is no export with posts, or
    if its posts have a path only and the address of the blog is not known.
    """
    files = newest_first(some_files(Path(source.location), XML_SUFFIXES))
    exports = {file.place for file in files if (start := _start(file)) is None or _is_export(start)}
    if not exports:
        raise SourceError(f"{source.location}: is not a Blogger export.", _EXPORT_HINT)
    addresses = _Addresses(source)
    empty = True
    for file in files:
        if file.place not in exports:
            # It may have been one: an error page saved in its place removes no posts.
            if not PurePath(file.place).name.startswith(_TEMPLATE):
                yield Skipped(file.place, "is not a Blogger export", unreadable=True)
            continue
        for number, entry in enumerate(read_elements(file, "{*}entry"), start=1):
            if isinstance(entry, Skipped):
                found: Post | Skipped | None = entry
            else:
                # "tag:blogger.com,1999:blog-1.post-2"; what stands before is the blog.
                name = plain(_text(entry, "id")).rpartition(".")[2] or f"entry {number}"
                place = f"{file.place}#{name.replace('#', '-')}"
                found = _read_entry(entry, source, place, addresses)
            if found is not None:
                empty = False
                yield found
    if empty:
        raise SourceError(f"{source.location}: the export holds no posts.", _EXPORT_HINT)


def _start(file: Found) -> str | None:
    """The beginning of a file, None if it cannot be read, which reading it will then report."""
    try:
        with file.open() as opened:
            return start_of(opened.read(START_BYTES))
    except OSError:
        return None


def _is_export(start: str) -> bool:
    return "<feed" in start and _EXPORT.search(start) is not None


def _read_entry(
    entry: etree._Element, source: Source, place: str, addresses: _Addresses
) -> Post | Skipped | None:
    kind = _kind(entry)
    if kind not in {"post", "page"}:
        return None
    if reason := _why_unpublished(entry):
        # Where Takeout says the same, it says so until the next export.
        by_date = reason == _STATES["SCHEDULED"] and not _text(entry, "status")
        return Scheduled(place, reason) if by_date else Skipped(place, reason)
    if kind == "page" and not source.include_pages:
        return Skipped(place, "is a page (--include-pages takes pages)")
    return post_or_skip(
        source,
        place,
        title=title(_text(entry, "title")),
        blocks=post_blocks(_content(entry)),
        url=addresses.address_of(entry),
        author=_text(entry.find("{*}author"), "name"),
        published=parse_date(_text(entry, "published")),
        updated=parse_date(_text(entry, "updated")),
        tags=_tags(entry),
    )


class _Addresses:
    """Where posts stand on the web; paths are taken to be below the address the user gave."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._blog = ""

    def address_of(self, entry: etree._Element) -> str | None:
        for link in entry.findall("{*}link"):
            if link.get("rel") == "alternate" and (url := web_url(link.get("href", ""))):
                return url
        path = plain(_text(entry, "filename"))
        if not path:
            return None
        if not self._source.base_url:
            raise SourceError(
                f"{self._source.location}: does not say the address of the blog.",
                "Takeout holds only each post's path, so links could not be opened. Add the"
                " address: --base-url https://your.blog.address",
            )
        blog = plain(_text(entry, "id")).rpartition(".")[0]
        self._blog = self._blog or blog
        if blog != self._blog:
            raise SourceError(
                f"{self._source.location}: holds several blogs, and --base-url is the address of"
                " one.",
                "Unpack it and import the feed.atom of each blog with its own --base-url.",
            )
        return path


def _kind(entry: etree._Element) -> str:
    for category in entry.findall("{*}category"):
        if category.get("scheme") == _KIND_SCHEME:
            return str(category.get("term", "")).rpartition("#")[2]
    return plain(_text(entry, "type")).lower()


def _why_unpublished(entry: etree._Element) -> str:
    # With the prefix unbound, as in the classic export, "app:draft" is the whole name.
    marks = entry.xpath(
        "*[local-name()='control' or local-name()='app:control']"
        "/*[local-name()='draft' or local-name()='app:draft']"
    )
    if any(plain("".join(mark.itertext())).lower() == "yes" for mark in marks):
        return _STATES["DRAFT"]
    if plain(_text(entry, "trashed")):
        return _STATES["SOFT_TRASHED"]
    state = plain(_text(entry, "status")).upper()
    if not state:
        return _STATES["SCHEDULED"] if _is_to_come(plain(_text(entry, "published"))) else ""
    return "" if state == "LIVE" else _STATES.get(state, f"is not published ({state.lower()})")


def _is_to_come(moment: str) -> bool:
    """Whether a time lies ahead: the classic export marks what is scheduled by nothing else."""
    try:
        return datetime.fromisoformat(moment) > datetime.now(UTC)
    except (ValueError, TypeError):
        return False


def _tags(entry: etree._Element) -> list[str]:
    # Takeout's hand-made kin leave the scheme out.
    return [
        category.get("term", "")
        for category in entry.findall("{*}category")
        if not (scheme := category.get("scheme", "")) or scheme.startswith(_TAG_SCHEMES)
    ]


def _content(entry: etree._Element) -> str:
    content = entry.find("{*}content")
    if content is None:
        return ""
    if len(content) and content.get("type") == "xhtml":
        return "".join(etree.tostring(child, encoding="unicode") for child in content)
    return "".join(content.itertext())


def _text(element: etree._Element | None, name: str) -> str:
    child = None if element is None else element.find(f"{{*}}{name}")
    return "" if child is None else "".join(child.itertext())
