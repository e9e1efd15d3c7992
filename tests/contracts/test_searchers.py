"""The engines there are, held to one contract; and the hybrid's vectors to an exact engine's."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from corpus.archive import Archive
from corpus.types import Passage, Source
from index.build import build
from index.current import current_folder
from index.encoder import Encoder
from index.generation import Generation
from index.manifest import BuildOptions
from index.pooling import Vector
from index.recall import NEAREST, NearestOptions
from index.reranker import Reranker, RerankingSearcher
from index.search import CANDIDATES, HybridSearcher
from index.types import Description, Filters, Hit, PostRecord, Query, ScoredSentence, Searcher
from qa.settings import Settings
from tests.contracts.searcher import CHOSEN, EVERYONE, QUESTIONS, SAMPLE, SearcherContract

Ids = frozenset[str]


class ExactSearcher:
    """Compares a query with every passage, one by one: slow, plain, and right by inspection."""

    def __init__(
        self, searcher: HybridSearcher, encoder: Encoder, sources: Mapping[str, Ids]
    ) -> None:
        self._sources = sources
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
            if _passes(post, filters) and self._is_held(post, filters.source):
                turns.append((before[post.id], self._hit(row, passage, post, dense[row], mixed)))
                before[post.id] += 1
        return [hit for _, hit in sorted(turns, key=lambda each: each[0])][:limit]

    def _is_held(self, post: PostRecord, source: str | None) -> bool:
        return source is None or post.id in self._sources.get(source, ())

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
def home(sample_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's archive and index again, with ten of its posts in another source as well."""
    home = tmp_path_factory.mktemp("home")
    shutil.copy(sample_settings.archive_file, home / "archive.sqlite")
    shutil.copytree(sample_settings.index_folder, home / "index")
    with Archive(home / "archive.sqlite") as archive:
        chosen = [replace(post, source=CHOSEN) for post in list(archive.posts())[::4]]
        archive.put(Source(CHOSEN, "markdown", "/chosen"), chosen)
    return home


@pytest.fixture(scope="module")
def sources(home: Path) -> dict[str, Ids]:
    """The ids of the posts in each source."""
    with Archive(home / "archive.sqlite") as archive:
        return {name: frozenset(archive.held_by(name)) for name in (SAMPLE, CHOSEN)}


Build = Callable[[NearestOptions], HybridSearcher]


@pytest.fixture(scope="module")
def build_with(home: Path, encoder: Encoder) -> Iterator[Build]:
    """Builds the index with options of its own, which nothing is encoded for, and opens it."""
    opened = []

    def build_and_open(options: NearestOptions) -> HybridSearcher:
        with Archive(home / "archive.sqlite") as archive:
            report = build(archive, encoder, home / "index", BuildOptions(nearest=options))
        assert report.embedded == 0
        generation = Generation(current_folder(home / "index"))
        opened.append(HybridSearcher(generation, encoder))
        return opened[-1]

    yield build_and_open
    for searcher in opened:
        searcher.close()


@pytest.fixture(scope="module")
def hybrid(build_with: Build) -> HybridSearcher:
    """Compares a query with every vector."""
    searcher = build_with(NearestOptions(exact_limit=1000))
    assert searcher.generation.manifest.lists is None
    return searcher


@pytest.fixture(scope="module")
def listed(build_with: Build) -> HybridSearcher:
    """Looks for the nearest vectors in inverted lists."""
    searcher = build_with(NearestOptions(exact_limit=10, least_recall=0.9))
    assert searcher.generation.manifest.lists is not None
    return searcher


@pytest.fixture(scope="module")
def linked(build_with: Build) -> HybridSearcher:
    """Looks for the nearest vectors in a graph."""
    searcher = build_with(NearestOptions(exact_limit=10, kind="graph"))
    assert searcher.generation.manifest.graph is not None
    return searcher


@pytest.fixture(scope="module")
def exact(hybrid: HybridSearcher, encoder: Encoder, sources: dict[str, Ids]) -> ExactSearcher:
    return ExactSearcher(hybrid, encoder, sources)


class TestHybrid(SearcherContract):
    @pytest.fixture
    def searcher(self, hybrid: HybridSearcher) -> Searcher:
        return hybrid

    @pytest.fixture
    def chosen(self, sources: dict[str, Ids]) -> Ids:
        return sources[CHOSEN]


class TestHybridWithLists(SearcherContract):
    @pytest.fixture
    def searcher(self, listed: HybridSearcher) -> Searcher:
        return listed

    @pytest.fixture
    def chosen(self, sources: dict[str, Ids]) -> Ids:
        return sources[CHOSEN]


