"""How posts are best cut into passages: ``python -m bench.passages BLOG QUESTIONS XQUAD``.

Each way of cutting makes an index of its own, of a folder of posts and of XQuAD's paragraphs, which
the judged questions are asked of: what docs/evaluation.md tells of passages and their headers.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import index.making
from bench.judging import Bench, area, asked, changed, holding, mean, searching
from corpus.passages import PassageOptions, TokenCounter, cut_passages
from corpus.sentences import split_sentences
from corpus.types import Passage, Post, Span
from qa.settings import Settings

Cut = Callable[[Post, TokenCounter, PassageOptions], Iterator[tuple[str, Passage]]]

_ROOM = 32  # tokens that a sentence of another passage may take
_LEAD = 48  # and a post's first one
_EVERY = 3  # of XQuAD's 1,190 questions


def titled(
    post: Post, count: TokenCounter, options: PassageOptions, *, title: bool, path: bool
) -> Iterator[tuple[str, Passage]]:
    """Passages under the title, or the headings, or neither."""
    for header, passage in cut_passages(post, count, options):
        lines = header.split("\n")
        yield "\n".join([*lines[: 1 if title else 0], *(lines[1:] if path else [])]), passage


def overlapping(
    post: Post, count: TokenCounter, options: PassageOptions, *, sentences: int
) -> Iterator[tuple[str, Passage]]:
    """Passages that begin with the last sentences of the one before under the same heading.

    The whole is as long as passages are otherwise.
    """
    room = _ROOM * sentences
    smaller = replace(
        options,
        target_tokens=options.target_tokens - room,
        max_tokens=options.max_tokens - room,
    )
    before: Passage | None = None
    for header, passage in cut_passages(post, count, smaller):
        start = passage.start
        if before is not None and before.heading_path == passage.heading_path:
            for span in list(reversed(before.sentences))[:sentences]:
                at = before.start + span.start
                if count(post.text[at : passage.start]) > room:
                    break
                start = at
        before = passage
        yield header, _from(post, passage, start)


def _from(post: Post, passage: Passage, start: int) -> Passage:
    """``passage`` with what stands before it from ``start`` on, in sentences of their own."""
    more = [
        Span(line + at, line + end)
        for line, text in _lines(post.text, start, passage.start)
        for at, end in split_sentences(text)
    ]
    own = [Span(passage.start + at, passage.start + end) for at, end in passage.sentences]
    return replace(
        passage,
        text=post.text[start : passage.end],
        start=start,
        sentences=tuple(Span(at - start, end - start) for at, end in [*more, *own]),
    )


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """The lines between two places of a text that have something in them, with their places."""
    for line in text[start:end].splitlines(keepends=True):
        if line.strip():
            yield start, line.rstrip()
        start += len(line)


def led(post: Post, count: TokenCounter, options: PassageOptions) -> Iterator[tuple[str, Passage]]:
    """Passages under the title, the headings, and the post's first sentence."""
    paragraphs = (block.text for block in post.blocks if block.kind == "paragraph")
    first = next(paragraphs, "")
    lead = next((first[start:end] for start, end in split_sentences(first)), "")
    if count(lead) > _LEAD:
        lead = ""
    smaller = replace(options, max_tokens=options.max_tokens - _LEAD)
    for header, passage in cut_passages(post, count, smaller):
        yield (f"{header}\n{lead}" if lead and passage.start else header), passage


@dataclass(frozen=True)
class Way:
    """One way of cutting."""

    name: str
    tokens: int = 200
    cut: Cut = cut_passages


WAYS = (
    Way("**200 tokens, under title and headings**"),
    Way("the title alone", cut=partial(titled, title=True, path=False)),
    Way("the headings alone", cut=partial(titled, title=False, path=True)),
    Way("neither", cut=partial(titled, title=False, path=False)),
    Way("the post's first sentence, too", cut=led),
    Way("overlapping by a sentence", cut=partial(overlapping, sentences=1)),
    Way("overlapping by two", cut=partial(overlapping, sentences=2)),
    Way("128 tokens", 128),
    Way("230 tokens", 230),
    Way("96 tokens", 96),
    Way("160 tokens", 160),
)


def main() -> None:
    """Print a table in Markdown: how well questions are answered with each way of cutting."""
    blog, questions, encyclopedia = (Path(argument) for argument in sys.argv[1:4])
    sales, xquad = Bench.of(questions, blog), Bench.of(encyclopedia, every=_EVERY)
    print(
        "| passages of | number | single nDCG@5 | S@1 | S@3 | follow-ups nDCG@5 | covered or not, "
        "ROC area | XQuAD, found at once | exact answer marked |\n" + "|---" * 9 + "|"
    )
    with tempfile.TemporaryDirectory() as folder:
        for way in WAYS:
            settings = replace(Settings(), passage_tokens=way.tokens)
            with changed((index.making, "cut_passages", way.cut)):
                row = _figures(sales, xquad, settings, Path(folder) / str(WAYS.index(way)))
            print(f"| {way.name} | {row} |", flush=True)


def _figures(sales: Bench, xquad: Bench, settings: Settings, work: Path) -> str:
    work.mkdir()
    (work / "encoders").symlink_to(work.parent / "encoders")
    (work.parent / "encoders").mkdir(exist_ok=True)
    with sales.home(settings, work) as home, searching(home) as searcher:
        judged, hits = sales.judged, asked(searcher, sales.judged)
        passages = searcher.describe().passages
        figures = [
            mean(judged, hits, "single", "nDCG@5"),
            mean(judged, hits, "single", "Success@1"),
            mean(judged, hits, "single", "Success@3"),
            mean(judged, hits, "followup", "nDCG@5"),
            area(searcher, judged, hits),
        ]
    with xquad.home(settings, work) as home, searching(home) as searcher:
        judged, hits = xquad.judged, asked(searcher, xquad.judged)
        figures += [mean(judged, hits, "single", "Success@1"), holding(judged, hits)]
    shown = (f"{figure:.3f}".removeprefix("0") for figure in figures)
    return " | ".join([f"{passages:,}", *shown])


if __name__ == "__main__":
    main()
