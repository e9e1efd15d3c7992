"""Answers made up for rendering: what each is there to show is in its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from web.slack import blocks
from web.slack.types import Answer, Card, Message

VIEW = blocks.View(base_url="https://answers.example/")
HEAD = "Write the first line last. "
MARKED = "The cure for call reluctance is five dials in a row."
TAIL = " Notes get four words each."
LONG = "A sentence of filler stands here, so that the passage grows long. " * 90


def card(rank: int, text: str = HEAD + MARKED + TAIL, **more: object) -> Card:
    start = text.find(MARKED)
    made = Card(
        rank=rank,
        title="Dial first, be scared later",
        link=f"https://blog.example/2011/03/dial-first?n={rank}#:~:text=The%20cure%20for%20call",
        author="Desmond Kuiper",
        published=date(2011, 3, 15),
        text=text,
        highlights=((start, start + len(MARKED)),) if start >= 0 else (),
    )
    return replace(made, **more)  # type: ignore[arg-type]


ANSWER = Answer(
    id="0b8e7c0c7e0e4a0fb7a3f3f6f2b5f6d1",
    covered=True,
    sure=True,
    quotes=((MARKED, 1),),
    cards=tuple(card(rank) for rank in range(1, 6)),
    searched_with=(),
    subjects=(),
)
HOSTILE = replace(
    ANSWER,
    quotes=(("Ask <!channel> *why* & `how` | _then_ <@U0IVO>.", 1),),
    cards=(
        card(1, title="Tips & <tricks> | *part 1*", link="https://blog.example/?a=1&b=<2>|3"),
        card(2, title="Read here only", link="/posts/read-here-only?p=1#passage"),
        card(3, title="Not to be opened", link="javascript:alert(1)", author=None, published=None),
    ),
)
MISS = replace(
    ANSWER,
    covered=False,
    sure=False,
    quotes=(),
    cards=(),
    subjects=(
        ("A red pencil for your cold e-mail", "/posts/a-red-pencil?p=0#passage"),
        ("Tips & <tricks>", "/posts/tips?p=2#passage"),
    ),
)
LONG_ANSWER = replace(
    ANSWER,
    quotes=((LONG, 1), (MARKED, 2)),
    cards=tuple(card(rank, LONG + MARKED + " " + LONG) for rank in (1, 2, 3)),
)


def golden() -> dict[str, Message]:
    """The messages that are kept as files, by name."""
    follow_up = replace(ANSWER, sure=False, searched_with=("how do I handle call reluctance?",))
    private = replace(VIEW, question="how do I handle call reluctance?")
    return {
        "answer": blocks.answered(ANSWER, VIEW),
        "answer_private": blocks.answered(ANSWER, private),
        "answer_direct": blocks.answered(ANSWER, replace(VIEW, can_share=False)),
        "answer_follow_up_partly": blocks.answered(follow_up, VIEW),
        "answer_hostile": blocks.answered(HOSTILE, VIEW),
        "answer_long": blocks.answered(LONG_ANSWER, VIEW),
        "answer_shared": blocks.answered(ANSWER, replace(private, by="U0RENA", can_share=False)),
        "more": blocks.more(ANSWER, 3, VIEW),
        "miss": blocks.missed(MISS, VIEW),
        "miss_private": blocks.missed(MISS, private),
        "apology": blocks.apology("1a2b3c4d", "The archive's server does not answer."),
        "busy": blocks.busy(),
        "help": blocks.help_message("/ask"),
        "help_command": blocks.help_message("/ask", typed=True),
        "thanks": blocks.thanked("not_helpful", ANSWER.id),
        "drill": blocks.asked_aloud("how do I handle call reluctance?", ANSWER.cards[0], ANSWER.id),
    }
