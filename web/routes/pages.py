"""The pages: the chat and the local reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.templating import Jinja2Templates

from index.errors import IndexingError
from index.lock import is_building
from qa.newer import ListedPost
from qa.output import long_date
from web.errors import AGAIN_AFTER_S, INVALID, index_of
from web.reader import groups
from web.state import state_of

_templates = Jinja2Templates(Path(__file__).parent.parent / "templates")

# The page itself is HTML, so a "model" would have its failures documented as HTML, too.
_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
_FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"description": failure["description"], "content": _ERROR}
    for status, failure in INVALID.items()
} | {
    404: {"description": "No post has that id; a page says so.", "content": {"text/html": {}}},
    503: {"description": "There is no usable index; a page says so.", "content": {"text/html": {}}},
}

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)


@router.get("/", summary="The chat page")
def get_page(request: Request) -> HTMLResponse:
    """Ask here; `/?q=...` asks at once."""
    return _templates.TemplateResponse(request, "index.html")


@router.get("/map", summary="The map of the archive")
def get_map(request: Request) -> HTMLResponse:
    """Every post as a dot, placed by meaning; `/map?q=...` lights those that answer."""
    return _templates.TemplateResponse(request, "map.html")


@router.get("/posts/{id}", summary="The local reader", responses=_FAILURES)
def get_post(request: Request, id: str, p: int | None = None) -> HTMLResponse:
    """The archived post, with passage number `p` of it marked, and the posts around it."""
    try:
        return _post(request, id, p)
    except IndexingError as error:
        building = is_building(index_of(request))
        context = {"message": error.message, "hint": error.hint, "building": building}
        headers = {"Retry-After": AGAIN_AFTER_S} if building else None
        return _templates.TemplateResponse(
            request, "away.html", context, status_code=503, headers=headers
        )


def _post(request: Request, id: str, p: int | None) -> HTMLResponse:
    with state_of(request).serving() as serving:
        store = serving.generation.store
        found = store.post(id)
        if found is None:
            return _templates.TemplateResponse(request, "missing.html", status_code=404)
        post, blocks, passages = found
        original = store.post(post.copy_of) if post.copy_of else None
        previous, following = serving.generation.neighbours(id)
        newer = serving.generation.newer([id]).get(id, [])
    passage = passages[p] if p is not None and 0 <= p < len(passages) else None
    context = {
        "post": post,
        "original": original[0] if original else None,
        "published_text": long_date(post.published),
        "blocks": list(groups(post, blocks, passage)),
        "previous": previous and ListedPost.of(previous),
        "next": following and ListedPost.of(following),
        "newer": [ListedPost.of(each) for each in newer],
    }
    return _templates.TemplateResponse(request, "reader.html", context)
