"""What an author stressed, carried through the gathering of text as characters that are no text.

A block's text is put together from many pieces and its white space collapsed at the end, so where
a stress stands is known only then. Until then U+FDD0 to U+FDD3 mark its ends: noncharacters, which
Unicode keeps for use within a program and which are taken out of all that comes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from corpus.markup.words import plain, visible
from corpus.types import Mark

Stress = Literal["strong", "em"]

OPENING: dict[Stress, str] = {"strong": "\ufdd0", "em": "\ufdd2"}
CLOSING: dict[Stress, str] = {"strong": "\ufdd1", "em": "\ufdd3"}
_ENDS: dict[str, tuple[Stress, bool]] = {
    "\ufdd0": ("strong", True),
    "\ufdd1": ("strong", False),
    "\ufdd2": ("em", True),
    "\ufdd3": ("em", False),
}
_SENTINEL = re.compile("[\ufdd0-\ufdd3]")
_PARTS = re.compile("([\ufdd0-\ufdd3])")


def unstressed(text: str) -> str:
    """``text`` without the ends of any stress."""
    return _SENTINEL.sub("", text)


def stressed(text: str) -> tuple[str, tuple[Mark, ...]]:
    """``text`` on one line as :func:`~corpus.markup.words.plain` makes it, and its stresses.

    A stress that is not closed lasts to the end. Those with at most a space between them are one,
    and none is empty or has a space at its ends.
    """
    if not _SENTINEL.search(text):
        return plain(text), ()
    pieces: list[str] = []
    marks: list[Mark] = []
    starts: dict[Stress, int | None] = {}  # None until the first word of the stress
    length = 0
    gap = False
    for part in _PARTS.split(visible(text)):
        if part in _ENDS:
            stress, opens = _ENDS[part]
            if opens:
                starts.setdefault(stress, None)
            elif (start := starts.pop(stress, None)) is not None:
                marks.append(Mark(start, length, stress))
        elif words := " ".join(part.split()):
            if length and (gap or part[0].isspace()):
                pieces.append(" ")
                length += 1
            starts = {stress: length if at is None else at for stress, at in starts.items()}
            pieces.append(words)
            length += len(words)
            gap = part[-1].isspace()
        else:
            gap = gap or bool(part)
    marks += [Mark(start, length, stress) for stress, start in starts.items() if start is not None]
    line = "".join(pieces)
    return line, tuple(sorted(_joined(marks, line), key=lambda mark: (mark.start, -mark.end)))


def with_ends(text: str, marks: Iterable[Mark]) -> str:
    """``text`` with the ends of ``marks`` in it, for :func:`stressed` to find them again."""
    ends = [(mark.end, 0, CLOSING[mark.kind]) for mark in marks]
    ends += [(mark.start, 1, OPENING[mark.kind]) for mark in marks]
    pieces: list[str] = []
    position = 0
    for end, _, sentinel in sorted(ends):
        pieces += (text[position:end], sentinel)
        position = end
    return "".join([*pieces, text[position:]])


def shifted(marks: Iterable[Mark], by: int) -> Iterator[Mark]:
    """``marks`` as they stand once their text has ``by`` characters more in front."""
    return (Mark(mark.start + by, mark.end + by, mark.kind) for mark in marks)


def _joined(marks: list[Mark], line: str) -> Iterator[Mark]:
    for stress in OPENING:
        last: Mark | None = None
        for mark in marks:
            if mark.kind != stress:
                continue
            if last and line[last.end : mark.start].isspace() | (last.end == mark.start):
                last = Mark(last.start, mark.end, stress)
                continue
            if last:
                yield last
            last = mark
        if last:
            yield last
