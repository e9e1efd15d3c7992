"""The classic Blogger export: one Atom file with posts, pages, comments and settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree  # type: ignore[import-untyped]

from corpus.clean import html_blocks, opening, plain
from corpus.dates import parse_date
from corpus.errors import SourceError
from corpus.identity import post_id, web_url
from corpus.types import Post, Skipped, Source

_ATOM = "{http://www.w3.org/2005/Atom}"
_KIND_SCHEME = "http://schemas.google.com/g/2005#kind"
_TAG_SCHEME = "http://www.blogger.com/atom/ns#"
_XML_DECLARATION = re.compile(r"^\s*\ufeff?\s*<\?xml[^>]*\?>")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_XML = re.compile(
    rf"(?P<cdata><!\[CDATA\[.*?\]\]>)|{_CONTROL.pattern}"
    r"|&#(?P<number>[0-9]{1,9}|[xX][0-9a-fA-F]{1,8});|(?P<ampersand>&(?!(?:amp|lt|gt|quot|apos);))",
    re.DOTALL,
)
_EMAIL = re.compile(r"\S+@\S+")
_EXPORT_HINT = (
    "A classic Blogger export is an Atom file (.xml) whose entries name their kind; the feed.atom"
    " of Google Takeout does not and cannot be read."
)


def read(source: Source) -> Iterator[Post | Skipped]:
    """The posts of the export file at ``source.location``, sorted by entry id; drafts are skipped.

    Comments, pages, templates and settings are left out. SourceError if the file is no such export,
    is damaged beyond what Blogger itself gets wrong, or holds no post.
    """
    entries = _entries(Path(source.location))
    posts = [entry for entry in entries if _kind(entry) == "post"]
    if not posts:
        raise SourceError(f"{source.location}: the export holds no posts.", _EXPORT_HINT)
    found = [_read_entry(entry, source, number) for number, entry in enumerate(posts, start=1)]
    yield from sorted(found, key=lambda post: post.place)


def _entries(path: Path) -> list[etree._Element]:
    try:
        text = path.read_bytes().decode(errors="replace")
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}).", _EXPORT_HINT) from error
    # recover because exports do not bind the prefix app:. No entity is expanded, nothing fetched.
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        feed = etree.fromstring(_mended(text).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(f"{path}: is not XML ({error.msg}).", _EXPORT_HINT) from error
    if feed is None or feed.tag != f"{_ATOM}feed":
        raise SourceError(f"{path}: is not a Blogger export.", _EXPORT_HINT)
    for fault in parser.error_log:
        # Behind a fatal error, recovering loses every "&lt;" and with it the markup of all posts.
        if fault.level_name == "FATAL":
            raise SourceError(
                f"{path}: damaged at line {fault.line} ({fault.message.strip()}).",
                "Download the export again, or mend that line.",
            )
    entries = list(feed.iter(f"{_ATOM}entry"))
    if not any(_kind(entry) for entry in entries):
        raise SourceError(f"{path}: no entry names its kind.", _EXPORT_HINT)
    return entries


def _mended(text: str) -> str:
    """``text`` without what XML cannot hold: characters, references to them, unknown entities."""
    return _NOT_XML.sub(_mended_piece, _XML_DECLARATION.sub("", text))


def _mended_piece(piece: re.Match[str]) -> str:
    if piece["cdata"]:
        return _CONTROL.sub("", piece[0])
    if piece["number"]:
        digits = piece["number"].lower()
        code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
        return piece[0] if _is_xml_character(code) else ""
    return "&amp;" if piece["ampersand"] else ""


def _is_xml_character(code: int) -> bool:
    """Whether XML 1.0 allows the character (section 2.2, Char)."""
    return code in {0x9, 0xA, 0xD} or (
        0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF and code not in {0xFFFE, 0xFFFF}
    )


def _read_entry(entry: etree._Element, source: Source, number: int) -> Post | Skipped:
    url = _url(entry)
    place = plain(_text(entry, "id")) or url or f"post {number}"
    if _is_draft(entry):
        return Skipped(place, "is a draft")
    blocks = html_blocks(_content(entry))
    if not blocks:
        return Skipped(place, "no text")
    author = plain(_text(entry.find(f"{_ATOM}author"), "name"))
    return Post(
        id=post_id(url=url, source=source.id, place=place),
        source=source.id,
        place=place,
        title=plain(_text(entry, "title")) or opening(" ".join(block.text for block in blocks)),
        blocks=blocks,
        url=url,
        # Without a profile name, Blogger may show the address of the account.
        author=None if _EMAIL.search(author) else author or None,
        published=parse_date(_text(entry, "published")),
        updated=parse_date(_text(entry, "updated")),
        tags=_tags(entry),
    )


def _kind(entry: etree._Element) -> str:
    for term in _terms(entry, _KIND_SCHEME):
        return term.rpartition("#")[2]
    return ""


def _tags(entry: etree._Element) -> tuple[str, ...]:
    tags = (plain(term).lower() for term in _terms(entry, _TAG_SCHEME))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _terms(entry: etree._Element, scheme: str) -> list[str]:
    return [
        category.get("term", "")
        for category in entry.findall(f"{_ATOM}category")
        if category.get("scheme") == scheme
    ]


def _is_draft(entry: etree._Element) -> bool:
    # With the prefix unbound, "app:draft" is the whole name.
    marks = entry.xpath(
        "*[local-name()='control' or local-name()='app:control']"
        "/*[local-name()='draft' or local-name()='app:draft']"
    )
    return any(plain("".join(mark.itertext())).lower() == "yes" for mark in marks)


def _url(entry: etree._Element) -> str | None:
    for link in entry.findall(f"{_ATOM}link"):
        if link.get("rel") == "alternate" and (url := web_url(link.get("href", ""))):
            return url
    return None


def _content(entry: etree._Element) -> str:
    content = entry.find(f"{_ATOM}content")
    if content is None:
        return ""
    if len(content) and content.get("type") == "xhtml":
        return "".join(etree.tostring(child, encoding="unicode") for child in content)
    return "".join(content.itertext())


def _text(element: etree._Element | None, name: str) -> str:
    child = None if element is None else element.find(f"{_ATOM}{name}")
    return "" if child is None else "".join(child.itertext())
