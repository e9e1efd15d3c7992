"""Sources taken into the archive of the folder a user works in, once and again."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from corpus.errors import BlogqaError, SourceError
from corpus.identity import slug, web_url
from corpus.types import ReadOptions, Source, SourceKind
from qa.errors import QuestionError
from qa.settings import Settings

if TYPE_CHECKING:
    from corpus.archive import Archive
    from corpus.intake import ImportReport

# SQLAlchemy is imported in the functions, so that other commands don't pay for it.


@dataclass(frozen=True, slots=True)
class _Said:
    """What the user said of a source; None where nothing."""

    kind: SourceKind | None
    base_url: str | None
    include_pages: bool | None


def import_source(
    settings: Settings,
    location: str | Path,
    *,
    kind: SourceKind | None = None,
    name: str | None = None,
    base_url: str | None = None,
    include_pages: bool | None = None,
    dry_run: bool = False,
    on_place: Callable[[str], None] = lambda place: None,
) -> ImportReport:
    """Take the posts of ``location``, a path or a web address, into the archive.

    ``kind`` overrules what its content looks like; ``name`` the source's id, else the file's,
    folder's or site's name. ``base_url`` and ``include_pages`` are as in
    :class:`corpus.types.Source`; where they are None, what was said of this source before holds.
    Raises SourceError or ArchiveError, with nothing changed.
    """
    from corpus.archive import Archive

    options = _read_options(settings, on_place)
    known = _known_sources(settings)
    source = _source(
        known,
        _location(location),
        name,
        _Said(kind, None if base_url is None else _base_url(base_url), include_pages),
        options,
    )
    fresh = not known and not settings.archive_file.exists()
    with TemporaryDirectory() if fresh and dry_run else nullcontext() as spare:
        file = Path(spare, "archive.sqlite") if spare else settings.archive_file
        with Archive(file, create=True) as archive:
            try:
                return _take_in(archive, source, options, dry_run=dry_run)
            except BlogqaError:
                if fresh and not archive.sources():  # nothing came of it
                    archive.close()
                    file.unlink(missing_ok=True)
                raise


def import_again(
    settings: Settings, on_place: Callable[[str], None] = lambda place: None
) -> tuple[list[ImportReport], list[tuple[Source, BlogqaError]]]:
    """Take in every known source once more; reports, and the sources that could not be read.

    A site that is down keeps its posts, and the other sources from nothing.
    """
    from corpus.archive import Archive

    options = _read_options(settings, on_place)
    reports: list[ImportReport] = []
    failures: list[tuple[Source, BlogqaError]] = []
    with Archive(settings.archive_file) as archive:
        for source in archive.sources():
            try:
                reports.append(_take_in(archive, source, options))
            except SourceError as error:
                failures.append((source, error))
    return reports, failures


def forget_source(settings: Settings, name: str) -> ImportReport:
    """Give up a source, and the posts that no other source holds."""
    from corpus.archive import Archive

    with Archive(settings.archive_file) as archive:
        report = archive.forget(name)
    (settings.pages_folder / f"{name}.sqlite").unlink(missing_ok=True)
    return report


def list_sources(settings: Settings) -> list[tuple[Source, int]]:
    """The sources of the archive, each with the number of posts that it holds."""
    from corpus.archive import Archive

    with Archive(settings.archive_file) as archive:
        return [(source, len(archive.held_by(source.id))) for source in archive.sources()]


def _known_sources(settings: Settings) -> list[Source]:
    from corpus.archive import Archive

    try:
        if not settings.archive_file.exists():
            return []
    except OSError:
        pass  # opening it says what is wrong
    with Archive(settings.archive_file) as archive:
        return archive.sources()


def _source(
    sources: list[Source], location: str, name: str | None, said: _Said, options: ReadOptions
) -> Source:
    """The source that is meant, with what was said of it now or before.

    Two folders called "posts" are two sources: taking one for the other would remove every post of
    the first. Only a name that was given moves a known source to another location.
    """
    from corpus.readers import detect, is_full

    id = _source_id(name or _default_name(location))
    if name:
        known = next((each for each in sources if each.id == id), None)
    else:
        known = next((each for each in sources if each.location == location), None)
        namesake = next((each for each in sources if each.id == id), None)
        if known is None and namesake is not None:
            raise SourceError(
                f"A source named {id!r} is known already, from {namesake.location}.",
                f"If its posts have moved to {location}, import with --name {id}; "
                "if this is another source, give it another --name.",
            )
    kind = said.kind or (known.kind if known else detect(location, options))
    pages = said.include_pages
    return Source(
        id=known.id if known else id,
        kind=kind,
        location=location,
        full=is_full(kind),
        base_url=said.base_url or (known.base_url if known else None),
        include_pages=bool(known and known.include_pages) if pages is None else pages,
    )


def _source_id(name: str) -> str:
    """A source's id: its name as ASCII words, and a hash where letters were lost by that."""
    plain = unicodedata.normalize("NFKD", name)
    lost = any(letter.isalnum() and not letter.isascii() for letter in plain)
    return f"{slug(name)}-{sha256(name.encode()).hexdigest()[:8]}" if lost else slug(name)


