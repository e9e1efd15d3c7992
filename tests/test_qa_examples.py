"""Questions to start with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from corpus.types import Block, Post
from index.atlas import Layout
from index.search import HybridSearcher
from index.store import Store, StoreWriter
from qa.ask import ask
from qa.examples import example_questions
from qa.settings import Settings

Examples = Callable[..., list[str]]


@contextmanager
def stored(path: Path, titles: list[str], tags: list[tuple[str, ...]]) -> Iterator[Store]:
    """A store of posts with ``titles``, the first being the newest, and ``tags``."""
    carried = [*tags, *[()] * len(titles)]
    posts = [
        Post(
            id=f"p-{number}",
            source="s",
            place=f"{number}.md",
            title=title,
            blocks=(Block("paragraph", "Text."),),
            published=date(2020, 1, 28 - number),
            tags=carried[number],
        )
        for number, title in enumerate(titles)
    ]
    with StoreWriter(path) as writer:
        for post in posts:
            writer.add(post, [])
    store = Store(path)
    try:
        yield store
    finally:
        store.close()


def layout(subjects: dict[str, list[int]], posts: int) -> Layout:
    """A map on which the posts of those rows are of each of ``subjects``."""
    numbers = np.full(posts, -1, np.int32)
    for number, rows in enumerate(subjects.values()):
        numbers[rows] = number
    places, settled = np.zeros((posts, 2), np.float32), np.ones(posts, np.bool_)
    return Layout(places, numbers, settled, posts, tuple(subjects))


@pytest.fixture
def examples(tmp_path: Path) -> Examples:
    def of(
        *titles: str,
        tags: list[tuple[str, ...]] | None = None,
        subjects: dict[str, list[int]] | None = None,
    ) -> list[str]:
        with stored(tmp_path / "passages.sqlite", list(titles), tags or []) as store:
            return example_questions(store, layout(subjects or {}, len(titles)))

    return of


def test_a_title_that_asks_is_taken_as_it_is(examples: Examples) -> None:
    assert examples("The standing desk", "Who calls first?", "Is email dead?") == [
        "Who calls first?",
        "Is email dead?",
    ]


def test_a_title_that_asks_about_what_it_does_not_name_is_none_to_start_with(
    examples: Examples,
) -> None:
    assert examples("Is there a project here?", "Too dear compared with what?", "Who?") == ["Who?"]


@pytest.mark.parametrize(
    ("title", "question"),
    [
        ("How to open a cold call", "How do I open a cold call?"),
        ("How To Open a Cold Call", "How do I open a cold call?"),
        ("How to brand Yourself to your peers", "How do I brand myself to my peers?"),
        ("how to use LinkedIn with a CRM", "How do I use LinkedIn with a CRM?"),
    ],
)
def test_a_title_that_explains_how_to_becomes_a_question(
    examples: Examples, title: str, question: str
) -> None:
    assert examples(title) == [question]


@pytest.mark.parametrize(
    "title",
    [
        "How to win",
        "How to " + "x" * 62,
        "Learn how to open a cold call",
        "x" * 70 + "?",
    ],
)
def test_a_title_too_short_too_long_or_of_another_form_is_no_question(
    examples: Examples, title: str
) -> None:
    assert examples(title) == []


def test_subjects_take_turns_the_largest_first(examples: Examples) -> None:
    titles = ["Who calls first?", "Is ten late?", "How to open a cold call", "A", "B", "C", "D"]
    subjects = {"e-mail": [3, 4], "calls": [0, 2, 5], "": [6]}
    assert examples(*titles, subjects=subjects) == [
        "Who calls first?",
        "What do people get wrong about e-mail?",
        "How do I open a cold call?",
        "What helps with calls?",
        "Is ten late?",
    ]


def test_without_subjects_tags_that_two_posts_carry_come_first(examples: Examples) -> None:
    tags = [("price", "calling"), ("calling",), ("calling", "price"), ("once",)]
    assert examples("Who calls first?", "A", "B", "C", tags=tags) == [
        "What helps with calling?",
        "What do people get wrong about price?",
        "Who calls first?",
    ]


def test_there_are_six_at_most_and_none_twice(examples: Examples) -> None:
    titles = ["Who calls first?"] * 2 + [f"Is number {number} any good?" for number in range(9)]
    assert examples(*titles) == [
        "Who calls first?",
        *[f"Is number {number} any good?" for number in range(5)],
    ]


def test_an_archive_that_gives_no_hint_has_none(examples: Examples) -> None:
    assert examples("The standing desk") == []


def test_the_sample_archive_answers_its_own_examples(sample_searcher: HybridSearcher) -> None:
    generation = sample_searcher.generation
    questions = example_questions(generation.store, generation.atlas.layout)
    assert len(questions) == 6
    settings = Settings()
    for question in questions:
        answer = ask(
            sample_searcher,
            question,
            limit=settings.limit,
            least_confidence=settings.least_confidence,
        )
        assert answer.status == "answered", question
