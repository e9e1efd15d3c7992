"""What goes over the wire, with examples: the reference at ``/docs`` is made of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from corpus.errors import BlogqaError
from index.types import Filters
from qa import types
from qa.ask import MOST_CHARACTERS, MOST_PASSAGES, check_question
from qa.conversation import MOST_TURNS
from qa.errors import QuestionError
from qa.newer import ListedPost


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


# With a limit, pydantic also refuses halves of characters, which no index could be asked for.
Name = Annotated[str, Field(max_length=MOST_CHARACTERS)]


class Wire(BaseModel):
    """The root of all that is sent: no unknown fields."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class FilterBody(Wire):
    """Which posts may answer. Dates are inclusive; posts without a date pass no date filter."""

    author: Name | None = Field(default=None, description="The author's name, in any case.")
    tag: Name | None = Field(
        default=None, description="A tag, in any case.", examples=["cold calling"]
    )
    source: Name | None = Field(
        default=None,
        description="The name of a source that the post stands in.",
        examples=["sample"],
    )
    after: date | None = Field(
        default=None, description="The earliest day.", examples=["2012-01-01"]
    )
    before: date | None = Field(
        default=None, description="The latest day.", examples=["2019-12-31"]
    )

    chips: list[Name] = Field(
        default=[],
        max_length=20,
        description="Stages and objections, all of which the post is about: see `chips` of the "
        "status.",
        examples=[["first-call"]],
    )

    def to_filters(self) -> Filters:
        """As the index takes them."""
        chips = tuple(self.chips)
        return Filters(self.author, self.tag, self.after, self.before, self.source, chips)


class AskBody(Wire):
    """A question, with what was asked before it."""

    question: Question
    history: list[Annotated[str, Field(max_length=MOST_CHARACTERS)]] = Field(
        default=[],
        max_length=MOST_TURNS,
        description="Earlier questions of the conversation, oldest first.",
        examples=[["how do I get past a gatekeeper?"]],
    )
    alone: bool = Field(
        default=False, description="Ask the question by itself, whatever the history."
    )
    limit: Limit = None
    filters: FilterBody = Field(default_factory=FilterBody)
    explain: bool = Field(
        default=False, description="Tell with each passage why it was found, in `why`."
    )
    keep: bool = Field(
        default=True,
        description="Keep the question with what became of it; otherwise it is not counted, and "
        "its answer cannot be judged.",
    )


class CitationOut(Wire):
    """A sentence of the archive, word for word."""

    text: str = Field(examples=["The cure for call reluctance is five dials in a row."])
    citation: int = Field(description="The rank of the passage that it stands in.", examples=[1])


class HighlightOut(Wire):
    """A range of characters (Unicode code points) of a passage's text, end exclusive."""

    start: int = Field(examples=[0])
    end: int = Field(examples=[52])


class SayOut(HighlightOut):
    """Such a range with words that can be spoken or sent as they stand."""

    kind: types.LineKind = Field(
        description="Quoted speech, a question to ask, or a step to take.", examples=["speech"]
    )


class PostOut(Wire):
    """The post that a passage stands in."""

    id: str = Field(examples=["dial-first-and-be-scared-later-e3092a7e"])
    title: str = Field(examples=["Dial First and Be Scared Later"])
    author: str | None = Field(examples=["Desmond Kuiper"])
    published: date | None = Field(examples=["2011-03-15"])
    url: str | None = Field(examples=["https://blog.example/2011/03/dial-first"])
    tags: list[str] = Field(examples=[["cold calling", "mindset"]])


class WhyOut(Wire):
    """Why a passage was found: the words it shares, and its scores and ranks by stage.

    Ranks are among the candidates of the search, from 1.
    """

    words: list[str] = Field(
        description="The question's words that the passage, its title or headings have.",
        examples=[["call", "reluctance"]],
    )
    other_words: list[str] = Field(
        description="Words of the passage that the trade uses for others of the question's.",
        examples=[[]],
    )
    meaning: float = Field(description="The passage's cosine to the question.", examples=[0.62])
    meaning_rank: int = Field(examples=[2])
    bm25: float = Field(description="How it scores by its words.", examples=[11.4])
    bm25_rank: int | None = Field(description="None without a shared word.", examples=[1])
    fused: float = Field(description="Meaning and words together, 0 to 1.", examples=[0.91])
    fused_rank: int = Field(examples=[1])
    sentence: float = Field(description="Its best sentence's cosine.", examples=[0.71])
    timely: float = Field(
        description="What was added for its date, when the question asks for a time.",
        examples=[0.0],
    )

    @classmethod
    def of(cls, why: types.Why) -> WhyOut:
        """``why``, for the wire."""
        stages = why.stages
        return cls(
            words=list(stages.words),
            other_words=list(stages.other_words),
            meaning=round(why.meaning, 4),
            meaning_rank=stages.dense_rank,
            bm25=round(why.bm25, 4),
            bm25_rank=stages.bm25_rank,
            fused=round(stages.fused, 4),
            fused_rank=stages.fused_rank,
            sentence=round(why.sentence, 4),
            timely=round(stages.timely, 4),
        )


class NewerOut(Wire):
    """A newer post on the same subject."""

    title: str = Field(examples=["What Changed About the First Call"])
    link: str = Field(
        description="Opens it in the local reader.",
        examples=["/posts/what-changed-about-the-first-call-77aa01c2"],
    )
    published: date | None = Field(examples=["2024-05-02"])


