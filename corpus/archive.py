"""The archive: which posts there are, where they came from, and what an import changed.

The system of record, in one SQLite file by way of SQLAlchemy Core. Everything an index holds can be
made again from it. An import is one transaction: it is in whole or not at all.

A post found in several sources is one post. The archive keeps what each source tells of it and
shows the best, so the order of imports doesn't matter and a source can be given up without loss.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from corpus.copies import groups
from corpus.errors import ArchiveError, SourceError
from corpus.intake import (
    ImportReport,
    Intake,
    begin_writing,
    delete_versions,
    settle,
    shown_hashes,
)
from corpus.tables import SCHEMA_VERSION, copies, metadata, post_of, source_of, sources, versions
from corpus.types import Known, Post, Reading, Skipped, Source


@dataclass(frozen=True, slots=True)
class PostSummary:
    """A post in a list; ``words`` is how many its text has, about."""

    id: str
    title: str
    url: str | None
    author: str | None
    published: date | None
    source: str
    words: int


class Archive:
    """An open archive file. Use it as a context manager, or call :meth:`close`."""

    def __init__(self, path: Path, *, create: bool = False, read_only: bool = False) -> None:
        """Open the archive at ``path``; make an empty one there first if ``create``.

        With ``read_only`` nothing on the disk changes, not even what a killed import left behind.
        Raises ArchiveError if there is none, if it cannot be read or written, or if another version
        of blogqa made it.
        """
        self.path = path
        self._snapshot: sa.Connection | None = None
        try:
            if create:
                path.parent.mkdir(parents=True, exist_ok=True)
            if not create and not path.is_file():
                raise ArchiveError(
                    f"There is no archive at {path}.", "Import posts first: blogqa import SOURCE"
                )
            address = sa.URL.create("sqlite", database=str(path))
            if read_only:
                file = path.resolve().as_uri()
                address = address.set(database=file, query={"mode": "ro", "uri": "true"})
            # Transactions are begun by hand: sqlite3 would begin one only at the first change.
            self._engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
            sa.event.listen(self._engine, "connect", _configure)
            with self._engine.connect() as connection:
                self._check_version(connection, read_only)
                if not read_only:
                    metadata.create_all(connection)
        except (sa.exc.DatabaseError, OSError) as error:
            if _is_locked(error):
                raise self._locked() from error
            if _sqlite_name(error) == "SQLITE_READONLY_ROLLBACK":
                raise ArchiveError(
                    f"An import into {path} was stopped before it ended.",
                    "Nothing of it counts. What it left is undone by any command that may write: "
                    "blogqa sources",
                ) from error
            raise ArchiveError(
                f"The archive {path} cannot be opened: {_reason(error)}.",
                "Check that it is a file of blogqa's, and that it and its folder can be written.",
            ) from error

    def _check_version(self, connection: sa.Connection, read_only: bool) -> None:
        version = connection.scalar(sa.text("PRAGMA user_version"))
        if version == 0 and not read_only and not sa.inspect(connection).get_table_names():
            connection.execute(sa.text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
        elif version != SCHEMA_VERSION:
            raise ArchiveError(
                f"The archive {self.path} has format {version}; this blogqa reads "
                f"{SCHEMA_VERSION}.",
                "Move it away and import the sources again" + _known_locations(connection) + ".",
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

    def put(
        self, source: Source, found: Iterable[Reading], *, origin: str = "", dry_run: bool = False
    ) -> ImportReport:
        """Take in what a reader ``found`` in ``source`` and say what changed.

        A full source also removes the posts it no longer holds, but never one whose place could not
        be read this time, nor one that another source still holds. With ``dry_run`` the report is
        the same and nothing is changed. Where all of the source was made of the same ``origin`` at
        the last import, nothing is asked what it ``found``. Raises SourceError, with nothing
        changed, if no post was found or another source goes by the same id.
        """
        if origin and (same := self._last_import(source, origin)):
            return replace(same, dry_run=dry_run)
        with self._writing() as connection:
            intake = Intake(connection, source, origin)
            for item in found:
                intake.take(item)
            if intake.is_empty:
                raise SourceError(
                    f"No post was found in {source.location}." + _first_reasons(intake.skipped),
                    "Nothing was changed. Check the path, or name the kind with --kind.",
                )
            report = intake.finish(dry_run=dry_run)
            if dry_run:
                connection.exec_driver_sql("ROLLBACK")
            return report

    def _last_import(self, source: Source, origin: str) -> ImportReport | None:
        """The report of another import of the same, None if the last was of another origin."""
        with self._reading() as connection:
            query = sa.select(sources.c.skipped).where(
                sources.c.id == source.id, sources.c.origin == origin
            )
            row = connection.execute(query).first()
            held = sa.select(versions.c.id).where(versions.c.source == source.id)
            ids = connection.execute(held.order_by(versions.c.place)).scalars()
            if row is None:
                return None
            skipped = (Skipped(place, reason) for place, reason in row.skipped)
            return ImportReport(source, unchanged=tuple(ids), skipped=tuple(skipped))

    def forget(self, source: str) -> ImportReport:
        """Give up the source of the id ``source``, and the posts that no other source holds.

        SourceError if there is none.
        """
        known = {each.id: each for each in self.sources()}
        if source not in known:
            raise SourceError(
                f"There is no source named {source!r}.",
                f"Known sources: {', '.join(sorted(known)) or 'none'}.",
            )
        with self._writing() as connection:
            begin_writing(connection)
            before = shown_hashes(connection)
            held = sa.select(versions.c.id).where(versions.c.source == source)
            ids = connection.execute(held.order_by(versions.c.id)).scalars().all()
            delete_versions(connection, source, ids)
            connection.execute(sa.delete(sources).where(sources.c.id == source))
            after = settle(connection)
        return ImportReport(
            known[source],
            changed=tuple(id for id in ids if id in after and after[id] != before[id]),
            removed=tuple(id for id in ids if id not in after),
        )

    def sources(self) -> list[Source]:
        """All sources posts were imported from, by id."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(sources).order_by(sources.c.id)).all()
        return [source_of(row) for row in rows]

    def posts(self) -> Iterator[Post]:
        """All posts in the order of their ids."""
        with self._reading() as connection:
            query = sa.select(versions).where(versions.c.shown).order_by(versions.c.id)
            for row in connection.execution_options(yield_per=500).execute(query):
                yield post_of(row)

    def post(self, id: str) -> Post | None:
        """The post of that ``id``; None if there is none."""
        with self._reading() as connection:
            query = sa.select(versions).where(versions.c.shown, versions.c.id == id)
            row = connection.execute(query).first()
        return None if row is None else post_of(row)

    def places(self, id: str) -> list[tuple[str, str]]:
        """Where a post stands: the id of each source that holds it, and the place in that."""
        with self._reading() as connection:
            query = (
                sa.select(versions.c.source, versions.c.place)
                .where(versions.c.id == id)
                .order_by(versions.c.shown.desc(), versions.c.source)
            )
            return [(row.source, row.place) for row in connection.execute(query)]

    def held_by(self, source: str) -> set[str]:
        """The ids of the posts that ``source`` holds, shown from it or not."""
        with self._reading() as connection:
            query = sa.select(versions.c.id).where(versions.c.source == source)
            return set(connection.execute(query).scalars())

    def places_in(self, source: str) -> dict[str, Known]:
        """The places of the posts that ``source`` holds, in order, with what is known of each."""
        with self._reading() as connection:
            query = sa.select(versions.c.place, versions.c.id, versions.c.origin)
            query = query.where(versions.c.source == source).order_by(versions.c.place)
            return {row.place: Known(row.id, row.origin) for row in connection.execute(query)}

    def summaries(self) -> Iterator[PostSummary]:
        """All posts without their texts, the newest first, those without a date last."""
        with self._reading() as connection:
            query = (
                sa.select(*(column for column in versions.c if column.name != "blocks"))
                .where(versions.c.shown)
                .order_by(versions.c.published.desc().nulls_last(), versions.c.id)
            )
            for row in connection.execute(query):
                # English has about six characters to a word, the space counted.
                words = round(row.length / 6)
                yield PostSummary(
                    row.id, row.title, row.url, row.author, row.published, row.source, words
                )

    def count(self) -> int:
        """How many posts there are."""
        with self._reading() as connection:
            query = sa.select(sa.func.count()).select_from(versions).where(versions.c.shown)
            return connection.scalar(query) or 0

    def copies(self) -> dict[str, str]:
        """Posts that say nearly the same as an older one: its id by theirs.

        Of a group of copies the one published first counts as the original, else the one whose id
        comes first.
        """
        with self._reading() as connection:
            alike = sa.select(copies).where(copies.c.alike)
            pairs = [(row.first, row.second) for row in connection.execute(alike)]
            ids = {id for pair in pairs for id in pair}
            query = sa.select(versions.c.id, versions.c.published).where(
                versions.c.shown, versions.c.id.in_(ids)
            )
            published = {row.id: row.published or date.max for row in connection.execute(query)}
        originals: dict[str, str] = {}
        for group in groups(pairs):
            original = min(group, key=lambda id: (published[id], id))
            originals |= dict.fromkeys(group - {original}, original)
        return dict(sorted(originals.items()))

    def digest(self) -> str:
        """Hex SHA-256 of all posts' ids, content hashes, sources and copies.

        Equal digests, equal posts, and equal answers to every filter.
        """
        whole = hashlib.sha256()
        with self._reading() as connection:
            query = sa.select(versions.c.id, versions.c.content_hash).where(versions.c.shown)
            for id, content_hash in connection.execute(query.order_by(versions.c.id)):
                whole.update(f"{id} {content_hash}\n".encode())
            holders = sa.select(versions.c.id, versions.c.source)
            for id, source in connection.execute(holders.order_by(*holders.selected_columns)):
                whole.update(f"{id} in {source}\n".encode())
        for copy, original in self.copies().items():
            whole.update(f"{copy} = {original}\n".encode())
        return whole.hexdigest()

    def damage(self) -> list[str]:
        """What SQLite finds wrong with the file, in its own words; empty if it is whole."""
        with self._reading() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check").scalars()
            lines = [line for each in found for line in str(each).splitlines()]
            return [line for line in lines if line != "ok" and not line.startswith("***")]

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Whatever is read within is of one moment, though posts be imported meanwhile."""
        with self._reading() as connection:
            connection.exec_driver_sql("BEGIN")
            self._snapshot = connection
            try:
                yield
            finally:
                self._snapshot = None
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            if self._snapshot is not None:
                yield self._snapshot
                return
            with self._engine.connect() as connection:
                yield connection
        except sa.exc.DatabaseError as error:
            if _is_locked(error):
                raise self._locked() from error
            raise ArchiveError(
                f"The archive {self.path} cannot be read: {_reason(error)}.",
                "Move it away and import the sources again.",
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection, _transaction(connection):
                yield connection
        except sa.exc.DatabaseError as error:
            if _is_locked(error):
                raise self._locked() from error
            raise ArchiveError(
                f"The archive {self.path} could not be written: {_reason(error)}.",
                "Nothing was changed. Free some space or mend the permissions, and import again.",
            ) from error

    def _locked(self) -> ArchiveError:
        return ArchiveError(
            f"The archive {self.path} is in use by another import or a build.",
            "Nothing was changed. Wait for that to end, then run this again.",
        )


@contextmanager
def _transaction(connection: sa.Connection) -> Iterator[None]:
    """Ends a transaction that is begun within: whole, or not at all."""
    try:
        yield
        if _is_open(connection):
            connection.exec_driver_sql("COMMIT")
    except BaseException:
        # A full disk may have ended it already.
        if _is_open(connection):
            connection.exec_driver_sql("ROLLBACK")
        raise


def _is_open(connection: sa.Connection) -> bool:
    return bool(connection.connection.in_transaction)


def _configure(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA busy_timeout = 5000")
    # Until its cache overflows or it ends, an import keeps nobody from reading. (A write-ahead log
    # never would, but needs a disk with room and the right to write for reading, too.)
    connection.execute("PRAGMA cache_size = -65536")


def _is_locked(error: Exception) -> bool:
    return _sqlite_name(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _sqlite_name(error: Exception) -> str:
    """The name of SQLite's result code, such as ``SQLITE_BUSY``; empty if it gave none."""
    return str(getattr(getattr(error, "orig", None), "sqlite_errorname", ""))


def _known_locations(connection: sa.Connection) -> str:
    """Where the sources of an archive of another version are, to append to a sentence."""
    if "sources" not in sa.inspect(connection).get_table_names():
        return ""
    locations = connection.execute(sa.text("SELECT location FROM sources ORDER BY id")).scalars()
    return f" ({', '.join(map(str, locations))})"


def _reason(error: sa.exc.DatabaseError | OSError) -> str:
    return str(error.orig if isinstance(error, sa.exc.DatabaseError) else error)


def _first_reasons(skipped: list[Skipped]) -> str:
    """Up to three of the reasons why nothing was found, as a sentence to append."""
    if not skipped:
        return ""
    reasons = "; ".join(f"{item.place}: {item.reason}" for item in skipped[:3])
    more = f" (and {len(skipped) - 3} more)" if len(skipped) > 3 else ""
    return f" Left out: {reasons}{more}."
