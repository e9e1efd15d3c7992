"""The nearest of many posts to each of many."""

from __future__ import annotations

import numpy as np
import pytest

from index.nearby import Nearby


def test_the_nearest_from_some_row_on() -> None:
    angles = np.radians(np.arange(0, 90, 10))
    vectors = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    nearby = Nearby(vectors)
    cosines, rows = nearby.nearest(vectors[[0, 8]], 3, 4)
    assert rows.tolist() == [[4, 5, 6], [8, 7, 6]]
    assert cosines[1] == pytest.approx(np.cos(np.radians([0, 10, 20])))
    _, rows = nearby.nearest(vectors[:1], 3, 7)
    assert rows.tolist() == [[7, 8, -1]]
