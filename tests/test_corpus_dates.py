"""Dates: a full day as it is written, or nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.dates import parse_date


@pytest.mark.parametrize(
    "value",
    [
        "2018-07-23",
        "2018-07-23T23:59:59Z",
        "2018-07-23T00:30:00.000+02:00",
        "2018-07-23 23:30:00 -0500",
        "2018-07-23T23:30",
        "Jul 23, 2018",
        "July 23rd, 2018",
        " Monday, July 23, 2018\n",
        "23 July 2018",
        "Mon, 23 Jul 2018 23:30:00 -0800",
        "Mon, 23 Jul 18 00:30:00 GMT",
        "July 23, 2018 at 11:30 PM",
        "2018/07/23",
        "7/23/2018",
        "23.7.2018",
        "20180723",
        date(2018, 7, 23),
        datetime(2018, 7, 23, 23, 30),
        datetime(2018, 7, 23, 23, 30, tzinfo=timezone(timedelta(hours=-8))),
        datetime(2018, 7, 23, 0, 30, tzinfo=UTC),
    ],
)
def test_the_day_as_it_is_written(value: object) -> None:
    assert parse_date(value) == date(2018, 7, 23)


def test_a_weekday_does_not_outvote_the_day() -> None:
    assert parse_date("Friday, January 20, 2010") == date(2010, 1, 20)


def test_dots_put_the_day_first() -> None:
    assert parse_date("07.08.2018") == date(2018, 8, 7)
    assert parse_date("07/08/2018") == date(2018, 7, 8)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "  ",
        "TBD",
        "tomorrow",
        "today",
        "Wednesday",
        "2018",
        "July 2018",
        "July 23",
        "Mon Jul 2018",
        "10:30",
        "1.2.3",
        "12",
        "2018-02-30",
        "2018-13-05",
        "2018-07-23-my-first-post",
        "0000-01-01",
        "9" * 30,
        "Jul 23, 2018 " * 20,
        None,
        "Mon, 30 Nov -0001 00:00:00 +0000",
        True,
        2018,
        20180723,
        b"2018-07-23",
        ["2018-07-23"],
    ],
)
def test_no_date_is_made_up(value: object) -> None:
    assert parse_date(value) is None


_PIECES = st.sampled_from(
    ["2018", "23", "Jul", "Wed", ",", "-", "/", ":", "T", "Z", "+05", "AM", "1e9", ".", "²", "("]
)


@given(st.text() | st.lists(_PIECES, max_size=9).map(" ".join) | st.lists(_PIECES).map("".join))
def test_no_text_raises(text: str) -> None:
    assert parse_date(text) is None or isinstance(parse_date(text), date)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_comes_back(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(day.strftime("%A, %B %d, %Y")) == day
