"""The tables of an archive's file, and how its rows and our nouns become each other."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from corpus.types import Post, Skipped, Source, unpack_blocks

SCHEMA_VERSION = 3

metadata = sa.MetaData()

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("location", sa.String, nullable=False),
    sa.Column("full", sa.Boolean, nullable=False),
    sa.Column("base_url", sa.String),
    sa.Column("include_pages", sa.Boolean, nullable=False),
    # Of the last import, "" and [] if the next one has to read whatever the source's file is.
    sa.Column("origin", sa.String, nullable=False),
    sa.Column("skipped", sa.JSON, nullable=False),
)
versions = sa.Table(
    "versions",
    metadata,
    # A post as one source tells it; what an archive answers with is the one that is shown.
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("source", sa.ForeignKey("sources.id"), primary_key=True, index=True),
    sa.Column("shown", sa.Boolean, nullable=False),
    sa.Column("place", sa.String, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("url", sa.String),
    sa.Column("author", sa.String),
    sa.Column("published", sa.Date),
    sa.Column("updated", sa.Date),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("length", sa.Integer, nullable=False),  # characters of text
    sa.Column("content_hash", sa.String, nullable=False),
    sa.Column("origin", sa.String, nullable=False),
    # The last, because SQLite reads all that stands before a column to get there.
    # As JSON, which nobody looks into here, so that what an index keeps of it is taken as it is.
    sa.Column("blocks", sa.String, nullable=False),
)
sketches = sa.Table(
    "sketches",
    metadata,
    sa.Column("post", sa.String, primary_key=True),
    sa.Column("hash", sa.Integer, primary_key=True, index=True),
)
copies = sa.Table(
    "copies",
    metadata,
    # Two shown posts that were compared; ``first`` sorts before ``second``.
    sa.Column("first", sa.String, primary_key=True),
    sa.Column("second", sa.String, primary_key=True, index=True),
    sa.Column("alike", sa.Boolean, nullable=False),
)


def source_row(source: Source, origin: str, skipped: Iterable[Skipped]) -> dict[str, Any]:
    """A source as a row of :data:`sources`, and what the next import of that origin would skip."""
    places = [(item.place, item.reason) for item in skipped] if origin else []
    return asdict(source) | {"origin": origin, "skipped": places}


def source_of(row: Any) -> Source:
    """The source in a row of :data:`sources`."""
    return Source(row.id, row.kind, row.location, row.full, row.base_url, row.include_pages)


def version_row(post: Post) -> dict[str, Any]:
    """A post as a row of :data:`versions`, not shown yet."""
    return {
        "id": post.id,
        "source": post.source,
        "shown": False,
        "place": post.place,
        "title": post.title,
        "url": post.url,
        "author": post.author,
        "published": post.published,
        "updated": post.updated,
        "tags": list(post.tags),
        "length": len(post.text),
        "content_hash": post.content_hash,
        "origin": post.origin,
        "blocks": post.packed,
    }


def post_of(row: Any) -> Post:
    """The post in a row of :data:`versions`."""
    post = Post(
        id=row.id,
        source=row.source,
        place=row.place,
        title=row.title,
        blocks=unpack_blocks(json.loads(row.blocks)),
        url=row.url,
        author=row.author,
        published=row.published,
        updated=row.updated,
        tags=tuple(row.tags),
        origin=row.origin,
    )
    # Cached properties that are known already: an update would hash and pack every post again.
    vars(post).update(content_hash=row.content_hash, packed=row.blocks)
    return post
