"""How much effort finds enough of what is nearest."""

from __future__ import annotations

import numpy as np
import pytest

from index.recall import doubled, least_effort
from index.vectors import Ordinals

NEAREST = [{1, 2}, {3, 4}]
FOUND = {
    1: [[1, 9], [8, 9]],  # 0.25
    2: [[1, 2], [3, 9]],  # 0.75
    4: [[2, 1], [4, 3]],  # 1.0
}


def search(effort: int) -> Ordinals:
    return np.array(FOUND[effort])


@pytest.mark.parametrize(
    ("least", "enough"), [(0.0, (1, 0.25)), (0.25, (1, 0.25)), (0.3, (2, 0.75)), (1.0, (4, 1.0))]
)
def test_the_first_that_finds_enough(least: float, enough: tuple[int, float]) -> None:
    assert least_effort(search, [1, 2, 4], NEAREST, least) == enough


def test_none_where_none_does() -> None:
    assert least_effort(search, [1, 2], NEAREST, 0.8) is None
    assert least_effort(search, [], NEAREST, 0.0) is None


@pytest.mark.parametrize(
    ("first", "most", "efforts"), [(4, 32, [4, 8, 16, 32]), (4, 31, [4, 8, 16]), (4, 3, [])]
)
def test_efforts_double(first: int, most: int, efforts: list[int]) -> None:
    assert list(doubled(first, most)) == efforts
