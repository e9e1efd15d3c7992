"""Readers turn a source into posts: one module per kind, imported when it is needed.

Each module has

- ``ABOUT``: what it reads, in a few words, for the list of kinds;
- ``recognises(peek)``: whether a source is of its kind, judged by a first look;
- ``read(source, options)``: a Post for every published post, and a Skipped for everything else that
  might be taken for one, in an order that is the same every time, and without ever holding more
  than it must. What is damaged is read as far as it goes and ends in a Skipped that is unreadable.

and may have ``FULL = False`` if a source of the kind shows a part of what there is. Where it can
tell without reading that a place gives the post that the archive has, it may yield an Unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, overload

from corpus.errors import SourceError
from corpus.identity import web_url
from corpus.readers.peek import Peek, peek, peek_online
from corpus.types import Post, Reading, ReadOptions, Skipped, Source, SourceKind


def detect(location: str, options: ReadOptions | None = None) -> SourceKind:
    """The kind of the source at ``location``, a path or a web address, judged by what is there.

    SourceError if nothing exists there, the folder is empty or cannot be listed, or nothing in it
    is of a known kind; FetchError if the address cannot be read.
    """
    if location.startswith(("http://", "https://")):
        from corpus.net.fetch import Fetcher

        with Fetcher(options or ReadOptions()) as fetcher:
            answer = fetcher.get(location)
        if answer.status >= 400:
            raise SourceError(
                f"{location}: answered with status {answer.status}.",
                "Check the address by opening it in a browser.",
            )
        look = peek_online(location, answer.content)
    else:
        _require(Path(location))
        look = peek(Path(location))
        if not look.places and Path(location).is_dir() and not any(Path(location).iterdir()):
            raise SourceError(f"{location}: the folder is empty.", _known_kinds())
    kind = kind_of(look)
    if kind is None:
        raise SourceError(f"{location}: no posts of a known kind found.", _known_kinds())
    return kind


def kind_of(look: Peek) -> SourceKind | None:
    """The first kind that recognises what was seen."""
    kinds: tuple[SourceKind, ...] = get_args(SourceKind)
    return next((kind for kind in kinds if _reader(kind).recognises(look)), None)


def is_full(kind: SourceKind) -> bool:
    """Whether a source of this kind says everything there is."""
    return bool(getattr(_reader(kind), "FULL", True))


@overload
def read(source: Source) -> Iterator[Post | Skipped]: ...
@overload
def read(source: Source, options: ReadOptions) -> Iterator[Reading]: ...
def read(source: Source, options: ReadOptions | None = None) -> Iterator[Reading]:
    """Everything in ``source``, in a stable order; no two posts have the same id.

    The reader is imported when the first is asked for. SourceError if the location is gone, its
    kind is unknown, or nothing there can be read, which a full source could not be told from one
    whose posts have all been removed.
    """
    if source.kind not in get_args(SourceKind):
        raise SourceError(f"{source.location}: unknown kind {source.kind!r}.", _known_kinds())
    if source.base_url is not None and web_url(source.base_url) is None:
        raise SourceError(
            f"{source.base_url}: is no web address.",
            "Give it whole: --base-url https://your.blog.address",
        )
    if not source.is_online:
        _require(Path(source.location))
    return _without_repeats(source, options or ReadOptions())


def _reader(kind: str) -> Any:
    return import_module(f"corpus.readers.{kind}")


def _known_kinds() -> str:
    kinds = "; ".join(f"{kind} ({_reader(kind).ABOUT})" for kind in get_args(SourceKind))
    return f"Known kinds: {kinds}."


def _require(location: Path) -> None:
    try:
        location.stat()
    except OSError as error:
        raise SourceError(
            f"{location}: {error.strerror}.",
            "Check the path; if the source has moved, import it from where it is now.",
        ) from error


def _without_repeats(source: Source, options: ReadOptions) -> Iterator[Reading]:
    places: dict[str, str] = {}
    for found in _reader(source.kind).read(source, options):
        options.on_place(found.place)
        if not isinstance(found, Skipped):
            if first := places.get(found.id):
                yield Skipped(found.place, f"has the same address as {first}")
                continue
            places[found.id] = found.place
        yield found
