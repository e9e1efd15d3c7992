"""The nouns of an archive: sources, posts, their blocks, and passages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

BlockKind = Literal["heading", "paragraph", "item", "quote", "code", "row"]
SourceKind = Literal[
    "blogger",
    "wordpress",
    "ghost",
    "medium",
    "substack",
    "feed",
    "markdown",
    "html",
    "text",
    "website",
]
"""Every kind of source, each read by the module of the same name in ``corpus/readers/``. What a
source is gets asked in this order: the formats that are easily told come first."""


class Span(NamedTuple):
    """A half-open range of characters: ``text[start:end]``."""

    start: int
    end: int


class Mark(NamedTuple):
    """A stretch of a block's text that its author stressed: ``text[start:end]``."""

    start: int
    end: int
    kind: Literal["strong", "em"]


@dataclass(frozen=True, slots=True)
class Block:
    """One structural piece of a post, its markup gone: ``text`` is what a reader sees.

    ``level`` is 1 to 6 for a heading, the depth from 1 for a list item, 1 for the head of a table,
    else 0. ``marker`` is what stands before a list item ("-" or "3."); it is not part of the text,
    as it is not part of the text of a web page. A row of a table has its cells joined by " | ".
    ``marks`` are in order; they may nest.
    """

    kind: BlockKind
    text: str
    level: int = 0
    marker: str = ""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where posts come from, and what the user said about it.

    ``location`` is an absolute path or a web address. A *full* source says everything there is, so
    a post missing from it has been removed; any other only adds. ``base_url`` is the address of the
    blog, for sources that don't tell it; ``include_pages`` takes pages for posts where the source
    tells them apart.
    """

    id: str
    kind: SourceKind
    location: str
    full: bool = True
    base_url: str | None = None
    include_pages: bool = False

    @property
    def is_online(self) -> bool:
        """Whether the location is a web address."""
        return self.location.startswith(("http://", "https://"))


class Known(NamedTuple):
    """A post as the archive has it from one place: its id, and its origin (see :class:`Post`)."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How far reading a source may go; what is about the web counts for sources that are online.

    ``pages_folder`` is where what was fetched is remembered, so that the next import asks only for
    what is new; without it nothing is. ``known_places`` are those of the source's posts in the
    archive: what is online is asked for again, also where nothing names it any more, and what has
    the same origin as before is not read again. ``on_place`` is told every place as its turn comes.
    """

    allow_private: bool = False
    requests_per_second: float = 2.0
    concurrency: int = 2
    timeout_s: float = 30.0
    page_mb: int = 10
    redirects: int = 5
    max_pages: int = 10_000
    pages_folder: Path | None = None
    known_places: Mapping[str, Known] = field(default_factory=dict)
    on_place: Callable[[str], None] = lambda place: None


@dataclass(frozen=True)
class Post:
    """A published post. ``place`` says where in its source it was found (a file, an entry's id).

    ``origin`` is a digest of all that the post was made of: what has the same origin again is the
    same post. It is "" where that cannot be told without making the post.
    """

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
    origin: str = field(default="", compare=False)

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
    def packed(self) -> str:
        """The blocks as JSON, of what :func:`pack_blocks` makes of them."""
        return json.dumps(pack_blocks(self.blocks))

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
        elif previous.kind == block.kind and block.kind in {"item", "row"}:
            lead = "\n"
        else:
            lead = "\n\n"
        yield lead, block
        previous = block


@dataclass(frozen=True, slots=True)
class Unchanged:
    """What would be the post that the archive has from this place, and so was not read again."""

    place: str
    id: str
    origin: str


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
class Scheduled(Skipped):
    """What will be a post when its day has come, though nothing of its source's file changes."""


Reading = Post | Unchanged | Skipped
"""What a reader yields."""


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


PackedBlock = tuple[BlockKind, str, int, str, Sequence[tuple[int, int, Literal["strong", "em"]]]]


def pack_blocks(blocks: tuple[Block, ...]) -> list[PackedBlock]:
    """Blocks as plain values that JSON can hold; :func:`unpack_blocks` takes them back."""
    return [(block.kind, block.text, block.level, block.marker, block.marks) for block in blocks]


def unpack_blocks(packed: list[PackedBlock]) -> tuple[Block, ...]:
    """The blocks that :func:`pack_blocks` packed."""
    return tuple(
        Block(kind, text, level, marker, tuple(Mark(*mark) for mark in marks) if marks else ())
        for kind, text, level, marker, marks in packed
    )
