"""Figures that must not sink: pinned in a file, with a digest of the data that they were taken on.

The file is JSON: by the set's name its ``digest`` and the ``floors``, figures by their names as
:func:`qa.summary.figures` has them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from qa.errors import JudgmentsError
from qa.judgments import JudgedSet, digest_of


@dataclass(frozen=True, slots=True)
class Sunk:
    """A figure below its floor."""

    name: str
    floor: float
    found: float


def data_digest(judged: JudgedSet, posts: Path | None = None) -> str:
    """The hex BLAKE3 of the set's files, and of those below ``posts`` if there is such a folder."""
    if posts is None:
        return judged.digest
    files = digest_of(sorted(path for path in posts.rglob("*") if path.is_file()))
    return blake3(f"{judged.digest}\n{files}".encode()).hexdigest()


def read_floors(file: Path, judged: JudgedSet, posts: Path | None = None) -> dict[str, float]:
    """The floors that ``file`` pins for this set, by the figure's name.

    Raises JudgmentsError if it pins none, or pins them for other data.
    """
    digest, floors = _pinned(file, judged.name)
    if digest != data_digest(judged, posts):
        raise JudgmentsError(
            f"{file} pins floors of {judged.name!r} for other data (digest {digest[:16]}).",
            "Take them again on the data that is here, and pin its digest: "
            + data_digest(judged, posts),
        )
    return floors


def sunk(floors: Mapping[str, float], found: Mapping[str, float]) -> list[Sunk]:
    """Which of the figures ``found`` are below their floors; JudgmentsError for a floor of none."""
    for name in floors:
        if name not in found:
            raise JudgmentsError(
                f"There is a floor of {name!r}, which is no figure of these questions.",
                f"Their figures: {', '.join(found)}.",
            )
    return [Sunk(name, floor, found[name]) for name, floor in floors.items() if found[name] < floor]


def _pinned(file: Path, name: str) -> tuple[str, dict[str, float]]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))[name]
        return str(data["digest"]), {key: float(each) for key, each in data["floors"].items()}
    except OSError as error:
        raise JudgmentsError(
            f"{file} cannot be read: {error.strerror}.", "Name a file with floors, or leave it out."
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise JudgmentsError(
            f"{file} pins no floors of {name!r}.",
            'It is JSON: {"' + name + '": {"digest": "...", "floors": {"single nDCG@5": 0.5}}}',
        ) from error
