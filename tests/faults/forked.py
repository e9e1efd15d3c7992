"""What a forked command runs; imports nothing itself, as every command would pay for it."""

from __future__ import annotations

import os
from pathlib import Path

PRELOADED = [
    "qa.cli",
    "corpus.archive",
    "corpus.readers.markdown",
    "index.build",
    "index.encoder",
    "index.generation",
    "index.gpu",
    "index.models",
    "index.placing",
    "index.search",
    "index.subjects",
]


def run_command(arguments: list[str], said: Path) -> None:
    """Run `blogqa` with ``arguments``; what it says goes into files of its own in ``said``."""
    from qa.cli import app

    for descriptor, name in ((1, "out"), (2, "err")):
        file = os.open(said / f"{os.getpid()}.{name}", os.O_WRONLY | os.O_CREAT, 0o644)
        os.dup2(file, descriptor)
    os.environ["COLUMNS"] = "1000"  # no line of it is broken
    app(arguments, prog_name="blogqa")
