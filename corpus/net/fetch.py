"""The network's one door: what a web address gives, within limits and with manners.

httpx2 is the maintained continuation of httpx and comes with the libraries that read models anyway.
Its own transport cannot be told how to connect, so a small one stands here between its client and
the connection pool of httpcore2, which takes :class:`corpus.net.guard.Guard` by a public parameter.
"""

from __future__ import annotations

import gzip
import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from io import BytesIO
from typing import Self

import httpcore2
import httpx2

from corpus.errors import FetchError, FetchProblem
from corpus.net import guard
from corpus.net.pace import Pace
from corpus.types import ReadOptions

PRODUCT = "blogqa"
"""The name under which a robots.txt speaks to this program."""

BACKOFF_S = (0.5, 1.0)
"""Seconds before a second and a third try."""

_ABOUT = "imports a blog into a search archive of its own, when its keeper asks"
_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}
_CODINGS: tuple[list[str], ...] = ([], ["gzip"], ["deflate"])
_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {429, 503}
_LONGEST_WAIT_S = 60.0
_KEEPALIVE_S = 30.0
_SECONDS = re.compile(r"\d{1,9}")
_GZIP_MAGIC = b"\x1f\x8b"
_TRY_LATER = "Run the same command again later; what has been read is kept."


@dataclass(frozen=True, slots=True)
class Response:
    """What an address gave.

    ``url`` is the address asked for, ``final_url`` the one that answered. ``content`` is unpacked,
    also where the page itself is a gzip file. ``content_type`` has no parameters; ``charset`` is a
    codec that Python knows. Names in ``headers`` are in lower case.
    """

    url: str
    final_url: str
    status: int
    content: bytes
    content_type: str
    charset: str | None
    etag: str | None
    last_modified: str | None
    headers: Mapping[str, str]


