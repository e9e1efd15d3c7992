"""Markup without what stands between the words."""

from __future__ import annotations

from corpus.markup.clean import html_blocks
from corpus.markup.trees import is_note_mark, markup_of, tree_of, with_class, without_class


def test_elements_are_found_by_any_of_their_classes() -> None:
    root = tree_of("<p class='a b'>1</p><p class='ab'>2</p><div class='\tc\n'>3</div><p>4</p>")
    assert root is not None
    assert [element.text for element in with_class(root, "b c")] == ["1", "3"]


def test_what_is_taken_out_leaves_the_words_around_it() -> None:
    markup = "<p>One <a class='x y'>button<b class='x'>!</b></a> two</p><div class=x>three</div>"
    kept = without_class(markup, "x z")
    assert [block.text for block in html_blocks(kept)] == ["One two"]
    assert "button" not in kept


def test_markup_without_such_a_class_is_as_it_was() -> None:
    assert without_class("<p>a<br>b &amp; c", "x") == "<p>a<br>b &amp; c"


def test_markup_that_is_nothing_or_too_deep() -> None:
    deep = "<div class=x>" * 5000 + "text"
    assert tree_of("") is None
    assert tree_of(" \0<!-- -->") is None
    assert tree_of(deep) is None
    assert without_class(deep, "x") == deep


def test_characters_that_no_tree_may_hold() -> None:
    root = tree_of("<p>a\0b\ud800c\x0b</p>")
    assert root is not None
    assert html_blocks(markup_of(root))[0].text == "abc"


def test_what_leads_to_a_note_is_told_from_other_links() -> None:
    markup = '<sup><a href="#a">1</a></sup><a href="#b">2</a><a href="#fn3">3</a><sup>4</sup>'
    root = tree_of(f"<div>{markup}</div>")
    assert root is not None
    marks = [each for each in root.iter("a", "sup") if is_note_mark(each)]
    assert ["".join(mark.itertext()) for mark in marks] == ["1", "3"]
