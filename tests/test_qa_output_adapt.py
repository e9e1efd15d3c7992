"""What ``blogqa adapt`` says of what came of it."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console

from index.fitting import FitReport, KindFigures, Trained
from index.ranks import Difference
from qa.output_adapt import fit_data, print_fit

KEPT = FitReport(
    base="all-MiniLM-L6-v2",
    model=Path("/home/rep/.blogqa/models/adapted-0123456789ab"),
    posts=128,
    learned_pairs=1003,
    held_posts=32,
    held_pairs=391,
    trained=Trained(60, 45, {0: 0.8, 15: 0.82, 30: 0.83, 45: 0.85, 60: 0.84}),
    before=0.612,
    after=0.655,
    difference=Difference(0.043, 0.018, 0.069),
    kinds={"heading": KindFigures(99, 0.5, 0.5512), "title": KindFigures(32, 0.7, 0.75)},
    passages=862,
    passages_per_second=100.0,
    seconds=243.4,
)


def printed(report: FitReport) -> list[str]:
    console = Console(file=StringIO(), width=100)
    print_fit(console, report)
    file = console.file
    assert isinstance(file, StringIO)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_what_was_kept_comes_with_its_figures_its_cost_and_how_to_use_it() -> None:
    assert printed(KEPT) == [
        "Learned from 1003 questions made of the posts, in 60 steps and 243 s; judged by 391 of 32 "
        "posts that were held back.",
        "mean reciprocal rank of the passage  asked  before  after",
        "titles                                  32   0.700  0.750",
        "headings                                99   0.500  0.551",
        "all                                    391   0.612  0.655",
        "The difference is +0.043, with 99% confidence +0.018 to +0.069: the new encoder was kept. "
        "These are questions in the posts' own words; how much it helps with people's questions "
        "only those can tell.",
        "",
        "To use it, write this into blogqa.toml and run blogqa build:",
        "",
        '  model = "/home/rep/.blogqa/models/adapted-0123456789ab"',
        "",
        "That build encodes all of about 862 passages anew, which takes about 9 seconds here. "
        "blogqa rollback returns to the index before.",
    ]


def test_what_was_not_kept_is_said_and_nothing_is_to_do() -> None:
    lines = printed(replace(KEPT, model=None, difference=Difference(0.004, -0.012, 0.02)))
    assert lines[-1] == (
        "The difference is +0.004, with 99% confidence -0.012 to +0.020: no gain beyond chance, so "
        "the new encoder was not kept. all-MiniLM-L6-v2 stays as it is."
    )
    assert not any("blogqa.toml" in line for line in lines)


def test_training_that_gained_nothing_has_no_figures_to_compare() -> None:
    nothing = Trained(30, 0, {0: 0.8, 15: 0.7, 30: 0.7})
    assert printed(replace(KEPT, model=None, trained=nothing))[1:] == [
        "Nothing was gained by training: all-MiniLM-L6-v2 stays as it is."
    ]


def test_a_long_build_is_told_in_minutes() -> None:
    assert "takes about 3 minutes here" in printed(replace(KEPT, passages=18_000))[-1]
    assert "takes about 1 second here" in printed(replace(KEPT, passages=3))[-1]


def test_as_data_it_says_first_whether_it_was_kept() -> None:
    data = fit_data(KEPT)
    assert list(data)[:3] == ["kept", "base", "model"]
    assert data["kept"] is True
    assert data["difference"] == {"mean": 0.043, "low": 0.018, "high": 0.069}
    assert data["kinds"]["title"] == {"pairs": 32, "before": 0.7, "after": 0.75}
    assert fit_data(replace(KEPT, model=None))["kept"] is False
