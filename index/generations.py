"""The generations on disk in a list, and the way back to one of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from index.current import (
    generation_names,
    generations_folder,
    missing,
    name_in_use,
    switch,
    write_pointer,
)
from index.errors import IndexingError
from index.lock import build_lock

# A command line that only starts needs none of what opens manifests and generations: that is
# imported where it is used.


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


def list_generations(index: Path) -> list[GenerationRecord]:
    """The generations there are, newest first; none if nothing was ever built.

    Reads manifests only: a file that was altered since is not noticed. Raises IndexDamaged if the
    folder cannot be read.
    """
    names = generation_names(index)
    current = name_in_use(index, names)
    folders = [generations_folder(index) / name for name in reversed(names)]
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
    if not generation_names(index):  # a lock would make the folder
        raise missing(index)
    try:
        with build_lock(index):
            names = generation_names(index)
            target = _target(index, names, name_in_use(index, names), name)
            folder = generations_folder(index) / target
            try:
                (verify or _open_once)(folder)
            except IndexingError as error:
                raise type(error)(
                    error.message,
                    "Nothing was changed. Choose another (blogqa generations lists them), or make "
                    "a new one: blogqa build",
                ) from error
            write_pointer(index, target)
            switch(index)
    except OSError as error:
        raise IndexingError(
            f"The index in {index} could not be switched: {error.strerror or error}.",
            "Nothing was changed. Free some space or mend the permissions, then run the command "
            "again.",
        ) from error
    return target


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
