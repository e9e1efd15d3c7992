"""The command ``blogqa evaluate``: how well judged questions are answered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from qa import output
from qa.errors import JudgmentsError
from qa.terminal import HELP, AsJson, Home, reporting, settings_of, stdout

app = typer.Typer()


@app.command()
def evaluate(
    folder: Annotated[
        Path,
        typer.Argument(metavar="SET", help="A folder of judged questions, blogqa's own or BEIR's."),
    ],
    posts: Annotated[
        Path | None,
        typer.Option(help="The posts that were judged; else what the home holds is asked."),
    ] = None,
    work: Annotated[
        Path | None,
        typer.Option(help="Folder to keep what is imported and built for this, for the next time."),
    ] = None,
    split: Annotated[
        str, typer.Option(help="Which judgments of a BEIR set: the file in its folder qrels.")
    ] = "test",
    baselines: Annotated[
        bool,
        typer.Option("--baselines", help="Measure BM25 alone, cosines alone and rank fusion, too."),
    ] = False,
    save: Annotated[
        Path | None, typer.Option(help="File to save the run to, for a later --against.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="A saved run to compare with, question by question.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="File to write a page to, with what was shown.")
    ] = None,
    floors: Annotated[
        Path | None, typer.Option(help="A file with floors: a figure below its own is a failure.")
    ] = None,
    model: Annotated[str | None, typer.Option(help=HELP["model"])] = None,
    passage_tokens: Annotated[int | None, typer.Option(help=HELP["passage_tokens"])] = None,
    least_similarity: Annotated[float | None, typer.Option(help=HELP["least_similarity"])] = None,
    home: Home = None,
    json: AsJson = False,
) -> None:
    """Ask judged questions, and measure how well they are answered."""
    with reporting(json):
        # here, as they load every engine
        from qa.evaluate import evaluate as run_on
        from qa.floors import sunk
        from qa.judgments import read_set
        from qa.output_evaluate import evaluation_data, print_evaluation, print_sunk
        from qa.run import read_run
        from qa.summary import figures, summarise

        settings = settings_of(
            home=home,
            model=model,
            passage_tokens=passage_tokens,
            least_similarity=least_similarity,
        )
        judged = read_set(folder, split)
        before = None if against is None else read_run(against, judged.digest)
        console = Console(stderr=True)
        with console.status("Reading") as status:
            run = run_on(
                judged,
                settings,
                posts=posts,
                work=work,
                baselines=baselines,
                on_stage=lambda stage: status.update(escape(stage[: console.width - 4])),
                on_fallback=lambda fallback: output.print_fallback(console, fallback),
            )
            status.update("Comparing")
            summary = summarise(run, before)
        data = output.as_json(evaluation_data(run, summary))
        if save is not None:
            _write(save, data + "\n")
        if report is not None:
            from qa.report import report_page

            _write(report, report_page(run, summary, before))
        below = [] if floors is None else sunk(floors, judged, posts, figures(summary))
        if json:
            print(data)
        else:
            print_evaluation(stdout(), run, summary)
        print_sunk(console, below)
    if below:
        raise typer.Exit(1)


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise JudgmentsError(
            f"{file} cannot be written: {error.strerror}.", "Name another file, and run it again."
        ) from error
