"""What the commands about generations print for people."""

from __future__ import annotations

from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from index.generations import GenerationRecord
from qa.output import count


def print_generations(console: Console, generations: list[GenerationRecord]) -> None:
    """The generations as a table, a star before the one in use; then what is wrong."""
    # narrow enough for a terminal of 80 columns; the hour is in the name
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", no_wrap=True)
    for name in ("generation", "built"):
        table.add_column(name, no_wrap=True)
    for name in ("posts", "passages", "size"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("encoder", overflow="fold")
    for each in generations:
        known = each.problem is None
        table.add_row(
            "*" if each.is_current else "",
            Text(each.name, "" if known else "red"),
            each.built_at[:10],
            str(each.posts) if known else "?",
            str(each.passages) if known else "?",
            decimal(each.size_bytes),
            Text(each.model),
        )
    console.print(table)
    for each in generations:
        if each.problem is not None:
            console.print(Text(f"{each.name}: {each.problem}", "red"), soft_wrap=True)
    if any(each.is_current for each in generations):
        console.print("* in use", style="dim")
    else:
        console.print("None of them is in use. Choose one: blogqa rollback", style="red")


def print_rollback(console: Console, generation: GenerationRecord) -> None:
    """Which generation answers now, and what ends that."""
    holds = f"{count(generation.posts, 'post')}, {count(generation.passages, 'passage')}"
    built = generation.built_at[:16].replace("T", " ")
    console.print(
        Text(f"{generation.name} answers now: {holds}, built {built} UTC."), soft_wrap=True
    )
    console.print(
        "The next blogqa build or blogqa update makes a new one from the archive as it is.",
        style="dim",
        soft_wrap=True,
    )
