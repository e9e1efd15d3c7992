"""What ``blogqa doctor`` prints, for people or as data for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from qa.findings import Finding, Severity
from qa.output import count

# the worst first; with the mark that stands before a finding where there is no colour, too
_MARKS: dict[Severity, tuple[str, str]] = {
    "error": ("✗", "red"),
    "warning": ("!", "yellow"),
    "info": ("i", "blue"),
    "ok": ("✓", "green"),
}


def findings_data(findings: list[Finding]) -> list[dict[str, Any]]:
    """Findings as data, in the order of the examination."""
    return [asdict(each) for each in findings]


def print_findings(console: Console, findings: list[Finding]) -> None:
    """A line for each finding, the worst first, with what to do about it; then how many are bad."""
    for severity, (mark, style) in _MARKS.items():
        for each in findings:
            if each.severity != severity:
                continue
            line = Text(f"{mark} ", style)
            line.append(each.message, "" if severity in {"error", "warning"} else "dim")
            console.print(line, soft_wrap=True)
            if each.remedy:
                console.print(Text(f"  {each.remedy}"), soft_wrap=True)
    console.print(Text(_summary(findings), "bold"))


def _summary(findings: list[Finding]) -> str:
    bad: tuple[Severity, ...] = ("error", "warning")
    numbers = [(sum(each.severity == kind for each in findings), kind) for kind in bad]
    return ", ".join(count(*each) for each in numbers if each[0]) or "No problem found."
