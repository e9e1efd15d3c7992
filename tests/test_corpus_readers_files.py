"""The files of a source, wherever they lie: in folders, in archives, packed one by one."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corpus.errors import SourceError
from corpus.readers import detect, read
from corpus.readers.files import (
    HTML_SUFFIXES,
    MARKDOWN_SUFFIXES,
    TEXT_SUFFIXES,
    Found,
    files,
    load,
    load_text,
    newest_first,
    some_files,
)
from corpus.types import Post, Skipped, Source

_NOBODY = 65534
_OUTSIDE = "cannot be read: has a name that points outside of the archive"
_SYMLINK = 0o120777 << 16


def write(path: Path, content: str | bytes = "some text") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def archive(path: Path, entries: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return path


def one_file(folder: Path, content: bytes) -> Found:
    (found,) = files(write(folder / "a.md", content), MARKDOWN_SUFFIXES)
    return found


def places(location: Path, suffixes: frozenset[str] = MARKDOWN_SUFFIXES) -> list[str]:
    return [file.place for file in files(location, suffixes)]


def loaded(location: Path) -> dict[str, bytes | str]:
    """By place, what is in a file or why it is not read."""
    found = {}
    for file in files(location, MARKDOWN_SUFFIXES):
        content = load(file)
        found[file.place] = content.reason if isinstance(content, Skipped) else content
    return found


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine may enter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def unprivileged() -> Iterator[None]:
    """Run as a user whom file permissions stop, unless that is so anyway."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_files_are_found_everywhere_in_order_of_place(tmp_path: Path) -> None:
    for name in ["b.md", "a/z.md", "a.md", "a/x .md", "C.MD", "a/.b.md", ".a/b.md", "d.txt"]:
        write(tmp_path / name)
    assert places(tmp_path) == ["C.MD", "a.md", "a/x .md", "a/z.md", "b.md"]


def test_a_single_file(tmp_path: Path) -> None:
    assert places(write(tmp_path / "a.md")) == ["a.md"]
    assert places(tmp_path / "a.md", TEXT_SUFFIXES) == []


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    write(tmp_path / "blog/a.md")
    write(tmp_path / "elsewhere/b.md")
    (tmp_path / "blog/linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "blog/loop").symlink_to(tmp_path / "blog")
    (tmp_path / "elsewhere/back").symlink_to(tmp_path / "blog")
    (tmp_path / "blog/self").symlink_to(tmp_path / "blog/self")
    assert places(tmp_path / "blog") == ["a.md", "linked/b.md"]


def test_a_name_that_is_not_utf8_gets_a_place_that_can_be_stored(tmp_path: Path) -> None:
    write(Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.md")))
    (found,) = files(tmp_path, MARKDOWN_SUFFIXES)
    assert found.place == "caf\\xe9.md"
    assert load(found) == b"some text"


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\nb\tc\x7f", "a\\nb\\tc\\x7f"),
        ("a\x9bb", "a\\x9bb"),
        ("a\u202edm.b", "a\\u202edm.b"),
        ("a\u2028b", "a\\u2028b"),
        ("a\u200db é", "a\u200db é"),
    ],
)
def test_no_place_gives_orders_to_a_terminal(tmp_path: Path, name: str, spelt: str) -> None:
    write(tmp_path / "folder" / name / f"{name}.md")
    expected = {f"{spelt}/{spelt}.md": b"some text"}
    assert loaded(tmp_path / "folder") == expected
    assert loaded(archive(tmp_path / "a.zip", {f"{name}/{name}.md": "some text"})) == expected
    (tmp_path / f"{name}.md").write_text("one")
    assert places(tmp_path / f"{name}.md") == [f"{spelt}.md"]


def test_the_longest_name_there_can_be(tmp_path: Path) -> None:
    name = "a" * 252 + ".md"
    write(tmp_path / name)
    assert loaded(tmp_path) == {name: b"some text"}
    long = "b/" * 30_000 + "c.md"
    assert loaded(archive(tmp_path / "a.zip", {long: "text"})) == {long: b"text"}


@pytest.mark.parametrize(
    ("suffixes", "message"),
    [
        (MARKDOWN_SUFFIXES, "holds no .markdown, .md or .mdx file."),
        (TEXT_SUFFIXES, "holds no .txt file."),
    ],
)
def test_no_file_is_an_error_where_some_are_wanted(
    tmp_path: Path, suffixes: frozenset[str], message: str
) -> None:
    write(tmp_path / "a.html")
    assert len(some_files(tmp_path, HTML_SUFFIXES)) == 1
    with pytest.raises(SourceError) as caught:
        some_files(tmp_path, suffixes)
    assert caught.value.message == f"{tmp_path}: {message}"


