"""Markdown files with front matter, as static site generators and Markdown exports write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from corpus.dates import parse_date
from corpus.errors import SourceError
from corpus.identity import web_url
from corpus.markup import shortcodes
from corpus.markup.dialects import as_commonmark
from corpus.markup.frontmatter import Meta, scalar, spelt, split, texts
from corpus.markup.words import plain, title
from corpus.readers.files import (
    HTML_SUFFIXES,
    MARKDOWN_SUFFIXES,
    Found,
    files,
    load_text,
    some_files,
)
from corpus.readers.origin import origin_of
from corpus.readers.peek import Peek, is_about_folder, suffix_of
from corpus.readers.permalinks import Entry, dated_stem, jekyll_path
from corpus.readers.posts import post_or_skip
from corpus.readers.sites import Role, Site, Sites, file_name
from corpus.types import Block, Known, Post, Reading, ReadOptions, Skipped, Source, Unchanged

ABOUT = "a folder of .md files (Jekyll, Hugo, Astro, any other), or one"

_PUBLISHED = (
    "date",
    "publishdate",
    "publishedat",
    "publisheddate",
    "datepublished",
    "pubdate",
    "published",
    "created",
    "createdat",
)
_UPDATED = ("updated", "updatedat", "lastmod", "lastmodified", "modified", "dateupdated")
_TAGS = ("tags", "tag", "categories", "category", "keywords")
_SPLIT_BY_JEKYLL = {"tags", "categories"}
_URL = ("canonicalurl", "canonical", "url", "permalink")
_AUTHOR = ("author", "authors")
_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}
_STATES = {
    "draft": "is a draft",
    "pending": "is a draft",
    "private": "is private",
    "scheduled": "is scheduled, not yet published",
    "trash": "is in the trash",
}
_IS_A_PAGE = "is a page (--include-pages takes pages)"
_IS_A_SECTION = "is the page of a section (--include-pages takes pages)"
_HUGO_SHORTCODE = re.compile(r"\{\{[<%]")


def recognises(peek: Peek) -> bool:
    """Whether most files are Markdown, or some are posts of Jekyll's."""
    return not peek.is_online and peek.written_in == "markdown"


def read(source: Source, options: ReadOptions) -> Iterator[Reading]:
    """A post for every published Markdown file at ``source.location``, sorted by place.

    Drafts, what has a date in the future, files without text and unreadable ones are skipped; so
    are pages of a site whose engine is known, unless they are asked for. Its themes and templates
    are left out. Posts in HTML are read too where Jekyll would look for them. A post has an address
    if its front matter says it, or if the address of the blog is known: from ``source.base_url`` or
    the configuration of Jekyll, Hugo or Astro. A file that says what it said when it became the
    post that is known from its place, in a site that is the same, is unchanged.

    SourceError if there is no Markdown file at all, or none that anybody might take for a post.
    """
    location = Path(source.location)
    found = [
        file
        for file in files(location, MARKDOWN_SUFFIXES | HTML_SUFFIXES)
        if _may_be_post(file.place)
    ] or some_files(location, MARKDOWN_SUFFIXES)
    reader = _Reader(source, [file.place for file in found], options.known_places)
    empty = True
    for file in found:
        entry = reader.read_file(file)
        if entry is not None:
            empty = False
            yield entry
    if empty:
        raise SourceError(
            f"{location}: holds no posts, only the files of a theme or of other programs.",
            "Import the folder that has the posts in it, or the one above.",
        )


_UNENDED = re.compile(r"\s*(?:-{3,}|\+{3,})[ \t]*\n[A-Za-z][\w-]*[ \t]*[:=]")


class _Spot(NamedTuple):
    """Where a file stands: its place in the source, and its path and role in the site it is of."""

    place: str
    path: PurePosixPath
    role: Role
    site: Site | None


