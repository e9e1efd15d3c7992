"""The sentences that answer: marked in each passage, and the best of them as the short answer.

Sentences are quoted word for word. What is nearest to a question is often the same question asked
by the post ("So how do you handle call reluctance?"), the announcement of an answer ("It can occur
in these situations:"), or a bare phrase; these are near without answering, so they count for less.
The sentence after a question or an announcement of the post's is as near as both are. One that
cannot be understood alone (:mod:`qa.leaning`: "That works on every second one.") is quoted together
with what it needs. Of sentences equally near the one that has more of the question's words wins.
Greetings, teasers and headings (:mod:`qa.wording`) are near for the words of the subject alone.
What kind of words answer is told by the question: numbers, times, or words to say.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.types import Span
from index.errors import IndexDamaged
from index.types import Hit, ScoredSentence
from qa.leaning import leans
from qa.types import Citation
from qa.worded import word_shares
from qa.wording import CLOSING, announces, asks, greets, is_title, teases

SHORT_ANSWER = 3
"""Most sentences in a short answer."""
MARKED = 3
"""Most sentences marked in one passage."""
_NEAR_BEST = 0.85  # of the best sentence's value: what may stand beside it
_SURE = 0.5  # cosine from which a sentence is about a question, whatever stands around it
_LOOKED_AT = 5  # passages that the short answer may come from
_WORDED = 0.1  # what all words of the question add to a sentence's cosine
_ASKING_COUNTS = 0.8  # of its cosine, for a sentence that asks
_ANNOUNCING_COUNTS = 0.65  # or announces, and says nothing by itself
_FEW_WORDS, _FEW_COUNTS = 6, 0.8
_LEANING_COUNTS = 0.85
_MENDED_COUNTS = 0.95  # the same where it is quoted together with what it leans on
_ANSWERING_COUNTS = 1.05  # for a sentence with the kind of words that a question is answered by
_OPEN_COUNTS = (
    0.9  # for a line that no full stop ends, which is an item of a list more often than not
)
_EDGE_COUNTS = 0.7  # for a greeting, a teaser, a heading: anything that answers is better
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
_CELLS = " | "  # what the cells of a table's row are joined by
_MOST_BEFORE = 2  # sentences that one is quoted with
_MOST_CHARACTERS = 400  # a longer "sentence" is a list run together, and no short answer


def wanted(question: str) -> re.Pattern[str] | None:
    """What a sentence that answers ``question`` has in it, where its kind tells that."""
    return next((answer for asking, answer in _KINDS if asking.search(question)), None)


def sentence_values(hit: Hit, question: str = "") -> list[float]:
    """How well each sentence of ``hit`` answers: its cosine, less if it asks, leans or says little.

    More if it has the question's words or the kind that is asked for, or follows what leads to it.
    """
    answering = wanted(question)
    near = _nearness(hit, question)
    return [_value(hit, place, near, answering) for place in range(len(hit.sentences))]


def _nearness(hit: Hit, question: str) -> list[float]:
    """How near each sentence is to ``question``, in meaning and a little in words."""
    shares = word_shares(question, hit.passage.text, hit.passage.sentences)
    return [
        sentence.score + _WORDED * share
        for sentence, share in zip(hit.sentences, shares, strict=True)
    ]


def _value(
    hit: Hit, place: int, nearness: Sequence[float], answering: re.Pattern[str] | None
) -> float:
    """How well the sentence at ``place`` answers; at most :func:`_most`."""
    text = _text(hit, place)
    near = nearness[place]
    if place and nearness[place - 1] > near and _leads_on(_text(hit, place - 1)):
        near = (near + nearness[place - 1]) / 2
    if leans(text):
        alone = _whole(hit, place) == hit.sentences[place].span
        near *= _LEANING_COUNTS if alone else _MENDED_COUNTS
    return near * _share(text, answering)


def _most(nearness: Sequence[float], place: int) -> float:
    """What the sentence at ``place`` may be worth, whatever it says."""
    near, before = nearness[place], nearness[max(0, place - 1)]
    return max(near, (near + before) / 2, 0.0) * _ANSWERING_COUNTS


def _leads_on(text: str) -> bool:
    """Whether what comes after ``text`` is what it asks for, or announces."""
    return asks(text) or announces(text)


def _share(text: str, answering: re.Pattern[str] | None) -> float:
    """What a sentence counts, of how near it is."""
    share = 1.0
    ended = text.rstrip(CLOSING).endswith((".", "!", "?", ":", "…"))
    if greets(text) or teases(text) or (not ended and is_title(text)):
        share *= _EDGE_COUNTS
    elif asks(text):
        share *= _ASKING_COUNTS
    elif announces(text):
        share *= _ANNOUNCING_COUNTS
    elif answering is not None and answering.search(text):
        share *= _ANSWERING_COUNTS
    if not ended:
        share *= _OPEN_COUNTS
    return share * _FEW_COUNTS if len(text.split()) < _FEW_WORDS else share


@dataclass(frozen=True, slots=True)
class Marked:
    """A hit with the sentences of it to mark, each with its value, best first; at least one."""

    hit: Hit
    sentences: tuple[tuple[float, ScoredSentence], ...]

    @property
    def best(self) -> Span:
        """The span of what answers best, in the text of the passage."""
        return self.whole(self.sentences[0][1])

    @property
    def highlights(self) -> tuple[Span, ...]:
        """The spans of all of them, in the order of the text, none overlapping another."""
        spans: list[Span] = []
        for span in sorted(self.whole(sentence) for _, sentence in self.sentences):
            if spans and span.start < spans[-1].end:
                spans[-1] = Span(spans[-1].start, max(span.end, spans[-1].end))
            else:
                spans.append(span)
        return tuple(spans)

    def whole(self, sentence: ScoredSentence) -> Span:
        """The span of ``sentence`` of the hit, with what it leans on."""
        return _whole(self.hit, self.hit.sentences.index(sentence))


def mark(hit: Hit, question: str = "") -> Marked:
    """``hit`` with the sentences that answer best, and nearly as well as the best one."""
    answering = wanted(question)
    near = _nearness(hit, question)
    most = [_most(near, place) for place in range(len(near))]
    valued: list[tuple[float, int]] = []
    least = -math.inf
    # Most sentences are too far off for what they say to matter, and need not be looked at.
    for place in sorted(range(len(most)), key=most.__getitem__, reverse=True):
        if most[place] < least:
            break
        valued.append((_value(hit, place, near, answering), place))
        least = max(least, valued[-1][0] * _NEAR_BEST)
    ranked = sorted(valued, key=lambda each: (-each[0], each[1]))[:MARKED]
    near_best = [each for each in ranked if each[0] >= least] or ranked[:1]
    return Marked(hit, tuple((value, hit.sentences[place]) for value, place in near_best))


def short_answer(shown: Sequence[Marked]) -> tuple[Citation, ...]:
    """One to three sentences of different posts, best first; ``shown`` is in rank order.

    A sentence counts for less as its passage is further from the first. The second and third must
    be about the question by themselves, and nearly as near to it as the nearest.
    """
    candidates = sorted(_candidates(shown), key=lambda each: (-each.worth, each.citation.citation))
    least = _NEAR_BEST * max((each.value for each in candidates), default=0.0)
    citations: list[Citation] = []
    posts: set[str] = set()
    for each in candidates:
        if len(citations) == SHORT_ANSWER:
            break
        text = each.citation.text
        repeated = each.post in posts or text in {said.text for said in citations}
        if not repeated and (not citations or (each.is_sure and each.value >= least)):
            posts.add(each.post)
            citations.append(each.citation)
    return tuple(citations)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that may be quoted: its value, and its worth, which its passage has a part in."""

    worth: float
    value: float
    is_sure: bool
    post: str
    citation: Citation


