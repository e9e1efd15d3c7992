"""Who speaks first, and who not at all."""

from __future__ import annotations

import numpy as np
import pytest

from index.grouping import HEARD, by_voice, in_turns, voice, without_copies


def test_posts_take_turns_and_none_has_a_third() -> None:
    assert in_turns(np.array([4, 4, 7, 4, 7, 1])) == [0, 2, 5, 1, 4]
    assert in_turns(np.array([], np.int64)) == []


def test_the_best_placed_of_copies_speaks_for_all() -> None:
    # 2 and 3 are copies of 1; of these, 2 comes first
    posts, originals = np.array([5, 2, 1, 2, 3, 5]), np.array([5, 1, 1, 1, 1, 5])
    assert without_copies(posts, originals).tolist() == [0, 1, 3, 5]


def test_all_stay_where_none_is_a_copy() -> None:
    posts = np.array([5, 2, 5])
    assert without_copies(posts, posts).tolist() == [0, 1, 2]


def test_who_was_heard_is_put_back_a_little() -> None:
    scores = np.array([0.90, 0.80, 0.79, 0.70, 0.60])
    told = by_voice(scores, np.array([3, 3, 5, 5, 3]))
    assert told == pytest.approx(scores - [0, HEARD, 0, HEARD, HEARD])
    assert np.argsort(-told).tolist() == [0, 2, 1, 3, 4]


def test_the_best_of_an_author_stays_wherever_it_stands() -> None:
    scores = np.array([0.2, 0.9, 0.5])
    assert by_voice(scores, np.array([0, 0, 1])) == pytest.approx([0.2 - HEARD, 0.9, 0.5])


def test_nobody_known_is_somebody_new() -> None:
    scores = np.array([0.9, 0.8])
    assert by_voice(scores, np.array([-1, -1])).tolist() == [0.9, 0.8]


def test_a_name_is_one_voice_however_it_is_written() -> None:
    assert voice("Ana O'Neil") == voice("ANA  O’Neil") == "anaoneil"
    assert voice("Ana O'Neil") != voice("Ana Neil")
