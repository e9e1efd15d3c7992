"""A run made by hand: four questions, their figures chosen."""

from __future__ import annotations

from corpus.types import Span
from qa.judgments import Judged
from qa.measures import NAMES, Values
from qa.run import About, Outcome, Run, SavedRun, Shown

ABOUT = About("small", "ab" * 32, "2026-03-02T10:00:00+00:00", "a-model", "g1", 3, 4)
HISTORY = ("should I stand?",)


def values(value: float) -> Values:
    """The same ``value`` of every measure."""
    return dict.fromkeys(NAMES, value)


def outcome(
    judged: Judged, *, confidence: float, near: bool | None, took_ms: float, together: bool = False
) -> Outcome:
    """An outcome: answered where the confidence is 0.5 or more."""
    answered = confidence >= 0.5
    shown = Shown("desk", "The <standing> desk", 2, "Stand up. <b>Now</b>.", (Span(0, 9),))
    return Outcome(
        judged=judged,
        ranking=("desk", "ladder"),
        status="answered" if answered else "not_covered",
        confidence=confidence,
        searched_with=judged.history if together else (),
        short_answer=("Stand up.",) if answered else (),
        shown=(shown,) if answered else (),
        took_ms=took_ms,
        encoder_ms=2.0,
        is_near_quote=near,
        is_quote_shown=None if near is None else True,
        is_verbatim=True if answered else None,
        holds_answer=None,
    )


RUN = Run(
    ABOUT,
    (
        outcome(
            Judged("q1", "single", "do I <i>stand</i>?", grades={"desk": 2}),
            confidence=0.8,
            near=True,
            took_ms=4.0,
        ),
        outcome(
            Judged("q2", "single", "and a price?", grades={"ladder": 2}),
            confidence=0.4,
            near=None,
            took_ms=6.0,
        ),
        outcome(
            Judged("q3", "followup", "why?", history=HISTORY, grades={"desk": 2}),
            confidence=0.6,
            near=False,
            took_ms=8.0,
            together=True,
        ),
        outcome(Judged("q4", "unanswerable", "tungsten?"), confidence=0.5, near=None, took_ms=10.0),
    ),
    {
        "blogqa": {"q1": values(1.0), "q2": values(0.5), "q3": values(0.75)},
        "with another's history": {"q1": values(1.0), "q2": values(0.25)},
        "BM25": {"q1": values(0.5), "q2": values(0.75), "q3": values(0.75)},
    },
    took_together=1,
)

BEFORE = SavedRun(ABOUT, {"q1": values(0.5), "q3": values(0.5), "gone": values(1.0)})
