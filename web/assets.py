"""Scripts and styles as they go over the wire: without what only those who read them need."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from os import PathLike, stat_result
from pathlib import Path

from rcssmin import cssmin
from rjsmin import jsmin
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

_TYPES = {".js": "text/javascript", ".css": "text/css"}


def compact(source: str, suffix: str) -> str:
    """A script or, where ``suffix`` is ".css", a style without comments and needless space."""
    smaller: str = cssmin(source) if suffix == ".css" else jsmin(source)
    return smaller


class Assets(StaticFiles):
    """The files of a folder, its scripts and styles :func:`compact`."""

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file, or 304 where the browser has it."""
        path = Path(full_path)
        if path.suffix not in _TYPES:
            return super().file_response(full_path, stat_result, scope, status_code)
        body, etag = _compacted(path, stat_result.st_mtime_ns)
        response = Response(body, status_code, {"ETag": etag}, _TYPES[path.suffix])
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


@lru_cache(maxsize=64)
def _compacted(path: Path, modified_ns: int) -> tuple[bytes, str]:
    """The body of ``path`` as it was at ``modified_ns``, and its entity tag."""
    body = compact(path.read_text(encoding="utf-8"), path.suffix).encode()
    return body, f'"{blake2b(body, digest_size=16).hexdigest()}"'
