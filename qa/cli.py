"""The command line: ``blogqa``."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from corpus.types import SourceKind
from index.types import Filters
from qa import (
    cli_adapt,
    cli_doctor,
    cli_evaluate,
    cli_feedback,
    cli_index,
    cli_posts,
    cli_slack,
    imports,
    output,
    output_archive,
    workspace,
)
from qa.ask import ask, check_history, check_limit, check_question
from qa.errors import QuestionError
from qa.settings import Settings
from qa.terminal import HELP, AsJson, Home, reading, reporting, settings_of, stdout

if TYPE_CHECKING:
    from index.report import BuildReport, Restart
    from index.report import Progress as BuildProgress

_KINDS = ", ".join(get_args(SourceKind))

Model = Annotated[str | None, typer.Option(help=HELP["model"])]
Reranker = Annotated[str | None, typer.Option(help=HELP["reranker"])]
PassageTokens = Annotated[int | None, typer.Option(help=HELP["passage_tokens"])]

app = typer.Typer(
    help="Ask a blog archive a question; get the passages that answer it, with links.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(cli_posts.app, name="posts")
app.add_typer(cli_slack.app, name="slack")
app.add_typer(cli_index.app)
app.add_typer(cli_doctor.app)
app.add_typer(cli_adapt.app)
app.add_typer(cli_evaluate.app)
app.add_typer(cli_feedback.app)


def main() -> None:
    """Run the command line."""
    app(prog_name="blogqa")


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(help="A folder, a file, or a web address with posts.")],
    kind: Annotated[
        str | None, typer.Option(help=f"What it is, if it isn't recognised: {_KINDS}.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="The source's name; else its file's, folder's or site's.")
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(help="The blog's address, for exports that hold only the end of each post's."),
    ] = None,
    include_pages: Annotated[
        bool | None,
        typer.Option(
            "--include-pages/--no-include-pages",
            help="Take pages, such as About, for posts, where the source tells them apart.",
        ),
    ] = None,
    allow_private: Annotated[
        bool | None,
        typer.Option("--allow-private", help=HELP["allow_private"]),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    home: Home = None,
    json: AsJson = False,
) -> None:
    """Take posts into the archive: new, changed, removed, skipped and why."""
    with reporting(json):
        settings = settings_of(home=home, allow_private=allow_private)
        with reading(source) as on_place:
            report = imports.import_source(
                settings,
                source,
                kind=_kind(kind),
                name=_name("name", name),
                base_url=base_url,
                include_pages=include_pages,
                dry_run=dry_run,
                on_place=on_place,
            )
        if json:
            print(output.as_json(output_archive.import_data(report)))
        else:
            output_archive.print_imports(stdout(), [report])
            if report.changed_anything and not dry_run:
                stdout().print("Next: blogqa build", style="dim")


@app.command()
def build(
    home: Home = None,
    model: Model = None,
    reranker: Reranker = None,
    passage_tokens: PassageTokens = None,
    full: Annotated[
        bool, typer.Option("--full", help="Encode everything anew, also what is encoded already.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Make the index hold what the archive holds."""
    with reporting(json):
        settings = settings_of(
            home=home, model=model, reranker=reranker, passage_tokens=passage_tokens
        )
        report = _build(settings, full=full)
        if json:
            print(output.as_json(asdict(report)))
        else:
            output.print_build(stdout(), report)


@app.command()
def update(
    home: Home = None,
    model: Model = None,
    reranker: Reranker = None,
    passage_tokens: PassageTokens = None,
    allow_private: Annotated[
        bool | None,
        typer.Option("--allow-private", help=HELP["allow_private"]),
    ] = None,
    json: AsJson = False,
) -> None:
    """Import all known sources again and build: the one command after new posts."""
    with reporting(json):
        settings = settings_of(
            home=home,
            model=model,
            reranker=reranker,
            passage_tokens=passage_tokens,
            allow_private=allow_private,
        )
        with reading("the sources") as on_place:
            reports, failures = imports.import_again(settings, on_place)
        built = _build(settings)
        if json:
            data = {
                "imports": [output_archive.import_data(each) for each in reports],
                "failures": [output_archive.failure_data(*each) for each in failures],
                "build": asdict(built),
            }
            print(output.as_json(data))
        else:
            if reports:
                output_archive.print_imports(stdout(), reports)
            output.print_build(stdout(), built)
            for source, error in failures:
                output_archive.print_failure(Console(stderr=True), source, error)
        if failures:
            raise typer.Exit(1)


@app.command()
def forget(
    source: Annotated[str, typer.Argument(help="The name of a source: see blogqa sources.")],
    home: Home = None,
    json: AsJson = False,
) -> None:
    """Give up a source, and the posts that no other source holds."""
    with reporting(json):
        report = imports.forget_source(settings_of(home=home), source)
        if json:
            print(output.as_json(output_archive.import_data(report)))
        else:
            output_archive.print_forgotten(stdout(), report)


