"""The command line: ``blogqa``."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.status import Status

from corpus.errors import BlogqaError
from corpus.types import SourceKind
from index.types import Filters
from qa import output, workspace
from qa.ask import ask, check_limit, check_question
from qa.errors import QuestionError, ServerError, SettingsError
from qa.settings import Settings, load_settings, table

if TYPE_CHECKING:
    from index.build import BuildReport
    from index.build import Progress as BuildProgress

_HELP = {each.name: str(each.metadata["help"]) for each in table()}
_KINDS = ", ".join(get_args(SourceKind))

Home = Annotated[Path | None, typer.Option(help=_HELP["home"])]
Model = Annotated[str | None, typer.Option(help=_HELP["model"])]
PassageTokens = Annotated[int | None, typer.Option(help=_HELP["passage_tokens"])]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]

app = typer.Typer(
    help="Ask a blog archive a question; get the passages that answer it, with links.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def main() -> None:
    """Run the command line."""
    app(prog_name="blogqa")


@app.command("import")
def import_(
    source: Annotated[Path, typer.Argument(help="A folder or file with posts.")],
    kind: Annotated[
        str | None, typer.Option(help=f"What it is, if it isn't recognised: {_KINDS}.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="The source's name; else its file's or folder's.")
    ] = None,
    home: Home = None,
    json: AsJson = False,
) -> None:
    """Take posts into the archive: new, changed, removed, skipped and why."""
    with _reporting(json):
        settings = _settings(home=home)
        with _waiting(f"Reading {source}"):
            report = workspace.import_source(settings, source, kind=_kind(kind), name=name)
        if json:
            print(output.as_json(output.import_data(report)))
        else:
            output.print_import(_console(), report)
            if report.changed_anything:
                _console().print("Next: blogqa build", style="dim")


@app.command()
def build(
    home: Home = None,
    model: Model = None,
    passage_tokens: PassageTokens = None,
    json: AsJson = False,
) -> None:
    """Make the index hold what the archive holds."""
    with _reporting(json):
        report = _build(_settings(home=home, model=model, passage_tokens=passage_tokens))
        if json:
            print(output.as_json(asdict(report)))
        else:
            output.print_build(_console(), report)


@app.command()
def update(
    home: Home = None,
    model: Model = None,
    passage_tokens: PassageTokens = None,
    json: AsJson = False,
) -> None:
    """Import all known sources again and build: the one command after new posts."""
    with _reporting(json):
        settings = _settings(home=home, model=model, passage_tokens=passage_tokens)
        with _waiting("Reading the sources"):
            imports = workspace.import_again(settings)
        report = _build(settings)
        if json:
            data = {
                "imports": [output.import_data(each) for each in imports],
                "build": asdict(report),
            }
            print(output.as_json(data))
        else:
            for each in imports:
                output.print_import(_console(), each)
            output.print_build(_console(), report)


@app.command("ask")
def ask_(
    question: Annotated[str, typer.Argument(help="The question, in your own words.")],
    limit: Annotated[int | None, typer.Option(help=_HELP["limit"])] = None,
    author: Annotated[str | None, typer.Option(help="Only posts by this author.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only posts with this tag.")] = None,
    after: Annotated[
        str | None, typer.Option(help="Only posts of this day or later, as 2014-03-01.")
    ] = None,
    before: Annotated[
        str | None, typer.Option(help="Only posts of this day or earlier, as 2014-03-31.")
    ] = None,
    least_similarity: Annotated[float | None, typer.Option(help=_HELP["least_similarity"])] = None,
    home: Home = None,
    json: AsJson = False,
) -> None:
    """Answer a question with the archive's own words."""
    with _reporting(json):
        check_question(question)
        settings = _settings(home=home, limit=limit, least_similarity=least_similarity)
        check_limit(settings.limit)
        filters = Filters(
            _name("author", author),
            _name("tag", tag),
            _date("after", after),
            _date("before", before),
        )
        searcher = workspace.open_searcher(settings)
        answer = ask(
            searcher,
            question,
            limit=settings.limit,
            filters=filters,
            least_similarity=settings.least_similarity,
        )
        if json:
            print(output.as_json(output.answer_data(answer)))
        else:
            output.print_answer(_console(), answer)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help=_HELP["host"])] = None,
    port: Annotated[int | None, typer.Option(help=_HELP["port"])] = None,
    least_similarity: Annotated[float | None, typer.Option(help=_HELP["least_similarity"])] = None,
    home: Home = None,
    json: Annotated[bool, typer.Option("--json", help="Log in JSON, one object a line.")] = False,
) -> None:
    """Serve the chat page and the API."""
    import uvicorn

    from qa.logs import log_config

    with _reporting(json):
        settings = _settings(home=home, host=host, port=port, least_similarity=least_similarity)
        workspace.open_generation(settings).close()  # without an index there is nothing to serve
        _check_address(settings)
        os.environ.update(settings.as_environment())
        uvicorn.run(
            "web.app:create_app",
            factory=True,
            host=settings.host,
            port=settings.port,
            log_config=log_config(as_json=json),
        )


@app.command()
def status(home: Home = None, json: AsJson = False) -> None:
    """Show the archive and the index in figures."""
    with _reporting(json):
        generation = workspace.open_generation(_settings(home=home))
        overview = workspace.overview(generation)
        if json:
            print(output.as_json(output.overview_data(overview)))
        else:
            output.print_overview(_console(), overview)


@contextmanager
def _reporting(json: bool) -> Iterator[None]:
    """Turn errors into a message and an exit code: 2 for wrong use, 1 for all else."""
    try:
        yield
    except BlogqaError as error:
        if json:
            print(output.as_json(output.error_data(error)))
        else:
            output.print_error(Console(stderr=True), error)
        wrong_use = isinstance(error, (QuestionError, SettingsError))
        raise typer.Exit(2 if wrong_use else 1) from error


def _settings(**flags: object) -> Settings:
    return load_settings(flags, os.environ, Path.cwd())


def _build(settings: Settings) -> BuildReport:
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

        def on_progress(progress: BuildProgress) -> None:
            bar.update(task, completed=progress.done, total=progress.total, visible=True)

        return workspace.build_index(settings, on_compile, on_progress)


def _waiting(what: str) -> Status:
    """Says on a terminal that something is under way."""
    return Console(stderr=True).status(escape(what))


def _console() -> Console:
    return Console(highlight=False)


def _check_address(settings: Settings) -> None:
    """Raise ServerError unless a server could listen where the settings say."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        reason = str(error.strerror).partition(" (while")[0]  # the address follows, said already
        raise ServerError(
            f"Nothing can listen on {settings.host}, port {settings.port}: {reason}.",
            "End what listens there, or choose another --host or --port.",
        ) from error


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
