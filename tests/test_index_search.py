"""Fusing, re-ranking and grouping, held to the same arithmetic done plainly."""

from __future__ import annotations

import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from corpus.archive import Archive
from corpus.types import Block, Post, Source
from index import grouping, search
from index.build import build
from index.current import current_folder
from index.encoder import Encoder
from index.errors import IndexIncompatible
from index.generation import Generation
from index.manifest import read_manifest, write_manifest
from index.search import HybridSearcher
from index.types import Filters, Hit, PostRecord, Query
from qa.settings import Settings

EVERYONE = Filters()
QUERIES = (
    Query("How do I handle call reluctance?"),
    Query("they already have a supplier they like"),
    Query("procurement wants a discount before signing"),
    Query("zzzz qqqq"),
    Query("And what if they never answer?", "How often should I follow up?"),
    Query("And on the phone?", "How do I ask for a referral?", 0.3),
)
FILTERS = (
    EVERYONE,
    Filters(author="inés solano"),
    Filters(tag="cold calling"),
    Filters(after=date(2015, 1, 1), before=date(2020, 1, 1)),
)


def reference(
    searcher: HybridSearcher, encoder: Encoder, query: Query, filters: Filters
) -> list[tuple[str, float, float, float]]:
    """All hits of ``query`` as id, score, dense and bm25, by loops over every passage."""
    generation = searcher.generation
    count = generation.manifest.passages
    passages = generation.store.passages(range(count))
    vectors = generation.vectors.rows(np.arange(count)).astype(np.float64)
    passing = [row for row in range(count) if passes(passages[row][1], filters)]
    texts = [(query.text, 1.0)]
    if query.joined is not None:
        texts = [(query.text, 1 - query.joined_share), (query.joined, query.joined_share)]
    candidates: set[int] = set()
    asked = []
    for text, share in texts:
        vector = encoder.encode_query(text).astype(np.float64)
        cosine = {row: float(vectors[row] @ vector) for row in passing}
        nearest = sorted(passing, key=lambda row: -cosine[row])[: search.CANDIDATES]
        every_bm25 = generation.terms.search(text, count)
        best_bm25 = [row for row in every_bm25 if row in cosine][: search.CANDIDATES]
        candidates.update(nearest, best_bm25)
        asked.append((share, vector, cosine, {row: every_bm25[row] for row in best_bm25}))
    fused = dict.fromkeys(candidates, 0.0)
    for (text, _), (share, _, cosine, bm25) in zip(texts, asked, strict=True):
        worded = 0.3
        if bm25:
            worded += 0.1 * min(1, max(bm25.values()) / generation.terms.rarity(text))
        for weight, scores in ((1 - worded, cosine), (worded, bm25)):
            of_candidates = {row: scores.get(row, 0.0) for row in candidates}
            low, high = min(of_candidates.values()), max(of_candidates.values())
            for row, score in of_candidates.items():
                fused[row] += share * weight * ((score - low) / (high - low) if high > low else 0)
    ranked = sorted(candidates, key=lambda row: -fused[row])
    judged, others = ranked[: search.RERANKED], ranked[search.RERANKED :]
    words = {row: sum(share * bm25.get(row, 0.0) for share, *_, bm25 in asked) for row in others}
    final = {}
    for row in judged + sorted(others, key=lambda row: -words[row])[: search.WORDED]:
        sentences = generation.sentence_vectors(row).astype(np.float64)
        mixed = np.array([share * (sentences @ vector) for share, vector, _, _ in asked])
        best = float(mixed.sum(axis=0).max())
        final[row] = (1 - 0.5) * fused[row] + 0.5 * best
    told = dict(final)
    heard = set()
    for row in sorted(final, key=lambda row: -final[row]):
        author = (passages[row][1].author or "").lower()
        told[row] -= 0.02 if author in heard else 0
        heard.add(author)
    turns: Counter[str] = Counter()
    rows = []
    for row in sorted(told, key=lambda row: -told[row]):
        post = passages[row][1].id
        if turns[post] < 2:
            rows.append((turns[post], row))
        turns[post] += 1
    return [
        (
            passages[row][0].id,
            told[row],
            sum(share * cosine[row] for share, _, cosine, _ in asked),
            sum(share * bm25.get(row, 0.0) for share, _, _, bm25 in asked),
        )
        for _, row in sorted(rows, key=lambda each: each[0])
    ]