class _Reader:
    """What the files of a source share."""

    def __init__(self, source: Source, places: list[str], known: Mapping[str, Known]) -> None:
        self._source = source
        self._known = known
        self._sites = Sites(source, places)
        self._is_folder = [PurePosixPath(source.location).name] != places
        paths = [PurePosixPath(place) for place in places]
        self._names = frozenset(path.stem.lower() for path in paths)
        self._names_digest = origin_of("\n".join(sorted(self._names)))
        self._shared = repr((source, self._is_folder))
        self._bundles = {str(path.parent) for path in paths if file_name(path) == "index"}
        self._authors: dict[PurePosixPath, Meta] = {}
        self._today = date.today()

    def read_file(self, file: Found) -> Reading | None:
        """The post in a file, or why there is none; None for what nobody takes for one."""
        found = self._sites.of(file.place)
        site, path = found if found else (None, PurePosixPath(file.place))
        role = site.role(path) if site else _role_anywhere(path)
        if role == "none" or "node_modules" in path.parts:
            return None
        text = load_text(file)
        if isinstance(text, Skipped):
            return text
        spot = _Spot(file.place, path, role, site)
        origin = self._origin(text, spot)
        known = self._known.get(file.place)
        if known is not None and known.origin == origin:
            return Unchanged(file.place, known.id, origin)
        return self._read_text(text, spot, origin)

    def _origin(self, text: str, spot: _Spot) -> str:
        """The digest of a text and of all that is looked at beside it, but for the day."""
        return origin_of(
            text,
            self._shared,
            spot.place,
            spot.site.circumstances if spot.site else "",
            self._is_part_of_bundle(spot),
            self._names_digest if "[[" in text else "",
        )

    def _read_text(self, text: str, spot: _Spot, origin: str) -> Post | Skipped | None:
        place, path, role, site = spot
        meta, body = split(text)
        if not meta and _UNENDED.match(text):
            return Skipped(place, "has front matter without an end", unreadable=True)
        if not meta and suffix_of(place) in HTML_SUFFIXES:
            return None
        if not meta and self._is_folder and len(path.parts) == 1 and is_about_folder(path):
            return Skipped(place, "is about the folder, not a post")
        if site and (defaults := site.defaults(path)):
            meta = {**spelt(defaults), **meta}
        name = path.parent.name if file_name(path) == "index" else path.stem
        in_name, words = dated_stem(name or path.stem)
        # Jekyll keeps the date in the file name and often nowhere else.
        published = _date(meta, _PUBLISHED) or parse_date(in_name)
        if role == "draft":
            return Skipped(place, _STATES["draft"])
        if reason := self._why_unpublished(meta, published, site):
            return Skipped(place, reason)
        if role == "section" and not self._source.include_pages:
            return Skipped(place, _IS_A_SECTION)
        if role == "page" and not self._source.include_pages and not _dated_page(site, published):
            return Skipped(place, _IS_A_PAGE)
        if self._is_part_of_bundle(spot):
            return Skipped(place, "is a part of the page beside it, index.md")
        blocks = self._blocks(body, suffix_of(place), site)
        heading, blocks = _titled(title(_first_raw(meta)), words or name or path.stem, blocks)
        jekyll = bool(in_name) if site is None else site.engine == "jekyll"
        entry = Entry(path, meta, heading, published)
        return post_or_skip(
            self._source,
            place,
            title=heading,
            blocks=blocks,
            url=self._url(path, entry, site),
            author=self._author(meta, site),
            published=published,
            updated=_date(meta, _UPDATED),
            tags=_tags(meta, jekyll),
            # What will have expired on some day is looked at every day.
            origin="" if parse_date(meta.get("expirydate")) else origin,
        )

    def _why_unpublished(self, meta: Meta, published: date | None, site: Site | None) -> str:
        if scalar(meta.get("draft")).lower() in _TRUE:
            return _STATES["draft"]
        for key in ("published", "publish"):
            if scalar(meta.get(key)).lower() in _FALSE:
                return "is not published"
        if state := _STATES.get(scalar(meta.get("status")).lower()):
            return state
        if scalar(meta.get("headless")).lower() in _TRUE:
            return "is not published"
        due = parse_date(meta.get("publishdate")) or published
        if due and due > self._today and not (site and site.shows_future):
            return f"is scheduled for {due.isoformat()}"
        expires = parse_date(meta.get("expirydate"))
        return "has expired" if expires and expires < self._today else ""

    def _is_part_of_bundle(self, spot: _Spot) -> bool:
        most = spot.site.bundles_above(spot.path) if spot.site else 0
        if not most:
            return False
        folders = [str(folder) for folder in PurePosixPath(spot.place).parents][:most]
        return any(folder in self._bundles for folder in folders[file_name(spot.path) == "index" :])

    def _blocks(self, body: str, suffix: str, site: Site | None) -> tuple[Block, ...]:
        # Reading nothing anew needs no parser.
        from corpus.markup.clean import html_blocks, markdown_blocks

        engine = site.engine if site else None
        if suffix in HTML_SUFFIXES:
            return html_blocks(shortcodes.without_liquid(body))
        if suffix == ".mdx":
            body = shortcodes.without_mdx(body)
        elif engine == "hugo" or (engine is None and _HUGO_SHORTCODE.search(body)):
            body = shortcodes.without_hugo(body)
        elif engine != "astro" and any(mark in body for mark in ("{%", "{{", "{:")):
            # First what kramdown's marks are needed for, then they go with the Liquid.
            body = shortcodes.without_liquid(as_commonmark(body, self._names))
            return markdown_blocks(body)
        return markdown_blocks(as_commonmark(body, self._names))

    def _url(self, path: PurePosixPath, entry: Entry, site: Site | None) -> str | None:
        written = [scalar(entry.meta.get(key)) for key in _URL]
        absolute = next((url for each in written if (url := web_url(each))), None)
        if absolute or site:
            return absolute or (site.url(path, entry) if site else None)
        own = next((each for each in written if "/" in each and "://" not in each), "")
        base = web_url(self._source.base_url or "")
        made = jekyll_path(own, entry) if own and base else None
        return f"{base.rstrip('/')}{made}" if base and made else None

    def _author(self, meta: Meta, site: Site | None) -> str:
        names = next((names for key in _AUTHOR if (names := texts(meta.get(key)))), [])
        if not names and site:
            names = texts(site.author)
        known = self._known_authors(site) if names else {}
        return ", ".join(scalar(known.get(name)) or name for name in names)

    def _known_authors(self, site: Site | None) -> Meta:
        if site is None or site.engine != "jekyll":
            return {}
        if site.root not in self._authors:
            self._authors[site.root] = self._sites.authors(site)
        return self._authors[site.root]


