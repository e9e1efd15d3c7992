"""What every engine behind the Searcher protocol promises, whatever it is made of."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from index.types import Filters, Hit, Query, Searcher

EVERYONE = Filters()
SAMPLE_POSTS = 40
SAMPLE, CHOSEN = "sample", "chosen"
"""The sources: one holds all posts, the other ten of them too."""
QUESTIONS = (
    "How do I handle call reluctance?",
    "what should I say when they already have a supplier",
    "price too high",
    "renewal",
)
ODD_TEXTS = (
    "",
    "   ",
    "?!",
    "the of and",
    'title:"x" AND (NOT -y) +z^2 ~ [a TO b] \\',
    "電話が怖い 🙂",
    "zqxj" * 500,
    "how do I call " * 400,
)


def turns(hits: list[Hit]) -> list[int]:
    """For each hit how many hits before it are of the same post."""
    before: Counter[str] = Counter()
    found = []
    for hit in hits:
        found.append(before[hit.post.id])
        before[hit.post.id] += 1
    return found


class SearcherContract:
    """Tests of an engine over the sample archive, ten posts of which stand in another source too.

    Subclass it and give it the fixtures ``searcher``, and ``chosen``: the ids of those ten. Hits
    are compared whole, scores too: the same engine asked the same must say the same.
    """

    @pytest.fixture
    def searcher(self) -> Searcher:
        raise NotImplementedError

    @pytest.fixture
    def chosen(self) -> frozenset[str]:
        raise NotImplementedError

    @pytest.mark.parametrize("limit", [1, 2, 5, 60])
    def test_at_most_as_many_hits_as_asked_for(self, searcher: Searcher, limit: int) -> None:
        hits = searcher.search(Query(QUESTIONS[0]), limit, EVERYONE)
        assert min(limit, SAMPLE_POSTS // 2) <= len(hits) <= limit

    def test_fewer_hits_are_the_first_of_more(self, searcher: Searcher) -> None:
        for question in QUESTIONS:
            many = searcher.search(Query(question), 20, EVERYONE)
            assert searcher.search(Query(question), 7, EVERYONE) == many[:7]

    def test_best_first_and_posts_before_second_passages(self, searcher: Searcher) -> None:
        for question in QUESTIONS:
            hits = searcher.search(Query(question), 60, EVERYONE)
            ranks = [(turn, -hit.score) for turn, hit in zip(turns(hits), hits, strict=True)]
            assert ranks == sorted(ranks)

    def test_no_passage_is_found_twice(self, searcher: Searcher) -> None:
        hits = searcher.search(Query(QUESTIONS[0]), 60, EVERYONE)
        assert len({hit.passage.id for hit in hits}) == len(hits)

    def test_a_hit_holds_together(self, searcher: Searcher) -> None:
        for hit in searcher.search(Query(QUESTIONS[1]), 20, EVERYONE):
            passage, post = hit.passage, hit.post
            assert passage.post_id == post.id
            assert passage.id == f"{post.id}.{passage.ordinal}"
            assert passage.text == post.text[passage.start : passage.end]
            assert tuple(sentence.span for sentence in hit.sentences) == passage.sentences
            assert all(-1.001 <= sentence.score <= 1.001 for sentence in hit.sentences)
            assert hit.best_sentence.score == max(sentence.score for sentence in hit.sentences)
            assert -1.001 <= hit.dense <= 1.001
            assert hit.bm25 >= 0

    def test_a_passage_is_found_by_its_own_text(self, searcher: Searcher) -> None:
        wanted = searcher.search(Query(QUESTIONS[2]), 12, EVERYONE)
        for hit in wanted:
            found = searcher.search(Query(hit.passage.text), 1, EVERYONE)
            assert found[0].passage == hit.passage

    def test_a_sentence_is_found_in_the_passage_that_holds_it(self, searcher: Searcher) -> None:
        hit = searcher.search(Query(QUESTIONS[0]), 1, EVERYONE)[0]
        longest = max(hit.passage.sentences, key=lambda span: span.end - span.start)
        sentence = hit.passage.text[longest.start : longest.end]
        found = searcher.search(Query(sentence), 1, EVERYONE)[0]
        assert found.passage == hit.passage
        assert found.best_sentence.span == longest

    @pytest.mark.parametrize("author", ["Inés Solano", "INÉS SOLANO", "inés solano"])
    def test_an_author_in_any_case(self, searcher: Searcher, author: str) -> None:
        hits = searcher.search(Query(QUESTIONS[0]), 8, Filters(author=author))
        assert {hit.post.author for hit in hits} == {"Inés Solano"}
        assert turns(hits) == [0] * 8  # as many posts as she wrote

    def test_a_tag_in_any_case(self, searcher: Searcher) -> None:
        hits = searcher.search(Query("prices"), 60, Filters(tag="Cold CALLING"))
        assert hits
        assert all("cold calling" in hit.post.tags for hit in hits)

    def test_part_of_an_author_or_tag_is_another(self, searcher: Searcher) -> None:
        assert searcher.search(Query("prices"), 5, Filters(author="Solano")) == []
        assert searcher.search(Query("prices"), 5, Filters(tag="cold")) == []
        assert searcher.search(Query("prices"), 5, Filters(author="%")) == []

    def test_dates_are_inclusive(self, searcher: Searcher) -> None:
        post = searcher.search(Query(QUESTIONS[3]), 1, EVERYONE)[0].post
        day = post.published
        assert day is not None
        only = searcher.search(Query("anything"), 60, Filters(after=day, before=day))
        assert {hit.post.published for hit in only} == {day}
        assert post.id in {hit.post.id for hit in only}
        later = searcher.search(Query("anything"), 60, Filters(after=day + timedelta(days=1)))
        earlier = searcher.search(Query("anything"), 60, Filters(before=day - timedelta(days=1)))
        assert {hit.post.published for hit in later + earlier}.isdisjoint({day})
        assert all(hit.post.published and hit.post.published > day for hit in later)
        assert all(hit.post.published and hit.post.published < day for hit in earlier)

    @pytest.mark.parametrize("text", [*QUESTIONS, "", "zqxj", "電話"])
    def test_a_filter_that_lets_ten_posts_through_finds_them(
        self, searcher: Searcher, chosen: frozenset[str], text: str
    ) -> None:
        hits = searcher.search(Query(text), 10, Filters(source=CHOSEN))
        assert {hit.post.id for hit in hits} == chosen
        assert turns(hits) == [0] * 10
        more = searcher.search(Query(text), 60, Filters(source=CHOSEN))
        assert more[:10] == hits
        assert {hit.post.id for hit in more[10:]} <= chosen

    def test_a_source_that_holds_all_lets_all_through(self, searcher: Searcher) -> None:
        for question in QUESTIONS:
            hits = searcher.search(Query(question), 20, Filters(source=SAMPLE))
            assert hits == searcher.search(Query(question), 20, EVERYONE)

    @pytest.mark.parametrize("source", ["CHOSEN", "chose", "%", "other"])
    def test_a_source_is_named_in_full(self, searcher: Searcher, source: str) -> None:
        assert searcher.search(Query("prices"), 5, Filters(source=source)) == []

    def test_a_source_and_another_filter_hold_together(
        self, searcher: Searcher, chosen: frozenset[str]
    ) -> None:
        both = Filters(author="Inés Solano", source=CHOSEN)
        hers = searcher.search(Query("prices"), 60, Filters(author="Inés Solano"))
        found = {hit.post.id for hit in searcher.search(Query("prices"), 60, both)}
        assert found == {hit.post.id for hit in hers} & chosen
        assert 0 < len(found) < 8

    def test_filters_hold_together(self, searcher: Searcher) -> None:
        post = searcher.search(Query("prices"), 1, Filters(tag="cold calling"))[0].post
        day = post.published
        hits = searcher.search(
            Query(QUESTIONS[0]), 60, Filters(post.author, "cold calling", day, day)
        )
        assert {hit.post.id for hit in hits} == {post.id}
        assert searcher.search(Query("prices"), 60, Filters(post.author, "nothing")) == []

    @pytest.mark.parametrize(
        "filters",
        [
            Filters(author="nobody"),
            Filters(tag="nothing"),
            Filters(after=date(2100, 1, 1)),
            Filters(before=date(1900, 1, 1)),
            Filters(after=date(2021, 1, 2), before=date(2021, 1, 1)),
            Filters(author="Priya Venkat", tag="nothing"),
        ],
    )
    def test_nothing_passes_so_nothing_is_found(self, searcher: Searcher, filters: Filters) -> None:
        assert searcher.search(Query(QUESTIONS[0]), 5, filters) == []

    @pytest.mark.parametrize("text", ODD_TEXTS)
    def test_any_text_is_a_query(self, searcher: Searcher, text: str) -> None:
        hits = searcher.search(Query(text), 5, EVERYONE)
        assert len(hits) == 5
        assert turns(hits) == [0] * 5

    def test_a_joined_text_counts_by_its_share(self, searcher: Searcher) -> None:
        alone, joined = "What do I do when they say no?", "How do I negotiate a renewal?"

        def found(query: Query) -> list[str]:
            return [hit.passage.id for hit in searcher.search(query, 10, EVERYONE)]

        half = found(Query(alone, joined))
        assert found(Query(alone, joined, 0)) == found(Query(alone))
        assert found(Query(alone, joined, 1)) == found(Query(joined))
        assert found(Query(alone, alone)) == found(Query(alone))
        assert half not in (found(Query(alone)), found(Query(joined)))
        assert half == found(Query(joined, alone))

    def test_the_same_question_has_the_same_answer(self, searcher: Searcher) -> None:
        def ask(question: str) -> list[Hit]:
            return searcher.search(Query(question), 6, EVERYONE)

        alone = [ask(question) for question in QUESTIONS]
        with ThreadPoolExecutor(4) as pool:
            for _ in range(3):
                assert list(pool.map(ask, QUESTIONS)) == alone

    def test_the_figures(self, searcher: Searcher) -> None:
        figures = searcher.describe()
        assert figures.posts == SAMPLE_POSTS
        assert SAMPLE_POSTS < figures.passages < figures.sentences
        assert figures.dimensions > 0
        assert figures.model
        assert figures.generation
        assert figures.built_at.endswith("+00:00")
