"""What a comparison found, as a table for people, and beside what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.common import Times


@dataclass(frozen=True)
class Library:
    """A library in process: passages a second of its build, and its answers."""

    name: str
    passages_per_s: float
    answer: Times


@dataclass(frozen=True)
class Server:
    """A server, one client asking and then many; its memory after that."""

    one: Times
    many: Times
    many_per_s: float
    resident_mib: float


@dataclass(frozen=True)
class Comparison:
    """All that was measured. ``bare`` is blogqa's compiled encoder alone.

    ``others`` is the share of the processor that went to somebody else meanwhile: above a few
    percent, torch is slowed more than blogqa and the ratios flatter.
    """

    machine: str
    posts: str
    passages: int
    clients: int
    blogqa: Library
    bare: Library
    txtai: Library
    llamaindex: Library
    blogqa_server: Server
    txtai_server: Server
    blogqa_cold_s: float
    txtai_cold_s: float
    others: float


@dataclass(frozen=True)
class Figure:
    """A ratio, and what it should at least or, unless ``at_least``, at most be."""

    name: str
    ratio: float
    asked: float
    at_least: bool = False

    @property
    def reached(self) -> bool:
        """Whether the ratio is what was asked for."""
        return self.ratio >= self.asked if self.at_least else self.ratio <= self.asked


def figures(found: Comparison) -> list[Figure]:
    """The ratios that were asked for."""
    blogqa, txtai = found.blogqa, found.txtai
    ours, theirs = found.blogqa_server, found.txtai_server
    rate, many = blogqa.passages_per_s, f"{found.clients} clients"
    return [
        Figure("build, passages/s, to txtai", rate / txtai.passages_per_s, 4.5, at_least=True),
        Figure("build, passages/s, to bare", rate / found.bare.passages_per_s, 0.92, at_least=True),
        Figure("over HTTP, p50, to txtai", ours.one.p50 / theirs.one.p50, 1 / 4),
        Figure("over HTTP, p50, to bare", ours.one.p50 / found.bare.answer.p50, 2.5),
        Figure(
            f"{many}, answers/s, to txtai", ours.many_per_s / theirs.many_per_s, 6, at_least=True
        ),
        Figure(f"{many}, p99 to p50", ours.many.p99 / ours.many.p50, 4),
        Figure(
            "in process, p50, to LlamaIndex", blogqa.answer.p50 / found.llamaindex.answer.p50, 1 / 4
        ),
        Figure("server, resident, to txtai", ours.resident_mib / theirs.resident_mib, 0.4),
        Figure("cold answer, to txtai", found.blogqa_cold_s / found.txtai_cold_s, 1 / 6),
    ]


def as_text(found: Comparison) -> str:
    """Tables of what was measured and of the ratios asked for."""
    libraries = [found.blogqa, found.bare, found.txtai, found.llamaindex]
    ours, theirs = found.blogqa_server, found.txtai_server
    many = f"{found.clients} clients"
    lines = [
        f"machine: {found.machine}; others had {found.others:.0%} of it meanwhile",
        f"{found.passages} passages; posts: {found.posts} (all but own ones fill up to that size)",
        "",
        _row("", [each.name for each in libraries]),
        _row("build, passages/s", [each.passages_per_s for each in libraries]),
        _row("in process, p50, ms", [each.answer.p50 for each in libraries]),
        _row("in process, p95, ms", [each.answer.p95 for each in libraries]),
        _served("over HTTP, p50, ms", ours.one.p50, theirs.one.p50),
        _served("over HTTP, p95, ms", ours.one.p95, theirs.one.p95),
        _served(f"{many}, answers/s", ours.many_per_s, theirs.many_per_s),
        _served(f"{many}, p50, ms", ours.many.p50, theirs.many.p50),
        _served(f"{many}, p99, ms", ours.many.p99, theirs.many.p99),
        _served("server, resident, MiB", ours.resident_mib, theirs.resident_mib),
        _served("cold answer, s", found.blogqa_cold_s, found.txtai_cold_s),
        "",
        f"{'ratio':<34}{'found':>8}   asked",
    ]
    for figure in figures(found):
        bound = f"{'>=' if figure.at_least else '<='} {figure.asked:.2f}"
        verdict = "reached" if figure.reached else "missed"
        lines.append(f"{figure.name:<34}{figure.ratio:8.2f}   {bound:<9} {verdict}")
    return "\n".join(lines)


def as_data(found: Comparison) -> dict[str, Any]:
    """The same for programs."""
    ratios = [asdict(figure) | {"reached": figure.reached} for figure in figures(found)]
    return asdict(found) | {"figures": ratios}


def _served(name: str, ours: float, theirs: float) -> str:
    return _row(name, [ours, "", theirs, ""])


def _row(name: str, values: Sequence[float | str]) -> str:
    cells = [value if isinstance(value, str) else f"{value:.2f}" for value in values]
    return f"{name:<24}" + "".join(f"{cell:>20}" for cell in cells)
