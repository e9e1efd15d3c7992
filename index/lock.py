"""One build at a time in an index; a second is told who is at it.

The lock is the kernel's (flock), so it goes with the process that holds it, however that ends. What
stands in the file is for people, and decides nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from index.errors import IndexBusy

_LOCK_FILE = ".lock"
_LONGEST_BYTES = 512  # of what a holder writes about itself; a host name has at most 64

_held: set[int] = set()  # the descriptors of the locks of this process


@contextmanager
def build_lock(index: Path, work: str = "build") -> Iterator[None]:
    """Within, nobody else builds in the folder ``index``, which is made if it is missing.

    Raises IndexBusy, naming the holder and the ``work``, if somebody does; OSError if the disk
    refuses.
    """
    index.mkdir(parents=True, exist_ok=True)
    owner = os.getpid()
    lock = os.open(index / _LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    _held.add(lock)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _busy(index, work, os.pread(lock, _LONGEST_BYTES, 0)) from error
        try:
            os.ftruncate(lock, 0)  # of a build that was killed
            os.pwrite(lock, _about_this_process(), 0)
            yield
        finally:
            if os.getpid() == owner:
                os.ftruncate(lock, 0)
                # Closing is not enough: a program just started may not have dropped its copy yet.
                fcntl.flock(lock, fcntl.LOCK_UN)
    finally:
        if os.getpid() == owner:
            _held.remove(lock)
            os.close(lock)


def is_building(index: Path) -> bool:
    """Whether a build is under way in ``index``, as far as that tells of itself.

    Its lock is not tried, which would keep one from starting.
    """
    try:
        match json.loads((index / _LOCK_FILE).read_bytes()):
            case {"process": int(process), "host": str(host)}:
                return host != socket.gethostname() or _is_alive(process)
            case _:
                return False
    except (OSError, ValueError):  # none was ever built here, or none is at work
        return False


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # there, and somebody else's
        return True
    return True


def _leave_to_the_parent() -> None:
    """Let go of the locks that a fork copied: a child that lives on would hold them on."""
    for lock in _held:
        os.close(lock)
    _held.clear()


os.register_at_fork(after_in_child=_leave_to_the_parent)


def _about_this_process() -> bytes:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    about = {"process": os.getpid(), "host": socket.gethostname(), "since": since}
    return (json.dumps(about) + "\n").encode()


def _busy(index: Path, work: str, about: bytes) -> IndexBusy:
    return IndexBusy(
        f"Another {work} is at work in {index}{_holder(about)}.",
        "Wait for it to end (or end that process), then run the command again.",
    )


def _holder(about: bytes) -> str:
    """Who wrote ``about``, as the end of a sentence; nothing if it is not whole yet."""
    try:
        match json.loads(about):
            case {"process": int(process), "host": str(host), "since": str(text)}:
                since = datetime.fromisoformat(text).astimezone(UTC)
            case _:
                return ""
    except (ValueError, OverflowError):  # no JSON, no text, no date, or a date before all dates
        return ""
    today = since.date() == datetime.now(UTC).date()
    when = since.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M:%S")
    return f": process {process} on {host}, since {when} UTC"
