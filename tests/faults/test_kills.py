"""Builds killed at random moments, while a server answers."""

from __future__ import annotations

import random
import time
from collections import Counter

from index.publish import KEPT
from qa.imports import import_again
from qa.settings import Settings
from tests.faults.commands import Command, ask, serving, within
from tests.faults.editions import SAME, Editions, asked_without_pause, edition_of, listing
from tests.faults.repetitions import KILLS, SEED


def test_builds_killed_at_random_moments(settings: Settings) -> None:
    moments = random.Random(SEED)
    print(f"{KILLS} builds killed, FAULTS_SEED={SEED}")
    editions = Editions(settings)
    for _ in range(KEPT):  # from then on, there are so many generations whatever happened to one
        editions.write()
        started = time.monotonic()
        report = editions.update()
        lasting = {"update": time.monotonic() - started, "build": report["seconds"]}
    ask(settings)
    never_killed = listing(settings.home)
    found: Counter[str] = Counter()
    outlived = 0
    lock = settings.index_folder / ".lock"
    with serving(settings) as server, asked_without_pause(server.url, 1, 0.05) as answers:
        for turn in range(KILLS):
            before = editions.current
            editions.write()
            command = ("update", "build")[turn % 2]
            if command == "build":
                import_again(settings)
            build = Command(settings, command)
            if command == "build":  # until it has the lock, it does not touch anything
                assert within(20, lambda: bool(lock.read_bytes()))
            time.sleep(moments.uniform(0, lasting[command]))
            build.kill()
            code = build.wait().code
            now = editions.current
            editions.published.setdefault(now, editions.written)
            found[_moment(settings, code, before == now)] += 1
            answer = ask(settings)
            assert (answer["generation"], edition_of(answer)) == (now, editions.published[now])
            assert server.answers_from(now)
            answer = server.ask()
            assert (answer["generation"], edition_of(answer)) == (now, editions.published[now])

            started = time.monotonic()
            report = editions.update(command)
            if before == now:  # so that the next of its kind is struck anywhere, whatever the load
                outlived += report["reused"] - SAME
                taken_s = time.monotonic() - started
                lasting[command] = taken_s if command == "update" else report["seconds"]
            assert server.answers_from(report["generation"])
            assert listing(settings.home) == never_killed
    assert {name: editions.published[name] for name, _ in answers} == dict(answers)
    assert all(edition == editions.published[name] for name, edition in answers)
    print(f"killed: {dict(found)}; {outlived} vectors outlived the build that made them")
    print(f"{len(answers)} questions answered meanwhile")


def _moment(settings: Settings, code: int | None, same: bool) -> str:
    """When a build was killed, as what it left tells."""
    if code == 0:
        return "too late"
    if not same:
        return "after the switch"
    if list((settings.index_folder / "generations").glob(".staging-*")):
        return "while writing"
    if list(settings.index_folder.glob(".*.vectors")):
        return "with the journal alone"
    return "before writing"
