"""Readers turn a source into posts: one module per format, imported when it is needed.

Each has ``read(source)``, which yields a Post for every published post and a Skipped for everything
else that might be taken for one, sorted by place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path, PurePath
from typing import NamedTuple, get_args

from corpus.errors import SourceError
from corpus.types import Post, Skipped, Source, SourceKind

MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})
TEXT_SUFFIXES = frozenset({".txt"})
_FEED_SUFFIXES = frozenset({".xml", ".atom"})
_FEED_START_BYTES = 65_536
_KNOWN_KINDS = (
    "Known kinds: markdown (a folder of .md files, or one), text (a folder of .txt files, or one), "
    "blogger (the .xml file of a Blogger export)."
)


class Found(NamedTuple):
    """A file of a source: its place, and the path that opens it."""

    place: str
    path: Path


def detect(location: Path) -> SourceKind:
    """The kind of the source at ``location``, judged by what is there.

    A folder with both Markdown and text files is markdown. SourceError if nothing exists there, the
    folder is empty or cannot be listed, or nothing in it is of a known kind.
    """
    _require(location)
    if files(location, MARKDOWN_SUFFIXES):
        return "markdown"
    if files(location, TEXT_SUFFIXES):
        return "text"
    if files(location, _FEED_SUFFIXES) and location.is_file() and _starts_like_blogger(location):
        return "blogger"
    if location.is_dir() and not any(location.iterdir()):
        raise SourceError(f"{location}: the folder is empty.", _KNOWN_KINDS)
    raise SourceError(f"{location}: no posts of a known kind found.", _KNOWN_KINDS)


def read(source: Source) -> Iterator[Post | Skipped]:
    """Everything in ``source``, in a stable order; no two posts have the same id.

    SourceError if the location is gone, its kind is unknown, or it holds no posts at all, which a
    full source could not be told from one whose posts have all been removed.
    """
    if source.kind not in get_args(SourceKind):
        raise SourceError(f"{source.location}: unknown kind {source.kind!r}.", _KNOWN_KINDS)
    _require(Path(source.location))
    found: Iterator[Post | Skipped] = import_module(f"corpus.readers.{source.kind}").read(source)
    return _without_repeats(found)


def files(location: Path, suffixes: frozenset[str]) -> list[Found]:
    """The files with one of ``suffixes`` at or below ``location``, sorted by place.

    Hidden files and folders are left out; links are followed, each folder once. SourceError if a
    folder cannot be listed, because its posts would seem to have been removed.
    """
    if not location.is_dir():
        return [Found(_place(location.name), location)] if _has(location.name, suffixes) else []
    found = []
    seen = set()
    for folder, subfolders, names in os.walk(location, onerror=_raise_unlisted, followlinks=True):
        status = Path(folder).stat()
        if (status.st_dev, status.st_ino) in seen:
            subfolders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        # A folder called x.md is reported as a file that cannot be read, not entered.
        names += [name for name in subfolders if _has(name, suffixes)]
        subfolders[:] = sorted(
            name for name in subfolders if not name.startswith(".") and not _has(name, suffixes)
        )
        for name in names:
            if _has(name, suffixes):
                path = Path(folder, name)
                found.append(Found(_place(path.relative_to(location).as_posix()), path))
    return sorted(found)


def load_text(file: Found) -> str | Skipped:
    """The text of a file with line ends as \\n and no BOM, or why it cannot be read.

    UTF-8, or else Windows-1252 where the bytes are possible in it and hold no NUL.
    """
    if not file.path.is_file():
        broken = "is a folder" if file.path.is_dir() else "is no regular file, or a broken link"
        return Skipped(file.place, broken, unreadable=True)
    try:
        content = file.path.read_bytes()
    except OSError as error:
        return Skipped(file.place, f"cannot be read: {error.strerror}", unreadable=True)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8 text (byte {error.start}: {content[error.start]:#04x})"
        if b"\0" in content:
            return Skipped(file.place, f"{reason} and holds NUL bytes", unreadable=True)
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            return Skipped(file.place, f"{reason}, nor Windows-1252", unreadable=True)
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _require(location: Path) -> None:
    try:
        location.stat()
    except OSError as error:
        raise SourceError(
            f"{location}: {error.strerror}.",
            "Check the path; if the source has moved, import it from where it is now.",
        ) from error


def _has(name: str, suffixes: frozenset[str]) -> bool:
    return not name.startswith(".") and PurePath(name).suffix.lower() in suffixes


def _place(path: str) -> str:
    # A name that is not UTF-8 could not be stored; its odd bytes are spelled out instead.
    return os.fsencode(path).decode(errors="backslashreplace")


def _raise_unlisted(error: OSError) -> None:
    raise SourceError(
        f"{error.filename}: the folder cannot be listed ({error.strerror}).",
        "Allow reading it, or move it out of the source.",
    ) from error


def _starts_like_blogger(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            start = file.read(_FEED_START_BYTES)
    except OSError as error:
        raise SourceError(
            f"{path}: cannot be read ({error.strerror}).", "Allow reading the file."
        ) from error
    return b"<feed" in start and b"blogger.com" in start


def _without_repeats(found: Iterator[Post | Skipped]) -> Iterator[Post | Skipped]:
    places: dict[str, str] = {}
    for post in found:
        if isinstance(post, Post):
            first = places.setdefault(post.id, post.place)
            if first != post.place:
                yield Skipped(post.place, f"has the same address as {first}")
                continue
        yield post
