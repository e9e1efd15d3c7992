"""Generations on disk: the switch in one step, what stays, and what is cleared away."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path

import pytest

from index.errors import IndexDamaged, IndexMissing
from index.publish import current_folder, current_name, publish, staging


def add(index: Path, name: str) -> Path:
    """Publish a generation that holds one file, its own name."""
    with staging(index) as folder:
        (folder / "name").write_text(name)
        return publish(index, folder, name)


def generations(index: Path) -> list[str]:
    return sorted(path.name for path in (index / "generations").iterdir())


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


def test_a_clock_set_back_does_not_cost_the_generation_just_made(tmp_path: Path) -> None:
    for name in ("2", "3", "4", "1"):
        add(tmp_path, name)
    assert generations(tmp_path) == ["1", "2", "3", "4"]
    assert current_folder(tmp_path).name == "1"


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
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "current", "generations"]


def test_a_second_build_waits_and_does_not_clear_the_first(tmp_path: Path) -> None:
    second = threading.Thread(target=add, args=(tmp_path, "two"))
    with staging(tmp_path) as folder:
        (folder / "name").write_text("one")
        second.start()
        second.join(0.1)
        assert second.is_alive()
        assert [path.name for path in (tmp_path / "generations").iterdir()] == [folder.name]
        publish(tmp_path, folder, "one")
    second.join(10)
    assert generations(tmp_path) == ["one", "two"]
    assert current_name(tmp_path) == "two"


def test_the_lock_is_let_go(tmp_path: Path) -> None:
    add(tmp_path, "one")
    with (tmp_path / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


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


def test_before_the_first_build(tmp_path: Path) -> None:
    for read in (current_name, current_folder):
        with pytest.raises(IndexMissing) as caught:
            read(tmp_path)
        assert caught.value.message == f"There is no index in {tmp_path}."
        assert caught.value.hint == "Build it: blogqa build"


@pytest.mark.parametrize("name", ["", "\n", "gone", "../generations/one", "one/.", "o\0ne"])
def test_a_name_of_no_generation(tmp_path: Path, name: str) -> None:
    add(tmp_path, "one")
    (tmp_path / "current").write_text(name)
    with pytest.raises(IndexDamaged) as caught:
        current_folder(tmp_path)
    assert caught.value.message == (
        f"{tmp_path / 'current'} names the generation {name.strip()!r}, which is not there."
    )
    assert caught.value.hint == "Build it again: blogqa build"


def test_a_current_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "current").write_bytes(b"\xff\xfe")
    with pytest.raises(IndexDamaged, match=r"current cannot be read: 'utf-8' codec") as caught:
        current_name(tmp_path)
    assert caught.value.hint == "Build it again: blogqa build"


def test_a_current_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "current").mkdir()
    with pytest.raises(IndexDamaged, match=r"current cannot be read: .*Is a directory"):
        current_folder(tmp_path)