def passes(post: PostRecord, filters: Filters) -> bool:
    day = post.published
    assert day is not None  # every post of the sample has one
    return (
        (filters.author is None or (post.author or "").lower() == filters.author)
        and (filters.tag is None or filters.tag in post.tags)
        and (filters.after is None or day >= filters.after)
        and (filters.before is None or day <= filters.before)
    )


def check(searcher: HybridSearcher, encoder: Encoder, query: Query, filters: Filters) -> None:
    wanted = reference(searcher, encoder, query, filters)
    found = searcher.search(query, 1000, filters)
    assert [hit.passage.id for hit in found] == [id for id, *_ in wanted]
    for hit, (_, score, dense, bm25) in zip(found, wanted, strict=True):
        assert hit.score == pytest.approx(score, abs=1e-5)
        assert hit.dense == pytest.approx(dense, abs=1e-5)
        assert hit.bm25 == pytest.approx(bm25, abs=1e-5)


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("query", QUERIES)
def test_scores_are_what_the_formula_says(
    sample_searcher: HybridSearcher, encoder: Encoder, query: Query, filters: Filters
) -> None:
    check(sample_searcher, encoder, query, filters)


@pytest.mark.parametrize("query", QUERIES)
def test_only_the_best_of_each_engine_are_candidates(
    sample_searcher: HybridSearcher,
    encoder: Encoder,
    query: Query,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "CANDIDATES", 7)
    monkeypatch.setattr(search, "RERANKED", 3)
    monkeypatch.setattr(search, "WORDED", 2)
    check(sample_searcher, encoder, query, EVERYONE)
    assert len(sample_searcher.search(query, 1000, EVERYONE)) <= 5


