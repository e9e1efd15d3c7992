"""The command ``blogqa evaluate``: how well judged questions are answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from qa import output
from qa.errors import JudgmentsError, QuestionError
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
    rankings: Annotated[
        Path | None,
        typer.Option(help="A file with what other programs found, to be measured beside: JSON."),
    ] = None,
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
    least_confidence: Annotated[float | None, typer.Option(help=HELP["least_confidence"])] = None,
    home: Home = None,
    json: AsJson = False,
) -> None:
    """Ask judged questions, and measure how well they are answered."""
    with reporting(json):
        # here, as they load every engine
        from qa.evaluate import evaluate as run_on
        from qa.floors import read_floors, sunk
        from qa.judgments import read_set
        from qa.output_evaluate import evaluation_data, print_evaluation, print_sunk
        from qa.rankings import read_rankings
        from qa.run import read_run
        from qa.summary import figures, summarise

        settings = settings_of(
            home=home,
            model=model,
            passage_tokens=passage_tokens,
            least_confidence=least_confidence,
        )
        judged = read_set(folder, split)
        if posts is None and judged.corpus is None:
            _check_unbuilt({"--model": model, "--passage-tokens": passage_tokens, "--work": work})
        before = None if against is None else read_run(against, judged.digest)
        console = Console(stderr=True)
        others = None if rankings is None else read_rankings(rankings, judged)
        pinned = {} if floors is None else read_floors(floors, judged, posts)
        for file in (save, report):
            _make_room(file)
        with console.status("Reading") as status:
            run = run_on(
                judged,
                settings,
                posts=posts,
                work=work,
                baselines=baselines,
                others=others,
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
        below = sunk(pinned, figures(summary))
        if json:
            print(data)
        else:
            print_evaluation(stdout(), run, summary)
        print_sunk(console, below)
    if below:
        raise typer.Exit(1)


def _check_unbuilt(options: Mapping[str, object]) -> None:
    """Raise QuestionError if one of ``options`` is given: nothing is built that it could be of."""
    for name, value in options.items():
        if value is not None:
            raise QuestionError(
                name,
                f"{name} changes nothing here: the index in use is asked as it is.",
                "Name the posts that were judged with --posts, or leave it out.",
            )


def _make_room(file: Path | None) -> None:
    """Make the folder of ``file``: that it cannot be written is better known before a long run."""
    if file is not None:
        with _writing(file):
            file.parent.mkdir(parents=True, exist_ok=True)


def _write(file: Path, text: str) -> None:
    with _writing(file):
        file.write_text(text, encoding="utf-8")


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JudgmentsError(
            f"{file} cannot be written: {error.strerror}.", "Name another file, and run it again."
        ) from error
