"""The application: made from settings, and complete without anything from elsewhere."""

from __future__ import annotations

import logging
import re
import threading
from importlib.metadata import version
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from index.errors import IndexDamaged
from qa.errors import SettingsError
from qa.settings import Settings
from web.app import create_app
from web.state import ServerState


def test_settings_come_from_the_environment(
    sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOGQA_HOME", str(sample_home))
    monkeypatch.setenv("BLOGQA_LIMIT", "1")
    with TestClient(create_app()) as client:
        found = client.get("/api/search?q=call+reluctance").json()["passages"]
    assert len(found) == 1


def test_settings_come_from_the_file_in_the_working_folder(
    sample_home: Path, tmp_path: Path
) -> None:
    (tmp_path / "blogqa.toml").write_text(f"home = '{sample_home}'\nlimit = 2\n")
    with TestClient(create_app()) as client:
        assert len(client.get("/api/search?q=call+reluctance").json()["passages"]) == 2


def test_a_wrong_setting_fails_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOGQA_LIMIT", "99")
    with pytest.raises(SettingsError, match="'limit' in the environment is '99'"):
        create_app()


def test_without_an_index_it_starts_and_says_what_is_missing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state = ServerState(Settings(home=tmp_path))
    with caplog.at_level(logging.WARNING), TestClient(create_app(state)) as client:
        assert client.get("/healthz").status_code == 503
    warnings = [each.getMessage() for each in caplog.records if each.name == "web.state"]
    assert warnings == [
        f"No questions can be answered: There is no index in {tmp_path}/index. "
        "Build it: blogqa build"
    ]


def test_it_answers_as_soon_as_there_is_an_index(sample_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with TestClient(create_app(ServerState(Settings(home=home)))) as client:
        assert client.get("/healthz").status_code == 503
        home.symlink_to(sample_home)
        assert client.get("/healthz").status_code == 200
        answer = client.post("/api/ask", json={"question": "how do I handle call reluctance?"})
        assert answer.json()["status"] == "answered"


def test_the_index_is_opened_before_the_first_question(
    sample_settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    name = (sample_settings.index_folder / "current").read_text().strip()
    state = ServerState(sample_settings)
    with caplog.at_level(logging.INFO, "web.state"), TestClient(create_app(state)):
        assert caplog.messages == [f"Answering from generation {name}."]


def test_an_ended_server_watches_no_more_and_has_nothing_open(sample_settings: Settings) -> None:
    state = ServerState(sample_settings)
    with TestClient(create_app(state)), state.serving() as serving:
        assert "generation watcher" in {each.name for each in threading.enumerate()}
    assert "generation watcher" not in {each.name for each in threading.enumerate()}
    with pytest.raises(IndexDamaged, match="closed database"):
        serving.generation.store.titles()


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return TestClient(create_app(ServerState(Settings(home=tmp_path))))


def test_the_reference_is_complete_without_another_host(client: TestClient) -> None:
    html = client.get("/docs").text
    assert re.findall(r"(?:https?:)?//\w[^\s\"']*", html) == []
    files = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert sorted(files) == [
        "/docs/static/favicon.png",
        "/docs/static/swagger-ui-bundle.js",
        "/docs/static/swagger-ui.css",
    ]
    for path in files:
        response = client.get(path)
        assert response.status_code == 200
        assert len(response.content) > 500
    assert "url: '/openapi.json'" in html


def test_the_reference_tells_the_version(client: TestClient) -> None:
    info = client.get("/openapi.json").json()["info"]
    assert (info["title"], info["version"]) == ("blogqa", version("blogqa"))
    assert '`{"error": {"code", "message", "hint"}}`' in info["description"]


def test_there_is_no_second_reference(client: TestClient) -> None:
    assert client.get("/redoc").status_code == 404


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/static/main.js", "javascript"),
        ("/static/app.css", "text/css"),
        ("/static/icon.svg", "image/svg+xml"),
    ],
)
def test_static_files_are_served_as_what_they_are(client: TestClient, path: str, kind: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert kind in response.headers["content-type"]


@pytest.mark.parametrize("path", ["/static/%2e%2e/app.py", "/static/"])
def test_nothing_but_static_files_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
