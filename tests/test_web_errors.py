"""Every failure has the one body, names what is wrong, and says what to do next."""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from corpus.errors import ArchiveError
from index.encoder import Encoder
from index.errors import EncoderError, IndexDamaged, IndexIncompatible, IndexMissing
from index.lock import build_lock
from index.search import HybridSearcher
from index.types import Filters, Hit, Query
from qa.errors import QuestionError
from qa.settings import Settings
from web.app import create_app
from web.errors import error_response
from web.state import ServerState, Serving

SEE = "See /docs for what can be sent."
REACHING_THE_INDEX = (
    ("POST", "/api/ask"),
    ("GET", "/api/search?q=hi"),
    ("GET", "/api/status"),
    ("GET", "/api/suggest?q=hi"),
    ("GET", "/api/map"),
    ("GET", "/healthz"),
)


@pytest.fixture(scope="module")
def client(sample_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(ServerState(sample_settings))) as client:
        yield client


def body(code: str, message: str, hint: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "hint": hint}}


def send(client: TestClient, method: str, path: str) -> Any:
    return client.request(method, path, json={"question": "hi"} if method == "POST" else None)


def post(client: TestClient, content: str | bytes, kind: str = "application/json") -> Any:
    return client.post("/api/ask", content=content, headers={"content-type": kind})


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({}, "question: Field required."),
        ({"question": ""}, "question: The question is empty."),
        ({"question": " \n"}, "question: The question is empty."),
        (
            {"question": "x" * 1001},
            "question: The question has 1001 characters; at most 1000 can be asked.",
        ),
        ({"question": "\ud83d"}, "question: The question is not valid text."),
        ({"question": 5}, "question: Input should be a valid string."),
        ({"question": None}, "question: Input should be a valid string."),
        (
            {"question": "hi", "limit": 0},
            "limit: Input should be greater than or equal to 1.",
        ),
        ({"question": "hi", "limit": 21}, "limit: Input should be less than or equal to 20."),
        (
            {"question": "hi", "limit": "many"},
            "limit: Input should be a valid integer, unable to parse string as an integer.",
        ),
        (
            {"question": "hi", "filters": {"after": "2012-13-01"}},
            "filters.after: Input should be a valid date or datetime, "
            "month value is outside expected range of 1-12.",
        ),
        ({"question": "hi", "filters": {"tag": 1}}, "filters.tag: Input should be a valid string."),
        (
            {"question": "hi", "filters": {"tag": "x" * 1001}},
            "filters.tag: String should have at most 1000 characters.",
        ),
        (
            {"question": "hi", "filters": {"author": "\ud83d"}},
            "filters.author: Input should be a valid string, "
            "unable to parse raw data as a unicode string.",
        ),
        (
            {"question": "hi", "history": ["\ud83d"]},
            "history.0: Input should be a valid string, "
            "unable to parse raw data as a unicode string.",
        ),
        (
            {"question": "hi", "filters": {"topic": "x"}},
            "filters.topic: Extra inputs are not permitted.",
        ),
        ({"question": "hi", "history": "ho"}, "history: Input should be a valid list."),
        (
            {"question": "hi", "history": ["ok", 2]},
            "history.1: Input should be a valid string.",
        ),
        (
            {"question": "hi", "history": ["x" * 1001]},
            "history.0: String should have at most 1000 characters.",
        ),
        (
            {"question": "hi", "history": ["x"] * 11},
            "history: List should have at most 10 items after validation, not 11.",
        ),
        ({"question": "hi", "colour": "red"}, "colour: Extra inputs are not permitted."),
        (
            {"limit": 0, "colour": "red"},
            "question: Field required; limit: Input should be greater than or equal to 1; "
            "colour: Extra inputs are not permitted.",
        ),
    ],
)
def test_what_cannot_be_asked_is_named(client: TestClient, sent: object, message: str) -> None:
    response = post(client, json.dumps(sent))
    assert response.status_code == 422
    assert response.json() == body("invalid_input", message, SEE)


def test_an_unknown_chip_is_named_with_the_known_ones(client: TestClient) -> None:
    asked = client.post("/api/ask", json={"question": "hi", "filters": {"chips": ["price", "x"]}})
    searched = client.get("/api/search?q=hi&chips=price&chips=x")
    known = [each["chip"] for each in client.get("/api/status").json()["chips"]]
    for response in (asked, searched):
        assert response.status_code == 422
        assert response.json() == body(
            "invalid_input",
            "There is no chip 'x'.",
            f"There are: {', '.join(known)}.",
        )


