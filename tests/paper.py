"""A console to print on in tests."""

from __future__ import annotations

import io

from rich.console import Console


class Paper:
    """A console that keeps what is printed, without a terminal's colours unless asked for."""

    def __init__(self, *, colours: bool = False, width: int = 80) -> None:
        self._file = io.StringIO()
        self.console = Console(
            file=self._file, width=width, highlight=False, force_terminal=colours, no_color=False
        )

    @property
    def text(self) -> str:
        return self._file.getvalue()

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.text.splitlines() if line.strip()]
