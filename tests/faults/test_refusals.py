"""A home that cannot be written, or that somebody else writes, still answers."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from qa.settings import Settings
from tests.faults.commands import QUESTION, Command, ask, run, run_alone, serving, within
from tests.faults.editions import Editions, asked_without_pause, edition_of, listing
from tests.faults.limits import filled, read_only, small_disk
from tests.faults.repetitions import ALL

LEFT_OVER = {"index/.current"}
"""What a stopped build may leave beside a journal; the next one takes or removes it."""

FULL_DISKS = [
    (0, "archive {home}/archive.sqlite could not be written: database or disk is full."),
    (49_152, "index could not be written to {home}/index: No space left on device."),
]


def test_two_builds_at_once(settings: Settings) -> None:
    editions = Editions(settings)
    editions.update("build")
    editions.write()
    lock = settings.index_folder / ".lock"
    first = Command(settings, "update", "--json")
    assert within(20, lambda: lock.read_bytes().endswith(b"\n"))
    os.kill(first.pid, signal.SIGSTOP)  # as long as it takes a second one to come by
    try:
        for command in ("build", "rollback"):
            second = run(settings, command)
            assert (second.code, second.out) == (1, "")
            assert second.err.startswith(
                f"Error: Another build is at work in {settings.index_folder}: "
                f"process {first.pid} on {socket.gethostname()}, since "
            )
            assert second.err.endswith(
                " UTC.\nWait for it to end (or end that process), then run the command again.\n"
            )
        assert edition_of(ask(settings)) == 1
    finally:
        os.kill(first.pid, signal.SIGCONT)
    generation = first.wait().data["build"]["generation"]
    answer = ask(settings)
    assert (answer["generation"], edition_of(answer)) == (generation, 2)


@contextmanager
def home_on(disk: Path, folder: Path) -> Iterator[Settings]:
    """Settings for a home on ``disk``, in a ``folder`` that isn't; skips where none is mounted."""
    if not os.path.ismount(disk):
        pytest.skip("no disk can be mounted here, and a limit would not bind other processes")
    home = folder / "home"
    (disk / "home").mkdir()
    home.symlink_to(disk / "home")
    yield replace(Settings(), home=home)


@pytest.mark.parametrize(("free_bytes", "problem"), FULL_DISKS if ALL else FULL_DISKS[1:])
def test_a_disk_full_during_an_update_while_a_server_answers(
    encoders: Path, tmp_path: Path, free_bytes: int, problem: str
) -> None:
    with small_disk() as disk, home_on(disk, tmp_path) as settings:
        (settings.home / "encoders").symlink_to(encoders)
        editions = Editions(settings)
        editions.update("build")
        editions.write()
        before = set(listing(settings.home))
        with (
            # questions that are kept would take up what is left
            serving(settings, BLOGQA_KEEP_QUESTIONS_DAYS="0") as server,
            asked_without_pause(server.url, 1, 0.05) as answers,
        ):
            with filled(disk, free_bytes):
                ended = run(settings, "update")
                assert (ended.code, ended.out) == (1, "")
                assert ended.err.startswith(f"Error: The {problem.format(home=settings.home)}\n")
                assert ended.err.count("\n") == 2
                assert edition_of(server.ask()) == edition_of(ask(settings)) == 1
            left = set(listing(settings.home)) - before
            assert {name for name in left if not name.endswith(".vectors")} <= LEFT_OVER
            report = editions.update()
            assert server.answers_from(report["generation"])
            assert edition_of(server.ask()) == 2
        assert all(edition == editions.published[name] for name, edition in answers)


def test_a_home_on_a_disk_that_is_read_only(encoders: Path, tmp_path: Path) -> None:
    with small_disk(500) as disk, home_on(disk, tmp_path) as settings:
        shutil.copytree(encoders, settings.home / "encoders")
        editions = Editions(settings)
        editions.update("build")
        editions.write()
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        before = listing(settings.home)
        with read_only(disk):
            ended = run_alone(settings, temporary, "ask", QUESTION, "--json")
            assert (ended.err, edition_of(ended.data)) == ("", 1)
            with serving(settings, TMPDIR=str(temporary)) as server:
                assert server.health()["status"] == "ok"
                assert edition_of(server.ask()) == 1
            for command, problem in (
                ("build", f"index could not be written to {settings.index_folder}: Read-only file"),
                ("update", f"archive {settings.archive_file} could not be written: attempt to wr"),
            ):
                ended = run(settings, command)
                assert (ended.code, ended.out) == (1, "")
                assert ended.err.startswith(f"Error: The {problem}")
                assert ended.err.count("\n") == 2
            assert list(temporary.iterdir()) == []
        assert listing(settings.home) == before
        editions.update()
        assert edition_of(ask(settings)) == 2
