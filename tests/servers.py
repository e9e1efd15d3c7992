"""Processes of their own, as tests start them and wait for them."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

START_LIMIT_S = 60


def address(server: subprocess.Popen[bytes], log: Path) -> str:
    """Where ``server``, which logs to ``log``, listens, as soon as it does; fails if it never."""
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end and server.poll() is None:
        if found := re.search(r"running on (http://127\.0\.0\.1:\d+)", log.read_text()):
            return found.group(1)
        time.sleep(0.05)
    pytest.fail(f"the server did not start; it said:\n{log.read_text()}")


def heed_interrupts() -> None:
    """For ``preexec_fn``: what a shell runs in the background ignores them, as do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
