"""Newer posts on the subject of an old one: advice about ways to reach people ages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from index.generation import Generation
from index.types import PostLine, PostRecord
from qa.links import post_link

OLD_YEARS = 2
"""How old a post must be for a newer one to be named beside it."""


@dataclass(frozen=True, slots=True)
class ListedPost:
    """A post as others point to it; ``link`` opens it in the local reader."""

    title: str
    link: str
    published: date | None

    @classmethod
    def of(cls, post: PostLine) -> ListedPost:
        """``post``, to be pointed to."""
        return cls(post.title, post_link(post.id), post.published)


def newer_takes(
    generation: Generation, posts: Iterable[PostRecord], today: date
) -> dict[str, ListedPost]:
    """By the ids of those of ``posts`` that are old: the nearest clearly newer post there is."""
    latest = (today.year - OLD_YEARS, today.month, today.day)
    old = {
        post.id
        for post in posts
        if post.published is not None
        and (post.published.year, post.published.month, post.published.day) <= latest
    }
    newer = generation.newer(sorted(old)) if old else {}
    return {id: ListedPost.of(lines[0]) for id, lines in newer.items()}
