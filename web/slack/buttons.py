"""The buttons under an answer: more, helpful, not helpful and why, share; and the drill's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from qa.record import Opinion
from web.client import ClientError
from web.slack import blocks
from web.slack.desk import Desk
from web.slack.errors import SlackError
from web.slack.store import Store
from web.slack.types import Answer

_log = logging.getLogger(__name__)

VERDICTS: dict[str, Opinion] = {"helpful": "helpful", "not_helpful": "not_helpful"}
_FORM_S = 2.0  # Slack waits for three
_GONE = blocks.told("That answer is too old for this button.", "Ask the question again.")


@dataclass(frozen=True, slots=True)
class Click:
    """A click on a button: who, where, and what the button holds."""

    action: str
    value: str
    user: str
    channel: str
    thread_ts: str
    response_url: str
    trigger_id: str

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Click:
        """The click in the ``body`` of an interaction."""
        action = body["actions"][0]
        message = body.get("message", {})
        return cls(
            action=action["action_id"],
            value=action.get("value", ""),
            user=body["user"]["id"],
            channel=body["channel"]["id"],
            thread_ts=message.get("thread_ts") or body["container"].get("thread_ts", ""),
            response_url=body["response_url"],
            trigger_id=body["trigger_id"],
        )


async def handle(desk: Desk, click: Click) -> None:
    """Do what ``click`` asks for, and tell whoever clicked."""
    try:
        if click.action == "why":
            answer_id, _, verdict = click.value.partition(" ")
            await desk.outlet.open(
                click.trigger_id, blocks.reason_form(VERDICTS[verdict], answer_id)
            )
            return
        reply, more = await _reply(desk, click)
        await desk.outlet.respond(click.response_url, reply, **more)
    except SlackError as error:
        _log.error("A click on %s: %s", click.action, error.message)


async def _reply(desk: Desk, click: Click) -> tuple[blocks.Block, dict[str, Any]]:
    """What to answer, and how it is sent."""
    answer_id, _, start = click.value.partition(" ")
    thread = {"thread_ts": click.thread_ts} if click.thread_ts else {}
    if click.action in VERDICTS:
        return await _rate(desk, click, answer_id), thread
    kept = await desk.shelf(Store.kept, answer_id)
    if kept is None:
        return _GONE, thread
    question, body = kept
    answer = Answer.of(body)
    view = blocks.View(base_url=desk.config.public_url)
    if click.action == "more" and start.isdecimal() and int(start) < len(answer.cards):
        return blocks.more(answer, int(start), view), thread
    if click.action == "reveal":
        return blocks.answered(answer, replace(view, question=question, can_share=False)), thread
    if click.action == "share":
        return await _share(desk, click, answer, replace(view, question=question, by=click.user))
    return _GONE, thread


async def _rate(desk: Desk, click: Click, answer_id: str) -> blocks.Block:
    verdict = VERDICTS[click.action]
    try:
        await desk.client.feedback(answer_id, verdict, by=click.user)
    except ClientError as error:
        if error.code == "unknown_answer":
            return _GONE
        if error.code == "feedback_off":
            return blocks.told(error.message, error.hint)
        _log.error("A verdict is lost: %s %s", error.message, error.hint)
        return blocks.told("That could not be stored.", "Click again in a minute.")
    return blocks.thanked(verdict, answer_id)


async def explain(desk: Desk, body: Mapping[str, Any]) -> str:
    """Store the reason in the ``body`` of a form that was sent; what to say where that fails."""
    view = body["view"]
    answer_id, _, verdict = view["private_metadata"].partition(" ")
    reason = view["state"]["values"][blocks.REASON][blocks.REASON]["value"]
    by = body["user"]["id"]
    try:
        async with asyncio.timeout(_FORM_S):
            await desk.client.feedback(answer_id, VERDICTS[verdict], reason=reason, by=by)
    except (ClientError, TimeoutError) as error:
        _log.error("A reason is not stored: %s", error or "the server takes too long.")
        return "That could not be stored. Send it again in a minute."
    return ""


async def _share(
    desk: Desk, click: Click, answer: Answer, view: blocks.View
) -> tuple[blocks.Block, dict[str, Any]]:
    """Post the answer for all of the channel: once, however many click."""
    thread = {"thread_ts": click.thread_ts} if click.thread_ts else {}
    key = f"share:{click.channel}:{answer.id}"
    if not await desk.shelf(Store.claim, key):
        return blocks.told("This was shared already."), thread
    passages = desk.config.rules(click.channel).passages
    view = replace(view, can_share=False, passages=passages)
    message = blocks.answered(answer, view)
    try:
        await desk.outlet.post(click.channel, message, key=key)
    except SlackError as error:
        _log.info("Shared by the response address: %s", error.message)
        # there an answer can stand in a channel that the bot is not in
        return message, {"response_type": "in_channel"}
    return blocks.told("Shared with the channel."), thread
