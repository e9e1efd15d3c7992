"""Passages that say again what was shown: a reposted paragraph, a footer, a guest post's teaser.

Whole posts that are copies were found at the import (:mod:`corpus.copies`); here it is one passage
of many that two posts have in common. Texts are compared by their runs of four words, as there.
"""

from __future__ import annotations

RUN_WORDS = 4
MOST_SAID = 0.6
"""Of a passage's runs of four words: from here on it says again what was shown. With every tenth
word changed, 0.6 of all runs are left (docs/evaluation.md)."""

Run = tuple[bytes, ...]
# Bytes, as they are cut into words five times as fast as text. Past ASCII all counts as letters.
_LETTERS = bytes(
    byte if byte >= 128 or chr(byte).isalnum() or chr(byte) == "_" else ord(" ")
    for byte in range(256)
)


class Told:
    """What was shown so far."""

    def __init__(self) -> None:
        self._runs: set[Run] = set()

    def is_repeated(self, text: str) -> bool:
        """Whether ``text`` says again what was told; if not, it is told from now on."""
        runs = _runs(text)
        if runs and len(runs & self._runs) >= MOST_SAID * len(runs):
            return True
        self._runs |= runs
        return False


def _runs(text: str) -> set[Run]:
    """All runs of four words in ``text``; of a shorter one, all of it."""
    words = text.casefold().encode().translate(_LETTERS).split()
    if len(words) < RUN_WORDS:
        return {tuple(words)} if words else set()
    return set(zip(*(words[first:] for first in range(RUN_WORDS)), strict=False))
