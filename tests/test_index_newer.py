"""Which posts are newer ones on the subject of an older one."""

from __future__ import annotations

import numpy as np
import pytest

import index.newer
from index.newer import LEAST_DAYS, RELATED, newer_posts, newer_than
from index.pooling import Vector
from index.vectors import Ordinals


def turned(cosine: float) -> list[float]:
    """A unit vector of that cosine to the first axis."""
    return [cosine, (1 - cosine**2) ** 0.5]


POSTS = np.array(
    [turned(1), turned(0.9), turned(0.6), turned(RELATED - 0.01), turned(0.7), turned(0.8)],
    np.float32,
)
DAYS = np.array([1000, 2000, 2001, 3000, 0, 1000 + LEAST_DAYS - 1], np.int64)
ORIGINALS = np.arange(6)


def test_the_nearest_that_are_a_year_newer_come_first() -> None:
    assert newer_posts(POSTS, DAYS, ORIGINALS, np.array([0])).tolist() == [[1, 2, -1]]


def test_a_year_to_the_day_is_enough() -> None:
    days = DAYS.copy()
    days[5] += 1
    assert newer_posts(POSTS, days, ORIGINALS, np.array([0])).tolist() == [[1, 5, 2]]


def test_at_most_three_are_kept() -> None:
    posts = np.array([turned(1), *[turned(0.9 - n / 100) for n in range(5)]], np.float32)
    days = np.array([1, *[1000] * 5])
    assert newer_posts(posts, days, np.arange(6), np.array([0])).tolist() == [[1, 2, 3]]


def test_neither_copies_nor_undated_posts_are_newer_ones() -> None:
    originals = np.array([0, 0, 2, 3, 4, 5])
    assert newer_posts(POSTS, DAYS, originals, np.array([0, 4])).tolist() == [
        [2, -1, -1],
        [-1, -1, -1],
    ]


def test_no_rows_need_no_work() -> None:
    assert newer_posts(POSTS, DAYS, ORIGINALS, np.zeros(0, np.int64)).shape == (0, 3)


@pytest.mark.parametrize(("changed", "touched"), [([1], [0, 5]), ([4], []), ([0], []), ([], [])])
def test_the_posts_that_a_changed_one_is_newer_than(changed: list[int], touched: list[int]) -> None:
    assert newer_than(POSTS, DAYS, np.array(changed, np.int64)).tolist() == touched


def made(count: int) -> tuple[Vector, Ordinals, Ordinals]:
    """Unit vectors in groups, with a day for most; every ninth post is a copy of the first."""
    numbers = np.random.default_rng(3)
    posts = numbers.standard_normal((40, 24))[numbers.integers(40, size=count)]
    posts += 0.7 * numbers.standard_normal(posts.shape)
    posts /= np.linalg.norm(posts, axis=1, keepdims=True)
    days = numbers.integers(1, 4000, size=count) * (numbers.random(count) > 0.1)
    originals = np.where(np.arange(count) % 9, np.arange(count), 0)
    return posts.astype(np.float32), days, originals


def test_of_many_posts_the_nearest_newer_ones_are_found_without_comparing_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    posts, days, originals = made(3000)
    rows = np.arange(1, 3000, 2)
    every = newer_posts(posts, days, originals, rows)
    monkeypatch.setattr(index.newer, "_COMPARED", 0)
    found = newer_posts(posts, days, originals, rows)
    assert (every[:, 2] >= 0).mean() > 0.5
    assert (every[:, 2] < 0).mean() > 0.2
    assert (found == every).all(axis=1).mean() > 0.99


def test_where_too_many_are_near_to_tell_all_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    # forty copies, which are no news, stand nearer than the one that counts
    posts = np.array([turned(1), *[turned(0.99)] * 40, turned(0.5)], np.float32)
    days = np.array([1000, *[1000 + LEAST_DAYS] * 40, 5000], np.int64)
    rows = np.array([0, 1])
    monkeypatch.setattr(index.newer, "_COMPARED", 0)
    originals = np.array([0, *[0] * 40, 41])
    assert newer_posts(posts, days, originals, rows).tolist() == [[41, -1, -1], [41, -1, -1]]
