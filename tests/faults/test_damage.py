"""Files of an index damaged on disk: found before they are used, named, the index before serves."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.archive import Archive
from index.build import build
from index.current import current_name
from index.encoder import Encoder
from index.errors import IndexDamaged
from index.generation import open_usable
from index.manifest import BuildOptions
from index.recall import NearestOptions
from qa.settings import Settings
from tests.drafts import EMPTY_FILES, PARTS, flipped
from tests.faults.commands import QUESTION, Server, ask, run, serving, within
from tests.faults.editions import Editions, edition_of
from tests.faults.repetitions import ALL
from web.state import ServerState

FILES = ("manifest.json", "lists.faiss", *PARTS)

DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "zeroed": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "flipped": lambda path: path.write_bytes(flipped(path.read_bytes())),
    "removed": lambda path: path.unlink(),
}
EVERY = [(file, damage) for file in FILES for damage in DAMAGES]
SOME = [
    ("manifest.json", "flipped"),
    ("vectors.faiss", "truncated"),
    ("passages.sqlite", "zeroed"),
    ("terms/*.idx", "removed"),
]
BY_PROCESSES = EVERY if ALL else SOME
ON_START = SOME if ALL else SOME[1:2]
WITHOUT_OTHER = SOME if ALL else SOME[:2]

POINTERS = [b"", b"20990101T000000.000000Z\n", b"\xff\xfe\x00", b"x" * 300, b"../generations\n"]


@pytest.fixture(scope="module")
def editions(
    encoders: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> Editions:
    """A home with two generations; the newer one, in use, has every kind of file."""
    home = tmp_path_factory.mktemp("damage") / "home"
    home.mkdir()
    (home / "encoders").symlink_to(encoders)
    editions = Editions(replace(Settings(), home=home))
    editions.update("build")
    editions.write()
    run(editions.settings, "update")
    with Archive(editions.settings.archive_file) as archive:
        with_lists = BuildOptions(nearest=NearestOptions(exact_limit=10, least_recall=0))
        report = build(archive, encoder, editions.settings.index_folder, with_lists)
    shutil.rmtree(editions.names(1))
    editions.published[report.generation] = 2
    return editions


@pytest.fixture
def older(editions: Editions) -> str:
    return editions.names(0).name


@pytest.fixture
def newer(editions: Editions) -> Iterator[Path]:
    """The folder of the generation in use, which is whole again afterwards."""
    folder = editions.names(1)
    whole = shutil.copytree(folder, editions.settings.home.parent / "whole")
    yield folder
    shutil.rmtree(folder)
    whole.rename(folder)
    point_to(editions.settings, folder.name)


def point_to(settings: Settings, name: str) -> None:
    """Make ``name`` current, as a build does it."""
    pointer = settings.index_folder / ".current"
    pointer.write_text(name + "\n")
    pointer.replace(settings.index_folder / "current")


def harm(folder: Path, file: str, damage: str) -> str:
    """Damage the one ``file`` in ``folder``; gives how what is said of it begins."""
    (path,) = folder.glob(file)
    DAMAGES[damage](path)
    if file == "manifest.json" and damage != "flipped":
        return f"{path} cannot be read: "
    return f"{path} is missing." if damage == "removed" else f"{path} is not what the build wrote."


def test_these_are_the_files_of_a_generation(newer: Path) -> None:
    named = {path for file in FILES for path in newer.glob(file)}
    files = {path for path in newer.rglob("*") if path.is_file()}
    assert files - named == {newer / name for name in EMPTY_FILES}
    assert len(named) == len(FILES)


@pytest.mark.parametrize(("file", "damage"), EVERY)
def test_a_damaged_file_is_found_and_named(
    editions: Editions, older: str, newer: Path, file: str, damage: str
) -> None:
    reason = harm(newer, file, damage)
    generation, error = open_usable(editions.settings.index_folder)
    assert generation.manifest.generation == older
    generation.close()
    assert isinstance(error, IndexDamaged)
    assert error.message.startswith(reason)
    assert error.hint == "Build it again: blogqa build"


@pytest.mark.parametrize(("file", "damage"), BY_PROCESSES)
def test_commands_answer_from_the_one_before_and_say_why(
    editions: Editions, older: str, newer: Path, file: str, damage: str
) -> None:
    reason = harm(newer, file, damage)
    for arguments in (["ask", QUESTION, "--json"], ["status", "--json"]):
        ended = run(editions.settings, *arguments)
        assert ended.data["generation"] == older
        assert ended.err.startswith(f"Warning: {reason}")
        end = f" Answering from {older}, the one before. Build it again: blogqa build\n"
        assert ended.err.endswith(end)
        assert ended.err.count("\n") == 1


@pytest.fixture(scope="module")
def server(editions: Editions) -> Iterator[Server]:
    """A server that answers from the older generation unless a test points to another."""
    newer = current_name(editions.settings.index_folder)
    point_to(editions.settings, editions.names(0).name)
    with serving(editions.settings) as server:
        point_to(editions.settings, newer)
        yield server


@pytest.mark.parametrize(("file", "damage"), BY_PROCESSES)
def test_a_running_server_refuses_to_swap_to_it(
    editions: Editions, server: Server, older: str, newer: Path, file: str, damage: str
) -> None:
    point_to(editions.settings, older)
    assert within(2, lambda: server.health()["status"] == "ok")
    assert server.answers_from(older)
    reason = harm(newer, file, damage)
    point_to(editions.settings, newer.name)
    assert within(2, lambda: server.health()["status"] == "degraded")
    health = server.health()
    assert health["generation"] == older
    assert health["reason"].startswith(reason)
    assert edition_of(server.ask()) == 1
    assert f"Still answering from generation {older}: {reason}" in server.log.read_text()


@pytest.mark.parametrize(("file", "damage"), ON_START)
def test_a_server_started_on_it_answers_from_the_one_before(
    editions: Editions, older: str, newer: Path, file: str, damage: str
) -> None:
    reason = harm(newer, file, damage)
    with serving(editions.settings) as server:
        health = server.health()
        assert (health["status"], health["generation"]) == ("degraded", older)
        assert health["reason"].startswith(reason)
        assert edition_of(server.ask()) == 1
        assert f"Still answering from generation {older}: {reason}" in server.log.read_text()


@pytest.mark.parametrize(("file", "damage"), WITHOUT_OTHER)
def test_where_there_is_no_other_it_says_so(
    editions: Editions, tmp_path: Path, file: str, damage: str
) -> None:
    home = Path(shutil.copytree(editions.settings.home, tmp_path / "home", symlinks=True))
    settings = replace(editions.settings, home=home)
    older, newer = sorted((settings.index_folder / "generations").iterdir())
    shutil.rmtree(older)
    reason = harm(newer, file, damage)
    for arguments in (["ask", QUESTION], ["status"]):
        ended = run(settings, *arguments)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.startswith(f"Error: {reason}")
        assert ended.err.endswith("\nBuild it again: blogqa build\n")
        assert ended.err.count("\n") == 2
    report = run(settings, "build", "--json").data
    assert (report["embedded"], report["reused"]) == (16, 0)
    assert edition_of(ask(settings)) == 2


@pytest.mark.parametrize("content", POINTERS)
def test_a_pointer_that_leads_nowhere(
    editions: Editions, newer: Path, content: bytes, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(editions.settings.home, tmp_path / "home", symlinks=True))
    settings = replace(editions.settings, home=home)
    pointer = settings.index_folder / "current"
    state = ServerState(settings)
    state.look()
    pointer.write_bytes(content)
    state.look()
    assert state.refused is not None
    assert str(pointer) in state.refused.message
    with state.serving() as held:
        assert held.overview.generation == newer.name
    state.close()

    ended = run(settings, "ask", QUESTION, "--json")
    assert ended.err == (
        f"Warning: {state.refused.message} Answering from {newer.name}, the one before. "
        "Build it again: blogqa build\n"
    )
    assert edition_of(ended.data) == 2
