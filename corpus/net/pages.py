"""What was fetched of a website, remembered from one import to the next, in one SQLite file.

A page is remembered as what was found in it, never as it came: its HTML holds the names of those
who commented. Each page is committed when it is done, so that an import that was broken off goes on
where it was. (The standard library's sqlite3 is all this needs: two tables, one writer.)
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, Self, get_args

from corpus.errors import SourceError
from corpus.markup.article import Article
from corpus.net.page import Lead, Named, Outcome, Page, packed
from corpus.net.scope import key

FORMAT = 1
RESUMABLE_S = 24 * 3600.0
"""After this time without a page an unfinished crawl is not gone on with: what it has is old."""


_LISTED = {"sitemap", "pages"}
_NAMED: tuple[Named, ...] = get_args(Named)
_SCHEMA = f"""
CREATE TABLE crawls (location TEXT, crawl INTEGER, finished INTEGER);
INSERT INTO crawls VALUES ('', 0, 1);
CREATE TABLE pages (
    number INTEGER PRIMARY KEY, key TEXT UNIQUE, url TEXT, named TEXT DEFAULT '',
    modified TEXT DEFAULT '', found INTEGER, listed INTEGER, waiting INTEGER,
    asked INTEGER DEFAULT 0, at REAL,
    outcome TEXT DEFAULT '', reason TEXT DEFAULT '', etag TEXT, last_modified TEXT,
    read_by TEXT DEFAULT '', post TEXT, left_out TEXT DEFAULT '', same_as TEXT,
    links TEXT DEFAULT '[]', feeds TEXT DEFAULT '[]'
);
CREATE INDEX queue ON pages (post IS NOT NULL, modified DESC, number) WHERE waiting;
PRAGMA user_version = {FORMAT};
"""


_COLUMNS = ", ".join(field.name for field in fields(Page))


class Pages:
    """The pages of one website; a context manager.

    ``path`` is the file, or None to remember nothing after the end; ``location`` the website. What
    is there of another website is forgotten. SourceError if the file cannot be used, or is in use.
    """

    def __init__(
        self, path: Path | None, location: str, now: Callable[[], float] = time.time
    ) -> None:
        self._path = path
        self._now = now
        try:
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path or ":memory:", timeout=1.0, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise self._error(error) from error
        self._file.row_factory = sqlite3.Row
        try:
            self._open(location)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _open(self, location: str) -> None:
        with self._errors():
            # Two imports of one site would each take the other's pages for its own.
            self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._file.execute("PRAGMA synchronous = NORMAL")
            (version,) = self._file.execute("PRAGMA user_version").fetchone()
            if version == 0:
                self._file.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
            elif version != FORMAT:
                raise SourceError(
                    f"{self._path}: has format {version}; this blogqa reads {FORMAT}.",
                    "Delete the file: the next import fetches the whole site again.",
                )
        with self._changing():
            (known,) = self._file.execute("SELECT location FROM crawls").fetchone()
            if known != location:
                self._file.execute("DELETE FROM pages")
                self._file.execute("UPDATE crawls SET location = ?, finished = 1", (location,))
        (self.crawl, self._finished) = self._file.execute(
            "SELECT crawl, finished FROM crawls"
        ).fetchone()

    def begin(self) -> None:
        """Begin a crawl, or go on with the one that was broken off."""
        with self._changing():
            (last,) = self._file.execute("SELECT max(at) FROM pages").fetchone()
            if self._finished or (last or 0) < self._now() - RESUMABLE_S:
                self.crawl += 1
                self._file.execute("UPDATE crawls SET crawl = ?, finished = 0", (self.crawl,))
                # The feed shows the newest posts: what was one of them is still a post.
                self._file.execute(
                    "UPDATE pages SET waiting = post IS NOT NULL,"
                    " named = CASE named WHEN 'feed' THEN named ELSE '' END"
                )
            else:
                self._file.execute(
                    "UPDATE pages SET waiting = 1, asked = 0"
                    " WHERE asked = ? AND outcome = 'failed'",
                    (self.crawl,),
                )
        self._finished = False

    def finish(self) -> None:
        """End the crawl; forget what it did not find any more."""
        with self._changing():
            # A post that has moved is known at its new address.
            self._file.execute(
                "UPDATE pages SET post = NULL WHERE outcome = 'moved' AND same_as IN"
                " (SELECT key FROM pages WHERE post IS NOT NULL AND outcome = 'read')"
            )
            self._file.execute("DELETE FROM pages WHERE found < ? AND post IS NULL", (self.crawl,))
            self._file.execute("UPDATE crawls SET finished = 1")
        self._finished = True

    def add(self, leads: Iterable[Lead]) -> None:
        """Have what ``leads`` lead to asked for in this crawl."""
        with self._changing():
            for lead in leads:
                self._add(lead.url, lead.named, lead.modified)

    def add_linked(self, most: int) -> None:
        """Have what the pages asked for in this crawl link to asked for too.

        No more is added once ``most`` addresses are known.
        """
        with self._changing():
            rows = self._file.execute(
                "SELECT number FROM pages WHERE asked = ? AND outcome = 'read' ORDER BY number",
                (self.crawl,),
            ).fetchall()
            for (number,) in rows:
                query = "SELECT links FROM pages WHERE number = ?"
                if self.size >= most:
                    break
                (links,) = self._file.execute(query, (number,)).fetchone()
                for url in json.loads(links):
                    self._add(url)

    def _add(self, url: str, named: Named = "", modified: str = "") -> None:
        row = self._file.execute(
            "SELECT found, listed, named, modified FROM pages WHERE key = ?", (key(url),)
        ).fetchone()
        listed = self.crawl if named in _LISTED else 0
        if row is None:
            self._file.execute(
                "INSERT INTO pages (key, url, named, modified, found, listed, waiting)"
                " VALUES (?, ?, ?, ?, ?, ?, 1)",
                (key(url), url, named, modified, self.crawl, listed),
            )
            return
        if row["found"] == self.crawl and named in {"", row["named"]}:
            return
        self._file.execute(
            "UPDATE pages SET named = ?, modified = ?, found = ?, listed = ?, waiting = asked < ?"
            " WHERE key = ?",
            (
                max(named, row["named"], key=_NAMED.index),
                modified or row["modified"],
                self.crawl,
                max(listed, row["listed"]),
                self.crawl,
                key(url),
            ),
        )

    def settle(self, page: Page, outcome: Outcome, reason: str = "") -> None:
        """Remember what came of asking for ``page`` without reading it anew."""
        with self._changing():
            self._settle(page.key, outcome, reason)
            if outcome == "gone":
                self._update(page.key, post=None, read_by="", etag=None, last_modified=None)

    def move(self, page: Page, url: str) -> Page:
        """Remember that ``page`` leads to ``url``, and give what is known of that."""
        with self._changing():
            self._settle(page.key, "moved")
            self._update(page.key, same_as=key(url), read_by="", etag=None, last_modified=None)
            # The feed's word for it holds for its own addresses: posts that are gone lead anywhere.
            self._add(url, "" if page.named == "feed" else page.named)
        target = self.page(url)
        assert target
        return target

    def keep(
        self,
        page: Page,
        *,
        read_by: str,
        etag: str | None,
        last_modified: str | None,
        post: Article | None,
        left_out: str,
        links: Iterable[str],
        feeds: Iterable[str],
        found: Iterable[str],
    ) -> None:
        """Remember what was read on ``page``, and have the addresses ``found`` there asked for."""
        same_as = key(post.url) if post and post.url else None
        with self._changing():
            self._settle(page.key, "read")
            self._update(
                page.key,
                read_by=read_by,
                etag=etag,
                last_modified=last_modified,
                post=None if post is None else packed(post),
                left_out=left_out,
                same_as=same_as,
                links=json.dumps(list(links)),
                feeds=json.dumps(list(feeds)),
            )
            for url in found:
                self._add(url)

    def page(self, url: str) -> Page | None:
        """What is known of the page at ``url``, in whatever form that is written."""
        found = self._select("WHERE key = ?", (key(url),))
        return next(found, None)

    def next_waiting(self, beside: set[str]) -> Page | None:
        """The page to ask for next, beside those with the keys ``beside``.

        New ones come before those that were known, as there may be an end to asking.
        """
        order = "ORDER BY post IS NOT NULL, modified DESC, number LIMIT ?"
        found = self._select(f"WHERE waiting {order}", (len(beside) + 1,))
        return next((page for page in found if page.key not in beside), None)

    def all(self) -> Iterator[Page]:
        """All pages in the order of their addresses."""
        return self._select("ORDER BY url", ())

    @property
    def size(self) -> int:
        """How many addresses are known, about."""
        return self._number("SELECT max(number) FROM pages")

    @property
    def waiting(self) -> int:
        """How many pages are still to be asked for in this crawl."""
        return self._number("SELECT count(*) FROM pages WHERE waiting")

    @property
    def asked(self) -> int:
        """How many pages have been asked for in this crawl."""
        return self._number(
            "SELECT count(*) FROM pages WHERE asked = :crawl AND outcome != 'refused'"
        )

    @property
    def lists_posts(self) -> bool:
        """Whether a sitemap names one of the posts that were read in this crawl."""
        return bool(
            self._number(
                "SELECT EXISTS (SELECT 1 FROM pages"
                " WHERE listed = :crawl AND asked = :crawl AND outcome = 'read'"
                " AND post IS NOT NULL)"
            )
        )

    def _number(self, query: str) -> int:
        with self._errors():
            return self._file.execute(query, {"crawl": self.crawl}).fetchone()[0] or 0

    def _select(self, rest: str, values: tuple[Any, ...]) -> Iterator[Page]:
        with self._errors():
            for row in self._file.execute(f"SELECT {_COLUMNS} FROM pages {rest}", values):
                yield Page(**dict(row))

    def _settle(self, key: str, outcome: Outcome, reason: str = "") -> None:
        self._update(
            key, outcome=outcome, reason=reason, asked=self.crawl, at=self._now(), waiting=0
        )

    def _update(self, key: str, **values: object) -> None:
        names = ", ".join(f"{name} = ?" for name in values)
        self._file.execute(f"UPDATE pages SET {names} WHERE key = ?", (*values.values(), key))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._errors():
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._roll_back()
                raise
            try:
                self._file.execute("COMMIT")
            except sqlite3.Error:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        # After some errors, a full disk among them, SQLite may have done it by itself.
        if self._file.in_transaction:
            self._file.execute("ROLLBACK")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._error(error) from error

    def _error(self, error: Exception) -> SourceError:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            return SourceError(
                f"{self._path}: is in use by another import of this site.",
                "Wait until that has ended, then import again.",
            )
        return SourceError(
            f"{self._path}: what was fetched cannot be remembered there ({error}).",
            "Free some space, or delete the file: the next import fetches the whole site again.",
        )
