"""The sentences that answer: marked in each passage, and the best of them as the short answer.

Sentences are quoted word for word. What is nearest to a question is often the same question asked
by the post ("So how do you handle call reluctance?"), the announcement of an answer ("It can occur
in these situations:"), or a bare phrase; these are near without answering, so they count for less.
The sentence after a question that the post asks is as near as both are. One that cannot be
understood alone ("That works on every second one.") is quoted together with the one before it.
Greetings, teasers and headings (:mod:`qa.wording`) are near for the words of the subject alone.
What kind of words answer is told by the question: numbers, times, or words to say.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.types import Span
from index.errors import IndexDamaged
from index.types import Hit, ScoredSentence
from qa.types import Citation
from qa.wording import greets, is_title, teases

SHORT_ANSWER = 3
"""Most sentences in a short answer."""
MARKED = 3
"""Most sentences marked in one passage."""
_NEAR_BEST = 0.85  # of the best sentence's value: what may stand beside it
_SURE = 0.5  # cosine from which a sentence is about a question, whatever stands around it
_LOOKED_AT = 5  # passages that the short answer may come from
_ASKING_COUNTS = 0.8  # of its cosine, for a sentence that asks or announces
_FEW_WORDS, _FEW_COUNTS = 6, 0.8
_LEANING_COUNTS = 0.85
_MENDED_COUNTS = 0.95  # the same where it is quoted together with what it leans on
_ANSWERING_COUNTS = 1.05  # for a sentence with the kind of words that a question is answered by
_OPEN_COUNTS = (
    0.9  # for a line that no full stop ends, which is an item of a list more often than not
)
_EDGE_COUNTS = 0.7  # for a greeting, a teaser, a heading: anything that answers is better
_ASKED = re.compile(
    r"\W*(you|people|they|readers|some) (often |sometimes )?(ask|wonder)\b", re.IGNORECASE
)
_ANNOUNCING = re.compile(
    r"(here(['’]s| is| are)|(in|as) (this|the following|follows)|the following)\b", re.IGNORECASE
)
_POINTING = re.compile(r"\b(below|above)\W*$", re.IGNORECASE)  # to what is not quoted
_MOST_ANNOUNCING = 10  # words; a longer sentence says something, too
_NUMBERS = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|"
    r"fifty|sixty|ninety|hundreds?|thousands?|millions?|dozens?|half|thirds?|quarters?|once|twice|"
    r"percent|none|never|always|every|daily|weekly|monthly)\b",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"\d|\b(morning|noon|afternoon|evening|night|hours?|minutes?|days?|weeks?|months?|quarters?|years?|"
    r"(mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|june|july|august|"
    r"september|october|november|december|spring|summer|autumn|winter|before|after|until|"
    r"as soon as|early|late|first|once|when)\b",
    re.IGNORECASE,
)
_SAID = re.compile(r"[\"“”]|\b(say|ask|write|tell)\b", re.IGNORECASE)
_KINDS = (
    (re.compile(r"\bhow (many|much|long|often|big|old|far|fast|soon)\b", re.IGNORECASE), _NUMBERS),
    (re.compile(r"\b(when|what time|which day|best (time|hour|day))\b", re.IGNORECASE), _TIMES),
    (
        re.compile(
            r"\b(what|how) (do|should|can|would|could|shall) (i|we|you) (say|tell|ask|write|answer|"
            r"reply|open|word)\b",
            re.IGNORECASE,
        ),
        _SAID,
    ),
)
_LEANING = re.compile(
    r"\W*(that|this|these|those|it|its|they|their|he|his|she|her|so|but|and|then|which|there|"
    r"since then|by then|in that|one who|mine|others?|for (example|instance)|however|therefore|"
    r"similarly|likewise|also|plus|yet|instead|as a result|in other words|"
    r"such|another|again|otherwise|thus|hence|moreover|furthermore|besides|still|anyway|secondly|"
    r"thirdly|finally|lastly|yes|no(?=,)|well(?=,)|right(?=,)|one (is|was|of (them|these|those))|"
    r"the (second|third|fourth|next|last|latter|former|other|same|above)|"
    r"(in|with|by|for|from|at|on|of|after|before|like|because of|given) "
    r"(this|that|these|those|such)|"
    r"(each|both|neither|none|most|some|all)(?= (of (them|these|those)|are|were|has|wants?)\b))"
    r"\b",
    re.IGNORECASE,
)
_CLOSING = "\"'”’)"
_CELLS = " | "  # what the cells of a table's row are joined by
_MOST_CHARACTERS = 400  # a longer "sentence" is a list run together, and no short answer


def wanted(question: str) -> re.Pattern[str] | None:
    """What a sentence that answers ``question`` has in it, where its kind tells that."""
    return next((answer for asking, answer in _KINDS if asking.search(question)), None)


def sentence_values(hit: Hit, question: str = "") -> list[float]:
    """How well each sentence of ``hit`` answers: its cosine, less if it asks, leans or says little.

    More if it follows the question that it answers, or has the kind of words that is asked for.
    """
    answering = wanted(question)
    return [_value(hit, place, answering) for place in range(len(hit.sentences))]


def _value(hit: Hit, place: int, answering: re.Pattern[str] | None) -> float:
    """How well the sentence at ``place`` answers; at most :func:`_most`."""
    sentence = hit.sentences[place]
    text = _text(hit, sentence)
    near = sentence.score
    before = hit.sentences[place - 1] if place else sentence
    if before.score > near and _asks(_text(hit, before)):
        near = (near + before.score) / 2
    if _LEANING.match(text):
        near *= _LEANING_COUNTS if _whole(hit, sentence) == sentence.span else _MENDED_COUNTS
    return near * _share(text, _asks(text), answering)


def _most(hit: Hit, place: int) -> float:
    """What the sentence at ``place`` may be worth, whatever it says."""
    near, before = hit.sentences[place].score, hit.sentences[max(0, place - 1)].score
    return max(near, (near + before) / 2, 0.0) * _ANSWERING_COUNTS


def _asks(text: str) -> bool:
    """Whether ``text`` asks, itself or in other people's name."""
    return text.rstrip(_CLOSING).endswith("?") or (
        _ASKED.match(text) is not None and len(text.split()) <= _MOST_ANNOUNCING
    )


