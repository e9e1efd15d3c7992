"""How near the best sentence is."""

from __future__ import annotations

from qa.confidence import LOOKED_AT, best_similarity
from tests.hits import made_hit


def test_it_is_the_best_sentence_of_any_passage() -> None:
    hits = [made_hit(("One.", 0.2), ("Two?", 0.4)), made_hit(("Three.", 0.7), ("Four.", 0.1))]
    assert best_similarity(hits) == 0.7


def test_a_question_counts_in_full_here() -> None:
    assert best_similarity([made_hit(("Who?", 0.6), ("Bo does that in our team.", 0.5))]) == 0.6


def test_only_the_first_passages_are_looked_at() -> None:
    far = [made_hit(("Far.", 0.1))] * LOOKED_AT
    assert best_similarity([*far, made_hit(("Near.", 0.9))]) == 0.1
    assert best_similarity([*far[1:], made_hit(("Near.", 0.9))]) == 0.9


def test_without_hits_nothing_is_near() -> None:
    assert best_similarity([]) == 0.0


def test_unlike_sentences_are_less_than_nothing() -> None:
    assert best_similarity([made_hit(("Far.", -0.3))]) == -0.3
