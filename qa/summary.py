"""The figures of a run: means with their intervals, differences, and what they are made of."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qa.asking import OTHER_HISTORY
from qa.bootstrap import Difference, Interval, compare, interval
from qa.measures import NAMES, area_under_roc
from qa.run import BLOGQA, Measured, Outcome, Run, SavedRun

EARLIER = "the saved run"


@dataclass(frozen=True, slots=True)
class Row:
    """What one way of ranking reaches on the questions of one kind, by measure."""

    kind: str
    system: str
    questions: int
    values: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class Versus:
    """How much better this run is than something else on the questions of one kind."""

    kind: str
    other: str
    differences: dict[str, Difference]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    name: str
    count: int
    of: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.count / self.of


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of a question in process, and the median of the bare encoder alone."""

    p50: float
    p95: float
    encoder_p50: float


@dataclass(frozen=True, slots=True)
class Summary:
    """All figures of a run.

    ``rows`` begin with this run's own, kind by kind. ``roc_area`` says how well questions that
    the posts answer are told from those they don't; None where the set has none of these.
    """

    rows: tuple[Row, ...]
    versus: tuple[Versus, ...]
    roc_area: float | None
    shares: tuple[Share, ...]
    times: Times


def summarise(run: Run, before: SavedRun | None = None) -> Summary:
    """The figures of ``run``; with what was saved ``before``, also the difference to that."""
    rows, versus = [], []
    for kind in _kinds(run):
        ids = [each.judged.id for each in run.outcomes if each.judged.kind == kind]
        own = run.systems[BLOGQA]
        for system, values in run.systems.items():
            common = [id for id in ids if id in values and id in own]
            if common:
                rows.append(_row(kind, system, common, values))
                if system != BLOGQA:
                    versus.append(_versus(kind, system, common, own, values))
        if before is not None and (common := [id for id in ids if id in before.values]):
            versus.append(_versus(kind, EARLIER, common, own, before.values))
    return Summary(tuple(rows), tuple(versus), _roc_area(run), tuple(_shares(run)), _times(run))


def figures(summary: Summary) -> dict[str, float]:
    """This run's own figures, each under one name; of all of them more is better."""
    found = {
        f"{row.kind} {name}": row.values[name].mean
        for row in summary.rows
        if row.system == BLOGQA
        for name in NAMES
    }
    for row in summary.rows:
        if row.system == OTHER_HISTORY:
            found[f"{row.kind} {OTHER_HISTORY} nDCG@5"] = row.values["nDCG@5"].mean
    if summary.roc_area is not None:
        found["covered or not, area under ROC"] = summary.roc_area
    return found | {each.name: each.share for each in summary.shares}


def is_covered(outcome: Outcome) -> bool | None:
    """Whether the posts answer it, for telling misses; None for a follow-up, which isn't asked."""
    return None if outcome.judged.history else bool(outcome.judged.grades)


def _kinds(run: Run) -> list[str]:
    return list(dict.fromkeys(each.judged.kind for each in run.outcomes if each.judged.grades))


def _row(kind: str, system: str, ids: Sequence[str], values: Measured) -> Row:
    means = {name: interval([values[id][name] for id in ids]) for name in NAMES}
    return Row(kind, system, len(ids), means)


def _versus(kind: str, other: str, ids: Sequence[str], own: Measured, values: Measured) -> Versus:
    def difference(name: str) -> Difference:
        return compare([own[id][name] for id in ids], [values[id][name] for id in ids])

    return Versus(kind, other, {name: difference(name) for name in NAMES})


def _roc_area(run: Run) -> float | None:
    covered = [each.confidence for each in run.outcomes if is_covered(each)]
    others = [each.confidence for each in run.outcomes if is_covered(each) is False]
    return area_under_roc(covered, others) if covered and others else None


def _shares(run: Run) -> Iterator[Share]:
    covered = [each for each in run.outcomes if is_covered(each)]
    others = [each for each in run.outcomes if is_covered(each) is False]
    leaning = [each for each in run.outcomes if each.judged.history]
    alone = len(run.systems.get(OTHER_HISTORY, ()))
    told: dict[str, Sequence[bool | None]] = {
        "covered questions answered": [each.status == "answered" for each in covered],
        "other questions called missing": [each.status != "answered" for each in others],
        "follow-ups taken together with what was before": [
            bool(each.searched_with) for each in leaning
        ],
        "stand-alone questions not taken together with another's history": [
            row >= run.took_together for row in range(alone)
        ],
        "first quoted sentences in or beside the judged quote": [
            each.is_near_quote for each in run.outcomes
        ],
        "judged quotes in or beside a passage shown": [
            each.is_quote_shown for each in run.outcomes
        ],
        "short answers verbatim": [each.is_verbatim for each in run.outcomes],
        "exact answers in the marked sentences of the first passage": [
            each.holds_answer for each in run.outcomes
        ],
    }
    for name, found in told.items():
        known = [each for each in found if each is not None]
        if known:
            yield Share(name, sum(known), len(known))


def _times(run: Run) -> Times:
    took = [each.took_ms for each in run.outcomes]
    p50, p95 = (float(each) for each in np.percentile(took, [50, 95]))
    return Times(p50, p95, statistics.median(each.encoder_ms for each in run.outcomes))
