"""The bot put together: what listens to Slack, over the desk where questions are answered."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from web.client import Client
from web.slack import blocks, inbox
from web.slack.buttons import Click, explain, handle
from web.slack.config import Secrets, SlackConfig
from web.slack.desk import Desk
from web.slack.drill import keep_drilling
from web.slack.errors import SlackError
from web.slack.manifest import missing_scopes
from web.slack.outlet import BROKEN, Outlet
from web.slack.shelf import Shelf
from web.slack.store import FILE, Store
from web.slack.types import Job

_log = logging.getLogger(__name__)

_ANY = re.compile(".*")
_Next = Callable[[], Awaitable[None]]


class Bot:
    """One bot of one workspace. Make and use it within a running event loop."""

    def __init__(self, config: SlackConfig, secrets: Secrets, home: Path, client: Client) -> None:
        self.config = config
        self._token = secrets.bot_token.get_secret_value()
        owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.shelf = Shelf(lambda: Store(home / FILE, owner=owner))
        self.client = client
        self.outlet = Outlet(config.api_url, self._token)
        self.desk = Desk(self.shelf, client, self.outlet, config)
        self._identity: AuthorizeResult | None = None
        self._identifying = asyncio.Lock()
        self._clicks: set[asyncio.Task[None]] = set()
        self._drilling: asyncio.Task[None] | None = None
        self.app = self._listening()

    async def start(self) -> None:
        """Begin to answer, also what was left over. Raises SlackStoreError."""
        await self.shelf(Store.tidy)
        self.desk.start()
        if self.config.drill is not None:
            self._drilling = asyncio.create_task(keep_drilling(self.desk, self.config.drill))

    async def close(self) -> None:
        """Finish what is in work; the rest waits for the next process."""
        if self._drilling is not None:
            self._drilling.cancel()
            await asyncio.gather(self._drilling, return_exceptions=True)
        await self.desk.close()
        if self._clicks:
            await asyncio.wait(self._clicks, timeout=5)
        with suppress(SlackError):
            await self.shelf.close()
        await self.outlet.close()
        await self.client.close()

    async def identity(self) -> AuthorizeResult:
        """Who the bot is, asked once of Slack. Raises SlackError."""
        async with self._identifying:
            if self._identity is None:
                try:
                    said = await self.outlet.client.auth_test()
                except SlackApiError as error:
                    raise SlackError(
                        f"Slack does not accept the bot token: {error.response['error']}.",
                        "Run blogqa slack check.",
                    ) from error
                except BROKEN as error:
                    raise SlackError(
                        f"Slack cannot be reached: {type(error).__name__}.",
                        "See that this machine reaches slack.com.",
                    ) from error
                if missing := missing_scopes(self.config, said.headers):
                    _log.warning(
                        "The app lacks scopes: %s. Run blogqa slack check.", ", ".join(missing)
                    )
                self._identity = AuthorizeResult(
                    enterprise_id=said.get("enterprise_id"),
                    team_id=said["team_id"],
                    bot_user_id=said["user_id"],
                    bot_id=said["bot_id"],
                    bot_token=self._token,
                )
            return self._identity

    def _listening(self) -> AsyncApp:
        async def authorize() -> AuthorizeResult:  # no method: Bolt would inject its self
            return await self.identity()

        logger = logging.getLogger("web.slack.bolt")
        logger.setLevel(logging.ERROR)  # it would warn of a token that it finds and does not need
        app = AsyncApp(
            name="blogqa",
            logger=logger,
            client=AsyncWebClient(base_url=self.config.api_url),
            authorize=authorize,
            request_verification_enabled=False,  # the route verifies, before Bolt reads anything
        )
        logger.setLevel(logging.WARNING)
        app.event(_ANY, middleware=[self._take_event])(_nothing)
        app.command(_ANY)(self._command)
        app.shortcut(_ANY)(self._shortcut)
        app.action(_ANY)(self._action)
        app.view(_ANY)(self._form)
        return app

    async def _take_event(self, body: dict[str, Any], next: _Next) -> None:
        """Store a question before Slack is told that it arrived: listeners run after that."""
        job = inbox.job_of_event(body["event"], (await self.identity()).bot_user_id or "")
        if job is not None and await self._is_for_bot(job):
            await self.desk.accept(job, f"event:{body['event_id']}")
        await next()

    async def _is_for_bot(self, job: Job) -> bool:
        if job.kind != "follow_up":
            return True
        return await self.shelf(Store.joined, job.channel, job.thread_ts)

    async def _command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        job = inbox.job_of_command(body)
        if job.text:
            await self.desk.accept(job)
            seen = blocks.told("Looking in the archive …")
        else:
            seen = blocks.help_message(self.config.command, typed=True)
        await ack(text=seen["text"], blocks=seen["blocks"], response_type="ephemeral")

    async def _shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        if body.get("type") == "message_action" and body.get("callback_id") == inbox.CALLBACK:
            await self.desk.accept(inbox.job_of_shortcut(body))
        await ack()

    async def _action(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        click = asyncio.create_task(handle(self.desk, Click.of(body)))
        self._clicks.add(click)
        click.add_done_callback(self._clicks.discard)

    async def _form(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        problem = await explain(self.desk, body)
        if problem:
            await ack(response_action="errors", errors={blocks.REASON: problem})
        else:
            await ack()


async def _nothing() -> None:
    """What an event's listener has left to do."""
