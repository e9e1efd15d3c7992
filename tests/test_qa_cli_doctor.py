"""The command ``blogqa doctor``: what it prints, its exit code, and that it changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from qa.cli import app
from qa.settings import Settings
from tests import checkups

BLOGQA = Path(sys.executable).with_name("blogqa")


@pytest.fixture
def home(whole: Settings, tmp_path: Path) -> Settings:
    return checkups.copy_of(whole, tmp_path / ".blogqa")


def doctor(*arguments: str, code: int) -> Result:
    result = CliRunner().invoke(app, ["doctor", *arguments])
    assert result.exit_code == code, result.output
    return result


def test_a_whole_home_has_no_problem(home: Settings) -> None:
    lines = doctor(code=0).stdout.splitlines()
    assert lines[0].startswith("✓ The home folder is ")
    assert lines[-1] == "No problem found."
    assert {line[0] for line in lines[:-1]} == {"✓"}


def test_a_warning_is_no_failure(home: Settings) -> None:
    home.archive_file.unlink()
    lines = doctor(code=0).stdout.splitlines()
    assert lines[0].startswith("! There is no archive at .blogqa/archive.sqlite")
    assert lines[-1] == "1 warning"


def test_an_error_is_one_and_comes_first(home: Settings) -> None:
    (checkups.generation(home) / "vectors.faiss").unlink()
    result = doctor(code=1)
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    name = checkups.generation(home).name
    assert lines[:2] == [
        f"✗ .blogqa/index/generations/{name}/vectors.faiss is missing.",
        "  Build it again: blogqa build",
    ]
    assert lines[-1] == "1 error"


def test_findings_are_printed_as_json(home: Settings) -> None:
    (home.index_folder / "current").unlink()
    result = doctor("--home", ".blogqa", "--json", code=1)
    findings = json.loads(result.stdout)
    assert {tuple(each) for each in findings} == {("name", "severity", "message", "remedy")}
    assert [each for each in findings if each["severity"] == "error"] == [
        {
            "name": "index",
            "severity": "error",
            "message": "There is no index in .blogqa/index.",
            "remedy": "Build it: blogqa build",
        }
    ]
    assert "ok" in {each["severity"] for each in findings}


def test_a_wrong_setting_is_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOGQA_LIMIT", "many")
    result = doctor(code=2)
    assert "'limit' in the environment is 'many'" in result.stderr


def test_nothing_at_all_is_said_without_a_traceback(tmp_path: Path) -> None:
    done = subprocess.run([BLOGQA, "doctor"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        "✗ The home folder .blogqa is not there.\n"
        "  Name the right one with --home, or import posts first: blogqa import SOURCE\n"
        "1 error\n"
    )
    assert list(tmp_path.iterdir()) == []
