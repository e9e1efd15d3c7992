"""Generations on disk: the switch in one step, what stays and what goes."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from index.current import current_folder, current_name
from index.generations import list_generations, rollback
from index.publish import clear_leftovers, staging
from tests.generations import accept, add, generations

ROOT = Path(__file__).parent.parent


def test_what_was_staged_becomes_current_under_its_name(tmp_path: Path) -> None:
    index = tmp_path / "home" / "index"
    folder = add(index, "one")
    assert folder == index / "generations" / "one"
    assert (folder / "name").read_text() == "one"
    assert (index / "current").read_bytes() == b"one\n"
    assert current_name(index) == "one"
    assert current_folder(index) == folder
    assert generations(index) == ["one"]


def test_others_may_read_what_was_published(tmp_path: Path) -> None:
    assert add(tmp_path, "one").stat().st_mode & 0o777 == 0o755


def test_the_last_three_stay(tmp_path: Path) -> None:
    for name in ("1", "2", "3", "4", "5"):
        add(tmp_path, name)
    assert generations(tmp_path) == ["3", "4", "5"]
    assert current_name(tmp_path) == "5"


def test_what_a_build_left_that_was_killed_after_the_switch_is_removed(tmp_path: Path) -> None:
    for name in ("1", "2", "3"):
        add(tmp_path, name)
    for name in ("4", ".staging-0"):
        shutil.copytree(tmp_path / "generations" / "3", tmp_path / "generations" / name)
    (tmp_path / ".current").write_text("4\n")
    clear_leftovers(tmp_path)
    assert generations(tmp_path) == ["2", "3", "4"]
    assert current_name(tmp_path) == "3"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current", "generations"]


def test_a_clock_set_back_costs_neither_the_new_generation_nor_the_one_before(
    tmp_path: Path,
) -> None:
    for name in ("2", "3", "4", "1"):
        add(tmp_path, name)
    assert generations(tmp_path) == ["1", "3", "4"]
    assert current_folder(tmp_path).name == "1"
    add(tmp_path, "0")
    assert generations(tmp_path) == ["0", "1", "4"]
    assert current_folder(tmp_path).name == "0"


def test_the_one_in_use_until_now_stays_with_the_new_one_and_the_newest_other(
    tmp_path: Path,
) -> None:
    for name in ("1", "2", "3"):
        add(tmp_path, name)
    rollback(tmp_path, "1", accept)
    add(tmp_path, "4")
    assert generations(tmp_path) == ["1", "3", "4"]
    add(tmp_path, "5")
    assert generations(tmp_path) == ["3", "4", "5"]


def test_the_one_in_use_is_removed_only_after_the_switch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("1", "2", "3"):
        add(tmp_path, name)
    rollback(tmp_path, "1", accept)
    replaced: list[list[str]] = []
    replace_file = Path.replace

    def watched(path: Path, target: Path) -> Path:
        replaced.append([name for name in generations(tmp_path) if name != path.name])
        return replace_file(path, target)

    monkeypatch.setattr(Path, "replace", watched)
    add(tmp_path, "4")
    assert replaced == [["1", "2", "3", "4"]]


def test_an_error_leaves_nothing_staged_and_the_old_one_current(tmp_path: Path) -> None:
    add(tmp_path, "one")
    with pytest.raises(ZeroDivisionError), staging(tmp_path) as folder:  # noqa: PT012
        (folder / "half").write_text("half")
        raise ZeroDivisionError
    assert not folder.exists()
    assert generations(tmp_path) == ["one"]
    assert current_name(tmp_path) == "one"


def test_what_a_killed_build_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    add(tmp_path, "one")
    left = tmp_path / "generations" / ".staging-abandoned"
    left.mkdir()
    (left / "vectors.faiss").write_text("half")
    (tmp_path / ".current").write_text("tw")
    add(tmp_path, "two")
    assert generations(tmp_path) == ["one", "two"]
    assert current_name(tmp_path) == "two"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current", "generations"]


KILLED_WHILE_REMOVING = """
import os, signal, sys
from pathlib import Path
from index.publish import publish, staging

def watch(event, arguments):
    if event == "os.remove" and str(arguments[0]).endswith("name"):
        os.kill(os.getpid(), signal.SIGKILL)

index = Path(sys.argv[1])
with staging(index) as folder:
    (folder / "name").write_text("4")
    sys.addaudithook(watch)
    publish(index, folder, "4")
"""


def test_a_build_killed_while_it_removes_an_old_generation_leaves_no_part_of_it(
    tmp_path: Path,
) -> None:
    for name in ("1", "2", "3"):
        add(tmp_path, name)
    result = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_REMOVING, str(tmp_path)], cwd=ROOT, check=False
    )
    assert result.returncode == -signal.SIGKILL
    assert generations(tmp_path) == [".staging-1", "2", "3", "4"]
    assert current_name(tmp_path) == "4"
    assert [record.name for record in list_generations(tmp_path)] == ["4", "3", "2"]
    add(tmp_path, "5")
    assert generations(tmp_path) == ["3", "4", "5"]


def test_a_reader_sees_the_old_name_or_the_new_one_never_less(tmp_path: Path) -> None:
    names = [f"{number:03}" for number in range(25)]
    add(tmp_path, names[0])
    seen: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(current_name(tmp_path))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for name in names[1:]:
        add(tmp_path, name)
    done.set()
    for reader in readers:
        reader.join()
    assert set(seen) <= set(names)
    assert len(set(seen)) > 1
