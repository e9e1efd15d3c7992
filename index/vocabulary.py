"""Words that mean the same in the trade: what a question is searched for beside its own words.

The file beside this module may be edited; what stands in it is read when an index is opened. Each
index has another of its own, with what its posts explain (:mod:`index.mined`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import IndexingError

VOCABULARY_FILE = Path(__file__).with_name("vocabulary.txt")

Words = tuple[str, ...]
Analyze = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Meaning:
    """Terms of a question that mean one thing, and what others say for it."""

    own: Words
    others: tuple[Words, ...] = ()


class Vocabulary:
    """Expressions of one or some words, each with others to search for, too."""

    def __init__(self, paths: Iterable[Path], analyze: Analyze) -> None:
        """Read ``paths``; ``analyze`` makes terms of an expression as the index has them.

        Raises IndexingError, naming the line, for an expression without a term.
        """
        others: defaultdict[Words, dict[Words, None]] = defaultdict(dict)
        for path in paths:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if line.strip() and not line.startswith("#"):
                    for said, other in _pairs(line, analyze, f"{path}, line {number}"):
                        if said != other:
                            others[said][other] = None
        self._others = {said: tuple(found) for said, found in others.items()}
        self._longest: dict[str, int] = {}  # of the expressions that begin with a term
        for first, *rest in self._others:
            self._longest[first] = max(self._longest.get(first, 1), 1 + len(rest))

    def meanings(self, terms: Sequence[str]) -> list[Meaning]:
        """What a question means, given all its ``terms`` in order; each meaning once.

        Of expressions that overlap the first counts, and of those that begin alike the longest.
        """
        found: dict[Words, Meaning] = {}
        first = 0
        while first < len(terms):
            for length in range(self._longest.get(terms[first], 1), 0, -1):
                own = tuple(terms[first : first + length])
                if own in self._others:
                    break
            found[own] = Meaning(own, self._others.get(own, ()))
            first += len(own)
        return list(found.values())


def _pairs(line: str, analyze: Analyze, where: str) -> Iterator[tuple[Words, Words]]:
    """Every expression of a line with each that it is searched for."""
    left, directed, right = line.partition(">")
    said = [tuple(analyze(each)) for each in left.split(",")]
    others = [tuple(analyze(each)) for each in right.split(",")] if directed else said
    if not all(said) or not all(others):
        raise IndexingError(
            f"{where} has an expression without a word to search for: {line.strip()!r}.",
            "Mend that line, or take it out.",
        )
    return ((one, other) for one in said for other in others)
