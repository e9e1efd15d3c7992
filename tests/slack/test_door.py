"""The way in over HTTP: only what Slack signed, byte for byte, and lately."""

from __future__ import annotations

import json
import time
from urllib.parse import urlencode

import pytest

from tests.slack.conftest import QUESTION
from tests.slack.deliveries import Sender, command, event, mention, signature
from tests.slack.fake import BOT_USER, FakeSlack

REFUSAL = {
    "error": {
        "code": "invalid_signature",
        "message": "This was not signed by Slack, or too long ago.",
        "hint": "See that SLACK_SIGNING_SECRET is this app's, and that the clock is right.",
    }
}


def test_slack_is_shown_that_the_address_is_ours(sender: Sender) -> None:
    response = sender.event({"token": "x", "challenge": "3eZbrw1a", "type": "url_verification"})
    assert (response.status_code, response.json()) == (200, {"challenge": "3eZbrw1a"})


@pytest.mark.parametrize("wrong", ["v0=" + "0" * 64, "", "v0=é", "v0"])
def test_what_is_not_signed_is_refused(sender: Sender, slack: FakeSlack, wrong: str) -> None:
    response = sender.event(mention(QUESTION), x_slack_signature=wrong)
    assert (response.status_code, response.json()) == (401, REFUSAL)
    assert slack.of("chat.postMessage") == []


@pytest.mark.parametrize("wrong", ["", "abc", "12a", "-5", "１２３", "1e9", "9" * 40])
def test_a_timestamp_that_is_no_number_is_refused(sender: Sender, wrong: str) -> None:
    body = json.dumps(mention(QUESTION)).encode()
    signed = signature(body, wrong or "0")["x-slack-signature"]
    response = sender.raw(
        body, "application/json", x_slack_request_timestamp=wrong, x_slack_signature=signed
    )
    assert (response.status_code, response.json()) == (401, REFUSAL)


@pytest.mark.parametrize(("age_s", "status"), [(-290, 200), (290, 200), (310, 401), (-310, 401)])
def test_a_signature_holds_for_five_minutes(sender: Sender, age_s: int, status: int) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c"}).encode()
    headers = signature(body, str(int(time.time()) - age_s))
    kind = {"content-type": "application/json"}
    assert (
        sender.client.post(sender.url, content=body, headers=kind | headers).status_code == status
    )


def test_a_body_is_verified_byte_for_byte(sender: Sender, slack: FakeSlack) -> None:
    url = slack.response_url()
    typed = "cold e-mail + 100% 😀 &lt;open rate&gt; ü?"
    body = urlencode(command(typed, url)).replace("+%2B+", "%20%2b%20").encode()
    response = sender.raw(body, "application/x-www-form-urlencoded")
    assert response.status_code == 200
    shown = slack.wait_for("response_url")[0]["blocks"][0]["elements"][0]["elements"][0]["text"]
    assert shown == "cold e-mail + 100% 😀 <open rate> ü?"
    changed = body.replace(b"%20%2b%20", b"+%2B+")
    headers = signature(body)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    response = sender.client.post(sender.url, content=changed, headers=kind | headers)
    assert response.status_code == 401


def test_bytes_that_are_no_text_are_refused(sender: Sender) -> None:
    response = sender.client.post(
        sender.url,
        content=b"\xff\xfe",
        headers={"x-slack-request-timestamp": str(int(time.time())), "x-slack-signature": "v0=1"},
    )
    assert (response.status_code, response.json()) == (401, REFUSAL)


def test_nothing_but_post_is_listened_to(sender: Sender) -> None:
    assert sender.client.get(sender.url).status_code == 405


@pytest.mark.parametrize(
    "inner",
    [
        {"type": "message", "subtype": "channel_join", "user": "U0RENA", "ts": "1.1"},
        {"type": "message", "subtype": "message_changed", "message": {"text": "x"}, "ts": "1.1"},
        {"type": "message", "subtype": "bot_message", "bot_id": "B0OTHER", "text": "why?"},
        {"type": "message", "user": "U0BOT2", "bot_id": "B0OTHER", "text": "why?", "ts": "1.1"},
        {"type": "message", "user": BOT_USER, "bot_id": "B0BOT", "text": "why?", "ts": "1.1"},
        {"type": "app_mention", "user": "U0X", "bot_id": "B0OTHER", "text": "why?", "ts": "1.1"},
        {"type": "app_mention", "user": "U0RENA", "text": "why?", "ts": "1.1", "edited": {}},
        {"type": "message", "user": "U0RENA", "text": "lunch?", "ts": "1.1"},
        {"type": "reaction_added", "user": "U0RENA", "reaction": "eyes"},
        {"type": "app_home_opened", "user": "U0RENA", "channel": "D0RENA"},
    ],
)
def test_what_asks_nothing_is_acknowledged_and_left(
    sender: Sender, slack: FakeSlack, inner: dict[str, object]
) -> None:
    response = sender.event(event({"channel": "C0SALES", **inner}))
    assert (response.status_code, response.text) == (200, "")
    sender.event(mention(QUESTION, channel="C0OTHER"))
    assert [each["channel"] for each in slack.posted()] == ["C0OTHER"]
    slack.wait_for("reactions.remove")
    assert len(slack.of("chat.postMessage")) == len(slack.of("reactions.add")) == 1
