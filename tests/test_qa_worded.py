"""How much of a question's words each sentence has; shares are worked out by hand."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.types import Span
from qa.worded import word_shares


def shares(question: str, *sentences: str) -> list[float]:
    spans = []
    start = 0
    for each in sentences:
        spans.append(Span(start, start + len(each)))
        start += len(each) + 1
    return word_shares(question, " ".join(sentences), spans)


def test_a_word_weighs_more_the_fewer_sentences_have_it() -> None:
    often, once, never = log(4 / 2.5), log(4 / 1.5), log(4 / 0.5)
    whole = often + once + never
    assert shares(
        "how do I price a letter, Ada?", "The price is ours.", "A letter.", "We price it."
    ) == pytest.approx([often / whole, once / whole, often / whole])


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("calling", "They call.", True),
        ("call", "They were called.", True),
        ("replies", "One reply.", True),
        ("CALLS", "Call them.", True),
        ("what’s his price", "Whatever his story is.", False),
        ("price?", "That is priceless.", False),
        ("art", "A heart.", False),
        ("art", "The articulated one.", False),
        ("use", "We us.", False),
        ("c++", "A C compiler.", True),
        ("naïve", "Naïve they were.", True),
    ],
)
def test_a_word_is_found_whatever_its_ending(question: str, text: str, found: bool) -> None:
    assert shares(question, text) == [1.0 if found else 0.0]


@pytest.mark.parametrize("question", ["", "?!", "what should I do about it", "how do they do that"])
def test_words_of_asking_are_in_no_sentence(question: str) -> None:
    assert shares(question, "What should I do about it?", "How do they do that?") == [0.0, 0.0]


@given(st.text(max_size=30), st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5))
def test_shares_are_from_0_to_1(question: str, sentences: list[str]) -> None:
    found = shares(question, *sentences)
    assert len(found) == len(sentences)
    assert all(0 <= each <= 1 + 1e-9 for each in found)
