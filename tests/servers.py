"""A server in a process of its own, as tests wait for it."""

from __future__ import annotations

import re
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
