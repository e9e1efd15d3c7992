"""The files of a source: of a folder or a zip archive, or one; packed ones as if they weren't.

Nothing is unpacked to disk, so a name in an archive cannot reach outside of it.
"""

from __future__ import annotations

import errno
import gzip
import io
import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from corpus.decoding import STRICT, UTF16_BOMS
from corpus.errors import SourceError
from corpus.types import Skipped

MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mdx"})
TEXT_SUFFIXES = frozenset({".txt"})
HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
XML_SUFFIXES = frozenset({".xml", ".atom", ".rss", ".rdf"})
JSON_SUFFIXES = frozenset({".json"})

LARGEST_FILE = 20 * 2**20
"""Bytes of a file that is read whole: a page of this size is no page."""
LARGEST_UNPACKED = 2 * 2**30
"""Bytes that a packed file may grow to."""
_LARGEST_RATIO = 150
"""How much smaller than its content a packed file may be once that is large: text packs to a
quarter or a tenth, and a bomb to a thousandth, which is the most that deflate can do."""
_FIRST_READ = 2**16
_RATIO_COUNTS_FROM = 64 * 2**20
_MOST_FILES = 200_000
_DRIVE = re.compile("[A-Za-z]:")
# "blog-03-11-2014.xml" is how Blogger names its exports, "takeout-20140311T120000Z" Google.
_DATE_IN_NAME = re.compile(
    r"(?<!\d)(?:(?P<year>(?:19|20)\d\d)-?(?P<month>[01]\d)-?(?P<day>[0-3]\d)"
    r"|(?P<m>[01]\d)-(?P<d>[0-3]\d)-(?P<y>(?:19|20)\d\d))(?!\d)"
    r"(?P<time>[-_T ][0-2]\d[-:.]?[0-5]\d(?:[-:.]?[0-5]\d)?(?!\d))?"
)
# What a terminal takes for an order, and what turns the writing of a line around.
_NO_LETTER = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_NO_FILE = "is no regular file, or a broken link"
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


@dataclass(frozen=True)
class Found:
    """A file of a source: its place, and how it is opened. ``fault`` says why it must not be.

    ``changed`` is when it was last written: more of it is later, in the same folder or archive.
    """

    place: str
    opener: Callable[[], IO[bytes]]
    fault: str = ""
    changed: tuple[int, ...] = ()

    def open(self) -> IO[bytes]:
        """The file's bytes, unpacked. OSError if it cannot be opened; reading may raise it too."""
        if self.fault:
            raise OSError(errno.EINVAL, self.fault)
        return self.opener()


def files(location: Path, suffixes: frozenset[str]) -> list[Found]:
    """The files with one of ``suffixes`` at, below or in ``location``, sorted by place.

    ``page.html.gz`` counts as ``page.html``. Hidden files and folders are left out; links are
    followed, each folder once. SourceError if a folder cannot be listed, because its posts would
    seem to have been removed, or if a zip archive is damaged.
    """
    if location.is_dir():
        found = _in_folder(location, suffixes)
    elif location.suffix.lower() == ".zip":
        found = _in_archive(location, suffixes)
    else:
        found = (
            [_file(_place(location.name), str(location))] if _has(location.name, suffixes) else []
        )
    return sorted(found, key=lambda file: file.place)


def some_files(location: Path, suffixes: frozenset[str]) -> list[Found]:
    """As :func:`files`, but SourceError if there is none: were that an empty source, all its posts
    would seem to have been removed."""
    found = files(location, suffixes)
    if not found:
        *others, last = sorted(suffixes)
        names = f"{', '.join(others)} or {last}" if others else last
        raise SourceError(
            f"{location}: holds no {names} file.",
            "If the posts have moved, import them from where they are now.",
        )
    return found


def newest_first(
    found: list[Found], export_of: Callable[[Found], str] = lambda file: file.place
) -> list[Found]:
    """The files of several exports of a blog, those of the newest export first.

    ``export_of`` gives the name of the export that a file is of, or is. The last date in the name
    counts, and the time behind it, if all names have one; else when the files were last changed.
    Exports of one time, and the files of an export, are in order of their place.
    """
    exports: dict[str, list[Found]] = {}
    for file in found:
        exports.setdefault(export_of(file), []).append(file)
    written = {name: _written(name) for name in exports}
    if not all(written.values()):
        written = {name: max(file.changed for file in members) for name, members in exports.items()}
    order = sorted(exports, key=lambda name: written[name], reverse=True)
    return [file for name in order for file in exports[name]]


