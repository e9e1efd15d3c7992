"""Real `blogqa` processes: commands that can be killed at any moment, and a server."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from qa.settings import Settings
from tests.faults.forked import PRELOADED, run_command
from tests.servers import address

ROOT = Path(__file__).parent.parent.parent
SWAP_LIMIT_S = 2
QUESTION = "what hums in the office?"

# Commands are forked from a process that has imported all they use. That process itself runs
# nothing, so what a command does is its own, and a kill is of it alone.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(PRELOADED)


@dataclass(frozen=True)
class Ended:
    """What is left of a command: its exit code (minus the signal), and what it said."""

    code: int | None
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """What it said, for a command with ``--json`` that went well."""
        assert self.code == 0, self
        data: dict[str, Any] = json.loads(self.out)
        return data


class Command:
    """A `blogqa` command at work in a home."""

    def __init__(self, settings: Settings, *arguments: str) -> None:
        self._said = settings.home.parent
        self._process = _FORKS.Process(
            target=run_command, args=([*arguments, "--home", str(settings.home)], self._said)
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self._process.pid is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()

    def wait(self) -> Ended:
        """What is left of it once it has ended."""
        self._process.join(60)
        process = self._process
        said = [self._said / f"{self.pid}.{name}" for name in ("out", "err")]
        ended = Ended(process.exitcode, *(_content(path) for path in said))
        for path in said:
            path.unlink(missing_ok=True)
        process.close()
        return ended


def run(settings: Settings, *arguments: str) -> Ended:
    """Run a command to its end."""
    return Command(settings, *arguments).wait()


def ask(settings: Settings) -> dict[str, Any]:
    """What a new `blogqa ask` answers."""
    return run(settings, "ask", QUESTION, "--json").data


def _content(path: Path) -> str:
    return path.read_text() if path.exists() else ""  # killed before it had anything to say


@dataclass(frozen=True)
class Server:
    """A `blogqa serve` that answers at ``url`` and logs to ``log``."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def ask(self) -> dict[str, Any]:
        """What it answers."""
        response = httpx.post(f"{self.url}/api/ask", json={"question": QUESTION}, timeout=20)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def health(self) -> dict[str, Any]:
        """What it says of itself."""
        health: dict[str, Any] = httpx.get(f"{self.url}/healthz", timeout=20).json()
        return health

    def answers_from(self, generation: str) -> bool:
        """Whether it answers from ``generation`` before it is too late."""
        return within(SWAP_LIMIT_S, lambda: self.health()["generation"] == generation)


def run_alone(settings: Settings, temporary: Path, *arguments: str) -> Ended:
    """Run a command that is not forked but started, with a folder for temporary files."""
    ended = subprocess.run(
        [sys.executable, "-m", "qa.cli", *arguments, "--home", str(settings.home)],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "1000", "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@contextmanager
def serving(settings: Settings, **environment: str) -> Iterator[Server]:
    """A server over a home, which has said nothing of a traceback when it ends."""
    log = settings.home.parent / "server.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "qa.cli", "serve"],
            cwd=ROOT,
            env=os.environ | settings.as_environment() | {"BLOGQA_PORT": "0"} | environment,
            stdout=errors,
            stderr=errors,
        )
    try:
        yield Server(process, address(process, log), log)
        assert process.poll() is None, log.read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
    assert "Traceback" not in log.read_text()


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether ``condition`` comes true before the time is up."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
