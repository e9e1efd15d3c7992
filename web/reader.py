"""A post made ready for the reader's template: blocks grouped, the passage's words marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from corpus.types import Block, Passage, Span
from index.types import PostRecord


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that is marked as a whole, or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list; ``level`` is its depth from 1."""

    runs: list[Run]
    level: int


@dataclass(frozen=True, slots=True)
class Group:
    """What becomes one element of the page: a block, or all items of a list."""

    kind: Literal["heading", "paragraph", "quote", "code", "list"]
    runs: list[Run] = field(default_factory=list)
    level: int = 0
    items: list[Item] = field(default_factory=list)
    ordered: bool = False
    start: int = 1


def groups(post: PostRecord, blocks: tuple[Block, ...], passage: Passage | None) -> Iterator[Group]:
    """The page's elements in order, the words of ``passage`` marked."""
    marked = Span(passage.start, passage.end) if passage else Span(0, 0)
    placed = []
    position = 0
    for block in blocks:
        # each block's text stands in the post's text, in order, with only line breaks between
        start = post.text.index(block.text, position)
        position = start + len(block.text)
        placed.append((block, list(_runs(block.text, start, marked))))
    for kind, members in groupby(placed, key=lambda each: each[0].kind):
        if kind == "item":
            yield from _lists(list(members))
        else:
            for block, runs in members:
                yield Group(kind, runs, block.level)


def _lists(members: list[tuple[Block, list[Run]]]) -> Iterator[Group]:
    """One list or more: an outermost item of the other sort starts a new one."""
    current: Group | None = None
    for block, runs in members:
        ordered = block.marker[:-1].isdigit()
        if current is None or (block.level <= 1 and ordered != current.ordered):
            if current is not None:
                yield current
            start = int(block.marker[:-1]) if ordered else 1
            current = Group("list", ordered=ordered, start=start)
        current.items.append(Item(runs, block.level))
    if current is not None:
        yield current


def _runs(text: str, start: int, marked: Span) -> Iterator[Run]:
    """``text``, which begins at ``start`` of the post's text, cut where the marking changes."""
    first = min(max(marked.start - start, 0), len(text))
    last = min(max(marked.end - start, first), len(text))
    for part, is_marked in ((text[:first], False), (text[first:last], True), (text[last:], False)):
        if part:
            yield Run(part, is_marked)
