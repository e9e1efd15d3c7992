"""Follow-ups: does a question stand alone, and what is it searched together with if not?

Measured (docs/evaluation.md): joining a question that stands alone to the one before costs half of
its answers, searching a truly elliptical one alone three quarters. Neither the likeness of the two
questions nor what each finds tells which it is; only words do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.types import Query

JOINED_SHARE = 0.8
"""What question and earlier ones joined weigh against the question alone, when it leans on them."""
MOST_TURNS = 10
_CHAIN = 3  # how far back a chain of leaning questions is followed

_FEW_WORDS = 5  # so few lean if hardly one of them has a meaning of its own
_MANY_WORDS = 12  # so many name what their pronouns point to
_OPENING = re.compile(
    r"(and|but|or|so(?! (many|much))|then|ok(ay)?|what about|how about|what if|which (one|of)|same|"
    r"also|any (example|other|more)s?|else|more|instead)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(its|they|them|their|theirs|these|those|he|him|his|she|her|hers|mine|(?<!what )it|this|"
    r"(about|after|before|do|does|for|from|is|like|of|on|say|than|to|use|was|with) that|"
    r"that(?= one|\W*$)|(from|in|over) there|then(?=\W*$)|one of|one(?=\W*$)|"
    r"(shorter|longer) (one|version)|the (same|first|second|third|last|other|former|latter))\b",
    re.IGNORECASE,
)
_ENDED = re.compile(r"\w{2}[.!?;]\s")  # a sentence before: what a word points to may stand in it
_OTHERS = re.compile(r"\bthe others?(?= ones?\b|s\b)", re.IGNORECASE)  # than those named before
_LIGHT = re.compile(
    r"a|about|am|an|and|any|are|at|be|been|best|better|by|can|could|did|do|does|for|from|good|how|i|"
    r"in|is|it|long|many|may|me|much|my|no|not|of|often|on|or|our|shall|should|some|that|the|"
    r"things?|this|times?|to|up|us|was|ways?|we|were|what|when|where|which|who|why|will|with|would|"
    r"you|your"
)


def leans(question: str) -> bool:
    """Whether ``question`` needs the one before: it opens with "and", points back, or says little.

    Of the judged questions of docs/evaluation.md it takes 3 of 72 whole ones for leaning and 3 of
    18 follow-ups for whole.
    """
    words = re.findall(r"[\w'’]+", question.lower())
    if len(words) <= _FEW_WORDS and len([word for word in words if not _LIGHT.fullmatch(word)]) < 2:
        return True
    if _OPENING.match(question) or _OTHERS.search(question):
        return True
    first = _POINTING.search(question)
    if first is None or len(words) > _MANY_WORDS:
        return False
    return _ENDED.search(question, 0, first.start()) is None


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
