"""The generations there are, and the way back to one of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from index.current import current_folder, current_name
from index.errors import (
    IndexBusy,
    IndexDamaged,
    IndexIncompatible,
    IndexingError,
    IndexMissing,
)
from index.generations import GenerationRecord, list_generations, rollback
from index.lock import build_lock
from index.manifest import Manifest, read_manifest, write_manifest
from index.publish import publish, staging
from qa.settings import Settings
from tests.faults.limits import public_folder, unchangeable
from tests.generations import accept, add, generations


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
