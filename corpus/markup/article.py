"""A web page to an article: its body as blocks, and what it says about itself.

trafilatura finds which of the page's text is the body; the structure is taken from the page itself.
(trafilatura's own output loses the numbers of lists, makes a quote of ``<pre>`` and ``<q>``, and is
less exact where it is asked to keep emphasis.) So that what it found can be found again in the
page, each stretch of text carries a character of a private use area through it. Comments, and what
the common templates put around a post, go before that, by the names that templates give to them.
"""

from __future__ import annotations

import codecs
import copy
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

from corpus.decoding import LENIENT
from corpus.identity import web_url
from corpus.markup.clean import html_blocks
from corpus.markup.furniture import (
    NOT_SHOWN,
    continues,
    drop_calls,
    drop_comments,
    drop_furniture,
    links_its_title,
    trimmed,
)
from corpus.markup.metadata import Metadata, read_metadata
from corpus.markup.words import plain
from corpus.types import Block

EXTRACTION = 1
"""To be raised when articles are found in another way than before: then no page counts as known."""

# What follows is left out. A long post has 2,000 elements; the longest pages have 20,000.
MAX_CHARACTERS = 10_000_000
MAX_ELEMENTS = 50_000
# Beyond these a page is no post, and trafilatura takes seconds: all that is not furniture is taken.
_MOST_STRETCHES = 10_000
_MOST_TEXT = 1_000_000
_MOST_DEPTH = 200
_LONGEST_ATTRIBUTE = 1_000
_MOST_LINKS = 10_000
_MOST_PARTS = 40

# Every stretch of text has a character of its own; icon fonts use these too, which are no text.
_FIRST_MARK, _LAST_MARK = 0xF0000, 0x10FFFD
_MARKS = re.compile(f"[{chr(_FIRST_MARK)}-{chr(_LAST_MARK)}]")
_BODY_CLASS = re.compile(r"(?:^|[\s_-])(?:article|body|content|entry|post|story)(?:$|[\s_-])", re.I)
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\ue000-\uf8ff\U000f0000-\U0010ffff]"
)
_MARKUP = re.compile(
    r"<(?:!doctype\s+html|/?(?:html|head|body|title|article|section|div|p|h[1-6]|a|ul|ol|table|span|pre)\b)",
    re.I,
)
_TAG = re.compile("<[a-zA-Z]")
_META_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.I
)
_XML_CHARSET = re.compile(rb"""^\s*<\?xml[^>]{0,100}encoding\s*=\s*["']([a-zA-Z0-9_:.-]{2,40})""")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Text in one of these is valid ASCII or UTF-8 as well, so what the page declares is asked first.
_HIDDEN_ENCODINGS = ("utf-16", "utf-32", "iso2022", "hz")
# What browsers take these names for.
_ALIASES = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030"}
_NO_ENCODINGS = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf-7", "undefined"}

# Elements that corpus.markup.clean leaves out; old templates put the whole page into one.
_REFUSED = {"form", "nav", "object", "select", "canvas", "audio", "video", "noframes"}
_LIST_PATH = re.compile(
    r"/(?:tags?|category|categories|topics?|authors?|page|archives?|search|label)(?:/[^/]*){0,2}/?$"
)

_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/rdf+xml"}
_ABOUT_COMMENTS = re.compile(r"[ck]omment|comentari|kommentar", re.IGNORECASE)


@dataclass(frozen=True)
class Article:
    """What a page holds beside the furniture of its site.

    ``url`` is the address that the page gives itself, else the one it was found at. ``links`` are
    the addresses that it links to, ``feeds`` those of its feeds; comments are not searched for any.

    ``looks_like_post`` tells a post from a list of posts, a front page and the like. Such pages are
    the ones whose address has no path or that of an archive ("/tag/", "/page/2"), that hold no
    text, or that hold several ``<article>`` with a title that is a link. What remains is a post if
    its data says so (an article's type or date) and, where it says nothing, if it has a date or an
    author and 50 words. ``is_list`` tells that a page is one of the first three.
    """

    title: str
    blocks: tuple[Block, ...]
    author: str | None = None
    published: date | None = None
    updated: date | None = None
    tags: tuple[str, ...] = ()
    url: str | None = None
    links: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    looks_like_post: bool = False
    is_list: bool = False


