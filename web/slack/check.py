"""Whether the bot can work: its tokens, its rights, and whom it reaches."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from qa.errors import SettingsError
from web.client import Client, ClientError
from web.slack.config import APP_TOKEN, BOT_TOKEN, SlackConfig, load_secrets
from web.slack.inside import SIGNING_SECRET
from web.slack.manifest import PATH, missing_scopes, scopes
from web.slack.outlet import BROKEN

_TIMEOUT_S = 10
_START = f"Start it (blogqa serve) with {SIGNING_SECRET} and {BOT_TOKEN} as they are set here."
_DOORS = {
    401: f"has another {SIGNING_SECRET}",
    404: f"was started without {SIGNING_SECRET}",
    405: f"was started without {SIGNING_SECRET}",
}


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was looked at: whether it is well, and what mends it."""

    name: str
    ok: bool
    message: str
    remedy: str = ""


async def check(config: SlackConfig, environ: Mapping[str, str]) -> list[Check]:
    """Everything that keeps the bot from answering, or could; it changes nothing at Slack."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_TIMEOUT_S)) as session:
        client = AsyncWebClient(base_url=config.api_url, session=session)
        slack = [*await _bot(config, environ, client), await _way_in(config, environ, client)]
    return [*slack, await _server(config)]


async def _bot(
    config: SlackConfig, environ: Mapping[str, str], client: AsyncWebClient
) -> list[Check]:
    try:
        token = load_secrets(environ, BOT_TOKEN).bot_token.get_secret_value()
        said = await client.auth_test(token=token)
    except SettingsError as error:
        return [Check("bot token", False, error.message, error.hint)]
    except (SlackApiError, *BROKEN) as error:
        return [
            _refused(
                "bot token",
                error,
                "Copy the token again: OAuth & Permissions, Bot User OAuth Token.",
            )
        ]
    known = Check("bot token", True, f"Slack knows the bot: {said['user']} in {said['team']}.")
    if missing := missing_scopes(config, said.headers):
        remedy = "Add them under OAuth & Permissions (or paste the manifest), reinstall the app."
        return [known, Check("scopes", False, f"Missing: {', '.join(missing)}.", remedy)]
    return [known, Check("scopes", True, f"All {len(scopes(config))} are there.")]


async def _way_in(config: SlackConfig, environ: Mapping[str, str], client: AsyncWebClient) -> Check:
    """Socket Mode if there is an app token, else HTTP."""
    try:
        secrets = load_secrets(environ)
        if secrets.app_token is None:
            if secrets.signing_secret is not None:
                return await _door(config.server, secrets.signing_secret.get_secret_value())
            return Check(
                "way in",
                False,
                f"Neither {APP_TOKEN} nor {SIGNING_SECRET} is set.",
                "Set the first for Socket Mode, the second for HTTP.",
            )
        await client.apps_connections_open(app_token=secrets.app_token.get_secret_value())
    except SettingsError as error:
        return Check("way in", False, error.message, error.hint)
    except (SlackApiError, *BROKEN) as error:
        return _refused(
            "way in",
            error,
            "Make a token with connections:write (Basic Information, App-Level Tokens) and set "
            f"{APP_TOKEN}.",
        )
    return Check("way in", True, "Socket Mode: Slack opens a socket to blogqa slack.")


async def _door(server: str, signing_secret: str) -> Check:
    """Whether the server lets in what is signed as Slack would sign it."""
    said = json.dumps({"type": "url_verification", "challenge": "blogqa"})
    signed = SignatureVerifier(signing_secret).generate_signature(
        timestamp=(now := str(int(time.time()))), body=said
    )
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": signed or "",
    }
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_TIMEOUT_S)) as session,
            session.post(urljoin(server, PATH), data=said, headers=headers) as response,
        ):
            status = response.status
    except BROKEN:
        return Check("way in", False, f"Nobody answers at {server}{PATH}.", _START)
    if status == 200:
        return Check("way in", True, f"HTTP: the server listens at {PATH}.")
    what = _DOORS.get(status, f"answers with status {status}; its log says why")
    return Check("way in", False, f"HTTP: the server {what}.", _START)


async def _server(config: SlackConfig) -> Check:
    try:
        async with Client(config.server) as client:
            status = await client.status()
    except ClientError as error:
        return Check("server", False, error.message, error.hint)
    return Check("server", True, f"{config.server} answers from {status.posts:,} posts.")


def _refused(name: str, error: Exception, remedy: str) -> Check:
    if isinstance(error, SlackApiError):
        return Check(name, False, f"Slack says {error.response['error']}.", remedy)
    return Check(
        name,
        False,
        f"Slack cannot be reached: {type(error).__name__}.",
        "See that this machine reaches slack.com, or set HTTPS_PROXY.",
    )
