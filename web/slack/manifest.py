"""The app's manifest: what Slack makes an app from, with as few rights as the settings need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import yaml

from web.slack.config import SlackConfig
from web.slack.inbox import CALLBACK

PATH = "/slack/events"
SCOPES = ("app_mentions:read", "chat:write", "commands", "im:history", "reactions:write")
THREAD_SCOPES = ("channels:history", "groups:history")
"""What hearing follow-ups without a mention takes."""

_EVENTS = ("app_mention", "message.im")
_THREAD_EVENTS = ("message.channels", "message.groups")


def scopes(config: SlackConfig) -> tuple[str, ...]:
    """The scopes that the bot token needs."""
    return tuple(sorted((*SCOPES, *(THREAD_SCOPES if config.follow_threads else ()))))


def missing_scopes(config: SlackConfig, headers: Mapping[str, str]) -> list[str]:
    """Those that the bot token lacks, by the ``headers`` of an answer of Slack."""
    granted = set(headers.get("x-oauth-scopes", "").replace(" ", "").split(","))
    return [each for each in scopes(config) if each not in granted]


def manifest(config: SlackConfig, url: str = "") -> dict[str, Any]:
    """The manifest for Socket Mode, or for HTTP where ``url`` is the server's public address.

    Its keys are those of Slack's schema, version 1.
    """
    address = urljoin(url, PATH) if url else ""
    at = {"request_url": address} if address else {}
    command: dict[str, Any] = {
        "command": config.command,
        "description": "Ask the blog archive; only you see the answer",
        "usage_hint": "how do I handle call reluctance?",
        "should_escape": False,
    }
    shortcut = {
        "name": "Find this in the archive",
        "type": "message",
        "callback_id": CALLBACK,
        "description": "Looks for what a message says in the blog archive",
    }
    events = [*_EVENTS, *(_THREAD_EVENTS if config.follow_threads else ())]
    return {
        "_metadata": {"major_version": 1},
        "display_information": {
            "name": "Blog answers",
            "description": "Answers questions from the blog archive, word for word",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "ask", "always_online": True},
            "slash_commands": [command | ({"url": address} if address else {})],
            "shortcuts": [shortcut],
        },
        "oauth_config": {"scopes": {"bot": list(scopes(config))}},
        "settings": {
            "event_subscriptions": {**at, "bot_events": events},
            "interactivity": {"is_enabled": True, **at},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }


def as_yaml(made: dict[str, Any]) -> str:
    """``made`` as it is pasted into Slack's form."""
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True)
