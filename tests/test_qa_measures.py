"""Measures, held to their definitions worked out by hand."""

from __future__ import annotations

from math import log2

import pytest

from qa.judgments import Judged
from qa.measures import NAMES, area_under_roc, measure


def judged(id: str, **grades: int) -> Judged:
    return Judged(id, "single", "?", grades=grades)


def test_the_measures_of_a_ranking() -> None:
    found = measure([judged("a", x=2, y=1, z=1)], {"a": ["o", "y", "x", "p"]}, 2)["a"]
    gained = 1 / log2(3) + 3 / log2(4)
    best = 3 + 1 / log2(3) + 1 / log2(4)
    assert found == pytest.approx(
        {
            "nDCG@5": gained / best,
            "nDCG@10": gained / best,
            "Success@1": 0,
            "Success@3": 1,
            "Success@5": 1,
            "recall@20": 2 / 3,
            "MRR": 1 / 3,
        }
    )
    assert tuple(found) == NAMES


def test_where_a_grade_of_one_answers_the_first_such_post_counts() -> None:
    found = measure([judged("a", x=1, y=1)], {"a": ["x"]}, 1)["a"]
    assert (found["Success@1"], found["MRR"], found["recall@20"]) == (1, 1, 0.5)


def test_only_twenty_posts_count() -> None:
    others = [f"o{number}" for number in range(19)]
    questions = [judged("a", x=1)]
    assert measure(questions, {"a": [*others, "x"]}, 1)["a"]["MRR"] == pytest.approx(1 / 20)
    assert measure(questions, {"a": [*others, "o", "x"]}, 1)["a"] == dict.fromkeys(NAMES, 0)


def test_the_order_of_the_ranking_is_what_counts_not_the_names() -> None:
    for ranking, value in ((["b", "a"], 0), (["a", "b"], 1)):
        assert measure([judged("q", a=1)], {"q": ranking}, 1)["q"]["Success@1"] == value


def test_a_question_that_found_nothing_has_nothing() -> None:
    nothing = dict.fromkeys(NAMES, 0.0)
    questions = [judged("a", x=1), judged("b", x=1), judged("c")]
    assert measure(questions, {"a": []}, 1) == {"a": nothing, "b": nothing}
    assert measure(questions, {"a": ["x"]}, 1)["b"] == nothing


def test_the_area_under_roc_counts_pairs_a_tie_half() -> None:
    assert area_under_roc([0.9, 0.5], [0.5, 0.1]) == (1 + 1 + 0.5 + 1) / 4
    assert area_under_roc([0.1], [0.2]) == 0
