"""A query to the passages that answer it: two ways of finding, fused, then looked at closely.

The numbers were measured on judged questions over three archives: see docs/evaluation.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np

from corpus.types import Passage
from index.encoder import QuestionEncoder
from index.errors import IndexIncompatible
from index.fusion import Part, Scores, fused, mixed, with_best_sentence
from index.generation import Generation
from index.grouping import Rows, by_voice, in_turns, without_copies
from index.pooling import Vector
from index.recency import asks_for_time, timeliness
from index.repeats import Told
from index.spelling import mended
from index.terms import as_ordinals
from index.types import Description, Filters, Hit, PostRecord, Query, Stages, scored
from index.vectors import Ordinals

CANDIDATES = 200
"""How many passages each of the two engines proposes."""
RERANKED = 50
"""How many of the fused candidates are judged by their best sentence."""
WORDED = 10
"""How many more are, for the words they share with the question alone. One sentence in its very
words makes a passage's vector hardly nearer: of 22,000 passages the one that had it, with three
times the BM25 score of the next, was below the first 150 fused."""
MATCHED = 1
"""Of how many hits it is told which share of the question's words they have: each costs 0.06 ms.
How sure an answer is follows from the first's (qa/confidence.py)."""
TOGETHER = 50_000
"""From so many passages on both engines look at the same time: of a million each needs 3 to 4 ms,
and to have another thread do something costs 0.1."""


