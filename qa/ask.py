"""A question to an answer."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import replace

from corpus.types import Span
from index.errors import UnknownChip
from index.types import Filters, Hit, Query, Searcher
from qa.confidence import LOOKED_AT, best_similarity, confidence, in_words
from qa.conversation import MOST_TURNS, compose
from qa.errors import QuestionError
from qa.links import reader_link, source_link
from qa.quote import Marked, check_verbatim, mark, short_answer
from qa.say import lines_to_say
from qa.types import Answer, Explanation, FoundPassage, Subject, Why

MOST_CHARACTERS = 1000
"""Of a question."""
MOST_PASSAGES = 20
_SUBJECTS = 3
_TURNS = "Send the earlier questions as texts, oldest first."
_NEAR = 0.6
"""How near to the question, against the nearest, a passage's best sentence must be to be shown. On
judged questions this drops 11 posts of 360, one of them among the 101 that help; where a question
has one clear answer it drops most of the rest (docs/evaluation.md)."""


def ask(
    searcher: Searcher,
    question: str,
    *,
    history: Sequence[str] = (),
    limit: int,
    filters: Filters | None = None,
    least_confidence: float,
    explain: bool = False,
) -> Answer:
    """What the archive behind ``searcher`` answers to ``question``.

    ``history`` holds the earlier questions of the conversation, oldest first; without it, a
    follow-up is asked alone. With ``explain`` the answer tells how it was found. Raises
    QuestionError for an empty or too long question, a history of more than ten turns, a limit out
    of range or a chip that there isn't, IndexDamaged if the index breaks.
    """
    started = time.perf_counter()
    question = check_question(question)
    check_history(history)
    check_limit(limit)
    query, searched_with = compose(question, history)
    query = replace(query, explain=explain)
    filters = filters or Filters()
    hits = _search(searcher, query, max(limit, LOOKED_AT), filters)
    description = searcher.describe()
    confident = confidence(hits, description.calibration)
    sure = in_words(confident, least_confidence)
    covered = bool(hits) and sure != "none"
    shown = [mark(hit, question) for hit in near_enough(hits)[:limit]] if covered else []
    quoted = short_answer(shown)
    check_verbatim(quoted, shown)
    return Answer(
        id=uuid.uuid4().hex,
        question=question,
        status="answered" if covered else "not_covered",
        confidence=sure if covered else "none",
        short_answer=quoted,
        passages=_found(shown),
        searched_with=searched_with,
        subjects=() if covered else _subjects(hits),
        took_ms=(time.perf_counter() - started) * 1000,
        generation=description.generation,
        explanation=Explanation(_asked(query, hits), filters, confident, least_confidence)
        if explain
        else None,
    )


def find(
    searcher: Searcher, question: str, *, limit: int, filters: Filters | None = None
) -> tuple[FoundPassage, ...]:
    """The passages nearest to ``question``, however near; raises as :func:`ask` does."""
    question = check_question(question)
    check_limit(limit)
    hits = _search(searcher, Query(question), limit, filters or Filters())
    return _found([mark(hit, question) for hit in hits])


def near_enough(hits: Sequence[Hit]) -> list[Hit]:
    """Those of ``hits`` that stand beside the nearest without looking like padding."""
    least = _NEAR * best_similarity(hits)
    return [hit for hit in hits if hit.nearness >= least]


def check_question(question: str) -> str:
    """``question`` without white space around it; QuestionError if it is empty or too long.

    Nor can halves of characters be asked, as bytes that are not UTF-8 leave in an argument.
    """
    stripped = question.strip()
    if stripped != stripped.encode(errors="ignore").decode():
        raise QuestionError("question", "The question is not valid text.", "Type it again.")
    if not stripped:
        raise QuestionError("question", "The question is empty.", "Type what you want to know.")
    if len(stripped) > MOST_CHARACTERS:
        raise QuestionError(
            "question",
            f"The question has {len(stripped)} characters; at most {MOST_CHARACTERS} can be asked.",
            "Shorten it to what you want to know.",
        )
    return stripped


def check_history(history: Sequence[str]) -> None:
    """Raise QuestionError unless ``history`` is at most ten texts, each as long as a question."""
    if isinstance(history, str):
        raise QuestionError("history", "The history is one text, not a list of them.", _TURNS)
    if len(history) > MOST_TURNS:
        raise QuestionError(
            "history",
            f"The history has {len(history)} turns; at most {MOST_TURNS} can be taken along.",
            "Leave out the oldest.",
        )
    for number, turn in enumerate(history, start=1):
        if not isinstance(turn, str):
            raise QuestionError("history", f"Turn {number} of the history is no text.", _TURNS)
        if len(turn) > MOST_CHARACTERS:
            raise QuestionError(
                "history",
                f"Turn {number} of the history has {len(turn)} characters; a question has at most "
                f"{MOST_CHARACTERS}.",
                _TURNS,
            )


def check_limit(limit: int) -> None:
    """Raise QuestionError unless ``limit`` is a number of passages that can be asked for."""
    if not 1 <= limit <= MOST_PASSAGES:
        raise QuestionError(
            "limit",
            f"The limit is {limit}; it must be 1 to {MOST_PASSAGES}.",
            "Leave it out, or mend it.",
        )


def _search(searcher: Searcher, query: Query, limit: int, filters: Filters) -> list[Hit]:
    try:
        return searcher.search(query, limit, filters)
    except UnknownChip as error:
        raise QuestionError("chips", error.message, error.hint) from error


def _found(shown: Sequence[Marked]) -> tuple[FoundPassage, ...]:
    return tuple(_passage(rank, marked) for rank, marked in enumerate(shown, start=1))


def _passage(rank: int, marked: Marked) -> FoundPassage:
    hit, best = marked.hit, marked.best
    at = Span(hit.passage.start + best.start, hit.passage.start + best.end)
    reader = reader_link(hit.post.id, hit.passage.ordinal)
    return FoundPassage(
        rank=rank,
        score=hit.score,
        passage=hit.passage,
        post=hit.post,
        highlights=marked.highlights,
        say=lines_to_say(
            hit.passage.text, hit.passage.heading_path, hit.passage.sentences, marked.highlights
        ),
        link=source_link(hit.post.url, hit.post.text, at) or reader,
        reader_link=reader,
        why=_why(hit),
    )


def _asked(query: Query, hits: Sequence[Hit]) -> str:
    """What was searched for, as the search tells it; of no hits, as it was asked."""
    told = [hit.stages.asked for hit in hits[:1] if hit.stages is not None]
    return told[0] if told else query.joined or query.text


def _why(hit: Hit) -> Why | None:
    if hit.stages is None:
        return None
    return Why(hit.stages, meaning=hit.dense, bm25=hit.bm25, sentence=hit.nearness)


def _subjects(hits: Sequence[Hit]) -> tuple[Subject, ...]:
    subjects: dict[str, Subject] = {}
    for hit in hits:
        link = reader_link(hit.post.id, hit.passage.ordinal)
        subjects.setdefault(hit.post.id, Subject(hit.post.title, link))
    return tuple(subjects.values())[:_SUBJECTS]
