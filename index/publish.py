"""A generation written beside the one in use, then switched to in one step; old ones go."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from index.current import (
    drop_pointer,
    generation_names,
    generations_folder,
    name_in_use,
    switch,
    sync,
    write_pointer,
)

KEPT = 3
"""How many generations stay on disk, the current one included."""

_STAGING_PREFIX = ".staging-"
_NAME = "%Y%m%dT%H%M%S.%fZ"


@contextmanager
def staging(index: Path) -> Iterator[Path]:
    """An empty folder to write a generation into; gone afterwards unless it was published.

    To be called by who holds the build lock: what lies about is then of a build that was killed.
    """
    generations = generations_folder(index)
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
    generations = generations_folder(index)
    for path in [*staged.rglob("*"), staged]:
        path.chmod(0o755 if path.is_dir() else 0o644)  # tempfile and tantivy leave them private
        sync(path)
    write_pointer(index, name)
    names = generation_names(index)
    previous = name_in_use(index, names)
    folder = staged.rename(generations / name)
    switch(index)
    others = [each for each in reversed(names) if each != previous]
    _retire(generations, others[KEPT - (1 if previous is None else 2) :])
    return folder


def clear_leftovers(index: Path) -> None:
    """Remove what a build left that was killed when all but that was done.

    To be called by who holds the build lock and publishes nothing.
    """
    generations = generations_folder(index)
    _clear_staged(generations)
    drop_pointer(index)
    names = generation_names(index)
    current = name_in_use(index, names)
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
    for last in generation_names(index)[-1:]:
        with suppress(ValueError):  # a folder that somebody else made
            now = max(
                now, datetime.strptime(last, _NAME).replace(tzinfo=UTC) + timedelta.resolution
            )
    return now.strftime(_NAME)
