"""What the bot remembers, in one SQLite file that restarts and several processes share.

Deliveries are known by key, so that each question is taken once. A question stays a job until its
answer is out; a job belongs to the process that took it as long as that renews its lease.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Taken:
    """A job to be at, with the earlier questions of its conversation, oldest first, at most ten.

    ``maybe_sent`` tells that an earlier attempt may have sent its answer already.
    """

    job: Job
    history: list[str]
    maybe_sent: bool


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

    def take(self, lease_s: float) -> Taken | None:
        """A job that nobody is at, the oldest first, those that are only told to wait before all.

        It is this process's for ``lease_s`` seconds.
        """
        with self._changing():
            return self._take(lease_s)

    def renew(self, keys: Collection[str], lease_s: float) -> int:
        """Go on holding the jobs that ``keys`` name; the number of those that nobody is at."""
        now = self._now()
        with self._changing():
            self._db.executemany(
                "UPDATE jobs SET leased_until = ? WHERE key = ? AND owner = ?",
                [(now + lease_s, key, self._owner) for key in keys],
            )
            free = self._db.execute("SELECT count(*) FROM jobs WHERE leased_until <= ?", [now])
            count: int = free.fetchone()[0]
            return count

    def sending(self, job: Job, body: Mapping[str, Any] | None) -> bool:
        """Whether this process may send its answer to ``job``; it is noted that it may have.

        ``body`` is the answer of the API, if there is one. It is kept, so that its buttons work
        later, and the question is remembered as the last of its thread.
        """
        with self._changing():
            changed = self._db.execute(
                "UPDATE jobs SET sending = 1 WHERE key = ? AND owner = ?", [job.key, self._owner]
            )
            if changed.rowcount != 1:
                return False
            if body is not None:
                self._keep(job.text, body, aloud=job.kind == "mention")
                self._remember(job)
            return True

    def done(self, key: str, next_for_s: float = 0.0) -> Taken | None:
        """The job is answered; with ``next_for_s``, another is taken in its place, if one waits."""
        with self._changing():
            self._db.execute("DELETE FROM jobs WHERE key = ?", [key])
            return self._take(next_for_s) if next_for_s else None

    def waiting(self) -> int:
        """Jobs that are not answered."""
        with self._reporting():
            count: int = self._db.execute("SELECT count(*) FROM jobs").fetchone()[0]
            return count

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
            self._keep(question, body, aloud=aloud)

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

    def _take(self, lease_s: float) -> Taken | None:
        now = self._now()
        row = self._db.execute(
            "UPDATE jobs SET owner = ?, leased_until = ? WHERE id = (SELECT id FROM jobs "
            "WHERE leased_until <= ? ORDER BY busy DESC, id LIMIT 1) RETURNING body, sending",
            [self._owner, now + lease_s, now],
        ).fetchone()
        if row is None:
            return None
        job = Job(**json.loads(row[0]))
        return Taken(job, self._history(job), maybe_sent=bool(row[1]))

    def _history(self, job: Job) -> list[str]:
        since = 0.0 if job.thread_ts else self._now() - RECENT_S
        rows = self._db.execute(
            "SELECT question FROM turns WHERE channel = ? AND thread = ? AND at >= ? ORDER BY id",
            [job.channel, job.thread, since],
        )
        return [question for (question,) in rows]

    def _keep(self, question: str, body: Mapping[str, Any], *, aloud: bool) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)",
            [body["id"], question, json.dumps(body), aloud, self._now()],
        )

    def _remember(self, job: Job) -> None:
        place = [job.channel, job.thread]
        self._db.execute(
            "INSERT INTO turns VALUES (NULL, ?, ?, ?, ?)", [*place, job.text, self._now()]
        )
        self._db.execute(
            "DELETE FROM turns WHERE channel = ? AND thread = ? AND id NOT IN (SELECT id "
            "FROM turns WHERE channel = ? AND thread = ? ORDER BY id DESC LIMIT ?)",
            [*place, *place, MOST_TURNS],
        )

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
