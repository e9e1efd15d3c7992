"""Texts to the tokens that a model takes, and back to where each sentence stands among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from corpus.types import Span
from index.pooling import Tokens, token_bounds, tokens_of
from index.spec import EncoderSpec, tokenizer_file, unusable
from index.words import Words

_STEP = 8  # lengths are rounded up to
_NO_SENTENCES = np.empty((0, 2), np.int64)
_WORD_MARKS = ("", "▁", "Ġ")  # what WordPiece, SentencePiece and byte-level BPE begin a word with

Feed = dict[str, npt.NDArray[np.int64]]
"""A network's inputs by name, each of shape (texts, tokens)."""


class TextTokenizer:
    """Makes tokens of texts, as one model wants them. Safe to use from several threads."""

    def __init__(self, folder: Path, spec: EncoderSpec) -> None:
        """The tokenizer kept in ``folder`` for ``spec``; EncoderError if it cannot be read."""
        self.spec = spec
        self._tokenizer = open_tokenizer(folder, spec.max_tokens)
        self._counter = Tokenizer.from_str(self._tokenizer.to_str())
        self._counter.no_truncation()
        self._words = Words.of(self._counter)
        self._frame = _Frame.of(self._tokenizer)
        left_out = not spec.include_prompt
        self._query_skip = self._length(spec.query_prompt) if left_out else 0
        self._passage_skip = self._length(spec.passage_prompt) if left_out else 0

    def count(self, text: str) -> int:
        """How many tokens ``text`` has, without the special ones the model puts around it."""
        if self._words is not None:
            return self._words.count(text)
        return len(self._counter.encode(text, add_special_tokens=False).ids)

    def is_word(self, text: str) -> bool:
        """Whether ``text``, in lower case, is a word to the tokenizer rather than made of pieces.

        It has a token for each of the 20,000 words or so that its model saw most often.
        """
        return any(self._counter.token_to_id(mark + text) is not None for mark in _WORD_MARKS)

    def question(self, text: str) -> Tokens:
        """The tokens of a question behind its prompt; what exceeds the limit is cut."""
        encoding = self._tokenizer.encode(self.spec.query_prompt + text)
        return Tokens(np.array(encoding.ids, np.int32), _NO_SENTENCES, self._query_skip)

    def passage(self, text: str, sentences: Sequence[Span]) -> Tokens:
        """The tokens of a passage behind its prompt; ``sentences`` are spans of ``text``."""
        prompt = self.spec.passage_prompt
        spans = [Span(start + len(prompt), end + len(prompt)) for start, end in sentences]
        if self._words is None or not self._frame.cuts_the_end:
            return tokens_of(self._tokenizer.encode(prompt + text), spans, self._passage_skip)
        ids, ends = self._words.pieces(prompt + text)
        before, after = self._frame.before, self._frame.after
        room = self.spec.max_tokens - len(before) - len(after)
        whole = np.concatenate([before, ids[:room], after])
        return Tokens(whole, token_bounds(ends[:room], spans, len(before)), self._passage_skip)

    def feed(self, names: Sequence[str], texts: Sequence[npt.NDArray[np.int32]]) -> Feed:
        """A network's inputs of these ``names`` for a batch of token ids, padded to the longest."""
        # Every new shape costs OpenVINO, and 8 is what its kernels take at a time: a tenth of a
        # question's time. Beyond the limit some networks have no positions.
        longest = max(len(ids) for ids in texts)
        length = max(longest, min(longest + -longest % _STEP, self.spec.max_tokens))
        feed = {name: np.zeros((len(texts), length), np.int64) for name in names}
        # RoBERTa and its kin count positions by the tokens that are not padding.
        feed["input_ids"].fill(self.spec.pad_id)
        for row, ids in enumerate(texts):
            feed["input_ids"][row, : len(ids)] = ids
            feed["attention_mask"][row, : len(ids)] = 1
        return feed

    def _length(self, prompt: str) -> int:
        """How many tokens a prompt takes, with the special ones in front of it.

        As sentence-transformers counts those that it leaves out of the mean.
        """
        if not prompt:
            return 0
        encoding = self._tokenizer.encode(prompt)
        return len(encoding.ids) - encoding.special_tokens_mask[-1]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The special tokens around a text, and whether it is cut at its end where it is too long."""

    before: npt.NDArray[np.int32]
    after: npt.NDArray[np.int32]
    cuts_the_end: bool

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> Self:
        encoding = tokenizer.encode("a")
        ids, special = np.array(encoding.ids, np.int32), np.array(encoding.special_tokens_mask)
        own = np.flatnonzero(special == 0)
        first, last = (own[0], own[-1] + 1) if len(own) else (len(ids), len(ids))
        side = (tokenizer.truncation or {}).get("direction", "right")
        return cls(ids[:first], ids[last:], str(side).lower() == "right")


def open_tokenizer(folder: Path, max_tokens: int) -> Tokenizer:
    """The tokenizer kept in ``folder``, cutting at ``max_tokens`` on the side that it always did.

    Raises EncoderError if it cannot be read.
    """
    try:
        tokenizer = Tokenizer.from_file(str(tokenizer_file(folder)))
    except Exception as error:  # all that tokenizers raises
        raise unusable(folder, str(error)) from error
    side = (tokenizer.truncation or {}).get("direction", "right")
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens, direction=str(side).lower())
    return tokenizer
