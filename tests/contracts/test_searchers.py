"""The engines there are, held to one contract; and the hybrid's vectors to an exact engine's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from corpus.types import Passage
from index.encoder import Encoder, Vector
from index.generation import Generation
from index.search import HybridSearcher
from index.types import Description, Filters, Hit, PostRecord, Query, ScoredSentence, Searcher
from tests.contracts.searcher import EVERYONE, QUESTIONS, SearcherContract


class ExactSearcher:
    """Compares a query with every passage, one by one: slow, plain, and right by inspection."""

    def __init__(self, searcher: HybridSearcher, encoder: Encoder) -> None:
        self._generation: Generation = searcher.generation
        self._about = searcher.describe()
        self._encoder = encoder
        self._all = self._generation.store.passages(range(self._about.passages))
        self.vectors = [
            self._generation.vectors.rows(np.array([row]))[0] for row in range(len(self._all))
        ]

    def cosines(self, text: str) -> list[float]:
        query = self._encoder.encode_query(text)
        return [float(vector @ query) for vector in self.vectors]

    def search(self, query: Query, limit: int, filters: Filters) -> list[Hit]:
        parts = [(query.text, 1.0)]
        if query.joined is not None:
            parts = [(query.text, 1 - query.joined_share), (query.joined, query.joined_share)]
        shares = [share for _, share in parts]
        cosines = [self.cosines(text) for text, _ in parts]
        dense = [float(np.dot(shares, each)) for each in zip(*cosines, strict=True)]
        query_vectors = [self._encoder.encode_query(text) for text, _ in parts]
        mixed = np.average(query_vectors, axis=0, weights=shares).astype(np.float32)
        ranked = sorted(range(len(dense)), key=lambda row: -dense[row])
        before: Counter[str] = Counter()
        turns = []
        for row in ranked:
            passage, post = self._all[row]
            if _passes(post, filters):
                turns.append((before[post.id], self._hit(row, passage, post, dense[row], mixed)))
                before[post.id] += 1
        return [hit for _, hit in sorted(turns, key=lambda each: each[0])][:limit]

    def _hit(
        self, row: int, passage: Passage, post: PostRecord, cosine: float, query: Vector
    ) -> Hit:
        scores = self._generation.sentence_vectors(row) @ query
        sentences = [
            ScoredSentence(span, float(score))
            for span, score in zip(passage.sentences, scores, strict=True)
        ]
        return Hit(passage, post, cosine, cosine, 0.0, tuple(sentences))

    def describe(self) -> Description:
        return self._about

    def close(self) -> None:
        """Nothing is held that the hybrid engine doesn't own."""


def _passes(post: PostRecord, filters: Filters) -> bool:
    day = post.published
    return (
        (filters.author is None or (post.author or "").lower() == filters.author.lower())
        and (filters.tag is None or filters.tag.lower() in [tag.lower() for tag in post.tags])
        and (filters.after is None or (day is not None and day >= filters.after))
        and (filters.before is None or (day is not None and day <= filters.before))
    )


@pytest.fixture(scope="module")
def exact(sample_searcher: HybridSearcher, encoder: Encoder) -> Iterator[ExactSearcher]:
    searcher = ExactSearcher(sample_searcher, encoder)
    yield searcher
    searcher.close()


class TestHybrid(SearcherContract):
    @pytest.fixture
    def searcher(self, sample_searcher: HybridSearcher) -> Searcher:
        return sample_searcher


class TestExact(SearcherContract):
    @pytest.fixture
    def searcher(self, exact: ExactSearcher) -> Searcher:
        return exact


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_nearest_by_faiss_are_the_nearest(
    sample_searcher: HybridSearcher, exact: ExactSearcher, encoder: Encoder, question: str
) -> None:
    cosines = np.array(exact.cosines(question))
    nearest = sample_searcher.generation.vectors.nearest(encoder.encode_query(question), 200)
    assert nearest.tolist() == np.argsort(-cosines, kind="stable")[:200].tolist()


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_hit_s_cosines_are_exact(
    sample_searcher: HybridSearcher, exact: ExactSearcher, question: str
) -> None:
    slow = {hit.passage.id: hit for hit in exact.search(Query(question), 1000, EVERYONE)}
    hits = sample_searcher.search(Query(question), 20, EVERYONE)
    assert len(hits) == 20
    for hit in hits:
        assert hit.dense == pytest.approx(slow[hit.passage.id].dense, abs=1e-6)
        for mine, other in zip(hit.sentences, slow[hit.passage.id].sentences, strict=True):
            assert mine.span == other.span
            assert mine.score == pytest.approx(other.score, abs=1e-6)


def test_a_joined_query_s_cosine_is_the_mean(
    sample_searcher: HybridSearcher, exact: ExactSearcher
) -> None:
    query = Query(QUESTIONS[0], QUESTIONS[1], 0.25)
    first, second = exact.cosines(QUESTIONS[0]), exact.cosines(QUESTIONS[1])
    passages = sample_searcher.generation.store.passages(range(len(first)))
    wanted = {
        passage.id: 0.75 * one + 0.25 * other
        for (passage, _), one, other in zip(passages, first, second, strict=True)
    }
    for hit in sample_searcher.search(query, 10, EVERYONE):
        assert hit.dense == pytest.approx(wanted[hit.passage.id], abs=1e-6)
