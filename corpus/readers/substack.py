"""The export archive of Substack: ``posts.csv`` and the text of each post in ``posts/``.

Beside them the archive holds the e-mail addresses of all subscribers and who opened which post;
those files are never opened.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from html import escape, unescape
from io import StringIO
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from lxml.html import HtmlElement

from corpus.dates import parse_date
from corpus.errors import SourceError
from corpus.markup.clean import html_blocks
from corpus.markup.metadata import text_of
from corpus.markup.trailers import post_blocks
from corpus.markup.trees import markup_of, tree_of, with_class
from corpus.markup.words import plain
from corpus.markup.words import title as shown
from corpus.readers.files import HTML_SUFFIXES, Found, files, load_text, newest_first
from corpus.readers.peek import MOST_STARTS, START_BYTES, Peek
from corpus.readers.posts import post_or_skip
from corpus.types import Block, Post, ReadOptions, Skipped, Source

ABOUT = "the export archive of Substack, as it came or unpacked"

_HINT = "Import the .zip that Substack makes under Settings, Exports, or the folder it unpacks to."
_TABLE = "posts.csv"
_COLUMNS = {"post_id", "is_published"}
_FURNITURE = (
    "subscription-widget-wrap subscription-widget-wrap-editor subscription-widget subscribe-widget"
    " button-wrapper captioned-button-wrap cta-caption install-substack-app-embed community-chat"
    " directMessage sponsorship-campaign-embed embedded-publication-wrap digest-post-embed comment"
    " poll-embed image-link-expand file-embed-details-h2 file-embed-button embedded-post-header"
    " embedded-post-body embedded-post-cta-wrapper embedded-post-meta footnote-anchor"
    " footnote-number"
)


def recognises(peek: Peek) -> bool:
    """Whether there is a ``posts.csv`` whose head names Substack's columns."""
    if peek.is_online or not any(_is_table(place) for place in peek.places):
        return False
    return any(map(_names_columns, _tables(Path(peek.location))[:MOST_STARTS]))


def _names_columns(table: Found) -> bool:
    try:
        with table.open() as opened:
            head = opened.read(START_BYTES).partition(b"\n")[0]
    except OSError:
        return False
    return set(re.findall(r"\w+", head.decode(errors="replace"))) >= _COLUMNS


def read(source: Source, options: ReadOptions) -> Iterator[Post | Skipped]:
    """The posts that ``posts.csv`` calls published and for everyone, in its order.

    Of several exports the newest comes first, as :func:`corpus.readers.files.newest_first` tells.
    Threads are posts too: what their author asks stands on a page like any other. SourceError if
    there is no ``posts.csv``, if it names no post, or if ``source.base_url`` is missing: the export
    has only the last part of each address.
    """
    location = Path(source.location)
    tables = _tables(location)
    if not tables:
        raise SourceError(f"{location}: holds no {_TABLE}.", _HINT)
    pages = {file.place: file for file in files(location, HTML_SUFFIXES)}
    empty = []
    for table in tables:
        is_empty = True
        for post in _read_table(table, pages, source):
            is_empty = False
            yield post
        if is_empty:
            empty.append(Skipped(table.place, "names no post", unreadable=True))
    if len(empty) == len(tables):
        raise SourceError(f"{location}: {_TABLE} names no post.", _HINT)
    yield from empty


def _is_table(place: str) -> bool:
    return PurePosixPath(place).name == _TABLE


def _tables(location: Path) -> list[Found]:
    tables = [file for file in files(location, frozenset({".csv"})) if _is_table(file.place)]
    return newest_first(tables)


def _read_table(table: Found, pages: dict[str, Found], source: Source) -> Iterator[Post | Skipped]:
    text = load_text(table)
    if isinstance(text, Skipped):
        yield text
        return
    # Strict, because a quotation mark that is never closed would swallow the posts behind it.
    rows = csv.DictReader(StringIO(text), strict=True)
    texts = _texts(pages, PurePosixPath(table.place).parent / "posts")
    damaged = False
    try:
        if not set(rows.fieldnames or ()) >= _COLUMNS:
            yield Skipped(table.place, "has no head that names its columns", unreadable=True)
            return
        for row in rows:
            post_id = plain(row["post_id"] or "").replace("#", "")
            place = f"{table.place}#{post_id or f'line {rows.line_num}'}"
            if not post_id or None in row or None in row.values():
                damaged = True
                reason = f"is damaged (line {rows.line_num})"
                yield Skipped(place, reason, unreadable=True)
            else:
                yield _read_post(row, post_id, place, texts, source)
    except csv.Error as error:
        reason = f"is damaged behind line {rows.line_num} ({error})"
        yield Skipped(table.place, reason, unreadable=True)
        return
    if damaged:
        # Cut off, or a row that has lost its name: which posts are missing, nobody can tell.
        yield Skipped(table.place, "is cut off or damaged; posts may be missing", unreadable=True)


