"""Which newer post is named beside an old one, and beside which none is."""

from __future__ import annotations

from datetime import date

from index.generation import Generation
from index.search import HybridSearcher
from index.types import Filters, PostRecord, Query
from qa.newer import ListedPost, newer_takes

QUESTION = "how do I handle call reluctance?"


def found(searcher: HybridSearcher) -> tuple[Generation, PostRecord]:
    """The index, and a post of it that has newer ones on its subject."""
    hits = searcher.search(Query(QUESTION), 1, Filters())
    return searcher.generation, hits[0].post


def test_an_old_post_has_the_nearest_newer_one_beside_it(sample_searcher: HybridSearcher) -> None:
    generation, post = found(sample_searcher)
    assert (post.title, post.published) == (
        "The Heaviest Telephone in the County",
        date(2009, 10, 6),
    )
    nearest = generation.newer([post.id])[post.id][0]
    newer = ListedPost(nearest.title, f"/posts/{nearest.id}", nearest.published)
    assert newer_takes(generation, [post, post], date(2026, 1, 1)) == {post.id: newer}
    assert newer.published is not None
    assert newer.published > date(2010, 10, 6)


def test_a_post_younger_than_two_years_has_none(sample_searcher: HybridSearcher) -> None:
    generation, post = found(sample_searcher)
    assert newer_takes(generation, [post], date(2011, 10, 5)) == {}
    assert list(newer_takes(generation, [post], date(2011, 10, 6))) == [post.id]
    assert newer_takes(generation, [], date(2026, 1, 1)) == {}