class PassageOut(Wire):
    """A passage that was found, with the sentences that answer marked."""

    id: str = Field(
        description="Names the passage, for feedback.",
        examples=["dial-first-and-be-scared-later-e3092a7e.1"],
    )
    rank: int = Field(examples=[1])
    score: float = Field(
        description="Orders the passages of one answer; not a probability.", examples=[0.7631]
    )
    text: str = Field(
        examples=["The cure for call reluctance is five dials in a row. Notes get four words."]
    )
    highlights: list[HighlightOut]
    say: list[SayOut] = Field(description="Words to speak or send, best first; at most three.")
    heading: list[str] = Field(
        description="The headings that the passage stands under.", examples=[["Fear of the phone"]]
    )
    link: str = Field(
        description="Opens the source post at the best of the marked sentences.",
        examples=["https://blog.example/2011/03/dial-first#:~:text=The%20cure%20for%20call"],
    )
    reader_link: str = Field(
        description="Opens the archived post here, the passage marked.",
        examples=["/posts/dial-first-and-be-scared-later-e3092a7e?p=1#passage"],
    )
    post: PostOut
    newer: NewerOut | None = Field(
        default=None,
        description="Of a post that is years old: a newer one on its subject, if there is one.",
    )
    why: WhyOut | None = Field(
        default=None, description="Why it was found; there only if that was asked for."
    )

    @classmethod
    def of(cls, found: types.FoundPassage) -> PassageOut:
        """``found``, for the wire; without a newer post, which the index knows."""
        passage = cls(
            id=found.passage.id,
            rank=found.rank,
            score=round(found.score, 4),
            text=found.passage.text,
            highlights=[HighlightOut(start=s, end=e) for s, e in found.highlights],
            say=[SayOut(start=s.span.start, end=s.span.end, kind=s.kind) for s in found.say],
            heading=list(found.passage.heading_path),
            link=found.link,
            reader_link=found.reader_link,
            post=PostOut.model_validate(found.post),
        )
        if found.why is not None:
            passage.why = WhyOut.of(found.why)
        return passage

    @classmethod
    def all_of(
        cls, passages: Sequence[types.FoundPassage], newer: Mapping[str, ListedPost]
    ) -> list[PassageOut]:
        """``passages``, for the wire, with ``newer`` posts by the ids of those they stand in."""
        found = [cls.of(each) for each in passages]
        for each in found:
            post = newer.get(each.post.id)
            each.newer = None if post is None else NewerOut.model_validate(post)
        return found


class SubjectOut(Wire):
    """A post near to a question that the archive does not cover."""

    title: str = Field(examples=["A red pencil for your cold e-mail"])
    link: str = Field(examples=["/posts/a-red-pencil-for-your-cold-e-mail-1f0c2a9b?p=0#passage"])


class ExplanationOut(Wire):
    """What was searched for, among what, and how sure it is that the archive answers."""

    asked: str = Field(
        description="The question with slips mended, with earlier ones if it leans on them.",
        examples=["how do I handle call reluctance?"],
    )
    filters: FilterBody
    confidence: float = Field(description="From 0 to 1.", examples=[0.84])
    least_confidence: float = Field(
        description="Below this a question counts as not covered.", examples=[0.23]
    )


class AnswerOut(Wire):
    """What the archive says to a question; without passages when it is not covered."""

    id: str = Field(examples=["0b8e7c0c7e0e4a0fb7a3f3f6f2b5f6d1"])
    status: Literal["answered", "not_covered"]
    confidence: Literal["sure", "partly", "none"] = Field(
        description="`partly`: the archive touches on this; `none`: it is not covered."
    )
    short_answer: list[CitationOut]
    passages: list[PassageOut]
    searched_with: list[str] = Field(
        description="Earlier questions that this one was taken together with.", examples=[[]]
    )
    subjects: list[SubjectOut] = Field(
        description="The nearest posts, when it is not covered.", examples=[[]]
    )
    took_ms: float = Field(examples=[5.2])
    generation: str = Field(
        description="The index that answered.", examples=["20261122T164810.120394Z"]
    )
    explanation: ExplanationOut | None = Field(
        default=None, description="What was searched for; there only if that was asked for."
    )

    @classmethod
    def of(cls, answer: types.Answer, newer: Mapping[str, ListedPost]) -> AnswerOut:
        """``answer``, for the wire, with ``newer`` posts by the ids of those that it shows."""
        wire = cls(
            id=answer.id,
            status=answer.status,
            confidence=answer.confidence,
            short_answer=[CitationOut.model_validate(each) for each in answer.short_answer],
            passages=PassageOut.all_of(answer.passages, newer),
            searched_with=list(answer.searched_with),
            subjects=[SubjectOut.model_validate(each) for each in answer.subjects],
            took_ms=round(answer.took_ms, 1),
            generation=answer.generation,
        )
        if answer.explanation is not None:
            wire.explanation = ExplanationOut.model_validate(answer.explanation)
        return wire


class SearchOut(Wire):
    """The passages nearest to a question, however near."""

    passages: list[PassageOut]
    took_ms: float
    generation: str


class HealthOut(Wire):
    """Whether questions can be answered."""

    status: Literal["ok", "degraded"] = Field(
        description="`degraded`: questions are answered, but not from the newest index."
    )
    generation: str = Field(
        description="The index that answers.", examples=["20261122T164810.120394Z"]
    )
    reason: str | None = Field(
        default=None, description="What keeps the newest index from answering.", examples=[None]
    )

    @classmethod
    def of(cls, generation: str, refused: BlogqaError | None) -> HealthOut:
        """The health of a server that answers from ``generation`` as a newer one was refused."""
        if refused is None:
            return cls(status="ok", generation=generation)
        reason = f"{refused.message} {refused.hint}"
        return cls(status="degraded", generation=generation, reason=reason)


class ErrorOut(Wire):
    """What went wrong and what to do next."""

    code: str = Field(examples=["invalid_input"])
    message: str = Field(examples=["question: The question is empty."])
    hint: str


class ErrorBody(Wire):
    """The body of every failure."""

    error: ErrorOut
