"""The way in over HTTP: ``/slack/events``, where Slack's requests are verified before anything."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from fastapi import APIRouter, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_sdk.signature import Clock, SignatureVerifier

from web.errors import error_response
from web.slack.bot import Bot
from web.slack.errors import SlackError
from web.slack.manifest import PATH

_log = logging.getLogger(__name__)


class Door:
    """Lets in what ``signing_secret`` signed, to the bot that ``make_bot`` makes."""

    def __init__(
        self, signing_secret: str, make_bot: Callable[[], Bot], clock: Clock | None = None
    ) -> None:
        self._verifier = SignatureVerifier(signing_secret, clock or Clock())
        self._make_bot = make_bot
        self._bot: Bot | None = None
        self.router = APIRouter()
        self.router.add_route(PATH, self._receive, methods=["POST"], include_in_schema=False)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Has the bot answer until the context is left; without Slack, the server still starts."""
        bot = self._make_bot()
        try:
            await bot.start()
            self._bot = bot
            identity = await bot.identity()
            _log.info("Slack asks at %s, as %s.", PATH, identity.bot_user_id)
        except SlackError as error:
            _log.error("The Slack bot: %s %s", error.message, error.hint)
        try:
            yield
        finally:
            self._bot = None
            await bot.close()

    def verified(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether Slack signed the ``body``, byte for byte, less than five minutes ago."""
        timestamp = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        # the SDK's verifier takes the timestamp for a number, and the body for UTF-8
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 13):
            return False
        try:
            body.decode()
        except UnicodeDecodeError:
            return False
        return signature.isascii() and self._verifier.is_valid(body, timestamp, signature)

    async def _receive(self, request: Request) -> Response:
        if not self.verified(request.headers, await request.body()):
            return error_response(
                401,
                "invalid_signature",
                "This was not signed by Slack, or too long ago.",
                "See that SLACK_SIGNING_SECRET is this app's, and that the clock is right.",
            )
        if self._bot is None:
            return error_response(
                503, "slack_not_ready", "The Slack bot is not ready.", "The server's log says why."
            )
        return await AsyncSlackRequestHandler(self._bot.app).handle(request)
