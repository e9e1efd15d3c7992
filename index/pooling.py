"""Token states to vectors: of a whole text, and of each sentence as it stands in that text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding

from corpus.types import Span

Vector = npt.NDArray[np.float32]
Pooling = Literal["mean", "cls"]
Head = Callable[[Vector], Vector]
"""Layers behind the pooling: rows of what was pooled to as many rows."""


@dataclass(frozen=True, slots=True)
class EncodedPassage:
    """A unit vector of shape (dimensions,) and one for each sentence, (sentences, dimensions)."""

    vector: Vector
    sentences: Vector


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenized passage: the ids of its tokens, and which of them each sentence has.

    ``bounds`` is of shape (sentences, 2): the first token and the one after the last; equal where a
    sentence has none left, the text having been cut at the model's limit before it. ``skip`` is how
    many of the first ones are no part of the whole: those of a prompt that a model leaves out.
    """

    ids: npt.NDArray[np.int32]
    bounds: npt.NDArray[np.int64]
    skip: int = 0


def tokens_of(encoding: Encoding, sentences: Sequence[Span], skip: int = 0) -> Tokens:
    """What is kept of an ``encoding`` of a text; ``sentences`` are spans of that text."""
    ids = np.array(encoding.ids, np.int32)
    own = np.flatnonzero(np.array(encoding.special_tokens_mask) == 0)
    offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
    first = own[0] if len(own) else min(1, len(ids))  # how many special ones stand in front
    return Tokens(ids, token_bounds(offsets[own, 1], sentences, first), skip)


def token_bounds(
    ends: npt.NDArray[np.int64], sentences: Sequence[Span], first: int
) -> npt.NDArray[np.int64]:
    """Which tokens each of ``sentences`` has, of those that end at ``ends``, numbered from
    ``first`` on.

    A token belongs to the sentence in which it ends: SentencePiece gives each word the space before
    it, so that the first word of a sentence begins outside.
    """
    spans = np.array(sentences, np.int64).reshape(-1, 2)
    return np.searchsorted(ends, spans, side="right") + first


def pool_passage(
    states: Vector, tokens: Tokens, pooling: Pooling, head: Head | None = None
) -> EncodedPassage:
    """The vectors of a passage from the ``states`` of its own tokens, (tokens, dimensions).

    A sentence's is the mean of its tokens' states; without tokens, that of the whole. Where there
    is a ``head``, both pass it.
    """
    pooled = np.empty((1 + len(tokens.bounds), states.shape[1]), np.float32)
    pooled[0] = pool_text(states, tokens.skip, pooling)
    for row, (first, last) in enumerate(tokens.bounds.tolist(), start=1):
        pooled[row] = states[first:last].mean(axis=0) if first < last else pooled[0]
    vectors = unit_rows(pooled if head is None else head(pooled))
    return EncodedPassage(vectors[0], vectors[1:])


def pool_text(states: Vector, skip: int, pooling: Pooling) -> Vector:
    """What stands for a text whole, from the ``states`` of its tokens but for the first ``skip``.

    Of any length; that of no token at all is the first one's state.
    """
    own = states[skip:] if skip < len(states) else states[:1]
    pooled: Vector = own[0] if pooling == "cls" else own.mean(axis=0)
    return pooled


def unit_rows(vectors: Vector) -> Vector:
    """``vectors``, shape (rows, dimensions), each brought to length 1."""
    unit: Vector = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
