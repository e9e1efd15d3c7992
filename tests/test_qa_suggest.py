"""What a question may go on as: what was asked before, and words of the archive."""

from __future__ import annotations

import pytest

from index.types import Suggestion
from qa.suggest import Offer, offers

ASKED = ["How do I open?", "How long is a demo?", "how many dials?", "how often?"]
FOUND = [
    Suggestion("how-to", "tag"),
    Suggestion("How do I open", "title"),
    Suggestion("How it went", "heading"),
]


@pytest.mark.parametrize(
    ("limit", "questions", "words"),
    [
        (1, ["How do I open?"], []),
        (2, ["How do I open?"], ["how-to"]),
        (3, ["How do I open?", "How long is a demo?"], ["how-to"]),
        (5, ASKED[:3], ["how-to", "How it went"]),
        (20, ASKED, ["how-to", "How it went"]),
    ],
)
def test_questions_come_first_and_leave_room(
    limit: int, questions: list[str], words: list[str]
) -> None:
    found = offers(ASKED, FOUND, limit)
    assert [each.text for each in found] == questions + words
    assert [each.text for each in found if each.kind == "question"] == questions


def test_where_there_is_only_one_sort_it_takes_all_room() -> None:
    assert [each.text for each in offers(ASKED, [], 3)] == ASKED[:3]
    assert offers([], FOUND, 2) == [Offer("how-to", "tag"), Offer("How do I open", "title")]
    assert offers([], [], 2) == []
