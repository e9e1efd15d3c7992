"""The command ``blogqa adapt``: what it takes, prints, and how it fails."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from index.lock import build_lock
from qa.cli import app
from qa.imports import import_source
from qa.settings import Settings
from tests.lessons import make_learner, texts


@pytest.fixture(scope="module")
def learner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_learner(tmp_path_factory.mktemp("models") / "learner")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty home with encoders of its own: tiny ones have no place among those that are kept."""
    return replace(Settings(), home=tmp_path / "home")


@pytest.fixture
def home(settings: Settings, write_posts: Callable[[dict[str, str]], Path]) -> Path:
    """A home of 60 posts."""
    posts = {
        f"{number}.md": f"---\ntitle: {title}\n---\n{text}\n"
        for number, (title, text) in enumerate(texts())
    }
    import_source(settings, write_posts(posts))
    return settings.home


def run(home: Path, *arguments: str, code: int = 0) -> Result:
    result = CliRunner(env={"COLUMNS": "80"}).invoke(
        app, ["adapt", "--home", str(home), *arguments]
    )
    assert result.exit_code == code, result.output
    return result


def test_without_a_gain_it_says_so_and_leaves_nothing(home: Path, learner: Path) -> None:
    data = json.loads(run(home, "--model", str(learner), "--json").stdout)
    assert (data["kept"], data["model"], data["base"]) == (False, None, str(learner))
    assert (data["posts"], data["learned_pairs"], data["held_pairs"]) == (60, 39, 15)
    assert data["difference"]["low"] <= 0
    assert [path.name for path in (home / "models").iterdir()] == [".lock"]


def test_an_archive_of_five_posts_is_refused_with_what_is_needed(
    settings: Settings, write_posts: Callable[[dict[str, str]], Path], learner: Path
) -> None:
    posts = {f"{number}.md": f"---\ntitle: On {number}\n---\nRing.\n" for number in range(5)}
    import_source(settings, write_posts(posts))
    result = run(settings.home, "--model", str(learner), code=1)
    assert result.stdout == ""
    assert result.stderr.splitlines()[-2:] == [
        "Error: The archive has 5 posts to learn from; at least 40 are needed.",
        "A post counts that has a title, headings or enough sentences. Import more: "
        "blogqa import SOURCE",
    ]


def test_an_error_is_json_where_that_is_wanted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "accelerate", None)
    assert json.loads(run(home, "--json", code=1).stdout) == {
        "error": {
            "code": "adapt_error",
            "message": "Training needs packages that are not installed: accelerate.",
            "hint": "Install them: pip install 'blogqa[adapt]'",
        }
    }


def test_a_second_one_is_told_who_is_at_it(home: Path) -> None:
    with build_lock(home / "models", "adaptation"):
        result = run(home, code=1)
    assert f"Another adaptation is at work in {home / 'models'}: process" in result.stderr


def test_without_an_archive_it_says_what_to_do_first(tmp_path: Path) -> None:
    assert "blogqa import SOURCE" in run(tmp_path / "none", code=1).stderr
