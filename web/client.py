"""A client of the API, for programs that ask on behalf of people, such as a bot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2
from pydantic import BaseModel, ValidationError

from qa.record import Opinion
from web.schemas import AnswerOut, ErrorBody
from web.schemas_archive import StatusOut
from web.schemas_feedback import FeedbackOut

TIMEOUT_S = 10.0
"""How long an answer may take: milliseconds by itself, seconds where many wait."""
_BACKGROUND = {"Priority": "u=7"}  # RFC 9218

_Wire = TypeVar("_Wire", bound=BaseModel)


class ClientError(Exception):
    """What the server says is wrong, or that it cannot be reached.

    ``code``, ``message`` and ``hint`` are the API's; two codes are the client's own:
    ``unreachable`` where nobody answers, ``not_blogqa`` where somebody else does. ``retry_after_s``
    is set where the server says when to come again.
    """

    def __init__(
        self, code: str, message: str, hint: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.retry_after_s = retry_after_s


class Client:
    """Asks the server at an address; an async context manager that keeps connections open.

    Every method raises ClientError.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout_s: float = TIMEOUT_S,
        patient: bool = False,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """``address`` is as in ``http://127.0.0.1:8000``; ``transport`` may lead elsewhere.

        With ``patient``, questions of others go first, as far as they come in the meantime.
        """
        self.address = address.rstrip("/")
        self._http = httpx2.AsyncClient(
            base_url=self.address,
            timeout=timeout_s,
            headers=_BACKGROUND if patient else None,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        alone: bool = False,
        limit: int | None = None,
        filters: Mapping[str, Any] | None = None,
    ) -> AnswerOut:
        """What the archive says to ``question``; ``filters`` are named as in the API."""
        asked = {"question": question, "history": list(history), "alone": alone, "limit": limit}
        return await self._send(
            "POST", "/api/ask", AnswerOut, asked | {"filters": dict(filters or {})}
        )

    async def feedback(
        self,
        answer_id: str,
        verdict: Opinion,
        *,
        passage_id: str | None = None,
        reason: str | None = None,
        by: str | None = None,
    ) -> FeedbackOut:
        """Say whether an answer, or a passage of it, helped; ``by`` tells people apart."""
        told = _about(answer_id, passage_id, by) | {"verdict": verdict, "reason": reason}
        return await self._send("POST", "/api/feedback", FeedbackOut, told)

    async def withdraw(
        self, answer_id: str, *, passage_id: str | None = None, by: str | None = None
    ) -> FeedbackOut:
        """Take back what was said of an answer, or of a passage of it."""
        about = _about(answer_id, passage_id, by)
        return await self._send("DELETE", "/api/feedback", FeedbackOut, about)

    async def status(self) -> StatusOut:
        """The archive and the index in figures."""
        return await self._send("GET", "/api/status", StatusOut)

    async def _send(
        self, method: str, path: str, expected: type[_Wire], body: Mapping[str, Any] | None = None
    ) -> _Wire:
        try:
            response = await self._http.request(method, path, json=body)
        except httpx2.RequestError as error:
            raise ClientError(
                "unreachable",
                f"Nobody answers at {self.address}: {str(error) or type(error).__name__}.",
                "Start the server (blogqa serve), or mend the address.",
            ) from error
        try:
            if response.is_success:
                return expected.model_validate_json(response.content)
            failure = ErrorBody.model_validate_json(response.content).error
        except ValidationError as error:
            raise ClientError(
                "not_blogqa",
                f"What answers at {self.address} is no blogqa of this version "
                f"(status {response.status_code}).",
                "Mend the address, or bring both to the same version.",
            ) from error
        wait = response.headers.get("Retry-After", "")
        retry_after_s = float(wait) if wait.isdecimal() else None
        raise ClientError(failure.code, failure.message, failure.hint, retry_after_s)


def _about(answer_id: str, passage_id: str | None, by: str | None) -> dict[str, Any]:
    return {"answer_id": answer_id, "passage_id": passage_id, "by": by}
