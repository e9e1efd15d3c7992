"""Which pages of other websites may ask: those of the origins that the settings name."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

PATHS = frozenset({"/api/ask", "/api/suggest", "/api/feedback", "/api/status"})
"""What the widget needs; nothing else is open to other websites."""


class AllowedOrigins:
    """ASGI middleware that lets browsers hand answers to pages of ``origins``, and of no other."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Content-Type"],
            expose_headers=["Retry-After"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its answer marked as open where it is."""
        is_open = scope["type"] == "http" and scope["path"] in PATHS
        await (self._open if is_open else self.app)(scope, receive, send)
