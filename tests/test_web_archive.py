"""The API about the archive as a whole: suggestions while typing, and the map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa.record_sql import erase
from qa.settings import Settings
from tests import checkups
from tests.contracts.record import asked
from web.app import create_app
from web.state import ServerState


@pytest.fixture(scope="module")
def state(sample_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> ServerState:
    """The sample archive's home again, in which two questions were asked."""
    settings = checkups.copy_of(sample_settings, tmp_path_factory.mktemp("own") / "home")
    erase(settings.questions_file)
    state = ServerState(settings)
    now = datetime.now(UTC)
    state.record.keep(replace(asked("1", "cold mornings: what helps?"), at=now))
    state.record.keep(replace(asked("2", "cold fusion?", covered=False), at=now))
    return state


@pytest.fixture(scope="module")
def client(state: ServerState) -> Iterator[TestClient]:
    with TestClient(create_app(state)) as client:
        yield client


def suggested(client: TestClient, **query: str | int) -> list[tuple[str, str]]:
    response = client.get("/api/suggest", params=query)
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    assert list(body) == ["suggestions"]
    return [(each["text"], each["kind"]) for each in body["suggestions"]]


def test_what_was_asked_here_comes_before_the_archive_s_own_words(client: TestClient) -> None:
    assert suggested(client, q="Cold", limit=3) == [
        ("cold mornings: what helps?", "question"),
        ("cold calling", "tag"),
        ("cold email", "tag"),
    ]
    assert ("A red pencil for your cold e-mail", "title") in suggested(client, q="cold")


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": " "}, {"q": "?"}, {"q": "zqxj"}])
def test_nothing_typed_nothing_suggested(client: TestClient, query: dict[str, str]) -> None:
    assert suggested(client, **query) == []


def test_without_a_record_the_archive_s_words_are_there_all_the_same(
    state: ServerState, tmp_path: Path
) -> None:
    settings = checkups.copy_of(state.settings, tmp_path / "home")
    erase(settings.questions_file)
    settings.questions_file.write_bytes(b"These are no tables. " * 99)
    with TestClient(create_app(ServerState(settings))) as client:
        assert suggested(client, q="cold", limit=1) == [("cold calling", "tag")]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("q=a&limit=0", "limit: Input should be greater than or equal to 1."),
        ("q=a&limit=21", "limit: Input should be less than or equal to 20."),
        (f"q={'x' * 1001}", "q: String should have at most 1000 characters."),
    ],
)
def test_what_cannot_be_typed_is_named(client: TestClient, query: str, message: str) -> None:
    response = client.get(f"/api/suggest?{query}")
    assert response.status_code == 422
    assert response.json()["error"]["message"] == message


def test_the_map_has_every_post_and_the_subjects_they_have(client: TestClient) -> None:
    body = client.get("/api/map").json()
    assert body["generation"] == client.get("/healthz").json()["generation"]
    assert len(body["posts"]) == 40
    subjects = {each["id"]: each for each in body["subjects"]}
    named = [each["subject"] for each in body["posts"] if each["subject"] is not None]
    assert {id: named.count(id) for id in subjects} == {
        id: each["posts"] for id, each in subjects.items()
    }
    assert set(named) == set(subjects)
    assert all(each["name"] for each in subjects.values())
    for each in [*body["posts"], *body["subjects"]]:
        assert 0 <= each["x"] <= 1
        assert 0 <= each["y"] <= 1
    post = next(each for each in body["posts"] if each["title"] == "Dial First and Be Scared Later")
    assert post | {"x": 0, "y": 0, "subject": 0} == {
        "id": post["id"],
        "title": "Dial First and Be Scared Later",
        "author": "Desmond Kuiper",
        "published": "2011-03-15",
        "x": 0,
        "y": 0,
        "subject": 0,
        "link": f"/posts/{post['id']}",
    }
    assert client.get(post["link"]).status_code == 200


def test_the_map_is_sent_again_only_when_the_index_is_another(client: TestClient) -> None:
    response = client.get("/api/map")
    tag = response.headers["etag"]
    assert tag == f'"{response.json()["generation"]}"'
    assert response.headers["cache-control"] == "no-cache"
    for known in (tag, f"W/{tag}", f'"x", {tag}'):
        again = client.get("/api/map", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert client.get("/api/map", headers={"If-None-Match": '"x"'}).status_code == 200


def test_chips_choose_the_posts_that_may_answer(client: TestClient) -> None:
    chips = {each["chip"]: each["posts"] for each in client.get("/api/status").json()["chips"]}
    for chip in ("price", "first-call"):
        assert 0 < chips[chip] < 20
        found = client.get(f"/api/search?q=what+do+I+say&limit=20&chips={chip}").json()
        assert len({each["post"]["id"] for each in found["passages"]}) == chips[chip]
    both = {
        "question": "what do I say?",
        "limit": 20,
        "filters": {"chips": ["price", "first-call"]},
    }
    titles = {
        each["post"]["title"] for each in client.post("/api/ask", json=both).json()["passages"]
    }
    assert len(titles) < min(chips["price"], chips["first-call"])


def test_a_newer_post_is_named_beside_an_old_one(client: TestClient) -> None:
    question = "how do I handle call reluctance?"
    asked_for = {"question": question, "limit": 1}
    (passage,) = client.post("/api/ask", json=asked_for).json()["passages"]
    newer = passage["newer"]
    assert newer["published"] > passage["post"]["published"]
    assert client.get(newer["link"]).status_code == 200
    found = client.get("/api/search", params={"q": question, "limit": 1}).json()
    assert found["passages"][0]["newer"] == newer
