"""The commands about generations: ``blogqa generations`` and ``blogqa rollback``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from index.current import missing
from index.generations import list_generations
from qa import output, output_index, workspace
from qa.terminal import AsJson, Home, reporting, settings_of, stdout

app = typer.Typer()


@app.command()
def generations(home: Home = None, json: AsJson = False) -> None:
    """List the generations of the index, the newest first, and which of them answers."""
    with reporting(json):
        index = settings_of(home=home).index_folder
        found = list_generations(index)
        if not found:
            raise missing(index)
        if json:
            print(output.as_json([asdict(each) for each in found]))
        else:
            output_index.print_generations(stdout(), found)


@app.command()
def rollback(
    generation: Annotated[
        str | None,
        typer.Argument(
            help="The generation to return to: see blogqa generations. Without one it is the "
            "newest of those older than the one in use."
        ),
    ] = None,
    home: Home = None,
    json: AsJson = False,
) -> None:
    """Let an older generation of the index answer again, until the next build."""
    with reporting(json):
        record = workspace.roll_back(settings_of(home=home), generation)
        if json:
            print(output.as_json(asdict(record)))
        else:
            output_index.print_rollback(stdout(), record)
