"""Rows of a table as a line of text, from which the cells can be told again.

Cells are joined by " | "; an empty one leaves its place ("a | | c", "| b", "a |"). A bar that stood
alone in a cell becomes a slash, so that every bar alone parts two cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.types import Span

_BAR = re.compile(r"(?<!\S)\|(?!\S)")


def cell_text(text: str) -> str:
    """``text`` as it may stand in a cell: of the same length, no bar alone in it."""
    return _BAR.sub("/", text)


def join_cells(cells: Sequence[str]) -> tuple[str, list[int]]:
    """The row's text and where each of ``cells`` starts in it; each is what `cell_text` gives."""
    parts: list[str] = []
    starts = []
    length = 0
    for number, cell in enumerate(cells):
        bar = (" |" if length else "|") if number else ""
        space = " " if cell and (length or bar) else ""
        starts.append(length + len(bar) + len(space))
        length = starts[-1] + len(cell)
        parts += (bar, space, cell)
    return "".join(parts), starts


def cell_spans(text: str) -> list[Span]:
    """Where the cells stand in a row's ``text``, in order; an empty cell has an empty span."""
    spans = []
    start = 0
    for bar in [*_BAR.finditer(text), None]:
        end = bar.start() if bar else len(text)
        cell = text[start:end]
        first = start + len(cell) - len(cell.lstrip())
        spans.append(Span(first, max(first, start + len(cell.rstrip()))))
        start = bar.end() if bar else end
    return spans
