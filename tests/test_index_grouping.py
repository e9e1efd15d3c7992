"""Who speaks first, and who not at all."""

from __future__ import annotations

import numpy as np

from index.grouping import in_turns, without_copies


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
