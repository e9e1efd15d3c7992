"""More questions than a server takes in at once are asked to come again, and nothing else is."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from qa.settings import Settings
from tests.servers import awaited, listening
from web.app import create_app
from web.state import ServerState, Serving
from web.waiting import MostWaiting

QUESTION = {"question": "how do I handle call reluctance?"}
BLOG = "https://blog.example"
MOST = 3


class SlowState(ServerState):
    """A server whose questions are held until they may go on."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.came = threading.Semaphore(0)
        self.go_on = threading.Event()

    @contextmanager
    def serving(self) -> Iterator[Serving]:
        with super().serving() as serving:
            self.came.release()
            assert self.go_on.wait(60)
            yield serving


def test_a_full_house_asks_to_come_again(sample_settings: Settings) -> None:
    settings = replace(sample_settings, most_waiting=MOST)
    state = SlowState(settings)
    with listening(create_app(state)) as url, ThreadPoolExecutor(MOST) as threads:

        def ask() -> httpx.Response:
            return httpx.post(f"{url}/api/ask", json=QUESTION, timeout=60)

        asked = [threads.submit(ask) for _ in range(MOST)]
        for _ in asked:
            assert state.came.acquire(timeout=60)
        for refused in (
            httpx.post(f"{url}/api/ask", json=QUESTION, timeout=60),
            httpx.get(f"{url}/api/search?q=hi", timeout=60),
        ):
            assert refused.status_code == 429
            assert refused.headers["retry-after"] == "1"
            assert refused.headers["x-content-type-options"] == "nosniff"
            assert refused.json() == {
                "error": {
                    "code": "too_many_questions",
                    "message": "3 questions are being answered, and no more are taken in.",
                    "hint": "Ask again in a second.",
                }
            }
        assert httpx.get(f"{url}/static/icon.svg", timeout=60).status_code == 200
        assert not any(each.done() for each in asked)
        state.go_on.set()
        assert [each.result().status_code for each in asked] == [200] * MOST
        assert ask().status_code == 200


def test_a_refusal_can_be_read_by_the_widget(sample_settings: Settings) -> None:
    settings = replace(sample_settings, most_waiting=1, allowed_origins=(BLOG,))
    state = SlowState(settings)
    with listening(create_app(state)) as url, ThreadPoolExecutor(1) as threads:
        asked = threads.submit(httpx.get, f"{url}/api/search?q=hi", timeout=60)
        assert state.came.acquire(timeout=60)
        headers = {"Origin": BLOG}
        refused = httpx.post(f"{url}/api/ask", json=QUESTION, headers=headers, timeout=60)
        state.go_on.set()
        assert asked.result().status_code == 200
    assert refused.status_code == 429
    assert refused.headers["access-control-allow-origin"] == BLOG
    assert refused.headers["access-control-expose-headers"] == "Retry-After"


@pytest.mark.parametrize(
    ("patience_s", "order"),
    [(60, ["person", "person is done", "bot"]), (0, ["person", "bot", "person is done"])],
)
def test_a_patient_question_lets_people_go_first_but_not_for_ever(
    patience_s: float, order: list[str]
) -> None:
    happened: list[str] = []

    async def main() -> None:
        go_on = asyncio.Event()

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            happened.append(scope["who"])
            if scope["who"] == "person":
                await go_on.wait()
                happened.append("person is done")

        app = MostWaiting(answer, most=9, patience_s=patience_s)

        async def ask(who: str) -> None:
            headers = {"bot": [(b"priority", b"u=7, i")], "person": [(b"priority", b"u=4")]}
            scope = {"type": "http", "path": "/api/ask", "headers": headers[who], "who": who}
            await app(scope, _nothing, _nothing)

        person = asyncio.create_task(ask("person"))
        await asyncio.sleep(0)
        bot = asyncio.create_task(ask("bot"))
        if patience_s:
            await asyncio.sleep(0)
        else:
            await bot
        go_on.set()
        await asyncio.gather(person, bot)

    awaited(main())
    assert happened == order


async def _nothing(*_: object) -> Any:
    raise AssertionError
