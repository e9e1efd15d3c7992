"""Damaged files for every reader: ``python -m bench.fuzz --files 20000 --seed 0``.

Takes the samples of ``tests/contracts/readers.py`` and, with ``--shared``, real files; damages them
as disks, downloads and ill-meaning people do; reads them, each within 5 seconds of a processor's
time and 60 on the clock, in processes of their own. A reader may refuse (SourceError), skip and
find posts; anything else is a failure, whose input is kept in a folder. The exit code is 1 if there
was one.
"""

from __future__ import annotations

import argparse
import gzip
import io
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Literal, NamedTuple

import psutil

from corpus.errors import SourceError
from corpus.readers import read
from corpus.types import Post, Skipped, Source
from tests.contracts.readers import SAMPLES, Sample, broken_promises

LIMIT_S = 5.0
"""Seconds of a processor's time that one read may take."""
LIMIT_ON_CLOCK_S = 60.0
"""Seconds that one read may take on the clock, where others work on the machine too: a reader that
waits uses no processor."""
_MEMORY = 3 * 2**30
_LARGEST_INPUT = 200_000
_REPEATED = 10_000

_REAL = {
    "blogger": "blogger/**/*.*",
    "wordpress": "wxr/**/*.xml",
    "feed": "feeds/feedparser/**/*.xml",
    "markdown": "leadiq/*.md",
    "html": "html_articles/html/*.gz",
    "text": "seeds/*.txt",
    "ghost": "exports/ghost_migrate/mg-json/**/*.json",
    "medium": "exports/ghost_migrate/mg-medium-export/test/fixtures/export/**/*.html",
}
_TOKENS = (
    *(b"]]>", b"<!--", b"-->", b"<![CDATA[", b"<!DOCTYPE a [", b"<?", b"?>", b"<", b">", b"&"),
    *(b"&#0;", b"&#x110000;", b"&#xD800;", b"&#99999999999999999999;", b"&amp;amp;", b"&nbsp;"),
    *(b"<?xml version='1.0' encoding='utf-16'?>", b"<?xml version='1.0' encoding='undefined'?>"),
    *(b"<meta charset='utf-7'>", b"<base href='http://['>", b"<a href='http://[::1'>", b"</p>"),
    *(b"\0", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"),
    *(b"\r", b"\x0b", b"\x0c", b"\x1b[2J", b"\x85", b"\xe2\x80\xa8", b"\xe2\x80\x8d", b"\xc2\xad"),
    *(b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\\u0000", b"\\ud800", b"\n---\n"),
    *(b"null", b"true", b"NaN", b"1e999", b"-1", b"99999999999999999999", b"0x10", b"[]", b"{}"),
    *(b"0000-00-00 00:00:00", b"2014-13-45", b"9999-12-31T23:59:60Z", b"http://[", b"//", b"../"),
    *(
        b"{{<",
        b">}}",
        b"{%",
        b"%}",
        b"[caption",
        b"[/caption]",
        b"<!-- wp:",
        b"\n+++\n",
        b"\n;;;\n",
    ),
    *(b"<entry>", b"</entry>", b"<item>", b"</item>", b"<channel>", b"<script>", b"<plaintext>"),
)
_OPENERS = (
    *(b"<div>", b"<b>", b"<ul><li>", b"<blockquote>", b"<table><tr><td>", b"<pre>", b"<a href=x>"),
    *(b"<p", b"<!--", b"<![CDATA[", b"&lt;b&gt;", b"&", b"<!DOCTYPE a [", b"<item>", b"<entry>"),
    *(b"[", b"{", b'{"a":', b"(", b"![", b"[[", b"*", b"_", b"`", b"> ", b"- ", b"\t", b"    "),
    *(b"{{", b"{%", b"[gallery ", b"[a][", b"\n", b" ", b"a", b"@", b"a.", b"a@", b"-", b"=", b"/"),
    *(b"\n# ", b"\n|a|", b"\xe2\x80\x8d", b"\xc2\xa0", b"\xcc\x81", b"9", b'"', b"'", b"\\", b"%"),
)


End = Literal["read", "refused", "crash", "hang"]


@dataclass(frozen=True)
class Case:
    """One damaged source; the same seed, number and shared folder make the same."""

    kind: str
    number: int
    seed: int
    shared: Path | None = None

    def __str__(self) -> str:
        return f"{self.kind}-{self.seed}-{self.number}"

    @property
    def sample(self) -> Sample:
        """The sample of the kind."""
        return SAMPLES[self.kind]

    def contents(self) -> dict[str, bytes]:
        """The files of the damaged source."""
        random = Random(str(self))
        inputs = _inputs(self.kind, self.shared)
        # A small sample is changed where it counts more often than a large real file.
        contents = dict(inputs[0] if random.random() < 0.5 else random.choice(inputs))
        return _DAMAGE[random.randrange(len(_DAMAGE))](contents, random)


class Outcome(NamedTuple):
    """What came of reading one damaged source; ``detail`` of a failure is its traceback."""

    kind: str
    number: int
    end: End
    posts: int = 0
    skipped: int = 0
    detail: str = ""


def cases(
    count: int, seed: int, shared: Path | None, kinds: Sequence[str] = tuple(SAMPLES)
) -> list[Case]:
    """``count`` cases of ``kinds`` in turn."""
    return [Case(kinds[number % len(kinds)], number, seed, shared) for number in range(count)]


def until_refused(source: Source) -> tuple[list[Post | Skipped], SourceError | None]:
    """What is found in a source until its end, or until it is refused, and why it was."""
    found: list[Post | Skipped] = []
    try:
        found.extend(read(source))
    except SourceError as error:
        return found, error
    return found, None


def run_case(case: Case, folder: Path) -> tuple[list[Post | Skipped], SourceError | None]:
    """As :func:`until_refused`, for a damaged source that is written to ``folder``.

    AssertionError if what was found breaks a promise that every reader makes.
    """
    sample = case.sample
    found, error = until_refused(sample.source(sample.write(folder, case.contents())))
    if broken := broken_promises(found):
        raise AssertionError("\n".join(broken))
    return found, error


@cache
def _inputs(kind: str, shared: Path | None) -> list[dict[str, bytes]]:
    inputs = [SAMPLES[kind].contents]
    if shared is not None and kind in _REAL:
        for path in sorted((shared / "data").glob(_REAL[kind])):
            content = path.read_bytes()
            if path.suffix == ".gz":
                content = gzip.decompress(content)
            name = path.with_suffix("").name if path.suffix == ".gz" else path.name
            inputs.append({name: content[:_LARGEST_INPUT]})
    return inputs


def _files(contents: dict[str, bytes], random: Random) -> dict[str, bytes]:
    others = [content for sample in SAMPLES.values() for content in sample.contents.values()]
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        name = random.choice(list(contents))
        mutation = random.choice(_MUTATIONS)
        contents[name] = mutation(contents[name], random, others)
    return contents


def _in_archive(contents: dict[str, bytes], random: Random) -> dict[str, bytes]:
    """A good archive of damaged files, or a damaged one of good files."""
    good = random.random() < 0.5
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", random.choice((0, zipfile.ZIP_DEFLATED))) as archive:
        for name, content in (_files(contents, random) if good else contents).items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return {"export.zip": packed.getvalue() if good else _torn(packed.getvalue(), random)}


def _packed(contents: dict[str, bytes], random: Random) -> dict[str, bytes]:
    return {
        f"{name}.gz": _torn(gzip.compress(content, mtime=0), random)
        for name, content in contents.items()
    }


_DAMAGE: tuple[Callable[[dict[str, bytes], Random], dict[str, bytes]], ...] = (
    *(_files,) * 8,
    _in_archive,
    _packed,
)


def _torn(content: bytes, random: Random) -> bytes:
    return random.choice((_flip, _flip, _delete, _truncate, _double))(content, random, [])


def _range(content: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(content) + 1)
    return start, min(len(content), start + int(random.expovariate(1 / 50)) + 1)


def _flip(content: bytes, random: Random, others: list[bytes]) -> bytes:
    flipped = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 5, 20)) if content else 0):
        flipped[random.randrange(len(flipped))] ^= 1 << random.randrange(8)
    return bytes(flipped)


