"""Every failure as the same JSON body: ``{"error": {"code", "message", "hint"}}``."""

from __future__ import annotations

import logging
import uuid
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from corpus.errors import BlogqaError
from index.errors import IndexingError
from index.lock import is_building
from qa.errors import FeedbackOff, QuestionError, RecordError, UnknownAnswer, UnknownPassage
from web.schemas import ErrorBody
from web.security import headers_for

_log = logging.getLogger(__name__)

INVALID: dict[int | str, dict[str, Any]] = {
    422: {
        "model": ErrorBody,
        "description": "A field is missing or out of range; `message` names it.",
    },
}
NO_INDEX: dict[int | str, dict[str, Any]] = {
    503: {
        "model": ErrorBody,
        "description": "There is no usable index; `hint` says what mends it.",
    },
}
TOO_MANY: dict[int | str, dict[str, Any]] = {
    429: {
        "model": ErrorBody,
        "description": "More questions than `most_waiting` are being answered; `Retry-After` says "
        "in how many seconds to come again.",
    },
}
AGAIN_AFTER_S = "5"
"""When to come again while an index is being built: a first one takes from seconds to minutes."""
_BUILDING = "It is being built just now: come again in a moment."


def install(app: FastAPI) -> None:
    """Make ``app`` answer every error with the one body."""
    app.add_exception_handler(BlogqaError, _blogqa_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected_error)


def error_response(status: int, code: str, message: str, hint: str = "") -> JSONResponse:
    """The one body, under ``status``."""
    return JSONResponse({"error": {"code": code, "message": message, "hint": hint}}, status)


_STATUSES = (
    (QuestionError, 422),
    (UnknownAnswer, 404),
    (UnknownPassage, 404),
    (FeedbackOff, 409),
    (IndexingError, 503),
    (RecordError, 503),
)


def _status(error: Exception) -> int:
    for kind, status in _STATUSES:
        if isinstance(error, kind):
            return status
    return 500


async def _blogqa_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BlogqaError)
    status = _status(error)
    if status >= 500:
        _log.error("%s: %s %s", request.url.path, error.message, error.hint)
    if isinstance(error, IndexingError) and is_building(index_of(request)):
        response = error_response(status, error.code, error.message, _BUILDING)
        response.headers["Retry-After"] = AGAIN_AFTER_S
        return response
    return error_response(status, error.code, error.message, error.hint)


def index_of(request: Request) -> Path:
    """The folder of the index that ``request`` is about."""
    folder: Path = request.app.state.server.settings.index_folder
    return folder


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = []
    for problem in error.errors():
        # the first step of the place is where the value was sent: body, query or path
        place = () if problem["type"] == "json_invalid" else problem["loc"][1:]
        field = ".".join(str(step) for step in place) or "body"
        problems.append(f"{field}: {problem['msg'].removeprefix('Value error, ')}")
    return error_response(
        422, QuestionError.code, "; ".join(problems) + ".", "See /docs for what can be sent."
    )


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    response = error_response(
        error.status_code,
        code,
        f"{request.method} {request.url.path}: {error.detail}.",
        "See /docs for what there is.",
    )
    response.headers.update(error.headers or {})
    return response


async def _unexpected_error(request: Request, error: Exception) -> JSONResponse:
    reference = uuid.uuid4().hex[:8]
    _log.exception("%s failed, reference %s", request.url.path, reference, exc_info=error)
    response = error_response(
        500,
        "internal_error",
        "Something went wrong on the server.",
        f"Try again; if it happens again, report the reference {reference} from its log.",
    )
    response.headers.update(headers_for(request.url.path))  # sent from outside all middleware
    return response
