"""Posts listed and counted: what is told of an archive beside its answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from index.store import Store
from index.types import PostLine

_AT_ONCE = 500  # posts whose texts are held in memory


@dataclass(frozen=True, slots=True)
class PostReading:
    """A post as it is read to tell what it is about; passages by their headings and text."""

    row: int
    title: str
    tags: tuple[str, ...]
    headings: tuple[tuple[str, ...], ...]
    texts: tuple[str, ...]


class Listing:
    """The posts of a store, by what lists and counts are made of; all raise IndexDamaged."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def sources(self) -> list[tuple[str, int]]:
        """Every source with the number of posts that stand in it, most posts first."""
        return self._store.select(
            "SELECT source, count(*) FROM sources GROUP BY source ORDER BY count(*) DESC, source"
        )

    def years(self) -> list[tuple[int, int]]:
        """Every year with the number of posts of it, ascending; undated posts are of none."""
        return self._store.select(
            "SELECT CAST(substr(published, 1, 4) AS INTEGER), count(*) FROM posts "
            "WHERE published IS NOT NULL GROUP BY 1 ORDER BY 1"
        )

    def titles(self, *patterns: str) -> list[tuple[int, str]]:
        """The row and title of each post whose title is like one of ``patterns``, newest first.

        Patterns are SQL's, ASCII letters in any case; without any, of every post.
        """
        where = f"WHERE {' OR '.join(['title LIKE ?'] * len(patterns))} " if patterns else ""
        return self._store.select(
            f"SELECT row, title FROM posts {where}ORDER BY published DESC, id", patterns
        )

    def ids(self) -> list[str]:
        """The ids of all posts, by row."""
        return [id for _, id in sorted(self._store.select("SELECT row, id FROM posts"))]

    def rows(self, ids: Sequence[str]) -> dict[str, int]:
        """The rows of the posts of ``ids``, as far as there are any."""
        marks = ",".join("?" * len(ids))
        return dict(self._store.select(f"SELECT id, row FROM posts WHERE id IN ({marks})", ids))

    def lines(self, rows: Sequence[int] | None = None) -> dict[int, PostLine]:
        """What the posts of ``rows`` are listed by, by row; of all posts without."""
        where = "" if rows is None else f"WHERE row IN ({','.join('?' * len(rows))}) "
        found = self._store.select(
            f"SELECT row, id, title, url, author, published FROM posts {where}ORDER BY row",
            rows or (),
        )
        return {row: _post_line(values) for row, *values in found}

    def neighbours(self, id: str) -> tuple[PostLine | None, PostLine | None]:
        """The posts before and after the one of ``id`` by date, among those of its sources.

        None where it is the first or the last, and for a post without a date.
        """
        return self._beside(id, "<", "DESC"), self._beside(id, ">", "ASC")

    def _beside(self, id: str, sign: str, order: str) -> PostLine | None:
        found = self._store.select(
            "SELECT near.id, near.title, near.url, near.author, near.published "
            "FROM posts AS own JOIN posts AS near "
            f"ON (near.published, near.id) {sign} (own.published, own.id) "
            "WHERE own.id = ? AND EXISTS (SELECT 1 FROM sources WHERE post = near.row "
            "AND source IN (SELECT source FROM sources WHERE post = own.row)) "
            f"ORDER BY near.published {order}, near.id {order} LIMIT 1",
            [id],
        )
        return _post_line(found[0]) if found else None

    def readings(self, rows: Sequence[int]) -> Iterator[PostReading]:
        """The posts of ``rows``, some at a time."""
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
            found = self._store.select(
                "SELECT posts.row, posts.title, posts.tags, posts.text, passages.heading_path, "
                "passages.start, passages.end FROM posts "
                "LEFT JOIN passages ON passages.post = posts.row "
                f"WHERE posts.row IN ({','.join('?' * len(some))}) "
                "ORDER BY posts.row, passages.number",
                some,
            )
            for (row, title, tags, text), group in groupby(found, key=lambda each: each[:4]):
                passages = [each[4:] for each in group if each[4] is not None]
                yield PostReading(
                    row,
                    title,
                    tuple(json.loads(tags)),
                    tuple(tuple(json.loads(headings)) for headings, _, _ in passages),
                    tuple(text[start:end] for _, start, end in passages),
                )

    def headings(self) -> list[str]:
        """Every heading that passages stand under, each once, those of the newest posts first."""
        rows = self._store.select(
            "SELECT DISTINCT passages.heading_path FROM posts "
            "JOIN passages ON passages.post = posts.row WHERE passages.heading_path <> '[]' "
            "ORDER BY posts.published DESC, posts.id, passages.number"
        )
        return list(dict.fromkeys(heading for (path,) in rows for heading in json.loads(path)))


def _post_line(values: Sequence[Any]) -> PostLine:
    id, title, url, author, published = values
    return PostLine(
        id, title, url, author, None if published is None else date.fromisoformat(published)
    )
