"""What the bot remembers, in one SQLite file that restarts and several processes share.

Deliveries are known by key, so that each question is taken once. A question stays a job until its
answer is out; a job belongs to the process that took it as long as that renews its lease.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from web.slack.errors import SlackStoreError
from web.slack.types import Job

FILE = "slack.sqlite"
MOST_TURNS = 10
"""Earlier questions that are remembered of a thread; the API takes as many."""
RECENT_S = 30 * 60
"""How long a question outside any thread counts as one of the same conversation."""

_KEEP_KEYS_S = 7 * 24 * 3600
_KEEP_TURNS_S = 90 * 24 * 3600
_KEEP_ANSWERS_S = 30 * 24 * 3600
_MOST_ANSWERS = 5_000
_TIDY_EVERY = 200  # deliveries
_WAIT_FOR_LOCK_S = 5.0

_TABLES = """
CREATE TABLE IF NOT EXISTS deliveries (key TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, body TEXT NOT NULL, busy INTEGER NOT NULL,
    owner TEXT NOT NULL, leased_until REAL NOT NULL, sending INTEGER NOT NULL, at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS turns (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, thread TEXT NOT NULL, question TEXT NOT NULL,
    at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS turns_by_thread ON turns (channel, thread, id);
CREATE TABLE IF NOT EXISTS answers (
    id TEXT PRIMARY KEY, question TEXT NOT NULL, body TEXT NOT NULL, aloud INTEGER NOT NULL,
    at REAL NOT NULL
) WITHOUT ROWID;
"""


class Store:
    """The file at ``path``, made where there is none. For one thread.

    Every method raises SlackStoreError if the file cannot be read or written.
    """

    def __init__(self, path: Path, *, owner: str, now: Callable[[], float] = time.time) -> None:
        self._path = path
        self._owner = owner
        self._now = now
        self._taken = 0
        with self._reporting():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                path, timeout=_WAIT_FOR_LOCK_S, isolation_level=None, check_same_thread=False
            )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_TABLES)
        path.chmod(0o600)

    def close(self) -> None:
        """Give back what this process took and did not finish, and close the file."""
        with self._changing():
            self._db.execute("UPDATE jobs SET leased_until = 0 WHERE owner = ?", [self._owner])
        self._db.close()

    def claim(self, *keys: str) -> bool:
        """Whether none of ``keys`` was there before; from now on all are."""
        with self._changing():
            return self._claim(keys)

    def release(self, key: str) -> None:
        """Forget ``key``, since what it stood for could not be done."""
        with self._changing():
            self._db.execute("DELETE FROM deliveries WHERE key = ?", [key])

    def accept(self, job: Job, *keys: str, most_waiting: int) -> Job | None:
        """The job as it now waits, or None where it or one of ``keys`` came before.

        It is marked busy where ``most_waiting`` others wait.
        """
        with self._changing():
            if not self._claim((job.key, *keys)):
                return None
            waiting = self._db.execute("SELECT count(*) FROM jobs WHERE NOT busy").fetchone()[0]
            job = replace(job, busy=waiting >= most_waiting)
            self._db.execute(
                "INSERT INTO jobs VALUES (NULL, ?, ?, ?, '', 0, 0, ?)",
                [job.key, json.dumps(asdict(job)), job.busy, self._now()],
            )
        self._taken += 1
        if self._taken % _TIDY_EVERY == 0:
            self.tidy()
        return job

    def take(self, lease_s: float) -> tuple[Job, bool] | None:
        """A job that nobody is at, the oldest first, those that are only told to wait before all.

        With it, whether an earlier attempt may have sent its answer already.
        """
        with self._changing():
            row = self._db.execute(
                "UPDATE jobs SET owner = ?, leased_until = ? WHERE id = (SELECT id FROM jobs "
                "WHERE leased_until <= ? ORDER BY busy DESC, id LIMIT 1) RETURNING body, sending",
                [self._owner, self._now() + lease_s, self._now()],
            ).fetchone()
        return None if row is None else (Job(**json.loads(row[0])), bool(row[1]))

    def renew(self, lease_s: float) -> None:
        """Go on holding what this process took."""
        with self._changing():
            self._db.execute(
                "UPDATE jobs SET leased_until = ? WHERE owner = ? AND leased_until > 0",
                [self._now() + lease_s, self._owner],
            )

    def sending(self, key: str) -> bool:
        """Whether the answer to ``key`` may be sent by this process; it is noted that it may be."""
        with self._changing():
            changed = self._db.execute(
                "UPDATE jobs SET sending = 1 WHERE key = ? AND owner = ?", [key, self._owner]
            )
            return changed.rowcount == 1

    def done(self, key: str) -> None:
        """The job is answered."""
        with self._changing():
            self._db.execute("DELETE FROM jobs WHERE key = ?", [key])

    def waiting(self) -> int:
        """Jobs that are not answered."""
        with self._reporting():
            count: int = self._db.execute("SELECT count(*) FROM jobs").fetchone()[0]
            return count

    def remember(self, job: Job, question: str) -> None:
        """Note ``question`` as the last of the job's thread."""
        place = [job.channel, job.thread]
        with self._changing():
            self._db.execute(
                "INSERT INTO turns VALUES (NULL, ?, ?, ?, ?)", [*place, question, self._now()]
            )
            self._db.execute(
                "DELETE FROM turns WHERE channel = ? AND thread = ? AND id NOT IN (SELECT id "
                "FROM turns WHERE channel = ? AND thread = ? ORDER BY id DESC LIMIT ?)",
                [*place, *place, MOST_TURNS],
            )

    def history(self, job: Job) -> list[str]:
        """The earlier questions of the job's conversation, oldest first, at most ten."""
        since = 0.0 if job.thread_ts else self._now() - RECENT_S
        with self._reporting():
            rows = self._db.execute(
                "SELECT question FROM turns WHERE channel = ? AND thread = ? AND at >= ? "
                "ORDER BY id",
                [job.channel, job.thread, since],
            ).fetchall()
        return [question for (question,) in rows]

    def joined(self, channel: str, thread_ts: str) -> bool:
        """Whether the bot has answered in this thread."""
        with self._reporting():
            found = self._db.execute(
                "SELECT 1 FROM turns WHERE channel = ? AND thread = ? LIMIT 1", [channel, thread_ts]
            ).fetchone()
        return found is not None

    def keep(self, question: str, body: Mapping[str, Any], *, aloud: bool) -> None:
        """Keep an answer of the API, so that its buttons work later.

        ``aloud`` tells that the question was asked where others see it.
        """
        with self._changing():
            self._db.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)",
                [body["id"], question, json.dumps(body), aloud, self._now()],
            )

    def asked_aloud(self) -> list[str]:
        """Questions that were asked where others see them, the latest first, at most a hundred."""
        with self._reporting():
            rows = self._db.execute(
                "SELECT question FROM answers WHERE aloud ORDER BY at DESC LIMIT 100"
            ).fetchall()
        return [question for (question,) in rows]

    def kept(self, answer_id: str) -> tuple[str, dict[str, Any]] | None:
        """The question and the body of an answer; None if it is not kept any more."""
        with self._reporting():
            row = self._db.execute(
                "SELECT question, body FROM answers WHERE id = ?", [answer_id]
            ).fetchone()
        return None if row is None else (row[0], json.loads(row[1]))

    def tidy(self) -> None:
        """Drop what is too old to be needed."""
        now = self._now()
        with self._changing():
            self._db.execute(
                "DELETE FROM deliveries WHERE at < ? AND key NOT LIKE 'drilled:%'",
                [now - _KEEP_KEYS_S],
            )
            self._db.execute("DELETE FROM turns WHERE at < ?", [now - _KEEP_TURNS_S])
            self._db.execute(
                "DELETE FROM answers WHERE at < ? OR id NOT IN "
                "(SELECT id FROM answers ORDER BY at DESC LIMIT ?)",
                [now - _KEEP_ANSWERS_S, _MOST_ANSWERS],
            )

    def _claim(self, keys: tuple[str, ...]) -> bool:
        marks = ", ".join("?" * len(keys))
        known = self._db.execute(f"SELECT 1 FROM deliveries WHERE key IN ({marks})", keys)
        new = known.fetchone() is None
        rows = [(key, self._now()) for key in keys]
        self._db.executemany("INSERT OR IGNORE INTO deliveries VALUES (?, ?)", rows)
        return new

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One transaction, which sees and keeps what other processes wrote."""
        with self._reporting():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise SlackStoreError(
                f"{self._path} cannot be used: {error}.",
                "See that the disk has room and the file can be written; it can be moved away.",
            ) from error
