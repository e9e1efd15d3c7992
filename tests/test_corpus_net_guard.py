from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import httpcore2
import pytest

from corpus.net.guard import (
    Guard,
    RefusedAddressError,
    Resolve,
    UnknownHostError,
    is_public,
    resolve,
    time_limit,
)

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "2606:4700::1111",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]
NOT_PUBLIC = {
    "unspecified": ["0.0.0.0", "0.1.2.3", "::"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12::1"],
    "link-local": ["169.254.1.1", "fe80::1", "fe80::1%eth0", "febf::1"],
    "metadata of clouds": ["169.254.169.254", "fd00:ec2::254", "100.100.100.200"],
    "site-local": ["fec0::1"],
    "shared by a provider": ["100.64.0.1", "100.127.255.255"],
    "multicast": ["224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "5f00::1", "100::1", "4000::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "benchmarks": ["198.18.0.1", "2001:2::1"],
    "mapped": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"],
    "translated": ["::ffff:0:7f00:1", "::127.0.0.1", "::8.8.8.8"],
    "NAT64": ["64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::808:808"],
    "6to4": ["2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::"],
    "Teredo": ["2001:0:808:808::1"],
}


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_public_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [pytest.param(it, id=f"{kind}-{it}") for kind in NOT_PUBLIC for it in NOT_PUBLIC[kind]],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_what_is_no_address_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"blog\.example"):
        is_public("blog.example")


class Recorder(httpcore2.NetworkBackend):
    """Connects to nothing, and remembers what it was asked for."""

    def __init__(self, dead: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        self.dead = dead
        self.asked: list[tuple[str, int]] = []
        self.timeouts: list[float] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: object = None,
    ) -> httpcore2.NetworkStream:
        assert timeout is not None
        self.asked.append((host, port))
        self.timeouts.append(timeout)
        if host in self.dead:
            raise httpcore2.ConnectError("refused")
        return httpcore2.MockStream([])


@contextmanager
def guarded(
    resolve: Resolve,
    backend: httpcore2.NetworkBackend | None = None,
    *,
    allow_private: bool = False,
) -> Iterator[Guard]:
    guard = Guard(allow_private=allow_private, resolve=resolve, backend=backend)
    try:
        yield guard
    finally:
        guard.close()


def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    recorder = Recorder()
    with guarded(lambda host: ["8.8.8.8", "1.1.1.1"], recorder) as guard, time_limit(5):
        guard.connect_tcp("blog.example", 443)
    assert recorder.asked == [("8.8.8.8", 443)]


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    recorder = Recorder()
    with (
        guarded(lambda host: ["8.8.8.8", "10.1.2.3"], recorder) as guard,
        time_limit(5),
        pytest.raises(RefusedAddressError, match=r"^blog\.example is at 10\.1\.2\.3$"),
    ):
        guard.connect_tcp("blog.example", 443)
    assert recorder.asked == []


@pytest.mark.parametrize(
    "spelling", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "localhost"]
)
def test_no_spelling_of_a_private_address_passes(spelling: str) -> None:
    recorder = Recorder()
    with guarded(resolve, recorder) as guard, time_limit(5), pytest.raises(RefusedAddressError):
        guard.connect_tcp(spelling, 80)
    assert recorder.asked == []


def test_private_addresses_are_connected_to_where_that_is_allowed() -> None:
    recorder = Recorder()
    with guarded(resolve, recorder, allow_private=True) as guard, time_limit(5):
        guard.connect_tcp("127.0.0.1", 80)
    assert recorder.asked == [("127.0.0.1", 80)]


def test_a_dead_address_leaves_time_for_the_next() -> None:
    recorder = Recorder(dead={"8.8.8.8"})
    with guarded(lambda host: ["8.8.8.8", "1.1.1.1"], recorder) as guard, time_limit(8):
        guard.connect_tcp("blog.example", 80)
    assert recorder.asked == [("8.8.8.8", 80), ("1.1.1.1", 80)]
    assert recorder.timeouts == [pytest.approx(4, abs=0.5), pytest.approx(8, abs=0.5)]


def test_the_last_dead_address_is_the_error() -> None:
    recorder = Recorder(dead={"8.8.8.8", "1.1.1.1"})
    with (
        guarded(lambda host: ["8.8.8.8", "1.1.1.1"], recorder) as guard,
        time_limit(5),
        pytest.raises(httpcore2.ConnectError),
    ):
        guard.connect_tcp("blog.example", 80)
    assert len(recorder.asked) == 2


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example", ""])
def test_what_is_no_name_is_an_unknown_host(host: str) -> None:
    with guarded(resolve, Recorder()) as guard, time_limit(5), pytest.raises(UnknownHostError):
        guard.connect_tcp(host, 80)


@pytest.mark.parametrize(
    ("code", "error"),
    [(socket.EAI_NONAME, UnknownHostError), (socket.EAI_AGAIN, httpcore2.ConnectError)],
)
def test_a_name_that_is_unknown_is_told_from_one_that_cannot_be_looked_up_now(
    code: int, error: type[Exception]
) -> None:
    def fail(host: str) -> list[str]:
        raise socket.gaierror(code, "no")

    with guarded(fail) as guard, time_limit(5), pytest.raises(error):
        guard.connect_tcp("blog.example", 80)


def test_a_resolver_that_hangs_is_left_behind() -> None:
    end = Event()

    def hang(host: str) -> list[str]:
        end.wait(10)
        return []

    started = time.monotonic()
    with guarded(hang) as guard, time_limit(0.1), pytest.raises(httpcore2.ConnectTimeout):
        guard.connect_tcp("blog.example", 80)
    end.set()
    assert time.monotonic() - started < 8


def test_a_limit_that_is_over_stops_the_next_step() -> None:
    with guarded(lambda host: ["8.8.8.8"], Recorder()) as guard:
        with time_limit(5):
            stream = guard.connect_tcp("blog.example", 80)
        with time_limit(0):
            with pytest.raises(httpcore2.ReadTimeout):
                stream.read(10)
            with pytest.raises(httpcore2.ReadTimeout):
                stream.write(b"x")
