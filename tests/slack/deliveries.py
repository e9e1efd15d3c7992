"""What Slack sends to an app: events, commands, buttons, shortcuts; signed, over HTTP."""

from __future__ import annotations

import itertools
import json
import random
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from slack_sdk.signature import SignatureVerifier

from tests.slack.fake import APP_ID, BOT_USER, SIGNING_SECRET, TEAM

_numbers = itertools.count(1)


def stamp() -> str:
    """A message's ``ts``, of its own."""
    return f"{int(time.time())}.{next(_numbers):06}"


def event(inner: dict[str, Any], event_id: str | None = None) -> dict[str, Any]:
    """``inner`` as the Events API wraps it."""
    return {
        "token": "deprecated",
        "team_id": TEAM,
        "api_app_id": APP_ID,
        "event": {"event_ts": inner.get("ts", stamp()), **inner},
        "type": "event_callback",
        "event_id": event_id or f"Ev{next(_numbers):08}",
        "event_time": int(time.time()),
        "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
    }


def mention(text: str, **more: Any) -> dict[str, Any]:
    """An ``app_mention`` of the bot with ``text`` behind it."""
    event_id = more.pop("event_id", None)
    inner = {
        "type": "app_mention",
        "user": "U0RENA",
        "text": f"<@{BOT_USER}> {text}",
        "ts": stamp(),
        "channel": "C0SALES",
    }
    return event(inner | more, event_id)


def message(text: str, **more: Any) -> dict[str, Any]:
    """A ``message`` in a channel."""
    event_id = more.pop("event_id", None)
    inner = {
        "type": "message",
        "channel_type": "channel",
        "user": "U0RENA",
        "text": text,
        "ts": stamp(),
        "channel": "C0SALES",
    }
    return event(inner | more, event_id)


def direct(text: str, **more: Any) -> dict[str, Any]:
    """A direct message to the bot."""
    return message(text, **({"channel": "D0RENA", "channel_type": "im"} | more))


def command(text: str, response_url: str, **more: Any) -> dict[str, str]:
    """A slash command, as the fields of its form."""
    return {
        "command": "/ask",
        "text": text,
        "response_url": response_url,
        "trigger_id": f"13345224609.{next(_numbers)}",
        "user_id": "U0RENA",
        "user_name": "rena",
        "team_id": TEAM,
        "channel_id": "C0SALES",
        "channel_name": "sales",
        "api_app_id": APP_ID,
    } | more


def click(action_id: str, value: str, response_url: str, **more: Any) -> dict[str, Any]:
    """A click on a button of a message of the bot."""
    user = more.pop("user", "U0RENA")
    channel = more.pop("channel", "C0SALES")
    ts = more.pop("ts", None) or stamp()
    return {
        "type": "block_actions",
        "user": {"id": user, "team_id": TEAM},
        "api_app_id": APP_ID,
        "team": {"id": TEAM, "domain": "team"},
        "container": {"type": "message", "message_ts": ts, "channel_id": channel} | more,
        "channel": {"id": channel, "name": "sales"},
        "message": {"ts": ts} | more,
        "trigger_id": f"13345224609.{next(_numbers)}",
        "response_url": response_url,
        "actions": [
            {
                "type": "button",
                "action_id": action_id,
                "block_id": "answer",
                "value": value,
                "action_ts": stamp(),
            }
        ],
    }


def shortcut(text: str, response_url: str, **more: Any) -> dict[str, Any]:
    """The message shortcut, used on a message with ``text``."""
    ts = stamp()
    return {
        "type": "message_action",
        "callback_id": "find_in_archive",
        "trigger_id": f"13345224609.{next(_numbers)}",
        "message_ts": ts,
        "response_url": response_url,
        "user": {"id": "U0RENA", "name": "rena", "team_id": TEAM},
        "channel": {"id": "C0SALES", "name": "sales"},
        "team": {"id": TEAM, "domain": "team"},
        "message": {"type": "message", "user": "U0IVO", "ts": ts, "text": text},
    } | more


def form(view: dict[str, Any], words: str, user: str = "U0RENA") -> dict[str, Any]:
    """The form ``view``, sent with ``words`` in its one field."""
    (block,) = view["blocks"]
    typed = {"type": "plain_text_input", "value": words}
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "team"},
        "user": {"id": user, "team_id": TEAM},
        "api_app_id": APP_ID,
        "trigger_id": f"13345224609.{next(_numbers)}",
        "view": {
            **view,
            "id": f"V{next(_numbers)}",
            "state": {"values": {block["block_id"]: {block["element"]["action_id"]: typed}}},
        },
        "response_urls": [],
    }


def shuffled(count: int, seed: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Questions, and ``count`` deliveries of them: 30% repeats, 10% of all out of order."""
    chance = random.Random(seed)
    asked = [
        mention("how do I open a cold call?", ts=f"1700000000.{number:06}")
        for number in range(count * 7 // 10)
    ]
    sent = asked + chance.choices(asked, k=count - len(asked))
    place = {id(body): number for number, body in enumerate(asked)}
    sent.sort(key=lambda body: place[id(body)])
    for _ in range(len(sent) // 20):  # each exchange moves two
        one, other = chance.randrange(len(sent)), chance.randrange(len(sent))
        sent[one], sent[other] = sent[other], sent[one]
    return asked, sent


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends to ``url`` as Slack does: signed, the body byte for byte what was signed."""

    url: str
    client: httpx.Client

    def event(self, body: dict[str, Any], **headers: str) -> httpx.Response:
        """An event, as JSON."""
        return self.raw(json.dumps(body).encode(), "application/json", **headers)

    def form(self, body: dict[str, str], **headers: str) -> httpx.Response:
        """A slash command, as a form."""
        return self.raw(urlencode(body).encode(), "application/x-www-form-urlencoded", **headers)

    def interaction(self, body: dict[str, Any], **headers: str) -> httpx.Response:
        """A click or a shortcut, as JSON in a form."""
        return self.form({"payload": json.dumps(body)}, **headers)

    def raw(self, body: bytes, kind: str, **headers: str) -> httpx.Response:
        """``body`` as it is; ``headers``, with _ for -, replace those that Slack would send."""
        signed = {"content-type": kind} | signature(body)
        signed |= {name.replace("_", "-"): value for name, value in headers.items()}
        kept = [(name.encode(), value.encode()) for name, value in signed.items() if value]
        return self.client.post(self.url, content=body, headers=kept)


def signature(body: bytes, timestamp: str | None = None) -> dict[str, str]:
    """The two headers that sign ``body``, now or at ``timestamp``."""
    stamp = timestamp or str(int(time.time()))
    verifier = SignatureVerifier(SIGNING_SECRET)
    signed = verifier.generate_signature(timestamp=stamp, body=body)
    assert signed is not None
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": signed}
