"""The command ``blogqa evaluate``: what it prints and writes, and how it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from qa.cli import app
from qa.judgments import read_set
from qa.settings import Settings
from tests import judged


@pytest.fixture(scope="module")
def home(make_home: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory) -> Path:
    posts = judged.write_posts(tmp_path_factory.mktemp("judged") / "posts")
    return make_home(posts).home


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return judged.write_set(tmp_path / "small")


def evaluate(*arguments: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["evaluate", *(str(each) for each in arguments)])
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_figures_are_printed_and_a_later_run_is_held_against_the_first(
    small: Path, home: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "runs" / "first.json"
    first = evaluate(small, "--home", home, "--save", saved)
    lines = [" ".join(line.split()) for line in first.stdout.splitlines()]
    assert lines[0] == "small: 4 questions over 3 posts, 3 passages, all-MiniLM-L6-v2"
    assert "blogqa 1.000 1.000 1.000 1.000 1.000 1.000 1.000" in lines
    assert not any("BM25" in line for line in lines)
    floors = tmp_path / "floors.json"
    pinned = {"digest": read_set(small).digest, "floors": {"single nDCG@5": 1.0}}
    floors.write_text(json.dumps({"small": pinned}))
    second = evaluate(
        small, "--home", home, "--against", saved, "--baselines", "--floors", floors, "--json"
    )
    data = json.loads(second.stdout)
    others = [each["other"] for each in data["summary"]["versus"] if each["kind"] == "single"]
    assert others == ["with another's history", "BM25", "dense", "rank fusion", "the saved run"]
    again = json.loads(saved.read_text())
    assert data["systems"]["blogqa"] == again["systems"]["blogqa"]
    assert [each["ranking"] for each in data["outcomes"]] == [
        each["ranking"] for each in again["outcomes"]
    ]


def test_a_figure_below_its_floor_is_a_failure(small: Path, home: Path, tmp_path: Path) -> None:
    digest = read_set(small).digest
    file = tmp_path / "floors.json"
    floors = {"single nDCG@5": 1.0, "covered questions answered": 1.01}
    file.write_text(json.dumps({"small": {"digest": digest, "floors": floors}}))
    result = evaluate(small, "--home", home, "--floors", file, code=1)
    assert " ".join(result.stderr.split()) == (
        "Below its floor: covered questions answered is 1.0000, pinned at 1.0100."
    )


def test_what_cannot_be_used_is_named(small: Path, home: Path, tmp_path: Path) -> None:
    (small / "qrels.tsv").write_text(f"{judged.HEADER}\nq1\tgone\t1\tx\n")
    result = evaluate(small, "--home", home, code=1)
    assert result.stdout == ""
    assert "has a judgment of 'gone', which is not in the archive." in result.stderr
    assert "Traceback" not in result.stderr
    body = json.loads(evaluate(tmp_path, "--json", code=1).stdout)
    assert body["error"]["code"] == "judgments_error"


def test_a_file_that_cannot_be_written_is_named(small: Path, home: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    result = evaluate(small, "--home", home, "--save", blocked / "run.json", code=1)
    assert f"{blocked}/run.json cannot be written: " in result.stderr


def test_an_option_of_building_is_wrong_where_nothing_is_built(small: Path, home: Path) -> None:
    result = evaluate(small, "--home", home, "--passage-tokens", "100", code=2)
    assert " ".join(result.stderr.split()) == (
        "Error: --passage-tokens changes nothing here: the index in use is asked as it is. "
        "Name the posts that were judged with --posts, or leave it out."
    )
