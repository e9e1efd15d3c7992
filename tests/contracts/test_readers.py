"""What every reader promises, whatever it reads; a new kind is tested by adding its sample."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Literal, get_args

import pytest

from bench.fuzz import Case, cases, run_case, until_refused
from corpus.archive import Archive
from corpus.errors import SourceError
from corpus.intake import ImportReport
from corpus.readers import detect, read
from corpus.readers.files import LARGEST_FILE
from corpus.types import Post, ReadOptions, Skipped, Source, SourceKind
from tests.contracts.readers import (
    OUTSIDER,
    SAMPLES,
    TESTED_ELSEWHERE,
    Expected,
    Sample,
    broken_promises,
)

KINDS: list[str] = [kind for kind in get_args(SourceKind) if kind not in TESTED_ELSEWHERE]
CUTS = 20
STARTS = 4
MAY_BE_BLANK = {"markdown", "text", "substack"}
"""Their texts stand in files of their own, of any length: one that somebody has emptied, to take
the post back, looks like one that was cut off before its first word."""
FUZZED_FILES = 150


@pytest.fixture(params=KINDS)
def sample(request: pytest.FixtureRequest) -> Sample:
    """The sample of each kind in turn."""
    kind: str = request.param
    if kind not in SAMPLES:
        pytest.fail(
            f"the kind {kind!r} has no sample: add one to SAMPLES in tests/contracts/readers.py"
        )
    return SAMPLES[kind]


def read_all(source: Source) -> list[Post | Skipped]:
    """Everything a source yields until it ends or is refused; nothing in it breaks a promise."""
    found, error = until_refused(source)
    assert error is None or (error.message and error.hint)
    assert broken_promises(found) == []
    text = repr(found)
    assert [word for word in OUTSIDER if word in text] == []
    return found


def posts(found: list[Post | Skipped]) -> list[Expected]:
    return [Expected.of(post) for post in found if isinstance(post, Post)]


def pack(folder: Path, archive: Path, below: str = "") -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, below + path.relative_to(folder).as_posix())
    return archive


def test_every_kind_has_a_sample() -> None:
    assert set(SAMPLES) | set(TESTED_ELSEWHERE) == set(get_args(SourceKind))


def test_it_is_recognised(sample: Sample, tmp_path: Path) -> None:
    location = sample.write(tmp_path / "source")
    assert detect(str(location)) == sample.kind
    assert detect(str(tmp_path / "source")) == sample.kind


def test_exactly_its_posts_are_read(sample: Sample, tmp_path: Path) -> None:
    found = list(read(sample.source(sample.write(tmp_path))))
    assert posts(found) == list(sample.posts)
    assert [each for each in found if isinstance(each, Skipped) and each.unreadable] == []
    assert broken_promises(found) == []


def test_it_is_read_alike_twice(sample: Sample, tmp_path: Path) -> None:
    source = sample.source(sample.write(tmp_path))
    first, second = list(read(source)), list(read(source))
    assert first == second
    hashes = [post.content_hash for post in first if isinstance(post, Post)]
    assert hashes == [post.content_hash for post in second if isinstance(post, Post)]
    assert len(set(hashes)) == len(hashes)


def test_every_post_knows_its_source_and_file(sample: Sample, tmp_path: Path) -> None:
    for each in read(sample.source(sample.write(tmp_path))):
        assert each.place.partition("#")[0] in sample.files
        assert each.place.count("#") <= 1
        if isinstance(each, Post):
            assert each.source == "sample"


def test_somebody_is_told_of_every_place(sample: Sample, tmp_path: Path) -> None:
    places: list[str] = []
    source = sample.source(sample.write(tmp_path))
    found = list(read(source, ReadOptions(on_place=places.append)))
    assert places == [each.place for each in found]


def test_nobody_else_is_in_it(sample: Sample, tmp_path: Path) -> None:
    text = repr(list(read(sample.source(sample.write(tmp_path)))))
    assert [word for word in OUTSIDER if word in text] == []


@pytest.mark.parametrize("below", ["", "Takeout/My blog/"])
def test_it_may_be_in_an_archive(sample: Sample, tmp_path: Path, below: str) -> None:
    unpacked = list(read(sample.source(sample.write(tmp_path / "source"))))
    archive = pack(tmp_path / "source", tmp_path / "export.zip", below)
    assert detect(str(archive)) == sample.kind
    packed = list(read(sample.source(archive)))
    assert posts(packed) == posts(unpacked)
    if not below:
        assert packed == unpacked


def test_its_files_may_be_packed_one_by_one(sample: Sample, tmp_path: Path) -> None:
    if not sample.packs:
        pytest.skip("nobody packs the files of such an export")
    packed = {f"{name}.gz": gzip.compress(content) for name, content in sample.contents.items()}
    location = sample.write(tmp_path, packed)
    assert detect(str(location)) == sample.kind
    assert posts(read_all(sample.source(location))) == list(sample.posts)


def test_what_is_whole_before_a_cut_is_read(sample: Sample, tmp_path: Path) -> None:
    contents = sample.contents
    for name, content in contents.items():
        for part in range(CUTS):
            length = len(content) * part // CUTS
            folder = tmp_path / f"{part}"
            location = sample.write(folder, contents | {name: content[:length]})
            found = posts(read_all(sample.source(location)))
            whole = sample.whole_before(name, length)
            assert [post for post in found if post in whole] == whole, (name, part)


Damaged = bytes | Literal["a folder", "missing"]
Damage = Callable[[bytes], Iterator[Damaged]]


class Blog:
    """A source in an archive; whatever happens to its files, the posts stay.

    Beside a twin that is never damaged it is not refused: there every post that is not found counts
    as removed, unless the reader says that it does not know.
    """

    def __init__(self, sample: Sample, folder: Path, contents: dict[str, bytes]) -> None:
        self._archive = Archive(folder / "archive.sqlite", create=True)
        self._root = folder / "source"
        self._source = sample.source(sample.write(self._root, contents))
        self._contents = contents
        self._archive.put(self._source, read(self._source))
        self._posts = list(self._archive.posts())
        assert self._posts

    def __enter__(self) -> Blog:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def keeps_posts(self, name: str, damaged: Damaged) -> tuple[Skipped, ...]:
        """Import with the file ``name`` damaged; what the report says was left out."""
        path = self._root / name
        path.unlink()
        if damaged == "a folder":
            path.mkdir()
        elif damaged != "missing":
            path.write_bytes(damaged)
        before = self._archive.digest()
        try:
            report = self._archive.put(self._source, read(self._source))
        except SourceError:
            assert self._archive.digest() == before
            report = ImportReport(self._source)
        if damaged == "a folder":
            path.rmdir()
        path.touch()
        removed = {post.place for post in self._posts if post.id in report.removed}
        if self._source.kind in MAY_BE_BLANK:
            blank = {each.place for each in report.skipped if each.reason == "no text"}
            if removed & blank:
                self.comes_back(name)
            removed -= blank
        assert removed == set(), (name, damaged[-80:], report.skipped)
        return report.skipped

    def comes_back(self, name: str) -> None:
        """Import with the file as it was: as if nothing had happened."""
        (self._root / name).write_bytes(self._contents[name])
        self._archive.put(self._source, read(self._source))
        assert list(self._archive.posts()) == self._posts


def with_twin(contents: dict[str, bytes]) -> dict[str, bytes]:
    """The files in a folder, and in another one those of a blog with as many other posts."""
    return {f"one/{name}": content for name, content in contents.items()} | {
        f"other/{_twin(name.encode()).decode()}": _twin(content)
        for name, content in contents.items()
    }


def _twin(content: bytes) -> bytes:
    for word, other in ((b"door", b"gate"), (b"price", b"value")):
        content = content.replace(word, other).replace(word.title(), other.title())
    return content


def _cut(content: bytes, parts: int = CUTS) -> Iterator[bytes]:
    for part in range(parts):
        yield content[: len(content) * part // parts]


def _noise(content: bytes) -> Iterator[bytes]:
    for start in _cut(content, STARTS):
        yield start + Random(0).randbytes(len(content) - len(start))


def _no_letters(content: bytes) -> Iterator[bytes]:
    """A byte that no encoding of text has, without the NUL that tells a binary file."""
    for start in _cut(content, STARTS):
        yield start + b"\x81" * (len(content) - len(start))


def _half_a_character(content: bytes) -> Iterator[bytes]:
    yield content.decode().encode("utf-16")[:-1]


def _too_large(content: bytes) -> Iterator[bytes]:
    half = len(content) // 2
    yield content[:half] + b" " * (2 * LARGEST_FILE) + content[half:]


def _nested(content: bytes) -> Iterator[bytes]:
    """Deeper than any parser goes, where a value stands in JSON or YAML."""
    yield content.replace(b": ", b": " + b"[" * 100_000, 1)


def _a_folder(content: bytes) -> Iterator[Damaged]:
    yield "a folder"


def test_a_cut_is_no_removal(sample: Sample, tmp_path: Path) -> None:
    """What is not there any more is not known to be gone: something says so, or it is refused."""
    with Blog(sample, tmp_path, sample.contents) as blog:
        for name, content in sample.contents.items():
            for damaged in _cut(content):
                blog.keeps_posts(name, damaged)
            blog.comes_back(name)


DAMAGES = (_cut, _noise, _no_letters, _half_a_character, _too_large, _nested, _a_folder)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
def test_damage_removes_no_post(
    sample: Sample, damage: Damage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.readers.ghost.LARGEST_EXPORT", LARGEST_FILE)
    monkeypatch.setattr("corpus.readers.xml.LARGEST_ELEMENT", LARGEST_FILE)
    contents = with_twin(sample.contents)
    with Blog(sample, tmp_path, contents) as blog:
        for name in [f"one/{name}" for name in sample.files]:
            for damaged in damage(contents[name]):
                blog.keeps_posts(name, damaged)
            blog.comes_back(name)


def test_a_damaged_table_removes_no_post(sample: Sample, tmp_path: Path) -> None:
    """A row that has lost a column is told, and a text that has lost its file."""
    of_posts = [name for name in sample.files if any(piece.of for piece in sample.files[name])]
    tables = [f"one/{name}" for name in of_posts if name.endswith(".csv")]
    if not tables:
        pytest.skip("no table in it")
    contents = with_twin(sample.contents)
    with Blog(sample, tmp_path, contents) as blog:
        for table in tables:
            rows = contents[table].splitlines(keepends=True)
            for number, row in enumerate(rows[1:], start=1):
                for torn in (row.replace(b",", b"", 1), b"".join(row.rsplit(b",", 1))):
                    content = b"".join([*rows[:number], torn, *rows[number + 1 :]])
                    told = blog.keeps_posts(table, content)
                    assert any(each.unreadable and f"{table}#" in each.place for each in told)
            blog.comes_back(table)
        for text in {f"one/{name}" for name in of_posts}.difference(tables):
            (told_of,) = [each for each in blog.keeps_posts(text, "missing") if each.unreadable]
            assert told_of.place.partition("#")[0] in tables
            blog.comes_back(text)


def test_a_damaged_packed_file_removes_no_post(sample: Sample, tmp_path: Path) -> None:
    if not sample.packs:
        pytest.skip("nobody packs the files of such an export")
    contents = {
        f"{name}.gz": gzip.compress(content, mtime=0)
        for name, content in with_twin(sample.contents).items()
    }
    with Blog(sample, tmp_path, contents) as blog:
        for name in [name for name in contents if name.startswith("one/")]:
            for damaged in (*_cut(contents[name]), *_noise(contents[name])):
                blog.keeps_posts(name, damaged)
            blog.comes_back(name)


def test_a_damaged_archive_removes_no_post(sample: Sample, tmp_path: Path) -> None:
    """Cut off it is refused; where the content of one file in it is damaged, the rest is read."""
    sample.write(tmp_path / "files", with_twin(sample.contents))
    content = pack(tmp_path / "files", tmp_path / "export.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        entries = packed.infolist()
    with Blog(sample, tmp_path, {"export.zip": content}) as blog:
        for cut in _cut(content):
            blog.keeps_posts("export.zip", cut)
        for entry in entries:
            start = entry.header_offset + len(entry.FileHeader())
            end = start + entry.compress_size
            torn = content[:start] + Random(0).randbytes(entry.compress_size) + content[end:]
            blog.keeps_posts("export.zip", torn)
        blog.comes_back("export.zip")


def _bom(content: bytes) -> bytes:
    return b"\xef\xbb\xbf" + content


def _utf16(content: bytes) -> bytes:
    return content.decode().encode("utf-16")


def _cp1252(content: bytes) -> bytes:
    return content.decode().encode("cp1252")


@pytest.mark.parametrize("written", [_bom, _utf16, _cp1252])
def test_other_encodings(sample: Sample, tmp_path: Path, written: Callable[[bytes], bytes]) -> None:
    contents = {name: written(content) for name, content in sample.contents.items()}
    location = sample.write(tmp_path, contents)
    found = read_all(sample.source(location))
    if sample.only_utf8 and written is not _bom:
        # Its exporter knows no other encoding: nothing, or all, but not something else.
        assert posts(found) in ([], list(sample.posts))
    else:
        assert posts(found) == list(sample.posts)
        assert detect(str(location)) == sample.kind


def test_nul_bytes_get_nowhere(sample: Sample, tmp_path: Path) -> None:
    random = Random(0)
    for turn in range(10):
        contents = {}
        for name, content in sample.contents.items():
            torn = bytearray(content)
            for _ in range(turn + 1):
                torn.insert(random.randrange(len(torn) + 1), 0)
            contents[name] = bytes(torn)
        read_all(sample.source(sample.write(tmp_path, contents)))


def test_other_files_are_refused_or_skipped(sample: Sample, tmp_path: Path) -> None:
    """A wrong --kind, or a download that brought something else, crashes no reader."""
    for other in SAMPLES.values():
        mixed = dict(zip(sample.contents, list(other.contents.values()) * 9, strict=False))
        for location in (
            sample.write(tmp_path / other.kind, mixed),
            other.write(tmp_path / f"{other.kind}-as-it-is"),
        ):
            found, _ = until_refused(sample.source(location))
            assert broken_promises(found) == []


@pytest.mark.parametrize("case", cases(FUZZED_FILES, seed=0, shared=None), ids=str)
def test_damage_crashes_no_reader(case: Case, tmp_path: Path) -> None:
    run_case(case, tmp_path)
