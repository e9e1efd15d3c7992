"""What an evaluation found: each question with what was shown, and every way of ranking measured.

A run is kept as JSON, for later ones to be held against.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.types import Span
from qa.errors import JudgmentsError
from qa.judgments import Judged
from qa.measures import NAMES, Values

BLOGQA = "blogqa"

Measured = Mapping[str, Values]
"""What the measures say of each question, by its id."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage that was shown: its text with the spans marked in it, and its post's grade."""

    post: str
    title: str
    grade: int
    text: str
    highlights: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question.

    ``ranking`` are the names of the posts found, best first; ``confidence`` is what decides
    whether the archive covers the question at all. ``encoder_ms`` is what the bare encoder took for
    the same question. ``is_near_quote``, ``is_quote_shown``, ``is_verbatim`` and ``holds_answer``
    are as in :mod:`qa.quoted`, None where they cannot be told.
    """

    judged: Judged
    ranking: tuple[str, ...]
    status: str
    confidence: float
    searched_with: tuple[str, ...]
    short_answer: tuple[str, ...]
    shown: tuple[Shown, ...]
    took_ms: float
    encoder_ms: float
    is_near_quote: bool | None
    is_quote_shown: bool | None
    is_verbatim: bool | None
    holds_answer: bool | None


@dataclass(frozen=True, slots=True)
class About:
    """What was evaluated, on which questions (the hex BLAKE3 of their files), and when (UTC)."""

    set: str
    digest: str
    evaluated_at: str
    model: str
    generation: str
    posts: int
    passages: int


@dataclass(frozen=True, slots=True)
class Run:
    """A whole evaluation. ``systems`` has the values of every way of ranking, by its name.

    ``took_together`` is how many questions that stand alone were taken together with another's
    history when they were given one.
    """

    about: About
    outcomes: tuple[Outcome, ...]
    systems: Mapping[str, Measured]
    took_together: int


@dataclass(frozen=True, slots=True)
class SavedRun:
    """What a later run is held against."""

    about: About
    values: Measured


def read_run(file: Path, digest: str) -> SavedRun:
    """The run that was saved in ``file``; it must be on the questions of that ``digest``.

    Raises JudgmentsError.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        about = About(**data["about"])
        values = {id: _values(each) for id, each in data["systems"][BLOGQA].items()}
    except OSError as error:
        raise JudgmentsError(
            f"{file} cannot be read: {error.strerror}.", "Save a run first, with --save."
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise JudgmentsError(
            f"{file} is no run that was saved with --save.", "Name one, or save one first."
        ) from error
    if about.digest != digest:
        raise JudgmentsError(
            f"{file} is a run on other questions ({about.set}, {about.digest[:16]}).",
            f"These have the digest {digest[:16]}: name a run on them, or save one first.",
        )
    return SavedRun(about, values)


def _values(found: Any) -> Values:
    return {name: float(found[name]) for name in NAMES}
