"""The record of questions and feedback in a database: one SQLite file, by way of SQLAlchemy Core.

Each answer is a row. Beside it each question, however often it was asked, is one row of its own, so
that a suggestion while typing needs no look at every answer ever given.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from qa.errors import RecordError, UnknownAnswer, UnknownPassage
from qa.record import Asked, Feedback, Frequent, Judged

SCHEMA_VERSION = 1
_BUSY_MS = 500
"""How long a write waits for another process's, which takes a tenth of a millisecond."""
_PAUSE_S = 5.0
"""How long after a failure nothing more is tried to be kept, so that no answer waits in vain."""
_LAST = "\U0010ffff"

_log = logging.getLogger(__name__)
_metadata = sa.MetaData()


class _Time(sa.TypeDecorator[datetime]):
    """A moment, as microseconds since 1970 in UTC: short, and in the order of time."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else round(value.timestamp() * 1_000_000)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value / 1_000_000, UTC)


_answers = sa.Table(
    "answers",
    _metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("question", sa.String, nullable=False),
    sa.Column("history", sa.JSON, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("confidence", sa.String, nullable=False),
    sa.Column("passages", sa.JSON, nullable=False),
    sa.Column("generation", sa.String, nullable=False),
    sa.Column("at", _Time, nullable=False, index=True),
)
_questions = sa.Table(
    "questions",
    _metadata,
    # The same question in other capitals, or with another question mark, is the same question.
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("question", sa.String, nullable=False),
    sa.Column("searched_with", sa.JSON, nullable=False),
    sa.Column("alone", sa.Boolean, nullable=False),
    sa.Column("answered", sa.Boolean, nullable=False),  # when it was last asked
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("last_at", _Time, nullable=False),
)
_feedback = sa.Table(
    "feedback",
    _metadata,
    sa.Column("answer", sa.ForeignKey("answers.id"), primary_key=True),
    sa.Column("passage", sa.String, primary_key=True),  # "" for the answer as a whole
    sa.Column("by", sa.String, primary_key=True),
    sa.Column("verdict", sa.String, nullable=False),
    sa.Column("reason", sa.String),
    sa.Column("at", _Time, nullable=False),
)

# Made once, so that their SQL is, too.
_KEEP_ANSWER = sa.insert(_answers)
_new = insert(_questions)
_COUNT_QUESTION = _new.on_conflict_do_update(
    index_elements=["key"],
    set_={
        "question": _new.excluded.question,
        "answered": _new.excluded.answered,
        "times": _questions.c.times + 1,
        "last_at": _new.excluded.last_at,
    },
)


class SqlRecord:
    """A :class:`qa.record.Record` in the SQLite file at ``path``, made when it is first used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.Lock()
        self._ready = False
        self._failing = False
        self._silent_until = 0.0
        self._engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(path)),
            isolation_level="AUTOCOMMIT",  # transactions are begun by hand
            pool_size=0,  # as many connections as there are threads
        )
        sa.event.listen(self._engine, "connect", _configure)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def keep(self, asked: Asked) -> None:
        """Take in what was asked; what cannot be kept is logged, once until it can be again."""
        if time.monotonic() < self._silent_until:
            return
        try:
            with self._transaction() as connection:
                _keep(connection, asked)
        except RecordError as error:
            if not self._failing:
                _log.warning("Questions are not kept: %s %s", error.message, error.hint)
            self._failing = True
            self._silent_until = time.monotonic() + _PAUSE_S
        else:
            if self._failing:
                _log.info("Questions are kept again in %s.", self.path)
            self._failing = False

    def judge(self, feedback: Feedback) -> None:
        """Take in what somebody thinks; raises UnknownAnswer, UnknownPassage, RecordError."""
        row = {
            "answer": feedback.answer_id,
            "passage": feedback.passage_id or "",
            "by": feedback.by,
            "verdict": feedback.verdict,
            "reason": feedback.reason,
            "at": feedback.at,
        }
        new = insert(_feedback).values(row)
        said = {name: new.excluded[name] for name in ("verdict", "reason", "at")}
        replacing = new.on_conflict_do_update(index_elements=["answer", "passage", "by"], set_=said)
        with self._transaction() as connection:
            _check(connection, feedback.answer_id, feedback.passage_id)
            connection.execute(replacing)

    def withdraw(self, answer_id: str, passage_id: str | None, by: str) -> None:
        """Forget what somebody thinks; raises UnknownAnswer, UnknownPassage, RecordError."""
        with self._transaction() as connection:
            _check(connection, answer_id, passage_id)
            connection.execute(
                sa.delete(_feedback).where(
                    _feedback.c.answer == answer_id,
                    _feedback.c.passage == (passage_id or ""),
                    _feedback.c.by == by,
                )
            )

    def earlier(self, typed: str, limit: int) -> list[str]:
        """Answered questions that stand alone and begin as ``typed``, the most asked first."""
        begins = _folded(typed)
        if not begins or not self._is_there():
            return []
        if typed[-1].isspace():
            begins += " "
        query = _most_asked(sa.select(_questions.c.question), limit).where(
            _questions.c.key >= begins,
            _questions.c.key < begins + _LAST,
            _questions.c.alone,
            _questions.c.answered,
        )
        with self._reading() as connection:
            return list(connection.execute(query).scalars())

    def answered(self, limit: int) -> list[Frequent]:
        """Questions that stand alone and were answered when last asked, the most asked first."""
        query = sa.select(_questions).where(_questions.c.alone, _questions.c.answered)
        return self._frequent(_most_asked(query, limit))

    def missed(self, limit: int) -> list[Frequent]:
        """Questions that were not covered when last asked, the most asked first."""
        query = sa.select(_questions).where(sa.not_(_questions.c.answered))
        return self._frequent(_most_asked(query, limit))

    def _frequent(self, query: sa.Select[Any]) -> list[Frequent]:
        if not self._is_there():
            return []
        with self._reading() as connection:
            return [
                Frequent(row.question, tuple(row.searched_with), row.times, row.last_at)
                for row in connection.execute(query)
            ]

    def judged(self, limit: int) -> list[Judged]:
        """What people thought, the newest first."""
        query = (
            sa.select(_feedback, _answers.c.question, _questions.c.searched_with)
            .join(_answers, _answers.c.id == _feedback.c.answer)
            .join(_questions, _questions.c.key == _answers.c.key)
            .order_by(_feedback.c.at.desc(), _feedback.c.answer, _feedback.c.passage)
            .limit(limit)
        )
        if not self._is_there():
            return []
        with self._reading() as connection:
            return [
                Judged(
                    row.question,
                    tuple(row.searched_with),
                    Feedback(
                        row.answer, row.passage or None, row.verdict, row.reason, row.by, row.at
                    ),
                )
                for row in connection.execute(query)
            ]

    def forget(self, before: datetime) -> int:
        """Remove what was asked earlier, with its feedback; says how many questions those were."""
        old = sa.select(_answers.c.id).where(_answers.c.at < before)
        times = sa.select(_answers.c.key, sa.func.count().label("times"))
        times = times.where(_answers.c.at < before).group_by(_answers.c.key)
        if not self._is_there():
            return 0
        with self._transaction() as connection:
            gone = [{"of": row.key, "fewer": row.times} for row in connection.execute(times)]
            if not gone:
                return 0
            fewer = sa.update(_questions).where(_questions.c.key == sa.bindparam("of"))
            left = _questions.c.times - sa.bindparam("fewer")
            connection.execute(fewer.values(times=left), gone)
            connection.execute(sa.delete(_questions).where(_questions.c.times <= 0))
            connection.execute(sa.delete(_feedback).where(_feedback.c.answer.in_(old)))
            connection.execute(sa.delete(_answers).where(_answers.c.at < before))
        return sum(each["fewer"] for each in gone)

    def _is_there(self) -> bool:
        """Whether anything was kept yet: who only looks makes no file."""
        return self.path.is_file()

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        # One thread at a time: waiting for SQLite's own lock is done by sleeping.
        with self._writing, self._reading() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                if connection.connection.in_transaction:  # a full disk may have ended it already
                    connection.exec_driver_sql("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                if not self._ready:
                    self._prepare(connection)
                yield connection
        except (sa.exc.DatabaseError, OSError) as error:
            reason = error.orig if isinstance(error, sa.exc.DatabaseError) else error
            raise RecordError(
                f"{self.path} cannot be used: {reason}.",
                "Free some space or mend the permissions; a damaged file can be moved away.",
            ) from error

    def _prepare(self, connection: sa.Connection) -> None:
        """Make the tables where there are none; RecordError for those of another version."""
        version = connection.exec_driver_sql("PRAGMA user_version").scalar()
        if version == 0:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                _metadata.create_all(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
        elif version != SCHEMA_VERSION:
            raise RecordError(
                f"{self.path} has format {version}; this blogqa reads {SCHEMA_VERSION}.",
                "Move it away, or use the blogqa that made it.",
            )
        self._ready = True


def erase(path: Path) -> None:
    """Remove the record at ``path``, if there is one. Raises RecordError."""
    try:
        for end in ("", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
    except OSError as error:
        raise RecordError(
            f"{path} cannot be removed: {error.strerror}.",
            "No questions are to be kept, by keep_questions_days: remove it by hand.",
        ) from error


def _keep(connection: sa.Connection, asked: Asked) -> None:
    key = "\n".join(_folded(each) for each in (*asked.searched_with, asked.question))
    answer = {
        "id": asked.id,
        "key": key,
        "question": asked.question,
        "history": asked.history,
        "status": asked.status,
        "confidence": asked.confidence,
        "passages": asked.passages,
        "generation": asked.generation,
        "at": asked.at,
    }
    question = {
        "key": key,
        "question": asked.question,
        "searched_with": asked.searched_with,
        "alone": not asked.searched_with,
        "answered": asked.status == "answered",
        "times": 1,
        "last_at": asked.at,
    }
    connection.execute(_KEEP_ANSWER, answer)
    connection.execute(_COUNT_QUESTION, question)


def _check(connection: sa.Connection, answer_id: str, passage_id: str | None) -> None:
    """Raise UnknownAnswer, UnknownPassage unless that answer was given with that passage."""
    query = sa.select(_answers.c.passages).where(_answers.c.id == answer_id)
    passages = connection.execute(query).scalar()
    if passages is None:
        raise UnknownAnswer(
            f"There is no answer {answer_id!r}.",
            "It is kept no more, or was not given here: ask again, and judge that answer.",
        )
    if passage_id is not None and passage_id not in passages:
        raise UnknownPassage(
            f"The answer {answer_id!r} has no passage {passage_id!r}.",
            f"It has: {', '.join(passages) or 'none'}.",
        )


def _most_asked(query: sa.Select[Any], limit: int) -> sa.Select[Any]:
    order = (_questions.c.times.desc(), _questions.c.last_at.desc(), _questions.c.key)
    return query.order_by(*order).limit(limit)


def _folded(question: str) -> str:
    return " ".join(question.casefold().split()).rstrip("?!. ")


def _configure(connection: Any, _record: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    connection.execute("PRAGMA synchronous = NORMAL")  # after a power cut the last may be missing
    connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is not to be read again
