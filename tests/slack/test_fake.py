"""The Slack that the bot is tested before: it refuses what Slack refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from tests.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack
from web.slack.blocks import reason_form

_Change = Callable[[dict[str, Any]], Any]


def section(length: int) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "plain_text", "text": "x" * length}}


def button(**more: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": "More"}
    made = {"type": "button", "action_id": "more", "text": text, "value": "1"} | more
    return {"type": "actions", "elements": [made]}


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"text": "Hi"}, ""),
        ({"text": "Hi", "channel": "C0NOWHERE"}, "channel_not_found"),
        ({"text": "Hi", "token": "xoxb-wrong"}, "invalid_auth"),
        ({"text": "Hi", "token": APP_TOKEN}, "invalid_auth"),
        ({"text": ""}, "no_text"),
        ({"blocks": [section(1)]}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "Hi", "blocks": [section(3000)] * 4}, ""),
        ({"text": "Hi", "blocks": [section(3001)]}, "invalid_blocks"),
        ({"text": "Hi", "blocks": [section(1)] * 50}, ""),
        ({"text": "Hi", "blocks": [section(1)] * 51}, "invalid_blocks"),
        ({"text": "Hi", "blocks": [section(2641)] * 5}, "msg_blocks_too_long"),
        ({"text": "Hi", "blocks": [button(value="x" * 2000)]}, ""),
        ({"text": "Hi", "blocks": [button(value="x" * 2001)]}, "invalid_blocks"),
        ({"text": "Hi", "blocks": [button(action_id="x" * 256)]}, "invalid_blocks"),
        ({"text": "Hi", "blocks": [button(url="javascript:alert(1)")]}, "invalid_blocks"),
        ({"text": "Hi", "blocks": [{"type": "marquee"}]}, "invalid_blocks"),
    ],
)
def test_a_message_is_posted_or_refused(
    slack: FakeSlack, message: dict[str, Any], error: str
) -> None:
    client = WebClient(BOT_TOKEN, base_url=slack.api())
    channel = message.pop("channel", "C0SALES")
    try:
        client.api_call("chat.postMessage", json={"channel": channel, **message})
        said = ""
    except SlackApiError as refused:
        said = refused.response["error"]
    assert said == error
    assert len(slack.messages[channel]) == (0 if error else 1)


def test_a_channel_that_the_bot_is_not_in_and_a_scope_that_it_lacks(slack: FakeSlack) -> None:
    client = WebClient(BOT_TOKEN, base_url=slack.api())
    slack.joined.remove("C0SALES")
    with pytest.raises(SlackApiError, match="not_in_channel"):
        client.chat_postMessage(channel="C0SALES", text="Hi")
    slack.scopes = ("im:history",)
    with pytest.raises(SlackApiError, match="missing_scope"):
        client.chat_postMessage(channel="D0RENA", text="Hi")


def test_a_response_address_is_good_for_five_messages_within_thirty_minutes(
    slack: FakeSlack,
) -> None:
    answers = WebhookClient(slack.response_url())
    said = [answers.send(text="Hi") for _ in range(6)]
    assert [each.status_code for each in said] == [200] * 5 + [404]
    assert said[5].body == '{"ok": false, "error": "used_url"}'
    late = WebhookClient(slack.response_url())
    made = slack.now()
    slack.now = lambda: made + 30 * 60 + 60
    assert late.send(text="Hi").body == '{"ok": false, "error": "expired_url"}'


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda form: None, ""),
        (lambda form: form["title"].update(text="x" * 25), "invalid_arguments"),
        (lambda form: form.update(private_metadata="x" * 3001), "invalid_arguments"),
        (lambda form: form["blocks"][0]["element"].update(max_length=3001), "invalid_arguments"),
    ],
)
def test_a_form_is_opened_or_refused(slack: FakeSlack, change: _Change, error: str) -> None:
    form = reason_form("helpful", "0b8e7c0c")
    change(form)
    try:
        WebClient(BOT_TOKEN, base_url=slack.api()).views_open(trigger_id="1.2", view=form)
        said = ""
    except SlackApiError as refused:
        said = refused.response["error"]
    assert said == error
