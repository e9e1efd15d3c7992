"""Markup to blocks: what a reader of the page sees, piece by piece."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from typing import Literal, NamedTuple

from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from corpus.markup.emphasis import (
    CLOSING,
    OPENING,
    Stress,
    shifted,
    stressed,
    unstressed,
    with_ends,
)
from corpus.markup.rows import cell_text, join_cells
from corpus.markup.trees import is_note_mark
from corpus.markup.words import mended, visible
from corpus.types import Block, Mark


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
_STRESS: dict[str, Stress] = {"strong": "strong", "b": "strong", "em": "em", "i": "em"}
# Google Docs wraps all that is pasted from it in <b style="font-weight:normal">.
_UNSTRESSED = re.compile(r"font-(?:weight|style)\s*:\s*(?:normal|[1-4]00)", re.IGNORECASE)
_NOTED = _tags("a sup")
_VERBATIM = _tags("code kbd samp tt")
_MOST_COLUMNS = 20  # that a cell is believed to span
_LAYOUT = (*_HEADINGS, *_LISTS, "blockquote", "pre", "table", "tr")

# Code points that XML and HTML have no place for, and those that stand for the ends of a stress.
# \x80 to \x9f stay for now: they are what is left of a wrong decoding, and may be mended.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufdd0-\ufdd3\ufffe\uffff]")
# libxml2 loses what follows </body>; in a fragment these tags say nothing.
_PAGE_TAGS = re.compile(r"</?(?:html|body)\b[^<>]*>", re.IGNORECASE)
# HTML gives these no end, but libxml2 takes what follows, the rest of the paragraph, into them.
_ENDLESS_TAGS = re.compile(r"</?(?:embed|bgsound|keygen)\b[^<>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
# What CommonMark leaves standing where an author slipped: "**bold: **", "[## Sign up](...)",
# addresses with a space in them, Markdown inside an HTML block.
_LOOSE_MARKS = re.compile(r"^#{2,6}\s*|(?<!\s)\s*+#{2,6}$|(?<!\w)\*{2,3}|\*{2,3}(?!\w)")
_LOOSE_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()]*\)")
_LOOSE_LINK = re.compile("\\[([^\\[\\]]+)\\]([\ufdd0-\ufdd3]*)\\((?:https?://|mailto:)[^()]*\\)")


def markdown_blocks(markdown: str) -> tuple[Block, ...]:
    """The blocks of a CommonMark text that may hold tables, strikethrough and HTML.

    Marks that CommonMark would leave in the text because their author slipped are taken out.
    """
    blocks = html_blocks(_markdown().render(_NO_TEXT.sub("", markdown)))
    tidy = (block if block.kind == "code" else _without_loose_links(block) for block in blocks)
    return tuple(block for block in tidy if block.text)


def html_blocks(html: str) -> tuple[Block, ...]:
    """The blocks of an HTML fragment or page, in order; none is empty or has white space around it.

    Any text is accepted; what is malformed is read as leniently as a browser reads it. A list item
    or a heading is one block whatever paragraphs it holds; what follows a list nested in an item is
    an item of the same level without a marker. A row of a table of data is a block (see
    :mod:`corpus.markup.rows`), one that lays out the page is read cell by cell. Text that was
    decoded wrongly is mended, except in code. Marks that lead to footnotes are left out.
    """
    root = _parse(html)
    if root is None:
        return ()
    collector = _Collector()
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        dropped = element.tag in _DROPPED or (element.tag in _NOTED and is_note_mark(element))
        if event == "start" and dropped:
            events.skip_subtree()
        elif event == "start":
            collector.start(element)
            collector.add(element.text)
        else:
            if not dropped:
                collector.end(element)
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
    if "](" not in block.text:
        return block
    text = _LOOSE_IMAGE.sub("", with_ends(block.text, block.marks))
    line, marks = stressed(_LOOSE_LINK.sub(r"\1\2", text))
    return block if line == block.text else replace(block, text=line, marks=marks)


def _parse(markup: str) -> etree._Element | None:
    markup = _ENDLESS_TAGS.sub(" ", _PAGE_TAGS.sub("", _NO_TEXT.sub("", markup)))
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


class _Line(NamedTuple):
    """A line of text and what is stressed in it."""

    text: str
    marks: tuple[Mark, ...] = ()


@dataclass
class _Frame:
    """The nearest open element that decides what block its text belongs to."""

    owner: str
    level: int = 0
    marker: str = ""
    quoted: bool = False
    span: int = 1
    cells: list[_Line] = field(default_factory=list)


@dataclass
class _Collector:
    """Gathers text between the tags that part blocks; one frame for every open element."""

    blocks: list[Block] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=lambda: [_Frame("body")])
    numbers: list[int | None] = field(default_factory=list)
    stress: dict[Stress, int] = field(default_factory=lambda: {"strong": 0, "em": 0})
    carried: str = ""  # the stress that was open when the pieces began
    verbatim: int = 0
    breaks: int = 0

    def add(self, text: str | None) -> None:
        if text:
            if not text.isascii():
                text = unstressed(text)  # a character reference may have made such a character
                text = text if self.verbatim else mended(text)
            self.pieces.append(text)
            if not text.isspace():
                self.breaks = 0

    def start(self, element: etree._Element) -> None:
        tag = element.tag
        self.part(tag)
        frame = self.frames[-1]
        if tag == "br":
            self.line_break(frame)
        elif tag in _STRESS:
            self.stress_from(element, 1)
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
            owner = "row" if _is_data_row(element) else "body"
            frame = _Frame(owner, int(_is_head(element)), quoted=frame.quoted)
        elif tag in _CELLS and frame.owner == "row":
            frame.span = min(max(1, _number(element.get("colspan"), 1)), _MOST_COLUMNS)
        self.verbatim += tag in _VERBATIM or tag == "pre"
        self.frames.append(frame)

    def end(self, element: etree._Element) -> None:
        tag = element.tag
        self.part(tag, ends=True)
        self.frames.pop()
        self.verbatim -= tag in _VERBATIM or tag == "pre"
        if tag in _STRESS:
            self.stress_from(element, -1)
        elif tag in _LISTS:
            self.numbers.pop()

    def part(self, tag: str, ends: bool = False) -> None:
        """End what the edge of an element ends: a block, a cell, a line of code, or a word."""
        owner = self.frames[-1].owner
        if tag not in _HARD and tag not in _SOFT:
            return
        if owner == "code" and tag != "pre":
            if self.pieces and not self.pieces[-1].endswith("\n"):
                self.pieces.append("\n")
        elif owner == "row" and tag in _CELLS:
            self.close_cell(stray=not ends)
        elif (owner == "row" and tag != "tr") or (owner in {"item", "heading"} and tag in _SOFT):
            self.pieces.append(" ")
        else:
            self.flush()

    def line_break(self, frame: _Frame) -> None:
        self.breaks += 1
        self.pieces.append("\n" if frame.owner == "code" else " ")
        if self.breaks > 1 and frame.owner == "body":
            self.flush()

    def stress_from(self, element: etree._Element, step: Literal[1, -1]) -> None:
        """Begin or end a stress; of those within each other only the outermost counts."""
        style = element.get("style")
        if style and _UNSTRESSED.search(style):
            return
        stress = _STRESS[element.tag]
        before = self.stress[stress]
        self.stress[stress] += step
        if self.frames[-1].owner != "code" and not (before and self.stress[stress]):
            self.pieces.append((OPENING if step > 0 else CLOSING)[stress])

    def marker(self, item: etree._Element) -> str:
        if not self.numbers or self.numbers[-1] is None:
            return "-"
        number = _number(item.get("value"), self.numbers[-1])
        self.numbers[-1] = number + 1
        return f"{number}."

    def take(self) -> str:
        """The text gathered so far; what comes next stands under the same stress."""
        text = self.carried + "".join(self.pieces)
        self.pieces.clear()
        self.carried = "".join(OPENING[stress] for stress, depth in self.stress.items() if depth)
        return text

    def close_cell(self, *, stray: bool) -> None:
        """End a cell; text between cells is a ``stray`` one, of which no empty ones are kept."""
        frame = self.frames[-1]
        text, marks = stressed(self.take())
        if text or not stray:
            frame.cells += [_Line(cell_text(text), marks), *[_Line("")] * (frame.span - 1)]
            frame.span = 1

    def flush(self) -> None:
        frame = self.frames[-1]
        if frame.owner == "row":
            self.close_cell(stray=True)
            filled = [cell for cell in frame.cells if cell.text]
            if len(filled) < 2 and (not self.blocks or self.blocks[-1].kind != "row"):
                # A picture beside its caption is laid out in two cells, but is no table.
                frame.owner, frame.cells = "body", filled
            text, marks = _row(frame.cells)
            frame.cells.clear()
        elif frame.owner == "code":
            text, marks = _code(unstressed(self.take())), ()
        else:
            text, marks = stressed(self.take())
        if text:
            self.blocks.append(self.block(frame, text, marks))

    def block(self, frame: _Frame, text: str, marks: tuple[Mark, ...]) -> Block:
        if frame.owner == "code":
            return Block("code", text)
        if frame.quoted:
            return Block("quote", text, marks=marks)
        if frame.owner == "heading":
            part = tuple(mark for mark in marks if mark.end - mark.start < len(text))
            return Block("heading", text, frame.level, marks=part)
        if frame.owner == "item":
            marker, frame.marker = frame.marker, ""
            return Block("item", text, frame.level, marker, marks)
        if frame.owner == "row":
            return Block("row", text, frame.level, marks=marks)
        return Block("paragraph", text, marks=marks)


def _row(cells: list[_Line]) -> _Line:
    """The cells as one line; those that are empty at the end of a row hold no others in place."""
    while cells and not cells[-1].text:
        cells.pop()
    text, starts = join_cells([cell.text for cell in cells])
    marks = (shifted(cell.marks, start) for cell, start in zip(cells, starts, strict=True))
    return _Line(text, tuple(chain.from_iterable(marks)))


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


def _is_head(row: etree._Element) -> bool:
    parent = row.getparent()
    in_head = parent is not None and parent.tag == "thead"
    return in_head or all(child.tag == "th" for child in row if child.tag in _CELLS)


def _code(text: str) -> str:
    lines = [line.rstrip() for line in visible(text).replace("\xa0", " ").splitlines()]
    return textwrap.dedent("\n".join(lines)).strip()
