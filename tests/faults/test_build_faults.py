"""A build that is killed, or whose disk refuses, leaves the index in use as it was."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.archive import Archive
from corpus.types import Block, Post, Source
from index.build import build
from index.current import current_folder, current_name
from index.encoder import Encoder
from index.errors import IndexingError, IndexMissing
from index.generation import Generation
from index.search import HybridSearcher
from index.types import Filters, Query
from tests.faults.limits import (
    file_size_limit,
    filled,
    public_folder,
    small_disk,
    unchangeable,
)

SOURCE = Source("notes", "markdown", "/notes", full=False)
OLD = Post("bees", "notes", "bees.md", "Bees", (Block("paragraph", "Bees dance in the hive."),))
NEW = Post("clocks", "notes", "clocks.md", "Clocks", (Block("paragraph", "A clock is wound."),))


def add(home: Path, post: Post) -> None:
    with Archive(home / "archive.sqlite", create=True) as archive:
        archive.put(SOURCE, [post])


def build_in(home: Path, encoder: Encoder) -> tuple[int, int, bool]:
    with Archive(home / "archive.sqlite") as archive:
        report = build(archive, encoder, home / "index")
    return report.embedded, report.reused, report.published


def ask(home: Path, encoder: Encoder) -> list[str]:
    """The passages found by the index in use, checked whole as it is opened."""
    generation = Generation(current_folder(home / "index"))
    hits = HybridSearcher(generation, encoder).search(Query("hive and clock"), 9, Filters())
    generation.close()
    return sorted(hit.passage.id for hit in hits)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def assert_tidy(home: Path, *, generations: int) -> None:
    """The index holds so many generations, and nothing that a build has left over."""
    assert {path.name for path in (home / "index").iterdir()} == {".lock", "current", "generations"}
    names = [path.name for path in (home / "index" / "generations").iterdir()]
    assert not any(name.startswith(".") for name in names)
    assert len(names) == generations


def left_over(encoder: Encoder) -> set[str]:
    """What a build that was stopped may leave in an index, for the next one to take or remove."""
    return {".current", f".{encoder.spec.digest[:16]}.vectors"}


@pytest.fixture(scope="module")
def start(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose index holds the old post; the archive holds the new one too. For copying."""
    start = tmp_path_factory.mktemp("start")
    add(start, OLD)
    build_in(start, encoder)
    add(start, NEW)
    return start


@pytest.fixture
def home(start: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(start, tmp_path, dirs_exist_ok=True))


# The moment before: an event that Python reports of itself, and part of the path it names. They
# stand in the order in which a build comes by them. From the first of the vectors on, what was
# encoded is in the journal for sure; before, it may be on its way there.
MOMENTS = {
    "anything is written": ("open", ".vectors"),
    "anything is staged": ("tempfile.mkdtemp", "/.staging-"),
    "the terms are begun": ("os.mkdir", "/terms"),
    "the store is begun": ("sqlite3.connect", "/passages.sqlite"),
    "a second passage is encoded": ("progress", "1"),
    "the sentence vectors are begun": ("open", "/sentences.npy"),
    "the vectors are written": ("open", "/vectors.faiss"),
    "the layout is written": ("open", "/layout.npy"),
    "the manifest is written": ("open", "/manifest.json"),
    "it is switched to, though it is whole": ("open", "/index/.current"),
    "it has its name": ("os.rename", "/.staging-"),
    "it is switched to": ("os.rename", "/index/.current"),
}
ENCODED = list(MOMENTS.values())[list(MOMENTS).index("the vectors are written") :]
AFTER_SWITCH = ("shutil.rmtree", "/.staging-")

