"""What the commands about sources and posts print, for people or as data for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from corpus.errors import BlogqaError
from corpus.types import Block, Source
from qa.output import WIDTH, count, error_data, long_date, print_error
from qa.posts import PostDetails

if TYPE_CHECKING:
    from corpus.archive import PostSummary
    from corpus.intake import ImportReport

_SHOWN_ALIKE = 5
_FIGURES = ("new", "changed", "unchanged", "removed", "skipped")


def import_data(report: ImportReport) -> dict[str, Any]:
    """An import's report as data."""
    return asdict(report)


def failure_data(source: Source, error: BlogqaError) -> dict[str, Any]:
    """A source that could not be read, as data."""
    return {"source": asdict(source)} | error_data(error)


def summary_data(post: PostSummary) -> dict[str, Any]:
    """A post of a list as data."""
    return asdict(post)


def details_data(details: PostDetails) -> dict[str, Any]:
    """A post with all that is known of it as data."""
    post = details.post
    return {
        "id": post.id,
        "title": post.title,
        "author": post.author,
        "published": post.published,
        "updated": post.updated,
        "url": post.url,
        "tags": list(post.tags),
        "places": [{"source": source, "place": place} for source, place in details.places],
        "copies": list(details.copies),
        "text": post.text,
        "blocks": [asdict(block) for block in post.blocks],
        "passages": None
        if details.passages is None
        else [
            {
                "id": passage.id,
                "heading": list(passage.heading_path),
                "start": passage.start,
                "end": passage.end,
                "text": passage.text,
            }
            for passage in details.passages
        ],
    }


def print_imports(console: Console, reports: list[ImportReport]) -> None:
    """What imports changed, a row for each source, and what they left out and why."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("source", overflow="fold")
    table.add_column("kind")
    for name in _FIGURES:
        table.add_column(name, justify="right")
    for report in reports:
        numbers = [str(len(getattr(report, name))) for name in _FIGURES]
        table.add_row(Text(report.source.id), report.source.kind, *numbers)
    console.print(table)
    for report in reports:
        _print_skipped(console, report)
    if any(report.dry_run for report in reports):
        console.print("This was a dry run: nothing was changed.")
    elif not any(report.changed_anything for report in reports):
        console.print("Nothing changed.")


def print_failure(console: Console, source: Source, error: BlogqaError) -> None:
    """A source that could not be read; its posts are still there."""
    console.print(Text(f"{source.id} could not be read; its posts stay as they are.", "red"))
    print_error(console, error)


def print_forgotten(console: Console, report: ImportReport) -> None:
    """That a source was given up."""
    removed = count(len(report.removed), "post")
    console.print(Text(f"Gave up {report.source.id}: {removed} removed. Next: blogqa build"))


def print_sources(console: Console, sources: list[tuple[Source, int]]) -> None:
    """The sources as a table."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("name", "kind", "posts", "location"):
        table.add_column(name, justify="right" if name == "posts" else "left", overflow="fold")
    for source, posts in sources:
        table.add_row(Text(source.id), source.kind, str(posts), Text(source.location))
    console.print(table)


def print_summaries(console: Console, posts: list[PostSummary]) -> None:
    """Posts, two lines each: what they are, and the id to copy."""
    for post in posts:
        day = post.published.isoformat() if post.published else " " * 10
        line = Text(f"{day}  ", "dim")
        line.append(post.title, "not dim bold")
        about = (post.author, count(post.words, "word"))
        line.append("".join(f" · {each}" for each in about if each))
        console.print(line, soft_wrap=True)
        console.print(Text(f"{'':12}{post.id}", "dim"), soft_wrap=True)
    console.print(Text(count(len(posts), "post"), "dim"))


def print_details(console: Console, details: PostDetails) -> None:
    """A post: what is known of it, then its passages, or its text where there are none."""
    post = details.post
    console.print(Text(post.title, "bold"))
    rows = [
        ("author", post.author or ""),
        ("published", long_date(post.published)),
        ("updated", long_date(post.updated)),
        ("tags", ", ".join(post.tags)),
        ("address", post.url or ""),
        *(("found in", f"{source}, at {place}") for source, place in details.places),
        *(("nearly the same as", copy) for copy in details.copies),
    ]
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for name, value in rows:
        if value:
            table.add_row(Text(name, style="dim"), Text(value, overflow="fold"))
    console.print(table)
    if details.passages is None:
        console.print(Text("\nNot in the index yet: blogqa build", "dim"))
        previous = ""
        for block in post.blocks:
            gap = 0 if block.kind == previous and previous in {"item", "row"} else 1
            console.print(Padding(_block(block), (gap, 0, 0, 2)), width=WIDTH)
            previous = block.kind
        return
    for passage in details.passages:
        heading = " > ".join((f"Passage {passage.ordinal + 1}", *passage.heading_path))
        console.print(Text(f"\n{heading}", "dim"))
        console.print(Padding(Text(passage.text), (0, 0, 0, 2)), width=WIDTH)


def _print_skipped(console: Console, report: ImportReport) -> None:
    """What could not be read first, then each reason with the places that share it."""
    if not report.skipped:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(f"skipped of {report.source.id}", overflow="fold")
    table.add_column("because", overflow="fold")
    alike: dict[tuple[bool, str], list[str]] = {}
    for item in sorted(report.skipped, key=lambda item: not item.unreadable):
        alike.setdefault((item.unreadable, item.reason), []).append(item.place)
    for (unreadable, reason), places in alike.items():
        style = "red" if unreadable else ""
        for place in places[:_SHOWN_ALIKE]:
            table.add_row(Text(place, style), Text(reason, style))
        if len(places) > _SHOWN_ALIKE:
            more = f"and {len(places) - _SHOWN_ALIKE} more"
            table.add_row(Text(more, "dim"), Text(reason, "dim"))
    console.print()
    console.print(table)
    if any(len(places) > _SHOWN_ALIKE for places in alike.values()):
        console.print("(all of them with --json)", style="dim")


def _block(block: Block) -> Text:
    marker = f"{'  ' * (block.level - 1)}{block.marker} " if block.marker else ""
    return Text(marker + block.text, "bold" if block.kind == "heading" else "")
