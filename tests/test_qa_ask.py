"""A question to an answer, over hits made by hand and over the sample archive."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.types import Span
from index.search import HybridSearcher
from index.types import Filters, Query, Searcher
from qa.ask import ask, check_limit, check_question, find
from qa.confidence import LOOKED_AT
from qa.errors import QuestionError
from qa.types import Answer, Citation, FoundPassage, Subject
from tests.hits import MadeSearcher, made_hit

STAND = "Stand up before you dial a stranger."
NEAR = made_hit((STAND, 0.8), ("The coffee is on the left today.", 0.1), post="near")
FAR = made_hit(("Coffee is served in the kitchen at ten.", 0.5), post="far")

QUESTIONS = (
    "how do I handle call reluctance?",
    "what do I say to the receptionist?",
    "the buyer says we're too expensive",
    "should I leave a voicemail?",
    "they went quiet after a good meeting",
    "how do I clean up my pipeline?",
    "how long should a proposal be?",
    "what do I ask candidates for a sales job?",
    "how do commission plans go wrong?",
    "they told me to just send some information",
    "why did we really lose the deal?",
    "which accounts should I visit?",
    "they're happy with their supplier",
    "how do I ask for a referral?",
    "what should be in my call notes?",
    "how do I present to a finance director?",
    "when do I escalate a deal?",
    "what should a new rep do in the first month?",
    "how do I ask for the business?",
    "what do I do about a slump?",
)


def asked(searcher: Searcher, question: str = "stand up?", *, limit: int = 6) -> Answer:
    return ask(searcher, question, limit=limit, least_confidence=0.3)


def test_an_answer_holds_what_was_found() -> None:
    answer = asked(MadeSearcher([NEAR, FAR]), "  should I stand up?\n")
    assert re.fullmatch(r"[0-9a-f]{32}", answer.id)
    assert answer.question == "should I stand up?"
    assert answer.status == "answered"
    assert answer.short_answer == (Citation(STAND, 1),)
    assert [each.rank for each in answer.passages] == [1, 2]
    assert answer.passages[0] == FoundPassage(
        rank=1,
        score=0.5,
        passage=NEAR.passage,
        post=NEAR.post,
        highlights=(Span(0, len(STAND)),),
        link="/posts/near?p=0#passage",
        reader_link="/posts/near?p=0#passage",
    )
    assert answer.searched_with == ()
    assert answer.subjects == ()
    assert answer.generation == "made"
    assert 0 <= answer.took_ms < 1000


def test_two_answers_are_told_apart() -> None:
    assert asked(MadeSearcher([NEAR])).id != asked(MadeSearcher([NEAR])).id


def test_what_is_asked_is_handed_to_the_searcher() -> None:
    searcher = MadeSearcher([NEAR])
    filters = Filters(author="Ada", after=date(2020, 1, 1))
    ask(searcher, " why? ", history=["a b c d e f"], limit=20, filters=filters, least_confidence=0)
    ask(searcher, "one two three four five six", limit=1, least_confidence=0)
    (query, limit, given), (alone, least, none) = searcher.asked
    assert (query.text, query.joined) == ("why?", "a b c d e f why?")
    assert (limit, given) == (20, filters)
    # confidence looks at more passages than are shown
    assert (alone, least, none) == (Query("one two three four five six"), LOOKED_AT, Filters())


def test_a_follow_up_names_what_it_was_taken_together_with() -> None:
    answer = ask(
        MadeSearcher([NEAR]),
        "and then?",
        history=["how do I open a call with a stranger?", "what if he's busy?"],
        limit=6,
        least_confidence=0,
    )
    assert answer.searched_with == (
        "how do I open a call with a stranger?",
        "what if he's busy?",
    )


@pytest.mark.parametrize(
    ("least", "status", "sure"),
    [(0.0, "answered", "sure"), (0.94, "answered", "sure"), (0.95, "not_covered", "none")],
)
def test_confidence_decides_whether_it_is_covered(least: float, status: str, sure: str) -> None:
    # the nearest sentence is at 0.8, so the logit is 4 * (0.8 - 0.25) / (0.65 - 0.25) - 2.6 = 2.9
    answer = ask(MadeSearcher([FAR, NEAR]), "stand?", limit=1, least_confidence=least)
    assert (answer.status, answer.confidence) == (status, sure)


def test_what_is_less_than_sure_is_partly() -> None:
    answer = ask(MadeSearcher([made_hit((STAND, 0.49))]), "stand?", limit=1, least_confidence=0.2)
    assert (answer.status, answer.confidence) == ("answered", "partly")


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ("why?", "The history is one text, not a list of them."),
        (["why?"] * 11, "The history has 11 turns; at most 10 can be taken along."),
        (["why?", 7], "Turn 2 of the history is no text."),
        (
            ["x" * 1001],
            "Turn 1 of the history has 1001 characters; a question has at most 1000.",
        ),
    ],
)
def test_a_history_that_cannot_be_taken_along_is_an_error(history: Any, message: str) -> None:
    searcher = MadeSearcher([NEAR])
    with pytest.raises(QuestionError) as caught:
        ask(searcher, "and then?", history=history, limit=1, least_confidence=0)
    assert (caught.value.message, caught.value.field) == (message, "history")
    assert caught.value.hint
    assert searcher.asked == []


def test_ten_turns_can_be_taken_along() -> None:
    turns = ["how do I open a call with a stranger?", *["and then?"] * 9]
    answer = ask(MadeSearcher([NEAR]), "why?", history=turns, limit=1, least_confidence=0)
    assert answer.searched_with == ("and then?",) * 3


def test_what_is_not_covered_has_neither_quote_nor_passage_but_subjects() -> None:
    hits = [
        made_hit(("One.", 0.1), post="a", ordinal=3),
        made_hit(("Two.", 0.1), post="b"),
        made_hit(("Three.", 0.1), post="a", ordinal=1),
        made_hit(("Four.", 0.1), post="c"),
        made_hit(("Five.", 0.1), post="d"),
    ]
    answer = asked(MadeSearcher(hits))
    assert answer.status == "not_covered"
    assert answer.short_answer == ()
    assert answer.passages == ()
    assert answer.subjects == (
        Subject("Title of a", "/posts/a?p=3#passage"),
        Subject("Title of b", "/posts/b?p=0#passage"),
        Subject("Title of c", "/posts/c?p=0#passage"),
    )


def test_nothing_found_is_not_covered_whatever_the_level() -> None:
    answer = ask(MadeSearcher([]), "stand up?", limit=6, least_confidence=0)
    assert (answer.status, answer.subjects, answer.passages) == ("not_covered", (), ())


def test_a_passage_far_behind_the_nearest_is_not_shown() -> None:
    behind = made_hit(("Coffee is served in the kitchen at ten.", 0.1), post="behind")
    assert [each.post.id for each in asked(MadeSearcher([behind, NEAR, FAR])).passages] == [
        "near",
        "far",
    ]
    found = find(MadeSearcher([behind, NEAR, FAR]), "stand up?", limit=6)
    assert [each.post.id for each in found] == ["behind", "near", "far"]


@pytest.mark.parametrize("limit", [1, 2, 20])
def test_at_most_limit_passages_are_shown(limit: int) -> None:
    searcher = MadeSearcher([made_hit((STAND, 0.8), post=str(number)) for number in range(30)])
    assert [each.rank for each in asked(searcher, limit=limit).passages] == [*range(1, limit + 1)]
    assert len(find(searcher, "stand up?", limit=limit)) == limit


def test_the_link_opens_the_post_at_the_quoted_sentence() -> None:
    hit = made_hit(
        ("Should you stand up before you dial?", 0.98),
        (STAND, 0.85),
        post="p",
        ordinal=2,
        url="https://blog.example/stand",
        before="An opening line.\n\n",
    )
    (found,) = asked(MadeSearcher([hit])).passages
    assert asked(MadeSearcher([hit])).short_answer == (Citation(STAND, 1),)
    assert len(found.highlights) == 2
    assert found.link == (
        "https://blog.example/stand#:~:text=Stand%20up%20before%20you%20dial%20a%20stranger."
    )
    assert found.reader_link == "/posts/p?p=2#passage"


def test_find_gives_the_same_passages_as_an_answer() -> None:
    searcher = MadeSearcher([NEAR, FAR])
    assert find(searcher, " stand up? ", limit=2) == asked(searcher).passages
    filters = Filters(tag="x")
    find(searcher, "stand up?", limit=2, filters=filters)
    assert searcher.asked[-1] == (Query("stand up?"), 2, filters)
    assert find(MadeSearcher([]), "stand up?", limit=2) == ()


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "The question is empty."),
        (" \t\n ", "The question is empty."),
        ("\u2003\u00a0", "The question is empty."),
        ("x" * 1001, "The question has 1001 characters; at most 1000 can be asked."),
        ("caf\udce9 hours?", "The question is not valid text."),
    ],
)
def test_a_question_that_cannot_be_asked_is_an_error(question: str, message: str) -> None:
    searcher = MadeSearcher([NEAR])
    for attempt in (asked, lambda s, q: find(s, q, limit=1), lambda _, q: check_question(q)):
        with pytest.raises(QuestionError) as caught:
            attempt(searcher, question)
        assert (caught.value.message, caught.value.field) == (message, "question")
        assert caught.value.hint
    assert searcher.asked == []


@pytest.mark.parametrize("question", ["x", "x" * 1000, "\U0001f989" * 1000, f"  {'x' * 1000}  "])
def test_a_question_of_one_to_a_thousand_characters_can_be_asked(question: str) -> None:
    assert check_question(question) == question.strip()
    assert asked(MadeSearcher([NEAR]), question).status == "answered"


@pytest.mark.parametrize("limit", [-1, 0, 21])
def test_a_limit_out_of_range_is_an_error(limit: int) -> None:
    searcher = MadeSearcher([NEAR])
    for attempt in (
        lambda: asked(searcher, limit=limit),
        lambda: find(searcher, "stand up?", limit=limit),
        lambda: check_limit(limit),
    ):
        with pytest.raises(QuestionError) as caught:
            attempt()
        assert caught.value.message == f"The limit is {limit}; it must be 1 to 20."
        assert caught.value.field == "limit"
    assert searcher.asked == []


# over the sample archive


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quote_stands_word_for_word_in_its_passage_and_is_marked(
    sample_searcher: HybridSearcher, question: str
) -> None:
    answer = asked(sample_searcher, question)
    assert answer.status == "answered"
    assert 1 <= len(answer.short_answer) <= 3
    assert answer.generation == sample_searcher.generation.manifest.generation
    assert [each.rank for each in answer.passages] == [*range(1, len(answer.passages) + 1)]
    for found in answer.passages:
        passage = found.passage
        assert found.post.text[passage.start : passage.end] == passage.text
        assert found.highlights
        edges = [
            {span.start for span in passage.sentences},
            {span.end for span in passage.sentences},
        ]
        assert all(span.start in edges[0] and span.end in edges[1] for span in found.highlights)
        assert (
            found.link == found.reader_link == f"/posts/{found.post.id}?p={passage.ordinal}#passage"
        )
    for citation in answer.short_answer:
        found = answer.passages[citation.citation - 1]
        marked = [found.passage.text[slice(*span)] for span in found.highlights]
        assert any(citation.text in each for each in marked)


def test_filters_hold_over_the_sample_archive(sample_searcher: HybridSearcher) -> None:
    filters = Filters(author="nora whitlock", tag="Management", before=date(2012, 12, 31))
    found = find(sample_searcher, "how do I coach a rep?", limit=20, filters=filters)
    assert {Path(each.post.place).stem for each in found} == {
        "what-i-say-before-the-first-stoplight",
        "the-second-role-play-tells-you-more-than-the-first",
        "no-price-list-until-the-third-week",
    }


def test_a_longest_question_is_answered(sample_searcher: HybridSearcher) -> None:
    question = ("how do I handle call reluctance? " * 40)[:1000].strip()
    assert asked(sample_searcher, question).passages[0].post.title == (
        "The Heaviest Telephone in the County"
    )