def _may_be_post(place: str) -> bool:
    """Whether the reader reads the file: all Markdown, and HTML in a folder of Jekyll's posts or
    named as these are, which is what importers from other blogs write."""
    suffix = suffix_of(place)
    if suffix in HTML_SUFFIXES:
        path = PurePosixPath(place)
        return "_posts" in path.parts or bool(dated_stem(path.name)[0])
    return suffix in MARKDOWN_SUFFIXES


def _role_anywhere(path: PurePosixPath) -> Role:
    if "_drafts" in path.parts[:-1]:
        return "draft"
    return "section" if file_name(path) == "_index" else "post"


def _dated_page(site: Site | None, published: date | None) -> bool:
    # Hugo's blogs may keep their posts without a section; pages have no date then.
    return site is not None and site.engine == "hugo" and published is not None


def _titled(given: str, stem: str, blocks: tuple[Block, ...]) -> tuple[str, tuple[Block, ...]]:
    """The title, and the blocks without the heading that says it."""
    for number, block in enumerate(blocks):
        if block.kind == "heading" and (given or block.level == 1):
            if not given or block.text.casefold() == given.casefold():
                return given or block.text, (*blocks[:number], *blocks[number + 1 :])
            break
    return given or _in_words(stem), blocks


def _in_words(stem: str) -> str:
    words = plain(re.sub(r"[-_]+", " ", stem))
    return words[:1].upper() + words[1:] or stem


def _first_raw(meta: Meta) -> str:
    return ", ".join(texts(meta.get("title")))


def _date(meta: Meta, keys: tuple[str, ...]) -> date | None:
    return next((day for key in keys if (day := parse_date(meta.get(key)))), None)


def _tags(meta: Meta, jekyll: bool) -> list[str]:
    """The tags, of a list or of a line, which commas part.

    Jekyll parts a line at white space, and knows no other way. It is believed to be Jekyll's where
    the file lies in a site of its, or has a date before its name as Jekyll asks for; elsewhere
    "cold calling" is one tag. The singular keys hold one tag in Jekyll too.
    """
    found: list[str] = []
    for key in _TAGS:
        value = meta.get(key)
        if not isinstance(value, str):
            found += texts(value)
        elif "," in value or not (jekyll and key in _SPLIT_BY_JEKYLL):
            found += scalar(value).split(",")
        else:
            found += scalar(value).split()
    return found
