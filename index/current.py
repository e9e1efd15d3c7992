"""Which generation is in use, and which others there are.

``current`` is a file that names a generation. It is replaced by renaming, so a reader finds the
old name or the new one, never half of either, wherever a build is stopped.
"""

from __future__ import annotations

import os
from pathlib import Path

from index.errors import IndexDamaged, IndexMissing

_CURRENT_FILE, _GENERATIONS_FOLDER, _POINTER_FILE = "current", "generations", ".current"
_LONGEST_NAME = 64

# Reading `current` is all that a command line needs to start; nothing else is imported here.


def generations_folder(index: Path) -> Path:
    """Where the generations lie, each in a folder of its name."""
    return index / _GENERATIONS_FOLDER


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
    names = generation_names(index)
    current = name_in_use(index, names)
    older = names if current is None else names[: names.index(current)]
    newer = [name for name in names if name not in older and name != current]
    return [index / _GENERATIONS_FOLDER / name for name in [*reversed(older), *reversed(newer)]]


def missing(index: Path) -> IndexMissing:
    """The error that says that there is none, with the way to one."""
    return IndexMissing(f"There is no index in {index}.", "Build it: blogqa build")


def generation_names(index: Path) -> list[str]:
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


def name_in_use(index: Path, names: list[str]) -> str | None:
    """Which of ``names`` is in use; None if the index is so damaged that it is none of them."""
    try:
        name = current_name(index)
    except (IndexMissing, IndexDamaged):
        return None
    return name if name in names else None


def write_pointer(index: Path, name: str) -> None:
    """Write what ``current`` is to be replaced by: a full disk is found before anything moves."""
    pointer = index / _POINTER_FILE
    pointer.write_text(name + "\n")
    sync(pointer)


def switch(index: Path) -> None:
    """Make the generation that the pointer names the current one."""
    sync(index / _GENERATIONS_FOLDER)
    (index / _POINTER_FILE).replace(index / _CURRENT_FILE)
    sync(index)


def sync(path: Path) -> None:
    """Have what was written to ``path`` on the disk; OSError if that refuses."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def drop_pointer(index: Path) -> None:
    """Remove what :func:`write_pointer` wrote if nothing was switched to it."""
    (index / _POINTER_FILE).unlink(missing_ok=True)
