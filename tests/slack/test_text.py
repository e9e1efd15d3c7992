"""Texts: escaped, read as they were meant, and cut where a sentence ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.slack.text import Excerpt, cut, escape, excerpt, plain


def test_what_slack_would_read_as_a_mention_or_a_link_is_escaped() -> None:
    assert escape("a & b <!channel> <https://x|y>") == (
        "a &amp; b &lt;!channel&gt; &lt;https://x|y&gt;"
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("<@U0BOT> how do I\n open?", "how do I open?"),
        ("see <https://blog.example/x|the post> &amp; tell", "see the post & tell"),
        ("see <https://blog.example/x>", "see https://blog.example/x"),
        ("<!here> is 3 &lt; 4 in <#C0SALES|sales>?", "is 3 < 4 in ?"),
        ("what does &amp;lt; mean?", "what does &lt; mean?"),
    ],
)
def test_what_was_typed_is_read_as_it_was_meant(typed: str, meant: str) -> None:
    assert plain(typed) == meant


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("One two. Three four.", 20, "One two. Three four."),
        ("One two. Three four.", 19, "One two. …"),
        ("“One two.” Three four.", 19, "“One two.” …"),
        ("Costs 3.50 a call now", 12, "Costs 3.50 …"),
        ("Unbreakable", 8, "Unbrea …"),
    ],
)
def test_a_text_is_cut_at_a_sentence_or_else_at_a_word(text: str, most: int, shown: str) -> None:
    assert cut(text, most) == shown


def test_a_passage_that_fits_is_shown_whole() -> None:
    assert excerpt("One. Two. Three.", [(5, 9)], 16) == Excerpt(
        (("One. ", False), ("Two.", True), (" Three.", False)), True
    )


def test_a_passage_that_does_not_fit_is_shown_from_the_first_marked_sentence() -> None:
    text = "One two three. Four five six. Seven eight nine. Ten."
    assert excerpt(text, [(30, 47)], 30) == Excerpt(
        (("… ", False), ("Seven eight nine.", True), (" Ten.", False)), False
    )
    assert excerpt(text, [(0, 14)], 30) == Excerpt((("One two three.", True), (" …", False)), False)


@given(text=st.text(max_size=200), most=st.integers(8, 120), data=st.data())
def test_an_excerpt_is_never_longer_than_it_may_be(
    text: str, most: int, data: st.DataObject
) -> None:
    place = st.integers(0, len(text))
    drawn = data.draw(st.lists(st.tuples(place, place), max_size=3))
    marked = [(min(pair), max(pair)) for pair in drawn]
    shown = excerpt(text, marked, most)
    assert sum(len(run) for run, _ in shown.runs) <= most
    assert all(run for run, _ in shown.runs)
    assert len(cut(text, most)) <= most
