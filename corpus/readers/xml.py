"""XML read piece by piece in constant memory, mended where exporters get it wrong.

lxml parses; what stands here makes of the bytes that blogs export what it can parse: text of the
declared encoding or, byte by byte, Windows-1252; no character that XML forbids; no entity but the
five of XML, so that none is ever expanded; no document type.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO

from lxml import etree

from corpus.decoding import FORBIDDEN, LENIENT, encoding_of, is_xml_character
from corpus.readers.files import Found
from corpus.types import Skipped

_CHUNK = 2**16
_LONGEST_PROLOG = 2**20
LARGEST_ELEMENT = 50 * 2**20
"""Characters between the ends of two wanted elements: a post of this size is no post."""

_PROLOG = re.compile(
    r"\ufeff?(?>\s+|<!--.*?-->|<\?.*?\?>)*+"
    r"(?:<!DOCTYPE(?>[^>\[\"']+|\"[^\"]*\"|'[^']*')*+"
    r"(?:\[(?><!--.*?-->|[^\]\"'<]+|\"[^\"]*\"|'[^']*'|<(?!!--))*+\]\s*)?>)?+"
    r"(?>\s+|<!--.*?-->|<\?.*?\?>)*+(?=<[^!?])",
    re.DOTALL | re.IGNORECASE,
)
_DOCTYPE = re.compile("<!DOCTYPE", re.IGNORECASE)
_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:#(?P<number>[0-9]{1,9}|[xX][0-9a-fA-F]{1,8});)?"
)
# A chunk may end in the middle of one of these: "&#1114111;", "<![CDATA[", "]]>".
_LONGEST_MARK = 12


def read_elements(file: Found, *names: str) -> Iterator[etree._Element | Skipped]:
    """Every element called one of ``names`` (as lxml writes them, "{*}item"), when it has ended.

    What stands in an element of the same name is a part of that: XHTML may hold an <entry>. An
    element is emptied when the next one is asked for, and so is all before it. Where the file
    is cut off or breaks the rules of XML the last thing yielded is a Skipped that says at which
    line; what was complete before has been yielded.
    """
    # Not lxml's recovery: behind an error it goes on with every "&lt;" of the text lost.
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=names,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    pending = 0
    damage = ""
    ended = _Ended()
    try:
        with file.open() as opened:
            for piece in _mended(opened):
                pending += len(piece)
                parser.feed(piece.encode())
                for element in ended.of(parser.read_events()):
                    pending = 0
                    yield element
                    _forget(element)
                if pending > LARGEST_ELEMENT:
                    damage = f"one entry is larger than {LARGEST_ELEMENT // 2**20} MiB"
                    break
            else:
                parser.close()
    except OSError as error:
        damage = error.strerror or str(error)
    except etree.XMLSyntaxError:
        for element in ended.of(parser.read_events()):
            yield element
            _forget(element)
        # A prefix that is not bound, as in Blogger's own exports, hurts nothing.
        fatal = next((each for each in parser.feed_error_log if each.level_name == "FATAL"), None)
        damage = f"line {fatal.line}: {_said(fatal.message)}" if fatal else ""
    if damage:
        yield Skipped(
            file.place, f"is cut off or damaged ({damage}); what follows is missing", True
        )


class _Ended:
    """Tells which elements have ended that are in no other one of their name."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}

    def of(self, events: Iterator[tuple[str, etree._Element]]) -> Iterator[etree._Element]:
        for event, element in events:
            name = element.tag.rpartition("}")[2]
            depth = self._open.get(name, 0) + (1 if event == "start" else -1)
            self._open[name] = depth
            if depth == 0:
                yield element


def _said(message: str) -> str:
    """What libxml2 says is wrong, without the piece of the file that it may quote behind that."""
    return message.strip().partition("\n")[0].split(", use ")[0]


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and parent[0] is not element:
        del parent[0]


def _mended(file: IO[bytes]) -> Iterator[str]:
    start = file.read(_CHUNK)
    decoder = codecs.getincrementaldecoder(encoding_of(start))(errors=LENIENT)
    text = decoder.decode(start)
    while not (prolog := _PROLOG.match(text)) and len(text) < _LONGEST_PROLOG:
        more = file.read(_CHUNK)
        text += decoder.decode(more, final=not more)
        if not more:
            break
    if prolog is None and (len(text) >= _LONGEST_PROLOG or _DOCTYPE.search(text)):
        raise OSError("what stands before its first element is none of a blog's")
    mender = _Mender()
    head = prolog.end() if prolog else 0
    # As many lines as the prolog had, so that messages name the lines of the file.
    yield "\n" * text.count("\n", 0, head) + mender.mend(text[head:])
    while chunk := file.read(_CHUNK):
        yield mender.mend(decoder.decode(chunk))
    yield mender.mend(decoder.decode(b"", final=True), final=True)


class _Mender:
    """Mends text that comes in chunks; inside CDATA an ampersand is no reference."""

    def __init__(self) -> None:
        self._rest = ""
        self._in_cdata = False

    def mend(self, chunk: str, *, final: bool = False) -> str:
        text = self._rest + chunk
        pieces = []
        position = 0
        while position < len(text):
            mark = "]]>" if self._in_cdata else "<![CDATA["
            found = text.find(mark, position)
            end = found + len(mark) if found >= 0 else len(text)
            if found < 0 and not final:
                end = self._safe_end(text, position)
            piece = FORBIDDEN.sub("", text[position:end])
            if not self._in_cdata:
                piece = _REFERENCE.sub(_reference, piece).replace("]]>", "]]&gt;")
            pieces.append(piece)
            position = end
            if found < 0:
                break
            self._in_cdata = not self._in_cdata
        self._rest = text[position:]
        return "".join(pieces)

    def _safe_end(self, text: str, position: int) -> int:
        """Where no mark can have begun that the next chunk ends."""
        edge = max(position, len(text) - _LONGEST_MARK)
        starts = (text.find(character, edge) for character in ("]" if self._in_cdata else "&<]"))
        return min((start for start in starts if start >= 0), default=len(text))


def _reference(found: re.Match[str]) -> str:
    digits = found["number"]
    if digits is None:
        return "&amp;"
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    return found[0] if is_xml_character(code) else ""
