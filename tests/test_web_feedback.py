"""Feedback over the API: given, given again, taken back; and what is kept of each question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa.record import Frequent
from qa.record_sql import erase
from qa.settings import Settings
from tests import checkups
from tests.contracts.record import asked
from web.app import create_app
from web.state import ServerState

QUESTION = "how do I handle call reluctance?"


@pytest.fixture
def own(sample_settings: Settings, tmp_path: Path) -> Settings:
    """The sample archive's home again, with questions of its own."""
    settings = checkups.copy_of(sample_settings, tmp_path / "home")
    erase(settings.questions_file)
    return settings


@pytest.fixture
def state(own: Settings) -> ServerState:
    return ServerState(own)


@pytest.fixture
def client(state: ServerState) -> Iterator[TestClient]:
    with TestClient(create_app(state)) as client:
        yield client


def ask(client: TestClient, question: str = QUESTION, **more: object) -> dict[str, Any]:
    response = client.post("/api/ask", json={"question": question} | more)
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


def send(client: TestClient, method: str = "POST", **body: object) -> tuple[int, Any]:
    response = client.request(method, "/api/feedback", json=body)
    return response.status_code, response.json()


def test_an_answer_and_its_passages_are_judged(client: TestClient, state: ServerState) -> None:
    answer = ask(client)
    passage = answer["passages"][1]["id"]
    whole = {"answer_id": answer["id"], "passage_id": None, "verdict": "helpful", "reason": None}
    assert send(client, answer_id=answer["id"], verdict="helpful") == (200, whole)
    part = {"answer_id": answer["id"], "passage_id": passage, "verdict": "not_helpful"}
    told = part | {"reason": "Too old."}
    assert send(client, **part, reason=" Too old.\n") == (200, told)
    found = [
        (each.question, each.feedback.passage_id, each.feedback.verdict, each.feedback.reason)
        for each in state.record.judged(9)
    ]
    assert found == [
        (QUESTION, passage, "not_helpful", "Too old."),
        (QUESTION, None, "helpful", None),
    ]


def test_a_double_click_counts_once_and_people_are_told_apart(
    client: TestClient, state: ServerState
) -> None:
    id = ask(client)["id"]
    for by in (None, None, "U1", "U1", "U2"):
        assert send(client, answer_id=id, verdict="helpful", by=by)[0] == 200
    assert send(client, answer_id=id, verdict="not_helpful", by="U1")[0] == 200
    found = {each.feedback.by: each.feedback.verdict for each in state.record.judged(9)}
    assert found == {"": "helpful", "U1": "not_helpful", "U2": "helpful"}


def test_what_was_said_is_taken_back(client: TestClient, state: ServerState) -> None:
    answer = ask(client)
    id, passage = answer["id"], answer["passages"][0]["id"]
    nothing = {"answer_id": id, "passage_id": passage, "verdict": None, "reason": None}
    send(client, answer_id=id, verdict="helpful")
    send(client, answer_id=id, passage_id=passage, verdict="helpful")
    for _ in range(2):
        assert send(client, "DELETE", answer_id=id, passage_id=passage) == (200, nothing)
    assert [each.feedback.passage_id for each in state.record.judged(9)] == [None]


def test_what_was_not_shown_cannot_be_judged(client: TestClient) -> None:
    answer = ask(client)
    hint = "It is kept no more, or was not given here: ask again, and judge that answer."
    body = {"code": "unknown_answer", "message": "There is no answer 'abc'.", "hint": hint}
    assert send(client, answer_id="abc", verdict="helpful") == (404, {"error": body})
    assert send(client, "DELETE", answer_id="abc") == (404, {"error": body})
    status, found = send(client, answer_id=answer["id"], passage_id="x.1", verdict="helpful")
    assert status == 404
    assert found["error"]["code"] == "unknown_passage"
    assert found["error"]["message"] == f"The answer {answer['id']!r} has no passage 'x.1'."


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"answer_id": "a"}, "verdict: Field required."),
        (
            {"answer_id": "a", "verdict": "great"},
            "verdict: Input should be 'helpful' or 'not_helpful'.",
        ),
        (
            {"answer_id": "a", "verdict": "helpful", "reason": "x" * 1001},
            "reason: String should have at most 1000 characters.",
        ),
        ({"verdict": "helpful"}, "answer_id: Field required."),
    ],
)
def test_what_cannot_be_said_is_named(
    client: TestClient, sent: dict[str, str], message: str
) -> None:
    status, found = send(client, **sent)
    assert (status, found["error"]["code"]) == (422, "invalid_input")
    assert found["error"]["message"] == message


def test_every_question_is_kept_with_what_became_of_it(
    client: TestClient, state: ServerState
) -> None:
    ask(client, limit=1)
    ask(client, "And on Fridays?", history=[QUESTION], alone=True)
    ask(client, "What about voicemail?", history=["how do I get past a receptionist?"])
    ask(client, "Which enzyme splits lactose?")
    kept = [(each.question, each.searched_with) for each in state.record.missed(9)]
    assert kept == [("Which enzyme splits lactose?", ())]
    assert state.record.earlier("how do i", 9) == [QUESTION]
    assert state.record.earlier("what about", 9) == []


def test_a_question_that_is_not_to_be_kept_leaves_no_trace(
    client: TestClient, state: ServerState
) -> None:
    answer = ask(client, keep=False)
    ask(client, "Which enzyme splits lactose?", keep=False)
    assert answer["status"] == "answered"
    assert state.record.answered(9) == state.record.missed(9) == []
    status, body = send(client, answer_id=answer["id"], verdict="helpful")
    assert (status, body["error"]["code"]) == (404, "unknown_answer")


def test_a_record_that_cannot_be_written_costs_no_answer(client: TestClient, own: Settings) -> None:
    own.questions_file.unlink(missing_ok=True)
    own.questions_file.mkdir()
    answer = ask(client)
    assert answer["status"] == "answered"
    status, body = send(client, answer_id=answer["id"], verdict="helpful")
    assert (status, body["error"]["code"]) == (503, "record_unavailable")


def test_without_a_record_feedback_is_refused_politely(own: Settings) -> None:
    state = ServerState(replace(own, keep_questions_days=0))
    with TestClient(create_app(state)) as client:
        answer = ask(client)
        status, body = send(client, answer_id=answer["id"], verdict="helpful")
    assert status == 409
    assert body["error"] == {
        "code": "feedback_off",
        "message": "This server keeps no questions, so it cannot keep what you think of an answer.",
        "hint": "Whoever runs it can change that: keep_questions_days.",
    }
    assert not own.questions_file.exists()


def test_old_questions_are_forgotten_once_a_day(own: Settings) -> None:
    state = ServerState(replace(own, keep_questions_days=30))
    now = datetime.now(UTC)
    for days in (1, 29, 31, 400):
        then = now - timedelta(days=days)
        state.record.keep(replace(asked(str(days), f"How do I sell in {days} days?"), at=then))
    state.tidy()
    assert [each.question for each in state.record.answered(9)] == [
        "How do I sell in 1 days?",
        "How do I sell in 29 days?",
    ]
    late = replace(asked("late", "How late?"), at=now - timedelta(days=99))
    state.record.keep(late)
    state.tidy()
    assert Frequent("How late?", (), 1, late.at) in state.record.answered(9)
    state.close()