def test_what_is_no_file_is_skipped(tmp_path: Path) -> None:
    write(tmp_path / "a.md/inner.md")
    (tmp_path / "b.md").symlink_to(tmp_path / "gone.md")
    (tmp_path / "c.md").symlink_to(tmp_path / "c.md")
    os.mkfifo(tmp_path / "d.md")
    link = "cannot be read: is no regular file, or a broken link"
    assert loaded(tmp_path) == {
        "a.md": "cannot be read: is a folder",
        "b.md": link,
        "c.md": link,
        "d.md": link,
    }


def test_a_file_without_permission_is_skipped(open_folder: Path) -> None:
    write(open_folder / "a.md").chmod(0)
    write(open_folder / "b.md.gz", gzip.compress(b"text")).chmod(0)
    with unprivileged():
        found = [load(file) for file in files(open_folder, MARKDOWN_SUFFIXES)]
    reason = "cannot be read: Permission denied"
    assert found == [Skipped(name, reason, unreadable=True) for name in ["a.md", "b.md.gz"]]


def test_an_archive_without_permission_is_refused(open_folder: Path) -> None:
    packed = archive(open_folder / "a.zip", {"a.md": "text"})
    packed.chmod(0)
    with unprivileged(), pytest.raises(SourceError) as caught:
        files(packed, MARKDOWN_SUFFIXES)
    assert caught.value.message.endswith("a damaged one (Permission denied).")


def test_a_folder_without_permission_stops_the_import(open_folder: Path) -> None:
    write(open_folder / "a.md")
    closed = write(open_folder / "closed/b.md").parent
    closed.chmod(0)
    try:
        with unprivileged(), pytest.raises(SourceError) as caught:
            files(open_folder, MARKDOWN_SUFFIXES)
    finally:
        closed.chmod(0o755)
    message = f"{closed}: the folder cannot be listed (Permission denied)."
    assert caught.value.message == message


def test_files_of_a_folder_that_nobody_may_enter_are_skipped(open_folder: Path) -> None:
    write(open_folder / "a.md")
    write(open_folder / "closed/b.md")
    write(open_folder / "closed/c.md.gz", gzip.compress(b"text"))
    (open_folder / "closed").chmod(0o744)
    try:
        with unprivileged():
            found = [load(file) for file in files(open_folder, MARKDOWN_SUFFIXES)]
    finally:
        (open_folder / "closed").chmod(0o755)
    reason = "cannot be read: Permission denied"
    assert found == [
        b"some text",
        Skipped("closed/b.md", reason, unreadable=True),
        Skipped("closed/c.md.gz", reason, unreadable=True),
    ]


def test_a_folder_in_one_that_nobody_may_enter_stops_the_import(open_folder: Path) -> None:
    write(open_folder / "closed/inner\x1b/b.md")
    (open_folder / "closed").chmod(0o744)
    try:
        with unprivileged(), pytest.raises(SourceError) as caught:
            files(open_folder, MARKDOWN_SUFFIXES)
    finally:
        (open_folder / "closed").chmod(0o755)
    assert caught.value.message == (
        f"{open_folder}/closed/inner\\x1b: the folder cannot be listed (Permission denied)."
    )


def test_a_folder_that_cannot_be_listed_is_of_no_kind(open_folder: Path) -> None:
    closed = write(open_folder / "closed/b.md").parent
    closed.chmod(0)
    try:
        with unprivileged(), pytest.raises(SourceError) as caught:
            detect(str(closed))
    finally:
        closed.chmod(0o755)
    message = f"{closed}: the folder cannot be listed (Permission denied)."
    assert caught.value.message == message


