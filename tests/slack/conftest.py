"""A bot over the sample archive, before a Slack on loopback; both real but for Slack itself."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from qa.settings import Settings
from tests import checkups
from tests.servers import listening
from tests.slack.deliveries import Sender
from tests.slack.fake import (
    APP_TOKEN,
    BOT_TOKEN,
    SIGNING_SECRET,
    WAIT_S,
    FakeSlack,
    fake_slack,
)
from web.app import create_app
from web.client import Client
from web.slack.bot import Bot
from web.slack.config import Secrets, SlackConfig
from web.slack.door import Door
from web.slack.manifest import PATH
from web.slack.run import serve
from web.slack.store import FILE
from web.state import ServerState

QUESTION = "how do I handle call reluctance?"
OFF_TOPIC = "how do I bake sourdough bread at home?"
SECRETS = Secrets(
    bot_token=SecretStr(BOT_TOKEN),
    app_token=SecretStr(APP_TOKEN),
    signing_secret=SecretStr(SIGNING_SECRET),
)


@pytest.fixture(scope="session")
def api_settings(sample_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The sample archive's home again, for questions and feedback of its own."""
    return checkups.copy_of(sample_settings, tmp_path_factory.mktemp("slack") / "home")


@pytest.fixture(scope="session")
def api_url(api_settings: Settings) -> Iterator[str]:
    """A server that answers from the sample archive; without a watcher, which others count."""
    state = ServerState(api_settings)
    with listening(create_app(state), lifespan="off") as url:
        yield url
    state.close()


@pytest.fixture(scope="session")
def workspace() -> Iterator[FakeSlack]:
    """A Slack for all tests, which :func:`slack` empties for each."""
    with fake_slack() as slack:
        yield slack


@pytest.fixture
def slack(workspace: FakeSlack) -> FakeSlack:
    workspace.clear()
    return workspace


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30) as client:
        yield client


@dataclass(frozen=True, slots=True)
class Setup:
    """What bots of a test have in common."""

    slack: FakeSlack
    api_url: str
    home: Path
    client: httpx.Client

    def config(self, **options: Any) -> SlackConfig:
        given = {
            "server": self.api_url,
            "api_url": self.slack.api(),
            "public_url": "https://answers.example/",
            "patience_s": 0,
        }
        return SlackConfig.model_validate(given | options)

    @contextmanager
    def over_http(self, **options: Any) -> Iterator[Sender]:
        """A bot behind ``/slack/events``; gives what sends there as Slack does."""
        config = self.config(**options)
        door = Door(SIGNING_SECRET, lambda: Bot(config, SECRETS, self.home, Client(config.server)))
        app = FastAPI(lifespan=lambda app: door.open())
        app.include_router(door.router)
        with listening(app) as url:
            yield Sender(url + PATH, self.client)

    @contextmanager
    def over_socket(self, **options: Any) -> Iterator[None]:
        """A bot in Socket Mode."""
        loop = asyncio.new_event_loop()
        stop = asyncio.Event()
        config = self.config(**options)
        work = serve(config, SECRETS, self.home, stop, ping_every_s=0.2)
        thread = threading.Thread(target=lambda: loop.run_until_complete(work), daemon=True)
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(30)
            loop.close()


@pytest.fixture
def setup(slack: FakeSlack, api_url: str, tmp_path: Path, client: httpx.Client) -> Setup:
    return Setup(slack, api_url, tmp_path / "bot", client)


@pytest.fixture(scope="session")
def shared(
    workspace: FakeSlack,
    api_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    client: httpx.Client,
) -> Iterator[tuple[Sender, sqlite3.Connection]]:
    """A bot over HTTP that answers one question after the other, and what it remembers."""
    setup = Setup(workspace, api_url, tmp_path_factory.mktemp("bot"), client)
    with (
        setup.over_http(at_once=1) as sender,
        closing(sqlite3.connect(setup.home / FILE, isolation_level=None)) as memory,
    ):
        yield sender, memory


@pytest.fixture
def sender(shared: tuple[Sender, sqlite3.Connection], slack: FakeSlack) -> Iterator[Sender]:
    """The bot that tests share, which remembers nothing of other tests."""
    sender, memory = shared
    yield sender
    end = time.monotonic() + WAIT_S
    while slack.reactions or memory.execute("SELECT count(*) FROM jobs").fetchone()[0]:
        assert time.monotonic() < end, "the bot is still at work"
        time.sleep(0.005)
    for table in ("deliveries", "turns", "answers"):
        memory.execute(f"DELETE FROM {table}")
