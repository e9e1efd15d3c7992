"""The command ``blogqa adapt``: the encoder fitted to the archive at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from qa import output, output_adapt, workspace
from qa.settings import Settings
from qa.terminal import HELP, AsJson, Home, reporting, settings_of, stdout

if TYPE_CHECKING:
    from index.fitting import FitReport, FitStage
    from index.report import Progress as Done

app = typer.Typer()


@app.command()
def adapt(
    home: Home = None,
    model: Annotated[str | None, typer.Option(help=HELP["model"])] = None,
    passage_tokens: Annotated[int | None, typer.Option(help=HELP["passage_tokens"])] = None,
    json: AsJson = False,
) -> None:
    """Fit the encoder to the archive; what comes of it is kept only if it finds more there."""
    with reporting(json):
        report = _adapt(settings_of(home=home, model=model, passage_tokens=passage_tokens))
        if json:
            print(output.as_json(output_adapt.fit_data(report)))
        else:
            output_adapt.print_fit(stdout(), report)


def _adapt(settings: Settings) -> FitReport:
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("", total=None, visible=False)

        def on_compile() -> None:
            console.print(f"Compiling the encoder {settings.model} (once).", style="dim")

        def on_stage(stage: FitStage, done: Done) -> None:
            bar.update(
                task,
                description=output_adapt.STAGES[stage],
                completed=done.done,
                total=done.total,
                visible=True,
            )

        return workspace.adapt_encoder(settings, on_compile=on_compile, on_stage=on_stage)
