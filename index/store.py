"""The texts of one generation: posts, passages, tags, in a read-only SQLite file.

Plain sqlite3: SQLAlchemy costs a process that answers one question more to import than to use.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from corpus.types import Block, Passage, Post, Span, unpack_blocks
from index.errors import IndexDamaged
from index.terms import as_ordinals
from index.types import Filters, PostRecord
from index.vectors import Ordinals

_SCHEMA = """
CREATE TABLE posts (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, place TEXT NOT NULL, title TEXT NOT NULL,
    url TEXT, author TEXT, published TEXT, tags TEXT NOT NULL, text TEXT NOT NULL,
    copy_of TEXT, blocks TEXT NOT NULL, author_folded TEXT, content_hash TEXT NOT NULL
);
CREATE TABLE tags (post INTEGER NOT NULL REFERENCES posts, tag TEXT NOT NULL, folded TEXT NOT NULL);
CREATE TABLE sources (post INTEGER NOT NULL REFERENCES posts, source TEXT NOT NULL);
CREATE TABLE passages (
    ordinal INTEGER PRIMARY KEY, post INTEGER NOT NULL REFERENCES posts, number INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, heading_path TEXT NOT NULL,
    sentences TEXT NOT NULL, sentence_count INTEGER NOT NULL, header TEXT NOT NULL,
    fingerprint TEXT NOT NULL
);
"""
# Made last, which is quicker than keeping them up. What is filtered by is found without a look at
# the posts themselves, whose texts lie in between.
_INDEXES = """
CREATE INDEX posts_by_author ON posts (author_folded, author);
CREATE INDEX posts_by_date ON posts (published DESC, id, title);
CREATE INDEX tags_by_name ON tags (folded, post, tag);
CREATE INDEX sources_by_name ON sources (source, post);
CREATE INDEX sources_by_post ON sources (post);
CREATE INDEX passages_by_post ON passages (post, number);
"""
_BATCH = 200  # posts written at once
_POST_COLUMNS = (
    "posts.id, posts.place, posts.title, posts.url, posts.author, posts.published, posts.tags, "
    "posts.text, posts.copy_of"
)
_PASSAGE_COLUMNS = (
    "passages.number, passages.start, passages.end, passages.heading_path, passages.sentences"
)


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as the store keeps it: ``heading_path`` and ``sentences`` are JSON.

    ``header`` goes in front of the text when it is encoded; ``fingerprint`` names what is encoded.
    """

    number: int
    start: int
    end: int
    heading_path: str
    sentences: str
    sentence_count: int
    header: str
    fingerprint: str

    @classmethod
    def of(cls, passage: Passage, header: str, fingerprint: str) -> Self:
        """``passage`` as the store keeps it."""
        return cls(
            passage.ordinal,
            passage.start,
            passage.end,
            json.dumps(passage.heading_path),
            json.dumps(passage.sentences),
            len(passage.sentences),
            header,
            fingerprint,
        )


# dataclasses.astuple would copy every value, which took a tenth of an update.
_values_of = attrgetter(*(field.name for field in fields(StoredPassage)))


