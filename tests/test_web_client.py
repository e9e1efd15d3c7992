"""The client, against the real server: what it gives back, and what it says when that fails."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import TypeVar

import pytest

from qa.record_sql import erase
from qa.settings import Settings
from tests import checkups
from tests.servers import awaited, listening
from tests.test_web_waiting import SlowState
from web.app import create_app
from web.client import Client, ClientError
from web.state import ServerState

QUESTION = "how do I get past a receptionist?"
T = TypeVar("T")


@pytest.fixture(scope="module")
def state(sample_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> ServerState:
    """The sample archive's home again, with questions of its own."""
    settings = checkups.copy_of(sample_settings, tmp_path_factory.mktemp("own") / "home")
    erase(settings.questions_file)
    return ServerState(settings)


@pytest.fixture(scope="module")
def address(state: ServerState) -> Iterator[str]:
    with listening(create_app(state)) as url:
        yield url


def run(address: str, work: Callable[[Client], Awaitable[T]]) -> T:
    async def main() -> T:
        async with Client(address) as client:
            return await work(client)

    return awaited(main())


def failure(address: str, work: Callable[[Client], Awaitable[object]]) -> ClientError:
    with pytest.raises(ClientError) as caught:
        run(address, work)
    return caught.value


def test_it_asks_follows_up_and_narrows(address: str) -> None:
    async def talk(client: Client) -> None:
        first = await client.ask(QUESTION, limit=1)
        assert first.status == "answered"
        assert [each.post.title for each in first.passages] == ["The Receptionist Knows Who Died"]
        follow_up = "what about voicemail?"
        leaning = await client.ask(follow_up, history=[QUESTION])
        assert leaning.searched_with == [QUESTION]
        assert (await client.ask(follow_up, history=[QUESTION], alone=True)).searched_with == []
        narrowed = await client.ask(QUESTION, filters={"before": date(2012, 1, 1).isoformat()})
        assert all(
            each.post.published and each.post.published.year < 2012 for each in narrowed.passages
        )

    run(address + "/", talk)


def test_it_judges_and_takes_back(address: str, state: ServerState) -> None:
    async def judge(client: Client) -> None:
        answer = await client.ask(QUESTION, limit=1)
        passage = answer.passages[0].id
        whole = await client.feedback(answer.id, "helpful", by="U1")
        assert (whole.verdict, whole.reason, whole.passage_id) == ("helpful", None, None)
        await client.feedback(answer.id, "not_helpful", passage_id=passage, reason="Old.", by="U1")
        kept = [(each.feedback.passage_id, each.feedback.by) for each in state.record.judged(9)]
        assert kept == [(passage, "U1"), (None, "U1")]
        gone = await client.withdraw(answer.id, by="U1")
        assert gone.verdict is None
        assert [each.feedback.reason for each in state.record.judged(9)] == ["Old."]

    run(address, judge)


def test_it_tells_the_status(address: str) -> None:
    status = run(address, lambda client: client.status())
    assert (status.posts, status.feedback) == (40, True)
    assert [each.name for each in status.sources] == ["sample"]


def test_what_the_server_refuses_has_its_code_message_and_hint(address: str) -> None:
    error = failure(address, lambda client: client.ask(" "))
    assert (error.code, error.message) == ("invalid_input", "question: The question is empty.")
    assert error.hint == "See /docs for what can be sent."
    assert str(error) == error.message
    assert error.retry_after_s is None
    unknown = failure(address, lambda client: client.feedback("abc", "helpful"))
    assert unknown.code == "unknown_answer"


def test_it_tells_when_to_come_again(sample_settings: Settings) -> None:
    state = SlowState(replace(sample_settings, most_waiting=1))

    async def ask_twice(client: Client) -> ClientError:
        asked = asyncio.create_task(client.ask(QUESTION))
        assert await asyncio.to_thread(state.came.acquire, timeout=60)
        with pytest.raises(ClientError) as caught:
            await client.ask(QUESTION)
        state.go_on.set()
        assert (await asked).status == "answered"
        return caught.value

    with listening(create_app(state)) as url:
        error = run(url, ask_twice)
    assert (error.code, error.retry_after_s) == ("too_many_questions", 1.0)


def test_a_server_that_is_away_is_said_to_be() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    error = failure(url, lambda client: client.status())
    assert error.code == "unreachable"
    assert error.message.startswith(f"Nobody answers at {url}: ")
    assert "blogqa serve" in error.hint


def test_somebody_else_at_the_address_is_told_apart(address: str) -> None:
    error = failure(f"{address}/static", lambda client: client.status())
    assert error.code == "not_found"
    page = failure(f"{address}/?q=", lambda client: client.status())
    assert page.code == "not_blogqa"
    assert page.message.endswith("is no blogqa of this version (status 200).")
