"""Hits made by hand, their scores chosen, and a searcher that finds just these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from corpus.types import Passage, Span
from index.types import Description, Filters, Hit, PostRecord, Query, ScoredSentence


def made_hit(
    *sentences: tuple[str, float],
    post: str = "p",
    ordinal: int = 0,
    url: str | None = None,
    before: str = "",
    score: float = 0.5,
) -> Hit:
    """A hit whose passage is ``sentences`` with a space between them.

    The passage stands in its post after ``before``.
    """
    text = " ".join(words for words, _ in sentences)
    spans = []
    start = 0
    for words, _ in sentences:
        spans.append(Span(start, start + len(words)))
        start += len(words) + 1
    return Hit(
        passage=Passage(
            id=f"{post}.{ordinal}",
            post_id=post,
            ordinal=ordinal,
            text=text,
            heading_path=("Top",),
            start=len(before),
            end=len(before) + len(text),
            sentences=tuple(spans),
        ),
        post=PostRecord(
            id=post,
            place=f"{post}.md",
            title=f"Title of {post}",
            url=url,
            author="Ada Quill",
            published=date(2020, 3, 2),
            tags=("calling",),
            text=before + text,
        ),
        score=score,
        dense=score,
        bm25=0.0,
        sentences=tuple(
            ScoredSentence(span, value) for span, (_, value) in zip(spans, sentences, strict=True)
        ),
    )


@dataclass
class MadeSearcher:
    """A searcher that finds ``hits``, whatever is asked, and keeps what it was asked."""

    hits: Sequence[Hit]
    asked: list[tuple[Query, int, Filters]] = field(default_factory=list)

    def search(self, query: Query, limit: int, filters: Filters) -> list[Hit]:
        """The first ``limit`` of the hits."""
        self.asked.append((query, limit, filters))
        return list(self.hits[:limit])

    def describe(self) -> Description:
        """Made-up figures."""
        return Description("made", "2020-03-02T00:00:00+00:00", "none", 3, 1, 1, 1)

    def close(self) -> None:
        """Nothing to let go of."""
