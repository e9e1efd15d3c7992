"""Token states to vectors: of a whole text, and of each sentence as it stands in that text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding

from corpus.types import Span

Vector = npt.NDArray[np.float32]
Pooling = Literal["mean", "cls"]


@dataclass(frozen=True, slots=True)
class EncodedPassage:
    """A unit vector of shape (dimensions,) and one for each sentence, (sentences, dimensions)."""

    vector: Vector
    sentences: Vector


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenized passage: the ids of its tokens, and which of them each sentence has.

    ``bounds`` is of shape (sentences, 2): the first token and the one after the last; equal where a
    sentence has none left, the text having been cut at the model's limit before it.
    """

    ids: npt.NDArray[np.int32]
    bounds: npt.NDArray[np.int64]


def tokens_of(encoding: Encoding, sentences: Sequence[Span]) -> Tokens:
    """What is kept of an ``encoding`` of a text; ``sentences`` are spans of that text."""
    ids = np.array(encoding.ids, np.int32)
    starts = np.array([start for start, _ in encoding.offsets[1:-1]])  # special ones have none
    bounds = np.searchsorted(starts, np.array(sentences, np.int64).reshape(-1, 2)) + 1
    return Tokens(ids, bounds)


def pool_passage(states: Vector, tokens: Tokens, pooling: Pooling) -> EncodedPassage:
    """The vectors of a passage from the ``states`` of its own tokens, (tokens, dimensions).

    A sentence's is the mean of its tokens' states; without tokens, that of the whole.
    """
    whole = pool_text(states, pooling)
    sentences = np.empty((len(tokens.bounds), states.shape[1]), np.float32)
    for row, (first, last) in enumerate(tokens.bounds.tolist()):
        sentences[row] = _unit(states[first:last].mean(axis=0)) if first < last else whole
    return EncodedPassage(whole, sentences)


def pool_text(states: Vector, pooling: Pooling) -> Vector:
    """The unit vector of a text from the ``states`` of its tokens, (tokens, dimensions)."""
    return _unit(states[0] if pooling == "cls" else states.mean(axis=0))


def _unit(vector: Vector) -> Vector:
    unit: Vector = vector / np.linalg.norm(vector)
    return unit
