"""Tokens of texts by their words, where a word has the same wherever it stands.

So it has with BERT's tokenizer, and a word that was seen before need not be taken apart again: a
build asks for the tokens of every sentence twice, which took as long as all else beside encoding.
"""

from __future__ import annotations

import json
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

_MOST = 100_000  # words remembered; a blog of 5,000 posts has as many
_LOCAL = {
    "normalizer": {"BertNormalizer"},
    "pre_tokenizer": {"BertPreTokenizer"},
    "model": {"WordPiece"},
}
"""Parts of a tokenizer that look at no more than what stands between two spaces."""


class Pieces(NamedTuple):
    """The tokens of a text, and where each ends in it; both of shape (tokens,)."""

    ids: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int64]


class Words:
    """The tokens of texts without the special ones around them, remembered word by word."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """``tokenizer`` must be one that :meth:`of` takes."""
        self._tokenizer = tokenizer
        self._known: dict[str, tuple[list[int], list[int]]] = {}

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> Self | None:
        """The words of ``tokenizer``, which cuts no text; None if neighbours count with it."""
        parts = json.loads(tokenizer.to_str())
        is_local = all((parts[name] or {}).get("type") in _LOCAL[name] for name in _LOCAL)
        if not is_local or any(" " in token["content"] for token in parts["added_tokens"]):
            return None
        return cls(tokenizer)

    def count(self, text: str) -> int:
        """How many tokens ``text`` has."""
        known = self._known
        return sum([len((known.get(word) or self._new(word))[0]) for word in text.split(" ")])

    def pieces(self, text: str) -> Pieces:
        """The tokens of ``text``."""
        known = self._known
        ids: list[int] = []
        ends: list[int] = []
        start = 0
        for word in text.split(" "):
            own, own_ends = known.get(word) or self._new(word)
            ids += own
            ends += [start + end for end in own_ends]
            start += len(word) + 1
        return Pieces(np.array(ids, np.int32), np.array(ends, np.int64))

    def _new(self, word: str) -> tuple[list[int], list[int]]:
        if len(self._known) >= _MOST:
            self._known.clear()
        found = self._tokenizer.encode(word, add_special_tokens=False)
        self._known[word] = found.ids, [end for _, end in found.offsets]
        return self._known[word]
