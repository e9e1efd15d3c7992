from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from corpus.net.pace import Pace


def passed(pace: Pace, hosts: list[str]) -> dict[str, list[float]]:
    """When each request to each host may go, all of them waiting at once."""
    times: dict[str, list[float]] = {host: [] for host in hosts}

    def ask(host: str) -> None:
        assert pace.wait(host)
        times[host].append(time.monotonic())

    with ThreadPoolExecutor(len(hosts)) as threads:
        list(threads.map(ask, hosts))
    return times


def gaps(times: list[float]) -> list[float]:
    return [after - before for before, after in pairwise(sorted(times))]


def test_threads_pass_one_by_one() -> None:
    times = passed(Pace(0.05), ["a.example"] * 6)["a.example"]
    assert len(times) == 6
    assert min(gaps(times)) > 0.045
    assert max(times) - min(times) < 5


def test_hosts_do_not_wait_for_each_other() -> None:
    started = time.monotonic()
    times = passed(Pace(10), ["a.example", "b.example", "c.example"])
    assert [len(at) for at in times.values()] == [1, 1, 1]
    assert time.monotonic() - started < 8


def test_a_host_that_is_slowed_down_keeps_its_own_time() -> None:
    pace = Pace(0.01)
    pace.slow_down("a.example", 0.1)
    pace.slow_down("b.example", 0.001)
    times = passed(pace, ["a.example", "b.example"] * 3)
    assert min(gaps(times["a.example"])) > 0.095
    assert min(gaps(times["b.example"])) > 0.009
    # A host has rules for http:// and for https://: neither takes back what the other asked for.
    pace.slow_down("a.example", 0.0)
    assert min(gaps(passed(pace, ["a.example"] * 3)["a.example"])) > 0.095


def test_a_hold_counts_for_those_who_wait_already() -> None:
    pace = Pace(0.05)
    assert pace.wait("a.example")
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(pace.wait, "a.example")
        held = time.monotonic()
        pace.hold("a.example", 0.2)
        assert waiting.result()
    assert 0.19 < time.monotonic() - held < 5


def test_closing_wakes_those_who_wait() -> None:
    pace = Pace(60)
    assert pace.wait("a.example")
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(pace.wait, "a.example")
        time.sleep(0.05)
        pace.close()
        assert not waiting.result(timeout=10)
    assert not pace.wait("b.example")
