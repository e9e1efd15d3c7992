"""What ``blogqa doctor`` prints, for people and for programs."""

from __future__ import annotations

import json

import pytest

from qa import output, output_doctor
from qa.findings import Finding
from tests.paper import Paper

OK = Finding("a", "ok", "All is well.")
INFO = Finding("b", "info", "Good [to] know.")
WARNING = Finding("c", "warning", "Wants mending.", "Mend it.")
ERROR = Finding("d", "error", "Does not work: " + "/a/long/path" * 10, "Build it: blogqa build")


def test_the_worst_comes_first_with_what_to_do_about_it() -> None:
    paper = Paper()
    output_doctor.print_findings(paper.console, [OK, INFO, WARNING, ERROR, WARNING])
    assert paper.text.splitlines() == [
        f"✗ {ERROR.message}",
        "  Build it: blogqa build",
        "! Wants mending.",
        "  Mend it.",
        "! Wants mending.",
        "  Mend it.",
        "i Good [to] know.",
        "✓ All is well.",
        "1 error, 2 warnings",
    ]


@pytest.mark.parametrize(
    ("findings", "summary"),
    [
        ([], "No problem found."),
        ([OK, INFO], "No problem found."),
        ([OK, WARNING], "1 warning"),
        ([ERROR, ERROR], "2 errors"),
    ],
)
def test_problems_are_counted(findings: list[Finding], summary: str) -> None:
    paper = Paper()
    output_doctor.print_findings(paper.console, findings)
    assert paper.lines[-1] == summary


def test_findings_as_data_are_all_there_in_the_order_of_the_examination() -> None:
    data = output_doctor.findings_data([OK, WARNING])
    assert json.loads(output.as_json(data)) == [
        {"name": "a", "severity": "ok", "message": "All is well.", "remedy": ""},
        {"name": "c", "severity": "warning", "message": "Wants mending.", "remedy": "Mend it."},
    ]
