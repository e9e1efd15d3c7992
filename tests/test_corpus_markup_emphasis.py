"""What is stressed in a line: spans of its final text. [a] stands for strong, {a} for em."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.markup.emphasis import CLOSING, OPENING, shifted, stressed, unstressed, with_ends
from corpus.markup.words import plain
from corpus.types import Mark

ENDS = str.maketrans(
    {"[": OPENING["strong"], "]": CLOSING["strong"], "{": OPENING["em"], "}": CLOSING["em"]}
)


def strong(start: int, end: int) -> Mark:
    return Mark(start, end, "strong")


def em(start: int, end: int) -> Mark:
    return Mark(start, end, "em")


@pytest.mark.parametrize(
    ("source", "line", "marks"),
    [
        ("", "", ()),
        ("  no \n stress ", "no stress", ()),
        ("[a] b", "a b", (strong(0, 1),)),
        ("a{b}c", "abc", (em(1, 2),)),
        ("x [ a {b}  ] y", "x a b y", (strong(2, 5), em(4, 5))),
        ("  [ \n a  b\xa0] ", "a b", (strong(0, 3),)),
        ("a [b ] c", "a b c", (strong(2, 3),)),
        ("{a [b}] c", "a b c", (em(0, 3), strong(2, 3))),
        ("[a {b] c}", "a b c", (strong(0, 3), em(2, 5))),
        ("{[a]}", "a", (strong(0, 1), em(0, 1))),
        ("{[a] b}", "a b", (em(0, 3), strong(0, 1))),
        ("👩[\u200d]👩 [é]", "👩\u200d👩 é", (strong(1, 2), strong(4, 5))),
        ("[a\u200b\x00b]", "ab", (strong(0, 2),)),
    ],
)
def test_a_stress_is_a_span_of_the_line(source: str, line: str, marks: tuple[Mark, ...]) -> None:
    assert stressed(source.translate(ENDS)) == (line, marks)


@pytest.mark.parametrize(
    ("source", "line", "marks"),
    [
        ("[a] [b][c]", "a bc", (strong(0, 4),)),
        ("[a ] \n [ b]", "a b", (strong(0, 3),)),
        ("[a]-[b]", "a-b", (strong(0, 1), strong(2, 3))),
        ("[a] {b} [c]", "a b c", (strong(0, 1), em(2, 3), strong(4, 5))),
        ("{a} b {c}{d}", "a b cd", (em(0, 1), em(4, 6))),
    ],
)
def test_stresses_with_a_space_between_them_are_one(
    source: str, line: str, marks: tuple[Mark, ...]
) -> None:
    assert stressed(source.translate(ENDS)) == (line, marks)


@pytest.mark.parametrize(
    ("source", "line", "marks"),
    [
        ("a[]b{ }c", "ab c", ()),
        ("[", "", ()),
        ("] a }", "a", ()),
        ("a [never closed ", "a never closed", (strong(2, 14),)),
        ("[a [b] c] d", "a b c d", (strong(0, 3),)),
        ("[a {b", "a b", (strong(0, 3), em(2, 3))),
        ("a [b] [", "a b", (strong(2, 3),)),
    ],
)
def test_ends_without_words_or_without_the_other_end(
    source: str, line: str, marks: tuple[Mark, ...]
) -> None:
    assert stressed(source.translate(ENDS)) == (line, marks)


def test_a_text_loses_the_ends_and_nothing_else() -> None:
    assert unstressed(" [a] {b\n} ".translate(ENDS)) == " a b\n "
    assert unstressed("[a] {b}") == "[a] {b}"


@pytest.mark.parametrize(
    ("text", "marks", "marked"),
    [
        ("a b", (), "a b"),
        ("a b c", (strong(0, 3), em(2, 3)), "[a {b]} c"),
        ("a b c", (em(0, 3), strong(2, 5)), "{a [b} c]"),
        ("abc", (strong(0, 1), strong(1, 2)), "[a][b]c"),
    ],
)
def test_the_ends_of_marks_are_put_where_they_stand(
    text: str, marks: tuple[Mark, ...], marked: str
) -> None:
    assert with_ends(text, marks) == marked.translate(ENDS)


def test_shifted_marks_stand_further_on() -> None:
    assert list(shifted((strong(0, 3), em(2, 3)), 4)) == [strong(4, 7), em(6, 7)]
    assert list(shifted((), 4)) == []


PIECES = st.sampled_from([*"ab .é[]{}", "\n", "\u200d", "\xa0"])


@given(st.lists(PIECES, max_size=14).map("".join))
def test_marks_are_spans_in_order_and_are_found_again(source: str) -> None:
    text = source.translate(ENDS)
    line, marks = stressed(text)
    assert line == plain(unstressed(text))
    words = [line[mark.start : mark.end] for mark in marks]
    assert all(words)
    assert words == [word.strip() for word in words]
    assert list(marks) == sorted(marks, key=lambda mark: (mark.start, -mark.end))
    assert stressed(with_ends(line, marks)) == (line, marks)
