"""The sentences that answer: marked in each passage, and the best of them as the short answer.

Sentences are quoted word for word. What is nearest to a question is often the same question asked
by the post ("So how do you handle call reluctance?"), the announcement of an answer ("It can occur
in these situations:"), or a bare phrase; these are near without answering, so they count for less.
So does a sentence that cannot be understood alone ("That works on every second one.").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.types import Span
from index.types import Hit, ScoredSentence
from qa.types import Citation

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
_LEANING = re.compile(
    r"\W*(that|this|these|those|it|its|they|he|she|so|but|and|then|which|there|since then|by then|"
    r"in that|one who|mine|others?)\b",
    re.IGNORECASE,
)
_CELLS = " | "  # what the cells of a table's row are joined by
_MOST_CHARACTERS = 400  # a longer "sentence" is a list run together, and no short answer


def sentence_value(hit: Hit, sentence: ScoredSentence) -> float:
    """How well ``sentence`` answers: its cosine, less if it asks, leans or says little."""
    text = _text(hit, sentence)
    value = sentence.score
    if text.rstrip("\"'”’)").endswith(("?", ":", "as follows.")):
        value *= _ASKING_COUNTS
    if _LEANING.match(text):
        value *= _LEANING_COUNTS
    if len(text.split()) < _FEW_WORDS:
        value *= _FEW_COUNTS
    return value


@dataclass(frozen=True, slots=True)
class Marked:
    """A hit with the sentences of it to mark, each with its value, best first; at least one."""

    hit: Hit
    sentences: tuple[tuple[float, ScoredSentence], ...]

    @property
    def best(self) -> Span:
        """The span of the sentence that answers best, in the text of the passage."""
        return self.sentences[0][1].span

    @property
    def highlights(self) -> tuple[Span, ...]:
        """The spans of all of them, in the order of the text."""
        return tuple(sorted(sentence.span for _, sentence in self.sentences))


def mark(hit: Hit) -> Marked:
    """``hit`` with the sentences that answer best, and nearly as well as the best one."""
    valued = [(sentence_value(hit, each), each) for each in hit.sentences]
    ranked = sorted(valued, key=lambda each: -each[0])[:MARKED]
    least = ranked[0][0] * _NEAR_BEST
    return Marked(hit, tuple(each for each in ranked if each[0] >= least) or tuple(ranked[:1]))


def short_answer(shown: Sequence[Marked]) -> tuple[Citation, ...]:
    """One to three sentences of different posts, best first; ``shown`` is in rank order.

    A sentence counts for less as its passage is further from the first. The second and third must
    be about the question by themselves, and nearly as near to it as the nearest.
    """
    candidates = []
    for rank, marked in enumerate(shown[:_LOOKED_AT], start=1):
        hit, first = marked.hit, shown[0].hit
        for value, sentence in marked.sentences:
            text = _text(hit, sentence)
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


def _text(hit: Hit, sentence: ScoredSentence) -> str:
    return hit.passage.text[slice(*sentence.span)]
