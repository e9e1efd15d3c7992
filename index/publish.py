"""Generations on disk: written beside the one in use, then switched to in one step.

``current`` is a file that names a generation. It is replaced by renaming, so a reader finds the
old name or the new one, never half of either, wherever a build is stopped.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from index.errors import IndexDamaged, IndexingError, IndexMissing
from index.lock import build_lock

KEPT = 3
"""How many generations stay on disk, the current one included."""

_CURRENT_FILE, _GENERATIONS_FOLDER, _STAGING_PREFIX = "current", "generations", ".staging-"
_POINTER_FILE = ".current"
_LONGEST_NAME = 64
_NAME = "%Y%m%dT%H%M%S.%fZ"

# Reading `current` is all that a command line needs to start; what opens manifests and generations
# is imported where it is used.


@dataclass(frozen=True, slots=True)
class GenerationRecord:
    """A generation on disk, as its manifest tells of it.

    ``built_at`` is UTC in ISO 8601. ``problem`` says why its manifest cannot be read, else None;
    with one, ``built_at`` and ``model`` are empty and the counts zero.
    """

    name: str
    built_at: str
    posts: int
    passages: int
    model: str
    size_bytes: int
    is_current: bool
    problem: str | None


@contextmanager
def staging(index: Path) -> Iterator[Path]:
    """An empty folder to write a generation into; gone afterwards unless it was published.

    To be called by who holds the build lock: what lies about is then of a build that was killed.
    """
    generations = index / _GENERATIONS_FOLDER
    generations.mkdir(parents=True, exist_ok=True)
    _clear_staged(generations)
    folder = Path(tempfile.mkdtemp(prefix=_STAGING_PREFIX, dir=generations))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(index: Path, staged: Path, name: str) -> Path:
    """Make the ``staged`` folder the current generation, by ``name``; return its new place.

    Everything is on the disk (fsync) before the switch. Of the others the one in use until now
    stays, as readers may be about to open it, and the newest, :data:`KEPT` in all.
    """
    generations = index / _GENERATIONS_FOLDER
    for path in [*staged.rglob("*"), staged]:
        path.chmod(0o755 if path.is_dir() else 0o644)  # tempfile and tantivy leave them private
        _sync(path)
    _write_pointer(index, name)
    names = _names(index)
    previous = _name_in_use(index, names)
    folder = staged.rename(generations / name)
    _switch(index)
    others = [each for each in reversed(names) if each != previous]
    _retire(generations, others[KEPT - (1 if previous is None else 2) :])
    return folder


def clear_leftovers(index: Path) -> None:
    """Remove what a build left that was killed when all but that was done.

    To be called by who holds the build lock and publishes nothing.
    """
    generations = index / _GENERATIONS_FOLDER
    _clear_staged(generations)
    (index / _POINTER_FILE).unlink(missing_ok=True)
    names = _names(index)
    current = _name_in_use(index, names)
    _retire(generations, [each for each in reversed(names) if each != current][KEPT - 1 :])


def _clear_staged(generations: Path) -> None:
    for left in generations.glob(f"{_STAGING_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)


def _retire(generations: Path, names: list[str]) -> None:
    """Remove the generations of those ``names``, or leave it to the next build."""
    for name in names:
        with suppress(OSError):
            # Renamed, so that a removal cut short leaves no generation that has lost its files.
            shutil.rmtree((generations / name).rename(generations / (_STAGING_PREFIX + name)))


def new_name(index: Path) -> str:
    """A name for the next generation: the time, to the microsecond, but later than all others'."""
    now = datetime.now(UTC)
    for last in _names(index)[-1:]:
        with suppress(ValueError):  # a folder that somebody else made
            now = max(
                now, datetime.strptime(last, _NAME).replace(tzinfo=UTC) + timedelta.resolution
            )
    return now.strftime(_NAME)


def list_generations(index: Path) -> list[GenerationRecord]:
    """The generations there are, newest first; none if nothing was ever built.

    Reads manifests only: a file that was altered since is not noticed. Raises IndexDamaged if the
    folder cannot be read.
    """
    names = _names(index)
    current = _name_in_use(index, names)
    folders = [index / _GENERATIONS_FOLDER / name for name in reversed(names)]
    records = [_record(folder, folder.name == current) for folder in folders]
    # a build at work may have removed one in the meantime
    return [each for each, folder in zip(records, folders, strict=True) if folder.is_dir()]


def rollback(
    index: Path, name: str | None = None, verify: Callable[[Path], None] | None = None
) -> str:
    """Make another generation the current one; return its name.

    Without a ``name`` it is the newest that is older than the one in use, or just the newest if
    none is usable now. ``verify`` is given its folder before the switch and raises an IndexingError
    if it must not be used; by default the generation is opened, all its digests checked. Raises
    IndexMissing if there is none at all, IndexDamaged or IndexIncompatible if that one cannot be
    used, IndexBusy during a build, IndexingError for a name of none, for the one in use, and if the
    disk refuses: nothing has changed then.
    """
    if not _names(index):  # a lock would make the folder
        raise missing(index)
    try:
        with build_lock(index):
            names = _names(index)
            target = _target(index, names, _name_in_use(index, names), name)
            folder = index / _GENERATIONS_FOLDER / target
            try:
                (verify or _open_once)(folder)
            except IndexingError as error:
                raise type(error)(
                    error.message,
                    "Nothing was changed. Choose another (blogqa generations lists them), or make "
                    "a new one: blogqa build",
                ) from error
            _write_pointer(index, target)
            _switch(index)
    except OSError as error:
        raise IndexingError(
            f"The index in {index} could not be switched: {error.strerror or error}.",
            "Nothing was changed. Free some space or mend the permissions, then run the command "
            "again.",
        ) from error
    return target


