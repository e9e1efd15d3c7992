"""The folder a comparison works in: what everyone is given, and where everyone's index goes.

It needs Python alone, so that every library's environment runs it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

BUILDS = 2  # of an index whose rate is compared; the faster one counts
LIMIT = 6  # passages found for a question, blogqa's own default
RANKED = 100  # passages, where posts are ranked: twenty posts are among them


@dataclass(frozen=True)
class Given:
    """The same for everyone: the encoder's folder, the texts to index, the questions."""

    model: str
    texts: list[str]
    questions: list[str]


@dataclass(frozen=True)
class Measured:
    """Seconds of every build, and of every answer in process."""

    builds: list[float]
    answers: list[float]


def print_measured(measured: dict[str, Measured]) -> None:
    """Print what :func:`read_measured` reads, as the last line of a process's output."""
    print(json.dumps({name: asdict(each) for name, each in measured.items()}))


def read_measured(output: str) -> dict[str, Measured]:
    """What a process measured, by what it measured."""
    line = output.splitlines()[-1]
    return {name: Measured(**each) for name, each in json.loads(line).items()}


@dataclass(frozen=True)
class Workplace:
    """The paths in ``folder``."""

    folder: Path

    @property
    def blogqa_home(self) -> Path:
        """The home of blogqa: its archive, encoder and index."""
        return self.folder / "blogqa"

    @property
    def txtai_index(self) -> Path:
        """txtai's saved index."""
        return self.folder / "txtai"

    @property
    def given(self) -> Given:
        """What was given by :meth:`give`."""
        return Given(**json.loads(self._given_file.read_text()))

    def give(self, given: Given) -> None:
        """Write what everyone is given."""
        self._given_file.write_text(json.dumps(asdict(given)))

    @property
    def _given_file(self) -> Path:
        return self.folder / "given.json"
