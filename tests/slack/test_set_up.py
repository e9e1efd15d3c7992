"""Setting the bot up: manifest, check, settings, tokens."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from qa.cli import app as command_line
from qa.errors import SettingsError
from qa.settings import Settings
from tests.slack.conftest import QUESTION, Setup
from tests.slack.deliveries import Sender, command, direct, mention
from tests.slack.fake import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack, Trouble
from web.slack.config import ChannelFilters, Rules, SlackConfig, load_config, load_secrets

TOKENS = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}


def run(*arguments: str, env: Mapping[str, str] | None = None) -> Result:
    # In a thread of its own: the browser's loop may run in this one, and a check runs one, too.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(
            CliRunner().invoke, command_line, ["slack", *arguments], env=env
        ).result()


def test_the_manifest_asks_for_five_scopes_and_socket_mode() -> None:
    made = yaml.safe_load(run("manifest").output)
    assert made["oauth_config"]["scopes"]["bot"] == [
        "app_mentions:read",
        "chat:write",
        "commands",
        "im:history",
        "reactions:write",
    ]
    assert made["settings"] == {
        "event_subscriptions": {"bot_events": ["app_mention", "message.im"]},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": True,
        "token_rotation_enabled": False,
    }
    assert made["features"]["slash_commands"][0]["command"] == "/ask"
    assert made["features"]["shortcuts"][0]["callback_id"] == "find_in_archive"


def test_the_manifest_for_http_names_the_public_address_wherever_slack_calls() -> None:
    made = yaml.safe_load(run("manifest", "--url", "https://answers.example/").output)
    address = "https://answers.example/slack/events"
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert made["features"]["slash_commands"][0]["url"] == address


def test_follow_ups_without_a_mention_take_scopes_and_events_of_their_own() -> None:
    few, more = (
        yaml.safe_load(run("manifest", *option).output) for option in ([], ["--follow-threads"])
    )
    scopes = [set(each["oauth_config"]["scopes"]["bot"]) for each in (few, more)]
    assert scopes[1] - scopes[0] == {"channels:history", "groups:history"}
    events = [set(each["settings"]["event_subscriptions"]["bot_events"]) for each in (few, more)]
    assert events[1] - events[0] == {"message.channels", "message.groups"}


def checks(slack: FakeSlack, server: str, env: Mapping[str, str]) -> list[dict[str, Any]]:
    Path("blogqa.toml").write_text(f'[slack]\napi_url = "{slack.api()}"\nserver = "{server}"\n')
    result = run("check", "--json", env=env)
    found: list[dict[str, Any]] = json.loads(result.output)
    assert result.exit_code == (0 if all(each["ok"] for each in found) else 1)
    return found


def test_a_bot_that_is_well_set_up_is_said_to_be(slack: FakeSlack, api_url: str) -> None:
    assert checks(slack, api_url, TOKENS) == [
        {
            "name": "bot token",
            "ok": True,
            "message": "Slack knows the bot: blog-answers in Team.",
            "remedy": "",
        },
        {"name": "scopes", "ok": True, "message": "All 5 are there.", "remedy": ""},
        {
            "name": "way in",
            "ok": True,
            "message": "Socket Mode: Slack opens a socket to blogqa slack.",
            "remedy": "",
        },
        {
            "name": "server",
            "ok": True,
            "message": f"{api_url} answers from 40 posts.",
            "remedy": "",
        },
    ]


def test_what_is_amiss_is_said_with_what_mends_it(slack: FakeSlack) -> None:
    slack.scopes = ("chat:write", "commands", "im:history")
    wrong = TOKENS | {"SLACK_APP_TOKEN": "xapp-1-wrong"}
    found = checks(slack, "http://127.0.0.1:9", wrong)
    assert [(each["name"], each["message"]) for each in found if not each["ok"]] == [
        ("scopes", "Missing: app_mentions:read, reactions:write."),
        ("way in", "Slack says invalid_auth."),
        ("server", "Nobody answers at http://127.0.0.1:9: All connection attempts failed."),
    ]
    assert all(each["remedy"] for each in found if not each["ok"])


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({}, "SLACK_BOT_TOKEN is not set."),
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "Slack says invalid_auth."),
        ({"SLACK_BOT_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN does not begin with xoxb-."),
        ({"SLACK_BOT_TOKEN_FILE": "/no/file"}, "SLACK_BOT_TOKEN_FILE names /no/file, which"),
    ],
)
def test_a_wrong_bot_token_is_said(slack: FakeSlack, env: dict[str, str], message: str) -> None:
    first = checks(slack, "http://127.0.0.1:9", env)[0]
    assert not first["ok"]
    assert first["message"].startswith(message)


def test_a_slack_out_of_reach_is_said(slack: FakeSlack, api_url: str) -> None:
    slack.trouble("auth.test", Trouble(drop="before"), Trouble(drop="before"))
    first = checks(slack, api_url, TOKENS)[0]
    assert first["message"] == "Slack cannot be reached: ServerDisconnectedError."


@pytest.mark.parametrize(
    ("secret", "ok", "message"),
    [
        (SIGNING_SECRET, True, "HTTP: the server listens at /slack/events."),
        ("another", False, "HTTP: the server has another SLACK_SIGNING_SECRET."),
    ],
)
def test_the_way_in_over_http_is_tried_as_slack_would(
    slack: FakeSlack, sender: Sender, secret: str, ok: bool, message: str
) -> None:
    env = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": secret}
    found = checks(slack, sender.url.removesuffix("/slack/events"), env)[2]
    assert (found["name"], found["ok"], found["message"]) == ("way in", ok, message)


def test_a_server_without_the_way_in_is_said_to_lack_it(slack: FakeSlack, api_url: str) -> None:
    env = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SIGNING_SECRET}
    found = checks(slack, api_url, env)[2]
    assert found == {
        "name": "way in",
        "ok": False,
        "message": "HTTP: the server was started without SLACK_SIGNING_SECRET.",
        "remedy": "Start it (blogqa serve) with SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN as they "
        "are set here.",
    }


def test_check_tells_people_in_lines(slack: FakeSlack, api_url: str) -> None:
    Path("blogqa.toml").write_text(f'[slack]\napi_url = "{slack.api()}"\nserver = "{api_url}"\n')
    result = run("check", env={"SLACK_BOT_TOKEN": BOT_TOKEN})
    assert result.exit_code == 1
    assert result.output.splitlines()[-3:] == [
        "amiss way in: Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set.",
        "      Set the first for Socket Mode, the second for HTTP.",
        f"ok    server: {api_url} answers from 40 posts.",
    ]


def test_without_tokens_the_bot_does_not_start() -> None:
    result = run()
    assert result.exit_code == 2
    assert "SLACK_BOT_TOKEN is not set." in result.output


def test_tokens_come_from_files_too(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(BOT_TOKEN + "\n")
    secrets = load_secrets({"SLACK_BOT_TOKEN_FILE": str(path)}, "SLACK_BOT_TOKEN")
    assert secrets.bot_token.get_secret_value() == BOT_TOKEN
    assert BOT_TOKEN not in repr(secrets)


def test_a_channel_has_what_is_set_for_it_over_what_is_set_for_all(tmp_path: Path) -> None:
    (tmp_path / "blogqa.toml").write_text(
        'port = 9000\n[slack]\npassages = 2\nwho = ["U1"]\n'
        '[slack.filters]\ntag = "cold calling"\n'
        "[slack.channels.C1]\nonly_when_covered = true\nwho = []\n"
        '[slack.channels.C1.filters]\nafter = 2012-01-01\nchips = ["price"]\n'
    )
    config = load_config(Settings(port=9000), tmp_path)
    assert config.server == "http://127.0.0.1:9000"
    assert config.rules("C2") is config
    assert config.rules("C1") == Rules(
        passages=2,
        only_when_covered=True,
        filters=ChannelFilters.model_validate({"after": "2012-01-01", "chips": ["price"]}),
    )
    assert config.rules("C1").filters.as_body() == {"after": "2012-01-01", "chips": ["price"]}
    assert (config.may_ask("U1"), config.may_ask("U2")) == (True, False)
    assert config.rules("C1").may_ask("U2")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("passages = 4", "'slack.passages' in blogqa.toml cannot be used: Input should be less"),
        ("colour = 1", "'slack.colour' in blogqa.toml cannot be used: Extra inputs are not"),
        ('command = "ask"', "'slack.command' in blogqa.toml cannot be used: String should match"),
        ('[slack.channels.C1]\npassages = "x"', "'slack.channels.C1.passages' in blogqa.toml"),
        (
            '[slack.drill]\nchannel = "C1"\nat = 09:00:00\nzone = "Mars/Olympus"',
            "'slack.drill.zone' in blogqa.toml cannot be used: no such time zone; write it as "
            "Europe/Berlin.",
        ),
    ],
)
def test_a_setting_out_of_place_is_named(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "blogqa.toml").write_text(f"[slack]\n{line}\n")
    with pytest.raises(SettingsError) as caught:
        load_config(Settings(), tmp_path)
    assert f"The setting {message}" in caught.value.message


def test_no_token_is_ever_logged(
    setup: Setup, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    slack.trouble("chat.postMessage", Trouble(status=500), Trouble(error="channel_not_found"))
    with setup.over_http(at_once=1) as sender:
        sender.event(mention(QUESTION))
        sender.event(mention(QUESTION), x_slack_signature="v0=0")
        sender.form(command(QUESTION, slack.response_url()))
        slack.wait_for("response_url")
    with setup.over_socket():
        slack.acknowledged(slack.envelope("events_api", direct(QUESTION)))
        slack.posted()
    assert "An answer is lost" in caplog.text
    for secret in (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET):
        assert secret not in caplog.text
    assert SlackConfig().api_url == "https://slack.com/api/"
    assert os.environ.get("SLACK_BOT_TOKEN") is None
