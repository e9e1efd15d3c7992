"""The nouns of an archive: sources, posts, their blocks, and passages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

BlockKind = Literal["heading", "paragraph", "item", "quote", "code"]
SourceKind = Literal["markdown", "blogger", "text"]


class Span(NamedTuple):
    """A half-open range of characters: ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One structural piece of a post, its markup gone: ``text`` is what a reader sees.

    ``level`` is 1 to 6 for a heading, the depth from 1 for a list item, else 0. ``marker`` is what
    stands before a list item ("-" or "3."); it is not part of the text, as it is not part of the
    text of a web page.
    """

    kind: BlockKind
    text: str
    level: int = 0
    marker: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where posts come from.

    ``location`` is an absolute path. A *full* source says everything there is, so a post missing
    from it has been removed; any other only adds.
    """

    id: str
    kind: SourceKind
    location: str
    full: bool = True


@dataclass(frozen=True)
class Post:
    """A published post. ``place`` says where in its source it was found (a file, an entry's id)."""

    id: str
    source: str
    place: str
    title: str
    blocks: tuple[Block, ...]
    url: str | None = None
    author: str | None = None
    published: date | None = None
    updated: date | None = None
    tags: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """All blocks joined; passages and quotes are character spans of this text."""
        return "".join(lead + block.text for lead, block in _with_breaks(self.blocks))

    @cached_property
    def block_spans(self) -> tuple[Span, ...]:
        """The span of each block in :attr:`text`."""
        spans = []
        position = 0
        for lead, block in _with_breaks(self.blocks):
            start = position + len(lead)
            position = start + len(block.text)
            spans.append(Span(start, position))
        return tuple(spans)

    @cached_property
    def content_hash(self) -> str:
        """Hex SHA-256 of everything a reader could notice; equal hashes mean nothing changed."""
        content = [
            self.title,
            self.url,
            self.author,
            self.published and self.published.isoformat(),
            self.updated and self.updated.isoformat(),
            self.tags,
            pack_blocks(self.blocks),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _with_breaks(blocks: tuple[Block, ...]) -> Iterator[tuple[str, Block]]:
    """Each block with the white space before it: items of a list stand on lines of their own."""
    previous: Block | None = None
    for block in blocks:
        if previous is None:
            lead = ""
        elif previous.kind == block.kind == "item":
            lead = "\n"
        else:
            lead = "\n\n"
        yield lead, block
        previous = block


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in a source that did not become a post, and why.

    ``unreadable`` says that nobody knows what stands there (a file that cannot be read): a post
    that came from the same place before is kept. A draft, by contrast, is left out on purpose.
    """

    place: str
    reason: str
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a post under one heading, small enough to encode whole.

    ``start`` and ``end`` are the span in the post's text; ``sentences`` are spans within ``text``,
    in order, without overlap.
    """

    id: str
    post_id: str
    ordinal: int
    text: str
    heading_path: tuple[str, ...]
    start: int
    end: int
    sentences: tuple[Span, ...]


def pack_blocks(blocks: tuple[Block, ...]) -> list[tuple[str, str, int, str]]:
    """Blocks as plain values that JSON can hold; :func:`unpack_blocks` takes them back."""
    return [(block.kind, block.text, block.level, block.marker) for block in blocks]


def unpack_blocks(packed: list[tuple[BlockKind, str, int, str]]) -> tuple[Block, ...]:
    """The blocks that :func:`pack_blocks` packed."""
    return tuple(Block(*values) for values in packed)
