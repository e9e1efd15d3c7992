"""Not more questions at once than a server can answer: others are asked to come again."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

from starlette.types import ASGIApp, Receive, Scope, Send

from web.errors import error_response

PATHS = frozenset({"/api/ask", "/api/search"})
_AGAIN_AFTER_S = 1  # a full house of questions is answered in less
PATIENCE_S = 0.05
"""How long a patient question lets others go first: a few times what it takes to answer one."""
_BACKGROUND = re.compile(rb"\bu=7\b")
"""In the header ``Priority``, by RFC 9218 the least urgent of all."""


class MostWaiting:
    """ASGI middleware that lets ``most`` questions in at once; further ones get a 429.

    One that calls itself least urgent (``Priority: u=7``) waits until no other is inside, but no
    longer than ``patience_s``.
    """

    def __init__(self, app: ASGIApp, most: int, patience_s: float = PATIENCE_S) -> None:
        self.app = app
        self._most = most
        self._patience_s = patience_s
        self._inside = 0
        self._people = 0
        self._nobody = asyncio.Event()
        self._nobody.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if there is room."""
        if scope["type"] != "http" or scope["path"] not in PATHS:
            await self.app(scope, receive, send)
            return
        is_patient = any(
            name == b"priority" and _BACKGROUND.search(value) for name, value in scope["headers"]
        )
        if is_patient:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience_s):
                    await self._nobody.wait()
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
        self._count(1, is_patient)
        try:
            await self.app(scope, receive, send)
        finally:
            self._count(-1, is_patient)

    def _count(self, change: int, is_patient: bool) -> None:
        self._inside += change
        if is_patient:
            return
        self._people += change
        if self._people:
            self._nobody.clear()
        else:
            self._nobody.set()