def test_a_subfolder_that_nobody_may_enter_costs_only_its_posts(open_folder: Path) -> None:
    write(open_folder / "content/a.md")
    closed = write(open_folder / "closed/b.md").parent
    source = Source("s", "markdown", str(open_folder))
    # all that readers load, while it may be loaded
    assert (detect(str(open_folder)), len(list(read(source)))) == ("markdown", 2)
    closed.chmod(0o744)
    try:
        with unprivileged():
            assert detect(str(open_folder)) == "markdown"
            denied, post = read(source)
    finally:
        closed.chmod(0o755)
    reason = "cannot be read: Permission denied"
    assert denied == Skipped("closed/b.md", reason, unreadable=True)
    assert isinstance(post, Post)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("blog.2023-01-01.xml", "blog.2024-01-01.xml"),
        ("blog-12-31-2023.xml", "blog-01-01-2024.xml"),
        ("blog-12-31-2023.xml", "a.WordPress.2024-01-01.xml"),
        ("blog.ghost.2024-01-01-09-30-00.json", "blog.ghost.2024-01-01-12-05-59.json"),
        ("blog.2024-01-01.json", "blog.2024-01-01-00-00-01.json"),
        ("takeout-20230131T235959Z/a.atom", "takeout-20240101T000000Z/a.atom"),
        ("2099-01-01/blog.2023-01-01.xml", "2000-01-01/blog.2024-01-01.xml"),
    ],
)
def test_the_newest_export_is_told_by_its_name(older: str, newer: str) -> None:
    found = [
        Found(older, io.BytesIO, changed=(2,)),
        Found(newer, io.BytesIO, changed=(1,)),
    ]
    assert [file.place for file in newest_first(found)] == [newer, older]
    assert [file.place for file in newest_first(found[::-1])] == [newer, older]


def test_the_newest_export_is_told_by_its_time_where_a_name_has_none(tmp_path: Path) -> None:
    names = ["a.2024-01-01.md", "b.md", "c.123456789.md", "d.md"]
    for name, day in zip(names, [3, 1, 4, 1], strict=True):
        os.utime(write(tmp_path / name), (day * 86_400, day * 86_400))
    order = ["c.123456789.md", "a.2024-01-01.md", "b.md", "d.md"]
    assert [file.place for file in newest_first(files(tmp_path, MARKDOWN_SUFFIXES))] == order
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        for name, day in zip(names, [3, 1, 4, 1], strict=True):
            packed.writestr(zipfile.ZipInfo(name, (2020, 1, day, 0, 0, 0)), "text")
    found = files(tmp_path / "a.zip", MARKDOWN_SUFFIXES)
    assert [file.place for file in newest_first(found)] == order


def test_the_files_of_an_export_stay_in_order() -> None:
    names = ["new/2020-01-01_a", "new/2019-01-01_b", "old/2024-01-01_c", "old/2018-01-01_d"]
    changed = [(5,), (9,), (6,), (8,)]
    found = [Found(name, io.BytesIO, changed=at) for name, at in zip(names, changed, strict=True)]
    newest = newest_first(found, lambda file: file.place.partition("/")[0])
    assert [file.place for file in newest] == names
    older = newest_first(found[:1] + found[2:], lambda file: file.place.partition("/")[0])
    assert [file.place for file in older] == [*names[2:], names[0]]


def test_parts_of_one_day_stay_in_order() -> None:
    names = [f"blog.wordpress.2024-01-01.{number:03}.xml" for number in range(3)]
    found = [Found(name, io.BytesIO, changed=(number,)) for number, name in enumerate(names)]
    assert [file.place for file in newest_first(found)] == names


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xef\xbb\xbf\xef\xbb\xbfa", "a"),
        ("naïve".encode("cp1252"), "naïve"),
        (b"\x93quoted\x94", "“quoted”"),
        ("naïve “café”".encode() + b" \x93", "naïve “café” “"),
        ("naïve\r\n".encode("utf-16"), "naïve\n"),
        (b"\xfe\xff" + "naïve".encode("utf-16-be"), "naïve"),
        (b"", ""),
    ],
)
def test_text_is_decoded(tmp_path: Path, content: bytes, text: str) -> None:
    assert load_text(one_file(tmp_path, content)) == text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"caf\xe9 h\0i\0", "is not UTF-8 text (byte 3: 0xe9) and holds NUL bytes"),
        (b"caf\xe9 \x81", "is not UTF-8 text (byte 3: 0xe9), nor Windows-1252"),
        (b"\xff\xfeh\0i", "is not UTF-16 text (byte 4)"),
        (b"\xff\xfe\x00\xd8\x00\x00", "is not UTF-16 text (byte 2)"),
    ],
)
def test_what_is_no_text_is_skipped(tmp_path: Path, content: bytes, reason: str) -> None:
    assert load_text(one_file(tmp_path, content)) == Skipped("a.md", reason, unreadable=True)


def test_what_is_too_large_is_skipped(tmp_path: Path) -> None:
    write(tmp_path / "a.md", b"a" * (3 * 2**20 + 1))
    write(tmp_path / "b.md.gz", gzip.compress(b"a" * (3 * 2**20)))
    large, fits = files(tmp_path, MARKDOWN_SUFFIXES)
    assert load(large, 3 * 2**20) == Skipped("a.md", "is larger than 3 MiB", unreadable=True)
    assert load(fits, 3 * 2**20) == b"a" * (3 * 2**20)


