"""What ``blogqa slack`` does; the command line names this module by a string."""

from __future__ import annotations

import asyncio
import logging.config
import os
import signal
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa.logs import log_config
from qa.settings import Settings
from web.slack.check import check
from web.slack.config import APP_TOKEN, BOT_TOKEN, SlackConfig, load_config, load_secrets
from web.slack.manifest import as_yaml, manifest
from web.slack.run import serve


def run(settings: Settings, server: str | None, *, log_as_json: bool) -> None:
    """Answer over Socket Mode until told to end. Raises SettingsError, SlackError."""
    config = _config(settings, server)
    secrets = load_secrets(os.environ, BOT_TOKEN, APP_TOKEN)
    logging.config.dictConfig(log_config(as_json=log_as_json))

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await serve(config, secrets, settings.home, stop)

    asyncio.run(main())


def manifest_text(settings: Settings, url: str, *, follow_threads: bool) -> str:
    """The manifest, as YAML."""
    config = _config(settings, None)
    if follow_threads:
        config = config.model_copy(update={"follow_threads": True})
    return as_yaml(manifest(config, url))


def checks(settings: Settings, server: str | None) -> list[dict[str, Any]]:
    """What was looked at: name, ok, message, remedy."""
    found = asyncio.run(check(_config(settings, server), os.environ))
    return [asdict(each) for each in found]


def _config(settings: Settings, server: str | None) -> SlackConfig:
    config = load_config(settings, Path.cwd())
    return config.model_copy(update={"server": server}) if server else config
