"""How sure an answer is: by nearness and by words, over hits made by hand and real archives."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from index.search import HybridSearcher
from index.types import Calibration
from qa.ask import ask
from qa.confidence import LOOKED_AT, best_similarity, confidence, in_words
from qa.settings import Settings
from qa.types import Confidence
from tests.hits import made_hit

SCALE = Calibration(far=0.2, near=0.6)


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
    assert confidence([], SCALE) == 0.0


def test_unlike_sentences_are_less_than_nothing() -> None:
    assert best_similarity([made_hit(("Far.", -0.3))]) == -0.3


@pytest.mark.parametrize(
    ("cosine", "matched", "logit"),
    [
        (0.2, 0.0, -2.6),  # as near as to anything
        (0.6, 0.0, 1.4),  # as near as to its own title
        (0.4, 0.2, 0.0),
        (0.0, 1.0, -1.6),
    ],
)
def test_nearness_and_words_add_up(cosine: float, matched: float, logit: float) -> None:
    hit = replace(made_hit(("One.", cosine)), matched=matched)
    assert confidence([hit], SCALE) == pytest.approx(1 / (1 + math.exp(-logit)))


def test_the_words_must_stand_in_the_first_passage_and_nearness_in_any() -> None:
    near, worded = made_hit(("Near.", 0.6)), replace(made_hit(("Far.", 0.2)), matched=0.5)
    assert confidence([worded, near], SCALE) == pytest.approx(1 / (1 + math.exp(-2.9)))
    assert confidence([near, worded], SCALE) == pytest.approx(1 / (1 + math.exp(-1.4)))


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "none"), (0.199, "none"), (0.2, "partly"), (0.499, "partly"), (0.5, "sure")],
)
def test_three_words_say_it(value: float, words: Confidence) -> None:
    assert in_words(value, 0.2) == words


def test_where_much_is_asked_of_an_answer_there_is_no_partly() -> None:
    assert in_words(0.69, 0.7) == "none"
    assert in_words(0.7, 0.7) == "sure"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how do I do a good demo", {"sure", "partly"}),
        ("how do I handle call reluctance?", {"sure"}),
        ("pricing", {"sure", "partly"}),  # a subject
        ("discovery", {"sure", "partly"}),
        ("gatekeeper", {"sure", "partly"}),  # whom the posts call otherwise
        (("how do I handle call reluctance? " * 40)[:1000], {"sure"}),
        ("what is the boiling point of tungsten?", {"none"}),
        ("how long do I boil an egg?", {"none"}),
        ("asdf qwer zxcv", {"none"}),
        ("lorem ipsum dolor sit amet", {"none"}),
        ("???", {"none"}),
        ("hello", {"none"}),
        ("the", {"none"}),
        ("wie gehe ich mit Einwänden um?", {"none"}),
        ("電話が怖い", {"none"}),
    ],
)
def test_every_kind_of_question_gets_its_kind_of_answer(
    sample_searcher: HybridSearcher, question: str, expected: set[Confidence]
) -> None:
    least = Settings().least_confidence
    answer = ask(sample_searcher, question, limit=6, least_confidence=least)
    assert answer.confidence in expected
    assert (answer.status == "answered") == (answer.confidence != "none")
    assert bool(answer.short_answer) == bool(answer.passages) == (answer.status == "answered")
