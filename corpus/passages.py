"""Posts cut into passages: under one heading each, and small enough to be encoded whole.

What is encoded is longer than what is shown: a header of title and headings goes in front, so that
a passage says what it is about. Header and text together stay within the encoder's limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from corpus.sentences import split_sentences
from corpus.types import Block, Passage, Post, Span

TokenCounter = Callable[[str], int]
"""Counts the model tokens of a text, without the special ones around it."""

_SPECIAL_TOKENS = 2  # what a BERT tokenizer puts around a text: [CLS] and [SEP]


@dataclass(frozen=True, slots=True)
class PassageOptions:
    """How large passages may be, in model tokens.

    A passage is closed once the next block would bring it over ``target_tokens``; one shorter than
    ``min_tokens`` at the end of a section joins the passage before it where that stays under
    ``max_tokens``, which counts the header and the special tokens too. ``max_header_tokens`` bounds
    what title and headings may take of it.
    """

    max_tokens: int = 256
    target_tokens: int = 200
    min_tokens: int = 40
    max_header_tokens: int = 64


@dataclass(slots=True)
class _Section:
    """The blocks under one heading, as positions in the post's tuple of blocks."""

    heading_path: tuple[str, ...]
    blocks: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block, or as much of one as fits a passage: sentences in the post's text."""

    sentences: tuple[Span, ...]
    tokens: int
    leads_in: bool  # ends in a colon, or is the head of a table: what follows belongs to it


def passage_header(title: str, heading_path: tuple[str, ...], fits: Callable[[str], bool]) -> str:
    """The text that goes in front of a passage when it is encoded; empty if nothing ``fits``.

    Title and headings on lines of their own; when they are too long the outer headings go first,
    then the end of what is left.
    """
    path = list(heading_path)
    while path and not fits("\n".join([title, *path])):
        path.pop(0)
    words = "\n".join([title, *path]).split(" ")
    while words and not fits(" ".join(words)):
        words.pop()
    return " ".join(words)


def cut_passages(
    post: Post, count_tokens: TokenCounter, options: PassageOptions
) -> Iterator[tuple[str, Passage]]:
    """The passages of ``post`` in order, each with the header to encode it under.

    A passage never crosses a heading. A block too long for one passage is cut between sentences, a
    sentence too long at a space.
    """
    ordinal = 0
    for section in _sections(post.blocks):
        header = passage_header(
            post.title,
            section.heading_path,
            lambda text: count_tokens(text) <= options.max_header_tokens,
        )
        room = options.max_tokens - _SPECIAL_TOKENS - count_tokens(header)
        pieces = _pieces(post, section.blocks, count_tokens, min(room, options.target_tokens))
        for group in _groups(pieces, options, room):
            sentences = [span for piece in group for span in piece.sentences]
            start, end = sentences[0].start, sentences[-1].end
            yield (
                header,
                Passage(
                    id=f"{post.id}.{ordinal}",
                    post_id=post.id,
                    ordinal=ordinal,
                    text=post.text[start:end],
                    heading_path=section.heading_path,
                    start=start,
                    end=end,
                    sentences=tuple(Span(s.start - start, s.end - start) for s in sentences),
                ),
            )
            ordinal += 1


def _sections(blocks: tuple[Block, ...]) -> list[_Section]:
    path: list[Block] = []
    sections = [_Section(())]
    for position, block in enumerate(blocks):
        if block.kind == "heading":
            while path and path[-1].level >= block.level:
                path.pop()
            path.append(block)
            sections.append(_Section(tuple(heading.text for heading in path)))
        else:
            sections[-1].blocks.append(position)
    return [section for section in sections if section.blocks]


def _pieces(
    post: Post, positions: Iterable[int], count_tokens: TokenCounter, room: int
) -> Iterator[_Piece]:
    for position in positions:
        block, span = post.blocks[position], post.block_spans[position]
        sentences: list[Span] = []
        tokens = 0
        for sentence, cost in _short_sentences(block, count_tokens, room):
            if sentences and tokens + cost > room:
                yield _Piece(tuple(sentences), tokens, leads_in=False)
                sentences, tokens = [], 0
            sentences.append(Span(span.start + sentence.start, span.start + sentence.end))
            tokens += cost
        if sentences:
            leads_in = block.text.endswith(":") or (block.kind == "row" and block.level == 1)
            yield _Piece(tuple(sentences), tokens, leads_in)


def _short_sentences(
    block: Block, count_tokens: TokenCounter, room: int
) -> Iterator[tuple[Span, int]]:
    """The sentences of ``block``, or parts of them that have room, each with its tokens."""
    text = block.text
    # A row says something as a whole: "Reply rate | 9 %. Twice last year's" is not two sentences.
    whole = block.kind == "row"
    for span in [Span(0, len(text))] if whole else split_sentences(text):
        yield from _halves(text, span, count_tokens, room)


def _halves(
    text: str, span: Span, count_tokens: TokenCounter, room: int
) -> Iterator[tuple[Span, int]]:
    """``span``, halved at the space nearest its middle until every part has room; their tokens."""
    sentence = text[span.start : span.end]
    tokens = count_tokens(sentence)
    if len(sentence) < 2 or tokens <= room:
        yield span, tokens
        return
    middle = len(sentence) // 2
    before, after = sentence.rfind(" ", 0, middle), sentence.find(" ", middle)
    spaces = [cut for cut in (before, after) if cut > 0]
    cut = min(spaces, key=lambda space: abs(space - middle)) if spaces else middle
    left, right = sentence[:cut].rstrip(), sentence[cut:].lstrip()
    yield from _halves(text, Span(span.start, span.start + len(left)), count_tokens, room)
    yield from _halves(text, Span(span.end - len(right), span.end), count_tokens, room)


def _groups(pieces: Iterable[_Piece], options: PassageOptions, room: int) -> Iterator[list[_Piece]]:
    groups: list[list[_Piece]] = []
    current: list[_Piece] = []
    for piece in pieces:
        if current and _tokens(current) + piece.tokens > min(options.target_tokens, room):
            last = current[-1]
            goes_along = last.leads_in and last.tokens + piece.tokens <= room
            carried = [current.pop()] if goes_along else []
            if current:
                groups.append(current)
            current = carried
        current.append(piece)
    if current:
        short = groups and _tokens(current) < options.min_tokens
        if short and _tokens(groups[-1]) + _tokens(current) <= room:
            groups[-1] += current
        else:
            groups.append(current)
    yield from groups


def _tokens(pieces: Iterable[_Piece]) -> int:
    return sum(piece.tokens for piece in pieces)