def test_packed_files_count_as_what_they_hold(tmp_path: Path) -> None:
    write(tmp_path / "a.md.gz", gzip.compress(b"text"))
    write(tmp_path / "b.txt.gz", gzip.compress(b"text"))
    assert loaded(tmp_path) == {"a.md.gz": b"text"}
    assert loaded(tmp_path / "a.md.gz") == {"a.md.gz": b"text"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cannot be read: "),
        (b"no gzip", "cannot be read: Not a gzipped file"),
        (gzip.compress(b"text" * 99, mtime=0)[:-9], "cannot be read: is damaged"),
        (gzip.compress(b"text" * 99, mtime=0)[:12] + b"\xff" * 30, "cannot be read: is damaged"),
        (gzip.compress(b"text", mtime=0)[:-4] + b"\0\0\0\1", "cannot be read: Incorrect length"),
    ],
)
def test_a_packed_file_that_is_damaged(tmp_path: Path, content: bytes, reason: str) -> None:
    write(tmp_path / "a.md.gz", content)
    if not content:
        assert loaded(tmp_path) == {"a.md.gz": b""}
    else:
        assert str(loaded(tmp_path)["a.md.gz"]).startswith(reason)


def test_files_in_an_archive(tmp_path: Path) -> None:
    packed = archive(
        tmp_path / "blog.ZIP",
        {
            "b/z.md": "z",
            "a.md": "a",
            "c.md.gz": gzip.compress(b"c"),
            "d.txt": "d",
            "folder.md/": "",
            ".git/e.md": "e",
            "b/.hidden.md": "f",
            "__MACOSX/b/._z.md": "g",
            "./here.md": "h",
            "Notes: two.md": "i",
        },
    )
    assert loaded(packed) == {
        "./here.md": b"h",
        "Notes: two.md": b"i",
        "a.md": b"a",
        "b/z.md": b"z",
        "c.md.gz": b"c",
    }


def test_a_name_that_is_in_an_archive_twice_is_one_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("a.md", "old")
        with pytest.warns(UserWarning, match="Duplicate name"):
            packed.writestr("a.md", "new")
    assert loaded(tmp_path / "a.zip") == {"a.md": b"new"}


@pytest.mark.parametrize(
    "name", ["../a.md", "/etc/a.md", "b/../../a.md", "..\\a.md", "C:\\a.md", "\\\\host\\a.md"]
)
def test_names_that_point_outside_of_the_archive(tmp_path: Path, name: str) -> None:
    write(tmp_path / "a.md", "outside")
    folder = tmp_path / "inside"
    folder.mkdir()
    packed = archive(folder / "a.zip", {name: "evil", "ok.md": "fine"})
    found = loaded(packed)
    assert found.pop("ok.md") == b"fine"
    assert list(found.values()) == [_OUTSIDE]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.md", "a.zip", "inside"]


def test_links_in_an_archive_are_not_followed(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("a.md")
    entry.external_attr = _SYMLINK
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(entry, "/etc/passwd")
    assert loaded(tmp_path / "a.zip") == {"a.md": "cannot be read: is a link"}


def test_an_encrypted_file_in_an_archive(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"a.md": "secret", "b.md": "open"})
    content = bytearray(packed.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1
    packed.write_bytes(content)
    assert loaded(packed) == {"a.md": "cannot be read: is encrypted", "b.md": b"open"}


@pytest.mark.parametrize("method", [99, 1])
def test_a_method_of_packing_that_nobody_knows(tmp_path: Path, method: int) -> None:
    packed = archive(tmp_path / "a.zip", {"a.md": "text"})
    content = bytearray(packed.read_bytes())
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(mark) + place :][:1] = b""
        content[content.index(mark) + place] = method
    packed.write_bytes(content)
    assert str(loaded(packed)["a.md"]).startswith("cannot be read: the archive is damaged here")


def test_an_archive_of_a_later_version(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"a.md": "text"})
    content = bytearray(packed.read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 99
    packed.write_bytes(content)
    with pytest.raises(
        SourceError, match=r"is no zip archive, or a damaged one \(zip file version"
    ):
        files(packed, MARKDOWN_SUFFIXES)


def test_an_archive_that_was_cut_off(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"a.md": "text" * 1000, "b.md": "text"})
    whole = packed.read_bytes()
    for length in range(0, len(whole), 7):
        packed.write_bytes(whole[:length])
        with pytest.raises(SourceError) as caught:
            files(packed, MARKDOWN_SUFFIXES)
        assert caught.value.message == (
            f"{packed}: is no zip archive, or a damaged one (File is not a zip file)."
        )
        assert caught.value.hint == "Download it again."


