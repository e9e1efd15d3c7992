"""Generations on disk: written beside the one in use, then switched to in one step.

``current`` is a file that names a generation. It is replaced by renaming, so a reader finds the
old name or the new one, never half of either, wherever a build is stopped.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexDamaged, IndexMissing

KEPT = 3
"""How many generations stay on disk, the current one included."""

_CURRENT_FILE, _GENERATIONS_FOLDER, _STAGING_PREFIX = "current", "generations", ".staging-"
_POINTER_FILE, _LOCK_FILE = ".current", ".lock"


@contextmanager
def staging(index: Path) -> Iterator[Path]:
    """An empty folder to write a generation into; gone afterwards unless it was published.

    One build writes at a time, another waits; so what lies about is of a build that was killed.
    """
    generations = index / _GENERATIONS_FOLDER
    generations.mkdir(parents=True, exist_ok=True)
    with (index / _LOCK_FILE).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in generations.glob(f"{_STAGING_PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=_STAGING_PREFIX, dir=generations))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def publish(index: Path, staged: Path, name: str) -> Path:
    """Make the ``staged`` folder the current generation, by ``name``; return its new place.

    Everything is on the disk (fsync) before the switch. Older generations beyond :data:`KEPT` go.
    """
    generations = index / _GENERATIONS_FOLDER
    for path in [*staged.rglob("*"), staged]:
        path.chmod(0o755 if path.is_dir() else 0o644)  # tempfile and tantivy leave them private
        _sync(path)
    pointer = index / _POINTER_FILE
    pointer.write_text(name + "\n")
    _sync(pointer)
    folder = generations / name
    staged.rename(folder)
    _sync(generations)
    pointer.replace(index / _CURRENT_FILE)
    _sync(index)
    old = sorted(path for path in generations.iterdir() if not path.name.startswith("."))
    for path in old[:-KEPT]:
        if path != folder:
            shutil.rmtree(path, ignore_errors=True)
    return folder


def current_name(index: Path) -> str:
    """The name of the generation in use; IndexMissing if nothing was ever published."""
    try:
        return (index / _CURRENT_FILE).read_text().strip()
    except FileNotFoundError as error:
        raise IndexMissing(f"There is no index in {index}.", "Build it: blogqa build") from error
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
    if not name or "/" in name or not folder.is_dir():
        raise IndexDamaged(
            f"{index / _CURRENT_FILE} names the generation {name!r}, which is not there.",
            "Build it again: blogqa build",
        )
    return folder


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
