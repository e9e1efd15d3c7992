"""What the bot says to Slack: posted, shown to one person, or sent to a response address.

Slack has no way to post a message at most once. So what may have arrived, as the connection broke,
is looked for before it is posted again; where the bot may not look, a second copy beats silence.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from web.slack.errors import SlackError
from web.slack.types import Job, Message

_log = logging.getLogger(__name__)
_SDK_LOG = "web.slack.sdk"

_TRIES = 4
_PAUSE_S = 0.5
_RATE_TRIES = 7
_TIMEOUT_S = 30
_EYES = "eyes"
_EVENT = "blogqa_answer"
_TOO_MUCH = {"invalid_blocks", "msg_blocks_too_long", "msg_too_long"}
BROKEN = (aiohttp.ClientError, TimeoutError)
"""What the SDK raises where the connection fails."""


class Outlet:
    """Slack's Web API at ``base_url``, with the bot's ``token``."""

    def __init__(self, base_url: str, token: str) -> None:
        # the SDK itself sees to a proxy; aiohttp would look for one in a thread, for every call
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S))
        self._sdk_log = logging.getLogger(_SDK_LOG)
        # without a level of its own, the SDK writes out every message for a debug log
        self._sdk_log.setLevel(logging.WARNING)
        self.client = AsyncWebClient(
            token=token,
            base_url=base_url,
            session=self._session,
            # not the SDK's default, which posts again whatever broke
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=_RATE_TRIES)],
            logger=self._sdk_log,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def deliver(self, job: Job, message: Message, *, alone: bool, maybe_sent: bool) -> None:
        """Send the answer to ``job``; with ``alone``, so that only the asker sees it.

        ``maybe_sent`` tells that an earlier attempt may have arrived. Raises SlackError.
        """
        if job.response_url:
            try:
                await self.respond(job.response_url, message)
            except SlackUnreachable:
                raise
            except SlackError as error:
                _log.info("Shown without a response address: %s", error.message)
                await self.whisper(job.channel, job.user, message)
        elif alone and job.kind != "direct":
            await self.whisper(job.channel, job.user, message, job.thread_ts)
        else:
            await self.post(job.channel, message, job.thread_ts, key=job.key, maybe_sent=maybe_sent)

    async def post(
        self,
        channel: str,
        message: Message,
        thread_ts: str = "",
        *,
        key: str,
        maybe_sent: bool = False,
    ) -> None:
        """Post ``message`` once; ``key`` is what it is known by. Raises SlackError."""
        body: Message = {
            **message,
            "metadata": {"event_type": _EVENT, "event_payload": {"key": key}},
        }
        if thread_ts:
            body["thread_ts"] = thread_ts
        for left in reversed(range(_TRIES)):
            if maybe_sent and await self._is_there(channel, thread_ts, key):
                return
            try:
                await self.client.chat_postMessage(channel=channel, **body)
            except SlackApiError as error:
                if error.response["error"] in _TOO_MUCH and "blocks" in body:
                    _log.error("Slack refused blocks: %s", error.response.data)
                    del body["blocks"]  # its text is better than silence
                elif error.response.status_code < 500 or not left:
                    raise _slack_error("chat.postMessage", error) from error
                maybe_sent = error.response.status_code >= 500
            except BROKEN as error:
                if not left:
                    raise _unreachable(error) from error
                maybe_sent = True
            else:
                return
            await asyncio.sleep(_PAUSE_S * (_TRIES - 1 - left))

    async def whisper(self, channel: str, user: str, message: Message, thread_ts: str = "") -> None:
        """Show ``message`` to ``user`` alone, while it is there. Raises SlackError."""
        body = {**message, "thread_ts": thread_ts} if thread_ts else dict(message)
        for each in ("unfurl_links", "unfurl_media"):  # which it does not take
            body.pop(each, None)
        try:
            await self.client.chat_postEphemeral(channel=channel, user=user, **body)
        except SlackApiError as error:
            raise _slack_error("chat.postEphemeral", error) from error
        except BROKEN as error:
            raise _unreachable(error) from error

    async def respond(self, url: str, message: Message, **more: Any) -> None:
        """Send ``message`` to a response address, for the asker alone. Raises SlackError."""
        webhook = AsyncWebhookClient(
            url,
            session=self._session,
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=_RATE_TRIES)],
            logger=self._sdk_log,
        )
        body = {**message, "response_type": "ephemeral", "replace_original": False, **more}
        try:
            response = await webhook.send_dict(body)
        except BROKEN as error:
            raise _unreachable(error) from error
        if response.status_code != 200:
            raise SlackError(
                f"Slack did not take a response: {response.status_code} {response.body[:200]}.",
                "A response address is good for five messages within thirty minutes.",
            )

    async def open(self, trigger_id: str, form: Message) -> None:
        """Show ``form`` to whoever clicked, within three seconds of it. Raises SlackError."""
        try:
            await self.client.views_open(trigger_id=trigger_id, view=form)
        except SlackApiError as error:
            raise _slack_error("views.open", error) from error
        except BROKEN as error:
            raise _unreachable(error) from error

    async def react(self, job: Job) -> None:
        """Show that the question was seen; that it may not be shown is no reason to stop."""
        await self._reaction("reactions.add", job)

    async def unreact(self, job: Job) -> None:
        """Take the sign away."""
        await self._reaction("reactions.remove", job)

    async def _reaction(self, method: str, job: Job) -> None:
        if not job.ts or job.private:
            return
        about = {"channel": job.channel, "timestamp": job.ts, "name": _EYES}
        try:
            await self.client.api_call(method, params=about)
        except SlackApiError as error:
            if error.response["error"] not in ("already_reacted", "no_reaction"):
                _log.warning("%s: %s", method, error.response["error"])
        except BROKEN as error:
            _log.warning("%s: %s", method, type(error).__name__)

    async def _is_there(self, channel: str, thread_ts: str, key: str) -> bool:
        """Whether a message known by ``key`` stands in the channel, as far as it may be seen."""
        try:
            if thread_ts:
                found = await self.client.conversations_replies(
                    channel=channel, ts=thread_ts, include_all_metadata=True, limit=100
                )
            else:
                found = await self.client.conversations_history(
                    channel=channel, include_all_metadata=True, limit=20
                )
        except (SlackApiError, *BROKEN) as error:
            _log.info("It cannot be seen whether an answer arrived: %s", error)
            return False
        payloads = (each.get("metadata", {}).get("event_payload", {}) for each in found["messages"])
        return any(payload.get("key") == key for payload in payloads)


def _slack_error(method: str, error: SlackApiError) -> SlackError:
    said = error.response["error"]
    hints = {
        "not_in_channel": "Invite the bot to the channel: /invite @its-name.",
        "missing_scope": "Run blogqa slack check: it says which scope the app lacks.",
        "invalid_auth": "Run blogqa slack check: the token is not accepted.",
    }
    return SlackError(f"Slack refused {method}: {said}.", hints.get(said, ""))


def _unreachable(error: Exception) -> SlackUnreachable:
    return SlackUnreachable(f"Slack cannot be reached: {type(error).__name__}.")


class SlackUnreachable(SlackError):
    """The connection to Slack failed; a later attempt may do."""
