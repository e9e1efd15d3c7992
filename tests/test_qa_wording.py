"""Sentences that are near a question and say nothing to it."""

from __future__ import annotations

import pytest

from qa.wording import greets, is_title, teases


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hi everyone, it is Monday.", True),
        ("Welcome back to the yard.", True),
        ("Thank you for reading.", False),  # to thank for doing is no greeting
        ("Thanks, and see you in May.", True),
        ("“Hi Bo, it is Ada.”", False),
        ("Hidden fees are named first.", False),
        ("Welcome to selling is what I say on day one.", False),
    ],
)
def test_greetings(text: str, found: bool) -> None:
    assert greets(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "In this post I count dials.",
        "This episode is about dials.",
        "Today I’m going to count dials.",
        "We'll cover how to dial.",
        "We will be talking about dials.",
        "You can download the list of dials here.",
        "Read more about dials.",
        "Check out our list of dials.",
        "So let's dive into dialing.",
        "If you follow us, you know about dials.",
        "While writing this, I was dialed twice.",
        "We’ll be writing more about dials.",
        "Today is slow, but we'll mainly be focusing on dials.",
    ],
)
def test_teasers(text: str) -> None:
    assert teases(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ninety words can be read on a telephone.",
        "Post the list where everybody dials.",
        "I will call you at nine.",
        "Read the letter aloud before it goes out.",
        "Those who dial at nine reach more people.",
        "Let's say the buyer has no budget.",
        "When writing a letter, name the fee.",
    ],
)
def test_what_says_something_is_no_teaser(text: str) -> None:
    assert not teases(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How to Dial Without Fear", True),
        ("Dials and Why They Matter", True),
        ("Dial before nine", False),
        ("Dialing", False),
        ("Ada Quill Of The Old Yard By The Long Quay In The Far North Of The Isle", False),
    ],
)
def test_titles(text: str, found: bool) -> None:
    assert is_title(text) == found