def _written(name: str) -> tuple[int, ...]:
    """The date in a name, and the time if there is one; () if there is no date."""
    *_, last = [None, *_DATE_IN_NAME.finditer(name)]
    if last is None:
        return ()
    year, month, day = (
        (last["year"], last["month"], last["day"]) if last["year"] else last.group("y", "m", "d")
    )
    time = "".join(filter(str.isdigit, last["time"] or ""))
    return int(year), int(month), int(day), int(time.ljust(len("hhmmss"), "0"))


def load(file: Found, largest: int = LARGEST_FILE) -> bytes | Skipped:
    """The content of a file, or why it cannot be read; ``largest`` is in bytes."""
    try:
        with file.open() as opened:
            # Memory for as much as is asked for is taken at once, and few files need it all.
            content = opened.read(min(_FIRST_READ, largest + 1))
            if len(content) == _FIRST_READ:
                content += opened.read(largest + 1 - len(content))
    except OSError as error:
        reason = error.strerror or str(error)
        return Skipped(file.place, f"cannot be read: {reason}", unreadable=True)
    if len(content) > largest:
        return Skipped(file.place, f"is larger than {largest // 2**20} MiB", unreadable=True)
    return content


def load_text(file: Found) -> str | Skipped:
    """The text of a file with line ends as \\n and no BOM, or why it cannot be read.

    UTF-8, or UTF-16 with a BOM. A byte that is no UTF-8 is read as Windows-1252, alone, so that the
    letters beside it stay as they are; a file with NUL bytes as well is none of text.
    """
    content = load(file)
    if isinstance(content, Skipped):
        return content
    utf16 = content[:2] in UTF16_BOMS
    try:
        text = content.decode("utf-16" if utf16 else "utf-8")
    except UnicodeDecodeError as error:
        if utf16:
            reason = f"is not UTF-16 text (byte {error.start})"
            return Skipped(file.place, reason, unreadable=True)
        reason = f"is not UTF-8 text (byte {error.start}: {content[error.start]:#04x})"
        if b"\0" in content:
            return Skipped(file.place, f"{reason} and holds NUL bytes", unreadable=True)
        try:
            text = content.decode(errors=STRICT)
        except UnicodeDecodeError:
            return Skipped(file.place, f"{reason}, nor Windows-1252", unreadable=True)
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


# Reading what is no archive, or a damaged one, raises any of these.
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    RuntimeError,  # encrypted, or (NotImplementedError) of a later version of the format
    ValueError,
)


def _in_folder(location: Path, suffixes: frozenset[str]) -> list[Found]:
    found = []
    seen = set()
    for folder, subfolders, names in os.walk(location, onerror=_raise_unlisted, followlinks=True):
        status = os.stat(folder)  # noqa: PTH116
        if (status.st_dev, status.st_ino) in seen:
            subfolders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        # A folder called x.md is reported as a file that cannot be read, not entered.
        names += [name for name in subfolders if _has(name, suffixes)]
        subfolders[:] = sorted(
            name for name in subfolders if not name.startswith(".") and not _has(name, suffixes)
        )
        below = Path(folder).relative_to(location).as_posix()
        before = "" if below == "." else f"{below}/"
        found += [
            _file(_place(before + name), f"{folder}/{name}")
            for name in names
            if _has(name, suffixes)
        ]
    return found


