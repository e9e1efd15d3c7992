"""Follow-ups: does a question stand alone, and what is it searched together with if not?

Measured (docs/evaluation.md): joining a question that stands alone to the one before always costs,
searching a truly elliptical one alone costs three quarters of its answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.types import Query

JOINED_SHARE = 0.7
"""What question and earlier ones joined weigh against the question alone, when it leans on them."""
MOST_TURNS = 10
_CHAIN = 3  # how far back a chain of leaning questions is followed
_FEW_WORDS = 5

_OPENING = re.compile(
    r"(and|but|or|so|then|ok(ay)?|what about|how about|what if|why|why not|which|same|also|"
    r"any (example|other|more)s?|else|more|instead)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(it|its|they|them|their|theirs|this|that|these|those|he|him|his|she|her|hers|"
    r"the (first|second|third|last|other|former|latter)( one)?|one of|there|then)\b",
    re.IGNORECASE,
)


def leans(question: str) -> bool:
    """Whether ``question`` needs the one before: it points back, opens with "and", or is short."""
    return (
        len(question.split()) <= _FEW_WORDS
        or _OPENING.match(question) is not None
        or _POINTING.search(question) is not None
    )


def compose(question: str, history: Sequence[str]) -> tuple[Query, tuple[str, ...]]:
    """What to search for, and the earlier questions it is taken together with, oldest first.

    ``history`` is oldest first; only the last :data:`MOST_TURNS` are looked at.
    """
    earlier = [turn for turn in history[-MOST_TURNS:] if turn.strip()]
    if not earlier or not leans(question):
        return Query(question), ()
    chain = [earlier.pop()]
    while earlier and leans(chain[0]) and len(chain) < _CHAIN:
        chain.insert(0, earlier.pop())
    return Query(question, " ".join([*chain, question]), JOINED_SHARE), tuple(chain)