class Store:
    """The texts of a generation, opened for reading. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open what :class:`StoreWriter` wrote to ``path``; IndexDamaged if it cannot be read."""
        self._path = path
        self._lock = threading.Lock()
        try:
            self._connection = _connect(path)
        except sqlite3.Error as error:
            raise self._damaged(error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def passages(self, ordinals: Iterable[int]) -> list[tuple[Passage, PostRecord]]:
        """The passages of ``ordinals`` with their posts, in the order asked for."""
        wanted = list(ordinals)
        rows = self.select(
            f"SELECT passages.ordinal, {_PASSAGE_COLUMNS}, {_POST_COLUMNS} FROM passages "
            "JOIN posts ON posts.row = passages.post "
            f"WHERE passages.ordinal IN ({','.join('?' * len(wanted))})",
            wanted,
        )
        # Read as one: each call of json.loads costs more than what there is to read for it.
        packed = json.loads(f"[{','.join([f'[{row[4]},{row[5]},{row[12]}]' for row in rows])}]")
        found = {}
        for (ordinal, *values), (headings, sentences, tags) in zip(rows, packed, strict=True):
            post = _post_record(values[5:], tags)
            found[ordinal] = (_passage(post, values[:3], headings, sentences), post)
        return [found[ordinal] for ordinal in wanted]

    def post(self, id: str) -> tuple[PostRecord, tuple[Block, ...], list[Passage]] | None:
        """The post of that ``id`` with its blocks and its passages in order; None if unknown."""
        rows = self.select(
            f"SELECT {_POST_COLUMNS}, posts.blocks, posts.row FROM posts WHERE id = ?", [id]
        )
        if not rows:
            return None
        *values, blocks, row = rows[0]
        post = _post_record(values, json.loads(values[6]))
        passages = self.select(
            f"SELECT {_PASSAGE_COLUMNS} FROM passages WHERE post = ? ORDER BY number", [row]
        )
        return (
            post,
            unpack_blocks(json.loads(blocks)),
            [
                _passage(post, values, json.loads(headings), json.loads(sentences))
                for *values, headings, sentences in passages
            ],
        )

    def matching(self, filters: Filters) -> Ordinals:
        """The rows of all posts that pass ``filters``, ascending."""
        conditions, values = ["1"], []
        if filters.author:
            conditions.append("author_folded = ?")
            values.append(filters.author.casefold())
        if filters.tag:
            conditions.append("row IN (SELECT post FROM tags WHERE folded = ?)")
            values.append(filters.tag.casefold())
        if filters.source:
            conditions.append("row IN (SELECT post FROM sources WHERE source = ?)")
            values.append(filters.source)
        if filters.after is not None:
            conditions.append("published >= ?")
            values.append(filters.after.isoformat())
        if filters.before is not None:
            conditions.append("published <= ?")
            values.append(filters.before.isoformat())
        rows = self.select(f"SELECT row FROM posts WHERE {' AND '.join(conditions)}", values)
        # Sorted here: asked to, SQLite would rather walk over all posts than over those that pass.
        return np.sort(as_ordinals(row for (row,) in rows))

    def authors(self) -> list[tuple[str, int]]:
        """Every author with the number of their posts, most posts first."""
        return self.select(
            "SELECT min(author), count(*) FROM posts WHERE author IS NOT NULL "
            "GROUP BY author_folded ORDER BY count(*) DESC, author_folded"
        )

    def tags(self) -> list[tuple[str, int]]:
        """Every tag with the number of posts that carry it, most posts first."""
        return self.select(
            "SELECT min(tag), count(DISTINCT post) FROM tags "
            "GROUP BY folded ORDER BY count(DISTINCT post) DESC, folded"
        )

    def titles(self) -> list[str]:
        """The titles of all posts, newest first."""
        rows = self.select("SELECT title FROM posts ORDER BY published DESC, id")
        return [title for (title,) in rows]

    def places(self) -> list[str]:
        """Where each post stood in its source, by the post's row."""
        return [place for (place,) in self.select("SELECT place FROM posts ORDER BY row")]

    def dates(self) -> tuple[date | None, date | None]:
        """The dates of the oldest and the newest dated post."""
        # One by one, each is at an end of an index; together they take a look at every post.
        first, last = self.select(
            "SELECT (SELECT min(published) FROM posts), (SELECT max(published) FROM posts)"
        )[0]
        return _date(first), _date(last)

    def days(self) -> Ordinals:
        """The day each post was published, by the post's row, as date.toordinal; 0 without one."""
        # by rows, all texts would be passed by
        rows = self.select("SELECT row, published FROM posts INDEXED BY posts_by_date")
        return as_ordinals(
            0 if day is None else date.fromisoformat(day).toordinal() for _, day in sorted(rows)
        )

    def fingerprints(self) -> list[str]:
        """The fingerprints of all passages by ordinal."""
        rows = self.select("SELECT fingerprint FROM passages ORDER BY ordinal")
        return [fingerprint for (fingerprint,) in rows]

    def cut_posts(self) -> Generator[tuple[str, str, list[StoredPassage]], None, None]:
        """Every post's id, content hash and passages, in the order of ids.

        Read little by little, on a connection of its own, which goes with the generator. Raises
        IndexDamaged.
        """
        columns = "number, start, end, heading_path, sentences, sentence_count, header, fingerprint"
        try:
            with closing(_connect(self._path)) as connection:
                rows = connection.execute(
                    f"SELECT posts.id, posts.content_hash, {columns} FROM posts "
                    "LEFT JOIN passages ON passages.post = posts.row "
                    "ORDER BY posts.row, passages.number"
                )
                for (id, content_hash), group in groupby(rows, key=lambda row: row[:2]):
                    passages = [StoredPassage(*row[2:]) for row in group if row[2] is not None]
                    yield id, content_hash, passages
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def select(self, sql: str, values: Iterable[object] = ()) -> list[Any]:
        """The rows that ``sql`` finds; raises IndexDamaged."""
        try:
            with self._lock:
                return self._connection.execute(sql, tuple(values)).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: sqlite3.Error) -> IndexDamaged:
        return IndexDamaged(
            f"{self._path} cannot be read: {error}.", "Build it again: blogqa build"
        )


