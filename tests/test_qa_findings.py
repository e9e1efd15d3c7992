"""Findings are gathered whatever stops the examination."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import IndexDamaged
from qa.findings import Finding, gather, problem

FIRST = Finding("first", "ok", "All is well.")
BROKEN = IndexDamaged("It is broken.", "Mend it.")


def test_an_error_is_a_finding() -> None:
    assert problem("x", "warning", BROKEN) == Finding("x", "warning", "It is broken.", "Mend it.")


def test_what_was_found_before_an_error_is_kept() -> None:
    def check() -> Iterator[Finding]:
        yield FIRST
        raise BROKEN

    assert gather("x", check) == [FIRST, Finding("x", "error", "It is broken.", "Mend it.")]


def test_a_disk_that_refuses_is_a_finding(tmp_path: Path) -> None:
    def check() -> Iterator[Finding]:
        yield Finding("x", "ok", (tmp_path / "none").read_text())

    message = f"{tmp_path}/none cannot be read: No such file or directory."
    remedy = "Mend its permissions, or the disk."
    assert gather("x", check) == [Finding("x", "error", message, remedy)]


def test_an_error_in_the_program_is_no_finding() -> None:
    def check() -> Iterator[Finding]:
        yield FIRST
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gather("x", check)


def test_bytes_that_are_no_text_are_written_out() -> None:
    found = gather("x", lambda: [Finding("x", "info", "a\udcffé", "b\udcff")])
    assert found == [Finding("x", "info", "a\\xffé", "b\\xff")]
