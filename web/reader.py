"""A post made ready for the reader's template: blocks grouped, the passage's words marked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Literal

from corpus.markup.rows import cell_spans
from corpus.types import Block, Mark, Passage, Span
from index.types import PostRecord


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that is marked as a whole, or not, and stressed as a whole, or not."""

    text: str
    marked: bool
    strong: bool = False
    em: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list, with the lists nested in it.

    One that ``continues`` the item before it, below a list nested in that, has no mark of its own.
    """

    runs: list[Run]
    lists: list[Group] = field(default_factory=list)
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the runs of each cell. Those of a table are all of the same length."""

    cells: list[list[Run]]
    head: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What becomes one element of the page: a block, all items of a list, all rows of a table."""

    kind: Literal["heading", "paragraph", "quote", "code", "list", "table"]
    runs: list[Run] = field(default_factory=list)
    level: int = 0
    items: list[Item] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    ordered: bool = False
    start: int = 1


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block, and the part of its text that belongs to the passage."""

    block: Block
    marked: Span

    def runs(self, within: Span | None = None) -> list[Run]:
        """The text, or a part of it, cut where marking or stress changes."""
        text, marks = self.block.text, self.block.marks
        first, last = within or Span(0, len(text))
        cuts = {first, last, *self.marked, *(edge for mark in marks for edge in mark[:2])}
        edges = sorted(cut for cut in cuts if first <= cut <= last)
        strong = [mark for mark in marks if mark.kind == "strong"]
        em = [mark for mark in marks if mark.kind == "em"]
        return [
            Run(
                text[start:end],
                self.marked.start <= start < self.marked.end,
                strong=_holds(strong, start),
                em=_holds(em, start),
            )
            for start, end in pairwise(edges)
        ]


def _holds(marks: Sequence[Mark], position: int) -> bool:
    """Whether one of ``marks``, which follow each other, holds the character at ``position``."""
    number = bisect_right(marks, position, key=lambda mark: mark.start)
    return number > 0 and position < marks[number - 1].end


def groups(post: PostRecord, blocks: tuple[Block, ...], passage: Passage | None) -> Iterator[Group]:
    """The page's elements in order, the words of ``passage`` marked."""
    marked = Span(passage.start, passage.end) if passage else Span(0, 0)
    placed = []
    position = 0
    for block in blocks:
        # each block's text stands in the post's text, in order, with only line breaks between
        start = post.text.index(block.text, position)
        position = start + len(block.text)
        first = min(max(marked.start - start, 0), len(block.text))
        last = min(max(marked.end - start, first), len(block.text))
        placed.append(_Placed(block, Span(first, last)))
    for kind, members in groupby(placed, key=lambda each: each.block.kind):
        if kind == "item":
            yield from _lists(list(members))
        elif kind == "row":
            yield from _tables(list(members))
        else:
            for each in members:
                yield Group(kind, each.runs(), each.block.level)


def _lists(members: list[_Placed]) -> list[Group]:
    """One list or more: on its level an item of the other sort starts a new one."""
    outermost: list[Group] = []
    open_lists: list[tuple[int, Group]] = []
    for each in members:
        level, marker = each.block.level, each.block.marker
        ordered = marker[:-1].isdigit()
        while open_lists and open_lists[-1][0] > level:
            open_lists.pop()
        above = open_lists[-1][1] if open_lists else None
        beside = above is not None and open_lists[-1][0] == level
        continues = beside and not marker and bool(above and above.items[-1].lists)
        if above is not None and beside and ordered != above.ordered and not continues:
            open_lists.pop()
            above = open_lists[-1][1] if open_lists else None
            beside = False
        if not beside:
            new = Group("list", ordered=ordered, start=int(marker[:-1]) if ordered else 1)
            (outermost if above is None else above.items[-1].lists).append(new)
            open_lists.append((level, new))
        open_lists[-1][1].items.append(Item(each.runs(), continues=continues))
    return outermost


def _tables(members: list[_Placed]) -> Iterator[Group]:
    """One table or more: a head below rows that are none starts a new one."""
    rows: list[Row] = []
    for each in members:
        row = Row([each.runs(cell) for cell in cell_spans(each.block.text)], each.block.level == 1)
        if row.head and rows and not rows[-1].head:
            yield _table(rows)
            rows = []
        rows.append(row)
    yield _table(rows)


def _table(rows: list[Row]) -> Group:
    columns = max(len(row.cells) for row in rows)
    return Group(
        "table",
        rows=[Row(row.cells + [[]] * (columns - len(row.cells)), row.head) for row in rows],
    )
