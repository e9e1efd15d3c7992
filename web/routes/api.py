"""The API: ask, search, status, health."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from qa.ask import ask, find
from qa.newer import ListedPost, newer_takes
from qa.record import Asked
from qa.types import FoundPassage
from web.errors import INVALID, NO_INDEX, TOO_MANY
from web.schemas import (
    AnswerOut,
    AskBody,
    FilterBody,
    HealthOut,
    Limit,
    PassageOut,
    Question,
    SearchOut,
)
from web.schemas_archive import StatusOut
from web.state import Serving, state_of

router = APIRouter(tags=["api"], responses=NO_INDEX)


class _SearchQuery(FilterBody):
    q: Question
    limit: Limit = None


@router.post(
    "/api/ask",
    summary="Answer a question with the archive's own words",
    response_model=AnswerOut,
    responses=INVALID | TOO_MANY,
)
def post_ask(body: AskBody, request: Request) -> Response:
    """The short answer word for word, and the passages it stands in, best first.

    A follow-up ("and if they don't answer?") is taken together with the questions in `history`;
    `searched_with` says with which, and `alone` undoes it.
    """
    state = state_of(request)
    history = () if body.alone else tuple(body.history)
    with state.serving() as serving:
        answer = ask(
            serving.searcher,
            body.question,
            history=history,
            limit=body.limit or state.settings.limit,
            filters=body.filters.to_filters(),
            least_confidence=state.settings.least_confidence,
            explain=body.explain,
        )
        newer = _newer(serving, answer.passages)
    if body.keep:
        state.record.keep(Asked.of(answer, history, datetime.now(UTC)))
    return _written(AnswerOut.of(answer, newer))


@router.get(
    "/api/search",
    summary="The passages nearest to a question",
    response_model=SearchOut,
    responses=INVALID | TOO_MANY,
)
def get_search(query: Annotated[_SearchQuery, Query()], request: Request) -> Response:
    """The passages alone, however near they are; a search never counts as not covered."""
    started = time.perf_counter()
    state = state_of(request)
    with state.serving() as serving:
        found = find(
            serving.searcher,
            query.q,
            limit=query.limit or state.settings.limit,
            filters=query.to_filters(),
        )
        newer = _newer(serving, found)
    result = SearchOut(
        passages=PassageOut.all_of(found, newer),
        took_ms=round((time.perf_counter() - started) * 1000, 1),
        generation=serving.overview.generation,
    )
    return _written(result)


@router.get("/api/status", summary="The archive and the index in figures")
def get_status(request: Request) -> StatusOut:
    """Posts, passages, what they can be narrowed by, and questions to start with."""
    state = state_of(request)
    kept = state.settings.keep_questions_days > 0
    with state.serving() as serving:
        return StatusOut.of(serving.overview, serving.examples, feedback=kept)


@router.get("/healthz", summary="Whether questions can be answered")
def get_health(request: Request) -> HealthOut:
    """200 while there is a usable index, 503 with the reason otherwise.

    `degraded` if a newer index cannot be used, with the reason: the older one still answers.
    """
    state = state_of(request)
    with state.serving() as serving:
        return HealthOut.of(serving.overview.generation, state.refused)


def _newer(serving: Serving, found: Iterable[FoundPassage]) -> dict[str, ListedPost]:
    return newer_takes(serving.generation, [each.post for each in found], date.today())


def _written(answer: BaseModel) -> Response:
    """``answer`` as its JSON; FastAPI would validate it again and write it in another thread.

    What was not asked for is left out.
    """
    return Response(answer.model_dump_json(exclude_unset=True), media_type="application/json")
