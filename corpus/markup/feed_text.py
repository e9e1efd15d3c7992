"""The text of a feed as feedparser can take it: decoded, and with nothing that it hangs on."""

from __future__ import annotations

import re

from corpus.decoding import (
    FORBIDDEN,
    codec_of,
    declared_codec,
    is_xml_character,
    marked_encoding,
)
from corpus.readers.files import LARGEST_FILE

_LONGEST_DECLARATION = 800
_DECLARATION = re.compile(
    r"\ufeff?\s*<\?xml([^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"'])?[^>]{0,200}\?>", re.A
)
_OWN_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>"
_REFERENCE = re.compile(r"&#(x[0-9a-f]{1,4000}|[0-9]{1,4000});?", re.I)
# feedparser looks for an e-mail address in a way that takes time by the square of such a word.
_LONG_WORD = re.compile(r"[A-Za-z0-9_.+-]{256}")
_FIRST_TAG = re.compile(r"<[A-Za-z_]")
_ENTITY = re.compile(r"<!ENTITY\s+\w+\s+[\"']([^\"']*)")
_LONGEST_PROLOG = 2**15
# What feedparser takes time over by the square of the number, and how many no feed has.
_MOST_TAGS = 1_000
_MOST_NESTED = 50
_TAG_OF_ENTRY = re.compile(r"<(?:[\w.-]{1,40}:)?(?:category|subject|keywords)[\s>]", re.I)
_MANY_ATTRIBUTES = re.compile(
    r"<[a-z][\w:.-]{0,80}(?>\s+[\w:.-]{1,80}\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')){500}", re.I
)
_SPACE = re.compile(r"\s+")

ENTRY_EDGE = re.compile(r"<(/?)(?:[\w.-]{1,40}:)?(?:item|entry)[\s>/]", re.I)
"""Where an entry begins or ends; its first group is "/" at an end."""


def feed_text(content: bytes, charset: str | None = None) -> str:
    """``content`` as text that declares itself UTF-8; ``charset`` is what the server said.

    Characters that XML forbids are gone, and so is a document type that is too long, or whose
    entities would grow beyond what a feed may hold.
    """
    return _tamed(_decoded(content, charset))


def hostile(text: str) -> str:
    """Why feedparser would take hours over ``text``, which no blog would write; '' if it won't."""
    nested = 0
    position = 0
    for edge in ENTRY_EDGE.finditer(text):
        if len(_TAG_OF_ENTRY.findall(text, position, edge.start())) > _MOST_TAGS:
            return f"has an entry with more than {_MOST_TAGS:,} tags"
        nested = max(0, nested - 1) if edge[1] else nested + 1
        if nested > _MOST_NESTED:
            return f"has entries within entries, {_MOST_NESTED} deep"
        position = edge.end()
    return "has an element with 500 attributes" if _MANY_ATTRIBUTES.search(text) else ""


def _decoded(content: bytes, charset: str | None) -> str:
    """The text of a feed: by what the server says, its declaration or its first bytes.

    The order is feedparser's, which follows RFC 7303 where it can. Done here because a declaration
    may name a codec that hangs on long input, and because feedparser's search for it can be made
    to take hours.
    """
    start = marked_encoding(content)
    head = content[:_LONGEST_DECLARATION].decode(start or "latin-1", "replace")
    found = _DECLARATION.match(head)
    declared = declared_codec(found[2]) if found and found[2] else ""
    for codec in (codec_of(charset or ""), declared, start, "utf-8", "cp1252"):
        if codec:
            try:
                return content.decode(codec)
            except UnicodeError:
                continue
    return content.decode("latin-1")


def _tamed(text: str) -> str:
    """``text`` with one declaration of its own and nothing that XML forbids or hangs on."""
    text = FORBIDDEN.sub("", text.lstrip("\ufeff"))
    text = _REFERENCE.sub(_reference, _LONG_WORD.sub(r"\g<0>\n", text))
    root = _FIRST_TAG.search(text)
    prolog = text[: root.start()] if root else ""
    entities = _ENTITY.findall(prolog)
    # feedparser's search in the prolog takes time by its square, and entities may be a bomb.
    if (
        len(prolog) > _LONGEST_PROLOG
        or text.count("&") * max(map(len, entities), default=0) > LARGEST_FILE
    ):
        prolog = ""
    prolog = _SPACE.sub(_one_space, _DECLARATION.sub("", prolog.lstrip()))
    return f"{_OWN_DECLARATION}\n{prolog}{text[root.start() :] if root else text}"


def _one_space(space: re.Match[str]) -> str:
    return "\n" if "\n" in space[0] else " "


def _reference(found: re.Match[str]) -> str:
    digits = found[1].lower()
    code = int(digits[1:], 16) if digits[0] == "x" else int(digits)
    return found[0] if is_xml_character(code) else ""