def _texts(pages: dict[str, Found], folder: PurePosixPath) -> dict[str, Found]:
    """The file of each post, by the post's id and by its number alone."""
    found: dict[str, Found] = {}
    for place, file in pages.items():
        path = PurePosixPath(place)
        if path.parent == folder:
            found[path.stem] = file
            found.setdefault(path.stem.partition(".")[0], file)
    return found


def _read_post(
    row: dict[str, str], post_id: str, place: str, texts: dict[str, Found], source: Source
) -> Post | Skipped:
    if reason := _left_out(row, source):
        return Skipped(place, reason)
    file = texts.get(post_id)
    if file is None:
        return Skipped(place, "has no file with its text in the archive", unreadable=True)
    if not source.base_url:
        raise SourceError(
            f"{source.location}: the address of the newsletter is missing.",
            "Add it, as in --base-url https://your.substack.com: a Substack export holds only the"
            " last part of each post's address.",
        )
    markup = load_text(file)
    if isinstance(markup, Skipped):
        return Skipped(place, f"{file.place} {markup.reason}", unreadable=True)
    # Some exports give only the number in the table, and the whole id in the name of the file.
    slug = post_id.partition(".")[2] or PurePosixPath(file.place).stem.partition(".")[2]
    return post_or_skip(
        source,
        place,
        title=shown(row.get("title", "")),
        blocks=_blocks(markup, row.get("subtitle", "")),
        url=f"p/{quote(slug)}" if slug else None,
        published=parse_date(row.get("post_date")),
    )


def _left_out(row: dict[str, str], source: Source) -> str:
    if row["is_published"].strip().lower() != "true":
        return "is a draft"
    audience = row.get("audience", "").strip()
    if audience == "only_free":
        return "is for subscribers only"
    if audience not in {"", "everyone"}:
        return "is for paying readers"
    if row.get("type", "").strip() == "page" and not source.include_pages:
        return "is a page (--include-pages takes pages)"
    return ""


def _blocks(markup: str, subtitle: str) -> tuple[Block, ...]:
    root = tree_of(markup)
    if root is None:
        return ()
    paywall = next(with_class(root, "paywall-jump"), None)
    if paywall is not None:
        _cut(paywall)
    _mend(root)
    blocks = post_blocks(markup_of(root))
    # A post's page shows it below the title; alone it is no text.
    return html_blocks(f"<p>{escape(unescape(subtitle))}</p>") + blocks if blocks else ()


def _cut(element: HtmlElement) -> None:
    """Take out all that follows ``element``: only paying readers see what is behind a paywall."""
    for each in (element, *element.iterancestors()):
        for later in list(each.itersiblings()):
            later.getparent().remove(later)
        each.tail = None


def _mend(root: HtmlElement) -> None:
    """Put in what Substack fills in when a page is shown; take out what it offers to its reader."""
    for mention in with_class(root, "mention-wrap"):
        mention.text = mention.text or _attribute(mention, "name")
    for tweet in with_class(root, "tweet twitter-embed"):
        words = next(map(text_of, with_class(tweet, "tweet-text")), "")
        words = words or unescape(_attribute(tweet, "full_text"))
        tweet.clear(keep_tail=True)
        tweet.tag = "blockquote"
        tweet.text = words
    for furniture in with_class(root, _FURNITURE):
        furniture.clear(keep_tail=True)


def _attribute(element: HtmlElement, name: str) -> str:
    try:
        attributes = json.loads(element.get("data-attrs") or "null")
    except (ValueError, RecursionError):
        return ""
    value = attributes.get(name) if isinstance(attributes, dict) else None
    return plain(value) if isinstance(value, str) else ""
