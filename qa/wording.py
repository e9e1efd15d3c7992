"""Sentences that are near a question and say nothing to it: greetings, teasers, headings.

They stand at the edges of a blog post: who writes, what is to come, where more is to be had. They
were met in answers over two archives; what is matched is how they are made, in any trade.
"""

from __future__ import annotations

import re

_GREETING = re.compile(
    r"(hi|hiya|hey|hello|howdy|greetings|welcome|dear|thanks|thank you|cheers|happy \w+day|"
    r"good (morning|afternoon|evening)|my name is|i hope (you|this|that))\b(?! (to|for|of) \w+ing)",
    re.IGNORECASE,
)
_PIECE = (
    r"(this|our|my|the|a) (\w+ )?(post|article|blog|episode|podcast|video|guide|series|webinar|"
    r"e-?book|newsletter|interview|recap|story)"
)
_TELL = (
    r"(show|share|explain|cover|discuss|explore|tell|teach|talk|walk|look|dig|dive|break|go|list|"
    r"highlight|outline|introduce|recap|review)"
)
_TEASERS = (
    rf"\b(in|throughout|during) {_PIECE}\b",
    rf"\b{_PIECE} (is|was|will|covers?|shows?|explains?|tells?|first|originally)\b",
    r"\A\W*(today|below|next),? (i|we)\b",
    rf"\b(i|we)(['’](ll|m|re)| will| am| are) (also |now )?(going to |about to )?(be )?{_TELL}"
    r"(ing)?\b",
    r"\b(click|download|listen|subscribe|sign up|register|watch)\b.{0,60}\b(here|below|itunes)\b",
    r"\A\W*(read|keep reading|learn|find out) more\b",
    r"\A\W*(keep reading|read on|stay tuned|check (it )?out|subscribe|sign up|click|follow us|"
    r"feel free)\b",
    r"\A\W*((so|now|ok(ay)?),? )?let['’]?s (dive|jump|get (started|into|to)|take a look|look at|"
    r"dig|begin|start|talk about)\b",
    r"\A\W*(anyone|anybody|those|if you)( (that|who))? (follows?|reads?|have been)\b",
)
_TEASING = re.compile("|".join(_TEASERS), re.IGNORECASE)
_SMALL = re.compile(
    r"a|an|and|as|at|but|by|for|from|how|in|into|is|it|nor|of|on|or|so|the|to|vs|with|your",
    re.IGNORECASE,
)
_LONGEST_TITLE = 14  # words


def greets(text: str) -> bool:
    """Whether a sentence greets or thanks; in quotation marks it is something to say."""
    return _GREETING.match(text) is not None


def teases(text: str) -> bool:
    """Whether a sentence tells what is to come, or sends the reader to some other place."""
    return _TEASING.search(text) is not None


def is_title(text: str) -> bool:
    """Whether a line has the capitals of a title: on every word but the small ones."""
    words = re.findall(r"[^\W\d_][\w'’]*", text)
    telling = [word for word in words if not _SMALL.fullmatch(word)]
    return (
        len(telling) > 1
        and len(words) <= _LONGEST_TITLE
        and all(word[0].isupper() for word in telling)
    )
