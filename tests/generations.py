"""Generations that hold nothing but their names, to be published and gone back to."""

from __future__ import annotations

from pathlib import Path

from index.publish import publish, staging


def add(index: Path, name: str) -> Path:
    """Publish a generation that holds one file, its own name."""
    with staging(index) as folder:
        (folder / "name").write_text(name)
        return publish(index, folder, name)


def accept(folder: Path) -> None:
    """Finds nothing wrong with a generation."""
    assert (folder / "name").read_text() == folder.name


def generations(index: Path) -> list[str]:
    return sorted(path.name for path in (index / "generations").iterdir())
