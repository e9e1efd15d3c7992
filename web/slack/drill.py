"""The daily drill: a question that people asked, with the best passage behind a button."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from web.client import ClientError
from web.slack import blocks
from web.slack.config import Drill
from web.slack.desk import Desk
from web.slack.errors import SlackError
from web.slack.store import Store
from web.slack.types import Answer

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 20.0
_LATEST = timedelta(hours=1)
"""How late it may be posted, after a start or a failure; then that day has none."""


def due(drill: Drill, now: datetime) -> date | None:
    """The day, where the drill is, whose question is to be posted at ``now``; None if none is."""
    here = now.astimezone(ZoneInfo(drill.zone))
    planned = here.replace(
        hour=drill.at.hour, minute=drill.at.minute, second=drill.at.second, microsecond=0
    )
    return here.date() if planned <= here < planned + _LATEST else None


async def keep_drilling(desk: Desk, drill: Drill) -> None:
    """Post a question each day, until cancelled."""
    while True:
        try:
            await post(desk, drill, datetime.now(UTC))
        except (SlackError, ClientError) as error:
            _log.error("The drill: %s %s", error.message, error.hint)
        await asyncio.sleep(_LOOK_EVERY_S)


async def post(desk: Desk, drill: Drill, now: datetime) -> bool:
    """Whether the question of the day was posted: at its time, and by one process alone.

    It is one that was asked where others see it, and that was not posted before; where there is
    none, one that the archive itself proposes. Raises SlackError, ClientError.
    """
    day = due(drill, now)
    if day is None:
        return False
    key = f"drill:{drill.channel}:{day.isoformat()}"
    if not await desk.shelf(Store.claim, key):
        return False
    try:
        posted = await _post(desk, drill, key)
    except (SlackError, ClientError):
        await desk.shelf(Store.release, key)
        raise
    if not posted:
        _log.info("The drill: there is no question that was not posted before.")
    return posted


async def _post(desk: Desk, drill: Drill, key: str) -> bool:
    asked = await desk.shelf(Store.asked_aloud)
    proposed = (await desk.client.status()).examples
    filters = desk.config.rules(drill.channel).filters.as_body()
    for question in dict.fromkeys([*asked, *proposed]):
        known = f"drilled:{drill.channel}:{question.casefold()}"
        if not await desk.shelf(Store.claim, known):
            continue
        body = (await desk.client.ask(question, filters=filters)).model_dump(mode="json")
        answer = Answer.of(body)
        if answer.covered and answer.sure:
            await desk.shelf(Store.keep, question, body, aloud=False)
            message = blocks.asked_aloud(question, answer.cards[0], answer.id)
            await desk.outlet.post(drill.channel, message, key=key)
            return True
    return False
