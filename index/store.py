"""The texts of one generation: posts, passages, tags, in a read-only SQLite file.

Plain sqlite3: SQLAlchemy costs a process that answers one question more to import than to use.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from corpus.types import Block, Passage, Post, Span, pack_blocks, unpack_blocks
from index.errors import IndexDamaged
from index.terms import as_ordinals
from index.types import Filters, PostRecord
from index.vectors import Ordinals

_SCHEMA = """
CREATE TABLE posts (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, place TEXT NOT NULL, title TEXT NOT NULL,
    url TEXT, author TEXT, published TEXT, tags TEXT NOT NULL, text TEXT NOT NULL,
    copy_of TEXT, blocks TEXT NOT NULL, author_folded TEXT
);
CREATE TABLE tags (post INTEGER NOT NULL REFERENCES posts, tag TEXT NOT NULL, folded TEXT NOT NULL);
CREATE INDEX tags_by_name ON tags (folded, post);
CREATE TABLE passages (
    ordinal INTEGER PRIMARY KEY, post INTEGER NOT NULL REFERENCES posts, number INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, heading_path TEXT NOT NULL,
    sentences TEXT NOT NULL, fingerprint TEXT NOT NULL
);
CREATE INDEX passages_by_post ON passages (post, number);
"""
_POST_COLUMNS = (
    "posts.id, posts.place, posts.title, posts.url, posts.author, posts.published, posts.tags, "
    "posts.text, posts.copy_of"
)
_PASSAGE_COLUMNS = (
    "passages.number, passages.start, passages.end, passages.heading_path, passages.sentences"
)


class Store:
    """The texts of a generation, opened for reading. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open what :func:`write_store` wrote to ``path``; IndexDamaged if it cannot be read."""
        self._path = path
        self._lock = threading.Lock()
        try:
            # immutable: the file never changes once published, so SQLite need not lock it
            self._connection = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise self._damaged(error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def passages(self, ordinals: Iterable[int]) -> list[tuple[Passage, PostRecord]]:
        """The passages of ``ordinals`` with their posts, in the order asked for."""
        wanted = list(ordinals)
        rows = self._rows(
            f"SELECT passages.ordinal, {_PASSAGE_COLUMNS}, {_POST_COLUMNS} FROM passages "
            "JOIN posts ON posts.row = passages.post "
            f"WHERE passages.ordinal IN ({','.join('?' * len(wanted))})",
            wanted,
        )
        found = {}
        for ordinal, *values in rows:
            post = _post_record(values[5:])
            found[ordinal] = (_passage(post, values[:5]), post)
        return [found[ordinal] for ordinal in wanted]

    def post(self, id: str) -> tuple[PostRecord, tuple[Block, ...], list[Passage]] | None:
        """The post of that ``id`` with its blocks and its passages in order; None if unknown."""
        rows = self._rows(
            f"SELECT {_POST_COLUMNS}, posts.blocks, posts.row FROM posts WHERE id = ?", [id]
        )
        if not rows:
            return None
        *values, blocks, row = rows[0]
        post = _post_record(values)
        passages = self._rows(
            f"SELECT {_PASSAGE_COLUMNS} FROM passages WHERE post = ? ORDER BY number", [row]
        )
        return (
            post,
            unpack_blocks(json.loads(blocks)),
            [_passage(post, values) for values in passages],
        )

    def matching(self, filters: Filters) -> Ordinals:
        """The ordinals of all passages whose post passes ``filters``, ascending."""
        conditions, values = ["1"], []
        if filters.author:
            conditions.append("posts.author_folded = ?")
            values.append(filters.author.casefold())
        if filters.tag:
            conditions.append("posts.row IN (SELECT post FROM tags WHERE folded = ?)")
            values.append(filters.tag.casefold())
        if filters.after is not None:
            conditions.append("posts.published >= ?")
            values.append(filters.after.isoformat())
        if filters.before is not None:
            conditions.append("posts.published <= ?")
            values.append(filters.before.isoformat())
        rows = self._rows(
            "SELECT passages.ordinal FROM passages JOIN posts ON posts.row = passages.post "
            f"WHERE {' AND '.join(conditions)} ORDER BY passages.ordinal",
            values,
        )
        return as_ordinals(ordinal for (ordinal,) in rows)

    def authors(self) -> list[tuple[str, int]]:
        """Every author with the number of their posts, most posts first."""
        return self._rows(
            "SELECT min(author), count(*) FROM posts WHERE author IS NOT NULL "
            "GROUP BY author_folded ORDER BY count(*) DESC, author_folded"
        )

    def tags(self) -> list[tuple[str, int]]:
        """Every tag with the number of posts that carry it, most posts first."""
        return self._rows(
            "SELECT min(tag), count(DISTINCT post) FROM tags "
            "GROUP BY folded ORDER BY count(DISTINCT post) DESC, folded"
        )

    def titles(self) -> list[str]:
        """The titles of all posts, newest first."""
        rows = self._rows("SELECT title FROM posts ORDER BY published DESC, id")
        return [title for (title,) in rows]

    def dates(self) -> tuple[date | None, date | None]:
        """The dates of the oldest and the newest dated post."""
        first, last = self._rows("SELECT min(published), max(published) FROM posts")[0]
        return _date(first), _date(last)

    def fingerprints(self) -> list[str]:
        """The fingerprints of all passages by ordinal."""
        rows = self._rows("SELECT fingerprint FROM passages ORDER BY ordinal")
        return [fingerprint for (fingerprint,) in rows]

    def _rows(self, sql: str, values: Iterable[object] = ()) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(sql, tuple(values)).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: sqlite3.Error) -> IndexDamaged:
        return IndexDamaged(
            f"{self._path} cannot be read: {error}.", "Build it again: blogqa build"
        )


def write_store(
    path: Path,
    posts: Iterable[tuple[Post, list[tuple[Passage, str]]]],
    copies: Mapping[str, str],
) -> None:
    """Write ``posts``, each with its passages and their fingerprints, for :class:`Store` to open.

    ``copies`` names the original of each post that is a copy, by id. A passage's ordinal in the
    generation is its position in the whole input. Raises OSError if the disk refuses.
    """
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_SCHEMA)
        ordinal = 0
        for row, (post, passages) in enumerate(posts):
            connection.execute(
                "INSERT INTO posts VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                (row, *_post_values(post, copies.get(post.id))),
            )
            connection.executemany(
                "INSERT INTO tags VALUES (?, ?, ?)",
                [(row, tag, tag.casefold()) for tag in post.tags],
            )
            for passage, fingerprint in passages:
                connection.execute(
                    "INSERT INTO passages VALUES (?,?,?,?,?,?,?,?)",
                    (ordinal, row, *_passage_values(passage), fingerprint),
                )
                ordinal += 1
        connection.commit()
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


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
        json.dumps(pack_blocks(post.blocks)),
        None if post.author is None else post.author.casefold(),  # SQLite folds ASCII only
    )


def _passage_values(passage: Passage) -> tuple[int | str, ...]:
    return (
        passage.ordinal,
        passage.start,
        passage.end,
        json.dumps(passage.heading_path),
        json.dumps(passage.sentences),
    )


def _post_record(values: list[Any]) -> PostRecord:
    id, place, title, url, author, published, tags, text, copy_of = values
    return PostRecord(
        id, place, title, url, author, _date(published), tuple(json.loads(tags)), text, copy_of
    )


def _passage(post: PostRecord, values: list[Any]) -> Passage:
    number, start, end, heading_path, sentences = values
    return Passage(
        id=f"{post.id}.{number}",
        post_id=post.id,
        ordinal=number,
        text=post.text[start:end],
        heading_path=tuple(json.loads(heading_path)),
        start=start,
        end=end,
        sentences=tuple(Span(*span) for span in json.loads(sentences)),
    )


def _date(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
