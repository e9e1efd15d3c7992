"""What a person is given back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.types import Passage, Span
from index.types import PostRecord

Status = Literal["answered", "not_covered"]
Confidence = Literal["sure", "partly", "none"]
"""Whether the archive answers, touches on the matter, or does not cover it."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence of the archive, word for word; ``citation`` is the rank of its passage."""

    text: str
    citation: int


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage with what marks it: ``highlights`` are the answering sentences' spans in its text.

    ``link`` opens the source post at the best of them; without a public address it is
    ``reader_link``, which opens the post in the local reader.
    """

    rank: int
    score: float
    passage: Passage
    post: PostRecord
    highlights: tuple[Span, ...]
    link: str
    reader_link: str


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
    ``searched_with`` are the earlier questions that a follow-up was taken together with.
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
