"""What Slack sent, read: which of it is a question to the bot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from web.slack.text import cut, plain
from web.slack.types import Job

CALLBACK = "find_in_archive"
"""What the message shortcut is known by."""

_MOST_QUESTION = 1000  # as much as the API takes
_SUBTYPES = {None, "file_share", "thread_broadcast"}
_ASKING = re.compile(
    r"(and|but|or|so|then|what|when|where|which|who|whom|whose|why|how|is|are|do|does|did|can|"
    r"could|should|would|will|any|also|ok(ay)?,?( and| so| but)?)\b[^.!]*$",
    re.IGNORECASE,
)


def job_of_event(event: Mapping[str, Any], bot_user: str) -> Job | None:
    """The question in an event, if it holds one for the bot, ``bot_user``.

    What bots said, edits, joins and the like hold none. A reply in a thread that names nobody is a
    follow-up if it asks something; whether the bot is in that thread is another matter.
    """
    user, channel, ts = event.get("user"), event.get("channel"), event.get("ts")
    if not (user and channel and ts) or user == bot_user or event.get("bot_id"):
        return None
    if event.get("subtype") not in _SUBTYPES or "edited" in event:
        return None
    raw = str(event.get("text") or "")
    text, thread = plain(raw), str(event.get("thread_ts") or "")
    mentioned = f"<@{bot_user}" in raw
    key = f"{channel}:{ts}"
    if event.get("channel_type") == "im":
        return Job(key, "direct", channel, user, text, ts, thread)
    if event.get("type") == "app_mention" or mentioned:
        return Job(key, "mention", channel, user, text, ts, thread or ts)
    if thread and thread != ts and "<@" not in raw and asks(text):
        return Job(key, "follow_up", channel, user, text, ts, thread)
    return None


def job_of_command(body: Mapping[str, str]) -> Job:
    """The question of a slash command."""
    return Job(
        f"command:{body['trigger_id']}",
        "command",
        body["channel_id"],
        body["user_id"],
        plain(body.get("text", "")),
        response_url=body["response_url"],
    )


def job_of_shortcut(body: Mapping[str, Any]) -> Job:
    """The question of the message shortcut: the message that it was used on."""
    return Job(
        f"shortcut:{body['trigger_id']}",
        "shortcut",
        body["channel"]["id"],
        body["user"]["id"],
        cut(plain(str(body["message"].get("text") or "")), _MOST_QUESTION),
        response_url=body["response_url"],
    )


def asks(text: str) -> bool:
    """Whether ``text`` asks something, as far as its marks and first words tell."""
    return "?" in text or _ASKING.match(text) is not None
