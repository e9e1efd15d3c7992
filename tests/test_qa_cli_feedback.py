"""The command ``blogqa feedback``: what it prints, and that it only looks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qa.cli import app
from qa.record import Feedback
from qa.record_sql import SqlRecord
from qa.settings import Settings
from tests.contracts.record import NOON, asked, judgment


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with two verdicts, one question that was missed and one asked twice."""
    record = SqlRecord(Settings(home=tmp_path / ".blogqa").questions_file)
    record.path.parent.mkdir()
    record.keep(asked("1", "How do I open?"))
    record.keep(asked("2", "How do I open?", 1))
    leaning = replace(
        asked("3", "And in [bold]Peru?", 2, covered=False), searched_with=("Who buys?",)
    )
    record.keep(leaning)
    record.judge(judgment("1"))
    later = NOON + timedelta(days=1)
    record.judge(Feedback("2", "desk.1", "not_helpful", "Too [old].", "U1", later))
    record.close()
    return record.path.parent


def feedback(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["feedback", *arguments])
    assert result.exit_code == code, result.output
    return result.stdout


def test_verdicts_misses_and_what_is_asked_most(home: Path) -> None:
    assert feedback().splitlines() == [
        "Verdicts: 2",
        "✗ not helpful  2026-03-03  How do I open?  desk.1",
        "  Too [old].",
        "✓ helpful      2026-03-02  How do I open?",
        "Not covered: 1",
        "   1 time  And in [bold]Peru? (after: Who buys?)",
        "Asked most: 1",
        "  2 times  How do I open?",
    ]
    assert len(feedback("--limit", "1", "--home", str(home)).splitlines()) == 7


def test_the_same_as_data(home: Path) -> None:
    assert json.loads(feedback("--json")) == {
        "verdicts": [
            {
                "question": "How do I open?",
                "searched_with": [],
                "answer_id": "2",
                "passage_id": "desk.1",
                "verdict": "not_helpful",
                "reason": "Too [old].",
                "by": "U1",
                "at": "2026-03-03T12:00:00+00:00",
            },
            {
                "question": "How do I open?",
                "searched_with": [],
                "answer_id": "1",
                "passage_id": None,
                "verdict": "helpful",
                "reason": None,
                "by": None,
                "at": "2026-03-02T12:00:00+00:00",
            },
        ],
        "missed": [
            {
                "question": "And in [bold]Peru?",
                "searched_with": ["Who buys?"],
                "times": 1,
                "last_at": "2026-03-02T12:02:00+00:00",
            }
        ],
        "answered": [
            {
                "question": "How do I open?",
                "searched_with": [],
                "times": 2,
                "last_at": "2026-03-02T12:01:00+00:00",
            }
        ],
    }


def test_where_nothing_is_kept_it_says_so_and_changes_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    assert feedback("--home", str(elsewhere)) == (
        f"No questions are kept in {elsewhere}/questions.sqlite.\n"
    )
    assert not elsewhere.exists()
    monkeypatch.setenv("BLOGQA_KEEP_QUESTIONS_DAYS", "0")
    assert json.loads(feedback("--json")) == {"verdicts": [], "missed": [], "answered": []}
    assert (home / "questions.sqlite").exists()


def test_a_file_that_cannot_be_read_is_an_error_with_its_name(home: Path) -> None:
    (home / "questions.sqlite").write_bytes(b"These are no tables. " * 99)
    error = json.loads(feedback("--json", code=1))["error"]
    assert error["code"] == "record_unavailable"
    assert error["message"] == ".blogqa/questions.sqlite cannot be used: file is not a database."
