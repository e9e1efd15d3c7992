"""The record in SQLite where the disk, another process or another version is in its way."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qa import record_sql
from qa.errors import RecordError
from qa.record_sql import SqlRecord, erase
from tests.contracts.record import NOON, asked, judgment

HINT = "Free some space or mend the permissions; a damaged file can be moved away."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "questions.sqlite"


@pytest.fixture
def record(path: Path) -> Iterator[SqlRecord]:
    record = SqlRecord(path)
    yield record
    record.close()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for no lock, and tries again at once after a failure."""
    monkeypatch.setattr(record_sql, "_BUSY_MS", 0)
    monkeypatch.setattr(record_sql, "_PAUSE_S", 0.0)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.name == "qa.record_sql"]


def test_who_only_looks_makes_no_file(record: SqlRecord, path: Path) -> None:
    assert record.earlier("how", 9) == []
    assert record.answered(9) == []
    assert record.judged(9) == []
    assert record.forget(NOON) == 0
    assert not path.exists()


def test_what_was_kept_is_there_again(record: SqlRecord, path: Path) -> None:
    record.keep(asked("1", "How do I open?"))
    record.judge(judgment("1"))
    record.close()
    again = SqlRecord(path)
    assert again.earlier("how", 9) == ["How do I open?"]
    assert [each.feedback for each in again.judged(9)] == [judgment("1")]
    again.close()


@pytest.mark.usefixtures("hurried")
def test_while_another_writes_answers_are_not_kept_and_that_is_said_once(
    record: SqlRecord, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "qa.record_sql")
    record.keep(asked("1", "How do I open?"))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        record.keep(asked("2", "How do I close?"))
        record.keep(asked("3", "How do I close?"))
        with pytest.raises(RecordError) as caught:
            record.judge(judgment("1"))
        other.execute("ROLLBACK")
        assert record.earlier("how", 9) == ["How do I open?"]
    message = f"{path} cannot be used: database is locked."
    assert (caught.value.message, caught.value.hint) == (message, HINT)
    record.keep(asked("4", "How do I close?"))
    assert len(record.earlier("how", 9)) == 2
    assert warnings(caplog) == [
        f"Questions are not kept: {message} {HINT}",
        f"Questions are kept again in {path}.",
    ]


def test_after_a_failure_no_answer_waits_for_a_while(record: SqlRecord, path: Path) -> None:
    path.mkdir()
    record.keep(asked("1", "How do I open?"))
    path.rmdir()
    record.keep(asked("2", "How do I open?"))
    assert not path.exists()


@pytest.mark.usefixtures("hurried")
def test_a_full_disk_keeps_nobody_from_an_answer(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def configure(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count = 40")

    monkeypatch.setattr(record_sql, "_configure", configure)
    record = SqlRecord(path)
    record.keep(asked("1", "How do I open?"))
    record.keep(asked("2", "x" * 200_000))
    assert warnings(caplog) == [
        f"Questions are not kept: {path} cannot be used: database or disk is full. {HINT}"
    ]
    assert [each.times for each in record.answered(9)] == [1]
    record.judge(judgment("1"))
    record.close()


@pytest.mark.usefixtures("hurried")
def test_a_damaged_file_is_named_and_left_alone(
    record: SqlRecord, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(b"These are no tables. " * 99)
    record.keep(asked("1", "How do I open?"))
    message = f"{path} cannot be used: file is not a database."
    assert warnings(caplog) == [f"Questions are not kept: {message} {HINT}"]
    with pytest.raises(RecordError) as caught:
        record.judged(9)
    assert caught.value.message == message
    assert path.read_bytes() == b"These are no tables. " * 99


def test_a_file_of_another_version_is_left_alone(record: SqlRecord, path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 9")
    with pytest.raises(RecordError) as caught:
        record.judge(judgment("1"))
    assert caught.value.message == f"{path} has format 9; this blogqa reads 1."
    assert caught.value.hint == "Move it away, or use the blogqa that made it."


def test_a_write_that_fails_leaves_nothing_half_done(record: SqlRecord) -> None:
    record.keep(asked("1", "How do I open?"))
    record.keep(asked("1", "How do I close?"))  # the id is taken
    assert record.earlier("how", 9) == ["How do I open?"]


KEEP = """
import sys
from pathlib import Path
from qa.record_sql import SqlRecord
from tests.contracts.record import asked, judgment
record, name = SqlRecord(Path(sys.argv[1])), sys.argv[2]
for number in range(40):
    record.keep(asked(f"{name}{number}", "How do I open?", number))
    record.judge(judgment(f"{name}{number}"))
"""


def test_processes_may_write_at_once(record: SqlRecord, path: Path) -> None:
    command = [sys.executable, "-c", KEEP, str(path)]
    root = Path(__file__).parent.parent
    started = [subprocess.Popen([*command, name], cwd=root) for name in "abc"]
    assert [each.wait() for each in started] == [0, 0, 0]
    assert [each.times for each in record.answered(9)] == [120]
    assert len(record.judged(999)) == 120


def test_what_is_forgotten_is_not_left_in_the_file(record: SqlRecord, path: Path) -> None:
    record.keep(asked("1", "What does the zebra merger cost?"))
    record.forget(NOON + timedelta(days=1))
    record.close()  # the last to close it writes the log into the file
    assert b"zebra" not in path.read_bytes()
    assert not path.with_name("questions.sqlite-wal").exists()


def test_erased_is_all_of_it(record: SqlRecord, path: Path) -> None:
    record.keep(asked("1", "How do I open?"))
    assert sorted(each.name for each in path.parent.iterdir()) == [
        *("questions.sqlite", "questions.sqlite-shm", "questions.sqlite-wal")
    ]
    erase(path)
    erase(path)
    assert list(path.parent.iterdir()) == []


def test_what_cannot_be_erased_is_named(path: Path) -> None:
    path.mkdir()
    with pytest.raises(RecordError, match=f"{path} cannot be removed: Is a directory") as caught:
        erase(path)
    assert caught.value.hint.startswith("No questions are to be kept")
