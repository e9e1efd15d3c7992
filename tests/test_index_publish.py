"""Generations on disk: the switch in one step, what stays, what goes, and the way back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import (
    IndexBusy,
    IndexDamaged,
    IndexIncompatible,
    IndexingError,
    IndexMissing,
)
from index.lock import build_lock
from index.manifest import Manifest, read_manifest, write_manifest
from index.publish import (
    GenerationRecord,
    clear_leftovers,
    current_folder,
    current_name,
    list_generations,
    publish,
    rollback,
    staging,
)
from qa.settings import Settings
from tests.faults.limits import public_folder, unchangeable

ROOT = Path(__file__).parent.parent


def add(index: Path, name: str) -> Path:
    """Publish a generation that holds one file, its own name."""
    with staging(index) as folder:
        (folder / "name").write_text(name)
        return publish(index, folder, name)


def accept(folder: Path) -> None:
    """Finds nothing wrong with a generation."""
    assert (folder / "name").read_text() == folder.name


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


# what there is


@pytest.fixture(scope="session")
def sample_manifest(sample_settings: Settings) -> Manifest:
    return read_manifest(current_folder(sample_settings.index_folder))


@pytest.fixture
def add_described(sample_manifest: Manifest, tmp_path: Path) -> Callable[[str, int], None]:
    """Publishes a generation of a manifest, a hidden file and one of so many bytes in a folder."""

    def add(name: str, size_bytes: int) -> None:
        with staging(tmp_path) as folder:
            (folder / "terms").mkdir()
            (folder / "terms" / "terms.store").write_bytes(bytes(size_bytes))
            (folder / "terms" / ".managed.json").write_bytes(b"[]")
            built_at = f"2026-03-0{name}T12:03:11+00:00"
            about = replace(
                sample_manifest,
                generation=name,
                built_at=built_at,
                posts=int(name),
                passages=int(name) * 10,
                model="abacus",
            )
            write_manifest(folder, about)
            publish(tmp_path, folder, name)

    return add


def manifest_file(index: Path, name: str) -> Path:
    return index / "generations" / name / "manifest.json"


def test_generations_are_listed_the_newest_first(
    tmp_path: Path, add_described: Callable[[str, int], None]
) -> None:
    add_described("1", 4000)
    add_described("2", 9000)
    (tmp_path / "generations" / ".staging-x").mkdir()
    (tmp_path / "generations" / "notes.txt").write_text("not a generation")
    sizes = [manifest_file(tmp_path, name).stat().st_size + 2 for name in ("1", "2")]
    assert list_generations(tmp_path) == [
        GenerationRecord(
            "2", "2026-03-02T12:03:11+00:00", 2, 20, "abacus", 9000 + sizes[1], True, None
        ),
        GenerationRecord(
            "1", "2026-03-01T12:03:11+00:00", 1, 10, "abacus", 4000 + sizes[0], False, None
        ),
    ]


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda path: path.unlink(), "{path} cannot be read: [Errno 2] No such file or directory"),
        (lambda path: path.write_text(""), "{path} cannot be read: Expecting value"),
        (lambda path: path.write_bytes(b"\xff"), "{path} cannot be read: 'utf-8' codec"),
        (lambda path: path.write_text('{"format": 99}'), "The index 2 has format 99; this blogqa "),
    ],
    ids=["missing", "empty", "no text", "another format"],
)
def test_a_manifest_that_cannot_be_read_is_a_problem_and_no_failure(
    tmp_path: Path,
    add_described: Callable[[str, int], None],
    spoil: Callable[[Path], object],
    problem: str,
) -> None:
    add_described("1", 4000)
    add_described("2", 9000)
    path = manifest_file(tmp_path, "2")
    spoil(path)
    first, second = list_generations(tmp_path)
    assert second.problem is None
    size = 9002 + (path.stat().st_size if path.exists() else 0)
    assert first == GenerationRecord("2", "", 0, 0, "", size, True, first.problem)
    assert first.problem is not None
    assert first.problem.startswith(problem.format(path=path))


def test_a_generation_that_a_build_removes_meanwhile_is_left_out(
    tmp_path: Path, add_described: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_described("1", 4000)
    add_described("2", 9000)
    walk = os.walk

    def walk_late(top: Path) -> object:
        found = list(walk(top))
        if top.name == "1":
            shutil.rmtree(top)
        return found

    monkeypatch.setattr(os, "walk", walk_late)
    assert [record.name for record in list_generations(tmp_path)] == ["2"]


@pytest.mark.parametrize("current", ["gone", "", None])
def test_where_current_names_none_of_them_none_is_in_use(
    tmp_path: Path, add_described: Callable[[str, int], None], current: str | None
) -> None:
    add_described("1", 4000)
    (tmp_path / "current").unlink()
    if current is not None:
        (tmp_path / "current").write_text(current)
    assert [record.is_current for record in list_generations(tmp_path)] == [False]


def test_of_nothing_built_nothing_is_listed_and_nothing_made(tmp_path: Path) -> None:
    assert list_generations(tmp_path / "index") == []
    assert list(tmp_path.iterdir()) == []


def test_generations_in_no_folder_cannot_be_listed(tmp_path: Path) -> None:
    (tmp_path / "generations").write_text("not a folder")
    for read in (list_generations, rollback):
        with pytest.raises(IndexDamaged) as caught:
            read(tmp_path)
        assert caught.value.message == (
            f"{tmp_path / 'generations'} cannot be read: Not a directory."
        )
        assert caught.value.hint == "Mend its permissions, or move it away and run: blogqa build"


# the way back


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """An index with the generations 1, 2 and 3, of which 3 is in use."""
    for name in ("1", "2", "3"):
        add(tmp_path, name)
    return tmp_path


def test_rollback_goes_to_the_next_older_one_step_by_step(three: Path) -> None:
    assert rollback(three, verify=accept) == "2"
    assert (three / "current").read_bytes() == b"2\n"
    assert current_folder(three) == three / "generations" / "2"
    assert rollback(three, verify=accept) == "1"
    assert current_name(three) == "1"
    assert generations(three) == ["1", "2", "3"]
    assert sorted(path.name for path in three.iterdir()) == [".lock", "current", "generations"]


def test_rollback_to_a_name_goes_there_and_forth_again(three: Path) -> None:
    assert rollback(three, "1", accept) == "1"
    assert current_name(three) == "1"
    assert rollback(three, "3", accept) == "3"
    assert current_name(three) == "3"


def failure(
    kind: type[IndexingError],
    index: Path,
    name: str | None = None,
    verify: Callable[[Path], None] | None = accept,
) -> tuple[str, str]:
    """What a rollback that fails says; the index is what it was."""
    before = [(path, path.stat().st_mtime_ns) for path in sorted(index.rglob("[!.]*"))]
    with pytest.raises(kind) as caught:
        rollback(index, name, verify)
    assert type(caught.value) is kind
    assert [(path, path.stat().st_mtime_ns) for path in sorted(index.rglob("[!.]*"))] == before
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize("name", ["4", "", "../generations/1", ".staging-x", "o\0ne", "\udcff"])
def test_rollback_to_a_name_of_none(three: Path, name: str) -> None:
    (three / "generations" / ".staging-x").mkdir()
    assert failure(IndexingError, three, name) == (
        f"There is no generation {name!r} in {three}.",
        "There are: 3, 2, 1.",
    )


def test_rollback_to_the_one_in_use(three: Path) -> None:
    assert failure(IndexingError, three, "3") == (
        "The generation 3 is in use already.",
        "Choose another: blogqa generations lists them.",
    )


def test_rollback_with_nothing_older(three: Path) -> None:
    rollback(three, "1", accept)
    assert failure(IndexingError, three) == (
        "No generation is older than 1, the one in use.",
        "Newer ones: 3, 2. Name one of them: blogqa rollback GENERATION",
    )


def test_rollback_of_the_only_one(tmp_path: Path) -> None:
    add(tmp_path, "1")
    assert failure(IndexingError, tmp_path) == (
        "No generation is older than 1, the one in use.",
        "It is the only one. To make a new one from the archive, run: blogqa build",
    )


def test_rollback_without_an_index_makes_none(tmp_path: Path) -> None:
    assert failure(IndexMissing, tmp_path / "index") == (
        f"There is no index in {tmp_path / 'index'}.",
        "Build it: blogqa build",
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"gone\n", b"", b"\xff", None])
def test_a_damaged_current_does_not_stand_in_the_way(three: Path, content: bytes | None) -> None:
    (three / "current").unlink()
    if content is not None:
        (three / "current").write_bytes(content)
    assert rollback(three, verify=accept) == "3"
    assert current_name(three) == "3"
    assert rollback(three, "1", accept) == "1"


def test_the_folder_in_use_is_gone(three: Path) -> None:
    shutil.rmtree(three / "generations" / "3")
    assert rollback(three, verify=accept) == "2"
    assert current_name(three) == "2"


@pytest.mark.parametrize("kind", [IndexDamaged, IndexIncompatible])
def test_what_does_not_pass_is_not_switched_to(three: Path, kind: type[IndexingError]) -> None:
    seen: list[tuple[Path, str]] = []

    def refuse(folder: Path) -> None:
        seen.append((folder, current_name(three)))
        raise kind(f"{folder} is broken.", "Build it again: blogqa build")

    assert failure(kind, three, verify=refuse) == (
        f"{three / 'generations' / '2'} is broken.",
        "Nothing was changed. Choose another (blogqa generations lists them), or make a new one: "
        "blogqa build",
    )
    assert seen == [(three / "generations" / "2", "3")]


def test_a_file_that_vanishes_while_it_is_verified(three: Path) -> None:
    def read(folder: Path) -> None:
        (folder / "vectors.faiss").read_bytes()

    message, hint = failure(IndexingError, three, verify=read)
    assert message == f"The index in {three} could not be switched: No such file or directory."
    assert hint.startswith("Nothing was changed.")


def test_rollback_while_a_build_is_at_work(three: Path) -> None:
    with build_lock(three), pytest.raises(IndexBusy, match=f"process {os.getpid()} on "):
        rollback(three, verify=accept)
    assert current_name(three) == "3"


def test_nobody_builds_while_a_generation_is_verified(three: Path) -> None:
    def verify(folder: Path) -> None:
        with pytest.raises(IndexBusy), build_lock(three):
            pytest.fail("two at once")

    assert rollback(three, verify=verify) == "2"


def test_rollback_in_a_folder_that_may_not_be_written() -> None:
    with public_folder() as index:
        for name in ("1", "2"):
            add(index, name)
        with unchangeable(index):
            message, hint = failure(IndexingError, index)
        assert message.startswith(f"The index in {index} could not be switched: ")
        assert hint == (
            "Nothing was changed. Free some space or mend the permissions, then run the command "
            "again."
        )
        assert current_name(index) == "2"
        assert rollback(index, verify=accept) == "1"


@pytest.fixture
def two_built(sample_settings: Settings, tmp_path: Path) -> Path:
    """An index in which a whole generation, 2, is in use, and 1 is one as well."""
    built = current_folder(sample_settings.index_folder)
    for name in ("1", "2"):
        with staging(tmp_path) as folder:
            shutil.copytree(built, folder, dirs_exist_ok=True)
            publish(tmp_path, folder, name)
    return tmp_path


def test_a_whole_generation_is_switched_to(two_built: Path) -> None:
    assert rollback(two_built) == "1"
    assert current_name(two_built) == "1"


def test_a_generation_with_one_byte_altered_is_not_switched_to(two_built: Path) -> None:
    path = two_built / "generations" / "1" / "vectors.faiss"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    message, _ = failure(IndexDamaged, two_built, verify=None)
    assert message == f"{path} is not what the build wrote."