class StoreWriter:
    """Takes the posts of a generation in, one by one; a context manager.

    A post's row is its position, a passage's ordinal its position among all passages. Every method
    raises OSError if the disk refuses, be it what an earlier one was given.
    """

    def __init__(self, path: Path) -> None:
        """Begin the file ``path``, for :class:`Store` to open once all is in it."""
        self._row = self._ordinal = 0
        self._posts: list[tuple[object, ...]] = []
        self._tags: list[tuple[object, ...]] = []
        self._sources: list[tuple[object, ...]] = []
        self._passages: list[tuple[object, ...]] = []
        with _refusals():
            self._connection = sqlite3.connect(path)
            # Nothing to go back to: a file that was not finished is thrown away.
            self._connection.execute("PRAGMA journal_mode = OFF")
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._write()
                with _refusals():
                    self._connection.executescript(_INDEXES)  # commits what came before
        finally:
            self._connection.close()

    def add(
        self,
        post: Post,
        passages: Sequence[StoredPassage],
        *,
        sources: Iterable[str] = (),
        copy_of: str | None = None,
    ) -> None:
        """Take the next ``post``, which stands in ``sources``, with its ``passages``."""
        row = self._row
        self._posts.append((row, *_post_values(post, copy_of)))
        self._tags += [(row, tag, tag.casefold()) for tag in post.tags]
        self._sources += [(row, source) for source in sources]
        self._passages += [
            (ordinal, row, *_values_of(passage))
            for ordinal, passage in enumerate(passages, start=self._ordinal)
        ]
        self._row += 1
        self._ordinal += len(passages)
        if len(self._posts) == _BATCH:
            self._write()

    def _write(self) -> None:
        """Write what is waiting: a few statements for many posts, not some for each."""
        waiting = {
            "posts": self._posts,
            "tags": self._tags,
            "sources": self._sources,
            "passages": self._passages,
        }
        with _refusals():
            for table, rows in waiting.items():
                if rows:
                    places = ",".join("?" * len(rows[0]))
                    self._connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
                    rows.clear()


@contextmanager
def _refusals() -> Iterator[None]:
    """Turns what SQLite says of a disk that refuses into an OSError."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from error


def _connect(path: Path) -> sqlite3.Connection:
    # immutable: the file never changes once published, so SQLite need not lock it
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )


def _post_values(post: Post, copy_of: str | None) -> tuple[str | None, ...]:
    return (
        post.id,
        post.place,
        post.title,
        post.url,
        post.author,
        None if post.published is None else post.published.isoformat(),
        json.dumps(post.tags),
        post.text,
        copy_of,
        post.packed,
        None if post.author is None else post.author.casefold(),  # SQLite folds ASCII only
        post.content_hash,
    )


def _post_record(values: Sequence[Any], tags: list[str]) -> PostRecord:
    id, place, title, url, author, published, _, text, copy_of = values
    return PostRecord(id, place, title, url, author, _date(published), tuple(tags), text, copy_of)


def _passage(
    post: PostRecord, values: Sequence[int], headings: list[str], sentences: list[list[int]]
) -> Passage:
    number, start, end = values
    return Passage(
        id=f"{post.id}.{number}",
        post_id=post.id,
        ordinal=number,
        text=post.text[start:end],
        heading_path=tuple(headings),
        start=start,
        end=end,
        sentences=tuple(map(Span._make, sentences)),
    )


def _date(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
