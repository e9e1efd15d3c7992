"""The figures of a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa.measures import NAMES
from qa.summary import Share, figures, summarise
from tests.made_runs import BEFORE, RUN


def test_each_way_of_ranking_has_a_row_for_each_kind() -> None:
    rows = summarise(RUN).rows
    assert [(row.kind, row.system, row.questions, row.values["MRR"].mean) for row in rows] == [
        ("single", "blogqa", 2, 0.75),
        ("single", "with another's history", 2, 0.625),
        ("single", "BM25", 2, 0.625),
        ("followup", "blogqa", 1, 0.75),
        ("followup", "BM25", 1, 0.75),
    ]
    first = rows[0].values["nDCG@5"]
    assert (first.low, first.high) == (0.5, 1.0)


def test_differences_are_to_every_other_way_and_to_the_saved_run() -> None:
    versus = summarise(RUN, BEFORE).versus
    found = [(each.kind, each.other, each.differences["nDCG@5"].interval.mean) for each in versus]
    assert found == [
        ("single", "with another's history", 0.125),
        ("single", "BM25", 0.125),
        ("single", "the saved run", 0.5),
        ("followup", "BM25", 0.0),
        ("followup", "the saved run", 0.25),
    ]
    against_bm25 = versus[1].differences["nDCG@5"]
    assert (against_bm25.wins, against_bm25.losses, against_bm25.ties) == (1, 1, 0)


def test_misses_are_told_by_questions_that_stand_alone() -> None:
    # covered: .8 and .4; not covered: .5
    assert summarise(RUN).roc_area == 0.5
    assert summarise(replace(RUN, outcomes=RUN.outcomes[:3])).roc_area is None


def test_shares_are_of_the_questions_that_tell() -> None:
    assert summarise(RUN).shares == (
        Share("covered questions answered", 1, 2),
        Share("other questions called missing", 0, 1),
        Share("follow-ups taken together with what was before", 1, 1),
        Share("stand-alone questions not taken together with another's history", 1, 2),
        Share("first quoted sentences in or beside the judged quote", 1, 2),
        Share("judged quotes in or beside a passage shown", 2, 2),
        Share("short answers verbatim", 3, 3),
    )


def test_times_are_of_questions_and_of_the_bare_encoder() -> None:
    times = summarise(RUN).times
    assert (times.p50, times.encoder_p50) == (7.0, 2.0)
    assert times.p95 == pytest.approx(9.7)


def test_all_figures_have_a_name() -> None:
    found = figures(summarise(RUN))
    assert list(found) == [
        *(f"single {name}" for name in NAMES),
        *(f"followup {name}" for name in NAMES),
        "single with another's history nDCG@5",
        "covered or not, area under ROC",
        "covered questions answered",
        "other questions called missing",
        "follow-ups taken together with what was before",
        "stand-alone questions not taken together with another's history",
        "first quoted sentences in or beside the judged quote",
        "judged quotes in or beside a passage shown",
        "short answers verbatim",
    ]
    assert found["single nDCG@5"] == 0.75
    assert found["first quoted sentences in or beside the judged quote"] == 0.5