def read_article(
    content: bytes | str, *, url: str | None = None, charset: str | None = None
) -> Article | None:
    """The article in a web page, or None if ``content`` is no HTML; never an exception.

    ``url`` is where the page was found and ``charset`` what the server said it is written in.
    Text that is valid UTF-8 is read as such whatever is declared. A page that holds no text has no
    blocks. Of a page above MAX_CHARACTERS or MAX_ELEMENTS, the beginning is read.
    """
    url = web_url(url) if url else None
    root = _parse(content if isinstance(content, str) else decode(content, charset))
    if root is None:
        return None
    drop_comments(root)
    about = read_metadata(root, url)
    base = _base(root, url)
    links = tuple(islice(dict.fromkeys(_links(root, base)), _MOST_LINKS))
    feeds = tuple(dict.fromkeys(_feeds(root, base)))
    looks_like_list = _looks_like_list(root, about)
    drop_furniture(root)
    blocks = trimmed(_body(root), about)
    words = sum(len(block.text.split()) for block in blocks)
    is_dated = bool(about.published or about.author)
    return Article(
        title=about.title,
        blocks=blocks,
        author=about.author,
        published=about.published,
        updated=about.updated,
        tags=about.tags,
        url=about.url,
        links=links,
        feeds=feeds,
        is_list=looks_like_list,
        looks_like_post=bool(blocks)
        and not looks_like_list
        and (about.kind == "post" or (about.kind is None and is_dated and words >= 50)),
    )


def decode(content: bytes, charset: str | None = None) -> str:
    """The text of a page: by its byte order mark, as UTF-8, as declared, or as it looks."""
    content = content[: 4 * MAX_CHARACTERS]
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content.decode(encoding, "replace")
    found = _META_CHARSET.search(content[:4096]) or _XML_CHARSET.search(content[:200])
    declared = [charset] if charset else []
    declared += [found[1].decode("ascii")] if found else []
    encodings = [name for name in map(_encoding, declared) if name]
    hidden = [name for name in encodings if name.replace("_", "-").startswith(_HIDDEN_ENCODINGS)]
    for encoding in (*hidden, "utf-8", *encodings):
        try:
            return content.decode(encoding)
        except ValueError:
            continue
    # UTF-8 with a few bad bytes, as a page has whose end is missing or that quotes another.
    text = content.decode("utf-8", "replace")
    letters = sum(character > "\x7f" for character in text[:100_000])
    if text[:100_000].count("\ufffd") * 10 < letters:
        return text
    if "utf-8" in encodings:  # a page that was converted, and not told
        return content.decode("utf-8", LENIENT)
    from trafilatura.utils import detect_encoding

    guesses = [*encodings, *filter(None, map(_encoding, detect_encoding(content[:20_000])))]
    return content.decode(guesses[0], "replace") if guesses else text


def _encoding(name: str) -> str | None:
    """Python's name for a text encoding, or None if it knows none or it is not safe to use."""
    try:
        known = codecs.lookup(name.strip()).name
        "".encode(known)
    except (LookupError, ValueError):
        return None
    return None if known in _NO_ENCODINGS else _ALIASES.get(known, known)


def _parse(text: str) -> etree._Element | None:
    text = _NO_TEXT.sub("", text[:MAX_CHARACTERS])
    if not _MARKUP.search(text):
        return None
    too_many = next(islice(_TAG.finditer(text), MAX_ELEMENTS, None), None)
    if too_many:
        text = text[: too_many.start()]
    parser = lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = lxml_html.document_fromstring(text.encode(), parser=parser)
    except etree.ParserError:
        return None
    for element in root.iter():
        # Character references bring in what the text was cleaned of before.
        if element.text and _NO_TEXT.search(element.text):
            element.text = _NO_TEXT.sub("", element.text)
        if element.tail and _NO_TEXT.search(element.tail):
            element.tail = _NO_TEXT.sub("", element.tail)
        for name in ("class", "id", "style"):
            if len(element.get(name) or "") > _LONGEST_ATTRIBUTE:
                del element.attrib[name]
    return root


@dataclass(frozen=True)
class _Stretch:
    """A stretch of text in the page: the text of an element, or what follows it."""

    element: etree._Element
    is_tail: bool

    @property
    def owner(self) -> etree._Element:
        """The element that holds the text."""
        return self.element.getparent() if self.is_tail else self.element

    @property
    def text(self) -> str:
        return (self.element.tail if self.is_tail else self.element.text) or ""

    def put(self, text: str) -> None:
        if self.is_tail:
            self.element.tail = text
        else:
            self.element.text = text


def _stretches(root: etree._Element) -> list[_Stretch]:
    """Every stretch of text that a reader sees, in the order of the page."""
    found = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            if element.tail and not element.tail.isspace() and element is not root:
                found.append(_Stretch(element, True))
        elif element.tag not in NOT_SHOWN and element.text and not element.text.isspace():
            found.append(_Stretch(element, False))
    return found


