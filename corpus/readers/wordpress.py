"""WordPress exports (WXR), whole or in parts, and those of Squarespace, which are alike.

Only the parts of an item that are named here are ever looked at; comments are none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

from corpus.dates import parse_date
from corpus.decoding import start_of
from corpus.errors import SourceError
from corpus.identity import web_url
from corpus.markup.shortcodes import with_paragraphs, without_wordpress
from corpus.markup.trailers import post_blocks
from corpus.markup.words import plain, title
from corpus.readers.files import Found, newest_first, some_files
from corpus.readers.peek import START_BYTES, Peek
from corpus.readers.posts import EMAIL, post_or_skip
from corpus.readers.xml import read_elements
from corpus.types import Block, Post, ReadOptions, Skipped, Source


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ABOUT = "a WordPress or Squarespace export (WXR): an .xml file, a folder or a zip of them"

_SUFFIXES = frozenset({".xml"})
_EXPORT = re.compile(r"<rss\b[^>]*\bwordpress\.org/export/|<wp:wxr_version>", re.IGNORECASE)

# What else WordPress keeps as items, and Jetpack: nobody would take it for a post.
_NO_POSTS = _words(
    "attachment custom_css customize_changeset feedback nav_menu_item oembed_cache revision"
    " user_request wp_font_face wp_font_family wp_global_styles wp_navigation wp_template"
    " wp_template_part"
)
_UNPUBLISHED = {
    "draft": "is a draft",
    "auto-draft": "is a draft",
    "pending": "is a draft that waits for review",
    "private": "is private",
    "future": "is scheduled for later",
    "trash": "is in the trash",
    "": "does not say that it is published",
}
_TEXTS = _words(
    "creator encoded guid link post_date post_id post_modified post_password post_type pubDate"
    " status title"
)
# Before WordPress 3.1 tags were of the domain "tag", and categories had none.
_TAG_DOMAINS = frozenset({"", "category", "post_tag", "tag"})
_NO_TAGS = frozenset({"uncategorized", "uncategorised"})

_FURNITURE = _words(
    "addthis_toolbox addtoany_share_save_container form-block jp-relatedposts mc4wp-form"
    " newsletter-block newsletter-form-wrapper sharedaddy socialaccountlinks-v2-block"
    " sqs-block-archive sqs-block-form sqs-block-newsletter sqs-block-search"
    " sqs-block-socialaccountlinks-v2 sqs-block-summary-v2 sqs-block-tagcloud summary-v2-block"
    " wp-block-embed__wrapper wp-block-jetpack-sharing-buttons wp-block-jetpack-subscriptions"
    " wp-block-social-links"
)
"""Classes of what stands in a post's markup beside its text: forms to sign up, share buttons, lists
of other posts, and addresses that the blog replaces by a video (whose caption is not in there)."""
_MAY_HOLD_FURNITURE = re.compile("|".join(sorted(_FURNITURE)))

# An address in a line of its own, which the blog replaces by the video or the note that is there.
_EMBED = re.compile(r"(<p(?:\s[^<>]*)?>)\s*https?://[^\s<>\"]+\s*(?=</p>)", re.IGNORECASE)


def recognises(peek: Peek) -> bool:
    """Whether one of the first XML files is such an export."""
    return not peek.is_online and any(map(_EXPORT.search, peek.xml_starts))


def read(source: Source, options: ReadOptions) -> Iterator[Post | Skipped]:
    """The published posts of the export at ``source.location``, file by file, in the file's order.

    Of several exports the newest comes first, as :func:`corpus.readers.files.newest_first` tells.

    What is no post or has not been published for everybody is skipped or, if nobody would take it
    for a post, left out. SourceError if no file there is such an export.
    """
    exports = newest_first(some_files(Path(source.location), _SUFFIXES))
    files = [(file, _head(file)) for file in exports]
    heads = [head for _, head in files if isinstance(head, _Head)]
    if not heads:
        raise SourceError(
            f"{source.location}: is no WordPress export, and holds none.",
            "An export is an .xml file from Tools > Export in WordPress.",
        )
    # Each part of a split export may name only the authors of its own posts.
    everybody = {login: name for head in heads[::-1] for login, name in head.authors.items()}
    for file, head in files:
        if isinstance(head, Skipped):
            yield head
        else:
            authors = everybody | head.authors
            yield from _read_file(source, file, _Head(head.address, authors))


@dataclass(frozen=True)
class _Head:
    """What an export says before its first item: the blog's address, and its authors by login."""

    address: str = ""
    authors: dict[str, str] = field(default_factory=dict)


def _head(file: Found) -> _Head | Skipped:
    try:
        with file.open() as opened:
            start = start_of(opened.read(START_BYTES))
    except OSError as error:
        reason = error.strerror or str(error)
        return Skipped(file.place, f"cannot be read: {reason}", unreadable=True)
    if not _EXPORT.search(start):
        # It may have been one: an error page saved in its place removes no posts.
        return Skipped(file.place, "is no WordPress export", unreadable=True)
    for element in read_elements(file, "{*}item", "{*}channel"):
        if isinstance(element, Skipped):
            break
        is_item = _name(element) == "item"
        return _head_of(element.itersiblings(preceding=True) if is_item else element)
    return _Head()