class HybridSearcher:
    """Searches one generation with its encoder. Safe to use from several threads."""

    def __init__(
        self, generation: Generation, encoder: QuestionEncoder, matched: int = MATCHED
    ) -> None:
        """``matched`` is for who changes the order of hits: of how many it is told what they share.

        Raises IndexIncompatible if the generation was built with another encoder.
        """
        about, spec = generation.manifest, encoder.spec
        if about.encoder_digest != spec.digest or about.dimensions != spec.dimensions:
            raise IndexIncompatible(
                f"The index was built with the encoder {about.model} "
                f"({about.encoder_digest[:16]}, {about.dimensions} dimensions), not with "
                f"{spec.model} ({spec.digest[:16]}, {spec.dimensions}).",
                "Build it again: blogqa build",
            )
        self.generation = generation
        self._encoder = encoder
        self._told = matched
        self._beside: ThreadPoolExecutor | None = None
        if about.passages >= TOGETHER:
            self._beside = ThreadPoolExecutor(os.cpu_count(), "nearest")

    def search(self, query: Query, limit: int, filters: Filters) -> list[Hit]:
        """At most ``limit`` hits, best first; a post's second passage only after all first ones."""
        allowed = self.generation.allowed(filters) if filters else None
        if allowed is not None and not len(allowed):
            return []
        query = self._mended(query)
        parts, candidates = self._candidates(query, filters, allowed, limit)
        dense = [self.generation.vectors.cosines(part.vector, candidates) for part in parts]
        bm25 = [part.bm25_of(candidates) for part in parts]
        by_part = [fused(*each) for each in zip(parts, dense, bm25, strict=True)]
        scores, dense_mix, bm25_mix = mixed(parts, by_part), mixed(parts, dense), mixed(parts, bm25)
        top = self._looked_at(candidates, scores, bm25_mix)
        asked = [part.vector for part in parts]
        cosines, firsts = self.generation.sentence_cosines(candidates[top], asked)
        near = mixed(parts, cosines)
        final = with_best_sentence(scores[top], np.maximum.reduceat(near, firsts))
        timely = np.zeros(len(top))
        if asks_for_time(query.text):
            timely = self._timeliness(query.text, candidates[top])
            final += timely
        final = by_voice(final, self.generation.authors(candidates[top]))
        nearness, bounds = near.tolist(), [*firsts.tolist(), len(near)]
        order, found = self._told_once(
            candidates[top], self._grouped(candidates[top], final), limit
        )
        hits = [
            Hit(
                passage=passage,
                post=post,
                score=float(final[row]),
                dense=float(dense_mix[top[row]]),
                bm25=float(bm25_mix[top[row]]),
                sentences=scored(passage.sentences, nearness[bounds[row] : bounds[row + 1]]),
            )
            for row, (passage, post) in zip(order, found, strict=True)
        ]
        hits = self._matched(query, hits)
        if not query.explain:
            return hits
        rows = top[order]
        ranks = [_ranks(each, rows) for each in (dense_mix, bm25_mix, scores)]
        return self._explained(query, hits, ranks, scores[rows], timely[order])

    def _matched(self, query: Query, hits: list[Hit]) -> list[Hit]:
        """``hits``, the first of them with the share of the question's words that they have."""
        asked = query.text if query.joined is None else query.joined
        first = hits[: self._told]
        shares = self.generation.terms.matched(asked, [hit.whole_text for hit in first])
        told = [replace(hit, matched=share) for hit, share in zip(first, shares, strict=True)]
        return told + hits[self._told :]

    def _explained(
        self, query: Query, hits: list[Hit], ranks: list[list[int]], fused: Scores, timely: Scores
    ) -> list[Hit]:
        """``hits`` with how they were found; ``ranks`` are by cosine, by BM25 and by both."""
        asked = query.text if query.joined is None else query.joined
        explained = []
        for row, hit in enumerate(hits):
            words, other_words = self.generation.terms.shared(asked, hit.whole_text)
            by_dense, by_bm25, by_both = (each[row] for each in ranks)
            stages = Stages(
                words=words,
                other_words=other_words,
                dense_rank=by_dense,
                bm25_rank=by_bm25 if hit.bm25 > 0 else None,
                fused_rank=by_both,
                fused=float(fused[row]),
                timely=float(timely[row]),
                asked=asked,
            )
            explained.append(replace(hit, stages=stages))
        return explained

    def _candidates(
        self, query: Query, filters: Filters, allowed: Ordinals | None, limit: int
    ) -> tuple[list[Part], Ordinals]:
        """What both engines propose; more of it where copies take the place of other posts."""
        texts = [(query.text, 1.0)]
        if query.joined is not None:
            shares = [(query.text, 1 - query.joined_share), (query.joined, query.joined_share)]
            texts = [(text, share) for text, share in shares if share]
        vectors = self._encoder.encode_queries([text for text, _ in texts])
        available = len(allowed) if allowed is not None else self.generation.manifest.passages
        chipped = self.generation.with_chips(filters.chips) if filters.chips else None
        count = CANDIDATES
        while True:
            parts = []
            candidates: dict[int, None] = {}
            for (text, share), vector in zip(texts, vectors, strict=True):
                nearest = self._nearest(vector, count, allowed)
                bm25 = self.generation.terms.search(text, count, filters, chipped)
                candidates.update(dict.fromkeys(nearest().tolist()))
                candidates.update(dict.fromkeys(bm25))
                parts.append(Part(vector, share, bm25, self.generation.terms.rarity(text)))
            found = as_ordinals(candidates)
            posts, originals = self.generation.posts_and_originals(found)
            if count >= available or np.array_equal(posts, originals):
                return parts, found
            different = len(np.unique(originals))
            if different == len(np.unique(posts)) or different >= limit:
                return parts, found
            count *= 4

    def _nearest(
        self, vector: Vector, count: int, allowed: Ordinals | None
    ) -> Callable[[], Ordinals]:
        """What gives the passages nearest to ``vector``, being looked for already or when asked."""
        look = partial(self.generation.nearest, vector, count, allowed)
        return look if self._beside is None else self._beside.submit(look).result

    def _mended(self, query: Query) -> Query:
        """``query`` without slips of the keyboard."""
        terms, encoder = self.generation.terms, self._encoder
        joined = None if query.joined is None else mended(query.joined, terms, encoder)
        return replace(query, text=mended(query.text, terms, encoder), joined=joined)

    def _timeliness(self, question: str, ordinals: Ordinals) -> Scores:
        """What passages get for the time of their posts."""
        posts, _ = self.generation.posts_and_originals(ordinals)
        return timeliness(question, self.generation.days[posts], self.generation.days)

    def _looked_at(self, candidates: Ordinals, scores: Scores, bm25: Scores) -> Rows:
        """The rows of the candidates to judge by their sentences: most by score, some by words."""
        order = np.argsort(-scores, kind="stable")
        ranked = order[without_copies(*self.generation.posts_and_originals(candidates[order]))]
        others = ranked[RERANKED:]
        worded = others[np.argsort(-bm25[others], kind="stable")][:WORDED]
        return np.concatenate([ranked[:RERANKED], worded])

    def _grouped(self, ordinals: Ordinals, scores: Scores) -> list[int]:
        """Rows by score, posts taking turns."""
        order = np.argsort(-scores, kind="stable")
        posts, _ = self.generation.posts_and_originals(ordinals[order])
        rows: list[int] = order[in_turns(posts)].tolist()
        return rows

    def _told_once(
        self, ordinals: Ordinals, order: list[int], limit: int
    ) -> tuple[list[int], list[tuple[Passage, PostRecord]]]:
        """The first ``limit`` rows of ``order`` that say something new, and their passages."""
        told = Told()
        rows: list[int] = []
        passages: list[tuple[Passage, PostRecord]] = []
        while order and len(rows) < limit:
            wanted, order = order[: limit - len(rows)], order[limit - len(rows) :]
            found = self.generation.store.passages(int(ordinals[row]) for row in wanted)
            for row, each in zip(wanted, found, strict=True):
                if not told.is_repeated(each[0].text):
                    rows.append(row)
                    passages.append(each)
        return rows, passages

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
            calibration=manifest.calibration,
        )

    def close(self) -> None:
        """Let go of the generation's files."""
        if self._beside is not None:
            self._beside.shutdown()
        self.generation.close()


def _ranks(scores: Scores, rows: Rows) -> list[int]:
    """The ranks of ``rows`` by ``scores``, from 1; equal ones share the better rank."""
    ranks: list[int] = (1 + (scores > scores[rows, None]).sum(axis=1)).tolist()
    return ranks
