"""What ``blogqa evaluate`` prints, for people or as data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from qa.bootstrap import Difference
from qa.floors import Sunk
from qa.measures import NAMES
from qa.output import count
from qa.run import BLOGQA, Run
from qa.summary import Row, Share, Summary, Versus

_COMPARED = ("nDCG@5", "nDCG@10")
_FIRST_COLUMN = 22
_SHORT = {name: name.replace("Success", "S").replace("recall", "R") for name in NAMES}


def evaluation_data(run: Run, summary: Summary) -> dict[str, Any]:
    """A run with its figures as data; what ``--save`` writes and ``--against`` reads."""
    return {
        "about": asdict(run.about),
        "summary": asdict(summary),
        "systems": run.systems,
        "outcomes": [asdict(each) for each in run.outcomes],
    }


def print_evaluation(console: Console, run: Run, summary: Summary) -> None:
    """How well each kind of question is answered, beside what else, and what the answers are."""
    about = run.about
    holds = f"{count(about.posts, 'post')}, {count(about.passages, 'passage')}"
    questions = count(len(run.outcomes), "question")
    console.print(Text(f"{about.set}: {questions} over {holds}, {about.model}"), style="bold")
    for kind in dict.fromkeys(row.kind for row in summary.rows):
        console.print()
        console.print(_table(kind, [row for row in summary.rows if row.kind == kind]))
        if versus := [each for each in summary.versus if each.kind == kind]:
            console.print()
            console.print(_differences(versus))
    if summary.versus:
        line = "95% intervals of the paired bootstrap; bold where they leave 0 out"
        console.print(line, style="dim")
    console.print()
    console.print(_rest(summary))


def print_sunk(console: Console, sunk: Iterable[Sunk]) -> None:
    """The figures that are below their floors."""
    for each in sunk:
        line = f"Below its floor: {each.name} is {each.found:.4f}, pinned at {each.floor:.4f}."
        console.print(Text(line), style="red", soft_wrap=True)


def signed(value: float) -> str:
    """``value`` with its sign, without the zero before the point: "+.042"."""
    return f"{value:+.3f}".replace("0.", ".", 1)


def plain(value: float) -> str:
    """``value`` from 0 to 1 as tables have it: ".567"."""
    return f"{value:.3f}".removeprefix("0")


def percent(share: Share) -> str:
    """``share`` in whole percent; neither none nor all unless it is."""
    whole = round(100 * share.share)
    if 0 < share.count < share.of:
        whole = min(max(whole, 1), 99)
    return f"{whole}%"


def _table(kind: str, rows: Sequence[Row]) -> Table:
    table = _quiet_table()
    table.add_column(f"{kind}, {rows[0].questions}", min_width=_FIRST_COLUMN, no_wrap=True)
    for name in NAMES:
        table.add_column(_SHORT[name], justify="right", no_wrap=True)
    for row in rows:
        cells = (plain(row.values[name].mean) for name in NAMES)
        table.add_row(row.system, *cells, style="bold" if row.system == BLOGQA else "")
    return table


def _differences(versus: Iterable[Versus]) -> Table:
    table = _quiet_table()
    table.add_column("blogqa is better than", min_width=_FIRST_COLUMN, no_wrap=True)
    for name in _COMPARED:
        table.add_column(f"by {name}", no_wrap=True)
    table.add_column("for/against", justify="right", no_wrap=True)
    for each in versus:
        cells = (_difference(each.differences[name]) for name in _COMPARED)
        first = each.differences[_COMPARED[0]]
        table.add_row(each.other, *cells, f"{first.wins}/{first.losses}")
    return table


def _difference(found: Difference) -> Text:
    mean, low, high = (signed(each) for each in astuple(found.interval))
    return Text(mean, "bold" if found.is_clear else "").append(f" {low} {high}", "dim")


def _rest(summary: Summary) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    if summary.roc_area is not None:
        table.add_row(plain(summary.roc_area), "covered or not, area under ROC")
    for each in summary.shares:
        table.add_row(percent(each), Text(f"{each.name} ({each.count} of {each.of})"))
    times = summary.times
    ratio = times.p50 / times.encoder_p50
    encoder = f"{ratio:.1f} times the bare encoder"
    table.add_row(f"{times.p50:.1f} ms", f"for a question in process, p50; {encoder}")
    table.add_row(f"{times.p95:.1f} ms", "p95")
    return table


def _quiet_table() -> Table:
    return Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
