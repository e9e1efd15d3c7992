from __future__ import annotations

import gzip
import socket
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.metadata import version

import httpcore2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.errors import FetchError, FetchProblem
from corpus.net.fetch import Fetcher
from corpus.types import ReadOptions
from tests.site import Site

OPTIONS = ReadOptions(
    allow_private=True, requests_per_second=1000, timeout_s=5, page_mb=1, redirects=5
)

BACKOFF_S = (0.1, 0.2)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(OPTIONS, backoff_s=BACKOFF_S) as fetcher:
        yield fetcher


def problem(fetcher: Fetcher, url: str) -> tuple[FetchProblem, str]:
    """Why fetching ``url`` failed."""
    with pytest.raises(FetchError) as caught:
        fetcher.get(url)
    error = caught.value
    assert error.code == "fetch_error"
    assert error.url == url
    assert error.message == f"{url}: {error.reason}."
    assert error.hint.endswith(".")
    return error.problem, error.reason


class Detour(httpcore2.SyncBackend):
    """The internet as these tests know it: every address is the site's."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.asked: list[str] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: object = None,
    ) -> httpcore2.NetworkStream:
        self.asked.append(host)
        return super().connect_tcp("127.0.0.1", self.site.port, timeout)


# What comes


def test_a_page_comes_with_what_is_needed_to_ask_for_it_again(site: Site, fetcher: Fetcher) -> None:
    url = f"{site.url}/posts/the-silent-demo/"
    response = fetcher.get(f"{url}?utm_source=feed#comments")
    assert response.url == f"{url}?utm_source=feed#comments"
    assert response.final_url == f"{url}?utm_source=feed"
    assert response.status == 200
    assert response.content.startswith(b"<!DOCTYPE html>")
    assert f'<link rel="canonical" href="{url}">'.encode() in response.content
    assert (response.content_type, response.charset) == ("text/html", "utf-8")
    assert response.last_modified == "Mon, 02 Oct 2023 00:00:00 GMT"
    assert response.etag is not None
    assert response.headers["etag"] == response.etag

    again = fetcher.get(url, etag=response.etag, modified=response.last_modified)
    assert (again.status, again.content, again.etag) == (304, b"", response.etag)
    assert site.seen[-1].headers["if-none-match"] == response.etag
    assert site.seen[-1].headers["if-modified-since"] == response.last_modified

    site.change("the-silent-demo", "<p>Rewritten.</p>")
    changed = fetcher.get(url, etag=response.etag)
    assert (changed.status, changed.etag == response.etag) == (200, False)


def test_a_request_says_who_asks_and_nothing_of_its_past(site: Site, fetcher: Fetcher) -> None:
    fetcher.get(f"{site.url}/about/")
    fetcher.get(f"{site.url}/about/")
    for seen in site.seen:
        assert seen.headers["user-agent"].startswith(f"blogqa/{version('blogqa')} (+")
        assert seen.headers["accept-encoding"] == "gzip, deflate"
        assert seen.headers.keys() == {
            "accept",
            "accept-encoding",
            "connection",
            "host",
            "user-agent",
        }


@pytest.mark.parametrize("status", [201, 400, 403, 404, 410, 451, 500, 502])
def test_a_status_is_an_answer_and_not_an_error(site: Site, fetcher: Fetcher, status: int) -> None:
    response = fetcher.get(f"{site.url}/status/{status}")
    assert (response.status, response.content) == (status, b"said so")
    assert len(site.seen) == 1


@pytest.mark.parametrize("coding", ["gzip", "deflate", "deflate-raw"])
def test_packed_content_comes_unpacked(site: Site, fetcher: Fetcher, coding: str) -> None:
    assert fetcher.get(f"{site.url}/packed/{coding}").content == b"<p>packed</p>"


@pytest.mark.parametrize("coding", ["br", "gzip+gzip"])
def test_content_packed_in_ways_not_asked_for_is_an_error(
    site: Site, fetcher: Fetcher, coding: str
) -> None:
    named = coding.replace("+", ", ")
    assert problem(fetcher, f"{site.url}/packed/{coding}") == (
        "damaged",
        f"its content cannot be unpacked (it is packed as {named}, which was not asked for)",
    )


def test_a_gzip_file_comes_unpacked(site: Site, fetcher: Fetcher) -> None:
    content = fetcher.get(f"{site.url}/sitemap-old.xml.gz").content
    assert content.startswith(b'<?xml version="1.0"?><urlset')
    assert content.count(b"<loc>") == 2


def test_a_broken_gzip_file_is_an_error(site: Site, fetcher: Fetcher) -> None:
    site.robots = gzip.compress(b"User-agent: *")[:-4]
    kind, reason = problem(fetcher, f"{site.url}/robots.txt")
    assert kind == "damaged"
    assert reason.startswith("its content cannot be unpacked (Compressed file ended")


def test_odd_headers_are_left_out(site: Site, fetcher: Fetcher) -> None:
    response = fetcher.get(f"{site.url}/odd-headers", etag='"é"', modified="a\nb: c")
    assert (response.content_type, response.charset, response.etag) == ("text/html", None, None)
    assert response.headers["link"] == "<a>"
    assert not {"if-none-match", "if-modified-since", "b"} & site.seen[0].headers.keys()


def test_the_charset_is_told(site: Site, fetcher: Fetcher) -> None:
    response = fetcher.get(f"{site.url}/latin")
    assert response.charset == "iso-8859-1"
    assert response.content.decode(response.charset) == "Café"


# Where it may go


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "is no http or https address"),
        ("ftp://blog.example/", "is no http or https address"),
        ("blog.example", "is no http or https address"),
        ("", "is no http or https address"),
        ("http:///path", "names no host"),
        ("http://blog.example:99999/", "names a port that cannot be: 99999"),
        ("http://me:pass@blog.example/", "holds a user name or password, which is never sent"),
        ("http://[::1/", "is no address (Invalid port: ':1')"),
        (
            "http://evil.example\\@blog.example/",
            "holds a user name or password, which is never sent",
        ),
        ("http://blog.example/\udcff", "is no address (not all of it is text)"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused(fetcher: Fetcher, url: str, reason: str) -> None:
    assert problem(fetcher, url) == ("invalid", reason)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0"])
def test_a_private_address_is_refused(site: Site, host: str) -> None:
    with Fetcher(replace(OPTIONS, allow_private=False)) as fetcher:
        url = f"http://{host}:{site.port}/"
        with pytest.raises(FetchError, match="which is not on the public internet") as caught:
            fetcher.get(url)
    assert caught.value.problem == "refused"
    assert caught.value.hint == "If that is where the blog is, allow it with --allow-private."
    assert site.seen == []


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/",
        "http://169.254.169.254/latest/",
        "http://[fe80::1]/",
        "//10.0.0.1",
    ],
)
def test_a_redirect_to_a_private_address_is_refused(site: Site, target: str) -> None:
    def resolve(host: str) -> Sequence[str]:
        return ["8.8.8.8"] if host == "blog.example" else [host]

    detour = Detour(site)
    options = replace(OPTIONS, allow_private=False)
    with Fetcher(options, resolve=resolve, backend=detour) as fetcher:
        url = f"http://blog.example/to?url={target.format(port=site.port)}"
        assert problem(fetcher, url)[0] == "refused"
    assert detour.asked == ["8.8.8.8"]
    assert len(site.seen) == 1


def test_a_name_that_moves_to_a_private_address_is_refused(site: Site) -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    detour = Detour(site)
    options = replace(OPTIONS, allow_private=False)
    with Fetcher(options, resolve=lambda host: next(answers), backend=detour) as fetcher:
        # The site closes this connection, so the next request needs a new one.
        assert fetcher.get("http://blog.example/long").content == b"just this"
        assert problem(fetcher, "http://blog.example/") == (
            "refused",
            "blog.example is at 127.0.0.1, which is not on the public internet",
        )
    assert detour.asked == ["8.8.8.8"]


def test_a_secure_site_is_asked_for_by_its_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def first_bytes() -> bytes:
            connection, _ = listener.accept()
            with connection:
                return connection.recv(4096)

        with ThreadPoolExecutor(1) as threads:
            hello = threads.submit(first_bytes)
            with Fetcher(OPTIONS, resolve=lambda host: ["127.0.0.1"], backoff_s=()) as fetcher:
                kind, _ = problem(fetcher, f"https://blog.example:{port}/")
            # The name stands in the open in the first message of TLS.
            assert b"blog.example" in hello.result(timeout=20)
    assert kind == "unreachable"


def test_no_proxy_from_the_environment_is_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, site.url)
    with Fetcher(
        replace(OPTIONS, allow_private=False), resolve=lambda host: ["10.0.0.1"]
    ) as fetcher:
        assert problem(fetcher, "http://blog.example/")[0] == "refused"
    assert site.seen == []


def test_an_unknown_host_is_told_at_once(site: Site) -> None:
    def resolve(host: str) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with Fetcher(OPTIONS, resolve=resolve) as fetcher:
        assert problem(fetcher, "http://xn--zz--.example/") == (
            "unreachable",
            "there is no host called xn--zz--.example",
        )


# Redirects


def test_redirects_are_followed(site: Site, fetcher: Fetcher) -> None:
    response = fetcher.get(f"{site.url}/old/the-silent-demo")
    assert response.final_url == f"{site.url}/posts/the-silent-demo/"
    assert response.status == 200
    assert site.paths == ["/old/the-silent-demo", "/posts/the-silent-demo/"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect_is_followed(site: Site, fetcher: Fetcher, status: int) -> None:
    response = fetcher.get(f"{site.url}/to?url=/hops/0&status={status}")
    assert (response.final_url, response.content) == (f"{site.url}/hops/0", b"arrived")


def test_redirects_have_an_end(site: Site, fetcher: Fetcher) -> None:
    assert fetcher.get(f"{site.url}/hops/5").content == b"arrived"
    assert problem(fetcher, f"{site.url}/hops/6") == (
        "redirect",
        "is redirected more than 5 times",
    )
    assert problem(fetcher, f"{site.url}/loop/a") == (
        "redirect",
        f"leads back to {site.url}/loop/a, again and again",
    )


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (
            "ftp://blog.example/",
            "leads to 'ftp://blog.example/', which is no http or https address",
        ),
        ("file:///etc/passwd", "leads to 'file:///etc/passwd', which is no http or https address"),
        ("http://x:y/", "leads to 'http://x:y/', which is no address"),
        ("http://[x]/", "leads to 'http://[x]/', which is no address"),
    ],
)
def test_a_redirect_out_of_the_web_is_not_followed(
    site: Site, fetcher: Fetcher, target: str, reason: str
) -> None:
    assert problem(fetcher, f"{site.url}/to?url={target}") == ("redirect", reason)


def test_a_redirect_is_followed_only_to_where_the_caller_allows(
    site: Site, fetcher: Fetcher
) -> None:
    asked: list[str] = []

    def allows(url: str) -> bool:
        asked.append(url)
        return not url.endswith("/hops/0")

    with pytest.raises(FetchError) as caught:
        fetcher.get(f"{site.url}/hops/2", allows=allows)
    assert caught.value.problem == "redirect"
    assert caught.value.reason == f"leads to {site.url}/hops/0, which is not to be fetched"
    assert asked == [f"{site.url}/hops/1", f"{site.url}/hops/0"]
    assert site.paths == ["/hops/2", "/hops/1"]


# Limits


@pytest.mark.parametrize("path", ["/bomb", "/bomb.xml.gz", "/endless", "/huge"])
def test_no_more_is_taken_than_the_limit(site: Site, fetcher: Fetcher, path: str) -> None:
    fetcher.get(f"{site.url}/")  # What is loaded once is not to be counted.
    tracemalloc.start()
    try:
        result = problem(fetcher, f"{site.url}{path}")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result == ("too_large", "is larger than 1 MiB")
    # The site runs in this process too, and holds its 64 MiB packed and in pieces.
    assert peak_bytes < 12 * 2**20


@pytest.mark.parametrize("path", ["/slow", "/slow-head", "/endless-nothing", "/slow-redirects/0"])
def test_no_request_takes_longer_than_the_limit(site: Site, path: str) -> None:
    with Fetcher(replace(OPTIONS, timeout_s=0.4, redirects=50)) as fetcher:
        started = time.monotonic()
        assert problem(fetcher, f"{site.url}{path}") == ("timeout", "took longer than 0.4 s")
        assert time.monotonic() - started < 8


def test_content_that_breaks_off_is_an_error(site: Site, fetcher: Fetcher) -> None:
    kind, reason = problem(fetcher, f"{site.url}/short")
    assert kind == "unreachable"
    assert "without sending complete message body" in reason
    assert len(site.seen) == 3


def test_content_longer_than_was_said_is_cut(site: Site, fetcher: Fetcher) -> None:
    assert fetcher.get(f"{site.url}/long").content == b"just this"
    assert fetcher.get(f"{site.url}/hops/0").content == b"arrived"


class Babbler(httpcore2.NetworkBackend):
    """Every server says ``words``, whatever it is asked."""

    words = b""

    def connect_tcp(self, *args: object, **kwargs: object) -> httpcore2.NetworkStream:
        return httpcore2.MockStream([self.words])


def test_whatever_a_server_says_ends_in_a_response_or_an_error() -> None:
    babbler = Babbler()
    words = st.sampled_from(
        b"HTTP/1.1 |200 OK|302 \xff|\r\n|\r\n\r\n|Location: |Content-|Length: |Encoding: |Type: |"
        b"gzip|deflate|Transfer-Encoding: chunked|http://[::1|//|9|-1|\x1f\x8b\x08|charset=\xe9|; |"
        b"ETag: |Retry-After: ".split(b"|")
    )
    outcomes: set[int | FetchProblem] = set()

    with Fetcher(replace(OPTIONS, redirects=2), backend=babbler, backoff_s=()) as fetcher:

        @settings(max_examples=300, deadline=None)
        @given(
            st.lists(words | st.binary(max_size=5), max_size=12).map(b"".join),
            st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 301 Moved\r\nLocation: "]),
        )
        @example(b"\r\n", b"HTTP/1.1 200 OK\r\n")
        @example(b"", b"")
        def converse(said: bytes, start: bytes) -> None:
            babbler.words = start + said
            try:
                outcomes.add(fetcher.get("http://127.0.0.1/").status)
            except FetchError as error:
                outcomes.add(error.problem)

        converse()
    assert {200, "unreachable"} <= outcomes


# Manners


def test_requests_to_a_host_keep_their_distance_over_all_threads(site: Site) -> None:
    with (
        Fetcher(replace(OPTIONS, requests_per_second=20)) as fetcher,
        ThreadPoolExecutor(4) as threads,
    ):
        pages = threads.map(fetcher.get, [f"{site.url}/old/the-silent-demo"] * 4)
        assert [page.status for page in pages] == [200] * 4
    times = sorted(seen.time_s for seen in site.seen)
    assert len(times) == 8
    # Seven gaps of 50 ms; one alone may look shorter to the site than it was.
    assert times[-1] - times[0] > 0.33


def test_a_host_can_be_slowed_down(site: Site, fetcher: Fetcher) -> None:
    fetcher.slow_down(f"{site.url}/about/", 0.2)
    for _ in range(3):
        fetcher.get(f"{site.url}/about/")
    assert 0.3 < site.seen[-1].time_s - site.seen[0].time_s < 5


def test_a_busy_server_is_asked_again_when_it_wants(site: Site, fetcher: Fetcher) -> None:
    assert fetcher.get(f"{site.url}/busy").content == b"free again"
    first, second = site.seen
    assert 0.95 < second.time_s - first.time_s < 8


def test_a_wait_may_be_given_as_a_date(site: Site, fetcher: Fetcher) -> None:
    site.busy = [format_datetime(datetime.now(UTC) + timedelta(seconds=1.9), usegmt=True)]
    assert fetcher.get(f"{site.url}/busy").content == b"free again"
    first, second = site.seen
    assert 0.5 < second.time_s - first.time_s < 8


@pytest.mark.parametrize("value", ["", "soon", "-3", "1e3", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_a_wait_that_says_nothing_of_use_is_short(site: Site, fetcher: Fetcher, value: str) -> None:
    site.busy = [value]
    assert fetcher.get(f"{site.url}/busy?status=503").content == b"free again"
    assert site.seen[1].time_s - site.seen[0].time_s < 5


def test_a_server_that_stays_busy_is_an_error(site: Site, fetcher: Fetcher) -> None:
    site.busy = ["0"] * 3
    assert problem(fetcher, f"{site.url}/busy") == (
        "busy",
        "the server is busy (status 429) and asks to wait 0 s",
    )
    assert len(site.seen) == 3


@pytest.mark.parametrize("value", ["61", "999999999"])
def test_nobody_waits_longer_than_a_minute(site: Site, fetcher: Fetcher, value: str) -> None:
    site.busy = [value]
    assert problem(fetcher, f"{site.url}/busy") == (
        "busy",
        f"the server is busy (status 429) and asks to wait {value} s",
    )
    assert len(site.seen) == 1


def test_a_connection_that_breaks_is_tried_again(site: Site, fetcher: Fetcher) -> None:
    site.hangups = 2
    assert fetcher.get(f"{site.url}/hangup").content == b"still there"
    first, second, third = (seen.time_s for seen in site.seen)
    assert second - first == pytest.approx(0.1, abs=0.08)
    assert third - second == pytest.approx(0.2, abs=0.08)


def test_a_server_that_is_not_there_is_an_error(fetcher: Fetcher) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        kind, reason = problem(fetcher, f"http://127.0.0.1:{closed.getsockname()[1]}/")
    assert kind == "unreachable"
    assert reason == "the connection failed ([Errno 111] Connection refused)"


def test_closing_ends_what_waits(site: Site) -> None:
    with ThreadPoolExecutor(1) as threads:
        with Fetcher(replace(OPTIONS, requests_per_second=0.01)) as fetcher:
            fetcher.get(f"{site.url}/")
            waiting = threads.submit(fetcher.get, f"{site.url}/about/")
            time.sleep(0.05)
        error = waiting.exception(timeout=10)
    assert isinstance(error, FetchError)
    assert error.reason == "was not fetched before the end"
    assert site.paths == ["/"]
