"""An index rebuilt, and rolled back, under clients who ask without pause."""

from __future__ import annotations

from pathlib import Path

import psutil

from qa.settings import Settings
from tests.faults.commands import Server, ask, run, serving, within
from tests.faults.editions import Editions, asked_without_pause, edition_of
from tests.faults.repetitions import ALL, REBUILDS

CLIENTS = 8
WARM_UP = 10 if ALL else 2
"""How many rebuilds until a server holds what it holds: each thread that answers has its pools."""
MEMORY_SLACK = 0.1
"""How much more memory a server may hold after all than after the warm-up, as a share of that."""
MAPPINGS_SLACK = 40
"""How many mappings malloc's own pools may come to in the meantime; a file's would be seen."""


def held(server: Server, folder: Path) -> tuple[set[str], int, int, int]:
    """What a server holds: names of generations, descriptors, mappings, and bytes of memory."""
    process = psutil.Process(server.process.pid)
    maps = process.memory_maps(grouped=False)
    paths = [each.path for each in maps] + [each.path for each in process.open_files()]
    generations = {
        Path(path).relative_to(folder).parts[0] for path in paths if path.startswith(str(folder))
    }
    return generations, process.num_fds(), len(maps), process.memory_info().rss


def rests_on(server: Server, folder: Path, generation: str) -> bool:
    """Whether a server soon holds no files but those of ``generation``."""
    return within(5, lambda: held(server, folder)[0] == {generation})


def test_an_index_rebuilt_while_clients_ask_without_pause(settings: Settings) -> None:
    editions = Editions(settings)
    editions.update("build")
    folder = (settings.index_folder / "generations").resolve()

    def rebuild(times: int) -> None:
        for _ in range(times):
            editions.write()
            generation = editions.update()["generation"]
            assert server.answers_from(generation)

    with serving(settings) as server:
        with asked_without_pause(server.url, CLIENTS):
            rebuild(WARM_UP)
        assert rests_on(server, folder, editions.current)
        _, files, mappings, memory = held(server, folder)
        with asked_without_pause(server.url, CLIENTS) as answers:
            rebuild(REBUILDS)
        assert rests_on(server, folder, editions.current)
        _, files_after, mappings_after, memory_after = held(server, folder)
    assert all(edition == editions.published[name] for name, edition in answers)
    assert {edition for _, edition in answers} == set(range(WARM_UP + 1, editions.written + 1))
    print(
        f"{REBUILDS} rebuilds, {len(answers)} answers to {CLIENTS} clients; memory "
        f"{memory / 1e6:.0f} MB, then {memory_after / 1e6:.0f} MB; open files {files}, then "
        f"{files_after}; mappings {mappings}, then {mappings_after}"
    )
    assert files_after == files
    assert mappings_after < mappings + MAPPINGS_SLACK
    assert memory_after < memory * (1 + MEMORY_SLACK)


def test_a_rollback_and_a_build_while_a_server_runs(settings: Settings) -> None:
    editions = Editions(settings)
    first = editions.update("build")["generation"]
    editions.write()
    second = editions.update()["generation"]
    with serving(settings) as server, asked_without_pause(server.url, 1, 0.05, back=1) as answers:
        assert server.answers_from(second)
        assert edition_of(server.ask()) == 2
        assert run(settings, "rollback", "--json").data["name"] == first
        assert server.answers_from(first)
        assert (edition_of(server.ask()), edition_of(ask(settings))) == (1, 1)
        assert server.health() == {"status": "ok", "generation": first, "reason": None}
        third = editions.update("build")
        assert (third["published"], third["embedded"]) == (True, 12)
        assert server.answers_from(third["generation"])
        assert (edition_of(server.ask()), edition_of(ask(settings))) == (2, 2)
    assert all(edition == editions.published[name] for name, edition in answers)
    names = list(dict.fromkeys(name for name, _ in answers))
    assert names == [second, first, third["generation"]]
