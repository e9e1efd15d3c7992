"""The daily drill: at its time, once, with a question that was asked where others see it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.servers import awaited
from tests.slack.conftest import QUESTION, SECRETS, Setup
from tests.slack.deliveries import click, direct, mention
from tests.slack.fake import FakeSlack, Trouble
from web.client import Client
from web.slack.bot import Bot
from web.slack.config import Drill
from web.slack.drill import due, post
from web.slack.errors import SlackError

DRILL = Drill.model_validate({"channel": "C0SALES", "at": "09:00", "zone": "Europe/Berlin"})
AT_NINE = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)  # in summer, two hours behind


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 7, 1, 6, 59, 59, tzinfo=UTC), None),
        (AT_NINE, date(2026, 7, 1)),
        (datetime(2026, 7, 1, 7, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 8, 0, tzinfo=UTC), None),
        (datetime(2026, 12, 1, 7, 30, tzinfo=UTC), None),
        (datetime(2026, 12, 1, 8, 30, tzinfo=UTC), date(2026, 12, 1)),
    ],
)
def test_it_is_due_by_the_clock_of_its_zone(now: datetime, day: date | None) -> None:
    assert due(DRILL, now) == day


def drill(setup: Setup, *times: datetime) -> list[bool]:
    """Whether a question was posted at each of ``times``."""

    async def main() -> list[bool]:
        config = setup.config()
        bot = Bot(config, SECRETS, setup.home, Client(config.server))
        try:
            return [await post(bot.desk, DRILL, now) for now in times]
        finally:
            await bot.close()

    return awaited(main())


def test_a_question_of_a_channel_is_posted_once_a_day_and_never_again(
    setup: Setup, slack: FakeSlack
) -> None:
    with setup.over_http(at_once=1) as sender:
        sender.event(direct("what do I say when they object to the price?"))
        sender.event(mention(QUESTION))
        slack.posted(2)
    assert drill(setup, AT_NINE, AT_NINE) == [True, False]
    assert drill(setup, AT_NINE) == [False]  # a restart
    first = slack.posted(3)[2]
    assert first["text"] == f"Today's question: {QUESTION}"
    assert drill(setup, AT_NINE.replace(day=2)) == [True]
    second = slack.posted(4)[3]
    assert second["text"].startswith("Today's question: ")
    assert QUESTION not in second["text"]
    assert "price" not in second["text"]


def test_the_passage_is_behind_the_button_for_whoever_clicks(
    setup: Setup, slack: FakeSlack
) -> None:
    with setup.over_http() as sender:
        sender.event(mention(QUESTION))
        slack.posted()
        assert drill(setup, AT_NINE) == [True]
        value = slack.posted(2)[1]["blocks"][2]["elements"][0]["value"]
        sender.interaction(click("reveal", value, slack.response_url()))
        (shown,) = slack.wait_for("response_url")
    assert shown["response_type"] == "ephemeral"
    assert "call reluctance" in shown["text"].lower()


def test_a_drill_that_failed_is_tried_again(setup: Setup, slack: FakeSlack) -> None:
    slack.trouble("chat.postMessage", Trouble(error="channel_not_found"))
    with pytest.raises(SlackError, match="channel_not_found"):
        drill(setup, AT_NINE)
    assert drill(setup, AT_NINE) == [True]
