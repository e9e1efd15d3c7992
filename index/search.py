"""A query to the passages that answer it: two ways of finding, fused, then looked at closely.

The numbers were measured on judged questions over three archives: see docs/evaluation.md.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder
from index.errors import IndexIncompatible
from index.generation import Generation
from index.pooling import Vector
from index.terms import as_ordinals
from index.types import Description, Filters, Hit, Query, ScoredSentence
from index.vectors import Ordinals

CANDIDATES = 200
"""How many passages each of the two engines proposes."""
DENSE_SHARE = 0.75
"""What cosine weighs against BM25, each scaled to 0..1 over the candidates."""
RERANKED = 50
"""How many of the fused candidates are judged by their best sentence."""
WORDED = 10
"""How many more are, for the words they share with the question alone. One sentence in its very
words makes a passage's vector hardly nearer: of 22,000 passages the one that had it, with three
times the BM25 score of the next, was below the first 150 fused."""
SENTENCE_SHARE = 0.5
"""What the best sentence weighs against the fused score in that."""
PASSAGES_PER_POST = 2

Scores = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Part:
    """One text that is searched for, and what it weighs in the whole."""

    vector: Vector
    share: float
    bm25: dict[int, float]


class HybridSearcher:
    """Searches one generation with its encoder. Safe to use from several threads."""

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
        """Raises IndexIncompatible if the generation was built with another encoder."""
        if generation.manifest.encoder_digest != encoder.spec.digest:
            raise IndexIncompatible(
                f"The index was built with the encoder {generation.manifest.encoder_digest[:16]}, "
                f"not with {encoder.spec.digest[:16]}.",
                "Build it again: blogqa build",
            )
        self.generation = generation
        self._encoder = encoder

    def search(self, query: Query, limit: int, filters: Filters) -> list[Hit]:
        """At most ``limit`` hits, best first; a post's second passage only after all first ones."""
        allowed = self.generation.allowed(filters) if filters else None
        if allowed is not None and not len(allowed):
            return []
        parts, candidates = self._candidates(query, filters, allowed, limit)
        dense = [self.generation.vectors.cosines(part.vector, candidates) for part in parts]
        bm25 = [
            np.array([part.bm25.get(ordinal, 0.0) for ordinal in candidates.tolist()])
            for part in parts
        ]
        fused = _mix(
            parts,
            [
                DENSE_SHARE * _scaled(d) + (1 - DENSE_SHARE) * _scaled(b)
                for d, b in zip(dense, bm25, strict=True)
            ],
        )
        dense_mix, bm25_mix = _mix(parts, dense), _mix(parts, bm25)
        ranked = self._without_copies(candidates, np.argsort(-fused, kind="stable"))
        others = ranked[RERANKED:]
        worded = others[np.argsort(-bm25_mix[others], kind="stable")][:WORDED]
        top = np.concatenate([ranked[:RERANKED], worded])
        vectors, firsts = self.generation.sentences_of(candidates[top])
        near = _mix(parts, [vectors @ part.vector for part in parts])
        best = np.maximum.reduceat(near, firsts)
        sentences = np.split(near, firsts[1:])
        final = (1 - SENTENCE_SHARE) * fused[top] + SENTENCE_SHARE * best
        order = self._grouped(candidates[top], final)[:limit]
        found = self.generation.store.passages(int(candidates[top[row]]) for row in order)
        return [
            Hit(
                passage=passage,
                post=post,
                score=float(final[row]),
                dense=float(dense_mix[top[row]]),
                bm25=float(bm25_mix[top[row]]),
                sentences=tuple(
                    ScoredSentence(span, float(score))
                    for span, score in zip(passage.sentences, sentences[row], strict=True)
                ),
            )
            for row, (passage, post) in zip(order, found, strict=True)
        ]

    def _candidates(
        self, query: Query, filters: Filters, allowed: Ordinals | None, limit: int
    ) -> tuple[list[_Part], Ordinals]:
        """What both engines propose; more of it where copies take the place of other posts."""
        texts = [(query.text, 1.0)]
        if query.joined is not None:
            shares = [(query.text, 1 - query.joined_share), (query.joined, query.joined_share)]
            texts = [(text, share) for text, share in shares if share]
        vectors = self._encoder.encode_queries([text for text, _ in texts])
        available = len(allowed) if allowed is not None else self.generation.manifest.passages
        count = CANDIDATES
        while True:
            parts = []
            candidates: dict[int, None] = {}
            for (text, share), vector in zip(texts, vectors, strict=True):
                bm25 = self.generation.terms.search(text, count, filters)
                nearest = self.generation.nearest(vector, count, allowed)
                candidates.update(dict.fromkeys(nearest.tolist()))
                candidates.update(dict.fromkeys(bm25))
                parts.append(_Part(vector, share, bm25))
            found = as_ordinals(candidates)
            posts, originals = self.generation.posts_and_originals(found)
            different = len(np.unique(originals))
            if count >= available or different == len(np.unique(posts)) or different >= limit:
                return parts, found
            count *= 4

    def _without_copies(self, ordinals: Ordinals, order: Rows) -> Rows:
        """The rows of ``order`` without those of a post of which a copy stands before it."""
        posts, originals = self.generation.posts_and_originals(ordinals[order])
        if len(np.unique(posts)) == len(np.unique(originals)):
            return order
        speakers: dict[int, int] = {}
        told = zip(posts.tolist(), originals.tolist(), strict=True)
        kept = [speakers.setdefault(original, post) == post for post, original in told]
        return order[kept]

    def _grouped(self, ordinals: Ordinals, scores: Scores) -> list[int]:
        """Rows by score, posts taking turns: every first passage, then every second one."""
        turns: Counter[int] = Counter()
        rows = []
        order = np.argsort(-scores, kind="stable")
        posts, _ = self.generation.posts_and_originals(ordinals[order])
        for row, post in zip(order.tolist(), posts.tolist(), strict=True):
            if turns[post] < PASSAGES_PER_POST:
                rows.append((turns[post], row))
            turns[post] += 1
        return [row for _, row in sorted(rows, key=lambda each: each[0])]

    def describe(self) -> Description:
        """The figures of the generation that is searched."""
        manifest = self.generation.manifest
        return Description(
            generation=manifest.generation,
            built_at=manifest.built_at,
            model=manifest.model,
            dimensions=manifest.dimensions,
            posts=manifest.posts,
            passages=manifest.passages,
            sentences=manifest.sentences,
        )

    def close(self) -> None:
        """Let go of the generation's files."""
        self.generation.close()


def _mix(parts: list[_Part], scores: list[npt.NDArray[np.floating]]) -> Scores:
    mixed: Scores = np.sum(
        [part.share * each for part, each in zip(parts, scores, strict=True)], axis=0
    )
    return mixed


def _scaled(scores: npt.NDArray[np.floating]) -> Scores:
    """``scores`` stretched over 0 to 1; all 0 if they are equal."""
    low, high = scores.min(), scores.max()
    scaled: Scores = (scores - low) / (high - low) if high > low else np.zeros_like(scores)
    return scaled