def _default_name(location: str) -> str:
    if "://" not in location:
        return Path(location).stem
    parts = urlsplit(location)
    return f"{parts.hostname} {parts.path}".replace(".", " ")


def _take_in(
    archive: Archive, source: Source, options: ReadOptions, *, dry_run: bool = False
) -> ImportReport:
    from corpus.readers import read
    from corpus.readers.origin import origin_of_file

    found = read(source, replace(options, known_places=archive.places_in(source.id)))
    return archive.put(source, found, origin=origin_of_file(source), dry_run=dry_run)


def _location(location: str | Path) -> str:
    """A web address in one spelling, or the absolute path of something that is there."""
    text = _utf8(str(location))
    if "://" in text:
        address = web_url(text)
        if address is None:
            raise SourceError(
                f"{text} is no address that can be read.", "It must begin with http:// or https://."
            )
        parts = urlsplit(address)  # its scheme is in lower case already
        if "@" in parts.netloc:
            raise SourceError(
                f"The address of {parts.hostname} holds a user name or password.",
                "They would be kept in the archive; import an export of the blog instead.",
            )
        host = parts.netloc.lower()
        return urlunsplit(parts._replace(netloc=host, path=parts.path or "/", fragment=""))
    try:
        path = Path(text).expanduser().resolve()
        if path.exists():
            return str(path)
    except (OSError, RuntimeError) as error:
        reason = str(getattr(error, "strerror", None) or error).rstrip(".")
        raise SourceError(f"{text}: {reason}.", "Check the path.") from error
    hint = "Check the path."
    if "." in text.strip("./"):
        hint += f" A web address begins with https://, as in https://{text}"
    raise SourceError(f"There is nothing at {path}.", hint)


def _utf8(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        shown = os.fsencode(text).decode(errors="backslashreplace")
        raise SourceError(f"{shown}: is not UTF-8 text.", "Rename the folder or file.") from error
    return text


def _base_url(text: str) -> str:
    address = web_url(_utf8(text))
    if address is None:
        raise QuestionError(
            "--base-url", f"--base-url is {text!r}.", "Write it as https://blog.example.org"
        )
    return address


def _read_options(settings: Settings, on_place: Callable[[str], None]) -> ReadOptions:
    return ReadOptions(
        allow_private=settings.allow_private,
        requests_per_second=settings.fetch_requests_per_second,
        concurrency=settings.fetch_concurrency,
        timeout_s=settings.fetch_timeout_s,
        page_mb=settings.fetch_page_mb,
        redirects=settings.fetch_redirects,
        max_pages=settings.fetch_max_pages,
        pages_folder=settings.pages_folder,
        on_place=on_place,
    )
