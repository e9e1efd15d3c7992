"""Processes of their own, as tests start them and wait for them."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest
import uvicorn
from fastapi import FastAPI

START_LIMIT_S = 60
T = TypeVar("T")


def address(server: subprocess.Popen[bytes], log: Path) -> str:
    """Where ``server``, which logs to ``log``, listens, as soon as it does; fails if it never."""
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end and server.poll() is None:
        if found := re.search(r"running on (http://127\.0\.0\.1:\d+)", log.read_text()):
            return found.group(1)
        time.sleep(0.05)
    pytest.fail(f"the server did not start; it said:\n{log.read_text()}")


@contextmanager
def listening(
    app: FastAPI, *, lifespan: Literal["auto", "off"] = "auto", port: int = 0
) -> Iterator[str]:
    """Serves ``app`` from a thread of this process, over the loopback; gives the address."""
    listener = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan=lifespan))
    thread = threading.Thread(target=server.run, args=[[listener]], name="server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` gives, from a thread of its own: the browser's loop may run in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def heed_interrupts() -> None:
    """For ``preexec_fn``: what a shell runs in the background ignores them, as do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
