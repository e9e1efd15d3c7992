"""Slips of the keyboard, put right before a question is searched for.

A word is taken for mistyped if neither the archive, nor the vocabulary, nor the encoder knows it as
a word; what it is taken for is one slip away and in the archive. Everything else stays as typed:
a word that merely is in no post ("patch", "meek") says something all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase
from typing import Protocol

_LEAST_LETTERS = 5  # of four, "bant" and "want" are one slip apart
_MOST_SHARE = 1 / 3  # of the words: a question with more of them is in another language
_WORD = re.compile(r"(?<![\w'’.@/-])[A-Za-z]+(?![\w'’@/-]|\.\w)")


class Lexicon(Protocol):
    """Words that an archive's posts have."""

    def frequency(self, word: str) -> int:
        """In how many passages ``word`` stands; in all, for one that questions are asked with."""

    def has_word(self, word: str) -> bool:
        """Whether ``word`` stands in a passage, or is one to search for others by."""


class Reader(Protocol):
    """What is trained on a language and knows its words."""

    def is_word(self, text: str) -> bool:
        """Whether ``text`` is a word of that language."""


def mended(text: str, lexicon: Lexicon, reader: Reader) -> str:
    """``text`` with each mistyped word as what it was most likely to be."""
    words = list(_WORD.finditer(text))
    slips = [word for word in words if _is_slip(word, lexicon, reader)]
    if len(slips) > max(1, len(words) * _MOST_SHARE):
        return text
    for slip in reversed(slips):
        right = _meant(slip[0].lower(), lexicon, reader) or slip[0]
        text = text[: slip.start()] + right + text[slip.end() :]
    return text


def _is_slip(found: re.Match[str], lexicon: Lexicon, reader: Reader) -> bool:
    word = found[0].lower()
    is_name = found[0] != word and (found.start() > 0 or found[0][1:] != word[1:])
    return (
        len(word) >= _LEAST_LETTERS
        and not is_name
        and not reader.is_word(word)
        and not lexicon.has_word(word)
    )


def _meant(word: str, lexicon: Lexicon, reader: Reader) -> str:
    """The most frequent of what ``word`` may have been; empty if there is none.

    Words of the language come first: those are few, and the archive's own names are the rest. A
    name that stands in one passage alone may be a slip itself.
    """
    possible = dict.fromkeys(_one_slip_away(word))
    language = [each for each in possible if reader.is_word(each)]
    for choice, least in ((language, 1), (possible, 2)):
        best = max(choice, key=lexicon.frequency, default="")
        if best and lexicon.frequency(best) >= least:
            return best
    return ""


def _one_slip_away(word: str) -> Iterator[str]:
    """Everything that ``word`` is with one letter less, more, or other, or two exchanged.

    As Peter Norvig does it (https://norvig.com/spell-correct.html), but the first letter, which is
    seldom mistyped, stays, if not exchanged: "setter" is not "better".
    """
    for place in range(len(word) + 1):
        left, right = word[:place], word[place:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        if not left:
            continue
        if right:
            yield left + right[1:]
        for letter in ascii_lowercase:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]
