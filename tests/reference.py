"""The reference in ``docs/reference.md``, made from the program itself: ``make docs`` writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from qa.cli import app as command_line
from qa.settings import PREFIX, Settings, table
from web.app import create_app
from web.state import ServerState

FILE = Path(__file__).parent.parent / "docs" / "reference.md"

_INTRODUCTION = """# Reference

Every command, setting and route. This page is made from the program (`make docs`), and a test fails
when it is stale.
"""


def reference() -> str:
    """The whole page."""
    parts = [_INTRODUCTION, *_commands(), *_settings(), *_routes()]
    return "\n".join(parts).rstrip() + "\n"


def _commands() -> Iterator[str]:
    group = typer.main.get_command(command_line)
    assert isinstance(group, typer.core.TyperGroup)
    yield "## Commands\n"
    yield (
        "Errors go to standard error, with what to do next; with `--json` they go to standard "
        "output, in the API's form (but for an option that doesn't exist). The exit code is 0 when "
        "all is well, 2 for wrong use (an option, a setting, an empty question, a broken date), "
        "1 for everything else.\n"
    )
    for name, command in _flat(group):
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        usage = " ".join([f"blogqa {name}", *(str(p.name).upper() for p in arguments), "[OPTIONS]"])
        yield f"### `{usage}`\n\n{command.help}\n"
        yield "| | |\n|---|---|"
        for parameter in command.params:
            shown = str(parameter.name).upper()
            if parameter.param_type_name == "option":
                shown = ", ".join(opt for opt in parameter.opts if opt.startswith("-"))
            yield f"| `{shown}` | {getattr(parameter, 'help', '')} |"
        yield ""


def _flat(group: typer.core.TyperGroup, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every command by its whole name; a group that works without a command of its own is one."""
    for name, command in group.commands.items():
        if not isinstance(command, typer.core.TyperGroup) or command.invoke_without_command:
            yield prefix + name, command
        if isinstance(command, typer.core.TyperGroup):
            yield from _flat(command, f"{prefix}{name} ")


def _settings() -> Iterator[str]:
    yield "## Settings\n"
    yield (
        "A flag beats the environment, the environment beats `blogqa.toml` in the working folder, "
        "and that beats the default. An unknown key is an error that lists the known ones.\n"
    )
    yield "| key in `blogqa.toml` | environment | default | what it is |\n|---|---|---|---|"
    for each in table():
        low, high = each.metadata["low"], each.metadata["high"]
        limits = "" if low is None else f" From {low} to {high}."
        default = list(each.default) if isinstance(each.default, tuple) else each.default
        yield (
            f"| `{each.name}` | `{PREFIX}{each.name.upper()}` | `{default}` "
            f"| {each.metadata['help']}{limits} |"
        )
    yield ""


def _routes() -> Iterator[str]:
    yield "## Routes\n"
    yield (
        "The server describes its API with schemas and examples at `/docs` (offline, too). Every "
        'failure has the body `{"error": {"code", "message", "hint"}}`.\n'
    )
    yield "| | | answers |\n|---|---|---|"
    schema = create_app(ServerState(Settings())).openapi()
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            about = re.sub(r"\s+", " ", operation.get("description", ""))
            statuses = ", ".join(operation["responses"])
            summary = operation["summary"]
            yield f"| `{method.upper()} {path}` | {summary}. {about} | {statuses} |"


if __name__ == "__main__":
    FILE.write_text(reference())
