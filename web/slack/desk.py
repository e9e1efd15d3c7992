"""Where questions wait and are answered: taken once, answered once, whoever restarts in between."""

from __future__ import annotations

import asyncio
import logging
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from web.client import Client, ClientError
from web.slack import blocks
from web.slack.config import Rules, SlackConfig
from web.slack.errors import SlackError
from web.slack.outlet import Outlet, SlackUnreachable
from web.slack.shelf import Shelf
from web.slack.store import Store, Taken
from web.slack.types import Answer, Job, Message

_log = logging.getLogger(__name__)

LEASE_S = 15.0
"""How long a job belongs to a process that is not heard of: then another takes it over."""
RENEW_EVERY_S = 2.0
_PAUSE_S = 2.0
_END_WITHIN_S = 10.0
_ASKED_AT_ONCE = 1
"""Questions that the server is given at a time, so that whoever asks it meanwhile waits for one at
most; Slack, which takes longer, gets several answers at a time (bench/slack.py)."""
_FIRST_PAUSE_S = 0.25
_WRONGLY_ASKED = {"invalid_input", "unknown_chip"}
_LASTING = _WRONGLY_ASKED | {"not_blogqa", "internal_error"}
"""Errors of the API that are there the next time, too."""
_IN_WORDS = {
    "unreachable": "The archive's server does not answer.",
    "not_blogqa": "In place of the archive's server something else answers.",
}
"""What people are told where the message is for whoever keeps the archive; the log has that."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """What is said, to the asker ``alone`` or to all, and the ``body`` of the API's answer."""

    message: Message
    alone: bool = False
    body: dict[str, Any] | None = None


class Desk:
    """Answers what is accepted, a few questions at a time."""

    def __init__(self, shelf: Shelf, client: Client, outlet: Outlet, config: SlackConfig) -> None:
        self.shelf = shelf
        self.client = client
        self.outlet = outlet
        self.config = config
        self._waiting: asyncio.Queue[None] = asyncio.Queue()  # one for each job to be taken
        self._asking = asyncio.Semaphore(_ASKED_AT_ONCE)
        self._working = False
        self._workers: list[asyncio.Task[None]] = []
        self._renewing: asyncio.Task[None] | None = None
        self._in_work: set[str] = set()
        self._seen: dict[str, asyncio.Task[None]] = {}
        self._unseen: set[asyncio.Task[None]] = set()

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
        self._waiting.put_nowait(None)
        return True

    def start(self) -> None:
        """Begin to answer, also what an earlier process left."""
        self._working = True
        self._renewing = asyncio.create_task(self._renew())
        self._workers = [asyncio.create_task(self._work()) for _ in range(self.config.at_once)]

    async def close(self) -> None:
        """Finish the questions in work, and leave the others to the next process."""
        self._working = False
        for _ in self._workers:
            self._waiting.put_nowait(None)
        with suppress(TimeoutError):
            async with asyncio.timeout(_END_WITHIN_S):
                await asyncio.gather(*self._workers)
                await asyncio.gather(*self._unseen)
        tasks = [*self._workers, *self._seen.values(), *self._unseen]
        tasks += [] if self._renewing is None else [self._renewing]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _renew(self) -> None:
        """Hold what is in work, and see to what is not: left by others, or not got rid of."""
        while True:
            try:
                left = await self.shelf(Store.renew, tuple(self._in_work), LEASE_S)
            except SlackError as error:
                _log.error("%s %s", error.message, error.hint)
            else:
                for _ in range(left - self._waiting.qsize()):
                    self._waiting.put_nowait(None)
            await asyncio.sleep(RENEW_EVERY_S)

    async def _work(self) -> None:
        while self._working:
            await self._waiting.get()
            try:
                taken = await self.shelf(Store.take, LEASE_S) if self._working else None
                while taken is not None:
                    taken = await self._answer(taken)
            except SlackError as error:
                _log.error("%s %s", error.message, error.hint)
                await asyncio.sleep(_PAUSE_S)

    async def _answer(self, taken: Taken) -> Taken | None:
        """Answer ``taken``; what is to be answered next, if more waits."""
        key = taken.job.key
        self._in_work.add(key)
        try:
            if not await self._sent(taken):
                return None
            more = self._working and not self._waiting.empty()
            if more:
                self._waiting.get_nowait()
            following = await self.shelf(Store.done, key, LEASE_S if more else 0.0)
        finally:
            self._in_work.discard(key)
        unseen = asyncio.create_task(self._unsee(taken.job))
        self._unseen.add(unseen)
        unseen.add_done_callback(self._unseen.discard)
        return following

    async def _sent(self, taken: Taken) -> bool:
        """Whether ``taken`` is over: its answer sent, or one that Slack will never take."""
        job = taken.job
        reference = uuid.uuid4().hex[:8]
        try:
            reply = await self._reply(taken, reference)
        except Exception:  # the last border: whatever it was, nobody waits in vain
            _log.exception("A question failed, reference %s", reference)
            reply = _Reply(blocks.apology(reference))
        if not await self.shelf(Store.sending, job, reply.body):
            return False  # another process took it over
        try:
            await self.outlet.deliver(
                job, reply.message, alone=reply.alone, maybe_sent=taken.maybe_sent
            )
        except SlackUnreachable as error:
            _log.error("%s It is tried again.", error.message)  # once its lease has run out
            return False
        except SlackError as error:
            _log.error("An answer is lost, reference %s: %s", reference, error.message)
        return True

    async def _unsee(self, job: Job) -> None:
        if (seen := self._seen.get(job.key)) is not None:
            await seen
        await self.outlet.unreact(job)

    async def _reply(self, taken: Taken, reference: str) -> _Reply:
        """What to say to whoever asked."""
        job = taken.job
        rules = self.config.rules(job.channel)
        if not rules.may_ask(job.user):
            told = blocks.told("Only some people may ask here.", "Ask in another channel.")
            return _Reply(told, alone=True)
        if not job.text:
            return _Reply(blocks.help_message(self.config.command))
        if job.busy:
            return _Reply(blocks.busy())
        try:
            body = await self._ask(job.text, taken.history, rules)
        except ClientError as error:
            if error.code in _WRONGLY_ASKED:
                return _Reply(blocks.told(error.message, error.hint), alone=True)
            _log.error("No answer, reference %s: %s %s", reference, error.message, error.hint)
            if error.code == "too_many_questions":
                return _Reply(blocks.busy())
            return _Reply(blocks.apology(reference, _IN_WORDS.get(error.code, error.message)))
        answer = Answer.of(body)
        view = self.view(job, rules)
        if answer.covered:
            return _Reply(blocks.answered(answer, view), body=body)
        return _Reply(blocks.missed(answer, view), alone=rules.only_when_covered, body=body)

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
