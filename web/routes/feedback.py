"""The API's feedback: helpful or not, and taking that back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request

from qa.record import Feedback
from web.errors import INVALID
from web.schemas import ErrorBody
from web.schemas_feedback import FeedbackBody, FeedbackOut, WithdrawBody
from web.state import state_of

_FAILURES: dict[int | str, dict[str, Any]] = INVALID | {
    404: {
        "model": ErrorBody,
        "description": "No such answer is kept (`unknown_answer`), or it has no such passage "
        "(`unknown_passage`).",
    },
    409: {"model": ErrorBody, "description": "This server keeps no questions (`feedback_off`)."},
    503: {"model": ErrorBody, "description": "What is kept cannot be read or written just now."},
}

router = APIRouter(tags=["api"], responses=_FAILURES)


@router.post("/api/feedback", summary="Say whether an answer helped")
def post_feedback(body: FeedbackBody, request: Request) -> FeedbackOut:
    """About the answer, or one passage of it. The same again replaces what was said before."""
    state_of(request).record.judge(
        Feedback(
            answer_id=body.answer_id,
            passage_id=body.passage_id,
            verdict=body.verdict,
            reason=body.reason,
            by=body.by or "",
            at=datetime.now(UTC),
        )
    )
    return FeedbackOut(
        answer_id=body.answer_id,
        passage_id=body.passage_id,
        verdict=body.verdict,
        reason=body.reason,
    )


@router.delete("/api/feedback", summary="Take back what was said of an answer")
def delete_feedback(body: WithdrawBody, request: Request) -> FeedbackOut:
    """Nothing is wrong if nothing was said."""
    state_of(request).record.withdraw(body.answer_id, body.passage_id, body.by or "")
    return FeedbackOut(
        answer_id=body.answer_id, passage_id=body.passage_id, verdict=None, reason=None
    )
