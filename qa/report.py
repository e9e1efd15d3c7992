"""The page of an evaluation: one file that needs nothing else, to be read in a browser.

What the template shows is worked out here; it stands beside this module as ``report.html``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from qa.baselines import FUSION
from qa.measures import NAMES, Values
from qa.output_evaluate import percent, plain, signed
from qa.run import BLOGQA, Measured, Outcome, Run, SavedRun, Shown
from qa.summary import EARLIER, Row, Summary, Versus, is_covered

MAIN = "nDCG@5"
"""The measure that questions are compared by, one by one."""
MOST_QUESTIONS = 200
"""How many questions are shown with their answers: more make a page that no browser likes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The figures of one kind of question."""

    name: str
    rows: tuple[Row, ...]
    versus: tuple[Versus, ...]

    @property
    def own(self) -> Row:
        """What blogqa itself reaches."""
        return self.rows[0]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judged post: its grade, where it was found (None if it wasn't), what the judge quoted."""

    post: str
    grade: int
    rank: int | None
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its place on the page, its figures, and the difference to something else."""

    anchor: str
    outcome: Outcome
    values: Values | None
    difference: float | None
    verdicts: tuple[Verdict, ...]


def report_page(run: Run, summary: Summary, before: SavedRun | None = None) -> str:
    """The page of ``run`` as HTML; its questions are compared with the run ``before``, if any."""
    other, reference = _reference(run, before)
    questions = _questions(run, reference)
    measured = [each for each in questions if each.values is not None]
    worst_first = sorted(measured, key=lambda each: (each.values or {})[MAIN])
    unmeasured = [each for each in questions if each.values is None]
    shown = [*worst_first, *unmeasured]
    compared = [each for each in questions if each.difference is not None]
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"plain": plain, "signed": signed, "percent": percent, "marked": marked}
    return environment.get_template("report.html").render(
        about=run.about,
        kinds=_kinds(summary),
        summary=summary,
        names=NAMES,
        main=MAIN,
        blogqa=BLOGQA,
        other=other,
        compared=sorted(compared, key=lambda each: -(each.difference or 0.0)),
        largest=max((abs(each.difference or 0.0) for each in compared), default=0.0),
        covered=[each for each in questions if is_covered(each.outcome)],
        uncovered=[each for each in questions if is_covered(each.outcome) is False],
        shown=shown[:MOST_QUESTIONS],
        questions=questions,
    )


def marked(shown: Shown) -> Markup:
    """The text of a passage as HTML, what is marked in it within ``mark``."""
    parts = []
    position = 0
    for start, end in shown.highlights:
        parts.append(escape(shown.text[position:start]))
        parts.append(Markup("<mark>{}</mark>").format(shown.text[start:end]))
        position = end
    return Markup("").join([*parts, escape(shown.text[position:])])


def _kinds(summary: Summary) -> list[Kind]:
    names = dict.fromkeys(row.kind for row in summary.rows)
    return [
        Kind(
            name,
            tuple(row for row in summary.rows if row.kind == name),
            tuple(each for each in summary.versus if each.kind == name),
        )
        for name in names
    ]


def _reference(run: Run, before: SavedRun | None) -> tuple[str, Measured]:
    """What the questions are compared with: the saved run, else the strongest simple ranking."""
    if before is not None:
        return EARLIER, before.values
    return FUSION, run.systems.get(FUSION, {})


def _questions(run: Run, reference: Measured) -> list[Question]:
    own = run.systems[BLOGQA]

    def difference(id: str) -> float | None:
        return own[id][MAIN] - reference[id][MAIN] if id in own and id in reference else None

    return [
        Question(
            f"question-{number}",
            outcome,
            own.get(outcome.judged.id),
            difference(outcome.judged.id),
            tuple(_verdicts(outcome)),
        )
        for number, outcome in enumerate(run.outcomes, start=1)
    ]


def _verdicts(outcome: Outcome) -> Iterator[Verdict]:
    ranks = {post: rank for rank, post in enumerate(outcome.ranking, start=1)}
    grades = outcome.judged.grades
    for post in sorted(grades, key=lambda post: (-grades[post], ranks.get(post, len(ranks) + 1))):
        quotes = outcome.judged.quotes.get(post, ())
        yield Verdict(post, grades[post], ranks.get(post), tuple(quotes))