@pytest.mark.parametrize("sent", ["{broken", '{"question": "hi"', "question=hi", '{"question":}'])
def test_broken_json_is_called_that(client: TestClient, sent: str) -> None:
    response = post(client, sent)
    assert response.status_code == 422
    assert response.json() == body("invalid_input", "body: JSON decode error.", SEE)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("", "body: Field required."),
        ("[]", "body: Input should be a valid dictionary or object to extract fields from."),
        ('"hi"', "body: Input should be a valid dictionary or object to extract fields from."),
    ],
)
def test_a_body_of_another_shape_is_refused(client: TestClient, sent: str, message: str) -> None:
    response = post(client, sent)
    assert response.status_code == 422
    assert response.json() == body("invalid_input", message, SEE)


def test_json_that_is_not_called_so_is_refused(client: TestClient) -> None:
    response = post(client, '{"question": "hi"}', kind="application/x-www-form-urlencoded")
    assert response.status_code == 422
    assert response.json()["error"]["message"].startswith("body: Input should be a valid dict")


def test_a_body_that_is_no_text_is_refused(client: TestClient) -> None:
    response = post(client, b'{"question": "\xff"}')
    assert response.status_code == 400
    assert response.json() == body(
        "http_error",
        "POST /api/ask: There was an error parsing the body.",
        "See /docs for what there is.",
    )


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "q: Field required."),
        ("q=", "q: The question is empty."),
        ("q=hi&limit=21", "limit: Input should be less than or equal to 20."),
        (
            "q=hi&after=soon",
            "after: Input should be a valid date or datetime, input is too short.",
        ),
        ("q=hi&filters.tag=x", "filters.tag: Extra inputs are not permitted."),
        ("question=hi", "q: Field required; question: Extra inputs are not permitted."),
    ],
)
def test_what_cannot_be_searched_is_named(client: TestClient, query: str, message: str) -> None:
    response = client.get(f"/api/search?{query}")
    assert response.status_code == 422
    assert response.json() == body("invalid_input", message, SEE)


def test_a_passage_that_is_no_number_is_named(client: TestClient) -> None:
    response = client.get("/posts/any?p=first")
    assert response.status_code == 422
    assert response.json() == body(
        "invalid_input",
        "p: Input should be a valid integer, unable to parse string as an integer.",
        SEE,
    )


@pytest.mark.parametrize("path", ["/nothing", "/api", "/api/asks", "/static/none.js", "/docs/no"])
def test_an_unknown_path_is_named(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.json() == body(
        "not_found", f"GET {path}: Not Found.", "See /docs for what there is."
    )


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/api/ask", "POST"), ("DELETE", "/api/status", "GET"), ("POST", "/posts/x", "GET")],
)
def test_a_wrong_method_is_named_with_the_right_one(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == allowed
    assert response.json() == body(
        "method_not_allowed",
        f"{method} {path}: Method Not Allowed.",
        "See /docs for what there is.",
    )


@pytest.mark.parametrize(("method", "path"), REACHING_THE_INDEX)
def test_without_an_index_every_route_says_how_to_get_one(
    tmp_path: Path, method: str, path: str
) -> None:
    state = ServerState(Settings(home=tmp_path))
    with TestClient(create_app(state)) as client:
        response = send(client, method, path)
    assert response.status_code == 503
    assert response.json() == body(
        "index_missing", f"There is no index in {tmp_path}/index.", "Build it: blogqa build"
    )


def test_while_one_is_built_every_route_says_when_to_come_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with build_lock(settings.index_folder), TestClient(create_app(ServerState(settings))) as client:
        for method, path in REACHING_THE_INDEX:
            response = send(client, method, path)
            assert response.status_code == 503
            assert response.headers["retry-after"] == "5"
            assert response.json() == body(
                "index_missing",
                f"There is no index in {tmp_path}/index.",
                "It is being built just now: come again in a moment.",
            )
        page = client.get("/posts/any")
        assert (page.status_code, page.headers["retry-after"]) == (503, "5")
        assert "Its index is being made." in page.text


def test_without_an_index_the_reader_says_so_on_a_page(tmp_path: Path) -> None:
    with TestClient(create_app(ServerState(Settings(home=tmp_path)))) as client:
        page = client.get("/posts/any")
    assert page.status_code == 503
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "retry-after" not in page.headers
    assert "<h1>The archive cannot be read just now</h1>" in page.text
    assert f"There is no index in {tmp_path}/index." in page.text
    assert "Build it: blogqa build" in page.text


@pytest.fixture
def spoiled(sample_home: Path, tmp_path: Path) -> Path:
    """A copy of the sample archive's home, free to be spoiled."""
    return shutil.copytree(sample_home, tmp_path / "home", symlinks=True)


def current(home: Path) -> Path:
    index = home / "index"
    return index / "generations" / (index / "current").read_text().strip()


def test_a_damaged_index_is_named_on_every_route(spoiled: Path) -> None:
    store = current(spoiled) / "passages.sqlite"
    store.write_bytes(store.read_bytes()[:-100])
    with TestClient(create_app(ServerState(Settings(home=spoiled)))) as client:
        for method, path in REACHING_THE_INDEX:
            response = send(client, method, path)
            assert response.status_code == 503
            assert response.json() == body(
                "index_damaged",
                f"{store} is not what the build wrote.",
                "Build it again: blogqa build",
            )


def test_an_index_of_another_format_is_refused_on_every_route(spoiled: Path) -> None:
    manifest = current(spoiled) / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 99}))
    with TestClient(create_app(ServerState(Settings(home=spoiled)))) as client:
        for method, path in REACHING_THE_INDEX:
            response = send(client, method, path)
            assert response.status_code == 503
            error = response.json()["error"]
            assert error["code"] == "index_incompatible"
            assert f"The index {manifest.parent.name} has format 99;" in error["message"]
            assert error["hint"] == "Build it again: blogqa build"