def _share(text: str, asks: bool, answering: re.Pattern[str] | None) -> float:
    """What a sentence counts, of how near it is."""
    words = len(text.split())
    share = 1.0
    announces = (
        text.rstrip(_CLOSING).endswith((":", "as follows."))
        or _POINTING.search(text) is not None
        or (words <= _MOST_ANNOUNCING and _ANNOUNCING.search(text) is not None)
    )
    ended = text.rstrip(_CLOSING).endswith((".", "!", "?", ":", "…"))
    if greets(text) or teases(text) or (not ended and is_title(text)):
        share *= _EDGE_COUNTS
    elif asks or announces:
        share *= _ASKING_COUNTS
    elif answering is not None and answering.search(text):
        share *= _ANSWERING_COUNTS
    if not ended:
        share *= _OPEN_COUNTS
    return share * _FEW_COUNTS if words < _FEW_WORDS else share


@dataclass(frozen=True, slots=True)
class Marked:
    """A hit with the sentences of it to mark, each with its value, best first; at least one."""

    hit: Hit
    sentences: tuple[tuple[float, ScoredSentence], ...]

    @property
    def best(self) -> Span:
        """The span of what answers best, in the text of the passage."""
        return _whole(self.hit, self.sentences[0][1])

    @property
    def highlights(self) -> tuple[Span, ...]:
        """The spans of all of them, in the order of the text, none overlapping another."""
        spans: list[Span] = []
        for span in sorted(_whole(self.hit, sentence) for _, sentence in self.sentences):
            if spans and span.start < spans[-1].end:
                spans[-1] = Span(spans[-1].start, max(span.end, spans[-1].end))
            else:
                spans.append(span)
        return tuple(spans)


def mark(hit: Hit, question: str = "") -> Marked:
    """``hit`` with the sentences that answer best, and nearly as well as the best one."""
    answering = wanted(question)
    most = [_most(hit, place) for place in range(len(hit.sentences))]
    valued: list[tuple[float, int]] = []
    least = -math.inf
    # Most sentences are too far off for what they say to matter, and need not be looked at.
    for place in sorted(range(len(most)), key=most.__getitem__, reverse=True):
        if most[place] < least:
            break
        valued.append((_value(hit, place, answering), place))
        least = max(least, valued[-1][0] * _NEAR_BEST)
    ranked = sorted(valued, key=lambda each: (-each[0], each[1]))[:MARKED]
    near_best = [each for each in ranked if each[0] >= least] or ranked[:1]
    return Marked(hit, tuple((value, hit.sentences[place]) for value, place in near_best))


def short_answer(shown: Sequence[Marked]) -> tuple[Citation, ...]:
    """One to three sentences of different posts, best first; ``shown`` is in rank order.

    A sentence counts for less as its passage is further from the first. The second and third must
    be about the question by themselves, and nearly as near to it as the nearest.
    """
    candidates = []
    for rank, marked in enumerate(shown[:_LOOKED_AT], start=1):
        hit, first = marked.hit, shown[0].hit
        for value, sentence in marked.sentences:
            text = hit.passage.text[slice(*_whole(hit, sentence))]
            if len(text) <= _MOST_CHARACTERS and _CELLS not in text:
                nearness = hit.score / first.score if first.score > 0 else 1.0
                candidates.append((value * nearness, value, rank, hit.post.id, text))
                break
    candidates.sort(key=lambda each: (-each[0], each[2]))
    least = max(_SURE, _NEAR_BEST * max((value for _, value, *_ in candidates), default=0.0))
    citations: list[Citation] = []
    posts: set[str] = set()
    for _, value, rank, post, text in candidates:
        if len(citations) == SHORT_ANSWER:
            break
        repeated = post in posts or text in {each.text for each in citations}
        if not repeated and (not citations or value >= least):
            posts.add(post)
            citations.append(Citation(text, rank))
    return tuple(citations)


def check_verbatim(citations: Sequence[Citation], shown: Sequence[Marked]) -> None:
    """Raise IndexDamaged unless every citation stands, word for word, in the passage that it names.

    Sentences are read from the index as places in a text, which it holds, too.
    """
    for citation in citations:
        passage = shown[citation.citation - 1].hit.passage
        if citation.text not in passage.text:
            raise IndexDamaged(
                f"What would be quoted of {passage.id} does not stand in it.",
                "Build it again: blogqa build --full",
            )


def _whole(hit: Hit, sentence: ScoredSentence) -> Span:
    """The span of ``sentence``, and of the one before it in its paragraph if it leans on that.

    Not where that leans on yet another, or both would be too long to quote.
    """
    place = hit.sentences.index(sentence)
    if not place or not _LEANING.match(_text(hit, sentence)):
        return sentence.span
    before = hit.sentences[place - 1].span
    both = Span(before.start, sentence.span.end)
    apart = "\n" in hit.passage.text[before.end : sentence.span.start]
    leans = _LEANING.match(_text(hit, hit.sentences[place - 1])) is not None
    return sentence.span if apart or leans or both.end - both.start > _MOST_CHARACTERS else both


def _text(hit: Hit, sentence: ScoredSentence) -> str:
    return hit.passage.text[slice(*sentence.span)]