def current_name(index: Path) -> str:
    """The name of the generation in use; IndexMissing if nothing was ever published."""
    try:
        return (index / _CURRENT_FILE).read_text().strip()
    except FileNotFoundError as error:
        raise missing(index) from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(
            f"{index / _CURRENT_FILE} cannot be read: {error}.",
            "Build it again: blogqa build",
        ) from error


def current_folder(index: Path) -> Path:
    """The folder of the generation in use.

    Raises IndexMissing if nothing was ever published, IndexDamaged if the folder is gone.
    """
    name = current_name(index)
    folder = index / _GENERATIONS_FOLDER / name
    # a name too long for any file is damage like another
    if not name or "/" in name or len(name) > _LONGEST_NAME or not folder.is_dir():
        raise IndexDamaged(
            f"{index / _CURRENT_FILE} names the generation {name!r}, which is not there.",
            "Build it again: blogqa build",
        )
    return folder


def other_folders(index: Path) -> list[Path]:
    """The folders of the generations that are not in use: the older ones first, newest of them
    first, then the newer ones. Raises IndexDamaged if nobody can tell."""
    names = _names(index)
    current = _name_in_use(index, names)
    older = names if current is None else names[: names.index(current)]
    newer = [name for name in names if name not in older and name != current]
    return [index / _GENERATIONS_FOLDER / name for name in [*reversed(older), *reversed(newer)]]


def missing(index: Path) -> IndexMissing:
    """The error that says that there is none, with the way to one."""
    return IndexMissing(f"There is no index in {index}.", "Build it: blogqa build")


def _names(index: Path) -> list[str]:
    """The names of the generations there are, oldest first; IndexDamaged if nobody can tell."""
    folder = index / _GENERATIONS_FOLDER
    try:
        found = [path.name for path in folder.iterdir() if path.is_dir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise IndexDamaged(
            f"{folder} cannot be read: {error.strerror}.",
            "Mend its permissions, or move it away and run: blogqa build",
        ) from error
    return sorted(name for name in found if not name.startswith("."))


def _name_in_use(index: Path, names: list[str]) -> str | None:
    """Which of ``names`` is in use; None if the index is so damaged that it is none of them."""
    try:
        name = current_name(index)
    except (IndexMissing, IndexDamaged):
        return None
    return name if name in names else None


def _target(index: Path, names: list[str], current: str | None, wanted: str | None) -> str:
    """Which of ``names`` to roll back to; IndexMissing or IndexingError if there is none such."""
    if not names:
        raise missing(index)
    if wanted is None:
        older = names if current is None else names[: names.index(current)]
        if not older:
            raise IndexingError(
                f"No generation is older than {current}, the one in use.",
                f"Newer ones: {_listed(names[1:])}. Name one of them: blogqa rollback GENERATION"
                if names[1:]
                else "It is the only one. To make a new one from the archive, run: blogqa build",
            )
        return older[-1]
    if wanted not in names:
        raise IndexingError(
            f"There is no generation {wanted!r} in {index}.", f"There are: {_listed(names)}."
        )
    if wanted == current:
        raise IndexingError(
            f"The generation {wanted} is in use already.",
            "Choose another: blogqa generations lists them.",
        )
    return wanted


def _listed(names: list[str]) -> str:
    return ", ".join(reversed(names))


def _record(folder: Path, is_current: bool) -> GenerationRecord:
    from index.manifest import read_manifest

    size = _size_bytes(folder)
    try:
        about = read_manifest(folder)
    except IndexingError as error:
        return GenerationRecord(folder.name, "", 0, 0, "", size, is_current, error.message)
    return GenerationRecord(
        name=folder.name,
        built_at=about.built_at,
        posts=about.posts,
        passages=about.passages,
        model=about.model,
        size_bytes=size,
        is_current=is_current,
        problem=None,
    )


def _size_bytes(folder: Path) -> int:
    """What the files below ``folder`` hold; those that vanish meanwhile hold nothing."""
    total = 0
    for parent, _, files in os.walk(folder):
        for name in files:
            with suppress(FileNotFoundError):
                total += (Path(parent) / name).stat().st_size
    return total


def _open_once(folder: Path) -> None:
    from index.generation import Generation

    Generation(folder).close()


def _write_pointer(index: Path, name: str) -> None:
    """Write what ``current`` is to be replaced by: a full disk is found before anything moves."""
    pointer = index / _POINTER_FILE
    pointer.write_text(name + "\n")
    _sync(pointer)


def _switch(index: Path) -> None:
    """Make the generation that the pointer names the current one."""
    _sync(index / _GENERATIONS_FOLDER)
    (index / _POINTER_FILE).replace(index / _CURRENT_FILE)
    _sync(index)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
