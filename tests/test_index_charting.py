"""Atlases made from posts, and what is taken over from the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from index.atlas import write_atlas
from index.charting import before, chart
from index.generation import Generation
from index.manifest import ATLAS_FILE
from index.newer import newer_posts
from index.pooling import Vector
from index.postvectors import middle, post_vectors, seen_from
from tests.drafts import MadePost, made_generation

DIMENSIONS = 6


def encode(texts: Sequence[str]) -> list[Vector]:
    """Unit vectors that differ from text to text, the same each time."""
    made = [np.random.default_rng(len(text)).standard_normal(DIMENSIONS) for text in texts]
    return [(each / np.linalg.norm(each)).astype(np.float32) for each in made]


def refuse(texts: Sequence[str]) -> list[Vector]:
    raise AssertionError(f"{len(texts)} texts were encoded again")


def made(number: int, seed: int) -> MadePost:
    numbers = np.random.default_rng(seed)
    vectors = numbers.standard_normal((1 + number % 3, DIMENSIONS))
    vectors[:, number % 3] += 2
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    published = date(2010, 1, 1) + timedelta(days=97 * number)
    return MadePost(f"post-{number:02}", vectors.tolist(), published=published)


POSTS = [made(number, number) for number in range(40)]
CHANGED = made(7, 99)
NEW = replace(made(41, 41), tags=("price",))
LATER = [*POSTS[:3], *POSTS[4:7], CHANGED, *POSTS[8:], NEW]
"""Post 3 is gone, 7 has changed, 41 is new."""


Make = Callable[[str, Sequence[MadePost]], Generation]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:

        def generation(name: str, posts: Sequence[MadePost]) -> Generation:
            opened = made_generation(tmp_path / name, posts)
            stack.callback(opened.close)
            return opened

        yield generation


@pytest.fixture
def first(make: Make) -> Generation:
    generation = make("first", POSTS)
    write_atlas(generation.folder / ATLAS_FILE, chart(generation, None, encode))
    return generation


def test_what_is_as_it_was_is_taken_over(first: Generation, make: Make) -> None:
    later = make("later", LATER)
    unchanged = [f"post-{number:02}" for number in range(40) if number not in (3, 7)]
    last = before(first, later, unchanged)
    assert last is not None
    assert last.rows.tolist() == [0, 1, 2, 4, 5, 6, -1, *range(8, 40), -1]
    found, old = chart(later, last, refuse), first.atlas
    stayed = last.rows >= 0
    assert np.array_equal(found.layout.places[stayed], old.layout.places[last.rows[stayed]])
    assert np.array_equal(found.layout.subjects[stayed], old.layout.subjects[last.rows[stayed]])
    assert found.layout.settled.tolist() == stayed.tolist()
    assert found.layout.names == old.layout.names
    assert np.array_equal(found.chipped, chart(later, None, encode).chipped)
    assert np.array_equal(found.centre, old.centre)


def test_newer_posts_come_out_as_if_all_were_compared_anew(first: Generation, make: Make) -> None:
    later = make("later", LATER)
    unchanged = [f"post-{number:02}" for number in range(40) if number not in (3, 7)]
    found = chart(later, before(first, later, unchanged), refuse)
    posts = seen_from(first.atlas.centre, post_vectors(later))
    every = newer_posts(posts, later.days, later.originals, np.arange(40))
    assert np.array_equal(found.newer, every)
    assert (every[:, 0] >= 0).sum() > 10
    assert (every == 39).any()  # the new post is news to some


def test_where_more_than_a_tenth_has_changed_all_are_laid_out(
    first: Generation, make: Make
) -> None:
    later = make("later", LATER)
    last = before(first, later, [f"post-{number:02}" for number in range(8, 40)])
    found, anew = chart(later, last, refuse), chart(later, None, encode)
    assert np.array_equal(found.layout.places, anew.layout.places)
    assert found.layout.settled.all()


def test_without_a_generation_before_nothing_is_taken_over(make: Make) -> None:
    assert before(None, make("only", POSTS[:1]), []) is None


@pytest.mark.parametrize("posts", [1, 2, 5])
def test_a_few_posts_have_an_atlas(make: Make, posts: int) -> None:
    atlas = chart(make("few", POSTS[:posts]), None, encode)
    assert atlas.layout.places.shape == (posts, 2)
    assert atlas.layout.subjects.tolist() == [-1] * posts
    assert atlas.layout.names == ()
    assert atlas.newer.shape == (posts, 3)
    assert atlas.chipped.shape == (posts, 14)


def test_a_post_without_text_lies_nowhere(make: Make) -> None:
    empty = MadePost("post-99", [], published=date(2024, 1, 1))
    vectors = post_vectors(make("some", [*POSTS[:2], empty]))
    assert vectors[2].tolist() == [0] * DIMENSIONS
    assert vectors[1] == pytest.approx(np.mean(POSTS[1].vectors, axis=0), abs=1e-3)
    centre = middle(vectors)
    assert centre == pytest.approx(vectors[:2].mean(axis=0))
    seen = seen_from(centre, vectors)
    assert seen[2].tolist() == [0] * DIMENSIONS
    assert seen[0] == pytest.approx(-seen[1], abs=1e-5)


def test_a_generation_answers_from_its_atlas(first: Generation) -> None:
    assert first.atlas.newer[0].tolist() != [-1, -1, -1]
    rows = [row for row in first.atlas.newer[0].tolist() if row >= 0]
    newer = first.newer(["post-00", "post-39", "nobody"])
    assert [each.id for each in newer["post-00"]] == [f"post-{row:02}" for row in rows]
    assert newer.keys() == {"post-00"}
    drawn = first.post_map()
    assert [each.post.id for each in drawn.posts] == [post.id for post in POSTS]
    assert sum(each.posts for each in drawn.subjects) == sum(
        each.subject is not None for each in drawn.posts
    )
    last, following = first.neighbours("post-05")
    assert last is not None
    assert following is not None
    assert (last.id, following.id) == ("post-04", "post-06")
