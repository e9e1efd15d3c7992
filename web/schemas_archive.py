"""What goes over the wire about the archive as a whole: its figures, suggestions and the map."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from index.types import ChipKind, PostMap
from qa.links import post_link
from qa.suggest import Kind, Offer
from qa.workspace import Overview
from web.schemas import Wire


class AuthorOut(Wire):
    """An author of the archive."""

    name: str
    posts: int


class TagOut(Wire):
    """A tag of the archive."""

    tag: str
    posts: int


class SourceOut(Wire):
    """A source of the archive."""

    name: str
    posts: int


class YearOut(Wire):
    """A year, and the posts that were published in it."""

    year: int
    posts: int


class ChipOut(Wire):
    """A stage of a sale or an objection that posts are about."""

    chip: str = Field(description="What to filter by.", examples=["first-call"])
    name: str = Field(examples=["First call"])
    kind: ChipKind
    posts: int


class StatusOut(Wire):
    """The archive and the index in figures."""

    posts: int
    passages: int
    sentences: int
    authors: list[AuthorOut]
    tags: list[TagOut]
    sources: list[SourceOut]
    years: list[YearOut] = Field(description="Ascending; posts without a date are of none.")
    chips: list[ChipOut]
    first_published: date | None
    last_published: date | None
    generation: str
    built_at: str
    model: str
    examples: list[str] = Field(description="Questions this archive has answers to.")
    feedback: bool = Field(description="Whether feedback is kept here.")

    @classmethod
    def of(cls, overview: Overview, examples: list[str], *, feedback: bool) -> StatusOut:
        """``overview``, for the wire."""
        return cls(
            posts=overview.posts,
            passages=overview.passages,
            sentences=overview.sentences,
            authors=[AuthorOut(name=name, posts=posts) for name, posts in overview.authors],
            tags=[TagOut(tag=tag, posts=posts) for tag, posts in overview.tags],
            sources=[SourceOut(name=name, posts=posts) for name, posts in overview.sources],
            years=[YearOut(year=year, posts=posts) for year, posts in overview.years],
            chips=[ChipOut.model_validate(each) for each in overview.chips],
            first_published=overview.first_published,
            last_published=overview.last_published,
            generation=overview.generation,
            built_at=overview.built_at,
            model=overview.model,
            examples=examples,
            feedback=feedback,
        )


class SuggestionOut(Wire):
    """A text that a question may go on as."""

    text: str = Field(examples=["cold calling"])
    kind: Kind = Field(
        description="`question`: asked on this server, and answered; else what it is in a post.",
        examples=["tag"],
    )


class SuggestOut(Wire):
    """What a question may go on as, best first."""

    suggestions: list[SuggestionOut]

    @classmethod
    def of(cls, offers: list[Offer]) -> SuggestOut:
        """``offers``, for the wire."""
        return cls(suggestions=[SuggestionOut.model_validate(each) for each in offers])


class MapPostOut(Wire):
    """A post as a dot; x and y are from 0 to 1, from the left and from the top."""

    id: str = Field(examples=["dial-first-and-be-scared-later-e3092a7e"])
    title: str = Field(examples=["Dial First and Be Scared Later"])
    author: str | None = Field(examples=["Desmond Kuiper"])
    published: date | None = Field(examples=["2011-03-15"])
    x: float = Field(examples=[0.4213])
    y: float = Field(examples=[0.7307])
    subject: int | None = Field(
        description="The `id` of its subject; null if it has none.", examples=[3]
    )
    link: str = Field(
        description="Opens the post in the local reader.",
        examples=["/posts/dial-first-and-be-scared-later-e3092a7e"],
    )


class MapSubjectOut(Wire):
    """What many posts of one place are about; x and y are in their middle."""

    id: int = Field(examples=[3])
    name: str = Field(examples=["cold calling"])
    x: float = Field(examples=[0.4])
    y: float = Field(examples=[0.71])
    posts: int = Field(description="How many posts have this subject.", examples=[12])


class MapOut(Wire):
    """Every post, placed by its meaning, and the subjects that they have."""

    generation: str = Field(examples=["20261122T164810.120394Z"])
    posts: list[MapPostOut]
    subjects: list[MapSubjectOut]

    @classmethod
    def of(cls, name: str, placed: PostMap) -> MapOut:
        """What is ``placed`` by the generation of that ``name``; without subjects of no name."""
        subjects = [
            MapSubjectOut(id=s.id, name=s.name, x=round(s.x, 4), y=round(s.y, 4), posts=s.posts)
            for s in placed.subjects
            if s.name
        ]
        named = {each.id for each in subjects}
        posts = [
            MapPostOut(
                id=each.post.id,
                title=each.post.title,
                author=each.post.author,
                published=each.post.published,
                x=round(each.x, 4),
                y=round(each.y, 4),
                subject=each.subject if each.subject in named else None,
                link=post_link(each.post.id),
            )
            for each in placed.posts
        ]
        return cls(generation=name, posts=posts, subjects=subjects)
