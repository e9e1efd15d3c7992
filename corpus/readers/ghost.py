"""The JSON export of Ghost: its posts that everybody may read.

Also what holds posts in the same words: the file of Ghost's own migration tools, where a post is an
``url`` and its ``data``, and the answer of Ghost's Content API.

The file is read whole, as the standard library has no other way, which takes memory: 240 MB for an
export of 111 MB, and 560 MB if there is an emoji in it, as Python then holds every character of
the file in four bytes. ``LARGEST_EXPORT`` is where it ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from corpus.dates import parse_date
from corpus.decoding import LENIENT
from corpus.errors import SourceError
from corpus.identity import web_url
from corpus.markup.trailers import post_blocks
from corpus.markup.trees import without_class
from corpus.markup.words import plain
from corpus.readers.files import JSON_SUFFIXES, Found, load, newest_first, some_files
from corpus.readers.koenig import MEMBERS_ONLY, lexical_html, mobiledoc_html
from corpus.readers.peek import Peek
from corpus.readers.posts import post_or_skip
from corpus.types import Post, ReadOptions, Skipped, Source

ABOUT = "the JSON export of Ghost, or a zip or folder with it"

LARGEST_EXPORT = 256 * 2**20
"""Bytes."""
_HINT = "Export it in Ghost under Settings, Import/Export, and import the .json file that comes."

_EXPORT_START = re.compile(r'\s*\{\s*(?:"db"\s*:\s*\[\s*\{\s*)?"(?:meta|data)"\s*:\s*\{')
_POSTS_START = re.compile(r'\s*\{\s*"posts"\s*:\s*\[')
_ANY_TABLE = re.compile(r'"(?:exported_on|posts|posts_tags)"\s*:')
_ANY_TEXT = re.compile(r'"(?:html|lexical|mobiledoc)"\s*:')
_OTHER_FORMS = {"lexical", "mobiledoc", "plaintext"}
# What Ghost puts around a card that some readers are not shown.
_GATED = re.compile(r"<!--\s*kg-gated-block:begin\s[^<>]{0,200}?nonMember:\s*false[^<>]{0,200}-->")
_GATED_END = re.compile(r"<!--\s*kg-gated-block:end\s*-->")
_SITE = "__GHOST_URL__"
_FURNITURE = (
    "kg-audio-player kg-audio-thumbnail kg-bookmark-description kg-bookmark-metadata"
    " kg-bookmark-thumbnail kg-button-card kg-callout-emoji kg-collection-card kg-cta-card"
    " kg-email-card kg-email-cta-card kg-file-card-icon kg-file-card-metadata"
    " kg-header-card-button kg-product-card-button kg-product-card-rating kg-signup-card"
    " kg-toggle-card-icon kg-transistor-card kg-video-overlay kg-video-player"
    " kg-video-player-container"
)


@dataclass(frozen=True)
class _Export:
    """The tables of an export: posts as they stand, the names that they refer to by number."""

    posts: list[dict[str, Any]]
    authors: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    posts_authors: dict[str, list[str]] = field(default_factory=dict)
    posts_tags: dict[str, list[str]] = field(default_factory=dict)


def recognises(peek: Peek) -> bool:
    """Whether one of the first JSON files begins as Ghost's exports do."""
    return not peek.is_online and any(map(_is_export, peek.starts(JSON_SUFFIXES)))


def _is_export(start: str) -> bool:
    return bool(
        (_EXPORT_START.match(start) and _ANY_TABLE.search(start))
        or (_POSTS_START.match(start) and _ANY_TEXT.search(start))
    )


def read(source: Source, options: ReadOptions) -> Iterator[Post | Skipped]:
    """The posts of the JSON files at ``source.location``, in the order of the files.

    Of several exports the newest comes first, as :func:`corpus.readers.files.newest_first` tells.

    Posts for members or paying readers are skipped, also where Ghost shows their beginning, and
    what stands behind the line that parts it off is never read. SourceError if no file holds posts,
    or if a post has no address because the export only has its last part and
    ``source.base_url`` is missing.
    """
    found = damaged = False
    for file in newest_first(some_files(Path(source.location), JSON_SUFFIXES)):
        export = _load(file)
        if isinstance(export, Skipped):
            damaged = True
            yield export
        elif export:
            found = True
            for number, post in enumerate(export.posts, start=1):
                yield _read_post(post, export, source, file, number)
    if not found and not damaged:
        raise SourceError(f"{source.location}: holds no posts of a Ghost export.", _HINT)


def _load(file: Found) -> _Export | Skipped | None:
    """What the file holds; None if it holds no posts, as the settings beside an export do."""
    content = load(file, LARGEST_EXPORT)
    if isinstance(content, Skipped):
        return content
    try:
        text = content.decode(json.detect_encoding(content), errors=LENIENT)
        del content
        document = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_slim)
    except ValueError as error:
        return Skipped(file.place, f"is damaged JSON ({error})", unreadable=True)
    except RecursionError:
        return Skipped(file.place, "is nested too deeply", unreadable=True)
    match document:
        case {"db": [{"data": {"posts": list()} as tables}, *_]}:
            return _export(tables)
        case {"data": {"posts": list()} as tables}:
            return _export(tables)
        case {"posts": list()}:
            return _export(document)
    return None


