"""What an examination finds, as data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from corpus.errors import BlogqaError

Severity = Literal["ok", "info", "warning", "error"]
"""All is well; good to know; still works, but wants mending; something does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing; ``remedy`` says what to do, and is empty if nothing is.

    ``name`` says what was examined and stays the same between versions, for programs to test.
    """

    name: str
    severity: Severity
    message: str
    remedy: str = ""


def problem(name: str, severity: Severity, error: BlogqaError) -> Finding:
    """``error`` as a finding."""
    return Finding(name, severity, error.message, error.hint)


def gather(name: str, check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """All that ``check`` finds; where an error cuts it short, that is the last of it, by ``name``.

    Whoever examines the damaged must not fall over it.
    """
    found: list[Finding] = []
    try:
        found.extend(check())  # keeps what came before an error
    except BlogqaError as error:
        found.append(problem(name, "error", error))
    except OSError as error:
        message = f"{error.filename or 'A file'} cannot be read: {error.strerror or error}."
        found.append(Finding(name, "error", message, "Mend its permissions, or the disk."))
    return [_printable(each) for each in found]


def _printable(found: Finding) -> Finding:
    """``found`` with the bytes written out that are no UTF-8: a file's name may hold any."""
    message, remedy = (
        os.fsencode(text).decode(errors="backslashreplace")
        for text in (found.message, found.remedy)
    )
    return replace(found, message=message, remedy=remedy)
