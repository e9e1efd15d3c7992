"""Passages that say again what was told."""

from __future__ import annotations

from index.repeats import Told

LINE = "Call before nine and ask who signs for the tools that the yard buys"
"""Fourteen words: eleven runs of four."""


def test_what_was_told_is_repeated_and_what_is_new_is_not() -> None:
    told = Told()
    assert not told.is_repeated(LINE)
    assert told.is_repeated(LINE.upper().replace(" ", "\n") + "!")
    assert not told.is_repeated("Write after five and say what the yard might do without")


def test_a_few_words_may_be_others() -> None:
    told = Told()
    told.is_repeated(LINE)
    assert told.is_repeated(LINE.replace("nine", "ten"))  # 8 of 11 runs are left
    assert not told.is_repeated(LINE.replace("nine", "ten").replace("yard", "dock"))  # 5 are


def test_it_may_have_been_told_in_two_parts() -> None:
    told = Told()
    words = LINE.split()
    assert not told.is_repeated(" ".join(words[:7]))
    assert not told.is_repeated(" ".join(words[6:]))
    assert told.is_repeated(LINE)


def test_a_part_says_nothing_new_but_the_whole_does() -> None:
    told = Told()
    assert not told.is_repeated(" ".join(LINE.split()[:7]))
    assert not told.is_repeated(LINE)
    assert told.is_repeated(" ".join(LINE.split()[:7]))


def test_few_words_are_compared_as_they_are() -> None:
    told = Told()
    assert not told.is_repeated("Read more")
    assert told.is_repeated("Read more.")
    assert not told.is_repeated("Read less.")
    assert not told.is_repeated("...")
    assert not told.is_repeated("...")
