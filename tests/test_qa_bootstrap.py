"""Intervals and differences."""

from __future__ import annotations

import pytest

from qa.bootstrap import Difference, Interval, compare, interval


def test_equal_values_leave_no_doubt() -> None:
    assert interval([0.5, 0.5, 0.5]) == Interval(0.5, 0.5, 0.5)


def test_the_interval_is_that_of_the_normal_law_where_there_are_many() -> None:
    values = [0.0, 1.0] * 500
    found = interval(values)
    error = 1.96 * 0.5 / 1000**0.5
    assert found.mean == 0.5
    assert found.low == pytest.approx(0.5 - error, abs=0.002)
    assert found.high == pytest.approx(0.5 + error, abs=0.002)
    assert interval(values) == found


def test_a_difference_is_of_pairs() -> None:
    found = compare([1.0, 0.5, 0.2, 0.2], [0.0, 0.5, 0.4, 0.2])
    assert (found.wins, found.losses, found.ties) == (1, 1, 2)
    assert found.interval.mean == pytest.approx(0.2)
    assert not found.is_clear


@pytest.mark.parametrize(
    ("low", "high", "clear"), [(0.1, 0.2, True), (-0.2, -0.1, True), (-0.1, 0.1, False)]
)
def test_a_difference_is_clear_where_its_interval_leaves_nothing_out(
    low: float, high: float, clear: bool
) -> None:
    assert Difference(Interval(0.0, low, high), 1, 1, 1).is_clear is clear
