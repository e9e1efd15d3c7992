"""Short forms that an archive explains itself: "sales development rep (SDR)", "SDR (sales ...)".

A short form belongs to the words beside it if these have its letters in order, the first at the
beginning of a word: Schwartz and Hearst, "A simple algorithm for identifying abbreviation
definitions in biomedical text" (2003), who find 82% of what people do, 96% of it right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

MOST_LONG_FORMS = 3
"""Of one short form: "rep" and "representative" are both right, the fourth is a slip."""
MOST_PAIRS = 5000
"""In all; abstracts of research explain one in three, a blog one in ten posts."""

_INTRODUCTION = (
    "# What the posts themselves say is the same, found by the build. Words of your own belong in\n"
    "# index/vocabulary.txt.\n"
)
_IN_BRACKETS = re.compile(r"\(([^()\n,>]{2,80})\)")
_BREAK = re.compile(r"[.,;:!?()\"“”|\n>]")
_LONGEST = 120  # characters before a bracket that are looked at
_SHORT = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Z][A-Za-z0-9&/-]{1,9}")
_WORD = re.compile(r"[^\W_][\w'’&/-]*")


class Definitions:
    """The pairs that some texts explain."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, text: str) -> None:
        """Take the pairs of ``text``, each once."""
        if "(" in text:  # few have one, and an update without anything costs as much as one with
            self._counts.update(set(definitions(text)))

    def pairs(self) -> list[tuple[str, str]]:
        """Short and long forms in lower case, the most frequent first."""
        of_short: Counter[str] = Counter()
        kept = []
        for pair in sorted(self._counts, key=lambda pair: (-self._counts[pair], pair)):
            of_short[pair[0]] += 1
            if of_short[pair[0]] <= MOST_LONG_FORMS:
                kept.append(pair)
        return kept[:MOST_PAIRS]

    def lines(self, is_searchable: Callable[[str], bool]) -> str:
        """The pairs of which both are searchable, as :mod:`index.vocabulary` reads them."""
        pairs = (pair for pair in self.pairs() if all(map(is_searchable, pair)))
        return _INTRODUCTION + "".join(f"{short}, {long}\n" for short, long in pairs)


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """The short forms that ``text`` explains, each with its long one, in lower case."""
    for found in _IN_BRACKETS.finditer(text):
        beginning = text[max(0, found.start() - _LONGEST) : found.start()].rstrip()
        before, within = _BREAK.split(beginning)[-1], found[1].strip()
        last = before.rpartition(" ")[2]
        if _SHORT.fullmatch(within):
            short, long = _singular(within), _long_form(_singular(within), before)
        elif _SHORT.fullmatch(last):
            short, long = _singular(last), _long_form(_singular(last), within)
            long = long if long == " ".join(_WORD.findall(within)) else ""  # all of it, or none
        else:
            continue
        if long:
            yield short.lower(), long.lower()


def _singular(short: str) -> str:
    return short[:-1] if short[-1] == "s" and short[-2].isupper() else short


def _long_form(short: str, text: str) -> str:
    """The words at the end of ``text`` that ``short`` stands for; empty if there are none.

    From the end on each letter is looked for in turn, the first at the beginning of a word.
    """
    words = _WORD.findall(text)
    words = words[-min(len(short) + 5, 2 * len(short)) :]
    candidate = " ".join(words)
    place = len(candidate)
    letters = [letter for letter in short.lower() if letter.isalnum()]
    for row, letter in reversed(list(enumerate(letters))):
        place -= 1
        while place >= 0 and not (
            candidate[place].lower() == letter
            and (row or place == 0 or not candidate[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return ""
    long = candidate[candidate.rfind(" ", 0, place) + 1 :]
    several = len(long.split()) > 1
    return long if several and short.lower() not in long.lower().split() else ""
