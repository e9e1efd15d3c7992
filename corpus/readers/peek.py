"""A first look at a source: enough to tell what it is, without reading it whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath
from posixpath import splitext
from typing import Literal

from corpus.decoding import start_of
from corpus.readers.files import (
    HTML_SUFFIXES,
    JSON_SUFFIXES,
    MARKDOWN_SUFFIXES,
    TEXT_SUFFIXES,
    XML_SUFFIXES,
    Found,
    files,
)

Writing = Literal["markdown", "html", "text"]

START_BYTES = 2**16
MOST_STARTS = 10
"""Files that are looked into: an export lies among few others."""
_SUFFIXES = (
    MARKDOWN_SUFFIXES | TEXT_SUFFIXES | HTML_SUFFIXES | XML_SUFFIXES | JSON_SUFFIXES | {".csv"}
)
# Of two that are as many, the first counts.
_WRITINGS: dict[Writing, frozenset[str]] = {
    "markdown": MARKDOWN_SUFFIXES,
    "html": HTML_SUFFIXES,
    "text": TEXT_SUFFIXES,
}
_ABOUT_THE_FOLDER = re.compile(
    r"(?i:readme|licen[cs]e|contributing|changelog|code[_-]of[_-]conduct)"
    r"|AGENTS|AUTHORS|CLAUDE|CONTRIBUTORS|GOVERNANCE|MAINTAINERS|SECURITY|SUPPORT"
)
_FOR_PROGRAMS = re.compile(r"(?:ads|app-ads|humans|llms|requirements|robots|security)\.txt")
# Where generators of sites keep their templates, and where they write the site to.
_TEMPLATES = {"_includes", "_layouts", "archetypes", "layouts", "node_modules", "static", "themes"}
_OUTPUT = {"_site", "build", "dist", "output", "public"}


@dataclass(frozen=True)
class Peek:
    """What a reader's ``recognises`` is shown.

    ``places`` are those of the files that some reader might read, sorted; ``starts(suffixes)``
    gives the beginnings of the first ten files with one of the suffixes as text, each when it is
    asked for. An online source is one file: what its address answered.
    """

    location: str
    places: tuple[str, ...]
    starts: Callable[[frozenset[str]], Iterator[str]]
    is_online: bool = False

    def has(self, suffixes: frozenset[str]) -> bool:
        """Whether a file has one of ``suffixes``."""
        return any(suffix_of(place) in suffixes for place in self.places)

    def start(self, suffixes: frozenset[str]) -> str:
        """The beginning of the first file with one of ``suffixes``, "" if there is none."""
        return next(self.starts(suffixes), "")

    @cached_property
    def xml_starts(self) -> tuple[str, ...]:
        """The beginnings of the first XML files."""
        return tuple(self.starts(XML_SUFFIXES))

    @cached_property
    def written_in(self) -> Writing | None:
        """What most of the pages are written in, None if there are no pages.

        Not counted is what is about the folder (README, robots.txt) unless there is nothing else;
        nor, in a folder of Markdown, its templates and the site that was made of it. One file among
        Jekyll's posts makes it that, whatever surrounds it.
        """
        pages = [
            (path, writing)
            for path in map(_path, self.places)
            for writing, suffixes in _WRITINGS.items()
            if path.suffix in suffixes
        ]
        own = [page for page in pages if not (_OUTPUT | _TEMPLATES) & set(page[0].parts[:-1])]
        if any(writing == "markdown" or "_posts" in path.parts for path, writing in own):
            pages = own
            if any("_posts" in path.parts for path, writing in own if writing != "text"):
                return "markdown"
        posts = [page for page in pages if not _is_beside_posts(page[0])]
        writings = [writing for _, writing in posts or pages]
        most = max(_WRITINGS, key=writings.count)
        return most if writings else None


def peek(location: Path) -> Peek:
    """A look at what lies at ``location``. SourceError as :func:`corpus.readers.files.files`."""
    found = files(location, _SUFFIXES)

    def starts(suffixes: frozenset[str]) -> Iterator[str]:
        wanted = (file for file in found if suffix_of(file.place) in suffixes)
        return map(_start, islice(wanted, MOST_STARTS))

    return Peek(str(location), tuple(file.place for file in found), starts)


def peek_online(url: str, content: bytes) -> Peek:
    """A look at the ``content`` that ``url`` answered."""
    text = start_of(content[:START_BYTES])
    return Peek(url, (url,), lambda suffixes: iter([text]), is_online=True)


def is_about_folder(path: PurePosixPath) -> bool:
    """Whether a file has the name of those that tell people of the folder they lie in."""
    return _ABOUT_THE_FOLDER.fullmatch(path.stem) is not None


def suffix_of(place: str) -> str:
    """What the name of a file ends in, in lower case: ".html" also of ``page.HTML.gz``."""
    # A PurePath for each of thousands of names takes as long as reading their files.
    stem, suffix = splitext(place)
    return (splitext(stem)[1] if suffix.lower() == ".gz" else suffix).lower()


def _path(place: str) -> PurePosixPath:
    path = PurePosixPath(place)
    path = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return path.with_suffix(path.suffix.lower())


def _is_beside_posts(path: PurePosixPath) -> bool:
    return is_about_folder(path) or _FOR_PROGRAMS.fullmatch(path.name.lower()) is not None


def _start(file: Found) -> str:
    try:
        with file.open() as opened:
            return start_of(opened.read(START_BYTES))
    except OSError:
        return ""
