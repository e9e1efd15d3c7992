"""Ranks, negatives and the paired test, on vectors small enough to work out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from index.pooling import Vector
from index.ranks import Difference, hard_negatives, paired_difference, reciprocal_ranks


def turned(*degrees: float) -> Vector:
    """Unit vectors in the plane."""
    angles = [math.radians(each) for each in degrees]
    return np.array([[math.cos(each), math.sin(each)] for each in angles], np.float32)


QUESTIONS = turned(0, 0, 90, 45)
PASSAGES = turned(10, 20, 30, 85)
POSTS = ["a", "a", "b", "c"]


def test_a_passage_competes_with_those_of_other_posts() -> None:
    # The second is behind the first, which is of its own post; the last behind all others.
    ranks = reciprocal_ranks(QUESTIONS, PASSAGES, POSTS, range(4))
    assert ranks.tolist() == [1, 1, 1 / 2, 1 / 4]


def test_only_the_rows_asked_for_are_ranked_among_all() -> None:
    assert reciprocal_ranks(QUESTIONS, PASSAGES, POSTS, [3]).tolist() == [1 / 4]


def test_vectors_that_are_all_alike_rank_last() -> None:
    same = turned(0, 0, 0, 0)
    assert reciprocal_ranks(same, same, list("abcd"), range(4)).tolist() == [1 / 4] * 4


def test_the_nearest_of_another_post_is_the_hard_negative_unless_it_may_be_right() -> None:
    questions = turned(0, 0, 0)
    # cosines .985, .940, .500: at most .95 of the own one may be a negative
    assert hard_negatives(questions, turned(10, 20, 60), list("abc")) == [2, 2, None]
    assert hard_negatives(questions, turned(10, 30, 60), list("abc")) == [1, 2, None]
    assert hard_negatives(questions, turned(10, 30, 60), list("aab")) == [2, 2, None]


def test_the_difference_is_the_mean_of_the_gains_and_lies_in_its_interval() -> None:
    before = np.array([0.5, 0.5, 0.2, 0.2])
    after = np.array([1.0, 0.5, 0.3, 0.6])
    found = paired_difference(before, after, ["a", "a", "b", "c"], seed=0)
    assert found.mean == pytest.approx(0.25)
    # every draw of three posts: from b alone, .1 on average, to c alone, .4
    assert found.low == pytest.approx(0.1)
    assert found.high == pytest.approx(0.4)


def test_what_does_not_differ_differs_by_nothing() -> None:
    same = np.array([0.5, 0.2])
    assert paired_difference(same, same, ["a", "b"], seed=0) == Difference(0, 0, 0)


def test_the_questions_of_one_post_are_drawn_together() -> None:
    gains = np.repeat([0.1, 0.1, 0.1, 0.1, -0.1], 10)  # of five posts with ten questions each
    flat = np.zeros(50)
    together = paired_difference(flat, gains, [str(row // 10) for row in range(50)], seed=0)
    apart = paired_difference(flat, gains, [str(row) for row in range(50)], seed=0)
    assert together.mean == pytest.approx(apart.mean) == pytest.approx(0.06)
    assert together.low == pytest.approx(-0.06)  # four draws of the last post in five
    assert apart.low == pytest.approx(0.028, abs=0.006)