def _slim(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; if that is a post with HTML, without the other forms of its text."""
    values = dict(pairs)
    if values.get("html"):
        for form in _OTHER_FORMS:
            values.pop(form, None)
    return values


def _export(tables: dict[str, Any]) -> _Export | None:
    posts = _rows(tables.get("posts"))
    if not posts:
        return None
    return _Export(
        posts=posts,
        authors={_id(user): _name(user) for user in _rows(tables.get("users"))},
        tags={_id(tag): _name(tag) for tag in _rows(tables.get("tags")) if _is_public_tag(tag)},
        posts_authors=_links(tables.get("posts_authors"), "author_id"),
        posts_tags=_links(tables.get("posts_tags"), "tag_id"),
    )


def _rows(table: object) -> list[dict[str, Any]]:
    """The objects in a list; one that is an address and its ``data`` is taken for the data."""
    rows = table if isinstance(table, list) else []
    return [_flat(row) for row in rows if isinstance(row, dict)]


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    data = row.get("data")
    return {"url": row.get("url"), **data} if isinstance(data, dict) else row


def _links(table: object, key: str) -> dict[str, list[str]]:
    """What each post is linked to, in order."""
    links: dict[str, list[str]] = {}
    for row in sorted(_rows(table), key=_sort_order):
        links.setdefault(str(row.get("post_id")), []).append(str(row.get(key)))
    return links


def _sort_order(row: dict[str, Any]) -> float:
    order = row.get("sort_order")
    return order if isinstance(order, int | float) else 0


def _read_post(
    post: dict[str, Any], export: _Export, source: Source, file: Found, number: int
) -> Post | Skipped:
    name = plain(_id(post) or _text(post, "slug") or f"post {number}").replace("#", "")
    place = f"{file.place}#{name}"
    if reason := _left_out(post, source):
        return Skipped(place, reason)
    public, _, for_members = _for_everybody(_html(post)).partition(MEMBERS_ONLY)
    found = post_or_skip(
        source,
        place,
        title=_text(post, "title"),
        blocks=post_blocks(without_class(public, _FURNITURE)),
        url=_url(post, source),
        author=", ".join(_authors(post, export)),
        published=_day(post.get("published_at")),
        updated=_day(post.get("updated_at")),
        tags=_tags(post, export),
    )
    if isinstance(found, Skipped) and for_members:
        return Skipped(place, "is for members only")
    return found


def _left_out(post: dict[str, Any], source: Source) -> str:
    status = _text(post, "status") or ("published" if post.get("published_at") else "draft")
    if status == "sent":
        return "was sent by e-mail and is on no page"
    if status != "published":
        return {"draft": "is a draft", "scheduled": "is scheduled"}.get(status, "is not published")
    if _text(post, "visibility") not in {"", "public"}:
        return "is for members only"
    is_page = _text(post, "type") == "page" or post.get("page") == 1
    if is_page and not source.include_pages:
        return "is a page (--include-pages takes pages)"
    return ""


def _html(post: dict[str, Any]) -> str:
    text = _text(post, "plaintext")
    return (
        _text(post, "html")
        or lexical_html(post.get("lexical"))
        or mobiledoc_html(post.get("mobiledoc"))
        or "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))
    )


def _for_everybody(html: str) -> str:
    """``html`` without the cards that only members are shown."""
    public, *gated = _GATED.split(html)
    return public + "".join("".join(_GATED_END.split(part, maxsplit=1)[1:]) for part in gated)


def _url(post: dict[str, Any], source: Source) -> str | None:
    """Where the post is; SourceError if only the blog's address is missing for that."""
    slug = plain(_text(post, "slug"))
    path = f"{quote(slug, safe='%')}/" if slug else None
    for key in ("canonical_url", "url"):
        address = plain(_text(post, key))
        if web_url(address):
            return address
        if address.startswith(_SITE):
            path = address.removeprefix(_SITE).lstrip("/")
    if path and not source.base_url:
        raise SourceError(
            f"{source.location}: the address of the blog is missing.",
            "Add it, as in --base-url https://your.blog: a Ghost export holds only the last part"
            " of each post's address.",
        )
    return path


def _authors(post: dict[str, Any], export: _Export) -> list[str]:
    people = _rows(post.get("authors")) or _rows([post.get("author")])
    names = [_name(person) for person in people]
    if not names:
        ids = export.posts_authors.get(_id(post)) or [
            str(post.get(key)) for key in ("author_id", "author") if post.get(key)
        ]
        names = [export.authors.get(author, "") for author in ids]
    # Somebody's e-mail address in place of the name does not cost the others theirs.
    return [name for name in dict.fromkeys(names) if name and "@" not in name]


def _tags(post: dict[str, Any], export: _Export) -> list[str]:
    tags = _rows(post.get("tags"))
    if tags:
        return [_name(tag) for tag in tags if _is_public_tag(tag)]
    return [export.tags[tag] for tag in export.posts_tags.get(_id(post), []) if tag in export.tags]


def _is_public_tag(tag: dict[str, Any]) -> bool:
    return _text(tag, "visibility") != "internal" and not _name(tag).startswith("#")


def _day(value: object) -> date | None:
    """The day of a date; Ghost before 1.0 wrote milliseconds since 1970."""
    if not isinstance(value, int):
        return parse_date(value)
    try:
        return datetime.fromtimestamp(value / 1000, UTC).date()
    except (OverflowError, OSError, ValueError):
        return None


def _id(row: dict[str, Any]) -> str:
    value = row.get("id")
    return str(value) if isinstance(value, str | int) else ""


def _name(row: dict[str, Any]) -> str:
    return plain(_text(row, "name"))


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""
