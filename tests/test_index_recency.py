"""When age counts, and how much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index.recency import asks_for_time, timeliness
from tests.drafts import MadePost, made_generation

YEARS = (2012, 2016, 2018, 2024)
DAYS = np.array([0, *(date(year, 6, 1).toordinal() for year in YEARS)])
"""A post without a date, then one of each year."""


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("what works on LinkedIn these days?", True),
        ("latest tips for voicemail", True),
        ("Is cold calling dead nowadays", True),
        ("what changed in 2018?", True),
        ("how do I reach 2018 people", False),
        ("how do I follow up after a demo?", False),
        ("right now it is just my job title", False),
        ("we get our first rep this quarter", False),
        ("should I call the same day?", False),
    ],
)
def test_questions_that_ask_for_a_time(question: str, asks: bool) -> None:
    assert asks_for_time(question) == asks


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("what works these days?", [0, 0.0125, 0.025, 0.0375, 0.05]),
        ("what worked in 2016?", [0, 0, 0.05, 0, 0]),
        ("what worked in 1999?", [0, 0, 0, 0, 0]),
        ("what works?", [0, 0, 0, 0, 0]),
    ],
)
def test_what_posts_get_for_their_time(question: str, given: Sequence[float]) -> None:
    assert timeliness(question, DAYS, DAYS).tolist() == pytest.approx(given)


def test_an_archive_without_dates_gives_nothing() -> None:
    none = np.zeros(2, np.int64)
    assert timeliness("what works these days?", none, none).tolist() == [0, 0]


def test_a_generation_knows_its_posts_days(tmp_path: Path) -> None:
    posts = [
        MadePost("bees", [[1.0, 0.0]], published=date(2018, 6, 1)),
        MadePost("cats", [[0.0, 1.0]]),
    ]
    generation = made_generation(tmp_path / "made", posts)
    assert generation.days.tolist() == [date(2018, 6, 1).toordinal(), 0]
    generation.close()
