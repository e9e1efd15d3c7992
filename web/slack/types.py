"""What the bot works with: an answer as the API gives it, and a question that waits for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Kind = Literal["mention", "direct", "follow_up", "command", "shortcut"]
"""How a question came: the last two are answered to the asker alone, by a response address."""

Message = dict[str, Any]
"""What is sent to Slack: ``text`` and ``blocks``."""


@dataclass(frozen=True, slots=True)
class Card:
    """A passage of an answer. ``highlights`` are the answering sentences' ranges in its text."""

    rank: int
    title: str
    link: str
    author: str | None
    published: date | None
    text: str
    highlights: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the archive says to a question, read from the body of ``POST /api/ask``.

    ``quotes`` are sentences of the archive, each with the rank of its card; ``subjects`` are titles
    and links of the nearest posts, where the archive does not cover the question.
    """

    id: str
    covered: bool
    sure: bool
    quotes: tuple[tuple[str, int], ...]
    cards: tuple[Card, ...]
    searched_with: tuple[str, ...]
    subjects: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Answer:
        """The answer in the ``body`` of a response of the API."""
        return cls(
            id=body["id"],
            covered=body["status"] == "answered",
            sure=body["confidence"] == "sure",
            quotes=tuple((each["text"], each["citation"]) for each in body["short_answer"]),
            cards=tuple(_card(each) for each in body["passages"]),
            searched_with=tuple(body["searched_with"]),
            subjects=tuple((each["title"], each["link"]) for each in body["subjects"]),
        )


def _card(passage: Mapping[str, Any]) -> Card:
    post = passage["post"]
    published = post["published"]
    return Card(
        rank=passage["rank"],
        title=post["title"],
        link=passage["link"],
        author=post["author"],
        published=None if published is None else date.fromisoformat(published),
        text=passage["text"],
        highlights=tuple((each["start"], each["end"]) for each in passage["highlights"]),
    )


@dataclass(frozen=True, slots=True)
class Job:
    """A question that came in from Slack and waits for its answer.

    ``key`` is the same for every delivery of the same message. ``ts`` is the message that holds the
    question, ``thread_ts`` where the answer goes; both are empty for a command. ``busy`` is set
    when so many others waited that it is only told so.
    """

    key: str
    kind: Kind
    channel: str
    user: str
    text: str
    ts: str = ""
    thread_ts: str = ""
    response_url: str = field(default="", repr=False)
    busy: bool = False

    @property
    def private(self) -> bool:
        """Whether the asker alone sees the answer."""
        return self.kind in ("command", "shortcut")

    @property
    def thread(self) -> str:
        """What earlier questions are remembered by, within the channel."""
        return self.thread_ts or ("" if self.kind == "direct" else self.user)
