"""What a server holds: opened once, exchanged when a newer generation is published."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from index.errors import IndexDamaged, IndexMissing
from index.types import Filters, Query
from qa.imports import import_again
from qa.settings import Settings
from qa.workspace import build_index
from web.app import create_app
from web.state import ServerState, Serving

ASKERS = 4


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.md").write_text(f"Ring the customer back on day {number}.\n")
    return folder


@pytest.fixture
def settings(make_home: Callable[[Path], Settings], posts: Path) -> Settings:
    return make_home(posts)


def publish(settings: Settings, posts: Path, name: str) -> str:
    """The name of a new generation, with one more post of that ``name``."""
    (posts / f"{name}.md").write_text(f"The {name} post tells of a fax machine.\n")
    import_again(settings)
    return build_index(settings).generation


class CountingState(ServerState):
    """A server that counts how often it opens an index."""

    opened = 0

    def _open(self) -> Serving:
        self.opened += 1
        return super()._open()


def test_an_index_is_opened_once_however_many_ask_at_first(sample_settings: Settings) -> None:
    state = CountingState(sample_settings)
    start = threading.Barrier(ASKERS)

    def first_question(_: int) -> Serving:
        start.wait()
        return state.serving()

    with ThreadPoolExecutor(ASKERS) as pool:
        served = list(pool.map(first_question, range(ASKERS)))
    assert all(each is served[0] for each in served)
    assert state.opened == 1
    assert state.serving() is served[0]


def test_what_is_served_is_told_of_the_generation(settings: Settings) -> None:
    serving = ServerState(settings).serving()
    name = (settings.index_folder / "current").read_text().strip()
    assert serving.overview.generation == serving.searcher.describe().generation == name
    assert serving.overview.posts == 6
    assert serving.examples == []


def test_a_newer_generation_takes_over_and_the_old_one_still_answers(
    settings: Settings, posts: Path
) -> None:
    state = ServerState(settings)
    old = state.serving()
    name = publish(settings, posts, "new")
    new = state.serving()
    assert new is not old
    assert new.overview.generation == name
    assert new.overview.posts == 7
    query = Query("fax machine")
    assert new.searcher.search(query, 1, Filters())[0].post.title == "New"
    assert len(old.searcher.search(query, 20, Filters())) == 6


def test_questions_asked_during_a_swap_all_succeed(settings: Settings, posts: Path) -> None:
    app = create_app(ServerState(settings))
    before = TestClient(app).get("/healthz").json()["generation"]
    published = threading.Event()
    names: list[str] = []

    def ask_until_swapped() -> list[tuple[int, str]]:
        client = TestClient(app)
        answers = []
        last = False
        while not last:
            last = published.is_set()  # a question begun after that is the last one
            response = client.post("/api/ask", json={"question": "a fax machine?"})
            answers.append((response.status_code, response.json().get("generation", "")))
        return answers

    with ThreadPoolExecutor(ASKERS) as pool:
        asking = [pool.submit(ask_until_swapped) for _ in range(ASKERS)]
        try:
            names.append(publish(settings, posts, "new"))
        finally:
            published.set()
        answers = [each.result() for each in asking]
    for given in answers:
        assert {status for status, _ in given} == {200}
        generations = [generation for _, generation in given]
        assert generations[0] == before
        assert generations[-1] == names[0]
        assert generations == sorted(generations), "no answer from the old one after the new one"


def test_an_index_published_later_is_found(
    make_home: Callable[[Path], Settings], posts: Path, tmp_path: Path
) -> None:
    settings = make_home(posts)
    waiting = settings.index_folder.rename(tmp_path / "index")
    state = ServerState(settings)
    with pytest.raises(IndexMissing):
        state.serving()
    waiting.rename(settings.index_folder)
    assert state.serving().overview.posts == 6


def test_a_generation_that_is_not_there_is_an_error_until_it_is_mended(settings: Settings) -> None:
    state = ServerState(settings)
    served = state.serving()
    current = settings.index_folder / "current"
    name = current.read_text()
    current.write_text("20990101T000000.000000Z\n")
    with pytest.raises(IndexDamaged, match="20990101T000000"):
        state.serving()
    current.write_text(name)
    assert state.serving() is served
