"""The way in without a public address: Socket Mode, in a process of its own."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from web.client import Client, ClientError
from web.slack.bot import Bot
from web.slack.config import Secrets, SlackConfig
from web.slack.errors import SlackError
from web.slack.outlet import BROKEN

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 1.0
_SAY_EVERY = 30  # looks
PING_EVERY_S = 10.0


async def serve(
    config: SlackConfig,
    secrets: Secrets,
    home: Path,
    stop: asyncio.Event,
    *,
    ping_every_s: float = PING_EVERY_S,
) -> None:
    """Answer what comes over Socket Mode until ``stop`` is set.

    Waits for the server first, and says so. Raises SlackError at once if Slack does not let the bot
    in.
    """
    client = Client(config.server, patient=True)
    bot = Bot(config, secrets, home, client)
    try:
        identity = await bot.identity()
        app_token = secrets.app_token.get_secret_value() if secrets.app_token else ""
        await _check_app_token(config, app_token)
        if not await _server_answers(client, stop):
            return
        await bot.start()
        handler = AsyncSocketModeHandler(
            bot.app,
            app_token,
            web_client=AsyncWebClient(base_url=config.api_url),
            ping_interval=ping_every_s,
        )
        try:
            await handler.connect_async()  # type: ignore[no-untyped-call]
            _log.info("Connected to Slack as %s; ready for questions.", identity.bot_user_id)
            await stop.wait()
            _log.info("Stopping: what is in work is finished, the rest waits for the next start.")
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]
    finally:
        await bot.close()


async def _server_answers(client: Client, stop: asyncio.Event) -> bool:
    """Wait until the server can answer; False if ``stop`` was set before."""
    looks = 0
    while not stop.is_set():
        try:
            await client.status()
        except ClientError as error:
            if looks % _SAY_EVERY == 0:
                _log.warning("Waiting for the server: %s %s", error.message, error.hint)
            looks += 1
        else:
            return True
        try:
            async with asyncio.timeout(_LOOK_EVERY_S):
                await stop.wait()
        except TimeoutError:
            continue
    return False


async def _check_app_token(config: SlackConfig, app_token: str) -> None:
    """Raise SlackError unless a socket may be opened; the SDK would try without an end."""
    try:
        await AsyncWebClient(base_url=config.api_url).apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        raise SlackError(
            f"Slack does not open a socket: {error.response['error']}.",
            "Run blogqa slack check: SLACK_APP_TOKEN needs the scope connections:write.",
        ) from error
    except BROKEN as error:
        raise SlackError(
            f"Slack cannot be reached: {type(error).__name__}.",
            "See that this machine reaches slack.com.",
        ) from error
