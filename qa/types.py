"""What a person is given back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.types import Passage, Span
from index.types import Filters, PostRecord, Stages

Status = Literal["answered", "not_covered"]
Confidence = Literal["sure", "partly", "none"]
"""Whether the archive answers, touches on the matter, or does not cover it."""
LineKind = Literal["speech", "question", "step"]
"""Quoted speech, a question to ask, a step to take."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence of the archive, word for word; ``citation`` is the rank of its passage."""

    text: str
    citation: int


@dataclass(frozen=True, slots=True)
class Line:
    """Words of a passage to speak or send, at ``span`` of its text."""

    span: Span
    kind: LineKind


@dataclass(frozen=True, slots=True)
class Why:
    """Why a passage was found: words, scores and ranks.

    ``meaning`` and ``sentence`` are cosines, of the passage and of its best sentence; ``bm25`` is
    0 where no word is shared.
    """

    stages: Stages
    meaning: float
    bm25: float
    sentence: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was searched for, among what, and how sure it is that the archive answers.

    ``asked`` is the question with slips mended, together with the earlier ones if it leans on them.
    A ``confidence`` (0 to 1) below ``least_confidence`` counts as not covered.
    """

    asked: str
    filters: Filters
    confidence: float
    least_confidence: float


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage with what marks it: ``highlights`` are the answering sentences' spans in its text.

    ``say`` are words of it to speak or send, best first. ``link`` opens the source post at the best
    of what is marked; without a public address it is ``reader_link``, which opens the post in the
    local reader. ``why`` is there if it was asked for.
    """

    rank: int
    score: float
    passage: Passage
    post: PostRecord
    highlights: tuple[Span, ...]
    link: str
    reader_link: str
    say: tuple[Line, ...] = ()
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A post near to a question that the archive does not cover."""

    title: str
    link: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the archive says to a question.

    When it is ``not_covered``, the ``confidence`` being ``none``, there is neither short answer nor
    passage, only ``subjects``.
    ``searched_with`` are the earlier questions that a follow-up was taken together with. The
    ``explanation`` is there if it was asked for.
    """

    id: str
    question: str
    status: Status
    confidence: Confidence
    short_answer: tuple[Citation, ...]
    passages: tuple[FoundPassage, ...]
    searched_with: tuple[str, ...]
    subjects: tuple[Subject, ...]
    took_ms: float
    generation: str
    explanation: Explanation | None = None
