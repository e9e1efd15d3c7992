"""What goes over the wire, with examples: the reference at ``/docs`` is made of these."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from index.types import Filters
from qa import types
from qa.ask import MOST_CHARACTERS, MOST_PASSAGES, check_question
from qa.conversation import MOST_TURNS
from qa.errors import QuestionError
from qa.workspace import Overview


def _question(text: str) -> str:
    try:
        return check_question(text)
    except QuestionError as error:
        raise ValueError(f"{error.message.rstrip('.')}") from error


Question = Annotated[
    str,
    Field(
        description=f"The question, in your own words; at most {MOST_CHARACTERS} characters.",
        examples=["how do I handle call reluctance?"],
    ),
    AfterValidator(_question),
]
Limit = Annotated[
    int | None,
    Field(ge=1, le=MOST_PASSAGES, description="Most passages to return; else the server's own."),
]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)


class FilterBody(_Wire):
    """Which posts may answer. Dates are inclusive; posts without a date pass no date filter."""

    author: str | None = Field(default=None, description="The author's name, in any case.")
    tag: str | None = Field(
        default=None, description="A tag, in any case.", examples=["cold calling"]
    )
    after: date | None = Field(
        default=None, description="The earliest day.", examples=["2012-01-01"]
    )
    before: date | None = Field(
        default=None, description="The latest day.", examples=["2019-12-31"]
    )

    def to_filters(self) -> Filters:
        """As the index takes them."""
        return Filters(self.author, self.tag, self.after, self.before)


class AskBody(_Wire):
    """A question, with what was asked before it."""

    question: Question
    history: list[Annotated[str, Field(max_length=MOST_CHARACTERS)]] = Field(
        default=[],
        max_length=MOST_TURNS,
        description="Earlier questions of the conversation, oldest first.",
        examples=[["how do I get past a gatekeeper?"]],
    )
    limit: Limit = None
    filters: FilterBody = Field(default_factory=FilterBody)


class CitationOut(_Wire):
    """A sentence of the archive, word for word."""

    text: str
    citation: int = Field(description="The rank of the passage that it stands in.")


class HighlightOut(_Wire):
    """A range of characters (Unicode code points) of a passage's text, end exclusive."""

    start: int
    end: int


class PostOut(_Wire):
    """The post that a passage stands in."""

    id: str
    title: str
    author: str | None
    published: date | None
    url: str | None
    tags: list[str]


class PassageOut(_Wire):
    """A passage that was found, with the sentences that answer marked."""

    rank: int
    score: float = Field(description="Orders the passages of one answer; not a probability.")
    text: str
    highlights: list[HighlightOut]
    heading: list[str] = Field(description="The headings that the passage stands under.")
    link: str = Field(description="Opens the source post at the best of the marked sentences.")
    reader_link: str = Field(description="Opens the archived post here, the passage marked.")
    post: PostOut

    @classmethod
    def of(cls, found: types.FoundPassage) -> PassageOut:
        """``found``, for the wire."""
        return cls(
            rank=found.rank,
            score=round(found.score, 4),
            text=found.passage.text,
            highlights=[HighlightOut(start=s, end=e) for s, e in found.highlights],
            heading=list(found.passage.heading_path),
            link=found.link,
            reader_link=found.reader_link,
            post=PostOut.model_validate(found.post),
        )


class SubjectOut(_Wire):
    """A post near to a question that the archive does not cover."""

    title: str
    link: str


class AnswerOut(_Wire):
    """What the archive says to a question; without passages when it is not covered."""

    id: str
    status: Literal["answered", "not_covered"]
    short_answer: list[CitationOut]
    passages: list[PassageOut]
    searched_with: list[str] = Field(
        description="Earlier questions that this one was taken together with."
    )
    subjects: list[SubjectOut] = Field(description="The nearest posts, when it is not covered.")
    took_ms: float
    generation: str = Field(description="The index that answered.")

    @classmethod
    def of(cls, answer: types.Answer) -> AnswerOut:
        """``answer``, for the wire."""
        return cls(
            id=answer.id,
            status=answer.status,
            short_answer=[CitationOut.model_validate(each) for each in answer.short_answer],
            passages=[PassageOut.of(each) for each in answer.passages],
            searched_with=list(answer.searched_with),
            subjects=[SubjectOut.model_validate(each) for each in answer.subjects],
            took_ms=round(answer.took_ms, 1),
            generation=answer.generation,
        )


class SearchOut(_Wire):
    """The passages nearest to a question, however near."""

    passages: list[PassageOut]
    took_ms: float
    generation: str


class AuthorOut(_Wire):
    """An author of the archive."""

    name: str
    posts: int


class TagOut(_Wire):
    """A tag of the archive."""

    tag: str
    posts: int


class StatusOut(_Wire):
    """The archive and the index in figures."""

    posts: int
    passages: int
    sentences: int
    authors: list[AuthorOut]
    tags: list[TagOut]
    first_published: date | None
    last_published: date | None
    generation: str
    built_at: str
    model: str
    examples: list[str] = Field(description="Questions this archive has answers to.")

    @classmethod
    def of(cls, overview: Overview, examples: list[str]) -> StatusOut:
        """``overview``, for the wire."""
        return cls(
            posts=overview.posts,
            passages=overview.passages,
            sentences=overview.sentences,
            authors=[AuthorOut(name=name, posts=posts) for name, posts in overview.authors],
            tags=[TagOut(tag=tag, posts=posts) for tag, posts in overview.tags],
            first_published=overview.first_published,
            last_published=overview.last_published,
            generation=overview.generation,
            built_at=overview.built_at,
            model=overview.model,
            examples=examples,
        )


class HealthOut(_Wire):
    """Whether questions can be answered."""

    status: Literal["ok"]
    generation: str


class ErrorOut(_Wire):
    """What went wrong and what to do next."""

    code: str = Field(examples=["invalid_input"])
    message: str = Field(examples=["question: The question is empty."])
    hint: str


class ErrorBody(_Wire):
    """The body of every failure."""

    error: ErrorOut
