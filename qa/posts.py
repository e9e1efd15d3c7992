"""The posts of the archive, listed and shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.types import Passage, Post
from index.errors import IndexingError
from qa.errors import QuestionError
from qa.settings import Settings
from qa.workspace import open_generation

if TYPE_CHECKING:
    from corpus.archive import PostSummary


@dataclass(frozen=True, slots=True)
class PostDetails:
    """A post with where it stands (source and place), its copies' ids, and its passages.

    ``passages`` is None as long as the index does not hold this text of the post.
    """

    post: Post
    places: tuple[tuple[str, str], ...]
    copies: tuple[str, ...]
    passages: tuple[Passage, ...] | None


def list_posts(
    settings: Settings, *, source: str | None = None, author: str | None = None
) -> list[PostSummary]:
    """The posts of the archive, newest first: all, or those of one source, of one author.

    QuestionError if there is no such source.
    """
    from corpus.archive import Archive

    with Archive(settings.archive_file) as archive:
        known = [each.id for each in archive.sources()]
        if source is not None and source not in known:
            raise QuestionError(
                "--source",
                f"There is no source named {source!r}.",
                f"Known sources: {', '.join(known) or 'none'}.",
            )
        held = archive.held_by(source) if source else set()
        return [
            post
            for post in archive.summaries()
            if (source is None or post.id in held)
            and (author is None or (post.author or "").casefold() == author.casefold())
        ]


def show_post(settings: Settings, id: str) -> PostDetails:
    """One post of the archive with all that is known of it. QuestionError if there is none."""
    from corpus.archive import Archive

    with Archive(settings.archive_file) as archive:
        post = archive.post(id)
        if post is None:
            raise QuestionError(
                "ID", f"The archive holds no post {id!r}.", "List the posts: blogqa posts"
            )
        originals = archive.copies()
        original = originals.get(id, id)
        group = {original, *(copy for copy, of in originals.items() if of == original)}
        copies = tuple(sorted(group - {id}))
        return PostDetails(post, tuple(archive.places(id)), copies, _passages(settings, post))


def _passages(settings: Settings, post: Post) -> tuple[Passage, ...] | None:
    """The passages of ``post`` in the index; None if that does not hold this text of it."""
    try:
        generation = open_generation(settings)
    except IndexingError:
        return None
    try:
        found = generation.store.post(post.id)
    finally:
        generation.close()
    if found is None or found[0].text != post.text:
        return None
    return tuple(found[2])