KILLED = """
import os, signal, sys
from pathlib import Path
from corpus.archive import Archive
from index.build import build
from index.encoder import Encoder

def build_until(home, event, part):
    def watch(seen, arguments):
        if seen == event and any(part in str(each) for each in arguments):
            # What was opened before is of the index in use.
            if "generations/2" not in str(arguments[0]):
                os.kill(os.getpid(), signal.SIGKILL)
    encoder = Encoder(Path(sys.argv[1]))
    sys.addaudithook(watch)
    tell = lambda progress: watch("progress", (progress.done,))
    build(Archive(home / "archive.sqlite"), encoder, home / "index", on_progress=tell)

for line in sys.stdin.read().splitlines():
    home, event, part = line.split("\\t")
    child = os.fork()
    if child == 0:
        build_until(Path(home), event, part)
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@pytest.fixture(scope="module")
def killed(
    encoders: Path, encoder: Encoder, start: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], Path]:
    """Homes in each of which a build was killed at another moment."""
    moments = [*MOMENTS.values(), AFTER_SWITCH]
    homes = {
        moment: Path(shutil.copytree(start, tmp_path_factory.mktemp("killed") / "home"))
        for moment in moments
    }
    result = subprocess.run(
        [sys.executable, "-c", KILLED, str(encoders / encoder.spec.digest[:16])],
        input="\n".join("\t".join((str(home), *moment)) for moment, home in homes.items()),
        cwd=Path(__file__).parent.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split() == [str(int(signal.SIGKILL))] * len(moments), result.stderr
    return homes


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_build_killed_before_the_switch(
    killed: dict[tuple[str, str], Path], encoder: Encoder, moment: tuple[str, str]
) -> None:
    home = killed[moment]
    assert ask(home, encoder) == ["bees.0"]
    assert build_in(home, encoder) == ((0, 2, True) if moment in ENCODED else (1, 1, True))
    assert ask(home, encoder) == ["bees.0", "clocks.0"]
    assert_tidy(home, generations=3 if moment == MOMENTS["it is switched to"] else 2)


def test_a_build_killed_after_the_switch_is_done(
    killed: dict[tuple[str, str], Path], encoder: Encoder
) -> None:
    home = killed[AFTER_SWITCH]
    assert ask(home, encoder) == ["bees.0", "clocks.0"]
    assert build_in(home, encoder) == (0, 2, False)
    assert_tidy(home, generations=2)


@pytest.mark.parametrize("size_bytes", [0, 500, 1500, 2500, 5000, 10_000, 25_000])
def test_wherever_the_disk_is_full_the_old_index_stays(
    home: Path, encoder: Encoder, size_bytes: int
) -> None:
    before = files(home / "index")
    with file_size_limit(size_bytes), pytest.raises(IndexingError) as caught:
        build_in(home, encoder)
    assert caught.value.message.startswith(f"The index could not be written to {home / 'index'}: ")
    assert "The index in use is untouched. Free some space" in caught.value.hint
    assert files(home / "index") - left_over(encoder) == before
    assert ask(home, encoder) == ["bees.0"]
    # where there was room to begin the store, the new passage was encoded, and is not again
    assert build_in(home, encoder) == ((0, 2, True) if size_bytes == 25_000 else (1, 1, True))
    assert ask(home, encoder) == ["bees.0", "clocks.0"]
    assert_tidy(home, generations=2)


@pytest.fixture
def disk() -> Iterator[Path]:
    with small_disk() as folder:
        yield folder


@pytest.mark.parametrize(
    "free_bytes", [0, 4096, 12_288, 24_576, 49_152, 65_536, 73_728, 81_920, 98_304]
)
def test_a_disk_of_its_own_that_is_full(
    disk: Path, start: Path, encoder: Encoder, free_bytes: int
) -> None:
    if free_bytes > 24_576 and not os.path.ismount(disk):
        pytest.skip("no disk can be mounted here, and no single file is as large")
    shutil.copytree(start, disk, dirs_exist_ok=True)
    before = files(disk / "index")
    with filled(disk, free_bytes), pytest.raises(IndexingError) as caught:
        build_in(disk, encoder)
    assert caught.value.message.startswith(f"The index could not be written to {disk / 'index'}: ")
    assert files(disk / "index") - left_over(encoder) == before
    assert ask(disk, encoder) == ["bees.0"]
    embedded, reused, published = build_in(disk, encoder)
    assert (embedded + reused, published) == (2, True)
    if os.path.ismount(disk):
        assert embedded == (free_bytes < 49_152)
    assert ask(disk, encoder) == ["bees.0", "clocks.0"]
    assert_tidy(disk, generations=2)


def test_a_first_build_on_a_full_disk_leaves_no_index(disk: Path, encoder: Encoder) -> None:
    add(disk, OLD)
    with filled(disk, 4096), pytest.raises(IndexingError, match="could not be written"):
        build_in(disk, encoder)
    with pytest.raises(IndexMissing):
        current_name(disk / "index")
    assert build_in(disk, encoder) == (1, 0, True)
    assert_tidy(disk, generations=1)


def test_a_folder_that_may_not_be_written(encoder: Encoder) -> None:
    with public_folder() as home:
        add(home, OLD)
        build_in(home, encoder)
        add(home, NEW)
        before = files(home)
        with unchangeable(home):
            assert ask(home, encoder) == ["bees.0"]
            with pytest.raises(IndexingError) as caught:
                build_in(home, encoder)
        assert caught.value.message.startswith(
            f"The index could not be written to {home / 'index'}: "
        )
        assert "mend the permissions" in caught.value.hint
        assert files(home) == before
        assert ask(home, encoder) == ["bees.0"]


def test_a_file_where_the_index_should_be(tmp_path: Path, encoder: Encoder) -> None:
    add(tmp_path, OLD)
    (tmp_path / "index").write_text("not a folder")
    with pytest.raises(IndexingError) as caught:
        build_in(tmp_path, encoder)
    assert str(tmp_path / "index") in caught.value.message
    assert (tmp_path / "index").read_text() == "not a folder"
