"""Which questions need the one before, and what they are then searched together with."""

from __future__ import annotations

import pytest

from index.search import HybridSearcher
from index.types import Filters, Query
from qa.conversation import JOINED_SHARE, MOST_TURNS, compose, leans

LEANING = (
    "and if they don't answer?",
    "what about voicemail?",
    "how do I do that over the phone?",
    "why does it work so badly on Mondays for most people?",
    "but my manager wants me to ring them every day",
    "so what should I say to the assistant then?",
    "which one works best for a small account?",
    "can you give me an example of one of those emails?",
    "what if the buyer says no the second time around?",
    "any other ideas for a list that's gone cold?",
    "should I send them a proposal before or after?",
    "how long should I leave between the first and the last one?",
    "ok, and by email?",
    "why?",
    "more on pricing",
    "does he need to know the price before we meet?",
    "what do I do when she says the budget is gone?",
    "how many times?",
    "same question but for renewals, not new business please",
    "how would you word the second one for a finance director?",
    "is there a shorter version I can use on the phone?",
    "Instead of a call, would a letter do the job?",
    "what should I write in their calendar invite?",
    "or do I just give up after a month of trying?",
    "can I do the same by text message?",
)
ALONE = (
    "how do I handle call reluctance before a morning of dialing?",
    "what should I say to a receptionist who won't put me through?",
    "how long should a proposal for a mid-size customer be?",
    "when should a manager join a call with a customer?",
    "what do I write in the subject line of a cold email?",
    "how do I keep a champion informed during a long purchase?",
    "what questions reveal whether a prospect has budget?",
    "how do I plan a territory with two hundred accounts?",
    "my prospect says our product costs too much, what now?",
    "what belongs on the agenda of a first meeting?",
    "how many calls should a new rep make in a day?",
    "how do I ask a happy customer for a referral?",
    "what makes a good opening line on a cold call?",
    "should I leave a voicemail when nobody picks up?",
    "how do I forecast a quarter without guessing?",
    "what does a good account plan look like on paper?",
    "how do I revive a deal after months of silence?",
    "what is the best time of day to call finance directors?",
    "how do I negotiate with a purchasing department?",
    "how can a team stop losing renewals to cheaper competitors?",
    "what should a sales manager look for in an interview?",
    "Why do buyers go quiet after a good demo?",
    "which CRM fields are worth filling in?",
    "how do I know that a deal is dead?",
    "how do I handle objections?",
    "how do I get past a gatekeeper who asks what it's about?",
    "how do I hire people that can sell?",
    "is there a best day of the week for cold calls?",
    "so many of my leads go cold, how do I keep a few warm?",
)
LEANS_THOUGH_IT_STANDS_ALONE = (
    "what do I say when they ask for a discount?",
    "is BANT any good?",
)
STANDS_ALONE_THOUGH_IT_LEANS = (
    "how long should I wait before trying again?",
    "what should I say when the answer is no?",
    "could you show me a script for the opening?",
    "what would the email version look like?",
    "how many times should I try before giving up?",
    "what happens after the meeting is over?",
    "is email any better than calling for a director?",
)

A = "how do I handle call reluctance before a morning of dialing?"
B = "and if they don't answer?"
C = "what about voicemail?"
D = "why?"
E = "how many times?"


@pytest.mark.parametrize("question", LEANING)
def test_a_question_that_points_back_leans(question: str) -> None:
    assert leans(question)
    assert leans(question.upper())


@pytest.mark.parametrize("question", ALONE)
def test_a_whole_question_stands_alone(question: str) -> None:
    assert not leans(question)


@pytest.mark.xfail(strict=True, reason="words that point back may point within the question")
@pytest.mark.parametrize("question", LEANS_THOUGH_IT_STANDS_ALONE)
def test_known_mistake_a_whole_question_leans(question: str) -> None:
    assert not leans(question)


@pytest.mark.xfail(strict=True, reason="nothing in the words says that something is left out")
@pytest.mark.parametrize("question", STANDS_ALONE_THOUGH_IT_LEANS)
def test_known_mistake_a_follow_up_stands_alone(question: str) -> None:
    assert leans(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what is pricing about?", True),  # one word of meaning
        ("what is pricing discipline?", False),  # two
        ("what is the best time of year?", False),  # one, in more than five words
        ("one two three four five six seven eight nine ten eleven them", True),
        ("one two three four five six seven eight nine ten eleven twelve them", False),
        ("order forms get lost in our team all week", False),  # "or" is not its first word
        ("andante tempo suits a slow opening of calls", False),
        ("the former buyer has moved on to Leeds now", True),
        ("my item list grows longer every single week", False),  # "it" within a word
    ],
)
def test_the_border_is_drawn_at_words(question: str, expected: bool) -> None:
    assert leans(question) is expected


@pytest.mark.parametrize(
    "question",
    [
        "does anybody know what the others charge them before a round of bids is opened?",
        "what did the other ones say about prices when you rang them up last spring?",
    ],
)
def test_others_than_were_named_lean_in_however_many_words(question: str) -> None:
    assert len(question.split()) > 12
    assert leans(question)


@pytest.mark.parametrize(
    "question",
    [
        "my buyers are field engineers without desks. worth it?",
        "our leads come from fairs! do they buy?",
    ],
)
def test_what_points_to_a_sentence_of_its_own_stands_alone(question: str) -> None:
    assert not leans(question)


def test_what_points_within_itself_stands_alone() -> None:
    question = "one rep has many replies but they go nowhere, what do I coach him on first?"
    assert compose(question, [B, A]) == (Query(question), ())


def test_without_history_every_question_is_searched_alone() -> None:
    assert compose(B, []) == (Query(B), ())
    assert compose(B, ["", "  "]) == (Query(B), ())


def test_a_question_that_stands_alone_leaves_history_out() -> None:
    assert compose(A, [C, B]) == (Query(A), ())


def test_a_leaning_question_is_joined_to_the_one_before() -> None:
    assert compose(B, [A]) == (Query(B, f"{A} {B}", JOINED_SHARE), (A,))
    assert 0.5 < JOINED_SHARE < 1


def test_a_chain_is_followed_back_to_a_question_that_stands_alone() -> None:
    assert compose(C, [A, B]) == (Query(C, f"{A} {B} {C}", JOINED_SHARE), (A, B))
    other = "how long should a proposal for a mid-size customer be?"
    assert compose(C, [other, A, B])[1] == (A, B)
    assert compose(C, [A, B, other])[1] == (other,)


def test_a_chain_is_followed_back_three_turns_and_no_further() -> None:
    assert compose(E, [A, B, C, D])[1] == (B, C, D)
    assert compose(E, [A, B, C])[1] == (A, B, C)


def test_empty_turns_are_passed_over() -> None:
    assert compose(C, [A, "", B, " "])[1] == (A, B)


def test_only_the_last_ten_turns_are_looked_at() -> None:
    assert MOST_TURNS == 10
    empty = [""] * MOST_TURNS
    assert compose(B, [A, *empty[1:]])[1] == (A,)
    assert compose(B, [A, *empty])[1] == ()


def test_ten_long_turns_can_be_searched(sample_searcher: HybridSearcher) -> None:
    turns = ["and why? " * 110] * MOST_TURNS
    query, searched_with = compose("and then?", turns)
    assert searched_with == tuple(turns[:3])
    assert len(sample_searcher.search(query, 5, Filters())) == 5
