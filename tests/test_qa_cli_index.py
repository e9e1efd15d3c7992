"""The commands about generations: what they do, print, and how they fail."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from index.current import current_folder, current_name
from index.generations import GenerationRecord
from index.lock import build_lock
from qa.cli import app
from qa.imports import import_source
from qa.settings import Settings
from qa.workspace import build_index

BLOGQA = Path(sys.executable).with_name("blogqa")
HEAD = "generation built posts passages size encoder"
UNTIL = "The next blogqa build or blogqa update makes a new one from the archive as it is."


@pytest.fixture(scope="module")
def built_twice(
    make_home: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """A home of two generations: the first knows of desks, the second of ladders too."""
    posts = tmp_path_factory.mktemp("built") / "posts"
    posts.mkdir()
    (posts / "desk.md").write_text("Stand up before you dial a stranger.\n")
    settings = make_home(posts)
    (posts / "ladder.md").write_text("Never lower a price for nothing.\n")
    import_source(settings, posts)
    build_index(settings)
    return settings


@pytest.fixture
def index(built_twice: Settings, tmp_path: Path) -> Path:
    """The index of the default home, free to be spoiled."""
    home = Path(shutil.copytree(built_twice.home, tmp_path / ".blogqa", symlinks=True))
    return home / "index"


@pytest.fixture
def names(index: Path) -> list[str]:
    """The names of the generations, the newest first."""
    return sorted((path.name for path in (index / "generations").iterdir()), reverse=True)


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner(env={"COLUMNS": "80"}).invoke(app, arguments)
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def rows(result: Result) -> list[str]:
    return [row for line in result.stdout.splitlines() if (row := " ".join(line.split()))]


def failure(*arguments: str, code: int = 1) -> str:
    """What a failing command says, the same as data; nothing of it on standard output."""
    result = run(*arguments, code=code)
    assert result.stdout == ""
    said = " ".join(result.stderr.split())
    error = json.loads(run(*arguments, "--json", code=code).stdout)["error"]
    assert said == f"Error: {error['message']} {error['hint']}"
    return said


def passages(index: Path, name: str) -> str:
    manifest = json.loads((index / "generations" / name / "manifest.json").read_text())
    return f"{manifest['posts']} {manifest['passages']}"


# generations


def test_generations_lists_them_the_newest_first(index: Path, names: list[str]) -> None:
    head, new, old, legend = rows(run("generations"))
    assert head == HEAD
    assert new.startswith(f"* {names[0]} ")
    assert old.startswith(f"{names[1]} ")
    for row, name, counts in ((new, names[0], " 2 2 "), (old, names[1], " 1 1 ")):
        day = f"{name[:4]}-{name[4:6]}-{name[6:8]}"
        assert f" {day}{counts}" in row
        assert row.endswith(" kB all-MiniLM-L6-v2")
    assert legend == "* in use"


def test_generations_as_data(index: Path, names: list[str]) -> None:
    new, old = json.loads(run("generations", "--json").stdout)
    assert list(new) == list(old) == [each.name for each in fields(GenerationRecord)]
    folder = index / "generations" / names[1]
    assert old == {
        "name": names[1],
        "built_at": json.loads((folder / "manifest.json").read_text())["built_at"],
        "posts": 1,
        "passages": 1,
        "model": "all-MiniLM-L6-v2",
        "size_bytes": sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()),
        "is_current": False,
        "problem": None,
    }
    assert (new["name"], new["posts"], new["is_current"]) == (names[0], 2, True)


def test_generations_names_what_is_wrong_and_lists_all_the_same(
    index: Path, names: list[str]
) -> None:
    manifest = index / "generations" / names[0] / "manifest.json"
    manifest.write_text("{")
    shown = rows(run("generations"))
    assert shown[1].startswith(f"* {names[0]} ? ? ")
    assert shown[2].startswith(f"{names[1]} ")
    path = manifest.relative_to(Path.cwd())
    assert shown[3].startswith(f"{names[0]}: {path} cannot be read: Expecting property name")
    problems = [each["problem"] for each in json.loads(run("generations", "--json").stdout)]
    assert problems[0].startswith(f"{path} cannot be read: ")
    assert problems[1] is None


def test_generations_of_another_home(index: Path, names: list[str], tmp_path: Path) -> None:
    index.parent.rename(tmp_path / "elsewhere")
    assert len(rows(run("generations", "--home", "elsewhere"))) == 4


@pytest.mark.parametrize("command", ["generations", "rollback"])
def test_without_an_index_the_way_to_one_is_named(command: str, tmp_path: Path) -> None:
    assert failure(command) == "Error: There is no index in .blogqa/index. Build it: blogqa build"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["generations", "rollback"])
def test_an_index_that_is_none_is_named(command: str, tmp_path: Path) -> None:
    (tmp_path / ".blogqa").mkdir()
    (tmp_path / ".blogqa" / "index").write_text("not a folder")
    assert failure(command) == (
        "Error: .blogqa/index/generations cannot be read: Not a directory. "
        "Mend its permissions, or move it away and run: blogqa build"
    )


# rollback


def test_rollback_lets_the_older_one_answer_until_the_next_build(
    index: Path, names: list[str]
) -> None:
    said = rows(run("rollback"))
    assert said[0].startswith(f"{names[1]} answers now: 1 post, 1 passage, built ")
    assert said[1] == UNTIL
    assert current_name(index) == names[1]
    assert rows(run("generations"))[2].startswith(f"* {names[1]} ")
    question = ("ask", "how do I lower a price?", "--json", "--least-confidence", "0")
    assert json.loads(run(*question).stdout)["generation"] == names[1]
    run("build")
    assert current_name(index) > names[0]
    (found, *_) = json.loads(run(*question).stdout)["passages"]
    assert found["text"] == "Never lower a price for nothing."


def test_a_rollback_is_undone_by_name(index: Path, names: list[str]) -> None:
    run("rollback")
    assert rows(run("rollback", names[0]))[0].startswith(f"{names[0]} answers now: 2 posts, ")
    assert current_name(index) == names[0]


def test_rollback_as_data_is_the_generation_that_answers(index: Path, names: list[str]) -> None:
    record = json.loads(run("rollback", "--json").stdout)
    assert record == json.loads(run("generations", "--json").stdout)[1]
    assert (record["name"], record["is_current"]) == (names[1], True)


def test_rollback_to_a_name_of_none(index: Path, names: list[str]) -> None:
    assert failure("rollback", "yesterday") == (
        f"Error: There is no generation 'yesterday' in .blogqa/index. There are: {names[0]}, "
        f"{names[1]}."
    )
    assert "no generation '\\udcff' in" in failure("rollback", "\udcff")
    assert current_name(index) == names[0]


def test_rollback_to_the_one_in_use(index: Path, names: list[str]) -> None:
    assert failure("rollback", names[0]) == (
        f"Error: The generation {names[0]} is in use already. "
        "Choose another: blogqa generations lists them."
    )


def test_rollback_with_nothing_older(index: Path, names: list[str]) -> None:
    run("rollback")
    assert failure("rollback") == (
        f"Error: No generation is older than {names[1]}, the one in use. "
        f"Newer ones: {names[0]}. Name one of them: blogqa rollback GENERATION"
    )


def test_rollback_to_a_damaged_one_changes_nothing(index: Path, names: list[str]) -> None:
    path = index / "generations" / names[1] / "passages.sqlite"
    path.write_bytes(path.read_bytes()[:-1])
    assert failure("rollback") == (
        f"Error: {path.relative_to(Path.cwd())} is not what the build wrote. "
        "Nothing was changed. Choose another (blogqa generations lists them), or make a new one: "
        "blogqa build"
    )
    assert current_folder(index).name == names[0]


def test_rollback_to_one_whose_encoder_is_gone_changes_nothing(
    index: Path, names: list[str]
) -> None:
    (index.parent / "encoders").unlink()
    said = failure("rollback")
    assert said.startswith("Error: The compiled encoder in .blogqa/encoders/")
    assert "cannot be used" in said
    assert "Nothing was changed." in said
    assert current_name(index) == names[0]


def test_rollback_mends_an_index_whose_generation_in_use_is_gone(
    index: Path, names: list[str]
) -> None:
    shutil.rmtree(index / "generations" / names[0])
    assert rows(run("generations"))[-1] == ("None of them is in use. Choose one: blogqa rollback")
    run("rollback")
    assert current_folder(index).name == names[1]


@pytest.mark.parametrize("command", ["rollback", "build"])
def test_during_a_build_it_is_said_who_builds(index: Path, names: list[str], command: str) -> None:
    with build_lock(index):
        said = failure(command)
    assert said.startswith(
        f"Error: Another build is at work in .blogqa/index: process {os.getpid()} on "
    )
    assert said.endswith(
        " UTC. Wait for it to end (or end that process), then run the command again."
    )
    assert current_name(index) == names[0]


def test_the_commands_as_they_are_installed(index: Path, names: list[str]) -> None:
    def blogqa(*arguments: str) -> tuple[int, str, str]:
        result = subprocess.run([BLOGQA, *arguments], capture_output=True, text=True, check=False)
        return result.returncode, result.stdout, result.stderr

    code, out, err = blogqa("rollback")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].startswith(f"{names[1]} answers now: ")
    code, out, err = blogqa("rollback")
    assert (code, out) == (1, "")
    assert err.startswith(f"Error: No generation is older than {names[1]}, ")
    code, out, err = blogqa("generations")
    assert (code, err) == (0, "")
    # through a pipe the name stays whole, so that it can be copied
    assert all(any(name in line for line in out.splitlines()) for name in names)
