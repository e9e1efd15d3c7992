"""Short forms that posts explain themselves."""

from __future__ import annotations

import pytest

from index.mined import MOST_LONG_FORMS, Definitions, definitions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ask a yard sales rep (YSR) first.", [("ysr", "yard sales rep")]),
        ("Ask our YSR (yard sales rep) first.", [("ysr", "yard sales rep")]),
        ("All yard sales reps (YSRs) know.", [("ysr", "yard sales reps")]),
        ("Hope, Average Revenue per User (ARPU).", [("arpu", "average revenue per user")]),
        (
            "one (a), general data protection rules (GDPR)",
            [("gdpr", "general data protection rules")],
        ),
        ("their go-to-market plan (GTM)", [("gtm", "go-to-market plan")]),
        ("My dog (Rex) sees a yard (above).", []),
        ("Ask him. Yard sales. Reps (YSR)", []),  # not across a sentence
        ("in our office (YSR)", []),
        ("the YSR team (YSR)", []),
        ("Lifetime (LT)", []),  # one word cut short explains itself
        ("our YSR (yard sales rep, new)", []),
        ("nothing in brackets", []),
    ],
)
def test_what_a_text_explains(text: str, found: list[tuple[str, str]]) -> None:
    assert list(definitions(text)) == found


def test_what_is_explained_most_often_comes_first() -> None:
    found = Definitions()
    found.add("A yard sales rep (YSR). A yard sales rep (YSR).")  # once a text
    for _ in range(2):
        found.add("A dock team lead (DTL).")
    assert found.pairs() == [("dtl", "dock team lead"), ("ysr", "yard sales rep")]


def test_a_short_form_has_few_long_ones() -> None:
    found = Definitions()
    for word in ["lead", "list", "line", "loop"]:
        found.add(f"A dock team {word} (DTL).")
    assert [long for _, long in found.pairs()] == [
        "dock team lead",
        "dock team line",
        "dock team list",
    ]
    assert len(found.pairs()) == MOST_LONG_FORMS


def test_the_lines_are_what_a_vocabulary_reads() -> None:
    found = Definitions()
    found.add("The dock team lead (DTL) and an open request (OR).")
    *introduction, line = found.lines(lambda form: form != "or").splitlines()
    assert line == "dtl, dock team lead"
    assert all(each.startswith("#") for each in introduction)
    assert Definitions().lines(bool).splitlines() == introduction
