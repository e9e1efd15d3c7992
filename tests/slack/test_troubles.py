"""What goes wrong on the server's side is said; and the bot inside the server."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from starlette.datastructures import Headers
from starlette.middleware.base import RequestResponseEndpoint
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.errors import SettingsError
from qa.imports import import_again
from qa.settings import Settings
from qa.workspace import build_index
from tests.servers import listening
from tests.slack.conftest import QUESTION, Setup
from tests.slack.deliveries import Sender, command, direct, mention
from tests.slack.fake import BOT_TOKEN, SIGNING_SECRET, FakeSlack, Trouble
from web.app import create_app
from web.slack.inside import SWITCH_S
from web.slack.manifest import PATH
from web.state import ServerState


def test_a_server_without_an_index_is_apologised_for_with_a_reference(
    setup: Setup, slack: FakeSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    empty = ServerState(replace(Settings(), home=tmp_path / "nothing"))
    with (
        listening(create_app(empty), lifespan="off") as url,
        setup.over_http(server=url) as sender,
    ):
        sender.event(mention(QUESTION))
        text = slack.posted()[0]["text"]
    assert text.startswith("Sorry, I could not get an answer. There is no index")
    reference = text.rpartition(" ")[2].rstrip(".")
    assert len(reference) == 8
    assert f"No answer, reference {reference}: There is no index" in caplog.text


def test_a_server_that_is_down_is_apologised_for(
    setup: Setup, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    with setup.over_http(server="http://127.0.0.1:9") as sender:
        sender.form(command(QUESTION, slack.response_url()))
        (body,) = slack.wait_for("response_url")
    assert body["text"].startswith(
        "Sorry, I could not get an answer. The archive's server does not answer. "
    )
    assert "Nobody answers at http://127.0.0.1:9: " in caplog.text


def failing(api_url: str, responses: list[Response]) -> FastAPI:
    """A server that gives ``responses`` first, then what the one at ``api_url`` answers."""
    app = FastAPI()

    @app.post("/api/ask")
    async def ask(request: Request) -> Response:
        if responses:
            return responses.pop(0)
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{api_url}/api/ask", json=await request.json())
        return Response(answer.content, answer.status_code)

    return app


def refusal(status: int, code: str, **headers: str) -> Response:
    body = {"error": {"code": code, "message": "No.", "hint": ""}}
    return Response(json.dumps(body), status, headers)


def test_a_server_that_comes_back_is_asked_again(
    setup: Setup, slack: FakeSlack, api_url: str
) -> None:
    responses = [
        refusal(503, "index_missing"),
        refusal(429, "too_many_questions", **{"Retry-After": "1"}),
    ]
    with (
        listening(failing(api_url, responses)) as url,
        setup.over_http(server=url, patience_s=20) as sender,
    ):
        sender.event(mention(QUESTION))
        assert "call reluctance" in slack.posted()[0]["text"].lower()
    assert responses == []


def test_a_server_with_too_many_questions_is_said_to_be_busy(
    setup: Setup, slack: FakeSlack, api_url: str
) -> None:
    refused = refusal(429, "too_many_questions", **{"Retry-After": "30"})
    with (
        listening(failing(api_url, [refused])) as url,
        setup.over_http(server=url, patience_s=5) as sender,
    ):
        sender.event(mention(QUESTION))
        assert slack.posted()[0]["text"].startswith("Many questions are waiting")


def test_an_answer_that_makes_no_sense_is_apologised_for(
    setup: Setup, slack: FakeSlack, api_url: str
) -> None:
    with (
        listening(failing(api_url, [Response("{}"), Response("<html>")])) as url,
        setup.over_http(server=url, at_once=1) as sender,
    ):
        sender.event(mention(QUESTION))
        sender.event(mention(QUESTION))
        texts = [each["text"] for each in slack.posted(2)]
    apology = (
        "Sorry, I could not get an answer. In place of the archive's server something else answers."
    )
    assert all(text.startswith(apology) for text in texts)


def test_the_server_is_given_one_question_at_a_time(
    setup: Setup, slack: FakeSlack, api_url: str
) -> None:
    inside: list[int] = [0]
    app = failing(api_url, [])

    @app.middleware("http")
    async def count(request: Request, call_next: RequestResponseEndpoint) -> Response:
        inside.append(inside[-1] + 1)
        try:
            return await call_next(request)
        finally:
            inside.append(inside[-1] - 1)

    with listening(app) as url, setup.over_http(server=url) as sender:
        for _ in range(5):
            sender.event(mention(QUESTION))
        slack.posted(5)
    assert inside == [0, *[1, 0] * 5]


def test_a_channel_that_slack_does_not_know_keeps_nobody_else_from_an_answer(
    sender: Sender, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    sender.event(mention(QUESTION, channel="C0NOWHERE"))
    sender.event(mention(QUESTION))
    assert slack.posted()[0]["channel"] == "C0SALES"
    assert "An answer is lost, reference " in caplog.text
    assert "Slack refused chat.postMessage: channel_not_found." in caplog.text


def test_a_question_that_is_too_long_is_told_why(sender: Sender, slack: FakeSlack) -> None:
    sender.event(direct("why? " * 300))
    assert "at most 1000 can be asked" in slack.posted()[0]["text"]


def test_blocks_that_slack_refuses_are_left_out(sender: Sender, slack: FakeSlack) -> None:
    slack.trouble("chat.postMessage", Trouble(error="invalid_blocks"))
    sender.event(mention(QUESTION))
    (body,) = slack.posted()
    assert "blocks" not in body
    assert "call reluctance" in body["text"].lower()


def test_the_index_may_be_exchanged_while_a_question_is_asked(
    setup: Setup, slack: FakeSlack, make_home: Callable[[Path], Settings], tmp_path: Path
) -> None:
    posts = tmp_path / "posts"
    posts.mkdir()
    (posts / "one.md").write_text("# Fax\n\nRing the fax machine back in the morning.\n")
    settings = make_home(posts)
    state = ServerState(settings)
    with listening(create_app(state), lifespan="off") as url, setup.over_http(server=url) as sender:
        with state.serving() as held:
            (posts / "two.md").write_text("# Pager\n\nThe pager beeps when a customer waits.\n")
            import_again(settings)
            build_index(settings)
            state.look()
            sender.event(mention("when does the pager beep?"))
            answer = slack.posted()[0]
            assert held.overview.posts == 1
        assert "The pager beeps when a customer waits." in answer["text"]
    state.close()


@pytest.fixture
def usual_switches() -> Iterator[None]:
    """Puts back, for the tests after it, how often threads take turns."""
    interval_s = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval_s)


def test_inside_the_server_the_bot_asks_the_application_itself(
    sample_settings: Settings,
    slack: FakeSlack,
    client: httpx.Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    usual_switches: None,
) -> None:
    monkeypatch.setenv("SLACK_SIGNING_SECRET", SIGNING_SECRET)
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT_TOKEN)
    Path("blogqa.toml").write_text(f'[slack]\napi_url = "{slack.api()}"\n')
    home = tmp_path / "home"
    home.mkdir()
    for name in ("index", "encoders"):
        (home / name).symlink_to(sample_settings.home / name)
    app = create_app(ServerState(replace(sample_settings, home=home)))
    asked: list[str | None] = []

    class Noting:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"] == "/api/ask":
                asked.append(Headers(scope=scope).get("priority"))
            await self.app(scope, receive, send)

    app.add_middleware(Noting)
    with listening(app) as url:
        Sender(url + PATH, client).event(mention(QUESTION))
        assert "call reluctance" in slack.posted()[0]["text"].lower()
        assert client.post(url + PATH, content=b"{}").status_code == 401
    assert asked == ["u=7"]  # people's go first
    assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
    assert (home / "slack.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_server_without_a_signing_secret_has_no_way_in(sample_settings: Settings) -> None:
    app = create_app(ServerState(sample_settings))
    assert PATH not in {getattr(route, "path", "") for route in app.routes}


def test_a_server_with_half_of_what_the_bot_needs_does_not_start(
    sample_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_SIGNING_SECRET", SIGNING_SECRET)
    with pytest.raises(SettingsError, match=r"SLACK_BOT_TOKEN is not set\."):
        create_app(ServerState(sample_settings))


def test_a_token_that_slack_does_not_take_is_logged_and_nothing_is_acknowledged(
    setup: Setup, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    slack.trouble("auth.test", *[Trouble(error="account_inactive")] * 2)
    with setup.over_http() as sender:
        assert sender.event(mention(QUESTION)).status_code == 500
        assert sender.event(mention(QUESTION)).status_code == 200  # it was asked again
    assert "Slack does not accept the bot token: account_inactive." in caplog.text


def test_scopes_that_the_app_lacks_are_said_at_the_start(
    setup: Setup, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    slack.scopes = ("chat:write", "app_mentions:read")
    with setup.over_http():
        slack.wait_for("auth.test")
    assert (
        "The app lacks scopes: commands, im:history, reactions:write. Run blogqa slack check."
    ) in caplog.text
