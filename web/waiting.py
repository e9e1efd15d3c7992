"""Not more questions at once than a server can answer: others are asked to come again."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from web.errors import error_response

PATHS = frozenset({"/api/ask", "/api/search"})
_AGAIN_AFTER_S = 1  # a full house of questions is answered in less


class MostWaiting:
    """ASGI middleware that lets ``most`` questions in at once; further ones get a 429."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self._most = most
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if there is room."""
        if scope["type"] != "http" or scope["path"] not in PATHS:
            await self.app(scope, receive, send)
            return
        if self._inside >= self._most:
            response = error_response(
                429,
                "too_many_questions",
                f"{self._inside} questions are being answered, and no more are taken in.",
                "Ask again in a second.",
            )
            response.headers["Retry-After"] = str(_AGAIN_AFTER_S)
            await response(scope, receive, send)
            return
        self._inside += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._inside -= 1
