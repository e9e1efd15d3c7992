"""The archive examined: the file, its sources, and its posts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.archive import Archive
from corpus.errors import ArchiveError
from corpus.types import Post, Source
from index.current import current_name
from index.errors import IndexDamaged, IndexMissing
from qa.findings import Finding
from qa.output import count
from qa.settings import Settings

_NAMED = 3  # of many alike


@dataclass(frozen=True, slots=True)
class Inventory:
    """What an index is compared with: the archive's digest, and its posts' hashes by id."""

    digest: str
    hashes: dict[str, str]


def examine_archive(
    settings: Settings, on_inventory: Callable[[Inventory], None]
) -> Iterator[Finding]:
    """Findings about the archive. ``on_inventory`` is told what is in it, if that can be read.

    Raises ArchiveError where it cannot.
    """
    path = settings.archive_file
    if not path.exists():
        yield _absent(settings)
        return
    if path.is_file() and path.stat().st_size == 0:
        yield _empty(path)
        return
    with Archive(path, read_only=True) as archive, archive.snapshot():
        damage = archive.damage()
        if damage:
            raise ArchiveError(
                f"The archive {path} is damaged: {'; '.join(damage[:_NAMED]).rstrip('.')}.",
                "Bring it back from a copy, or move it away and import the sources again.",
            )
        yield Finding("archive", "ok", f"The archive {path} is whole.")
        yield from _examine_sources(archive)
        posts = _Posts(archive)
        on_inventory(posts.inventory)
        yield from posts.findings(path)


def _absent(settings: Settings) -> Finding:
    path = settings.archive_file
    try:
        current_name(settings.index_folder)
    except (IndexMissing, IndexDamaged):
        remedy = "Import posts first: blogqa import SOURCE"
        return Finding("archive", "error", f"There is no archive at {path}.", remedy)
    return Finding(
        "archive",
        "warning",
        f"There is no archive at {path}: the index answers, but it cannot be built again.",
        "Bring the archive back, or import the sources again: blogqa import SOURCE",
    )


def _empty(path: Path) -> Finding:
    remedy = "Import posts: blogqa import SOURCE"
    return Finding("archive_empty", "warning", f"The archive {path} holds no post.", remedy)


def _examine_sources(archive: Archive) -> Iterator[Finding]:
    sources = archive.sources()
    wrong = False
    for source in sources:
        reason = _unreachable(source)
        if reason:
            wrong = True
            yield Finding(
                "source_location",
                "warning",
                f"The source {source.id} cannot be read again: {reason}. Its posts stay, but "
                "blogqa update fails.",
                f"If it has moved: blogqa import PATH --name {source.id}. To give it and its posts "
                f"up: blogqa forget {source.id}",
            )
        if not archive.held_by(source.id):
            wrong = True
            yield Finding(
                "source_posts",
                "warning",
                f"The source {source.id} holds no post.",
                f"Look at {source.location}, or give the source up: blogqa forget {source.id}",
            )
    if not wrong:
        yield Finding("sources", "ok", f"{count(len(sources), 'source')}, each with posts.")


def _unreachable(source: Source) -> str:
    """Why the files of ``source`` cannot be read again; empty if they can, or if it is online."""
    if source.is_online:
        return ""
    try:
        if not Path(source.location).exists():
            return f"there is nothing at {source.location}"
    except OSError as error:
        return f"{source.location}: {error.strerror}"
    return (
        ""
        if os.access(source.location, os.R_OK, effective_ids=True)
        else (f"{source.location} may not be read")
    )


class _Posts:
    """All posts, read once and counted."""

    def __init__(self, archive: Archive) -> None:
        """Raises ArchiveError for a post that is no post, as after a change by another program."""
        self.total = self.undated = self.unaddressed = 0
        self.silent: list[str] = []
        hashes = {}
        try:
            for post in archive.posts():
                self.total += 1
                self.undated += post.published is None
                self.unaddressed += post.url is None
                hashes[post.id] = post.content_hash
                if not _says_something(post):
                    self.silent.append(post.id)
        except (ValueError, TypeError, KeyError) as error:
            raise ArchiveError(
                f"The archive {archive.path} holds a post that cannot be read: {error}.",
                "Bring it back from a copy, or move it away and import the sources again.",
            ) from error
        self.copies = archive.copies()
        self.inventory = Inventory(archive.digest(), hashes)

    def findings(self, path: Path) -> Iterator[Finding]:
        if not self.total:
            yield _empty(path)
            return
        yield Finding("posts", "ok", f"{count(self.total, 'post')} in the archive.")
        if self.copies:
            originals = count(len(set(self.copies.values())), "other")
            yield Finding(
                "copies",
                "info",
                f"{count(len(self.copies), 'post')} nearly the same as {originals}: of "
                "those alike only one answers.",
            )
        if self.silent:
            yield Finding(
                "posts_without_text",
                "info",
                f"{count(len(self.silent), 'post')} without text, which cannot answer: "
                f"{_listed(self.silent)}.",
            )
        if self.undated:
            yield Finding(
                "posts_without_date",
                "info",
                f"{count(self.undated, 'post')} without a date, which no date filter lets through.",
            )
        if self.unaddressed:
            yield Finding(
                "posts_without_address",
                "info",
                f"{count(self.unaddressed, 'post')} without a public address: links open the local "
                "reader.",
            )


def _says_something(post: Post) -> bool:
    """Whether there is text to quote, for which a heading alone is none."""
    return any(block.kind != "heading" and block.text.strip() for block in post.blocks)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
