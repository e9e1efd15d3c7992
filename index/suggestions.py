"""What a question may go on with: titles, headings and tags by the first letters of their words.

A full-text index of SQLite, FTS5, with the postings of prefixes of one to three letters beside
those of words. What is best stands first in it, so that a look at the first matches is enough.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from index.errors import IndexDamaged
from index.listing import Listing
from index.store import Store
from index.types import Suggestion, SuggestionKind

_MOST_CHARACTERS = 120  # of a title or heading; what is longer is a sentence
_LEAST_CHARACTERS = 3
_LOOKED_AT = 200  # of the matches, in their order of rank, to find the best among
_MOST_WORDS = 8  # of what is typed
_WORDS = re.compile(r"\w+")

# Neither positions nor sizes are kept: nothing is asked for but which rows have words so beginning.
_SCHEMA = """
CREATE TABLE suggestions (rank INTEGER PRIMARY KEY, text TEXT NOT NULL, kind TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (
    text, content='suggestions', content_rowid='rank', detail=none, columnsize=0,
    prefix='1 2 3', tokenize='unicode61 remove_diacritics 2'
);
"""


class Suggestions:
    """The suggestions of a generation, opened for reading. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open what :func:`write_suggestions` wrote to ``path``; else IndexDamaged."""
        self._path = path
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise self._damaged(error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def suggest(self, typed: str, limit: int) -> list[Suggestion]:
        """At most ``limit`` suggestions that have a word beginning with each word of ``typed``.

        First those that begin as ``typed`` does, then tags, titles and headings. None where nothing
        is typed but signs.
        """
        words = _WORDS.findall(typed)[:_MOST_WORDS]
        if not words:
            return []
        try:
            with self._lock:
                rows = self._connection.execute(
                    "SELECT suggestions.text, suggestions.kind FROM words "
                    "JOIN suggestions ON suggestions.rank = words.rowid "
                    "WHERE words MATCH ? ORDER BY words.rowid LIMIT ?",
                    (" ".join(f'"{word}"*' for word in words), _LOOKED_AT),
                ).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error
        start = " ".join(words).casefold()
        rows.sort(key=lambda row: not " ".join(_WORDS.findall(row[0])).casefold().startswith(start))
        return [Suggestion(*row) for row in rows[:limit]]

    def _damaged(self, error: sqlite3.Error) -> IndexDamaged:
        return IndexDamaged(
            f"{self._path} cannot be read: {error}.", "Build it again: blogqa build"
        )


def write_suggestions(path: Path, store: Store) -> None:
    """Write what the posts of ``store`` suggest to ``path``; raises OSError if the disk refuses."""
    kinds: dict[str, tuple[str, SuggestionKind]] = {}  # each text once, under the first kind
    for kind, texts in _texts(store):
        for text in texts:
            if _LEAST_CHARACTERS <= len(text) <= _MOST_CHARACTERS:
                kinds.setdefault(text.casefold(), (text, kind))
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(_SCHEMA)
            connection.executemany(
                "INSERT INTO suggestions (text, kind) VALUES (?, ?)", kinds.values()
            )
            connection.execute("INSERT INTO words (words) VALUES ('rebuild')")
            connection.execute("INSERT INTO words (words) VALUES ('optimize')")
            connection.commit()
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from error


def _texts(store: Store) -> Iterator[tuple[SuggestionKind, Iterable[str]]]:
    yield "tag", (tag for tag, _ in store.tags())
    yield "title", store.titles()
    yield "heading", Listing(store).headings()