class Fetcher:
    """Fetches web addresses: politely, within the limits of ``options``, from many threads.

    ``resolve`` and ``backend`` stand for name resolution and for connections to addresses that have
    been checked; ``backoff_s`` are the seconds before another try where the server does not say.
    A context manager: leaving it wakes and ends the fetches that wait their turn.
    """

    def __init__(
        self,
        options: ReadOptions,
        *,
        resolve: guard.Resolve = guard.resolve,
        backend: httpcore2.NetworkBackend | None = None,
        backoff_s: Sequence[float] = BACKOFF_S,
    ) -> None:
        self._options = options
        self._backoff_s = backoff_s
        self._limit_bytes = options.page_mb * 2**20
        self._pace = Pace(1 / options.requests_per_second)
        self._guard = guard.Guard(
            allow_private=options.allow_private,
            resolve=resolve,
            backend=backend,
            threads=options.concurrency,
        )
        self._client = httpx2.Client(
            transport=_GuardedTransport(self._guard),
            headers={"User-Agent": f"{PRODUCT}/{version(PRODUCT)} (+{_ABOUT})", **_HEADERS},
            # A proxy named in the environment would connect in our stead, past the guard.
            trust_env=False,
            # The guard ends every step in time; and no page depends on those fetched before it.
            timeout=None,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends what waits, and the connections."""
        self._pace.close()
        self._client.close()
        self._guard.close()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        modified: str | None = None,
        allows: Callable[[str], bool] = lambda url: True,
    ) -> Response:
        """What ``url`` gives, whatever the status but 429 and 503, redirects followed.

        With the ``etag`` or ``last_modified`` of an earlier response the answer may be 304, with no
        content. ``allows`` is asked about every address that a redirect leads to.

        A server that asks for patience (429, 503) or breaks the connection is asked three times in
        all, after the time it wants, if that is a minute or less. Each time ``options.timeout_s``
        is for everything but waiting. FetchError for whatever else goes wrong.
        """
        conditions = {}
        if sendable := _plain(etag):
            conditions["If-None-Match"] = sendable
        if sendable := _plain(modified):
            conditions["If-Modified-Since"] = sendable
        for backoff_s in self._backoff_s:
            try:
                return self._follow(url, conditions, allows)
            except _PassingError as error:
                wait_s = backoff_s if error.wait_s is None else error.wait_s
                if wait_s > _LONGEST_WAIT_S:
                    raise
                self._pace.hold(error.host, wait_s)
        return self._follow(url, conditions, allows)

    def slow_down(self, url: str, delay_s: float) -> None:
        """Leaves at least ``delay_s`` between requests to the host of ``url``."""
        self._pace.slow_down(_host(_parse(url)), delay_s)

    def _follow(
        self, url: str, conditions: dict[str, str], allows: Callable[[str], bool]
    ) -> Response:
        target = _parse(url)
        seen = {target}
        left_s = self._options.timeout_s
        for _ in range(self._options.redirects + 1):
            if not self._pace.wait(_host(target)):
                raise FetchError(url, "unreachable", "was not fetched before the end", _TRY_LATER)
            started = time.monotonic()
            with guard.time_limit(left_s):
                response = self._ask(url, target, conditions)
            left_s -= time.monotonic() - started
            if not _is_redirect(response.status, response.headers):
                return response
            target = _redirected(url, target, response.headers["location"])
            if not allows(str(target)):
                raise _redirect_error(url, f"leads to {target}, which is not to be fetched")
            if target in seen:
                raise _redirect_error(url, f"leads back to {target}, again and again")
            seen.add(target)
        raise _redirect_error(url, f"is redirected more than {self._options.redirects} times")

    def _ask(self, url: str, target: httpx2.URL, conditions: dict[str, str]) -> Response:
        """The answer to one request, with no content if it is a redirect."""
        try:
            with self._client.stream("GET", target, headers=conditions) as reply:
                if reply.status_code in _BUSY:
                    raise _busy(url, target, reply)
                headers = dict(reply.headers.items())
                content = b""
                if not _is_redirect(reply.status_code, headers):
                    content = self._body(url, reply)
        except guard.RefusedAddressError as error:
            reason = f"{error}, which is not on the public internet"
            hint = "If that is where the blog is, allow it with --allow-private."
            raise FetchError(url, "refused", reason, hint) from error
        except guard.UnknownHostError as error:
            reason = f"there is no host called {error}"
            raise FetchError(url, "unreachable", reason, "Check the address.") from error
        except httpcore2.TimeoutException as error:
            reason = f"took longer than {self._options.timeout_s:g} s"
            raise FetchError(url, "timeout", reason, _TRY_LATER) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            reason = f"the connection failed ({str(error) or type(error).__name__})"
            raise _PassingError(url, "unreachable", reason, target, None) from error
        except httpx2.DecodingError as error:
            raise _damaged(url, str(error)) from error
        return Response(
            url=url,
            final_url=str(target),
            status=reply.status_code,
            content=content,
            content_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
            charset=_known(reply.charset_encoding),
            etag=_plain(headers.get("etag")),
            last_modified=_plain(headers.get("last-modified")),
            headers=headers,
        )

    def _body(self, url: str, reply: httpx2.Response) -> bytes:
        """What the reply holds, unpacked; nothing is read or unpacked much beyond the limit."""
        codings = reply.headers.get_list("content-encoding", split_commas=True)
        codings = [name for raw in codings if (name := raw.strip().lower()) not in {"", "identity"}]
        # Several codings, one within another, could keep the processor busy and never give a byte.
        if codings not in _CODINGS:
            raise _damaged(url, f"it is packed as {', '.join(codings)}, which was not asked for")
        declared = reply.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._limit_bytes:
            raise self._too_large(url)
        content = bytearray()
        for chunk in reply.iter_bytes():
            content += chunk
            if len(content) > self._limit_bytes:
                raise self._too_large(url)
        if not content.startswith(_GZIP_MAGIC):
            return bytes(content)
        try:
            with gzip.open(BytesIO(content)) as file:
                unpacked = file.read(self._limit_bytes + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise _damaged(url, str(error)) from error
        if len(unpacked) > self._limit_bytes:
            raise self._too_large(url)
        return unpacked

    def _too_large(self, url: str) -> FetchError:
        return FetchError(
            url,
            "too_large",
            f"is larger than {self._options.page_mb} MiB",
            "Raise the limit for one page if this one is to be read.",
        )


class _PassingError(FetchError):
    """A fault that may be gone after ``wait_s``, or a while if the server does not say."""

    def __init__(
        self, url: str, problem: FetchProblem, reason: str, asked: httpx2.URL, wait_s: float | None
    ) -> None:
        super().__init__(url, problem, reason, _TRY_LATER)
        self.host = _host(asked)
        self.wait_s = wait_s


class _GuardedTransport(httpx2.BaseTransport):
    """httpx2's way to httpcore2, with a guard; errors stay httpcore2's own."""

    def __init__(self, backend: guard.Guard) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=None,
            keepalive_expiry=_KEEPALIVE_S,
            network_backend=backend,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        reply = self._pool.handle_request(
            httpcore2.Request(request.method, url, headers=request.headers.raw)
        )
        return httpx2.Response(reply.status, headers=reply.headers, stream=_Stream(reply))

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx2.SyncByteStream):
    def __init__(self, reply: httpcore2.Response) -> None:
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        yield from self._reply.iter_stream()

    def close(self) -> None:
        self._reply.close()


def _parse(url: str) -> httpx2.URL:
    """``url`` without its fragment; FetchError unless it is an address of the web."""
    try:
        parsed = httpx2.URL(url).copy_with(fragment=None)
    except httpx2.InvalidURL as error:
        raise _invalid(url, f"is no address ({str(error).rstrip('.')})") from error
    except UnicodeError as error:
        raise _invalid(url, "is no address (not all of it is text)") from error
    if parsed.scheme not in {"http", "https"}:
        raise _invalid(url, "is no http or https address")
    if not parsed.raw_host:
        raise _invalid(url, "names no host")
    if parsed.port is not None and not 0 < parsed.port < 65536:
        raise _invalid(url, f"names a port that cannot be: {parsed.port}")
    if parsed.userinfo:
        raise _invalid(url, "holds a user name or password, which is never sent")
    return parsed


def _host(url: httpx2.URL) -> str:
    # The property "host" decodes names in other scripts, and fails on those that are not well made.
    return url.raw_host.decode("ascii")


def _redirected(url: str, source: httpx2.URL, location: str) -> httpx2.URL:
    try:
        return _parse(str(source.join(location)))
    except (httpx2.InvalidURL, ValueError) as error:
        raise _redirect_error(url, f"leads to {location!r}, which is no address") from error
    except FetchError as error:
        raise _redirect_error(url, f"leads to {location!r}, which {error.reason}") from error


def _is_redirect(status: int, headers: Mapping[str, str]) -> bool:
    return status in _REDIRECTS and "location" in headers


def _busy(url: str, target: httpx2.URL, reply: httpx2.Response) -> _PassingError:
    wait_s = _retry_after_s(reply.headers.get("retry-after", "").strip())
    asks = "" if wait_s is None else f" and asks to wait {wait_s:.0f} s"
    reason = f"the server is busy (status {reply.status_code}){asks}"
    return _PassingError(url, "busy", reason, target, wait_s)


def _retry_after_s(value: str) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110, section 10.2.3); None if it says none."""
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _plain(value: str | None) -> str | None:
    """A header's value if it can be sent back as it is."""
    return value if value and value.isascii() and value.isprintable() else None


def _known(charset: str | None) -> str | None:
    if charset is None:
        return None
    try:
        b" ".decode(charset, "replace")
    except (LookupError, ValueError):
        return None
    return charset.lower()


def _invalid(url: str, reason: str) -> FetchError:
    hint = "Give the blog's address as a browser shows it, such as https://blog.example."
    return FetchError(url, "invalid", reason, hint)


def _redirect_error(url: str, reason: str) -> FetchError:
    return FetchError(url, "redirect", reason, "Open the address in a browser, and use the last.")


def _damaged(url: str, reason: str) -> FetchError:
    return FetchError(url, "damaged", f"its content cannot be unpacked ({reason})", _TRY_LATER)
