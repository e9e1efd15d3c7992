"""Seconds of stages that interrupt each other: every second counts once, for the inner one."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from index.report import Watch


@dataclass
class Clock:
    """A clock that goes on only when told to."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "perf_counter", clock)
    return clock


def test_stages_one_after_the_other(clock: Clock) -> None:
    watch = Watch()
    clock.now += 1
    with watch.stage("encode"):
        clock.now += 2
    clock.now += 4
    with watch.stage("verify"):
        clock.now += 8
    clock.now += 16
    assert watch.stages == {"encode": 2, "verify": 8}
    assert watch.total() == 31


def test_an_inner_stage_interrupts_the_outer(clock: Clock) -> None:
    watch = Watch()
    with watch.stage("encode"):
        clock.now += 1
        with watch.stage("cut"):
            clock.now += 2
            with watch.stage("write"):
                clock.now += 4
            clock.now += 8
        clock.now += 16
        with watch.stage("cut"):
            clock.now += 32
    assert watch.stages == {"encode": 17, "cut": 42, "write": 4}
    assert list(watch.stages) == ["encode", "cut", "write"]
    assert watch.total() == sum(watch.stages.values()) == 63


def test_a_stage_within_itself_counts_once(clock: Clock) -> None:
    watch = Watch()
    with watch.stage("write"), watch.stage("write"):
        clock.now += 3
    assert watch.stages == {"write": 3}


def test_a_stage_that_fails_counts_as_far_as_it_came(clock: Clock) -> None:
    watch = Watch()

    def fail() -> None:
        with watch.stage("write"):
            clock.now += 2
            raise KeyError

    with watch.stage("encode"):
        clock.now += 1
        with pytest.raises(KeyError):
            fail()
        clock.now += 4
    assert watch.stages == {"encode": 5, "write": 2}


def test_what_is_under_way_counts_only_up_to_the_last_change(clock: Clock) -> None:
    watch = Watch()
    with watch.stage("encode"):
        clock.now += 1
        assert watch.stages == {}
        with watch.stage("cut"):
            clock.now += 2
        assert watch.stages == {"encode": 1, "cut": 2}
        assert watch.total() == 3


@pytest.mark.parametrize(("seconds", "told"), [(0.00049, 0.0), (0.0016, 0.002), (61.23456, 61.235)])
def test_seconds_are_told_to_the_millisecond(clock: Clock, seconds: float, told: float) -> None:
    clock.now = 0
    watch = Watch()
    with watch.stage("publish"):
        clock.now += seconds
    assert watch.stages == {"publish": told}


def test_by_the_real_clock() -> None:
    watch = Watch()
    assert watch.stages == {}
    with watch.stage("cut"):
        time.sleep(0.02)
    assert 0.02 <= watch.stages["cut"] <= watch.total() + 0.001 < 5
