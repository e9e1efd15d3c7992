"""The lines of files with judged questions, and what must stand in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from qa.conversation import MOST_TURNS
from qa.errors import JudgmentsError

HIGHEST_GRADE = 10


def lines_of(file: Path) -> Iterator[tuple[int, str]]:
    """The lines of ``file`` that hold anything, numbered from 1; only line feeds end one."""
    try:
        with file.open(encoding="utf-8-sig", newline="\n") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise JudgmentsError(
            f"{file} cannot be read: {reason}.", "Mend it, or name another set."
        ) from error


def json_lines(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file with one on each line, with the lines' numbers."""
    for number, line in lines_of(file):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise broken(file, number, f"it is no JSON ({error})") from error
        if not isinstance(row, dict):
            raise broken(file, number, "it is no JSON object")
        yield number, row


def text_of(row: Mapping[str, Any], key: str, file: Path, number: int) -> str:
    """The text under ``key``, which must be there and not be blank."""
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise broken(file, number, f"{key!r} is {value!r}; a text is wanted")
    return value


def optional_text(row: Mapping[str, Any], key: str, file: Path, number: int) -> str | None:
    """The text under ``key``; None if there is no such key."""
    return None if row.get(key) is None else text_of(row, key, file, number)


def strings_of(row: Mapping[str, Any], key: str, file: Path, number: int) -> tuple[str, ...]:
    """The list of texts under ``key``; none if there is no such key."""
    values = row.get(key) or []
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise broken(file, number, f"{key!r} is {values!r}; a list of texts is wanted")
    return tuple(values)


def history_of(row: Mapping[str, Any], file: Path, number: int) -> tuple[str, ...]:
    """The questions before this one, oldest first."""
    history = strings_of(row, "history", file, number)
    if len(history) > MOST_TURNS:
        reason = f"its history has {len(history)} turns; at most {MOST_TURNS} are looked at"
        raise broken(file, number, reason, "Leave the oldest out.")
    return history


def as_grade(text: str, file: Path, number: int) -> int:
    """The grade in ``text``: a whole number; none or less says that the post doesn't help."""
    try:
        grade = int(text)
    except ValueError:
        grade = HIGHEST_GRADE + 1
    if grade > HIGHEST_GRADE:
        raise broken(
            file, number, f"the grade is {text!r}; a whole number up to {HIGHEST_GRADE} is wanted"
        )
    return grade


def broken(file: Path, number: int, reason: str, hint: str = "Mend the line.") -> JudgmentsError:
    """The error that says so."""
    return JudgmentsError(f"{file}, line {number}: {reason}.", hint)
