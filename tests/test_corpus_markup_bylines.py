"""A line that names an author and a day is told from one that only mentions them."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.markup.bylines import name_in, read_byline

DAY = date(2020, 5, 2)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Ann Ray", "Ann Ray"),
        ("Analysis by Ann Ray", "Ann Ray"),
        ("Текст: Анна Рэй", "Анна Рэй"),
        ("Author: Ann Ray", "Ann Ray"),
        ("Ann Ray, Staff Writer", "Ann Ray"),
        ("Ann Ray, Bob Lee, Senior Sales Correspondent", "Ann Ray, Bob Lee"),
        ("Ann Ray, DSK Editor-at-large", "Ann Ray"),
        ("Ann Ray May 2, 2020", "Ann Ray"),
        ("Ann Ray, 2 May 2020", "Ann Ray"),
        ("Theresa May", "Theresa May"),
        ("Ann Writer", "Ann Writer"),
        ("Words Worth", "Words Worth"),
        ("ann@mail.example", None),
        ("By", "By"),
        ("7", None),
    ],
)
def test_names(line: str, name: str | None) -> None:
    assert name_in(line) == name


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("By Ann Ray, May 2, 2020", ("Ann Ray", DAY)),
        ("by Ann Ray on 2 May 2020", ("Ann Ray", DAY)),
        ("Written by Ann - 2020-05-02", ("Ann", DAY)),
        ("Posted on 2 May 2020 by Ann", ("Ann", DAY)),
        ("May 2, 2020 by Ann de la Ray", ("Ann de la Ray", DAY)),
        ("Ann Ray | May 2, 2020", ("Ann Ray", DAY)),
        ("Ann Ray · Published on May 2, 2020", ("Ann Ray", DAY)),
        ("By Ann Ray, Staff Writer | May 2, 2020", ("Ann Ray", DAY)),
        ("Sales | May 2, 2020", None),
        ("By Ann Ray", None),
        ("May 2, 2020", None),
        ("By now we have called 20 people", None),
        ("By the end of the week, May 2, 2020", None),
        ("We called on 2 May 2020 by phone", None),
        (f"By Ann Ray, May 2, 2020{' ' * 100}", None),
    ],
)
def test_bylines(line: str, said: tuple[str, date] | None) -> None:
    assert read_byline(line) == said
