"""Sentences near a question that say nothing to it: questions, announcements, greetings, headings.

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
    r"highlight|outline|introduce|recap|review|writ|focus)"
)
_BEGINNINGS = (
    r"(today|below|next),? (i|we)\b",
    r"(read|keep reading|learn|find out) more\b",
    r"(keep reading|read on|stay tuned|check (it )?out|subscribe|sign up|click|follow us|"
    r"feel free)\b",
    r"((so|now|ok(ay)?),? )?let['’]?s (dive|jump|get (started|into|to)|take a look|look at|"
    r"dig|begin|start|talk about)\b",
    r"(while|when|as) ((i|we|you)(['’](m|re)| am| are| was| were)? )?(writ|read)(ing|e)? this\b",
    r"(anyone|anybody|those|if you)( (that|who))? (follows?|reads?|have been)\b",
)
_BEGINNING = re.compile(rf"\W*({'|'.join(_BEGINNINGS)})", re.IGNORECASE)
_TEASING = tuple(
    (words.split(", "), re.compile(pattern, re.IGNORECASE))
    for words, pattern in (
        (
            "post, article, blog, episode, podcast, video, guide, series, webinar, book, "
            "newsletter, interview, recap, story",
            rf"\b(in|throughout|during) {_PIECE}\b|"
            rf"\b{_PIECE} (is|was|will|covers?|shows?|explains?|tells?|first|originally)\b",
        ),
        (
            "i'll, i’ll, we'll, we’ll, i'm, i’m, we're, we’re, i will, we will, i am, we are",
            r"\b(i|we)(['’](ll|m|re)| will| am| are) (also |now |mainly )?(going to |about to )?"
            rf"(be )?{_TELL}(ing)?\b",
        ),
        (
            "here, below, itunes",
            r"\b(click|download|listen|subscribe|sign up|register|watch)\b.{0,60}"
            r"\b(here|below|itunes)\b",
        ),
    )
)
"""What teases wherever it stands, and words without which it cannot: these are found quicker."""
_SMALL = re.compile(
    r"a|an|and|as|at|but|by|for|from|how|in|into|is|it|nor|of|on|or|so|the|to|vs|with|your",
    re.IGNORECASE,
)
CLOSING = "\"'”’)"
"""What may stand behind the mark that ends a sentence."""
_ASKED = re.compile(
    r"\W*(you|people|they|readers|some) (often |sometimes )?(ask|wonder)\b", re.IGNORECASE
)
_ANNOUNCING = re.compile(
    r"(here(['’]s| is| are)|(in|as) (this|the following|follows)|the following)\b", re.IGNORECASE
)
_POINTING = re.compile(  # to what is not quoted
    r"\b(below|above|the following( \w+)?)\W*$|\bthe \w+ (below|above)\b", re.IGNORECASE
)
_POINTED = re.compile("below|above|following", re.IGNORECASE)  # in any of these: found quicker
_COUNTING = re.compile(  # what is to come, and no more
    r"\W*(here|there) (are|is) (just |only )?(my |our )?(two|three|four|five|six|seven|eight|nine|"
    r"ten|\d+|some|several|a (few|couple of|number of))( \w+)? (that|things|ways|steps|tips|"
    r"reasons|rules|questions|examples|ideas|tricks|points|options)\b",
    re.IGNORECASE,
)
_MOST_ANNOUNCING = 10  # words; a longer sentence says something, too
_LONGEST_TITLE = 14  # words


def asks(text: str) -> bool:
    """Whether ``text`` asks, itself or in other people's name."""
    return text.rstrip(CLOSING).endswith("?") or (
        _ASKED.match(text) is not None and len(text.split()) <= _MOST_ANNOUNCING
    )


def announces(text: str) -> bool:
    """Whether ``text`` says no more than that something comes, or stands elsewhere."""
    return (
        text.rstrip(CLOSING).endswith((":", "as follows."))
        or (_POINTED.search(text) is not None and _POINTING.search(text) is not None)
        or _COUNTING.match(text) is not None
        or (len(text.split()) <= _MOST_ANNOUNCING and _ANNOUNCING.search(text) is not None)
    )


def greets(text: str) -> bool:
    """Whether a sentence greets or thanks; in quotation marks it is something to say."""
    return _GREETING.match(text) is not None


def teases(text: str) -> bool:
    """Whether a sentence tells what is to come, or sends the reader to some other place."""
    if _BEGINNING.match(text):
        return True
    lower = text.lower()
    return any(
        pattern.search(text) for words, pattern in _TEASING if any(word in lower for word in words)
    )


def is_title(text: str) -> bool:
    """Whether a line has the capitals of a title: on every word but the small ones."""
    words = re.findall(r"[^\W\d_][\w'’]*", text)
    telling = [word for word in words if not _SMALL.fullmatch(word)]
    return (
        len(telling) > 1
        and len(words) <= _LONGEST_TITLE
        and all(word[0].isupper() for word in telling)
    )
