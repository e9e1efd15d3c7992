"""Words to say, found where a post holds them out, and nothing that a buyer or nobody says."""

from __future__ import annotations

import re

import pytest

from corpus.sentences import split_sentences
from corpus.types import Span
from index.search import HybridSearcher
from qa.ask import find
from qa.say import lines_to_say


def sentences(text: str) -> list[Span]:
    return [
        Span(line.start() + start, line.start() + end)
        for line in re.finditer(r"[^\n]+", text)
        for start, end in split_sentences(line[0])
    ]


def said(text: str, heading: str = "", marked: str = "") -> list[tuple[str, str]]:
    """The kind and words of each line to say in ``text``; ``marked`` are words that answer."""
    spans = [Span(text.index(marked), text.index(marked) + len(marked))] if marked else []
    lines = lines_to_say(text, (heading,) if heading else (), sentences(text), spans)
    return [(line.kind, text[slice(*line.span)]) for line in lines]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'Say "What would have to change for you?" and wait.',
            "What would have to change for you?",
        ),
        ("I always ask, “Who else hears about your price?”", "Who else hears about your price?"),
        (
            'If she hesitates, you could say "Shall I ring you on Friday instead?"',
            "Shall I ring you on Friday instead?",
        ),
        (
            'Mine was "Mr. Hale, I look after the floors in four schools near you."',
            "Mr. Hale, I look after the floors in four schools near you.",
        ),
        (
            "Open with something like this:\n\n“Hello Ms. Ode, you asked me to ring today.”",
            "Hello Ms. Ode, you asked me to ring today.",
        ),
        ('"Can I ask you something blunt?" I said.', "Can I ask you something blunt?"),
        (
            'Offer the exit. "I can live with a no, so what would you rather do?" Half say no.',
            "I can live with a no, so what would you rather do?",
        ),
        (
            'You might write: "I will send your figures to the two of you by noon on Friday".',
            "I will send your figures to the two of you by noon on Friday",
        ),
    ],
)
def test_quoted_words_of_a_seller_are_speech(text: str, words: str) -> None:
    assert said(text) == [("speech", words)]


@pytest.mark.parametrize(
    "text",
    [
        'The buyer said, "Why should I change what works for you and me?"',
        '"What does your price include?" she asked.',
        'They hear it daily: "Your price is far too high for us."',
        'Never open with "Did you get a chance to read it?"',
        'Instead of "How are you today?", name your reason.',
        'I said "Are you happy with your supplier?" for years.',
        '"Do you know anyone who needs us?" I asked, for years, in doorways.',
        'In the book called "What Would You Do for a Deal?" there is more.',
        'Say "how are you doing" as they do.',
        'Say "Thank you!"',
        'I say "The floor dries in nine minutes flat."',
        '"If you are honest, everybody is afraid of your own telephone." – Ada Quill',
        'Ask yourself: "Would you open this mail of mine today?"',
        'Press "Send Your Request" in the menu.',
        "The word “you” stands in “your”, and nothing else is to be said of you here.",
        'An unclosed "What would you do here?',
    ],
)
def test_what_others_say_and_what_is_warned_of_is_left_out(text: str) -> None:
    assert said(text) == []


QUESTIONS = """Before you quote, ask three things:

Who signs your invoices?
What did you pay last year?
Do I need a coffee?"""


def test_questions_to_ask_stand_as_lines_of_their_own() -> None:
    assert said(QUESTIONS) == [
        ("question", "Who signs your invoices?"),
        ("question", "What did you pay last year?"),
    ]
    bare = QUESTIONS.partition("\n\n")[2]
    assert said(bare) == []
    assert said(bare, "Questions to ask before you quote") == said(QUESTIONS)


@pytest.mark.parametrize(
    "text",
    [
        "Have you ever had a boss like that?\n\nI had. What would you have done about yours?",
        QUESTIONS.replace("ask three things", "ask yourself three questions"),
        QUESTIONS.replace(":", "."),
        "What to ask:\n\nAre you happy? | Who chose your supplier, and how did you?",
    ],
)
def test_an_author_s_own_questions_are_not_to_be_asked(text: str) -> None:
    assert said(text) == []


STEPS = """There are four steps to a calm hour:

Write your first sentence on a card. It may be short.
Set the clock to forty minutes.
The coffee comes later.
Dial the hardest number first."""


def test_the_steps_of_a_list_are_what_it_says_to_do() -> None:
    assert said(STEPS) == [
        ("step", "Write your first sentence on a card."),
        ("step", "Set the clock to forty minutes."),
        ("step", "Dial the hardest number first."),
    ]
    assert said(STEPS.replace("four steps to", "four friends of")) == []
    assert said(STEPS.replace("\n", "\n\n")) == []


def test_the_best_three_come_first_and_what_answers_before_others() -> None:
    text = STEPS + '\n\nThen say "How is your week going so far?" Say "Have I caught you at work?"'
    assert [kind for kind, _ in said(text)] == ["speech", "speech", "step"]
    marked = said(text, marked="Dial the hardest number first.")
    assert marked[2] == ("step", "Dial the hardest number first.")


def test_spans_are_of_code_points_and_exact() -> None:
    text = '🦉 Say "İs your owl asleep, do you think? 🦉 Tell me."'
    (line,) = lines_to_say(text, (), sentences(text))
    assert text[slice(*line.span)] == "İs your owl asleep, do you think? 🦉 Tell me."


def test_a_long_and_hostile_text_is_read_in_no_time() -> None:
    for text in ('"' * 5000, 'Say "' * 2000, "you? " * 5000, "“a" * 4000, "ask:\n" * 3000):
        assert said(text) == []


def test_found_passages_carry_their_lines(sample_searcher: HybridSearcher) -> None:
    (first, *_) = find(sample_searcher, "what do I say to a receptionist?", limit=3)
    lines = [(line.kind, first.passage.text[slice(*line.span)]) for line in first.say]
    assert lines == [
        (
            "speech",
            "It's Desmond Kuiper from Pellam Floorcare. I rent out floor scrubbers, and I don't "
            "know who looks after yours. Could you point me?",
        )
    ]
