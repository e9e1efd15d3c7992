"""The bot's settings: the table ``[slack]`` of ``blogqa.toml``, and tokens from elsewhere.

Tokens come from the environment, or from files that it names, never from the settings file.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from qa.errors import SettingsError
from qa.settings import FILE, Settings, section
from web.slack.blocks import CARDS
from web.slack.inside import SIGNING_SECRET

BOT_TOKEN, APP_TOKEN = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"
_BEGINS = {BOT_TOKEN: "xoxb-", APP_TOKEN: "xapp-"}


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("no such time zone; write it as Europe/Berlin") from error
    return name


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChannelFilters(_Table):
    """Which posts may answer, as the API takes it."""

    author: str | None = None
    tag: str | None = None
    source: str | None = None
    after: date | None = None
    before: date | None = None
    chips: tuple[str, ...] = ()

    def as_body(self) -> dict[str, Any]:
        """What is sent to the API; only what is set."""
        return self.model_dump(mode="json", exclude_defaults=True)


class Rules(_Table):
    """How questions of a channel are answered."""

    passages: int = Field(default=CARDS, ge=1, le=CARDS)
    only_when_covered: bool = False
    who: tuple[str, ...] = ()
    filters: ChannelFilters = ChannelFilters()

    def may_ask(self, user: str) -> bool:
        """Whether ``user`` may ask; without a list, everybody may."""
        return not self.who or user in self.who


class Drill(_Table):
    """A question a day for a channel."""

    channel: str = Field(pattern=r"^[CG]\w+$")
    at: time
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"


class SlackConfig(Rules):
    """The whole table; its own rules hold where a channel has none."""

    server: str = Field(default="", pattern=r"^(https?://\S+)?$")
    public_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    api_url: str = Field(default="https://slack.com/api/", pattern=r"^https?://\S+/$")
    command: str = Field(default="/ask", pattern=r"^/[a-z0-9_-]{1,31}$")
    follow_threads: bool = False
    at_once: int = Field(default=8, ge=1, le=32)
    most_waiting: int = Field(default=100, ge=1, le=10_000)
    patience_s: float = Field(default=20.0, ge=0, le=600)
    channels: dict[str, Rules] = {}
    drill: Drill | None = None

    def rules(self, channel: str) -> Rules:
        """What holds in ``channel``: what is set for it, over what is set for all."""
        own = self.channels.get(channel)
        if own is None:
            return self
        given = {name: getattr(own, name) for name in own.model_fields_set}
        return Rules(**{name: getattr(self, name) for name in Rules.model_fields} | given)


class Secrets(BaseModel):
    """The tokens; printing them shows stars."""

    model_config = ConfigDict(frozen=True)

    bot_token: SecretStr
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None


def load_config(settings: Settings, folder: Path) -> SlackConfig:
    """The bot's settings of the file in ``folder``; the server's address comes from ``settings``.

    Raises SettingsError for a key that is unknown or a value out of place, naming it.
    """
    try:
        config = SlackConfig.model_validate(section("slack", folder))
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(step) for step in ("slack", *problem["loc"]))
        reason = problem["msg"].removeprefix("Value error, ")
        raise SettingsError(
            f"The setting {place!r} in {FILE} cannot be used: {reason}.",
            "docs/slack.md lists what can be set.",
        ) from None
    if config.server:
        return config
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return config.model_copy(update={"server": f"http://{host}:{settings.port}"})


def load_secrets(environ: Mapping[str, str], *wanted: str) -> Secrets:
    """The tokens in ``environ``, or in the files that its variables with ``_FILE`` name.

    Raises SettingsError where one of ``wanted`` is missing or isn't what it should be; what was
    found is not repeated.
    """
    found = {name: _secret(environ, name) for name in (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET)}
    for name in wanted:
        if not found[name]:
            raise SettingsError(
                f"{name} is not set.",
                f"Set it, or {name}_FILE to a file that holds it; docs/slack.md says where "
                "Slack shows it.",
            )
    for name, begins in _BEGINS.items():
        if found[name] and not found[name].startswith(begins):
            raise SettingsError(
                f"{name} does not begin with {begins}.",
                "Bot tokens begin with xoxb-, app-level tokens with xapp-: take care which is "
                "which.",
            )
    return Secrets(
        bot_token=SecretStr(found[BOT_TOKEN]),
        app_token=SecretStr(found[APP_TOKEN]) if found[APP_TOKEN] else None,
        signing_secret=SecretStr(found[SIGNING_SECRET]) if found[SIGNING_SECRET] else None,
    )


def _secret(environ: Mapping[str, str], name: str) -> str:
    path = environ.get(f"{name}_FILE")
    if environ.get(name) or not path:
        return environ.get(name, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"{name}_FILE names {path}, which cannot be read.", "Mend the path or its rights."
        ) from error
