"""One build at a time: who is refused, what they are told, and when the lock is free again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.errors import IndexBusy, IndexingError
from index.lock import build_lock, is_building
from tests.faults.limits import file_size_limit, public_folder, unchangeable

ROOT = Path(__file__).parent.parent
HINT = "Wait for it to end (or end that process), then run the command again."

HOLD = """
import sys
from pathlib import Path
from index.lock import build_lock, is_building
with build_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""

START = """
import sys
from pathlib import Path
from index.errors import IndexBusy
from index.lock import build_lock, is_building
print("ready", flush=True)
sys.stdin.readline()
try:
    with build_lock(Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.readline()
except IndexBusy as error:
    print(error.message, flush=True)
"""


def start(code: str, index: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(index)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@contextmanager
def holder(index: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    with start(HOLD, index) as process:
        try:
            assert line(process) == "held"
            yield process
        finally:
            process.kill()


def same(link: Path, path: Path) -> bool:
    return link.exists() and link.samefile(path)


def about(index: Path) -> dict[str, object]:
    values: dict[str, object] = json.loads((index / ".lock").read_text())
    return values


def refusal(index: Path) -> IndexBusy:
    with pytest.raises(IndexBusy) as caught, build_lock(index):
        pytest.fail("two at once")
    return caught.value


def take(index: Path) -> None:
    with build_lock(index):
        assert about(index)["process"] == os.getpid()


def test_the_holder_says_who_it_is_and_clears_that_away(tmp_path: Path) -> None:
    index = tmp_path / "home" / "index"
    before = datetime.now(UTC).replace(microsecond=0)
    with build_lock(index):
        held = about(index)
        assert held.keys() == {"process", "host", "since"}
        assert (held["process"], held["host"]) == (os.getpid(), socket.gethostname())
        since = datetime.fromisoformat(str(held["since"]))
        assert since.utcoffset() == timedelta(0)
        assert before <= since <= datetime.now(UTC)
    assert [path.name for path in index.iterdir()] == [".lock"]
    assert (index / ".lock").read_bytes() == b""


def test_a_build_that_fails_lets_go(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), build_lock(tmp_path):
        raise ZeroDivisionError
    assert (tmp_path / ".lock").read_bytes() == b""
    take(tmp_path)


def test_while_another_process_builds_it_is_named(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        written = (tmp_path / ".lock").read_bytes()
        since = str(about(tmp_path)["since"])[11:19]
        error = refusal(tmp_path)
        assert error.message == (
            f"Another build is at work in {tmp_path}: process {process.pid} on "
            f"{socket.gethostname()}, since {since} UTC."
        )
        assert (error.hint, error.code) == (HINT, "index_busy")
        assert isinstance(error, IndexingError)
        # the one that was refused has neither taken the lock nor touched what it read
        assert (tmp_path / ".lock").read_bytes() == written
        assert refusal(tmp_path).message == error.message
        tell(process)
        process.communicate()
    take(tmp_path)


def test_a_thread_is_refused_like_a_process(tmp_path: Path) -> None:
    messages: list[str] = []
    with build_lock(tmp_path):
        thread = threading.Thread(target=lambda: messages.append(refusal(tmp_path).message))
        thread.start()
        thread.join()
        assert about(tmp_path)["process"] == os.getpid()
    assert [f": process {os.getpid()} on " in message for message in messages] == [True]


def test_two_indexes_do_not_hinder_each_other(tmp_path: Path) -> None:
    with holder(tmp_path / "one"):
        take(tmp_path / "two")


def test_a_killed_build_holds_nothing_whatever_it_wrote(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert about(tmp_path)["process"] == process.pid
    take(tmp_path)
    assert (tmp_path / ".lock").read_bytes() == b""


def test_what_a_killed_build_wrote_is_gone_whole_though_it_was_longer(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text(json.dumps({"process": 1, "host": "h" * 300, "since": "now"}))
    with build_lock(tmp_path):
        assert about(tmp_path)["host"] == socket.gethostname()


def test_of_many_that_start_at_once_one_builds(tmp_path: Path) -> None:
    processes = [start(START, tmp_path) for _ in range(4)]
    try:
        assert [line(process) for process in processes] == ["ready"] * 4
        for process in processes:
            tell(process)
        said = [line(process) for process in processes]
        assert said.count("held") == 1
        # one may be refused before the first has written who it is
        refused = [each for each in said if each != "held"]
        assert all(each.startswith(f"Another build is at work in {tmp_path}") for each in refused)
        pid = processes[said.index("held")].pid
        assert f": process {pid} on " in refusal(tmp_path).message
    finally:
        for process in processes:
            process.communicate()
    take(tmp_path)


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b'{"process": 12',
        b'{"process": 12, "host": "box"}',
        b'{"process": "12", "host": "box", "since": "2026-03-02T12:03:11+00:00"}',
        b'{"process": 12, "host": "box", "since": "today"}',
        b'{"process": 12, "host": "box", "since": "0001-01-01T00:00:00+12:00"}',
        b'["process"]',
        b"\xff\xfe\x00",
        bytes(64),
        b"[" * 5000,
    ],
)
def test_a_holder_that_cannot_be_read_is_not_named(tmp_path: Path, written: bytes) -> None:
    with build_lock(tmp_path):
        (tmp_path / ".lock").write_bytes(written)
        error = refusal(tmp_path)
    assert error.message == f"Another build is at work in {tmp_path}."
    assert error.hint == HINT


@pytest.mark.parametrize(
    ("since", "shown"),
    [
        ("2026-03-02T12:03:11+00:00", "2026-03-02 12:03:11"),
        ("2026-03-02T00:30:00+01:00", "2026-03-01 23:30:00"),
    ],
)
def test_another_day_is_named_in_utc(tmp_path: Path, since: str, shown: str) -> None:
    with build_lock(tmp_path):
        (tmp_path / ".lock").write_text(json.dumps({"process": 12, "host": "box", "since": since}))
        assert refusal(tmp_path).message == (
            f"Another build is at work in {tmp_path}: process 12 on box, since {shown} UTC."
        )


FORKS = """
import os, sys, time
from pathlib import Path
from index.lock import build_lock, is_building
with build_lock(Path(sys.argv[1])):
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        time.sleep(60)
    sys.stdin.read()
"""

STARTS_A_PROGRAM = """
import subprocess, sys
from pathlib import Path
from index.lock import build_lock, is_building
with build_lock(Path(sys.argv[1])):
    child = subprocess.Popen(["sleep", "60"], close_fds=False)
    print(child.pid, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("code", [FORKS, STARTS_A_PROGRAM], ids=["fork", "program"])
def test_a_child_that_outlives_a_killed_build_does_not_hold_on_to_the_lock(
    tmp_path: Path, code: str
) -> None:
    with start(code, tmp_path) as process:
        child = int(line(process))
        try:
            assert f"process {process.pid} on " in refusal(tmp_path).message
            process.kill()
            process.wait()
            os.kill(child, 0)  # it is alive
            take(tmp_path)
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_copy_of_the_descriptor_does_not_hold_on_to_the_lock(tmp_path: Path) -> None:
    # as a program has one for the moment between its fork and its exec
    path = tmp_path / ".lock"
    with build_lock(tmp_path):
        opened = [each for each in Path("/proc/self/fd").iterdir() if same(each, path)]
        assert len(opened) == 1
        copy = os.dup(int(opened[0].name))
    take(tmp_path)
    os.close(copy)


FORK_THAT_ENDS = """
import os, sys
from pathlib import Path
from index.lock import build_lock, is_building
with build_lock(Path(sys.argv[1])):
    if os.fork() == 0:
        sys.exit()
    print("held", os.wait()[1], flush=True)
    sys.stdin.read()
"""


def test_a_fork_that_ends_does_not_let_go_of_the_lock(tmp_path: Path) -> None:
    with start(FORK_THAT_ENDS, tmp_path) as process:
        assert line(process) == "held 0"
        assert f"process {process.pid} on " in refusal(tmp_path).message
        process.communicate()
    assert process.returncode == 0
    take(tmp_path)


def test_a_disk_that_refuses_says_so(tmp_path: Path) -> None:
    with public_folder() as index:
        take(index)
        with unchangeable(index), pytest.raises(OSError), build_lock(index):  # noqa: PT011
            pytest.fail("nothing can be written")
        take(index)
    with file_size_limit(0), pytest.raises(OSError, match="File too large"), build_lock(tmp_path):
        pytest.fail("nothing can be written")
    assert (tmp_path / ".lock").read_bytes() == b""
    take(tmp_path)


def test_a_file_where_the_index_should_be(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("mine")
    with pytest.raises(FileExistsError), build_lock(tmp_path / "index"):
        pytest.fail("there is no folder")
    assert (tmp_path / "index").read_text() == "mine"


def test_refusals_leave_no_file_open(tmp_path: Path) -> None:
    with build_lock(tmp_path):
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(20):
            refusal(tmp_path)
        assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_build_tells_that_it_is_under_way(tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert not is_building(index)
    with build_lock(index):
        assert is_building(index)
    assert not is_building(index)


@pytest.mark.parametrize(
    ("about", "building"),
    [
        ({"process": 2**22 + 1, "host": socket.gethostname()}, False),
        ({"process": 2**70, "host": socket.gethostname()}, False),
        ({"process": 2**22 + 1, "host": "elsewhere"}, True),
        ({"process": 1, "host": socket.gethostname()}, True),
        ({"process": "1"}, False),
        ([], False),
    ],
)
def test_a_build_that_was_killed_is_not_under_way(
    tmp_path: Path, about: object, building: bool
) -> None:
    (tmp_path / ".lock").write_text(json.dumps(about))
    assert is_building(tmp_path) is building
