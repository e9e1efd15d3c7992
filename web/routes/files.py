"""Files at addresses of their own, which pages and other websites know."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.staticfiles import StaticFiles

_files = StaticFiles(directory=Path(__file__).parent.parent / "static")

router = APIRouter(tags=["pages"], default_response_class=Response)


@router.get(
    "/widget.js",
    summary="The ask box for other websites",
    response_class=Response,
    responses={200: {"content": {"text/javascript": {}}}},
)
async def get_widget(request: Request) -> Response:
    """One script for a page of any website; the page's origin must be among `allowed_origins`."""
    response = await _files.get_response("widget.js", request.scope)
    # Every page of a blog asks for it: from the browser's cache, at worst a day old, asked for
    # anew in the background after an hour. What the widget sends, newer servers understand.
    response.headers["Cache-Control"] = "public, max-age=3600, stale-while-revalidate=86400"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@router.get(
    "/manifest.webmanifest",
    summary="What a browser installs as an app",
    response_class=Response,
    responses={200: {"content": {"application/manifest+json": {}}}},
)
async def get_manifest(request: Request) -> Response:
    """Name, colours and icons of the app."""
    response = await _files.get_response("manifest.webmanifest", request.scope)
    response.headers["Content-Type"] = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response
