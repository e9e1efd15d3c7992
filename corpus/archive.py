"""The archive: which posts there are, where they came from, and what an import changed.

The system of record, in one SQLite file by way of SQLAlchemy Core. Everything an index holds can be
made again from it. An import is one transaction: it is in whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from corpus.errors import ArchiveError, SourceError
from corpus.types import Post, Skipped, Source, pack_blocks, unpack_blocks

SCHEMA_VERSION = 1

_metadata = sa.MetaData()
_sources = sa.Table(
    "sources",
    _metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("location", sa.String, nullable=False),
    sa.Column("full", sa.Boolean, nullable=False),
)
_posts = sa.Table(
    "posts",
    _metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("source", sa.ForeignKey("sources.id"), nullable=False, index=True),
    sa.Column("place", sa.String, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("url", sa.String),
    sa.Column("author", sa.String),
    sa.Column("published", sa.Date),
    sa.Column("updated", sa.Date),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("blocks", sa.JSON, nullable=False),
    sa.Column("content_hash", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one import did, as post ids in order; ``skipped`` names places and reasons."""

    source: Source
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def changed_anything(self) -> bool:
        """Whether the archive differs from before."""
        return bool(self.new or self.changed or self.removed)


class Archive:
    """An open archive file. Use it as a context manager, or call :meth:`close`."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open the archive at ``path``; make an empty one there first if ``create``.

        Raises ArchiveError if there is none, if it cannot be read or written, or if another
        version of blogqa made it.
        """
        self.path = path
        if not create and not path.is_file():
            raise ArchiveError(
                f"There is no archive at {path}.", "Import posts first: blogqa import SOURCE"
            )
        try:
            if create:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
            sa.event.listen(self._engine, "connect", _configure)
            with self._engine.begin() as connection:
                self._check_version(connection)
                _metadata.create_all(connection)
        except (sa.exc.DatabaseError, OSError) as error:
            raise ArchiveError(
                f"The archive {path} cannot be opened: {_reason(error)}.",
                "Check that it is a file of blogqa's, and that it and its folder can be written.",
            ) from error

    def _check_version(self, connection: sa.Connection) -> None:
        version = connection.scalar(sa.text("PRAGMA user_version"))
        if version == 0 and not sa.inspect(connection).get_table_names():
            connection.execute(sa.text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
        elif version != SCHEMA_VERSION:
            raise ArchiveError(
                f"The archive {self.path} has format {version}; this blogqa reads "
                f"{SCHEMA_VERSION}.",
                "Move it away and import the sources again.",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def put(self, source: Source, found: Iterable[Post | Skipped]) -> ImportReport:
        """Take in what a reader ``found`` in ``source`` and say what changed.

        A full source also removes the posts it no longer holds, but never one whose place could not
        be read this time. Raises SourceError, with nothing changed, if no post was found or
        another source goes by the same id.
        """
        posts: dict[str, Post] = {}
        skipped: list[Skipped] = []
        for item in found:
            if isinstance(item, Skipped):
                skipped.append(item)
            elif item.id in posts:
                same = posts[item.id].place
                skipped.append(Skipped(item.place, f"the same post as {same}, by its address"))
            else:
                posts[item.id] = item
        if not posts:
            raise SourceError(
                f"No post was found in {source.location}." + _first_reasons(skipped),
                "Nothing was changed. Check the path, or name the kind with --kind.",
            )
        try:
            with self._engine.begin() as connection:
                return self._put(connection, source, posts, skipped)
        except sa.exc.DatabaseError as error:
            raise ArchiveError(
                f"The archive {self.path} could not be written: {_reason(error)}.",
                "Nothing was changed. Free some space, or wait for the other import to end, "
                "and import again.",
            ) from error

    def _put(
        self,
        connection: sa.Connection,
        source: Source,
        posts: dict[str, Post],
        skipped: list[Skipped],
    ) -> ImportReport:
        _put_source(connection, source)
        before = {
            row.id: row
            for row in connection.execute(
                sa.select(_posts.c.id, _posts.c.source, _posts.c.place, _posts.c.content_hash)
            )
        }
        new, changed, unchanged = [], [], []
        for post in posts.values():
            row = before.get(post.id)
            if row is None:
                new.append(post.id)
            elif (row.source, row.place, row.content_hash) != (
                post.source,
                post.place,
                post.content_hash,
            ):
                changed.append(post.id)
            else:
                unchanged.append(post.id)
        unknown = {item.place for item in skipped if item.unreadable}
        removed = [
            row.id
            for row in before.values()
            if source.full
            and row.source == source.id
            and row.id not in posts
            and not _within(row.place, unknown)
        ]
        for ids in (removed, changed):
            _delete(connection, ids)
        rows = [_post_row(posts[id]) for id in (*new, *changed)]
        if rows:
            connection.execute(sa.insert(_posts), rows)
        return ImportReport(
            source,
            tuple(new),
            tuple(changed),
            tuple(unchanged),
            tuple(removed),
            tuple(skipped),
        )

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except sa.exc.DatabaseError as error:
            raise ArchiveError(
                f"The archive {self.path} cannot be read: {_reason(error)}.",
                "Move it away and import the sources again.",
            ) from error

    def sources(self) -> list[Source]:
        """All sources posts were imported from, by id."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(_sources).order_by(_sources.c.id)).all()
        return [Source(row.id, row.kind, row.location, row.full) for row in rows]

    def posts(self) -> Iterator[Post]:
        """All posts in the order of their ids."""
        with self._reading() as connection:
            query = sa.select(_posts).order_by(_posts.c.id)
            for row in connection.execution_options(yield_per=500).execute(query):
                yield _post(row)

    def count(self) -> int:
        """How many posts there are."""
        with self._reading() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(_posts)) or 0

    def digest(self) -> str:
        """Hex SHA-256 of all posts' ids and content hashes: equal digests mean equal posts."""
        whole = hashlib.sha256()
        with self._reading() as connection:
            query = sa.select(_posts.c.id, _posts.c.content_hash).order_by(_posts.c.id)
            for id, content_hash in connection.execute(query):
                whole.update(f"{id} {content_hash}\n".encode())
        return whole.hexdigest()


def choose_source(archive: Archive, wanted: Source, *, named: bool) -> Source:
    """``wanted``, once it is clear that its id means the same source as in the archive.

    Two folders called "posts" are two sources: taking one for the other would remove every post of
    the first. Only an id the user ``named`` moves a known source to a new location. Raises
    SourceError where it is not clear.
    """
    if named:
        return wanted
    sources = archive.sources()
    for known in sources:
        if known.location == wanted.location:
            return replace(wanted, id=known.id)
    for known in sources:
        if known.id == wanted.id:
            raise SourceError(
                f"A source named {wanted.id!r} is known already, from {known.location}.",
                f"If its posts have moved to {wanted.location}, import with --name {wanted.id}; "
                "if this is another source, give it another --name.",
            )
    return wanted


def _configure(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA busy_timeout = 5000")


def _delete(connection: sa.Connection, ids: list[str]) -> None:
    if ids:
        connection.execute(
            sa.delete(_posts).where(_posts.c.id == sa.bindparam("gone")),
            [{"gone": id} for id in ids],
        )


def _put_source(connection: sa.Connection, source: Source) -> None:
    row = asdict(source)
    update = sa.update(_sources).where(_sources.c.id == source.id).values(row)
    if connection.execute(update).rowcount == 0:
        connection.execute(sa.insert(_sources).values(row))


def _post_row(post: Post) -> dict[str, Any]:
    return {
        "id": post.id,
        "source": post.source,
        "place": post.place,
        "title": post.title,
        "url": post.url,
        "author": post.author,
        "published": post.published,
        "updated": post.updated,
        "tags": list(post.tags),
        "blocks": pack_blocks(post.blocks),
        "content_hash": post.content_hash,
    }


def _post(row: Any) -> Post:
    return Post(
        id=row.id,
        source=row.source,
        place=row.place,
        title=row.title,
        blocks=unpack_blocks(row.blocks),
        url=row.url,
        author=row.author,
        published=row.published,
        updated=row.updated,
        tags=tuple(row.tags),
    )


def _within(place: str, places: set[str]) -> bool:
    """Whether ``place`` is one of ``places``, or a part of one: ``page.txt#2`` of ``page.txt``."""
    return place in places or place.rpartition("#")[0] in places


def _reason(error: sa.exc.DatabaseError | OSError) -> str:
    return str(error.orig if isinstance(error, sa.exc.DatabaseError) else error)


def _first_reasons(skipped: list[Skipped]) -> str:
    """Up to three of the reasons why nothing was found, as a sentence to append."""
    if not skipped:
        return ""
    reasons = "; ".join(f"{item.place}: {item.reason}" for item in skipped[:3])
    more = f" (and {len(skipped) - 3} more)" if len(skipped) > 3 else ""
    return f" Left out: {reasons}{more}."