def test_a_damaged_file_in_an_archive_costs_no_other(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"a.md": "text " * 1000, "b.md": "fine"})
    content = bytearray(packed.read_bytes())
    content[45] ^= 0xFF
    packed.write_bytes(content)
    found = loaded(packed)
    assert str(found["a.md"]).startswith("cannot be read: is damaged (")
    assert found["b.md"] == b"fine"


def test_an_archive_in_an_archive_is_left_alone(tmp_path: Path) -> None:
    inner = archive(tmp_path / "inner.zip", {"a.md": "text"}).read_bytes()
    assert places(archive(tmp_path / "outer.zip", {"inner.zip": inner, "b.md": "b"})) == ["b.md"]


def zeros(path: Path, size: int) -> Path:
    """An archive with a file of ``size`` zero bytes, made without holding them."""
    piece = bytes(2**20)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("a.md", "w") as file,
    ):
        for _ in range(size // len(piece)):
            file.write(piece)
    return path


def lying(path: Path, size: int) -> None:
    """Says in the archive's directory that its file has ``size`` bytes."""
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, size)
    path.write_bytes(content)


def test_an_archive_of_nothing_but_zeros_is_refused(tmp_path: Path) -> None:
    bomb = zeros(tmp_path / "a.zip", 2**30)
    assert bomb.stat().st_size < 6 * 2**20
    with pytest.raises(SourceError) as caught:
        files(bomb, MARKDOWN_SUFFIXES)
    assert caught.value.message == (
        f"{bomb}: unpacks to 1,024 MiB, far more than such an archive can hold."
    )


def test_an_archive_that_says_it_holds_less_gives_no_more(tmp_path: Path) -> None:
    bomb = zeros(tmp_path / "a.zip", 100 * 2**20)
    lying(bomb, 1000)
    assert str(loaded(bomb)["a.md"]).startswith("cannot be read: is damaged (Bad CRC-32")


def test_many_files_on_the_same_bytes_are_refused(tmp_path: Path) -> None:
    """The directory of an archive may name one packed file a thousand times."""
    packed = zeros(tmp_path / "a.zip", 2**20)
    content = packed.read_bytes()
    start = content.index(b"PK\x01\x02")
    head = content[start : start + 28] + struct.pack("<H", 8) + content[start + 30 : start + 46]
    entries = b"".join(head + f"{number:05}.md".encode() for number in range(1000))
    tail = bytearray(content[content.index(b"PK\x05\x06") :])
    struct.pack_into("<HHII", tail, 8, 1000, 1000, len(entries), start)
    packed.write_bytes(content[:start] + entries + tail)
    with pytest.raises(SourceError, match="unpacks to 1,000 MiB, far more than"):
        files(packed, MARKDOWN_SUFFIXES)


def test_more_files_than_any_blog_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = archive(tmp_path / "a.zip", {f"{number}.md": "" for number in range(11)})
    monkeypatch.setattr("corpus.readers.files._MOST_FILES", 10)
    with pytest.raises(SourceError, match=r"holds 11 files; 10 are read at most"):
        files(packed, MARKDOWN_SUFFIXES)


def size_of(file: Found) -> int:
    size = 0
    with file.open() as opened:
        while piece := opened.read(2**20):
            size += len(piece)
    return size


def gzipped_zeros(size: int) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as file:
        for _ in range(size // 2**20):
            file.write(bytes(2**20))
    return packed.getvalue()


def test_a_packed_file_of_nothing_but_zeros_is_given_up(tmp_path: Path) -> None:
    bomb = gzipped_zeros(2**28)
    write(tmp_path / "a.md.gz", bomb)
    archive(tmp_path / "b.zip", {"b.md.gz": bomb})
    for location in (tmp_path, tmp_path / "b.zip"):
        (file,) = files(location, MARKDOWN_SUFFIXES)
        with pytest.raises(OSError, match="unpacks to far more than such a file can hold"):
            size_of(file)
        assert load(file) == Skipped(file.place, "is larger than 20 MiB", unreadable=True)


def test_a_large_file_that_packs_well_is_read(tmp_path: Path) -> None:
    line = b"".join(b"%d lines of text that pack well enough\n" % number for number in range(3000))
    write(tmp_path / "a.md.gz", gzip.compress(line * 800, 1))
    (file,) = files(tmp_path, MARKDOWN_SUFFIXES)
    assert size_of(file) == len(line) * 800 > 2**26
