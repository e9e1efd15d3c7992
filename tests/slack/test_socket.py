"""The way in without a public address: Socket Mode."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qa.settings import Settings
from tests.servers import awaited, heed_interrupts, listening
from tests.slack.conftest import QUESTION, SECRETS, Setup
from tests.slack.deliveries import command, mention
from tests.slack.fake import APP_TOKEN, BOT_TOKEN, BOT_USER, FakeSlack, Trouble
from web.app import create_app
from web.slack.errors import SlackError
from web.slack.run import serve
from web.state import ServerState

ROOT = Path(__file__).parents[2]


def test_events_and_commands_are_acknowledged_and_answered(setup: Setup, slack: FakeSlack) -> None:
    with setup.over_socket():
        asked = mention(QUESTION)
        first = slack.envelope("events_api", asked)
        again = slack.envelope("events_api", asked, retry_attempt=1, retry_reason="http_timeout")
        typed = slack.envelope("slash_commands", dict(command(QUESTION, slack.response_url())))
        assert slack.acknowledged(first) == {"envelope_id": first}
        assert slack.acknowledged(again) == {"envelope_id": again}
        assert slack.acknowledged(typed)["payload"]["text"] == "Looking in the archive …"
        assert slack.posted()[0]["thread_ts"] == asked["event"]["ts"]
        slack.wait_for("response_url")
    assert len(slack.of("chat.postMessage")) == 1


@pytest.mark.parametrize("how", ["asked to", "closed"])
def test_a_socket_that_ends_is_followed_by_another(
    setup: Setup, slack: FakeSlack, how: str
) -> None:
    with setup.over_socket():
        slack.trouble("chat.postMessage", Trouble(delay_s=0.2))  # it is being posted meanwhile
        slack.acknowledged(slack.envelope("events_api", mention(QUESTION)))
        (old,) = slack.sockets
        if how == "asked to":
            slack.ask_to_reconnect()
        else:
            slack.close_sockets()
        slack.wait(lambda: slack.sockets and slack.sockets[0] is not old, "no other socket")
        slack.acknowledged(slack.envelope("events_api", mention(QUESTION)))
        slack.posted(2)
    assert len(slack.messages["C0SALES"]) == 2


def test_a_wrong_app_token_is_said_and_not_tried_for_ever(setup: Setup) -> None:
    secrets = SECRETS.model_copy(update={"app_token": None})
    with pytest.raises(SlackError, match="Slack does not open a socket: invalid_auth"):
        awaited(serve(setup.config(), secrets, setup.home, asyncio.Event()))


def test_a_bot_that_is_started_before_the_server_waits_and_says_so(
    setup: Setup, slack: FakeSlack, tmp_path: Path, sample_settings: Settings
) -> None:
    app = create_app(ServerState(sample_settings))
    with listening(app, lifespan="off") as url:
        port = url.rpartition(":")[2]
    environ = {name: value for name, value in os.environ.items() if "BLOGQA" not in name}
    log = tmp_path / "bot.log"
    (tmp_path / "blogqa.toml").write_text(f'port = {port}\n[slack]\napi_url = "{slack.api()}"\n')
    with log.open("w") as output:
        bot = subprocess.Popen(
            [sys.executable, "-m", "qa.cli", "slack", "--home", str(setup.home)],
            cwd=tmp_path,
            env=environ
            | {"PYTHONPATH": str(ROOT), "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN},
            stderr=output,
            preexec_fn=heed_interrupts,
        )
    try:
        said(log, f"Waiting for the server: Nobody answers at http://127.0.0.1:{port}: ")
        assert [each.method for each in slack.calls] == ["auth.test", "apps.connections.open"]
        assert slack.sockets == []
        with listening(app, lifespan="off", port=int(port)):
            said(log, f"Connected to Slack as {BOT_USER}; ready for questions.")
            slack.acknowledged(slack.envelope("events_api", mention(QUESTION)))
            slack.posted()
            bot.send_signal(signal.SIGINT)
            assert bot.wait(30) == 0
    finally:
        bot.kill()
        bot.wait()
    lines = [line.split(" ", 2)[2] for line in log.read_text().splitlines()]
    assert lines[1:] == [
        f"INFO Connected to Slack as {BOT_USER}; ready for questions.",
        "INFO Stopping: what is in work is finished, the rest waits for the next start.",
    ]
    assert BOT_TOKEN not in log.read_text()
    assert APP_TOKEN not in log.read_text()


def said(log: Path, line: str) -> None:
    """Wait until ``line`` stands in ``log``."""
    end = time.monotonic() + 60
    while line not in log.read_text():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