def _in_archive(location: Path, suffixes: frozenset[str]) -> list[Found]:
    try:
        archive = zipfile.ZipFile(location)
    except (OSError, *_ZIP_FAULTS) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(
            f"{location}: is no zip archive, or a damaged one ({reason}).", "Download it again."
        ) from error
    # By name, because an archive may hold two files of one; the later one counts.
    entries = {
        name: entry
        for entry in archive.infolist()
        # Some programs for Windows write its separator.
        if _has(name := entry.filename.replace("\\", "/"), suffixes)
        and not entry.is_dir()
        and not _is_hidden(PurePosixPath(name))
    }
    if len(entries) > _MOST_FILES:
        raise SourceError(
            f"{location}: holds {len(entries):,} files; {_MOST_FILES:,} are read at most.",
            "Unpack it and import its folders one by one.",
        )
    unpacked = sum(entry.file_size for entry in entries.values())
    packed = sum(entry.compress_size for entry in entries.values())
    if unpacked > max(_RATIO_COUNTS_FROM, packed * _LARGEST_RATIO):
        raise SourceError(
            f"{location}: unpacks to {unpacked // 2**20:,} MiB, far more than such an archive can"
            " hold.",
            "Unpack it, and import what you know in it.",
        )
    return [
        Found(
            _place(name), _opener(archive, entry), _entry_fault(name, entry), tuple(entry.date_time)
        )
        for name, entry in entries.items()
    ]


def _is_hidden(path: PurePosixPath) -> bool:
    # "__MACOSX/._post.html" is a file's other half, which macOS adds to an archive.
    return any(part.startswith(".") and part != ".." for part in path.parts)


def _entry_fault(name: str, entry: zipfile.ZipInfo) -> str:
    if name.startswith("/") or ".." in name.split("/") or _DRIVE.match(name):
        return "has a name that points outside of the archive"
    if entry.flag_bits & 1:
        return "is encrypted"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link"
    return ""


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


def _opener(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: _unpacking(_from_archive(archive, entry), entry.compress_size)


def _from_archive(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> _Readable:
    try:
        file = archive.open(entry)
    except _ZIP_FAULTS as error:
        raise OSError(errno.EIO, f"the archive is damaged here ({error})") from error
    if entry.filename.lower().endswith(".gz"):
        return gzip.GzipFile(fileobj=file)
    return file


def _file(place: str, path: str) -> Found:
    # No Path: of a folder of thousands, making them took as long as reading the files.
    def opener() -> IO[bytes]:
        if path.lower().endswith(".gz"):
            return _unpacking(gzip.GzipFile(path, mode="rb"), Path(path).stat().st_size)
        return open(path, "rb")  # noqa: PTH123

    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError as error:
        missing = error.errno in _NOT_THERE
        return Found(place, opener, _NO_FILE if missing else error.strerror or str(error))
    fault = "" if stat.S_ISREG(status.st_mode) else _NO_FILE
    if stat.S_ISDIR(status.st_mode):
        fault = "is a folder"
    return Found(place, opener, fault, (status.st_mtime_ns,))


def _unpacking(file: _Readable, packed_size: int) -> IO[bytes]:
    return io.BufferedReader(_Unpacking(file, packed_size))


class _Unpacking(io.RawIOBase):
    """A packed file that raises OSError when it is damaged or grows out of all proportion."""

    def __init__(self, file: _Readable, packed_size: int) -> None:
        self._file = file
        self._left = min(LARGEST_UNPACKED, max(_RATIO_COUNTS_FROM, packed_size * _LARGEST_RATIO))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            piece = self._file.read(len(buffer))
        except _ZIP_FAULTS as error:
            raise OSError(errno.EIO, f"is damaged ({error})") from error
        self._left -= len(piece)
        if self._left < 0:
            raise OSError(errno.EFBIG, "unpacks to far more than such a file can hold")
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def _has(name: str, suffixes: frozenset[str]) -> bool:
    stem, _, suffix = name.rpartition("/")[2].lower().rpartition(".")
    if suffix == "gz":
        stem, _, suffix = stem.rpartition(".")
    return bool(stem) and stem[0] != "." and f".{suffix}" in suffixes


def _place(path: str) -> str:
    # A name that is not UTF-8 could not be stored; its odd bytes are spelled out instead, and so is
    # what would not be seen.
    if path.isascii() and path.isprintable():
        return path
    text = os.fsencode(path).decode(errors="backslashreplace")
    return _NO_LETTER.sub(lambda found: found[0].encode("unicode-escape").decode(), text)


def _raise_unlisted(error: OSError) -> None:
    raise SourceError(
        f"{_place(error.filename)}: the folder cannot be listed ({error.strerror}).",
        "Allow reading it, or move it out of the source.",
    ) from error
