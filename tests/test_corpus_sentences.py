"""Where sentences begin and end, as spans of the text they stand in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import split_sentences
from corpus.types import Span


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One sentence", ["One sentence"]),
        ("Call first. Then write.", ["Call first.", "Then write."]),
        ("Who signs? Ask! Now.", ["Who signs?", "Ask!", "Now."]),
        ("Dr. Vos met Mr. Reyne. They spoke.", ["Dr. Vos met Mr. Reyne.", "They spoke."]),
        ("It cost $3.50 at 4 p.m. on Monday.", ["It cost $3.50 at 4 p.m. on Monday."]),
        ("Use e.g. a card. Or two.", ["Use e.g. a card.", "Or two."]),
        ('She said: "Go. Now." Then she left.', ['She said: "Go. Now."', "Then she left."]),
        ("Wait... no. Yes.", ["Wait... no.", "Yes."]),
        ("Ça va? Très bien.", ["Ça va?", "Très bien."]),
        ("電話です。次です。", ["電話です。", "次です。"]),
        ("Fine 🙂. Next.", ["Fine 🙂.", "Next."]),
        ("  Indented. \n\n And more.\t", ["Indented.", "And more."]),
        ("Two.\nLines.", ["Two.", "Lines."]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in split_sentences(text)] == sentences


def test_spans_count_characters_not_bytes() -> None:
    assert split_sentences("Ça va? Très bien.") == (Span(0, 6), Span(7, 17))
    assert split_sentences("🙂🙂. Ok.") == (Span(0, 3), Span(4, 7))


@pytest.mark.parametrize("text", ["", " ", "\n\t \u00a0"])
def test_no_text_no_sentences(text: str) -> None:
    assert split_sentences(text) == ()


@given(st.text(st.one_of(st.sampled_from(".!?\"'()  \n。aA1"), st.characters(codec="utf-8"))))
def test_no_character_is_lost_or_in_two_sentences(text: str) -> None:
    end = 0
    for span in split_sentences(text):
        assert end <= span.start < span.end <= len(text)
        assert text[end : span.start].strip() == ""
        sentence = text[span.start : span.end]
        assert sentence == sentence.strip()
        end = span.end
    assert text[end:].strip() == ""
