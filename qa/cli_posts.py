"""The command ``blogqa posts``: what is in the archive."""

from __future__ import annotations

from typing import Annotated

import typer

from qa import output, output_archive, posts
from qa.terminal import AsJson, Home, reporting, settings_of, stdout

app = typer.Typer(help="List the posts of the archive, or show one of them.")


@app.callback(invoke_without_command=True)
def list_(
    context: typer.Context,
    source: Annotated[str | None, typer.Option(help="Only posts of this source.")] = None,
    author: Annotated[str | None, typer.Option(help="Only posts by this author.")] = None,
    home: Home = None,
    json: AsJson = False,
) -> None:
    """List the posts of the archive, the newest first."""
    if context.invoked_subcommand is not None:
        return
    with reporting(json):
        found = posts.list_posts(settings_of(home=home), source=source, author=author)
        if json:
            print(output.as_json([output_archive.summary_data(each) for each in found]))
        else:
            output_archive.print_summaries(stdout(), found)


@app.command()
def show(
    id: Annotated[str, typer.Argument(help="The post's id: see blogqa posts.")],
    home: Home = None,
    json: AsJson = False,
) -> None:
    """Show one post as it is archived, with its passages."""
    with reporting(json):
        details = posts.show_post(settings_of(home=home), id)
        if json:
            print(output.as_json(output_archive.details_data(details)))
        else:
            output_archive.print_details(stdout(), details)