class TestHybridWithGraph(SearcherContract):
    @pytest.fixture
    def searcher(self, linked: HybridSearcher) -> Searcher:
        return linked

    @pytest.fixture
    def chosen(self, sources: dict[str, Ids]) -> Ids:
        return sources[CHOSEN]


class WordCounter(Reranker):
    """Reads like a cross-encoder that knows of nothing but words in common."""

    def __init__(self) -> None:
        """Needs no network."""

    def scores(self, question: str, passages: Sequence[str]) -> npt.NDArray[np.float32]:
        asked = set(question.lower().split())
        shared = [len(asked & set(passage.lower().split())) for passage in passages]
        return np.array(shared, np.float32)


class TestReranking(SearcherContract):
    @pytest.fixture
    def searcher(self, hybrid: HybridSearcher) -> Searcher:
        return RerankingSearcher(hybrid, WordCounter())

    @pytest.fixture
    def chosen(self, sources: dict[str, Ids]) -> Ids:
        return sources[CHOSEN]


class TestExact(SearcherContract):
    @pytest.fixture
    def searcher(self, exact: ExactSearcher) -> Searcher:
        return exact

    @pytest.fixture
    def chosen(self, sources: dict[str, Ids]) -> Ids:
        return sources[CHOSEN]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_nearest_by_faiss_are_the_nearest(
    hybrid: HybridSearcher, exact: ExactSearcher, encoder: Encoder, question: str
) -> None:
    cosines = np.array(exact.cosines(question))
    nearest = hybrid.generation.vectors.nearest(encoder.encode_query(question), 200)
    assert nearest.tolist() == np.argsort(-cosines, kind="stable")[:200].tolist()


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_hit_s_cosines_are_exact(
    hybrid: HybridSearcher, exact: ExactSearcher, question: str
) -> None:
    slow = {hit.passage.id: hit for hit in exact.search(Query(question), 1000, EVERYONE)}
    hits = hybrid.search(Query(question), 20, EVERYONE)
    assert len(hits) == 20
    for hit in hits:
        assert hit.dense == pytest.approx(slow[hit.passage.id].dense, abs=1e-6)
        for mine, other in zip(hit.sentences, slow[hit.passage.id].sentences, strict=True):
            assert mine.span == other.span
            assert mine.score == pytest.approx(other.score, abs=1e-6)


def test_a_joined_query_s_cosine_is_the_mean(hybrid: HybridSearcher, exact: ExactSearcher) -> None:
    query = Query(QUESTIONS[0], QUESTIONS[1], 0.25)
    first, second = exact.cosines(QUESTIONS[0]), exact.cosines(QUESTIONS[1])
    passages = hybrid.generation.store.passages(range(len(first)))
    wanted = {
        passage.id: 0.75 * one + 0.25 * other
        for (passage, _), one, other in zip(passages, first, second, strict=True)
    }
    for hit in hybrid.search(query, 10, EVERYONE):
        assert hit.dense == pytest.approx(wanted[hit.passage.id], abs=1e-6)


def test_lists_find_the_nearest_as_often_as_promised(
    listed: HybridSearcher, exact: ExactSearcher, encoder: Encoder
) -> None:
    lists = listed.generation.manifest.lists
    assert lists is not None
    assert lists.recall >= 0.9
    passages = listed.generation.store.passages(range(listed.generation.manifest.passages))
    asked = [*QUESTIONS, *(post.title for _, post in passages[::2])]
    found = 0
    for text in asked:
        nearest = np.argsort(-np.array(exact.cosines(text)))[:NEAREST]
        candidates = listed.generation.nearest(encoder.encode_query(text), CANDIDATES)
        found += len(np.intersect1d(nearest, candidates))
    assert found / NEAREST / len(asked) >= lists.recall - 0.03


def test_a_graph_gives_the_same_hits(linked: HybridSearcher, hybrid: HybridSearcher) -> None:
    for question in QUESTIONS:
        one, other = (
            [hit.passage.id for hit in searcher.search(Query(question), 10, EVERYONE)]
            for searcher in (linked, hybrid)
        )
        assert one == other


def test_lists_give_nearly_the_same_hits(listed: HybridSearcher, hybrid: HybridSearcher) -> None:
    for question in QUESTIONS:
        one, other = (
            {hit.passage.id for hit in searcher.search(Query(question), 10, EVERYONE)}
            for searcher in (listed, hybrid)
        )
        assert len(one & other) >= 9
