"""The server's API, as the bot uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

from corpus.errors import BlogqaError

_TIMEOUT_S = 30.0


class ApiError(BlogqaError):
    """The server did not answer: ``status`` is that of its response, 0 where there was none.

    ``retry_after_s`` is when it is to be asked again, if it said so.
    """

    code = "api_error"

    def __init__(
        self, status: int, code: str, message: str, hint: str = "", retry_after_s: float = 0.0
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        self.said = code
        self.retry_after_s = retry_after_s

    @property
    def passing(self) -> bool:
        """Whether it may be gone in a moment."""
        return self.status in (0, 429, 502, 503, 504)


class Api:
    """The API at ``server``, or of the application behind ``transport``."""

    def __init__(self, server: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.server = server
        self._client = httpx2.AsyncClient(
            base_url=server, transport=transport, timeout=_TIMEOUT_S, trust_env=False
        )

    async def ask(
        self, question: str, *, history: Sequence[str], filters: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The body of the answer to ``question``. Raises ApiError."""
        body = {"question": question, "history": [*history], "filters": filters}
        return await self._call("POST", "/api/ask", body)

    async def feedback(self, answer_id: str, verdict: str, by: str) -> None:
        """Store a verdict on an answer; the same person's next one replaces it. Raises ApiError."""
        body = {"answer_id": answer_id, "verdict": verdict, "by": by}
        await self._call("POST", "/api/feedback", body)

    async def healthy(self) -> None:
        """Raise ApiError unless questions can be answered."""
        await self._call("GET", "/healthz")

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            response = await self._client.request(method, path, json=body)
            result: dict[str, Any] = response.json()
        except httpx2.HTTPError as error:
            kind = type(error).__name__
            raise ApiError(0, "no_answer", f"{self.server} does not answer: {kind}.") from error
        except ValueError as error:
            raise ApiError(
                response.status_code, "no_json", f"{self.server} is no blogqa server."
            ) from error
        if response.status_code >= 400:
            said = result.get("error", {})
            raise ApiError(
                response.status_code,
                str(said.get("code", "http_error")),
                str(said.get("message", f"Status {response.status_code}.")),
                str(said.get("hint", "")),
                _seconds(response.headers.get("Retry-After", "")),
            )
        return result


def _seconds(text: str) -> float:
    return float(text) if text.isdecimal() else 0.0
