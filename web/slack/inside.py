"""The bot inside the server: it asks the application itself, without a socket between."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from qa.errors import SettingsError
from qa.settings import Settings

if TYPE_CHECKING:
    from web.slack.door import Door

SIGNING_SECRET = "SLACK_SIGNING_SECRET"
SWITCH_S = 0.0005
"""How long a thread may run Python while others wait to: a tenth of what is usual.

Where the bot's work beside them may take 5 ms at a time, people's questions, which let go of the
interpreter dozens of times, wait as often; with this the slowest twentieth of them took about three
quarters of the time beside a burst (measured by turns, on two busy cores).
"""


def door_to(app: ASGIApp, settings: Settings, environ: Mapping[str, str]) -> Door | None:
    """The way in for Slack to a bot that asks ``app``; None without a signing secret.

    Raises SettingsError where tokens or settings of the bot are amiss, or its libraries missing.
    """
    if not (environ.get(SIGNING_SECRET) or environ.get(f"{SIGNING_SECRET}_FILE")):
        return None
    import httpx2

    try:
        from web.slack.bot import Bot
        from web.slack.door import Door
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"{SIGNING_SECRET} is set, but {error.name} is not installed.",
            "Run pip install 'blogqa[slack]', or unset it.",
        ) from error
    from web.client import Client
    from web.slack.config import BOT_TOKEN, load_config, load_secrets

    config = load_config(settings, Path.cwd())
    secrets = load_secrets(environ, BOT_TOKEN, SIGNING_SECRET)
    assert secrets.signing_secret is not None

    def make_bot() -> Bot:
        sys.setswitchinterval(SWITCH_S)
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        client = Client("http://localhost", patient=True, transport=transport)
        return Bot(config, secrets, settings.home, client)

    return Door(secrets.signing_secret.get_secret_value(), make_bot)
