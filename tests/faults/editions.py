"""An archive whose posts all name their edition, so that it shows what an answer was made from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx

from index.current import current_name
from qa.imports import import_source
from qa.settings import Settings
from tests.faults.commands import QUESTION, run

MACHINES = (
    *("printer", "fridge", "lamp", "fan", "heater", "radio"),
    *("clock", "copier", "scanner", "kettle", "plotter", "shredder"),
)
POSTS = len(MACHINES)
SAME = 4
"""How many posts are the same in every edition, whose vectors are taken over."""


@dataclass
class Editions:
    """A home and its source; ``published`` has the edition of each generation built so far."""

    settings: Settings
    published: dict[str, int] = field(default_factory=dict)
    written: int = 0

    def __post_init__(self) -> None:
        self._posts = self.settings.home.parent / "posts"
        self._posts.mkdir()
        self.write()
        for number in range(SAME):
            text = f"Ring the depot of district {number} back before noon.\n"
            (self._posts / f"same-{number}.md").write_text(text)
        import_source(self.settings, self._posts)

    def write(self) -> None:
        """Write the next edition of all posts but those that are the same."""
        self.written += 1
        edition = f"edition {self.written}"
        for number in range(POSTS):
            (self._posts / f"{number}.md").write_text(
                f"---\ntitle: Office {number}, {edition}\n---\n"
                f"In {edition} the {MACHINES[number]} of office {number} hums all day. "
                f"The clerk there, says {edition}, oils it.\n"
            )

    def update(self, command: str = "update") -> dict[str, Any]:
        """Have the edition written last published; gives the build's report."""
        said = run(self.settings, command, "--json").data
        report: dict[str, Any] = said["build"] if command == "update" else said
        assert report["posts"] == report["passages"] == POSTS + SAME
        assert report["embedded"] + report["reused"] == POSTS + SAME
        self.published[report["generation"]] = self.written
        return report

    @property
    def current(self) -> str:
        """The name of the generation in use."""
        return current_name(self.settings.index_folder)

    def names(self, index: int) -> Path:
        """The folder of the generation at ``index`` among those there are, oldest first."""
        return sorted((self.settings.index_folder / "generations").iterdir())[index]


def edition_of(answer: dict[str, Any]) -> int:
    """The one edition that a whole answer was made from."""
    assert answer["status"] == "answered"
    assert len(answer["passages"]) == Settings().limit
    editions = set(re.findall(r"edition (\d+)", json.dumps(answer)))
    assert len(editions) == 1, answer
    return int(editions.pop())


def listing(home: Path) -> list[str]:
    """Every file of a home; generations go by their age, segments of terms by none of their names.

    The encoders are the same for all tests, and what a server keeps of questions is no part of an
    index: both are left out.
    """
    names = sorted(path.name for path in (home / "index" / "generations").glob("[!.]*"))
    found = []
    for path in home.rglob("*"):
        parts = list(path.relative_to(home).parts)
        if parts[:2] == ["index", "generations"] and len(parts) > 2 and parts[2] in names:
            parts[2] = str(names.index(parts[2]))
            parts[-1] = re.sub("^[0-9a-f]{32}", "SEGMENT", parts[-1])
        if parts[0] != "encoders" and not parts[0].startswith("questions.sqlite"):
            found.append("/".join(parts))
    return sorted(found)


@contextmanager
def asked_without_pause(
    url: str, clients: int, pause_s: float = 0, back: int = 0
) -> Iterator[list[tuple[str, int]]]:
    """Within, so many clients ask a server; gives the generation and edition of every answer.

    Each keeps one connection. Fails at the end if a question did, or if the answers to a client
    went ``back`` to an older generation more often, or less, than that.
    """
    ended = Event()
    answers: list[tuple[str, int]] = []
    failures: list[str] = []

    def ask_on() -> None:
        own: list[str] = []
        try:
            with httpx.Client(base_url=url, timeout=20) as client:
                over = False
                while not over:
                    over = ended.wait(pause_s)  # a last question is asked after all that happened
                    response = client.post("/api/ask", json={"question": QUESTION})
                    assert response.status_code == 200, response.text
                    answer = response.json()
                    answers.append((answer["generation"], edition_of(answer)))
                    own.append(answer["generation"])
            assert sum(after < before for before, after in pairwise(own)) == back, own
        except (AssertionError, httpx.HTTPError) as error:
            failures.append(repr(error))

    threads = [Thread(target=ask_on) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert not failures
