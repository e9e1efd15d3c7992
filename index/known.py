"""Vectors that need not be made again: those of the generation in use, and of a stopped build."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from index.generation import Generation
from index.journal import Journal
from index.pooling import Vector
from index.sentences import Records

_BLOCK = 4096


class KnownVectors:
    """Vectors by fingerprint, from both places."""

    def __init__(self, generation: Generation | None, journal: Journal) -> None:
        """Look in ``generation``, which the same encoder made, and in ``journal``."""
        self._generation = generation
        self._journal = journal
        prints = [] if generation is None else generation.store.fingerprints()
        self._ordinals = {each: ordinal for ordinal, each in enumerate(prints)}

    def __contains__(self, fingerprint: str) -> bool:
        return fingerprint in self._ordinals or fingerprint in self._journal

    def blocks(self, fingerprints: Sequence[str]) -> Iterator[tuple[Vector, list[Records]]]:
        """The vectors of many passages in order, and the packed sentences of each, in blocks.

        KeyError if one is in neither place.
        """
        for first in range(0, len(fingerprints), _BLOCK):
            yield self._block(fingerprints[first : first + _BLOCK])

    def _block(self, fingerprints: Sequence[str]) -> tuple[Vector, list[Records]]:
        found: list[tuple[Vector, Records]] = [
            self._journal.read(each) for each in fingerprints if each not in self._ordinals
        ]
        if self._generation is None:
            return np.stack([vector for vector, _ in found]), [records for _, records in found]
        old = [self._ordinals[each] for each in fingerprints if each in self._ordinals]
        ordinals = np.array(old, np.int64)
        vectors = self._generation.vectors.rows(ordinals)
        records = self._generation.sentence_records(ordinals)
        if not found:  # after few new posts, most blocks
            return vectors, records
        rows, sentences, new = iter(vectors), iter(records), iter(found)
        pairs = [
            (next(rows), next(sentences)) if each in self._ordinals else next(new)
            for each in fingerprints
        ]
        return np.stack([vector for vector, _ in pairs]), [records for _, records in pairs]
