"""Rows of a table as a line of text: cells can always be told again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.markup.rows import cell_spans, cell_text, join_cells
from corpus.markup.words import plain

CELL = st.text("ab|/ é", max_size=6).map(plain).map(cell_text)


@pytest.mark.parametrize(
    ("cells", "text", "starts"),
    [
        (["a", "b"], "a | b", [0, 4]),
        (["a", "", "c"], "a | | c", [0, 3, 6]),
        (["", "b"], "| b", [0, 2]),
        (["a", ""], "a |", [0, 3]),
        (["", "", "c"], "| | c", [0, 1, 4]),
        (["a"], "a", [0]),
        ([], "", []),
    ],
)
def test_cells_are_joined_by_bars(cells: list[str], text: str, starts: list[int]) -> None:
    assert join_cells(cells) == (text, starts)


@pytest.mark.parametrize(
    ("text", "cell"),
    [("a | b", "a / b"), ("|", "/"), ("| | x", "/ / x"), ("a|b || |c", "a|b || |c")],
)
def test_a_bar_of_a_cell_itself_becomes_a_slash(text: str, cell: str) -> None:
    assert cell_text(text) == cell


@given(st.lists(CELL, min_size=1, max_size=6))
def test_cells_come_back(cells: list[str]) -> None:
    text, starts = join_cells(cells)
    assert text == plain(text)
    spans = cell_spans(text)
    assert [text[start:end] for start, end in spans] == cells
    assert [span.start for span, cell in zip(spans, cells, strict=True) if cell] == [
        start for start, cell in zip(starts, cells, strict=True) if cell
    ]
