"""What a generation knows of its posts as wholes: chips, newer posts, places on the map.

A file of arrays, by the posts' rows in the store; read when it is first asked for.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.chips import Chip, Measure
from index.errors import IndexDamaged, UnknownChip
from index.pooling import Vector
from index.types import ChipCount, ChipKind, MapSubject
from index.vectors import Ordinals

Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class ChipName:
    """A chip, as an atlas keeps it."""

    id: str
    name: str
    kind: ChipKind


@dataclass(frozen=True, slots=True)
class Layout:
    """Where posts stand on the map, and under which subject.

    ``places`` has shape (posts, 2), from 0 to 1. ``subjects`` are numbers of ``names``, -1 for a
    post without one. ``settled`` are posts that were laid out with all others; the rest was put
    beside its neighbours later. ``settled_once`` is how many there were.
    """

    places: Vector
    subjects: Rows
    settled: Flags
    settled_once: int
    names: tuple[str, ...]

    def subject_places(self) -> Iterator[MapSubject]:
        """Every subject that has a post, in the midst of its posts."""
        for number, name in enumerate(self.names):
            members = self.places[self.subjects == number]
            if len(members):
                x, y = np.median(members, axis=0).tolist()
                yield MapSubject(number, name, x, y, len(members))


@dataclass(frozen=True, slots=True)
class Atlas:
    """Everything about the posts of one generation, by their rows.

    ``chipped`` has shape (posts, chips). ``newer`` has shape (posts, 3): the rows of the nearest
    clearly newer posts, nearest first, -1 for none. ``centre`` is the mean of all posts' vectors
    when they were last laid out.
    """

    chips: tuple[ChipName, ...]
    measure: Measure
    chipped: Flags
    newer: Rows
    centre: Vector
    layout: Layout

    def with_chips(self, ids: Sequence[str]) -> Ordinals:
        """The rows of the posts that have all chips of ``ids``, ascending.

        Raises UnknownChip, naming those there are.
        """
        numbers = {chip.id: number for number, chip in enumerate(self.chips)}
        for id in ids:
            if id not in numbers:
                raise UnknownChip(f"There is no chip {id!r}.", f"There are: {', '.join(numbers)}.")
        return np.flatnonzero(self.chipped[:, [numbers[id] for id in ids]].all(axis=1))

    def chip_counts(self) -> list[ChipCount]:
        """Every chip with the number of posts that have it, in the order of their file."""
        counts = self.chipped.sum(axis=0).tolist()
        return [
            ChipCount(chip.id, chip.name, chip.kind, posts)
            for chip, posts in zip(self.chips, counts, strict=True)
        ]


def chip_names(chips: Sequence[Chip]) -> tuple[ChipName, ...]:
    """``chips``, as an atlas keeps them."""
    return tuple(ChipName(chip.id, chip.name, chip.kind) for chip in chips)


def write_atlas(path: Path, atlas: Atlas) -> None:
    """Write ``atlas`` to ``path``; raises OSError if the disk refuses."""
    measure, layout = atlas.measure, atlas.layout
    about = {
        "chips": [asdict(chip) for chip in atlas.chips],
        "far": measure.far,
        "spread": measure.spread,
        "subjects": layout.names,
        "settled_once": layout.settled_once,
    }
    np.savez(
        path,
        about=np.array(json.dumps(about)),
        sentences=measure.sentences,
        chipped=atlas.chipped,
        newer=atlas.newer,
        centre=atlas.centre,
        places=layout.places,
        subjects=layout.subjects,
        settled=layout.settled,
    )


def read_atlas(path: Path, posts: int) -> Atlas:
    """What :func:`write_atlas` wrote to ``path``, of so many ``posts``; else IndexDamaged."""
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            about = json.loads(str(arrays["about"]))
            atlas = Atlas(
                tuple(ChipName(**chip) for chip in about["chips"]),
                Measure(arrays["sentences"], about["far"], about["spread"]),
                arrays["chipped"],
                arrays["newer"],
                arrays["centre"],
                Layout(
                    arrays["places"],
                    arrays["subjects"],
                    arrays["settled"],
                    about["settled_once"],
                    tuple(about["subjects"]),
                ),
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise _damaged(path, "cannot be read") from error
    layout = atlas.layout
    for part in (atlas.chipped, atlas.newer, layout.places, layout.subjects, layout.settled):
        if len(part) != posts:
            raise _damaged(path, f"is of {len(part)} posts where the manifest says {posts}")
    return atlas


def _damaged(path: Path, problem: str) -> IndexDamaged:
    return IndexDamaged(f"{path} {problem}.", "Build it again: blogqa build")
