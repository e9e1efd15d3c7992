"""The documentation says what the program does, and nothing that it doesn't."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from qa.cli import app as command_line
from qa.settings import PREFIX, Settings, table
from tests import reference
from web.app import create_app
from web.state import ServerState

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands() -> set[str]:
    group = typer.main.get_command(command_line)
    assert isinstance(group, typer.core.TyperGroup)
    return set(group.commands)


def test_the_reference_is_what_the_program_says() -> None:
    assert reference.FILE.read_text() == reference.reference(), "stale: run make docs"


def test_the_reference_names_every_command_setting_and_route() -> None:
    text = reference.FILE.read_text()
    paths = create_app(ServerState(Settings())).openapi()["paths"]
    assert len(paths) == 12
    wanted = [f"`blogqa {name} " for name in commands()]
    wanted += [f"`{PREFIX}{each.name.upper()}`" for each in table()]
    wanted += [f" {path}`" for path in paths]
    assert [each for each in wanted if each not in text] == []


def test_every_command_named_in_the_documentation_exists() -> None:
    named = {
        match[1]
        for page in PAGES
        for match in re.finditer(r"(?:^|`)blogqa ([a-z]+)", page.read_text(), re.MULTILINE)
    }
    assert named >= {"import", "build", "update", "ask", "serve", "status"}
    assert named <= commands()


def test_every_make_target_named_in_the_documentation_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        match[1]
        for page in PAGES
        for match in re.finditer(r"(?:^|`)make ([a-z-]+)", page.read_text(), re.MULTILINE)
    }
    assert named >= {"demo", "test", "check", "bench"}
    assert named <= targets


def test_every_file_named_in_the_documentation_exists() -> None:
    missing = []
    for page in PAGES:
        text = page.read_text()
        links = re.findall(r"\]\((?!https?:|#|http)([^)#]+)", text)
        missing += [(page.name, link) for link in links if not (page.parent / link).exists()]
        paths = re.findall(r"`((?:corpus|index|qa|web|tests|bench|docs)/[\w./-]+\.\w+)`", text)
        missing += [(page.name, path) for path in paths if not (ROOT / path).exists()]
    assert missing == []