def _candidates(shown: Sequence[Marked]) -> Iterator[_Candidate]:
    """The best sentence of each passage that is looked at, of those that can be quoted."""
    for rank, marked in enumerate(shown[:_LOOKED_AT], start=1):
        hit, first = marked.hit, shown[0].hit
        for value, sentence in marked.sentences:
            text = hit.passage.text[slice(*marked.whole(sentence))]
            if len(text) <= _MOST_CHARACTERS and _CELLS not in text:
                nearness = hit.score / first.score if first.score > 0 else 1.0
                is_sure = min(value, sentence.score) >= _SURE
                cited = Citation(text, rank)
                yield _Candidate(value * nearness, value, is_sure, hit.post.id, cited)
                break


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


def _whole(hit: Hit, place: int) -> Span:
    """The span of the sentence at ``place``, with those before it in its paragraph that it needs.

    By itself where it leans on none, or even with two before it on yet another, or where all would
    be too long to quote.
    """
    own = hit.sentences[place].span
    first = place
    while leans(_text(hit, first)):
        if not first or place - first == _MOST_BEFORE or _begins_paragraph(hit, first):
            return own
        first -= 1
    whole = Span(hit.sentences[first].span.start, own.end)
    return own if whole.end - whole.start > _MOST_CHARACTERS else whole


def _begins_paragraph(hit: Hit, place: int) -> bool:
    start, before = hit.sentences[place].span.start, hit.sentences[place - 1].span.end
    return "\n" in hit.passage.text[before:start]


def _text(hit: Hit, place: int) -> str:
    return hit.passage.text[slice(*hit.sentences[place].span)]
