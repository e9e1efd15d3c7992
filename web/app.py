"""The application, made whole from one state object."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi_offline import FastAPIOffline

from qa.settings import load_settings
from web import errors
from web.assets import Assets
from web.origins import AllowedOrigins
from web.routes import api, archive, feedback, files, pages
from web.security import SecurityHeaders
from web.slack.inside import door_to
from web.state import ServerState
from web.waiting import MostWaiting

_ABOUT = """Ask a blog archive a question in your own words; get the passages that answer it, each
with a link that opens the source post at that passage. Every failure has the same body:
`{"error": {"code", "message", "hint"}}`."""


def create_app(state: ServerState | None = None) -> FastAPI:
    """The application over ``state``, or over settings from the environment and ``blogqa.toml``.

    Without a usable index it starts all the same: it says on every route what is missing, and
    answers as soon as there is one. Raises SettingsError.
    """
    server = state or ServerState(load_settings({}, os.environ, Path.cwd()))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(server.look)  # so that the first question doesn't wait
        async with AsyncExitStack() as stack:
            stack.enter_context(server.watching())
            if door is not None:
                await stack.enter_async_context(door.open())
            yield

    # fastapi-offline brings Swagger UI's files, which FastAPI would have browsers load from a CDN
    app = FastAPIOffline(
        docs_url="/docs",
        redoc_url=None,
        static_url="/docs/static",
        title="blogqa",
        description=_ABOUT,
        version=version("blogqa"),
        lifespan=lifespan,
    )
    app.state.server = server
    door = door_to(app, server.settings, os.environ)
    if door is not None:
        app.include_router(door.router)
    # the last added comes first, so what is refused has the headers of what is answered
    app.add_middleware(MostWaiting, most=server.settings.most_waiting)
    if server.settings.allowed_origins:
        app.add_middleware(AllowedOrigins, origins=server.settings.allowed_origins)
    app.add_middleware(SecurityHeaders)
    errors.install(app)
    app.include_router(api.router)
    app.include_router(archive.router)
    app.include_router(feedback.router)
    app.include_router(pages.router)
    app.include_router(files.router)
    app.mount("/static", Assets(directory=Path(__file__).parent / "static"), name="static")
    return app
