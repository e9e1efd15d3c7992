"""What a server holds: opened once, exchanged for a newer generation without being noticed."""

from __future__ import annotations

import gc
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from index.current import current_folder
from index.errors import IndexDamaged, IndexingError, IndexMissing
from index.search import HybridSearcher
from index.types import Filters, Query
from qa.imports import import_again
from qa.settings import Settings
from qa.workspace import build_index
from tests import checkups
from tests.servers import address
from tests.tiny import make_model
from web.app import create_app
from web.state import ServerState, Serving

ASKERS = 4
SWAP_LIMIT_S = 2
QUERY = Query("fax machine")
SIX = (
    "Ring the customer back on a Tuesday.",
    "A discount is a present that nobody asked for.",
    "Draw the committee before you meet it.",
    "Leave the slides at home and bring a pencil.",
    "Ask what happens if nothing is bought.",
    "Send the minutes before the train leaves.",
)
"""Different enough for none to stand for another."""


@pytest.fixture(scope="module")
def six(
    make_home: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Settings]:
    """A folder of six posts, and a home with these built; the home is for copying only."""
    folder = tmp_path_factory.mktemp("six") / "posts"
    write_six(folder)
    return folder, make_home(folder)


def write_six(folder: Path) -> None:
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.md").write_text(f"{SIX[number]}\n")


@pytest.fixture
def posts(six: tuple[Path, Settings]) -> Path:
    """The folder that the home was imported from, as it was then."""
    folder, _ = six
    shutil.rmtree(folder)
    write_six(folder)
    return folder


@pytest.fixture
def settings(six: tuple[Path, Settings], posts: Path, tmp_path: Path) -> Settings:
    _, home = six
    return checkups.copy_of(home, tmp_path / "home")


@pytest.fixture
def state(settings: Settings) -> Iterator[ServerState]:
    """A server that answers, and looks for something newer only where a test says so."""
    state = ServerState(settings)
    state.look()
    yield state
    state.close()


def publish(settings: Settings, posts: Path, name: str) -> str:
    """The name of a new generation, with one more post of that ``name``."""
    (posts / f"{name}.md").write_text(f"This {name} post tells of {name} and a fax machine.\n")
    import_again(settings)
    return build_index(settings).generation


def in_use(state: ServerState) -> str:
    with state.serving() as serving:
        return serving.overview.generation


def point_to(settings: Settings, name: str) -> None:
    """Make ``name`` current, as a build does it."""
    pointer = settings.index_folder / ".current"
    pointer.write_text(name + "\n")
    pointer.replace(settings.index_folder / "current")


def damaged_copy(settings: Settings, name: str) -> Path:
    """A copy of the current generation under ``name`` with a file cut short; gives that file."""
    current = current_folder(settings.index_folder)
    return cut_short(Path(shutil.copytree(current, current.parent / name)))


def cut_short(folder: Path) -> Path:
    """Damage the generation in ``folder``; gives the file that is damaged."""
    file = folder / "passages.sqlite"
    file.write_bytes(file.read_bytes()[:-1])
    return file


def with_tiny_model(settings: Settings, folder: Path) -> Settings:
    """Settings for another model, compiled beside the others where no other test sees it."""
    own = folder / "encoders"
    own.mkdir()
    for compiled in settings.encoders_folder.iterdir():
        (own / compiled.name).symlink_to(compiled.resolve())
    settings.encoders_folder.unlink()
    own.rename(settings.encoders_folder)
    return replace(settings, model=str(make_model(folder / "model")))