def test_both_engines_at_the_same_time_find_what_they_find_in_turn(
    sample_searcher: HybridSearcher, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages = sample_searcher.generation.manifest.passages
    monkeypatch.setattr(search, "TOGETHER", passages)
    folder = sample_searcher.generation.folder
    together = HybridSearcher(Generation(folder, check=False), encoder)
    for query in QUERIES:
        for filters in FILTERS:
            found = together.search(query, 1000, filters)
            assert found == sample_searcher.search(query, 1000, filters)
    assert threads("nearest") > 0
    together.close()
    assert threads("nearest") == 0
    monkeypatch.setattr(search, "TOGETHER", passages + 1)
    in_turn = HybridSearcher(Generation(folder, check=False), encoder)
    in_turn.search(QUERIES[0], 1, EVERYONE)
    assert threads("nearest") == 0
    in_turn.close()


def threads(name: str) -> int:
    """How many threads whose name begins so there are."""
    return sum(each.name.startswith(name) for each in threading.enumerate())


def test_every_first_passage_comes_before_any_second_and_none_is_third(
    sample_searcher: HybridSearcher,
) -> None:
    hits = sample_searcher.search(QUERIES[0], 1000, EVERYONE)
    posts = [hit.post.id for hit in hits]
    distinct = len(set(posts))
    assert 1 < distinct < len(posts)
    assert len(set(posts[:distinct])) == distinct
    assert len(set(posts[distinct:])) == len(posts) - distinct
    for part in (hits[:distinct], hits[distinct:]):
        scores = [hit.score for hit in part]
        assert scores == sorted(scores, reverse=True)
    first = {hit.post.id: hit.score for hit in hits[:distinct]}
    assert all(first[hit.post.id] >= hit.score for hit in hits[distinct:])


def test_no_hits_are_asked_for(sample_searcher: HybridSearcher) -> None:
    assert sample_searcher.search(QUERIES[0], 0, EVERYONE) == []


def test_of_the_first_hits_it_is_told_which_share_of_the_words_they_have(
    sample_searcher: HybridSearcher, encoder: Encoder
) -> None:
    three = HybridSearcher(sample_searcher.generation, encoder, matched=3)
    hits = three.search(Query("price zyzzyva"), 5, EVERYONE)
    texts = [
        "\n".join([hit.post.title, *hit.passage.heading_path, hit.passage.text]) for hit in hits
    ]
    shares = sample_searcher.generation.terms.matched("price zyzzyva", texts)
    assert [hit.matched for hit in hits] == [*shares[:3], 0.0, 0.0]
    assert 0 < max(shares[:3]) < 0.5
    first = sample_searcher.search(Query("price zyzzyva"), 5, EVERYONE)
    assert [hit.matched for hit in first] == [shares[0], 0.0, 0.0, 0.0, 0.0]
    joined = sample_searcher.search(Query("zyzzyva", "price", 1.0), 1, EVERYONE)
    assert joined[0].matched == 1.0


def test_the_figures_are_the_manifest_s(sample_searcher: HybridSearcher) -> None:
    manifest, figures = sample_searcher.generation.manifest, sample_searcher.describe()
    assert (figures.generation, figures.built_at) == (manifest.generation, manifest.built_at)
    assert (figures.model, figures.dimensions) == ("all-MiniLM-L6-v2", 384)
    assert (figures.posts, figures.passages, figures.sentences) == (
        40,
        manifest.passages,
        manifest.sentences,
    )


Search = Callable[[str], list[Hit]]


@pytest.fixture
def search_in(tmp_path: Path, encoder: Encoder) -> Callable[..., Search]:
    """Builds an index of posts, given as the texts of their paragraphs; gives a search of it."""

    def make(*posts: tuple[str, ...]) -> Search:
        source = Source("notes", "markdown", "/notes")
        with Archive(tmp_path / "archive.sqlite", create=True) as archive:
            archive.put(
                source,
                [
                    Post(
                        id=f"post-{number}",
                        source="notes",
                        place=f"{number}.md",
                        title="",
                        blocks=tuple(Block("paragraph", text) for text in texts),
                    )
                    for number, texts in enumerate(posts)
                ],
            )
            build(archive, encoder, tmp_path / "index")
        searcher = HybridSearcher(Generation(current_folder(tmp_path / "index")), encoder)
        return lambda text: searcher.search(Query(text), 10, EVERYONE)

    return make


def test_a_lone_passage_has_nothing_to_be_scaled_against(
    search_in: Callable[..., Search],
) -> None:
    (hit,) = search_in(("Penguins walk a long way.",))("Do penguins walk?")
    assert hit.score == pytest.approx(0.5 * hit.best_sentence.score, abs=1e-6)
    assert hit.bm25 > 0


def test_copies_answer_once(search_in: Callable[..., Search]) -> None:
    text = "Penguins walk a long way. " + " ".join(f"ice{number}" for number in range(60)) + "."
    other = "Penguins swim far."
    hits = search_in((text,), (other,), (text + " Truly.",))("Do penguins walk?")
    assert sorted(hit.post.id for hit in hits) in (["post-0", "post-1"], ["post-1", "post-2"])
    copies = {hit.post.id: hit.post.copy_of for hit in hits}
    assert copies.get("post-2", "post-0") == "post-0"


def test_a_paragraph_of_two_posts_answers_once(search_in: Callable[..., Search]) -> None:
    said = "Penguins walk a long way to the sea, and in spring they walk all the way back again."
    hits = search_in((said,), (said.replace("spring", "May"),), ("Penguins swim far.",))(
        "Do penguins walk?"
    )
    assert [hit.post.id for hit in hits] in (["post-0", "post-2"], ["post-1", "post-2"])


def test_somebody_not_heard_yet_comes_first_where_scores_are_near(
    sample_searcher: HybridSearcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = Query("How often should I follow up?")
    monkeypatch.setattr(grouping, "HEARD", 1.0)  # then all are near
    voices = [hit.post.author for hit in sample_searcher.search(query, 6, EVERYONE)]
    first = next((row for row, name in enumerate(voices) if name in voices[:row]), len(voices))
    assert set(voices[first:]) <= set(voices[:first])
    monkeypatch.setattr(grouping, "HEARD", 0.0)
    scores = [hit.score for hit in sample_searcher.search(query, 6, EVERYONE)]
    assert scores == sorted(scores, reverse=True)


def test_of_two_passages_the_nearer_has_the_whole_of_each_share(
    search_in: Callable[..., Search],
) -> None:
    ask = search_in(("Penguins walk a long way.",), ("The tax office closes at noon.",))
    near, far = ask("Do penguins walk?")
    assert [near.post.id, far.post.id] == ["post-0", "post-1"]
    assert near.score == pytest.approx(0.5 * 1 + 0.5 * near.best_sentence.score)
    assert far.score == pytest.approx(0.5 * 0 + 0.5 * far.best_sentence.score)
    assert far.bm25 == 0


def test_without_a_shared_word_only_the_dense_share_is_left(
    search_in: Callable[..., Search],
) -> None:
    ask = search_in(("Penguins walk a long way.",), ("The tax office closes at noon.",))
    near, far = ask("birds marching")
    assert near.post.id == "post-0"
    assert near.bm25 == far.bm25 == 0
    assert near.score == pytest.approx(0.5 * 0.7 + 0.5 * near.best_sentence.score)


def test_newer_posts_get_more_where_a_question_asks_for_them(
    sample_searcher: HybridSearcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "HEARD", 0.0)  # it would be others' to gain
    query = Query("does cold calling work these days?")
    timely = sample_searcher.search(query, 1000, EVERYONE)
    monkeypatch.setattr(search, "asks_for_time", lambda question: False)
    plain = {hit.passage.id: hit for hit in sample_searcher.search(query, 1000, EVERYONE)}
    days = sorted(sample_searcher.generation.days.tolist())
    assert 0 not in days
    for hit in timely:
        if hit.passage.id in plain:  # a post's two shown may be others now
            day = hit.post.published
            assert day is not None
            not_newer = sum(each <= day.toordinal() for each in days) / len(days)
            gained = hit.score - plain[hit.passage.id].score
            assert gained == pytest.approx(0.05 * not_newer)
    first, last = timely[0].post.published, plain[next(iter(plain))].post.published
    assert first is not None
    assert last is not None
    assert first >= last


def test_an_index_of_another_encoder_is_refused(
    sample_settings: Settings, encoder: Encoder, tmp_path: Path
) -> None:
    folder = tmp_path / "generation"
    shutil.copytree(current_folder(sample_settings.index_folder), folder, copy_function=os.link)
    (folder / "manifest.json").unlink()
    about = read_manifest(current_folder(sample_settings.index_folder))
    write_manifest(folder, replace(about, encoder_digest="0123456789abcdef" * 4))
    generation = Generation(folder)
    with pytest.raises(IndexIncompatible) as caught:
        HybridSearcher(generation, encoder)
    assert caught.value.message == (
        "The index was built with the encoder all-MiniLM-L6-v2 (0123456789abcdef, 384 "
        f"dimensions), not with all-MiniLM-L6-v2 ({encoder.spec.digest[:16]}, 384)."
    )
    assert caught.value.hint == "Build it again: blogqa build"
    generation.close()


@pytest.mark.parametrize("query", QUERIES)
def test_explaining_finds_the_same_and_tells_the_ranks(
    sample_searcher: HybridSearcher, query: Query
) -> None:
    plain = sample_searcher.search(query, 20, EVERYONE)
    explained = sample_searcher.search(replace(query, explain=True), 20, EVERYONE)
    assert [replace(hit, stages=None) for hit in explained] == plain
    stages = [hit.stages for hit in explained if hit.stages is not None]
    assert len(stages) == len(plain)
    by_dense = sorted(zip(stages, plain, strict=True), key=lambda each: each[0].dense_rank)
    cosines = [hit.dense for _, hit in by_dense]
    assert cosines == sorted(cosines, reverse=True)
    by_fused = [each.fused for each in sorted(stages, key=lambda each: each.fused_rank)]
    assert by_fused == sorted(by_fused, reverse=True)
    for told, hit in zip(stages, plain, strict=True):
        assert (told.bm25_rank is None) == (hit.bm25 == 0)
        assert told.timely == 0


def test_the_first_of_all_is_told_what_it_is_first_by(sample_searcher: HybridSearcher) -> None:
    query = Query("How do I handle call reluctance?", explain=True)
    (hit,) = sample_searcher.search(query, 1, EVERYONE)
    assert hit.stages is not None
    assert hit.stages.words == ("call", "reluctance")
    assert hit.stages.other_words == ()
    assert hit.stages.asked == query.text
    assert (hit.stages.bm25_rank, hit.stages.fused_rank) == (1, 1)


def test_a_slip_is_told_as_it_was_mended(sample_searcher: HybridSearcher) -> None:
    query = Query("who signs the propsal?", explain=True)
    (hit,) = sample_searcher.search(query, 1, EVERYONE)
    assert hit.stages is not None
    assert hit.stages.asked == "who signs the proposal?"


def test_only_posts_that_have_all_chips_are_found(sample_searcher: HybridSearcher) -> None:
    def found(*chips: str, author: str | None = None) -> set[str]:
        filters = Filters(author=author, chips=chips)
        hits = sample_searcher.search(Query("what do I say about the price?"), 100, filters)
        return {hit.post.title for hit in hits}

    assert found("gatekeeper") == {"The Receptionist Knows Who Died"}
    assert found("gatekeeper", "price") == set()
    assert found("price", "negotiation") == {
        "Too Expensive Compared with What?",
        "What to Have in Your Pocket for Procurement",
    }
    assert found("price", author="callum reyne") < found("price")
    assert len(found("price")) == 6
