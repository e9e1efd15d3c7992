"""Where posts stand on the map, and which of them stay there."""

from __future__ import annotations

import numpy as np
import pytest

from index.atlas import Layout
from index.layout import FEWEST, kept, lay_out, put_beside, scaled
from index.pooling import Vector


def clusters(sizes: list[int]) -> Vector:
    """Unit vectors in groups, each around an axis of its own."""
    numbers = np.random.default_rng(1)
    rows = []
    for axis, size in enumerate(sizes):
        group = 0.15 * numbers.standard_normal((size, 8))
        group[:, axis] += 1
        rows.append(group / np.linalg.norm(group, axis=1, keepdims=True))
    found: Vector = np.concatenate(rows).astype(np.float32)
    return found


@pytest.mark.parametrize("posts", range(6))
def test_few_posts_stand_apart_by_what_tells_them_apart(posts: int) -> None:
    places, groups = lay_out(np.eye(posts, 6, dtype=np.float32))
    assert places.shape == (posts, 2)
    assert ((places >= 0) & (places <= 1)).all()
    assert groups.tolist() == [-1] * posts
    if posts == 1:
        assert places.tolist() == [[0.5, 0.5]]
    if posts == 2:
        assert np.abs(places[0] - places[1]).max() == pytest.approx(0.94)


def test_posts_that_say_the_same_make_no_subjects() -> None:
    places, groups = lay_out(np.repeat(np.eye(3), FEWEST, axis=0).astype(np.float32))
    assert len(np.unique(places.round(4), axis=0)) == 3
    assert set(groups.tolist()) == {-1}
    same, _ = lay_out(np.full((FEWEST, 4), 0.5, np.float32))
    assert same.tolist() == [[0.5, 0.5]] * FEWEST


def test_posts_alike_stand_together_and_make_a_subject() -> None:
    vectors = clusters([10, 12, 14])
    places, groups = lay_out(vectors)
    of = np.repeat([0, 1, 2], [10, 12, 14])
    middles = np.stack([places[of == group].mean(axis=0) for group in range(3)])
    nearest = np.linalg.norm(places[:, None] - middles, axis=2).argmin(axis=1)
    assert (nearest == of).all()
    assert len({(int(a), int(b)) for a, b in zip(of, groups, strict=True)}) >= 3
    for group in set(groups.tolist()):
        assert len(set(of[groups == group].tolist())) == 1
    again, groups_again = lay_out(vectors)
    assert np.array_equal(places, again)
    assert np.array_equal(groups, groups_again)


def test_places_are_scaled_alike_in_both_directions() -> None:
    found = scaled(np.array([[0, 0], [100, 50], [50, 25]], np.float32))
    assert found == pytest.approx(np.array([[0.03, 0.265], [0.97, 0.735], [0.5, 0.5]]))
    assert scaled(np.zeros((0, 2), np.float32)).shape == (0, 2)


def test_a_new_post_is_put_beside_its_nearest() -> None:
    posts = np.array([[1, 0], [0, 1], [-1, 0], [0.96, 0.28]], np.float32)
    places = np.array([[0.2, 0.2], [0.8, 0.8], [0.5, 0.1], [0, 0]], np.float32)
    groups = np.array([7, 8, -1, -1], np.int32)
    put_beside(posts, places, groups, np.array([3]), np.array([0, 1, 2]))
    assert np.linalg.norm(places[3] - places[0]) < 0.01
    assert groups.tolist() == [7, 8, -1, 7]


def layout(posts: int) -> Layout:
    places = np.linspace(0, 1, 2 * posts).reshape(posts, 2).astype(np.float32)
    subjects = np.arange(posts, dtype=np.int32) % 3
    return Layout(places, subjects, np.ones(posts, np.bool_), posts, ("a", "b", "c"))


def test_up_to_a_tenth_may_change_and_the_rest_stays_in_place() -> None:
    before = layout(20)
    rows = np.append(np.arange(1, 20), [-1, -1])  # one gone, two new
    found = kept(before, rows)
    assert found is not None
    assert np.array_equal(found.places[:19], before.places[1:])
    assert found.subjects.tolist() == [*before.subjects[1:].tolist(), -1, -1]
    assert found.settled.tolist() == [True] * 19 + [False] * 2
    assert (found.settled_once, found.names) == (20, ("a", "b", "c"))


@pytest.mark.parametrize(
    "rows", [[*range(20), -1, -1, -1], [*range(17)], [-1] * 3 + [*range(3, 20)], []]
)
def test_where_more_has_changed_all_are_laid_out_anew(rows: list[int]) -> None:
    assert kept(layout(20), np.array(rows, np.int64)) is None


def test_what_was_put_in_step_by_step_adds_up() -> None:
    first = kept(layout(20), np.append(np.arange(20), [-1, -1]))
    assert first is not None
    assert kept(first, np.arange(22)) is not None
    assert kept(first, np.append(np.arange(22), -1)) is None


def test_a_map_by_neighbourhood_needs_some_posts() -> None:
    _, groups = lay_out(clusters([FEWEST // 2, FEWEST // 2]))
    assert groups.max() >= 0
