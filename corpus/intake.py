"""An import under way: posts go into the archive as they are read, in one transaction.

What is held in memory is an id and a hash of each post, never its text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from corpus.copies import (
    LEAST_RESEMBLANCE,
    groups,
    pairs_to_compare,
    resemblance,
    shingles,
    sketch,
)
from corpus.errors import ArchiveError
from corpus.tables import copies, post_of, sketches, source_row, sources, version_row, versions
from corpus.types import Post, Reading, Scheduled, Skipped, Source, Unchanged

_BATCH = 200
_SAME_LENGTH = 2 / 3


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one import did, as post ids in order; ``skipped`` names places and reasons.

    After a dry run, what it would have done.
    """

    source: Source
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    dry_run: bool = False

    @property
    def changed_anything(self) -> bool:
        """Whether the archive differs from before."""
        return bool(self.new or self.changed or self.removed)


class _Version(NamedTuple):
    place: str
    origin: str
    content_hash: str


class Intake:
    """Takes in what a reader finds, one by one, and says at the end what that changed.

    The transaction begins with the first post, and with it the lock that keeps others from writing:
    a website is read for an hour before there is one.
    """

    def __init__(self, connection: sa.Connection, source: Source, origin: str) -> None:
        self._connection = connection
        self._source = source
        self._origin = origin
        self._shown: dict[str, str] = {}
        self._known: dict[str, _Version] = {}
        self._places: dict[str, str] = {}
        self._batch: list[dict[str, Any]] = []
        self._elsewhere: list[dict[str, str]] = []
        self._is_changed = False
        self.skipped: list[Skipped] = []

    @property
    def is_empty(self) -> bool:
        """Whether no post was found so far."""
        return not self._places

    def take(self, found: Reading) -> None:
        """Take in a post, or note that something was left out.

        ArchiveError if a post is said to be unchanged that another import has changed meanwhile.
        """
        if isinstance(found, Skipped):
            self.skipped.append(found)
        elif found.id in self._places:
            same = self._places[found.id]
            self.skipped.append(Skipped(found.place, f"has the same address as {same}"))
        else:
            if self.is_empty:
                self._begin()
            self._places[found.id] = found.place
            known = self._known.get(found.id)
            if isinstance(found, Unchanged):
                if known is None or known[:2] != (found.place, found.origin):
                    raise ArchiveError(
                        f"Another import has changed the posts of {self._source.id} meanwhile.",
                        "Nothing was changed. Run this again.",
                    )
            elif known is None or known.content_hash != found.content_hash:
                self._batch.append(version_row(found))
                if len(self._batch) == _BATCH:
                    self._write()
            elif known[:2] != (found.place, found.origin):
                row = {"of": found.id, "now_at": found.place, "made_of": found.origin}
                self._elsewhere.append(row)

    def finish(self, *, dry_run: bool) -> ImportReport:
        """Remove what a full source no longer holds, and settle what is shown."""
        self._write()
        self._move()
        is_sure = not any(item.unreadable or isinstance(item, Scheduled) for item in self.skipped)
        row = source_row(self._source, self._origin if is_sure else "", self.skipped)
        self._connection.execute(
            insert(sources).values(row).on_conflict_do_update(index_elements=["id"], set_=row)
        )
        unknown = {item.place for item in self.skipped if item.unreadable}
        gone = [
            id
            for id, known in self._known.items()
            if self._source.full and id not in self._places and not _within(known.place, unknown)
        ]
        delete_versions(self._connection, self._source.id, gone)
        before = self._shown
        after = settle(self._connection) if self._is_changed or gone else before
        return ImportReport(
            self._source,
            new=tuple(id for id in self._places if id not in before),
            changed=tuple(
                id
                for id in (*self._places, *gone)
                if id in before and id in after and before[id] != after[id]
            ),
            unchanged=tuple(id for id in self._places if id in before and before[id] == after[id]),
            removed=tuple(id for id in gone if id not in after),
            skipped=tuple(self.skipped),
            dry_run=dry_run,
        )

    def _begin(self) -> None:
        begin_writing(self._connection)
        self._shown = shown_hashes(self._connection)
        # Of a post that is in several sources, a full one has the say.
        was_full = sa.select(sources.c.full).where(sources.c.id == self._source.id)
        self._is_changed = self._connection.scalar(was_full) != self._source.full
        query = sa.select(versions).where(versions.c.source == self._source.id)
        columns = (versions.c[name] for name in ("id", *_Version._fields))
        rows = self._connection.execute(query.with_only_columns(*columns))
        self._known = {id: _Version(*about) for id, *about in rows}

    def _write(self) -> None:
        if self._batch:
            self._is_changed = True
            statement = insert(versions)
            self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["id", "source"], set_=dict(statement.excluded)
                ),
                self._batch,
            )
            self._batch.clear()

    def _move(self) -> None:
        """Note where posts stand now that say what they said before."""
        if self._elsewhere:
            self._connection.execute(
                sa.update(versions)
                .where(versions.c.id == sa.bindparam("of"), versions.c.source == self._source.id)
                .values(place=sa.bindparam("now_at"), origin=sa.bindparam("made_of")),
                self._elsewhere,
            )


