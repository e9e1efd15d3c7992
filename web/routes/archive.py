"""The API's routes about the archive as a whole: suggestions and the map."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from qa.ask import MOST_CHARACTERS
from qa.errors import RecordError
from qa.suggest import offers
from web.errors import INVALID, NO_INDEX
from web.schemas_archive import MapOut, SuggestOut
from web.state import state_of

_MOST = 20

router = APIRouter(tags=["api"], responses=NO_INDEX)


@router.get(
    "/api/suggest",
    summary="What a question may go on as",
    response_model=SuggestOut,
    responses=INVALID,
)
def get_suggest(
    request: Request,
    q: Annotated[
        str,
        Query(max_length=MOST_CHARACTERS, description="What is typed so far.", examples=["cold"]),
    ] = "",
    limit: Annotated[int, Query(ge=1, le=_MOST, description="Most suggestions.")] = 6,
) -> Response:
    """Questions that were asked here and answered, then titles, headings and tags of the archive.

    Nothing typed, nothing suggested.
    """
    state = state_of(request)
    questions: list[str] = []
    with suppress(RecordError):  # the log has it; the archive's own words are there all the same
        questions = state.record.earlier(q, limit)
    with state.serving() as serving:
        found = serving.generation.suggest(q, limit)
    suggested = SuggestOut.of(offers(questions, found, limit))
    return Response(suggested.model_dump_json(), media_type="application/json")


@router.get(
    "/api/map",
    summary="Every post, placed by its meaning",
    response_model=MapOut,
    responses={304: {"description": "The map is the one that `If-None-Match` names."}},
)
def get_map(request: Request) -> Response:
    """Posts that stand near each other are about the same. The `ETag` changes with the index."""
    with state_of(request).serving() as serving:
        name = serving.overview.generation
        tag = f'"{name}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        known = request.headers.get("If-None-Match", "")
        if tag in [each.strip().removeprefix("W/") for each in known.split(",")]:
            return Response(status_code=304, headers=headers)
        placed = MapOut.of(name, serving.generation.post_map())
    return Response(placed.model_dump_json(), media_type="application/json", headers=headers)