def _head_of(elements: Iterable[etree._Element]) -> _Head:
    addresses = {}
    authors = {}
    for element in elements:
        name = _name(element)
        if name in {"link", "base_blog_url", "base_site_url"} and (url := web_url(_text(element))):
            addresses[name] = url
        elif name == "author":
            parts = {_name(part): title(_text(part)) for part in element}
            login, display_name = parts.get("author_login"), parts.get("author_display_name")
            if login and display_name:
                authors[login] = display_name
    names = ("link", "base_blog_url", "base_site_url")
    return _Head(next((addresses[name] for name in names if name in addresses), ""), authors)


@dataclass(frozen=True)
class _Category:
    domain: str
    nicename: str
    text: str


@dataclass(frozen=True)
class _Item:
    """The parts of an item that a post is made of; a text that is not there is ""."""

    texts: Mapping[str, str]
    categories: tuple[_Category, ...]

    def text(self, name: str) -> str:
        return self.texts.get(name, "")


def _read_file(source: Source, file: Found, head: _Head) -> Iterator[Post | Skipped]:
    names: set[str] = set()
    for number, element in enumerate(read_elements(file, "{*}item"), start=1):
        if isinstance(element, Skipped):
            yield element
            continue
        item = _item(element)
        name = plain(item.text("post_id") or item.text("link")).replace("#", "%23")
        if not name or name in names:
            name = f"item {number}"
        names.add(name)
        if found := _read_item(source, f"{file.place}#{name}", item, head):
            yield found


def _item(element: etree._Element) -> _Item:
    texts: dict[str, str] = {}
    categories = []
    for part in element:
        name = _name(part)
        if name == "category":
            domain, nicename = part.get("domain", ""), part.get("nicename", "")
            categories.append(_Category(domain, nicename, title(_text(part))))
        # The excerpt has the content's name in another namespace.
        elif name in _TEXTS and not texts.get(name) and "excerpt" not in part.tag:
            texts[name] = _text(part)
    return _Item(texts, tuple(categories))


def _read_item(source: Source, place: str, item: _Item, head: _Head) -> Post | Skipped | None:
    kind = item.text("post_type") or "post"
    if kind in _NO_POSTS:
        return None
    reason = _not_public(item)
    if kind not in {"post", "page"}:
        if reason or not _blocks(item):
            return None
        return Skipped(place, f"is of the type {kind!r}, neither a post nor a page")
    if kind == "page" and not reason and not source.include_pages:
        reason = "is a page (--include-pages takes pages)"
    if reason:
        return Skipped(place, reason)
    return post_or_skip(
        source,
        place,
        title=title(item.text("title")),
        blocks=_blocks(item),
        url=_url(item, source.base_url or head.address),
        author=_author(item, head.authors),
        published=_published(item),
        updated=parse_date(item.text("post_modified")),
        tags=_tags(item),
    )


def _not_public(item: _Item) -> str:
    status = item.text("status")
    if status == "publish":
        return "is password-protected" if item.text("post_password") else ""
    return _UNPUBLISHED.get(status, f"is not published, its status is {status!r}")


def _blocks(item: _Item) -> tuple[Block, ...]:
    html = with_paragraphs(without_wordpress(item.text("encoded")))
    html = _EMBED.sub(r"\1", html)
    return post_blocks(_without_furniture(html) if _MAY_HOLD_FURNITURE.search(html) else html)


def _without_furniture(html: str) -> str:
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    root = lxml_html.document_fromstring(f"<div>{html}</div>".encode(), parser=parser)
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        return html  # nested so deep that libxml2 lost some of it
    for element in root.xpath("//*[@class]"):
        if not _FURNITURE.isdisjoint(element.get("class").split()):
            element.drop_tree()
    return str(lxml_html.tostring(root, encoding="unicode"))


def _url(item: _Item, address: str) -> str | None:
    link = item.text("link")
    guid = item.text("guid")
    try:
        if not link and address and urlsplit(guid).hostname == urlsplit(address).hostname:
            link = guid
        return web_url(urljoin(address.rstrip("/") + "/", link)) if link else None
    except ValueError:
        return None


def _published(item: _Item) -> date | None:
    return parse_date(item.text("post_date")) or parse_date(item.text("pubDate"))


def _author(item: _Item, names: Mapping[str, str]) -> str:
    # Co-Authors Plus: a term for each author, called like the account.
    authors = [
        names.get(each.text) or names.get(each.nicename.removeprefix("cap-")) or each.text
        for each in item.categories
        if each.domain == "author"
    ]
    shown = dict.fromkeys(name for name in authors if name and not EMAIL.search(name))
    # In WordPress's own test data some logins stand behind a stray ">".
    login = item.text("creator").lstrip("> ")
    return ", ".join(shown) or names.get(login, login)


def _tags(item: _Item) -> list[str]:
    return [
        each.text
        for each in item.categories
        if each.domain in _TAG_DOMAINS and each.text.lower() not in _NO_TAGS
    ]


def _name(element: etree._Element) -> str:
    # In an export that does not bind its prefixes, "wp:status" is the whole name.
    tag: str = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2]


def _text(element: etree._Element) -> str:
    return "".join(element.itertext()).strip()