def _delete(content: bytes, random: Random, others: list[bytes]) -> bytes:
    start, end = _range(content, random)
    return content[:start] + content[end:]


def _double(content: bytes, random: Random, others: list[bytes]) -> bytes:
    start, end = _range(content, random)
    return content[:end] + content[start:end] * random.choice((1, 2, 50)) + content[end:]


def _splice(content: bytes, random: Random, others: list[bytes]) -> bytes:
    start, end = _range(content, random)
    other = random.choice(others)
    from_, to = sorted((random.randrange(len(other) + 1), random.randrange(len(other) + 1)))
    return content[:start] + other[from_:to] + content[end:]


def _insert(content: bytes, random: Random, others: list[bytes]) -> bytes:
    start, _ = _range(content, random)
    return content[:start] + random.choice(_TOKENS) + content[start:]


def _replace(content: bytes, random: Random, others: list[bytes]) -> bytes:
    start, end = _range(content, random)
    return content[:start] + random.choice(_TOKENS) + content[end:]


def _nest(content: bytes, random: Random, others: list[bytes]) -> bytes:
    start, _ = _range(content, random)
    return content[:start] + random.choice(_OPENERS) * _REPEATED + content[start:]


def _truncate(content: bytes, random: Random, others: list[bytes]) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _swap(content: bytes, random: Random, others: list[bytes]) -> bytes:
    a, b, c = sorted(random.randrange(len(content) + 1) for _ in range(3))
    return content[:a] + content[b:c] + content[a:b] + content[c:]


