"""Sentences that cannot be understood without what was said before them."""

from __future__ import annotations

import pytest

from qa.leaning import leans


@pytest.mark.parametrize(
    "text",
    [
        "Since then I name the fee early.",
        "That is why I name it early.",
        "Both of these are dear.",
        "Most of them pay in May.",
        "The last two of these are dear.",
        "If there is, I go on.",
        "If they don’t, ring again.",
        "If so, ring again.",
        "If it comes back, ring again.",
        "When he hangs up, ring again.",
        "Because these are dear, ring again.",
        "The reason is that nobody rings.",
        "The first was dear.",
        "The rest are dear.",
        "By doing so you name the fee.",
        "Either way, name the fee.",
        "In addition to them, name the fee.",
        "Or the buyer has left.",
        "As I said, name the fee.",
        "Notice how I named the fee.",
        "You can see that I named it.",
        "As you can see, it is dear.",
        "I asked him once what it cost.",
        "To put his case, it was dear.",
        "Tell her what it costs.",
        "There he named the fee.",
        "It works on every second one.",
        "It’s dear.",
        '"They" is a word to keep out.',
    ],
)
def test_it_leans(text: str) -> None:
    assert leans(text)


@pytest.mark.parametrize(
    "text",
    [
        "The first dial of the day is the worst.",
        "If there is a budget, name the fee.",
        "If they ask for the fee, name it.",
        "When it comes to fees, be quick.",
        "It’s no secret that fees are dear.",
        "It is hard to name a fee.",
        "It pays to name the fee.",
        "It helps when the fee is named.",
        "There are three ways to name a fee.",
        "There’s a way to name a fee.",
        "I asked a buyer what he paid.",
        "I asked Bo what he paid.",
        "If buyers pay, thank them.",
        "If you call somebody, ask him.",
        "You need a fee to name.",
        "Each rep has a fee.",
        "Thatched roofs are sold in June.",
        "Items are sold in June.",
        "Ordinary roofs are sold in June.",
    ],
)
def test_it_stands_alone(text: str) -> None:
    assert not leans(text)
