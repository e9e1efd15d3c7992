"""What goes over the wire about feedback, with examples."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from qa.record import Opinion
from web.schemas import Wire

MOST_OF_A_REASON = 1000
"""Characters."""


def _told(reason: str | None) -> str | None:
    return (reason or "").strip() or None


class WithdrawBody(Wire):
    """Which verdict: on an answer or one of its passages, by whom."""

    answer_id: str = Field(
        max_length=200,
        description="The `id` of the answer.",
        examples=["0b8e7c0c7e0e4a0fb7a3f3f6f2b5f6d1"],
    )
    passage_id: str | None = Field(
        default=None,
        max_length=1000,
        description="The `id` of one of its passages; without, it is about the whole answer.",
        examples=["dial-first-and-be-scared-later-e3092a7e.1"],
    )
    by: str | None = Field(
        default=None,
        max_length=200,
        description="Whatever tells people apart where several see one answer, as a bot's do.",
        examples=["U0123ABC"],
    )


class FeedbackBody(WithdrawBody):
    """Whether an answer, or a passage of it, helped."""

    verdict: Opinion = Field(description="What is thought of it.", examples=["helpful"])
    reason: Annotated[
        str | None,
        Field(
            max_length=MOST_OF_A_REASON,
            description="Why, in the person's own words.",
            examples=["These are words I can say."],
        ),
        AfterValidator(_told),
    ] = None


class FeedbackOut(Wire):
    """What is kept of a verdict; `verdict` is null when there is none any more."""

    answer_id: str = Field(examples=["0b8e7c0c7e0e4a0fb7a3f3f6f2b5f6d1"])
    passage_id: str | None = Field(examples=["dial-first-and-be-scared-later-e3092a7e.1"])
    verdict: Opinion | None = Field(examples=["helpful"])
    reason: str | None = Field(examples=["These are words I can say."])
