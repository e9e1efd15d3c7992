"""What goes into a search and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Literal, NamedTuple, Protocol

from corpus.types import Passage, Span

_score = attrgetter("score")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which posts may answer; None lets all through.

    Author and tag are compared without regard to case. ``source`` is the id of a source that the
    post stands in. ``after`` and ``before`` are inclusive; a post without a date passes neither. A
    post passes that has all ``chips``, given by their ids.
    """

    author: str | None = None
    tag: str | None = None
    after: date | None = None
    before: date | None = None
    source: str | None = None
    chips: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.author, self.tag, self.after, self.before, self.source, self.chips))


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for: a question, and for a follow-up the turns before it joined with it.

    ``joined_share`` is what the joined text weighs, from 0 to 1, against ``text`` alone. Only to
    ``explain`` is it told of hits how they were found.
    """

    text: str
    joined: str | None = None
    joined_share: float = 0.5
    explain: bool = False


@dataclass(frozen=True, slots=True)
class PostRecord:
    """A post as an index knows it; ``text`` is what passages are spans of.

    ``copy_of`` is the id of the older post that says nearly the same.
    """

    id: str
    place: str
    title: str
    url: str | None
    author: str | None
    published: date | None
    tags: tuple[str, ...]
    text: str
    copy_of: str | None = None


@dataclass(frozen=True, slots=True)
class PostLine:
    """What a post is listed by."""

    id: str
    title: str
    url: str | None
    author: str | None
    published: date | None


ChipKind = Literal["stage", "objection"]


@dataclass(frozen=True, slots=True)
class ChipCount:
    """A stage of a sale or an objection, and how many posts are about it; ``chip`` is its id."""

    chip: str
    name: str
    kind: ChipKind
    posts: int


@dataclass(frozen=True, slots=True)
class MapPost:
    """A post on the map; ``x`` and ``y`` are from 0 to 1, ``subject`` is the id of one."""

    post: PostLine
    x: float
    y: float
    subject: int | None


@dataclass(frozen=True, slots=True)
class MapSubject:
    """A subject of an archive, in its own words, in the midst of its ``posts``, which are counted.

    ``name`` is empty where no words tell the subject from others.
    """

    id: int
    name: str
    x: float
    y: float
    posts: int


@dataclass(frozen=True, slots=True)
class PostMap:
    """Every post on a plane, near in meaning near in place, and the subjects they gather in."""

    posts: tuple[MapPost, ...]
    subjects: tuple[MapSubject, ...]


SuggestionKind = Literal["title", "heading", "tag"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text that a question may go on as, and what it is in the archive."""

    text: str
    kind: SuggestionKind


class ScoredSentence(NamedTuple):
    """A sentence of a passage's text and its cosine to the query."""

    span: Span
    score: float


def scored(spans: Sequence[Span], scores: Sequence[float]) -> tuple[ScoredSentence, ...]:
    """The sentences of a passage, each with its score; ValueError if the numbers differ."""
    return tuple(map(ScoredSentence._make, zip(spans, scores, strict=True)))


@dataclass(frozen=True, slots=True)
class Stages:
    """How a search came to a hit; ranks are among its candidates, from 1.

    ``words`` are those of the question that the passage, its title or its headings have, in lower
    case, and ``other_words`` what these have that the vocabulary takes for the same. ``fused`` is
    the score of meaning and words together, from 0 to 1, and ``timely`` what was added to the hit's
    for its date. ``asked`` is the question with slips of the keyboard mended.
    """

    words: tuple[str, ...]
    other_words: tuple[str, ...]
    dense_rank: int
    bm25_rank: int | None
    fused_rank: int
    fused: float
    timely: float
    asked: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. ``score`` ranks it among the hits of one search only.

    ``dense`` is the passage's cosine to the query, ``bm25`` its BM25 score (0 when no term
    matched), ``sentences`` all its sentences in the order of the text. ``matched`` is the share of
    the query's words, weighed by how rare they are, that stand in it, its title or its headings;
    it is told of the first hit at least, and 0 where it isn't. ``stages`` are there if the query
    asked for them.
    """

    passage: Passage
    post: PostRecord
    score: float
    dense: float
    bm25: float
    sentences: tuple[ScoredSentence, ...]
    matched: float = 0.0
    stages: Stages | None = None

    @property
    def whole_text(self) -> str:
        """The post's title, the headings that the passage stands under, and the passage."""
        return "\n".join([self.post.title, *self.passage.heading_path, self.passage.text])

    @property
    def best_sentence(self) -> ScoredSentence:
        """The sentence nearest to the query; the earlier one where two are equal."""
        return max(self.sentences, key=_score)

    @property
    def nearness(self) -> float:
        """The cosine of the best sentence."""
        nearest: float = max(map(_score, self.sentences))
        return nearest


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the cosine of the best sentence means over one archive (:mod:`index.calibration`).

    ``far`` is that of questions about other things altogether, ``near`` that of a post's own title.
    The defaults are what the default encoder has over blogs.
    """

    far: float = 0.25
    near: float = 0.65


@dataclass(frozen=True, slots=True)
class Description:
    """The figures of an index."""

    generation: str
    built_at: str
    model: str
    dimensions: int
    posts: int
    passages: int
    sentences: int
    calibration: Calibration = field(default_factory=Calibration)


class Searcher(Protocol):
    """Anything that can find passages; every engine passes the same contract test."""

    def search(self, query: Query, limit: int, filters: Filters) -> list[Hit]:
        """At most ``limit`` hits, best first, posts before second passages of the same post."""

    def describe(self) -> Description:
        """The figures of what is searched."""

    def close(self) -> None:
        """Let go of files and memory."""