def begin_writing(connection: sa.Connection) -> None:
    """Begin a transaction that nobody else can write beside."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def shown_hashes(connection: sa.Connection) -> dict[str, str]:
    """The content hash of every post that is shown, by id."""
    query = sa.select(versions.c.id, versions.c.content_hash).where(versions.c.shown)
    return {row.id: row.content_hash for row in connection.execute(query)}


def delete_versions(connection: sa.Connection, source: str, ids: Iterable[str]) -> None:
    """Forget the posts ``ids`` as ``source`` tells them."""
    rows = [{"gone": id} for id in ids]
    if rows:
        connection.execute(
            sa.delete(versions).where(
                versions.c.source == source, versions.c.id == sa.bindparam("gone")
            ),
            rows,
        )


def settle(connection: sa.Connection) -> dict[str, str]:
    """Choose which version of each post is shown, and find copies; content hashes by id."""
    before = {id for (id,) in connection.execute(sa.select(sketches.c.post).distinct())}
    stale = _choose(connection)
    shown = shown_hashes(connection)
    _link_copies(connection, stale, before - shown.keys())
    return shown


def _choose(connection: sa.Connection) -> list[str]:
    """Mark the best version of every post; the ids whose text may be another than before."""
    twofold = sa.select(versions.c.id).group_by(versions.c.id).having(sa.func.count() > 1)
    unsettled = sa.select(versions.c.id).where(~versions.c.shown)
    columns = ("id", "source", "shown", "published", "updated", "length")
    rows = connection.execute(
        sa.select(*(versions.c[name] for name in columns), sources.c.full)
        .outerjoin(sources, sources.c.id == versions.c.source)
        .where(versions.c.id.in_(twofold.union(unsettled)))
        .order_by(versions.c.id, versions.c.source)
    )
    changes = []
    for id, group in groupby(rows, key=lambda row: row.id):
        candidates = list(group)
        best = _best(candidates)
        changes += [
            {"of": id, "from": row.source, "now": row is best}
            for row in candidates
            if row.shown != (row is best)
        ]
    if changes:
        connection.execute(
            sa.update(versions)
            .where(versions.c.id == sa.bindparam("of"), versions.c.source == sa.bindparam("from"))
            .values(shown=sa.bindparam("now")),
            changes,
        )
    return [change["of"] for change in changes if change["now"]]


def _best(candidates: Collection[Any]) -> Any:
    """The version to show: of those that aren't a mere teaser the newest, then the fullest source.

    Whatever was imported first, the same one is chosen.
    """
    longest = max(row.length for row in candidates)
    whole = [row for row in candidates if row.length >= longest * _SAME_LENGTH]
    return max(
        whole,
        key=lambda row: (row.updated or row.published or date.min, row.full, row.length),
    )


def _link_copies(connection: sa.Connection, changed: list[str], gone: set[str]) -> None:
    """Make :data:`copies` right for the posts that ``changed`` or are ``gone``."""
    _forget_copies(connection, [*changed, *gone])
    for start in range(0, len(changed), _BATCH):
        batch = changed[start : start + _BATCH]
        rows = [
            {"post": post.id, "hash": hash}
            for post in _posts(connection, batch)
            for hash in sketch(shingles(post.text))
        ]
        if rows:
            connection.execute(sa.insert(sketches), rows)
    compared = {(row.first, row.second): row.alike for row in connection.execute(sa.select(copies))}
    shared = sa.select(sketches.c.hash).group_by(sketches.c.hash).having(sa.func.count() > 1)
    query = sa.select(sketches.c.hash, sketches.c.post).where(sketches.c.hash.in_(shared))
    # All at once, which is three times as fast as one by one, at a few hundred bytes a post.
    listed = connection.execute(query.order_by(sketches.c.hash, sketches.c.post)).all()
    group_of = {
        id: number
        for number, group in enumerate(groups(pair for pair, alike in compared.items() if alike))
        for id in group
    }
    new = []
    for first, second in pairs_to_compare(listed):
        is_joined = first in group_of and group_of[first] == group_of.get(second)
        if (first, second) in compared or is_joined:
            continue
        one, other = (shingles(post.text) for post in _posts(connection, [first, second]))
        alike = resemblance(one, other) >= LEAST_RESEMBLANCE
        new.append({"first": first, "second": second, "alike": alike})
    if new:
        connection.execute(sa.insert(copies), new)


def _forget_copies(connection: sa.Connection, ids: list[str]) -> None:
    rows = [{"of": id} for id in ids]
    if rows:
        of: sa.BindParameter[str] = sa.bindparam("of")
        connection.execute(sa.delete(sketches).where(sketches.c.post == of), rows)
        connection.execute(
            sa.delete(copies).where(sa.or_(copies.c.first == of, copies.c.second == of)), rows
        )


def _posts(connection: sa.Connection, ids: list[str]) -> list[Post]:
    rows = connection.execute(
        sa.select(versions).where(versions.c.shown, versions.c.id.in_(ids)).order_by(versions.c.id)
    )
    return [post_of(row) for row in rows]


def _within(place: str, places: set[str]) -> bool:
    """Whether ``place`` is one of ``places``, or a part of one: ``page.txt#2`` of ``page.txt``."""
    return place in places or place.rpartition("#")[0] in places