def swaps_within(state: ServerState, name: str, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if in_use(state) == name:
            return True
        time.sleep(0.02)
    return False


class CountingState(ServerState):
    """A server that counts how often it opens an index."""

    opened = 0

    def _open(self, folder: Path) -> Serving:
        self.opened += 1
        return super()._open(folder)


def test_an_index_is_opened_once_however_many_ask_at_first(sample_settings: Settings) -> None:
    state = CountingState(sample_settings)
    start = threading.Barrier(ASKERS)

    def first_question(_: int) -> Serving:
        start.wait()
        with state.serving() as serving:
            return serving

    with ThreadPoolExecutor(ASKERS) as pool:
        served = list(pool.map(first_question, range(ASKERS)))
    assert all(each is served[0] for each in served)
    assert state.opened == 1
    state.look()
    assert state.opened == 1
    state.close()


def test_what_is_served_is_told_of_the_generation(settings: Settings, state: ServerState) -> None:
    name = (settings.index_folder / "current").read_text().strip()
    with state.serving() as serving:
        assert serving.overview.generation == serving.searcher.describe().generation == name
        assert serving.overview.posts == 6
        assert serving.examples == []


def test_a_newer_generation_takes_over_and_questions_under_way_finish_on_the_old_one(
    settings: Settings, posts: Path, state: ServerState
) -> None:
    with state.serving() as old, state.serving() as same:
        assert same is old
        name = publish(settings, posts, "new")
        state.look()
        with state.serving() as new:
            assert new.overview.generation == name
            assert new.overview.posts == 7
            assert new.searcher.search(QUERY, 1, Filters())[0].post.title == "New"
        assert len(old.searcher.search(QUERY, 20, Filters())) == 6
    with pytest.raises(IndexDamaged, match="closed database"):
        old.searcher.search(QUERY, 20, Filters())
    with state.serving() as after:
        assert len(after.searcher.search(QUERY, 20, Filters())) == 7


def test_no_question_opens_a_newer_generation(
    settings: Settings, posts: Path, state: ServerState
) -> None:
    before = in_use(state)
    name = publish(settings, posts, "new")
    assert in_use(state) == before
    state.look()
    assert in_use(state) == name


def test_the_encoder_is_opened_once_for_all_generations_made_with_it(
    settings: Settings, posts: Path, state: ServerState, tmp_path: Path
) -> None:
    def encoder_in_use() -> object:
        with state.serving() as serving:
            assert isinstance(serving.searcher, HybridSearcher)
            return serving.searcher._encoder

    first = encoder_in_use()
    publish(settings, posts, "new")
    state.look()
    assert encoder_in_use() is first
    publish(with_tiny_model(settings, tmp_path), posts, "other")
    state.look()
    assert encoder_in_use() is not first
    with state.serving() as serving:
        assert serving.overview.model == str(tmp_path / "model")
        assert len(serving.searcher.search(QUERY, 20, Filters())) == 8


def test_a_generation_is_warm_before_it_is_in_use(
    settings: Settings, posts: Path, state: ServerState, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = in_use(state)
    searched: list[tuple[str, Filters, str]] = []
    search = HybridSearcher.search

    def recording(self: HybridSearcher, query: Query, limit: int, filters: Filters) -> object:
        searched.append((self.generation.manifest.generation, filters, in_use(state)))
        return search(self, query, limit, filters)

    monkeypatch.setattr(HybridSearcher, "search", recording)
    (posts / "signed.md").write_text("---\nauthor: Ada\n---\nThe fax machine hums.\n")
    name = publish(settings, posts, "new")
    state.look()
    assert searched == [(name, Filters(), before), (name, Filters(author="Ada"), before)]


def test_a_running_server_sees_a_new_generation_without_being_asked(
    settings: Settings, posts: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state = ServerState(settings)
    threads = threading.active_count()
    with caplog.at_level(logging.INFO, "web.state"), state.watching():
        state.look()
        name = publish(settings, posts, "new")
        assert swaps_within(state, name, SWAP_LIMIT_S)
    assert threading.active_count() == threads
    assert caplog.messages[-1] == f"Answering from generation {name}."


def test_questions_asked_during_a_swap_all_succeed(settings: Settings, posts: Path) -> None:
    state = ServerState(settings)
    app = create_app(state)
    names: list[str] = []
    swapped = threading.Event()

    def ask_until_swapped(client: TestClient) -> list[tuple[int, str]]:
        answers = []
        last = False
        while not last:
            last = swapped.is_set()  # a question begun after that is the last one
            response = client.post("/api/ask", json={"question": "a fax machine?"})
            answers.append((response.status_code, response.json().get("generation", "")))
        return answers

    with TestClient(app) as client, ThreadPoolExecutor(ASKERS) as pool:
        before = client.get("/healthz").json()["generation"]
        asking = [pool.submit(ask_until_swapped, client) for _ in range(ASKERS)]
        try:
            names.append(publish(settings, posts, "new"))
            assert swaps_within(state, names[0], SWAP_LIMIT_S)
        finally:
            swapped.set()
        answers = [each.result() for each in asking]
    for given in answers:
        assert {status for status, _ in given} == {200}
        generations = [generation for _, generation in given]
        assert generations[0] == before
        assert generations[-1] == names[0]
        assert generations == sorted(generations), "no answer from the old one after the new one"


def test_an_index_published_later_is_found_by_who_asks(
    make_home: Callable[[Path], Settings], posts: Path, tmp_path: Path
) -> None:
    settings = make_home(posts)
    waiting = settings.index_folder.rename(tmp_path / "index")
    state = ServerState(settings)
    for _ in range(2):
        with pytest.raises(IndexMissing), state.serving():
            pass
    waiting.rename(settings.index_folder)
    with state.serving() as serving:
        assert serving.overview.posts == 6
    assert state.refused is None
    state.close()


def test_a_damaged_generation_changes_nothing_but_the_health(
    settings: Settings, state: ServerState, caplog: pytest.LogCaptureFixture
) -> None:
    good = in_use(state)
    file = damaged_copy(settings, "20990101T000000.000000Z")
    point_to(settings, file.parent.name)
    for _ in range(3):
        state.look()
    client = TestClient(create_app(state))
    reason = f"{file} is not what the build wrote. Build it again: blogqa build"
    assert caplog.messages == [f"Still answering from generation {good}: {reason}"]
    health = client.get("/healthz")
    assert health.status_code == 200
    assert health.json() == {"status": "degraded", "generation": good, "reason": reason}
    answer = client.post("/api/ask", json={"question": "a fax machine?"}).json()
    assert answer["generation"] == good


@pytest.mark.parametrize("mended", ["pointer", "file", "build"])
def test_health_is_good_again_once_something_is_mended(
    settings: Settings, posts: Path, state: ServerState, mended: str
) -> None:
    good = in_use(state)
    file = damaged_copy(settings, "20200101T000000.000000Z")
    point_to(settings, file.parent.name)
    state.look()
    assert isinstance(state.refused, IndexDamaged)
    wanted = good
    if mended == "pointer":
        point_to(settings, good)
    elif mended == "file":
        shutil.copy(file.parent.parent / good / file.name, file)
    else:
        wanted = publish(settings, posts, "new")
    state.look()
    assert state.refused is None
    assert in_use(state) == wanted


def test_a_generation_that_is_refused_is_opened_once(settings: Settings) -> None:
    state = CountingState(settings)
    state.look()
    point_to(settings, damaged_copy(settings, "20990101T000000.000000Z").parent.name)
    for _ in range(3):
        state.look()
    assert state.opened == 2
    state.close()


def test_without_any_usable_generation_each_question_is_told_why(settings: Settings) -> None:
    file = damaged_copy(settings, "20990101T000000.000000Z")
    cut_short(current_folder(settings.index_folder))
    point_to(settings, file.parent.name)
    state = CountingState(settings)
    errors: list[IndexingError] = []
    for _ in range(2):
        with pytest.raises(IndexDamaged) as caught, state.serving():
            pass
        errors.append(caught.value)
    assert [each.message for each in errors] == [f"{file} is not what the build wrote."] * 2
    assert [each.hint for each in errors] == ["Build it again: blogqa build"] * 2
    assert errors[0] is not errors[1]
    assert state.opened == 2, "each of the two generations once"


def test_a_server_started_on_a_damaged_generation_answers_from_the_one_before(
    settings: Settings, posts: Path, caplog: pytest.LogCaptureFixture
) -> None:
    older = current_folder(settings.index_folder).name
    publish(settings, posts, "new")
    file = cut_short(current_folder(settings.index_folder))
    state = CountingState(settings)
    assert in_use(state) == older
    reason = f"{file} is not what the build wrote. Build it again: blogqa build"
    assert caplog.messages == [f"Still answering from generation {older}: {reason}"]
    state.look()
    assert state.opened == 2, "each of the two generations once"
    assert in_use(state) == older
    point_to(settings, older)
    state.look()
    assert (in_use(state), state.refused) == (older, None)
    state.close()


@pytest.mark.parametrize("content", ["20990101T000000.000000Z\n", "", None])
def test_a_pointer_that_leads_nowhere_is_refused(
    settings: Settings, state: ServerState, content: str | None
) -> None:
    good = in_use(state)
    current = settings.index_folder / "current"
    if content is None:
        current.unlink()
    else:
        current.write_text(content)
    state.look()
    assert state.refused is not None
    assert state.refused.message == (
        f"There is no index in {settings.index_folder}."
        if content is None
        else f"{current} names the generation {content.strip()!r}, which is not there."
    )
    assert in_use(state) == good


def test_a_missing_encoder_is_refused_until_it_is_there(
    settings: Settings, posts: Path, state: ServerState, tmp_path: Path
) -> None:
    good = in_use(state)
    name = publish(with_tiny_model(settings, tmp_path), posts, "other")
    encoders = settings.encoders_folder
    (compiled,) = (folder for folder in encoders.iterdir() if not folder.is_symlink())
    away = compiled.rename(tmp_path / "away")
    state.look()
    assert state.refused is not None
    assert state.refused.code == "encoder_error"
    assert in_use(state) == good
    away.rename(compiled)
    state.look()
    assert in_use(state) == name


def test_each_worker_of_a_server_sees_a_new_generation(
    settings: Settings, posts: Path, tmp_path: Path
) -> None:
    log = tmp_path / "server.log"
    with log.open("wb") as errors:
        server = subprocess.Popen(
            [sys.executable, "-m", "qa.cli", "serve", "--workers", "2"],
            cwd=Path(__file__).parent.parent,
            env=os.environ | settings.as_environment() | {"BLOGQA_PORT": "0"},
            stderr=errors,
        )
    try:
        url = address(server, log)
        before = (settings.index_folder / "current").read_text().strip()
        assert appears(log, f"Answering from generation {before}.", times=2, seconds=60)
        name = publish(settings, posts, "new")
        assert appears(log, f"Answering from generation {name}.", times=2, seconds=SWAP_LIMIT_S)
        with urllib.request.urlopen(f"{url}/healthz", timeout=20) as response:
            assert json.load(response) == {"status": "ok", "generation": name, "reason": None}
    finally:
        os.kill(server.pid, signal.SIGTERM)
        server.wait(timeout=20)
    assert server.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in log.read_text()


def appears(log: Path, text: str, *, times: int, seconds: float) -> bool:
    """Whether ``text`` is said so many times in ``log`` before the time is up."""
    end = time.monotonic() + seconds
    while log.read_text().count(text) < times:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def open_files(folder: Path) -> set[str]:
    """What this process has open or mapped of ``folder``."""
    maps = Path("/proc/self/maps").read_text().splitlines()
    names = {line.split(maxsplit=5)[-1] for line in maps}
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            names.add(str(descriptor.readlink()))
        except FileNotFoundError:  # the descriptor that listed them
            continue
    return {name for name in names if name.startswith(str(folder))}


def held_by_process() -> tuple[int, int]:
    """How many file descriptors this process has, and mappings."""
    descriptors = list(Path("/proc/self/fd").iterdir())
    return len(descriptors), len(Path("/proc/self/maps").read_text().splitlines())


def threads_fall_to(count: int, seconds: float) -> bool:
    """Whether there are soon no more than ``count`` threads, those of libraries counted."""
    end = time.monotonic() + seconds
    while len(list(Path("/proc/self/task").iterdir())) > count:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_many_swaps_leave_nothing_open(settings: Settings, posts: Path, state: ServerState) -> None:
    names = (in_use(state), publish(settings, posts, "new"))
    generations = (settings.index_folder / "generations").resolve()

    def swap(turn: int) -> None:
        point_to(settings, names[turn % 2])
        state.look()
        with state.serving() as serving:
            assert len(serving.searcher.search(QUERY, 20, Filters())) == (6, 7)[turn % 2]

    gc.disable()  # what is let go of goes at once, not when somebody looks for cycles
    try:
        for turn in range(1, 11):
            swap(turn)
        descriptors, mappings = held_by_process()
        threads = len(list(Path("/proc/self/task").iterdir()))
        for turn in range(11, 51):
            swap(turn)
        held = {Path(name).relative_to(generations).parts[0] for name in open_files(generations)}
        assert held == {names[0]}
        assert threads_fall_to(threads, seconds=5)  # tantivy's end within half a second
        assert held_by_process()[0] == descriptors
        assert held_by_process()[1] < mappings + 40  # one a swap leaks; malloc's own come and go
        state.close()
        assert open_files(generations) == set()
    finally:
        gc.enable()
