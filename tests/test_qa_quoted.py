"""Quotes, held against what a judge quoted and against exact answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.types import Span
from qa.ask import ask
from qa.quoted import (
    first_is_near_a_quote,
    holds_answer,
    in_or_beside,
    is_verbatim,
    quote_is_shown,
)
from qa.types import Answer, Citation
from tests.hits import MadeSearcher, made_hit

TEXT = "One is here. Two is there.\n\nThree goes home. Four stays."
ONE, TWO, FOUR = Span(0, 12), Span(13, 26), Span(45, 57)

BEFORE = "Nobody dials first. "
HITS = [
    made_hit(
        ("Dial first, be scared later and louder.", 0.9),
        ("Then breathe.", 0.1),
        post="a",
        before=BEFORE,
    ),
    made_hit(("Write a note after each call.", 0.8), post="b"),
]


@pytest.fixture
def answer() -> Answer:
    return ask(MadeSearcher(HITS), "what first?", limit=2, least_confidence=0.1)


@pytest.mark.parametrize(
    ("sentence", "quote", "near"),
    [
        (ONE, "One is", True),
        (ONE, "two IS *there*", True),
        (ONE, "Three goes", False),
        (TWO, "three goes home", True),
        (TWO, "One is here. Two is there. Three goes", True),
        (FOUR, "Two is there", False),
        (FOUR, "is there Three", True),
        (Span(3, 20), "Three goes", True),
        (ONE, "Five", False),
        (ONE, "here. Four", False),
    ],
)
def test_a_sentence_is_in_a_quote_or_the_next_to_it(sentence: Span, quote: str, near: bool) -> None:
    assert in_or_beside(TEXT, sentence, quote) is near


def test_a_quote_that_stands_in_the_text_twice_is_looked_for_in_both_places() -> None:
    text = "Call now. Wait. Wait. Wait. Call now."
    assert in_or_beside(text, Span(28, 37), "Call now")
    assert not in_or_beside(text, Span(16, 21), "Call now")


def test_the_first_sentence_of_the_short_answer_is_held_against_its_own_post(
    answer: Answer,
) -> None:
    assert answer.short_answer[0] == Citation("Dial first, be scared later and louder.", 1)
    names = ["a", "b"]
    for quotes, near in (
        ({"a": ("be scared later",)}, True),
        ({"a": ("Nobody dials",)}, True),
        ({"a": ("elsewhere",)}, False),
        ({"b": ("Dial first",)}, False),
        ({"c": ("Dial first",)}, None),
        ({}, None),
    ):
        assert first_is_near_a_quote(answer, names, quotes) is near


def test_a_quote_is_shown_where_a_passage_of_its_post_has_it_or_stops_before_it(
    answer: Answer,
) -> None:
    names = ["a", "b"]
    for quotes, shown in (
        ({"a": ("Nobody dials",)}, True),
        ({"b": ("after each call",)}, True),
        ({"b": ("Nobody dials",)}, False),
        ({"c": ("after each call",)}, None),
    ):
        assert quote_is_shown(answer, names, quotes) is shown


def test_a_short_answer_that_is_not_in_its_passage_is_not_verbatim(answer: Answer) -> None:
    assert is_verbatim(answer) is True
    made_up = replace(answer, short_answer=(*answer.short_answer, Citation("Made up.", 1)))
    assert is_verbatim(made_up) is False
    assert first_is_near_a_quote(made_up, ["a", "b"], {"a": ("Dial",)}) is False
    assert is_verbatim(replace(answer, short_answer=())) is None


def test_an_exact_answer_must_stand_in_a_marked_sentence_of_the_first_passage(
    answer: Answer,
) -> None:
    assert holds_answer(answer, ["nowhere", "scared later"])
    assert not holds_answer(answer, ["breathe"])
    assert not holds_answer(answer, ["note after"])
    assert not holds_answer(replace(answer, passages=()), ["scared"])
