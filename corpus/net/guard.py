"""Connections that go only where they may, and end when they should.

The check belongs here, beneath HTTP, and not on the URL: a public name may resolve to a private
address, to another one at the next request, or a page may redirect to it. What is checked here is
the address that is then connected to.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from ssl import SSLContext
from typing import Any

import httpcore2

Resolve = Callable[[str], Sequence[str]]
"""The addresses of a host name, in the order in which to try them; raises OSError."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Python calls everything that IANA has not set aside global; only this much is given out at all.
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
# Set aside for documentation in 2024: not known to every Python that this runs on.
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")
_NO_SUCH_HOST = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}

_deadline: ContextVar[float] = ContextVar("_deadline")


class RefusedAddressError(Exception):
    """A host has an address that is not on the public internet."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__(f"{host} is at {address}")
        self.address = address


class UnknownHostError(Exception):
    """A name that no host has."""


def is_public(address: str) -> bool:
    """Whether ``address`` (IPv4 or IPv6, as text) is that of one host on the public internet.

    An IPv4 address within an IPv6 one (mapped, 6to4, NAT64) counts as itself, since that is where
    the connection ends. ValueError if it is no address.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            ip = inner
        elif ip not in _GIVEN_OUT or ip in _DOCUMENTATION:
            return False
    return ip.is_global and not ip.is_multicast


def resolve(host: str) -> list[str]:
    """The addresses of ``host`` as the system knows them; OSError if it knows none."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Whatever this thread does on guarded connections within ends after ``seconds`` in all.

    The timeouts of httpcore2 are for each read, so a byte now and then would keep one going for
    ever.
    """
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def time_left() -> float:
    """Seconds until the limit set by :func:`time_limit`; httpcore2's ReadTimeout if it is over."""
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout
    return left


class Guard(httpcore2.NetworkBackend):
    """Connects to hosts all of whose addresses are public, or to any if ``allow_private``.

    Every connection is made by ``backend``, which is given an address, never a name. Raises
    RefusedAddressError, UnknownHostError, and httpcore2's errors. Used within :func:`time_limit`.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        resolve: Resolve = resolve,
        backend: httpcore2.NetworkBackend | None = None,
        threads: int = 1,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._backend = backend or httpcore2.SyncBackend()
        # The system's resolver takes no timeout: it is left behind in a thread when time is up.
        self._resolvers = ThreadPoolExecutor(threads, thread_name_prefix="resolve")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first address of ``host`` that answers."""
        addresses = self._addresses(host)
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            try:
                # A dead address leaves time for those after it.
                stream = self._backend.connect_tcp(
                    address, port, time_left() / left, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if left == 1:
                    raise
            else:
                return _TimedStream(stream)
        raise UnknownHostError(host)

    def close(self) -> None:
        """Lets go of the threads."""
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    def _addresses(self, host: str) -> Sequence[str]:
        try:
            addresses = self._resolvers.submit(self._resolve, host).result(time_left())
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout from error
        except UnicodeError as error:  # A label is empty or longer than 63 characters.
            raise UnknownHostError(host) from error
        except OSError as error:
            if error.errno in _NO_SUCH_HOST:
                raise UnknownHostError(host) from error
            raise httpcore2.ConnectError(error) from error
        if not self._allow_private:
            for address in addresses:
                if not is_public(address):
                    raise RefusedAddressError(host, address)
        return addresses


class _TimedStream(httpcore2.NetworkStream):
    """A connection each of whose steps ends at the time limit of the thread that takes it."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, time_left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, time_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, time_left()))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