def _encode(content: bytes, random: Random, others: list[bytes]) -> bytes:
    encoding = random.choice(("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "cp1252", "utf-7"))
    return content.decode(errors="replace").encode(encoding, "replace")


_MUTATIONS: tuple[Callable[[bytes, Random, list[bytes]], bytes], ...] = (
    *(_flip, _flip, _delete, _delete, _double, _splice, _splice, _insert, _insert, _insert),
    *(_replace, _replace, _nest, _nest, _truncate, _swap, _encode),
)


def _work(connection: Connection, seed: int, shared: Path | None) -> None:
    """Reads the cases whose kind and number arrive, until None does."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    warnings.simplefilter("error")
    while (asked := connection.recv()) is not None:
        kind, number = asked
        with tempfile.TemporaryDirectory() as folder:
            try:
                found, error = run_case(Case(kind, number, seed, shared), Path(folder))
            except BaseException:  # the point of it all is to see what a reader lets through
                connection.send(Outcome(kind, number, "crash", detail=traceback.format_exc()))
                continue
        posts = sum(isinstance(each, Post) for each in found)
        end: End = "refused" if error else "read"
        connection.send(Outcome(kind, number, end, posts, len(found) - posts))


class _Worker:
    """A process that reads cases; a new one after it hung or died."""

    def __init__(self, seed: int, shared: Path | None) -> None:
        self._arguments = (seed, shared)
        self._start()

    def outcome(self, case: Case) -> Outcome:
        self._connection.send((case.kind, case.number))
        process = psutil.Process(self._process.pid)
        used = _used(process)
        started = time.monotonic()
        while not self._connection.poll(0.5):
            seconds, waited = _used(process) - used, time.monotonic() - started
            if seconds > LIMIT_S or waited > LIMIT_ON_CLOCK_S:
                self._process.kill()
                self._process.join()
                self._start()
                detail = f"took {seconds:.1f} s of a processor's time, {waited:.0f} s on the clock"
                return Outcome(case.kind, case.number, "hang", detail=detail)
        try:
            outcome: Outcome = self._connection.recv()
        except (EOFError, ConnectionError):
            detail = f"the process died with exit code {self._process.exitcode}"
            self._start()
            return Outcome(case.kind, case.number, "crash", detail=detail)
        return outcome

    def close(self) -> None:
        self._connection.send(None)
        self._process.join()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, *self._arguments))
        self._process.start()
        theirs.close()


def _used(process: psutil.Process) -> float:
    """Seconds of a processor's time that a process has used; 0 if it has died."""
    try:
        return float(sum(process.cpu_times()[:2]))
    except psutil.NoSuchProcess:
        return 0.0


def run(
    everything: list[Case], processes: int, seed: int, shared: Path | None
) -> Iterator[Outcome]:
    """The outcome of every case, read by that many processes at a time."""

    def share(part: int) -> list[Outcome]:
        worker = _Worker(seed, shared)
        outcomes = [worker.outcome(case) for case in everything[part::processes]]
        worker.close()
        return outcomes

    with ThreadPoolExecutor(processes) as threads:
        for outcomes in threads.map(share, range(processes)):
            yield from outcomes


def keep(case: Case, detail: str, folder: Path) -> None:
    """Writes a case and what came of it into a folder of its own below ``folder``."""
    place = folder / str(case)
    if place.exists():
        shutil.rmtree(place)
    case.sample.write(place / "source", case.contents())
    (place / "detail.txt").write_text(detail + "\n")


def main() -> int:
    """Runs the command line; 1 if a reader failed."""
    parser = argparse.ArgumentParser(description="Damaged files for every reader.")
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shared", type=Path, help="a folder with real files in data/")
    parser.add_argument("--kinds", nargs="+", choices=SAMPLES, default=list(SAMPLES))
    parser.add_argument("--keep", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    everything = cases(given.files, given.seed, given.shared, given.kinds)
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    failed = False
    for outcome in run(everything, given.processes, given.seed, given.shared):
        counts = by_kind[outcome.kind]
        counts.update(["files", outcome.end])
        counts.update({"posts": outcome.posts, "skipped": outcome.skipped})
        if outcome.end in {"crash", "hang"}:
            failed = True
            case = Case(outcome.kind, outcome.number, given.seed, given.shared)
            keep(case, outcome.detail, given.keep)
    columns = ("files", "posts", "skipped", "refused", "crash", "hang")
    print(f"{'kind':12}" + "".join(f"{column:>9}" for column in columns))
    for kind, counts in [*by_kind.items(), ("all", sum(by_kind.values(), Counter[str]()))]:
        print(f"{kind:12}" + "".join(f"{counts[column]:9,}" for column in columns))
    if failed:
        print(f"what failed is in {given.keep}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
