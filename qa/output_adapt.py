"""What ``blogqa adapt`` prints, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from qa.output import count

if TYPE_CHECKING:
    from index.fitting import FitReport, FitStage

STAGES: dict[FitStage, str] = {
    "read": "Making questions of posts",
    "encode": "Asking the encoder in use",
    "train": "Training",
    "compare": "Asking the new one",
}
_KINDS = {
    "title": "titles",
    "heading": "headings",
    "question": "questions that authors ask",
    "sentence": "other sentences",
}


def fit_data(report: FitReport) -> dict[str, Any]:
    """A report as data: what was measured, and the folder of what was kept, or null."""
    return {"kept": report.model is not None} | asdict(report)


def print_fit(console: Console, report: FitReport) -> None:
    """Whether the new encoder is better, by what figures, and how it comes into use."""
    console.print(
        f"Learned from {count(report.learned_pairs, 'question')} made of the posts, in "
        f"{count(report.trained.steps, 'step')} and {report.seconds:.0f} s; judged by "
        f"{report.held_pairs} of {report.held_posts} posts that were held back.",
        soft_wrap=True,
    )
    if report.trained.best_step:
        console.print(_figures(report))
    console.print(_verdict(report), soft_wrap=True)
    if report.model is None:
        return
    seconds = report.passages / report.passages_per_second
    console.print("\nTo use it, write this into blogqa.toml and run blogqa build:\n")
    console.print(f"  model = {json.dumps(str(report.model))}\n", soft_wrap=True, markup=False)
    console.print(
        f"That build encodes all of about {count(report.passages, 'passage')} anew, which takes "
        f"about {_duration(seconds)} here. blogqa rollback returns to the index before.",
        style="dim",
        soft_wrap=True,
    )


def _figures(report: FitReport) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("mean reciprocal rank of the passage")
    for name in ("asked", "before", "after"):
        table.add_column(name, justify="right")
    for kind, name in _KINDS.items():
        if kind in report.kinds:
            own = report.kinds[kind]
            table.add_row(name, str(own.pairs), f"{own.before:.3f}", f"{own.after:.3f}")
    figures = (str(report.held_pairs), f"{report.before:.3f}", f"{report.after:.3f}")
    table.add_row(*(Text(each, "bold") for each in ("all", *figures)))
    return table


def _verdict(report: FitReport) -> Text:
    if not report.trained.best_step:
        return Text(f"Nothing was gained by training: {report.base} stays as it is.", "bold")
    gain = report.difference
    interval = f"{gain.mean:+.3f}, with 99% confidence {gain.low:+.3f} to {gain.high:+.3f}"
    if report.model is None:
        return Text(
            f"The difference is {interval}: no gain beyond chance, so the new encoder was not "
            f"kept. {report.base} stays as it is.",
            "bold",
        )
    return Text(
        f"The difference is {interval}: the new encoder was kept. These are questions in the "
        "posts' own words; how much it helps with people's questions only those can tell.",
        "bold",
    )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return count(max(1, round(seconds)), "second")
    return count(round(seconds / 60), "minute")
