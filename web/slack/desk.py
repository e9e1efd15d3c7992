"""Where questions wait and are answered: taken once, answered once, whoever restarts in between."""

from __future__ import annotations

import asyncio
import logging
import uuid
from contextlib import suppress
from typing import Any

from web.client import Client, ClientError
from web.slack import blocks
from web.slack.config import Rules, SlackConfig
from web.slack.errors import SlackError
from web.slack.outlet import Outlet, SlackUnreachable
from web.slack.shelf import Shelf
from web.slack.store import Store
from web.slack.types import Answer, Job, Message

_log = logging.getLogger(__name__)

LEASE_S = 15.0
"""How long a job belongs to a process that is not heard of: then another takes it over."""
_POLL_S = 2.0
_RENEW_EVERY_S = 4.0
_END_WITHIN_S = 10.0
_ASKED_AT_ONCE = 1
"""Questions that the server is given at a time, so that whoever asks it meanwhile waits for one at
most; Slack, which takes longer, gets several answers at a time (bench/slack.py)."""
_FIRST_PAUSE_S = 0.25
_WRONGLY_ASKED = {"invalid_input", "unknown_chip"}
_LASTING = _WRONGLY_ASKED | {"not_blogqa", "internal_error"}
"""Errors of the API that are there the next time, too."""


class Desk:
    """Answers what is accepted, a few questions at a time."""

    def __init__(self, shelf: Shelf, client: Client, outlet: Outlet, config: SlackConfig) -> None:
        self.shelf = shelf
        self.client = client
        self.outlet = outlet
        self.config = config
        self._wake = asyncio.Semaphore(0)
        self._asking = asyncio.Semaphore(_ASKED_AT_ONCE)
        self._working = asyncio.Event()
        self._workers: list[asyncio.Task[None]] = []
        self._seen: dict[str, asyncio.Task[None]] = {}

    async def accept(self, job: Job, *keys: str) -> bool:
        """Whether ``job`` is new; then it will be answered, and it is shown that it was seen.

        ``keys`` are others that the same question may come by. Raises SlackStoreError, on which
        Slack must not be told that the question arrived.
        """
        accepted = await self.shelf(Store.accept, job, *keys, most_waiting=self.config.most_waiting)
        if accepted is None:
            return False
        seen = asyncio.create_task(self.outlet.react(job))
        self._seen[job.key] = seen
        seen.add_done_callback(lambda _: self._seen.pop(job.key, None))
        self._wake.release()
        return True

    def start(self) -> None:
        """Begin to answer, also what an earlier process left."""
        self._working.set()
        workers = [self._work() for _ in range(self.config.at_once)]
        self._workers = [asyncio.create_task(each) for each in (*workers, self._renew())]

    async def close(self) -> None:
        """Finish the questions in work, and leave the others to the next process."""
        self._working.clear()
        for _ in self._workers:
            self._wake.release()
        with suppress(TimeoutError):
            async with asyncio.timeout(_END_WITHIN_S):
                await asyncio.gather(*self._workers[:-1])
        for task in (*self._workers, *self._seen.values()):
            task.cancel()
        await asyncio.gather(*self._workers, *self._seen.values(), return_exceptions=True)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_EVERY_S)
            with suppress(SlackError):
                await self.shelf(Store.renew, LEASE_S)

    async def _work(self) -> None:
        while self._working.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_POLL_S):
                    await self._wake.acquire()
            try:
                while self._working.is_set() and (found := await self.shelf(Store.take, LEASE_S)):
                    await self._answer(*found)
            except SlackError as error:
                _log.error("%s %s", error.message, error.hint)
                await asyncio.sleep(_POLL_S)

    async def _answer(self, job: Job, maybe_sent: bool) -> None:
        reference = uuid.uuid4().hex[:8]
        try:
            message, alone = await self._message(job, reference)
        except Exception:  # the last border: whatever it was, nobody waits in vain
            _log.exception("A question failed, reference %s", reference)
            message, alone = blocks.apology(reference), False
        if not await self.shelf(Store.sending, job.key):
            return  # another process took it over
        try:
            await self.outlet.deliver(job, message, alone=alone, maybe_sent=maybe_sent)
        except SlackUnreachable as error:
            _log.error("%s It is tried again.", error.message)
            return
        except SlackError as error:
            _log.error("An answer is lost, reference %s: %s", reference, error.message)
        await self.shelf(Store.done, job.key)
        if (seen := self._seen.get(job.key)) is not None:
            await seen
        await self.outlet.unreact(job)

    async def _message(self, job: Job, reference: str) -> tuple[Message, bool]:
        """What to say to ``job``, and whether to the asker alone."""
        rules = self.config.rules(job.channel)
        if not rules.may_ask(job.user):
            return blocks.told("Only some people may ask here.", "Ask in another channel."), True
        if not job.text:
            return blocks.help_message(), False
        if job.busy:
            return blocks.busy(), False
        history = await self.shelf(Store.history, job)
        try:
            body = await self._ask(job.text, history, rules)
        except ClientError as error:
            if error.code in _WRONGLY_ASKED:
                return blocks.told(error.message, error.hint), True
            _log.error("No answer, reference %s: %s %s", reference, error.message, error.hint)
            busy = error.code == "too_many_questions"
            return blocks.busy() if busy else blocks.apology(reference, error.message), False
        await self.shelf(Store.keep, job.text, body, aloud=job.kind == "mention")
        await self.shelf(Store.remember, job, job.text)
        answer = Answer.of(body)
        view = self.view(job, rules)
        if answer.covered:
            return blocks.answered(answer, view), False
        return blocks.missed(answer, view), rules.only_when_covered

    def view(self, job: Job, rules: Rules) -> blocks.View:
        """How the answer to ``job`` is shown."""
        return blocks.View(
            base_url=self.config.public_url,
            passages=rules.passages,
            question=job.text if job.private else "",
            can_share=job.kind != "direct" and not job.channel.startswith("D"),
        )

    async def _ask(self, question: str, history: list[str], rules: Rules) -> dict[str, Any]:
        """The body of the API's answer; while it cannot answer, it is asked again for a while."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self.config.patience_s
        pause = _FIRST_PAUSE_S
        while True:
            try:
                async with self._asking:
                    answer = await self.client.ask(
                        question, history=history, filters=rules.filters.as_body()
                    )
            except ClientError as error:
                wait = max(pause, error.retry_after_s or 0)
                if error.code in _LASTING or loop.time() + wait > end:
                    raise
                await asyncio.sleep(wait)
                pause *= 2
            else:
                return answer.model_dump(mode="json")