@app.command()
def sources(home: Home = None, json: AsJson = False) -> None:
    """List the sources of the archive: those that blogqa update reads again."""
    with reporting(json):
        found = imports.list_sources(settings_of(home=home))
        if json:
            print(output.as_json([asdict(source) | {"posts": posts} for source, posts in found]))
        else:
            output_archive.print_sources(stdout(), found)


@app.command("ask")
def ask_(
    question: Annotated[str, typer.Argument(help="The question, in your own words.")],
    history: Annotated[
        list[str] | None,
        typer.Option(help="An earlier question that this may follow up on; oldest first."),
    ] = None,
    limit: Annotated[int | None, typer.Option(help=HELP["limit"])] = None,
    author: Annotated[str | None, typer.Option(help="Only posts by this author.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only posts with this tag.")] = None,
    source: Annotated[
        str | None, typer.Option(help="Only posts of this source: see blogqa sources.")
    ] = None,
    after: Annotated[
        str | None, typer.Option(help="Only posts of this day or later, as 2014-03-01.")
    ] = None,
    before: Annotated[
        str | None, typer.Option(help="Only posts of this day or earlier, as 2014-03-31.")
    ] = None,
    chip: Annotated[
        list[str] | None,
        typer.Option(help="Only posts about this stage or objection: see blogqa status."),
    ] = None,
    least_confidence: Annotated[float | None, typer.Option(help=HELP["least_confidence"])] = None,
    why: Annotated[bool, typer.Option("--why", help="Tell why each passage was found.")] = False,
    home: Home = None,
    json: AsJson = False,
) -> None:
    """Answer a question with the archive's own words."""
    with reporting(json):
        check_question(question)
        check_history(history or ())
        settings = settings_of(home=home, limit=limit, least_confidence=least_confidence)
        check_limit(settings.limit)
        filters = Filters(
            _name("author", author),
            _name("tag", tag),
            _date("after", after),
            _date("before", before),
            _name("source", source),
            tuple(chip or ()),
        )
        searcher = workspace.open_searcher(settings, _warn)
        answer = ask(
            searcher,
            question,
            history=history or (),
            limit=settings.limit,
            filters=filters,
            least_confidence=settings.least_confidence,
            explain=why,
        )
        if json:
            print(output.as_json(output.answer_data(answer)))
        else:
            output.print_answer(stdout(), answer)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help=HELP["host"])] = None,
    port: Annotated[int | None, typer.Option(help=HELP["port"])] = None,
    workers: Annotated[int | None, typer.Option(help=HELP["workers"])] = None,
    least_confidence: Annotated[float | None, typer.Option(help=HELP["least_confidence"])] = None,
    home: Home = None,
    json: Annotated[bool, typer.Option("--json", help="Log in JSON, one object a line.")] = False,
) -> None:
    """Serve the chat page and the API."""
    from qa import serving
    from qa.logs import log_config

    with reporting(json):
        settings = settings_of(
            home=home, host=host, port=port, workers=workers, least_confidence=least_confidence
        )
        # Without an index there is nothing to serve. What its files hold, the server looks at.
        workspace.open_generation(settings, check=False).close()
        serving.check_address(settings)
        os.environ.update(settings.as_environment())
        serving.serve(settings, log_config(as_json=json))


@app.command()
def status(home: Home = None, json: AsJson = False) -> None:
    """Show the archive and the index in figures."""
    with reporting(json):
        settings = settings_of(home=home)
        generation = workspace.open_generation(settings, _warn)
        encoders = settings.encoders_folder
        overview = workspace.overview(generation, settings.archive_file, encoders)
        if json:
            print(output.as_json(output.overview_data(overview)))
        else:
            output.print_overview(stdout(), overview)


def _warn(fallback: workspace.Fallback) -> None:
    output.print_fallback(Console(stderr=True), fallback)


def _build(settings: Settings, *, full: bool = False) -> BuildReport:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("Encoding", total=None, visible=False)

        def on_compile() -> None:
            console.print(f"Compiling the encoder {settings.model} (once).", style="dim")

        def on_slow(note: str) -> None:
            console.print(Text(note), style="yellow", soft_wrap=True)

        def on_progress(progress: BuildProgress) -> None:
            bar.update(task, completed=progress.done, total=progress.total, visible=True)

        def on_restart(restart: Restart) -> None:
            console.print(output.restart_text(restart), style="dim")

        return workspace.build_index(
            settings,
            full=full,
            on_compile=on_compile,
            on_slow=on_slow,
            on_restart=on_restart,
            on_progress=on_progress,
        )


def _kind(value: str | None) -> Any:
    if value is not None and value not in get_args(SourceKind):
        raise QuestionError("--kind", f"--kind is {value!r}; it can be {_KINDS}.")
    return value


def _name(field: str, value: str | None) -> str | None:
    try:
        (value or "").encode()
    except UnicodeEncodeError:  # bytes that are not UTF-8 arrive as half characters
        message = f"--{field} is not UTF-8 text."
        raise QuestionError(f"--{field}", message, "Type it again.") from None
    return value


def _date(field: str, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise QuestionError(
            f"--{field}", f"--{field} is {value!r}, which is no date.", "Write it as 2014-03-31."
        ) from None


if __name__ == "__main__":
    main()
