"""Chips: stages of a sale and objections that posts are narrowed by, and which post has which.

The file beside this module may be edited; the next build follows it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self, get_args

import numpy as np

from index.errors import IndexingError
from index.foreign import FOREIGN
from index.listing import PostReading
from index.pooling import Vector
from index.types import ChipKind

CHIPS_FILE = Path(__file__).with_name("chips.toml")

NEAR = 6.0
"""How far the best passage of a post that names a chip lies above what is about something else, in
standard deviations of that. Set by reading which posts of two sales archives get what: see
docs/evaluation.md."""
VERY_NEAR = 7.2
"""The same for a passage that counts for what stands in itself or in a heading over it."""
_VERY_NEAR_PASSAGES = 2

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Chip:
    """A stage or objection: what a post about it says, by words and by meaning."""

    id: str
    name: str
    kind: ChipKind
    words: tuple[str, ...]
    sentences: tuple[str, ...]


def chips_digest(path: Path = CHIPS_FILE) -> str:
    """What names the content of the chips' file: an index of other chips is another index."""
    return blake2b(path.read_bytes(), digest_size=16).hexdigest()


def read_chips(path: Path = CHIPS_FILE) -> tuple[Chip, ...]:
    """The chips in the order of the file.

    Raises IndexingError, naming the chip, where one is not whole.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("chips", [])
    except ValueError as error:
        raise _unusable(path, f"cannot be read: {error}") from error
    chips = tuple(_chip(path, number, table) for number, table in enumerate(tables, start=1))
    ids = [chip.id for chip in chips]
    if len(set(ids)) < len(ids):
        twice = next(id for id in ids if ids.count(id) > 1)
        raise _unusable(path, f"has two chips with the id {twice!r}")
    return chips


def _chip(path: Path, number: int, table: Any) -> Chip:
    wanted = {each.name for each in fields(Chip)}
    if not isinstance(table, dict) or table.keys() != wanted:
        raise _unusable(path, f"chip {number} must have {', '.join(sorted(wanted))}")
    for name in ("words", "sentences"):
        texts = table[name]
        if not (isinstance(texts, list) and texts and all(map(_is_text, texts))):
            raise _unusable(path, f"chip {number} needs a list of texts as {name}")
    if not _is_text(table["name"]) or not _ID.fullmatch(str(table["id"])):
        raise _unusable(path, f"chip {number} needs a name, and an id of small letters and hyphens")
    if table["kind"] not in get_args(ChipKind):
        raise _unusable(path, f"chip {number} is of the kind {table['kind']!r}")
    return Chip(
        table["id"],
        table["name"],
        table["kind"],
        tuple(table["words"]),
        tuple(table["sentences"]),
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _unusable(path: Path, problem: str) -> IndexingError:
    return IndexingError(
        f"{path}: {problem}.", "Mend the file: its first lines say what a chip is made of."
    )


@dataclass(frozen=True, slots=True)
class Measure:
    """What tells how near a passage is to each chip, for one encoder.

    ``sentences`` are unit vectors of all chips' sentences one after the other, shape (sentences,
    dimensions). ``far`` and ``spread`` are mean and standard deviation of their cosines to
    questions about other things altogether.
    """

    sentences: Vector
    far: float
    spread: float

    @classmethod
    def of(cls, chips: Sequence[Chip], encode: Callable[[Sequence[str]], list[Vector]]) -> Self:
        """The measure of ``chips``; ``encode`` gives unit vectors of some texts."""
        sentences = np.stack(encode(sentences_of(chips)))
        cosines = sentences @ np.stack(encode(FOREIGN)).T
        return cls(sentences.astype(np.float32), float(cosines.mean()), float(cosines.std()))


def sentences_of(chips: Sequence[Chip]) -> list[str]:
    """The sentences of all ``chips``, in order."""
    return [sentence for chip in chips for sentence in chip.sentences]


class Chipper:
    """Tells which chips a post has."""

    def __init__(self, chips: Sequence[Chip], measure: Measure) -> None:
        """``measure`` is that of these ``chips``."""
        self._patterns = [_pattern(chip.words) for chip in chips]
        self._measure = measure
        self._firsts = np.cumsum([0, *(len(chip.sentences) for chip in chips)])[:-1]

    @property
    def count(self) -> int:
        """How many chips there are."""
        return len(self._patterns)

    def chips_of(self, post: PostReading, passages: Vector) -> list[bool]:
        """Of each chip, whether ``post`` has it; ``passages`` are its passages' unit vectors.

        Title or a tag says the words, and a passage is near to the chip's sentences; or a heading
        does, and a passage below it is very near; or two passages do that are very near themselves
        (the only one, in a post of one). Words alone mislead ("a fair price for honey"), and so
        does meaning: every post about selling is somewhat near to every chip.
        """
        if not len(passages):
            return [False] * self.count
        cosines = passages @ self._measure.sentences.T
        near = np.maximum.reduceat(cosines, self._firsts, axis=1)
        near = (near - self._measure.far) / self._measure.spread
        return [
            bool(best >= NEAR) and _has(post, pattern, own)  # few come near to most chips
            for pattern, own, best in zip(self._patterns, near.T, near.max(axis=0), strict=True)
        ]


def _has(post: PostReading, pattern: re.Pattern[str], near: Vector) -> bool:
    """Of a chip that a passage is near to."""
    if _any(pattern, (post.title, *post.tags)):
        return True
    very_near = np.flatnonzero(near >= VERY_NEAR).tolist()
    if any(_any(pattern, post.headings[each]) for each in very_near):
        return True
    saying = sum(bool(pattern.search(post.texts[each])) for each in very_near)
    return saying >= min(_VERY_NEAR_PASSAGES, len(near))


def _any(pattern: re.Pattern[str], texts: Iterable[str]) -> bool:
    return any(pattern.search(text) for text in texts)


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Any of ``words`` as whole words, in any case, a hyphen as good as a space."""
    said = "|".join(r"[\s-]".join(map(re.escape, re.split(r"[\s-]+", each))) for each in words)
    said = re.sub("['’]", "['’]", said)
    return re.compile(rf"\b(?:{said})(?:s|es)?\b", re.IGNORECASE)
