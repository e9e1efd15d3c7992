"""Markup to blocks: what a reader of the page sees, piece by piece."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field, replace
from functools import cache

from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from corpus.types import Block


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


# Never seen by a reader, or furniture of the page rather than text of the post.
_DROPPED = _tags(
    "audio canvas datalist embed form head iframe nav noembed noframes noscript object script"
    " select style svg template textarea title video xml"
)
# These take up room on the page: the words before and after do not touch.
_GAPS = _tags("audio canvas embed form iframe img nav object select svg textarea video")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = _tags("ul ol menu dir")
_CELLS = _tags("td th")
# The edges of these part blocks everywhere but in a table row or <pre> ...
_HARD = _LISTS | {*_HEADINGS} | _tags("blockquote body caption dd dl dt hr html li pre table tr")
# ... and of these only where no list item or heading holds the paragraph.
_SOFT = _CELLS | _tags(
    "address article aside center details dialog div fieldset figcaption figure footer header"
    " hgroup legend main p section summary tbody tfoot thead"
)
_LAYOUT = (*_HEADINGS, *_LISTS, "blockquote", "pre", "table", "tr")

# Zero-width joiners hold letters and emoji of other scripts together; beside ASCII they are dirt.
_INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]"
    "|[\u200c\u200d]+(?=[\x00-\x7f]|$)|(?<![^\x00-\x7f])[\u200c\u200d]+"
)
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# libxml2 loses what follows </body>; in a fragment these tags say nothing.
_PAGE_TAGS = re.compile(r"</?(?:html|body)\b[^<>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
# What CommonMark leaves standing where an author slipped: "**bold: **", "[## Sign up](...)",
# addresses with a space in them, Markdown inside an HTML block.
_LOOSE_MARKS = re.compile(r"^#{2,6}\s*|\s*#{2,6}$|(?<!\w)\*{2,3}|\*{2,3}(?!\w)")
_LOOSE_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()]*\)")
_LOOSE_LINK = re.compile(r"\[([^\[\]]+)\]\((?:https?://|mailto:)[^()]*\)")


def plain(text: str) -> str:
    """``text`` on one line: white space collapsed, invisible and control characters gone."""
    return " ".join(_visible(text).split())


def opening(text: str, limit: int = 70) -> str:
    """The first words of ``text`` as a title: at most ``limit`` characters, ellipsis included."""
    line = plain(text)
    if len(line) <= limit:
        return line
    head, space, _ = line[:limit].rpartition(" ")
    words = (head if space else line[: limit - 1]).rstrip(" ,;:.!?-–—")
    return (words or line[: limit - 1]) + "…"


def markdown_blocks(markdown: str) -> tuple[Block, ...]:
    """The blocks of a CommonMark text that may hold tables, strikethrough and HTML.

    Marks that CommonMark would leave in the text because their author slipped are taken out.
    """
    blocks = html_blocks(_markdown().render(_NO_TEXT.sub("", markdown)))
    mended = (block if block.kind == "code" else _without_loose_links(block) for block in blocks)
    return tuple(block for block in mended if block.text)


def html_blocks(html: str) -> tuple[Block, ...]:
    """The blocks of an HTML fragment or page, in order; none is empty or has white space around it.

    Any text is accepted; what is malformed is read as leniently as a browser reads it. A list item
    or a heading is one block whatever paragraphs it holds; what follows a list nested in an item is
    an item of the same level without a marker.
    """
    root = _parse(html)
    if root is None:
        return ()
    collector = _Collector()
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        dropped = element.tag in _DROPPED
        if event == "start" and dropped:
            events.skip_subtree()
        elif event == "start":
            collector.start(element)
            collector.add(element.text)
        else:
            if not dropped:
                collector.end(element.tag)
            if element.tag in _GAPS:
                collector.add(" ")
            collector.add(element.tail)
    collector.flush()
    return tuple(collector.blocks)


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    markdown.core.ruler.push("loose_marks", _drop_loose_marks)
    return markdown


def _drop_loose_marks(state: StateCore) -> None:
    for token in state.tokens:
        for child in token.children or ():
            if child.type == "text":
                child.content = _LOOSE_MARKS.sub("", child.content)


def _without_loose_links(block: Block) -> Block:
    text = _LOOSE_LINK.sub(r"\1", _LOOSE_IMAGE.sub("", block.text))
    return block if text == block.text else replace(block, text=plain(text))


def _visible(text: str) -> str:
    return _INVISIBLE.sub("", _NO_TEXT.sub("", text))


def _parse(markup: str) -> etree._Element | None:
    markup = _PAGE_TAGS.sub("", _NO_TEXT.sub("", markup))
    root, whole = _parse_once(markup)
    if not whole:
        # libxml2 loses all that lies below 2,048 levels: keep the text, give up the structure.
        root, _ = _parse_once(_ANY_TAG.sub(_flat, markup))
    return root


def _parse_once(markup: str) -> tuple[etree._Element | None, bool]:
    # A parser of its own, because its error log tells whether this text was read to the end.
    parser = lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = lxml_html.document_fromstring(markup.encode(), parser=parser)
    except etree.ParserError:
        root = None
    return root, all(error.type_name != "ERR_RESOURCE_LIMIT" for error in parser.error_log)


def _flat(tag: re.Match[str]) -> str:
    name = tag[1].lower()
    if name in _DROPPED or name == "br":
        return tag[0]
    return "<hr>" if name in _HARD or name in _SOFT else ""


@dataclass
class _Frame:
    """The nearest open element that decides what block its text belongs to."""

    owner: str
    level: int = 0
    marker: str = ""
    quoted: bool = False
    cells: list[str] = field(default_factory=list)


@dataclass
class _Collector:
    """Gathers text between the tags that part blocks; one frame for every open element."""

    blocks: list[Block] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=lambda: [_Frame("body")])
    numbers: list[int | None] = field(default_factory=list)
    breaks: int = 0

    def add(self, text: str | None) -> None:
        if text:
            self.pieces.append(text)
            if not text.isspace():
                self.breaks = 0

    def start(self, element: etree._Element) -> None:
        tag = element.tag
        self.part(tag)
        frame = self.frames[-1]
        if tag == "br":
            self.line_break(frame)
        elif tag in _LISTS:
            self.numbers.append(_number(element.get("start"), 1) if tag == "ol" else None)
        elif tag == "li":
            level = max(1, len(self.numbers))
            frame = _Frame("item", level, self.marker(element), quoted=frame.quoted)
        elif tag in _HEADINGS:
            frame = _Frame("heading", _HEADINGS[tag], quoted=frame.quoted)
        elif tag == "pre":
            frame = _Frame("code")
        elif tag == "blockquote":
            frame = _Frame("body", quoted=True)
        elif tag == "tr":
            frame = _Frame("row" if _is_data_row(element) else "body", quoted=frame.quoted)
        self.frames.append(frame)

    def end(self, tag: str) -> None:
        self.part(tag)
        self.frames.pop()
        if tag in _LISTS:
            self.numbers.pop()

    def part(self, tag: str) -> None:
        """End what the edge of an element ends: a block, a cell, a line of code, or a word."""
        owner = self.frames[-1].owner
        if tag not in _HARD and tag not in _SOFT:
            return
        if owner == "code" and tag != "pre":
            if self.pieces and not self.pieces[-1].endswith("\n"):
                self.pieces.append("\n")
        elif owner == "row" and tag in _CELLS:
            self.close_cell()
        elif (owner == "row" and tag != "tr") or (owner in {"item", "heading"} and tag in _SOFT):
            self.pieces.append(" ")
        else:
            self.flush()

    def line_break(self, frame: _Frame) -> None:
        self.breaks += 1
        self.pieces.append("\n" if frame.owner == "code" else " ")
        if self.breaks > 1 and frame.owner == "body":
            self.flush()

    def marker(self, item: etree._Element) -> str:
        if not self.numbers or self.numbers[-1] is None:
            return "-"
        number = _number(item.get("value"), self.numbers[-1])
        self.numbers[-1] = number + 1
        return f"{number}."

    def close_cell(self) -> None:
        if cell := plain("".join(self.pieces)):
            self.frames[-1].cells.append(cell)
        self.pieces.clear()

    def flush(self) -> None:
        frame = self.frames[-1]
        if frame.owner == "row":
            self.close_cell()
            text = " | ".join(frame.cells)
            frame.cells.clear()
        elif frame.owner == "code":
            text = _code("".join(self.pieces))
        else:
            text = plain("".join(self.pieces))
        self.pieces.clear()
        if not text:
            return
        if frame.owner == "code":
            self.blocks.append(Block("code", text))
        elif frame.quoted:
            self.blocks.append(Block("quote", text))
        elif frame.owner == "heading":
            self.blocks.append(Block("heading", text, frame.level))
        elif frame.owner == "item":
            self.blocks.append(Block("item", text, frame.level, frame.marker))
            frame.marker = ""
        else:
            self.blocks.append(Block("paragraph", text))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"\s*-?[0-9]{1,9}\s*", text) else default


def _is_data_row(row: etree._Element) -> bool:
    """Whether a row is one line of a table; old templates lay whole pages out in tables."""
    cells = [child for child in row if child.tag in _CELLS]
    return (
        len(cells) > 1
        and next(row.iterdescendants(*_LAYOUT), None) is None
        and all(len(cell.findall("p")) < 2 for cell in cells)
    )


def _code(text: str) -> str:
    lines = [line.rstrip() for line in _visible(text).replace("\xa0", " ").splitlines()]
    return textwrap.dedent("\n".join(lines)).strip()
