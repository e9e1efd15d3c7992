"""What people asked, whether it was answered, and what they said of the answers.

Behind one small interface, so that another database can take SQLite's place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol, Self

from qa.errors import FeedbackOff
from qa.types import Answer, Confidence, Status

if TYPE_CHECKING:
    from qa.settings import Settings

Opinion = Literal["helpful", "not_helpful"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what became of it; ``at`` is when it was answered (with a time zone).

    ``history`` are the earlier questions that were sent along, ``searched_with`` those of them that
    it was taken together with, ``passages`` the ids of what was shown, best first.
    """

    id: str
    question: str
    history: tuple[str, ...]
    searched_with: tuple[str, ...]
    status: Status
    confidence: Confidence
    passages: tuple[str, ...]
    generation: str
    at: datetime

    @classmethod
    def of(cls, answer: Answer, history: tuple[str, ...], at: datetime) -> Self:
        """What is kept of ``answer``, which was given ``at`` a time."""
        return cls(
            id=answer.id,
            question=answer.question,
            history=history,
            searched_with=answer.searched_with,
            status=answer.status,
            confidence=answer.confidence,
            passages=tuple(found.passage.id for found in answer.passages),
            generation=answer.generation,
            at=at,
        )


@dataclass(frozen=True, slots=True)
class Feedback:
    """Whether an answer, or one passage of it, helped. ``by`` tells people apart, if they are."""

    answer_id: str
    passage_id: str | None
    verdict: Opinion
    reason: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """Feedback with the question that it is about."""

    question: str
    searched_with: tuple[str, ...]
    feedback: Feedback


@dataclass(frozen=True, slots=True)
class Frequent:
    """A question, in the words that it was last asked in, and how often it was asked."""

    question: str
    searched_with: tuple[str, ...]
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """What a keeper of an archive learns from: verdicts, and the questions behind them."""

    judged: list[Judged]
    missed: list[Frequent]
    answered: list[Frequent]


class Record(Protocol):
    """Where questions and feedback are kept; every implementation passes the same contract test.

    All methods are safe to call from several threads, several processes at once. All but
    :meth:`keep` raise RecordError if the record cannot be read or written.
    """

    def keep(self, asked: Asked) -> None:
        """Take in what was asked. Never raises: what cannot be kept is logged, the first time."""

    def judge(self, feedback: Feedback) -> None:
        """Take in what somebody thinks, in the place of what they thought before of the same.

        Raises UnknownAnswer, UnknownPassage.
        """

    def withdraw(self, answer_id: str, passage_id: str | None, by: str) -> None:
        """Forget what somebody thinks, if anything was said. Raises UnknownAnswer."""

    def earlier(self, typed: str, limit: int) -> list[str]:
        """Answered questions that stand alone and begin as ``typed``, the most asked first."""

    def answered(self, limit: int) -> list[Frequent]:
        """Questions that stand alone and were answered when last asked, the most asked first."""

    def missed(self, limit: int) -> list[Frequent]:
        """Questions that the archive did not cover when last asked, the most asked first."""

    def judged(self, limit: int) -> list[Judged]:
        """What people thought, the newest first."""

    def forget(self, before: datetime) -> int:
        """Remove what was asked earlier, with its feedback; says how many questions those were."""

    def close(self) -> None:
        """Let go of files."""


class NoRecord:
    """A record that keeps nothing, for those who want it so."""

    def keep(self, asked: Asked) -> None:
        """Nothing is kept."""

    def judge(self, feedback: Feedback) -> None:
        """Raises FeedbackOff."""
        raise _off()

    def withdraw(self, answer_id: str, passage_id: str | None, by: str) -> None:
        """Raises FeedbackOff."""
        raise _off()

    def earlier(self, typed: str, limit: int) -> list[str]:
        """None."""
        return []

    def answered(self, limit: int) -> list[Frequent]:
        """None."""
        return []

    def missed(self, limit: int) -> list[Frequent]:
        """None."""
        return []

    def judged(self, limit: int) -> list[Judged]:
        """None."""
        return []

    def forget(self, before: datetime) -> int:
        """Nothing is there to forget."""
        return 0

    def close(self) -> None:
        """Nothing is held."""


def open_record(settings: Settings) -> Record:
    """The record in the home of ``settings``, which is read or made when it is first used.

    Where no questions are to be kept, what was kept before is removed: RecordError if it cannot be.
    """
    from qa.record_sql import SqlRecord, erase

    if settings.keep_questions_days:
        return SqlRecord(settings.questions_file)
    erase(settings.questions_file)
    return NoRecord()


def summary(record: Record, limit: int) -> Summary:
    """At most ``limit`` of each list of a ``record``. Raises RecordError."""
    return Summary(record.judged(limit), record.missed(limit), record.answered(limit))


def _off() -> FeedbackOff:
    return FeedbackOff(
        "This server keeps no questions, so it cannot keep what you think of an answer.",
        "Whoever runs it can change that: keep_questions_days.",
    )