def _body(root: etree._Element) -> tuple[Block, ...]:
    stretches = _stretches(root)
    length = sum(len(stretch.text) for stretch in stretches)
    if len(stretches) > _MOST_STRETCHES or length > _MOST_TEXT or _is_deep(root):
        return html_blocks(etree.tostring(root, encoding="unicode", method="html"))
    for number, stretch in enumerate(stretches):
        text = stretch.text
        lead = len(text) - len(text.lstrip())
        stretch.put(f"{text[:lead]}{chr(_FIRST_MARK + number)}{text[lead:]}")
    found = _main_text(root)
    kept = {ord(mark) - _FIRST_MARK for mark in _MARKS.findall(found)}
    if (joined := _joined(stretches, kept)) is not None:
        kept |= {ord(mark) - _FIRST_MARK for mark in _MARKS.findall(_main_text(joined))}
    for stretch in stretches:
        stretch.put(_MARKS.sub("", stretch.text))
    if not kept:
        lines = map(plain, found.splitlines())
        return tuple(Block("paragraph", line) for line in lines if line)
    kept |= _video_captions(stretches, kept)
    for number, stretch in enumerate(stretches):
        if number not in kept:
            stretch.put(" ")
            continue
        for holder in (stretch.owner, *stretch.owner.iterancestors()):
            if holder.tag in _REFUSED:
                holder.tag = "div"
    drop_calls(root)
    return html_blocks(etree.tostring(root, encoding="unicode", method="html"))


def _joined(stretches: list[_Stretch], kept: set[int]) -> etree._Element | None:
    """A copy of the page with its body in one place, where a template parts it by rows; else None.

    trafilatura takes one of the parts, the one with the longest of the ``kept`` stretches.
    """
    longest = max(kept, key=lambda number: len(stretches[number].text), default=None)
    if longest is None:
        return None
    holders = [stretches[longest].owner, *stretches[longest].owner.iterancestors()]
    body = next((one for one in holders if _BODY_CLASS.search(one.get("class") or "")), None)
    home = next(body.iterancestors("article", "main"), None) if body is not None else None
    if body is None or home is None:
        return None
    alike = (part for part in home.iter(body.tag) if part.get("class") == body.get("class"))
    parts = [one for one in islice(alike, _MOST_PARTS) if one is body or continues(one, body)]
    if len(parts) < 2:
        return None
    page = copy.deepcopy(holders[-1])
    twins = dict(zip(holders[-1].iter(), page.iter(), strict=True))
    for part in parts[1:]:
        twins[parts[0]].extend(list(twins[part]))
    return page


def _video_captions(stretches: list[_Stretch], kept: set[int]) -> set[int]:
    """The captions of embedded videos beside text of the body; trafilatura drops every figure."""
    beside = {stretches[number].owner.getparent() for number in kept}
    beside |= {stretches[number].owner for number in kept}
    captions = set()
    for number, stretch in enumerate(stretches):
        caption = next(stretch.element.iterancestors("figcaption"), stretch.owner)
        figure = next(caption.iterancestors("figure"), None)
        if (
            caption.tag == "figcaption"
            and figure is not None
            and figure.getparent() in beside
            and next(figure.iter("iframe", "video", "embed", "object"), None) is not None
        ):
            captions.add(number)
    return captions


def _is_deep(root: etree._Element) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _MOST_DEPTH:
            return True
    return False


def _main_text(root: etree._Element) -> str:
    """What trafilatura takes for the body of the page."""
    from trafilatura.core import bare_extraction
    from trafilatura.settings import Document

    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    found = ""
    # Where its own rules find no body, its fallbacks do better than all the text of the page.
    for fast in (True, False):
        page = copy.deepcopy(root)
        document = bare_extraction(page, include_comments=False, with_metadata=False, fast=fast)
        if not isinstance(document, Document):
            continue
        marked = "".join(document.body.itertext())
        if _MARKS.search(marked):
            return marked
        # Text that it took from structured data has no marks, but is parted into lines.
        found = found or document.text or ""
    return found


def _looks_like_list(root: etree._Element, about: Metadata) -> bool:
    path = urlsplit(about.url).path.lower() if about.url else "/post"
    if path in {"", "/"} or _LIST_PATH.search(path):
        return True
    teasers = [article for article in root.iter("article") if links_its_title(article)]
    return about.kind == "list" or (len(teasers) > 1 and next(root.iter("h1"), None) is None)


def _base(root: etree._Element, url: str | None) -> str | None:
    hrefs = (element.get("href") for element in root.iter("base"))
    return next((_join(url, href) for href in hrefs if href), None) or url


def _join(base: str | None, href: str) -> str | None:
    try:
        return web_url(urldefrag(urljoin(base or "", href.strip()))[0])
    except ValueError:
        return None


def _links(root: etree._Element, base: str | None) -> Iterator[str]:
    found = (_join(base, link.get("href")) for link in root.iter("a", "area") if link.get("href"))
    return (address for address in found if address)


def _feeds(root: etree._Element, base: str | None) -> Iterator[str]:
    for link in root.iter("link"):
        is_feed = (link.get("type") or "").strip().lower() in _FEED_TYPES
        if not is_feed or "alternate" not in (link.get("rel") or "").lower().split():
            continue
        address = _join(base, link.get("href") or "")
        # A feed of comments holds the names of commenters.
        said = f"{link.get('title') or ''} {urlsplit(address).path if address else ''}"
        if address and not _ABOUT_COMMENTS.search(said):
            yield address