def test_a_missing_encoder_is_said_to_be_missing(spoiled: Path) -> None:
    (spoiled / "encoders").unlink()
    with TestClient(create_app(ServerState(Settings(home=spoiled)))) as client:
        response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "encoder_error"
    assert response.json()["error"]["hint"].endswith("run: blogqa build")


class FailingSearcher(HybridSearcher):
    """A searcher with a programming mistake in it."""

    def search(self, query: Query, limit: int, filters: Filters) -> list[Hit]:
        raise ZeroDivisionError("a secret of the server's")


class FailingState(ServerState):
    """A server whose searcher fails on every question."""

    def __init__(self, settings: Settings, encoder: Encoder) -> None:
        super().__init__(settings)
        self._own_encoder = encoder

    @contextmanager
    def serving(self) -> Iterator[Serving]:
        with super().serving() as serving:
            searcher = FailingSearcher(serving.generation, self._own_encoder)
            yield replace(serving, searcher=searcher)


def test_a_mistake_of_ours_is_a_reference_in_the_body_and_a_traceback_in_the_log(
    sample_settings: Settings, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(FailingState(sample_settings, encoder))
    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.post("/api/ask", json={"question": "hi"})
        assert client.get("/healthz").status_code == 200
    assert response.status_code == 500
    error = response.json()["error"]
    found = re.search(r"report the reference ([0-9a-f]{8}) from its log", error["hint"])
    assert found
    reference = found.group(1)
    assert response.json() == body(
        "internal_error",
        "Something went wrong on the server.",
        f"Try again; if it happens again, report the reference {reference} from its log.",
    )
    (record,) = [each for each in caplog.records if reference in each.getMessage()]
    assert record.levelno == logging.ERROR
    assert record.getMessage() == f"/api/ask failed, reference {reference}"
    assert record.exc_text is not None
    assert "a secret of the server's" in record.exc_text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QuestionError("limit", "m", "h"), 422),
        (IndexMissing("m", "h"), 503),
        (IndexDamaged("m", "h"), 503),
        (IndexIncompatible("m", "h"), 503),
        (EncoderError("m", "h"), 503),
        (ArchiveError("m", "h"), 500),
    ],
)
def test_every_error_of_ours_has_its_status(
    tmp_path: Path, error: QuestionError, status: int
) -> None:
    app = create_app(ServerState(Settings(home=tmp_path)))

    @app.get("/raising")
    def raising() -> None:
        raise error

    response = TestClient(app).get("/raising")
    assert response.status_code == status
    assert response.json() == body(error.code, "m", "h")


def test_the_body_without_a_hint_has_an_empty_one() -> None:
    response = error_response(418, "teapot", "Short and stout.")
    assert response.status_code == 418
    assert json.loads(bytes(response.body)) == body("teapot", "Short and stout.", "")
