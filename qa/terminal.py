"""What all commands share: options, settings, errors turned into exit codes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from corpus.errors import BlogqaError
from qa import output
from qa.errors import QuestionError, SettingsError
from qa.settings import Settings, load_settings, table

HELP = {each.name: str(each.metadata["help"]) for each in table()}

Home = Annotated[Path | None, typer.Option(help=HELP["home"])]
_SHOWN_EVERY_S = 0.1
"""How often a place is shown: showing each of five thousand takes half as long as reading them."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


@contextmanager
def reporting(json: bool) -> Iterator[None]:
    """Turn errors into a message and an exit code: 2 for wrong use, 1 for all else."""
    try:
        yield
    except KeyboardInterrupt:
        Console(stderr=True).print("Stopped. Nothing is half done; run it again to go on.")
        raise typer.Exit(130) from None
    except BlogqaError as error:
        if json:
            print(output.as_json(output.error_data(error)))
        else:
            output.print_error(Console(stderr=True), error)
        wrong_use = isinstance(error, (QuestionError, SettingsError))
        raise typer.Exit(2 if wrong_use else 1) from error


def settings_of(**flags: object) -> Settings:
    """The settings of this run; ``flags`` are those of the command line, None where not given."""
    return load_settings(flags, os.environ, Path.cwd())


@contextmanager
def reading(what: str) -> Iterator[Callable[[str], None]]:
    """Says on a terminal that ``what`` is being read, and at which place it is."""
    console = Console(stderr=True)
    line = f"Reading {what}"
    shown = time.monotonic()

    def show(place: str) -> None:
        nonlocal shown
        if time.monotonic() - shown >= _SHOWN_EVERY_S:
            shown = time.monotonic()
            status.update(escape(f"{line}: {place}"[: console.width - 4]))

    with console.status(escape(line)) as status:
        yield show


def stdout() -> Console:
    """The console for what was asked for."""
    return Console(highlight=False)
