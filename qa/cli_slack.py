"""The command ``blogqa slack``: the bot, its manifest, and what keeps it from working."""

from __future__ import annotations

import importlib
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from qa import output
from qa.errors import SettingsError
from qa.terminal import AsJson, Home, reporting, settings_of, stdout

app = typer.Typer()

Server = Annotated[
    str | None, typer.Option(help="The server's address; else that of the settings.")
]


@app.callback(invoke_without_command=True)
def slack(
    context: typer.Context,
    server: Server = None,
    home: Home = None,
    json: Annotated[bool, typer.Option("--json", help="Log in JSON, one object a line.")] = False,
) -> None:
    """Answer questions in Slack over Socket Mode, which needs no public address.

    Tokens come from SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or from files that SLACK_BOT_TOKEN_FILE
    and SLACK_APP_TOKEN_FILE name. Waits for the server (blogqa serve) to answer. New to it: begin
    with blogqa slack manifest; docs/slack.md goes on from there.
    """
    if context.invoked_subcommand is not None:
        return
    with reporting(json):
        _commands().run(settings_of(home=home), server, log_as_json=json)


@app.command()
def manifest(
    url: Annotated[
        str,
        typer.Option(help="The server's public address: for HTTP instead of Socket Mode."),
    ] = "",
    follow_threads: Annotated[
        bool,
        typer.Option("--follow-threads", help="With what follow-ups without a mention take."),
    ] = False,
) -> None:
    """Print the manifest to make the Slack app from: paste it at api.slack.com/apps.

    Then install the app, set its tokens, and run blogqa slack check.
    """
    with reporting(False):
        text = _commands().manifest_text(settings_of(), url, follow_threads=follow_threads)
        print(text, end="")
        if sys.stdout.isatty():
            told = Console(stderr=True)
            told.print("Paste this at api.slack.com/apps: Create New App, From a manifest, YAML.")
            told.print("Then install the app, set its tokens, and run blogqa slack check.")


@app.command()
def check(server: Server = None, json: AsJson = False) -> None:
    """Examine tokens, scopes and whom the bot reaches: what is amiss, and what mends it."""
    with reporting(json):
        found = _commands().checks(settings_of(), server)
        if json:
            print(output.as_json(found))
        else:
            for each in found:
                stdout().print(f"{'ok   ' if each['ok'] else 'amiss'} {each['name']}: ", end="")
                stdout().print(each["message"], markup=False, soft_wrap=True)
                if each["remedy"]:
                    stdout().print(f"      {each['remedy']}", markup=False, soft_wrap=True)
    if not all(each["ok"] for each in found):
        raise typer.Exit(1)


def _commands() -> Any:
    """The room to the right, by its name, as the server is; its libraries are an extra."""
    try:
        return importlib.import_module("web.slack.commands")
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"{error.name} is not installed.", "Run pip install 'blogqa[slack]'."
        ) from error
