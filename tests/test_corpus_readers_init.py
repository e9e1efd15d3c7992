"""Sources recognised by what is there, and read in a stable order."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from corpus.errors import SourceError
from corpus.readers import MARKDOWN_SUFFIXES, Found, detect, files, load_text, read
from corpus.types import Post, Skipped, Source, SourceKind

_NOBODY = 65534
_BLOGGER_START = '<?xml version="1.0"?><feed><id>tag:blogger.com,1999:blog-1.archive</id></feed>'


def write(path: Path, content: str | bytes = "some text") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def source(location: Path, kind: SourceKind = "markdown") -> Source:
    return Source("s", kind, str(location))


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


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["a.md"], "markdown"),
        (["deep/down/A.MARKDOWN"], "markdown"),
        (["a.txt"], "text"),
        (["a.md", "b.txt", "c.txt"], "markdown"),
        (["deep/a.TXT", "b.html"], "text"),
    ],
)
def test_a_folder_is_what_its_files_are(tmp_path: Path, names: list[str], kind: str) -> None:
    for name in names:
        write(tmp_path / name)
    assert detect(tmp_path) == kind


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a .md", "", "markdown"),
        ("a.txt", "", "text"),
        ("blog.xml", _BLOGGER_START, "blogger"),
        ("feed.atom", _BLOGGER_START, "blogger"),
    ],
)
def test_a_single_file(tmp_path: Path, name: str, content: str, kind: str) -> None:
    assert detect(write(tmp_path / name, content)) == kind


def test_real_sources(shared: Path) -> None:
    assert detect(shared / "data/leadiq") == "markdown"
    assert detect(shared / "data/seeds") == "text"
    assert detect(shared / "data/blogger/pelican/bloggerexport.xml") == "blogger"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "the folder is empty."),
        (["a.html"], "no posts of a known kind found."),
        ([".hidden.md", ".git/a.md"], "no posts of a known kind found."),
        (["blog.xml"], "no posts of a known kind found."),
    ],
)
def test_a_folder_without_posts(tmp_path: Path, names: list[str], message: str) -> None:
    for name in names:
        write(tmp_path / name, _BLOGGER_START)
    with pytest.raises(SourceError) as caught:
        detect(tmp_path)
    assert caught.value.message == f"{tmp_path}: {message}"
    assert "markdown (" in caught.value.hint
    assert "text (" in caught.value.hint
    assert "blogger (" in caught.value.hint


def test_a_feed_of_something_else(tmp_path: Path) -> None:
    feed = write(tmp_path / "wordpress.xml", "<rss><channel></channel></rss>")
    with pytest.raises(SourceError) as caught:
        detect(feed)
    assert caught.value.message == f"{feed}: no posts of a known kind found."


def test_a_location_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    for call in (lambda: detect(gone), lambda: read(source(gone))):
        with pytest.raises(SourceError) as caught:
            call()
        assert caught.value.message == f"{gone}: No such file or directory."
        assert "Check the path" in caught.value.hint


@pytest.mark.parametrize("kind", ["markdown", "text"])
def test_a_source_whose_posts_are_all_gone_is_an_error(tmp_path: Path, kind: str) -> None:
    with pytest.raises(SourceError) as caught:
        list(read(source(tmp_path, cast(SourceKind, kind))))
    assert caught.value.message.startswith(f"{tmp_path}: holds no ")


def test_an_unknown_kind(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(source(tmp_path, cast(SourceKind, "wordpress")))
    assert caught.value.message == f"{tmp_path}: unknown kind 'wordpress'."
    assert "blogger" in caught.value.hint


def test_files_are_found_everywhere_in_order_of_place(tmp_path: Path) -> None:
    for name in ["b.md", "a/z.md", "a.md", "a/x .md", "C.MD", "a/.b.md", ".a/b.md", "d.txt"]:
        write(tmp_path / name)
    places = [file.place for file in files(tmp_path, MARKDOWN_SUFFIXES)]
    assert places == ["C.MD", "a.md", "a/x .md", "a/z.md", "b.md"]


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    write(tmp_path / "blog/a.md")
    write(tmp_path / "elsewhere/b.md")
    (tmp_path / "blog/linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "blog/loop").symlink_to(tmp_path / "blog")
    (tmp_path / "elsewhere/back").symlink_to(tmp_path / "blog")
    places = [file.place for file in files(tmp_path / "blog", MARKDOWN_SUFFIXES)]
    assert places == ["a.md", "linked/b.md"]


def test_a_name_that_is_not_utf8_gets_a_place_that_can_be_stored(tmp_path: Path) -> None:
    path = Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.md"))
    write(path)
    (found,) = read(source(tmp_path))
    assert isinstance(found, Post)
    assert found.place == "caf\\xe9.md"
    assert found.blocks[0].text == "some text"


def test_two_files_of_one_name_are_two_posts(tmp_path: Path) -> None:
    write(tmp_path / "2018/hello.md", "one")
    write(tmp_path / "2019/hello.md", "two")
    posts = [post for post in read(source(tmp_path)) if isinstance(post, Post)]
    assert [post.place for post in posts] == ["2018/hello.md", "2019/hello.md"]
    assert len({post.id for post in posts}) == 2


def test_a_second_post_of_the_same_address_is_skipped(tmp_path: Path) -> None:
    for name in ["a.md", "b.md"]:
        write(tmp_path / name, "---\nurl: https://example.com/a\n---\ntext")
    first, second = read(source(tmp_path))
    assert isinstance(first, Post)
    assert first.place == "a.md"
    assert second == Skipped("b.md", "has the same address as a.md")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc\n", "a\nb\nc\n"),
        ("naïve".encode("cp1252"), "naïve"),
        (b"\x93quoted\x94", "“quoted”"),
        (b"", ""),
    ],
)
def test_text_is_decoded(tmp_path: Path, content: bytes, text: str) -> None:
    assert load_text(Found("a.md", write(tmp_path / "a.md", content))) == text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfeh\0i\0", "is not UTF-8 text (byte 0: 0xff) and holds NUL bytes"),
        (b"caf\xe9 \x81", "is not UTF-8 text (byte 3: 0xe9), nor Windows-1252"),
    ],
)
def test_what_is_no_text_is_skipped(tmp_path: Path, content: bytes, reason: str) -> None:
    found = Found("a.md", write(tmp_path / "a.md", content))
    assert load_text(found) == Skipped("a.md", reason, unreadable=True)


def test_what_is_no_file_is_skipped(tmp_path: Path) -> None:
    write(tmp_path / "a.md/inner.md")
    (tmp_path / "b.md").symlink_to(tmp_path / "gone.md")
    (tmp_path / "c.md").symlink_to(tmp_path / "c.md")
    os.mkfifo(tmp_path / "d.md")
    assert list(read(source(tmp_path))) == [
        Skipped("a.md", "is a folder", unreadable=True),
        Skipped("b.md", "is no regular file, or a broken link", unreadable=True),
        Skipped("c.md", "is no regular file, or a broken link", unreadable=True),
        Skipped("d.md", "is no regular file, or a broken link", unreadable=True),
    ]


def test_a_file_without_permission_is_skipped(open_folder: Path) -> None:
    write(open_folder / "a.md").chmod(0)
    with unprivileged():
        found = list(read(source(open_folder)))
    assert found == [Skipped("a.md", "cannot be read: Permission denied", unreadable=True)]


def test_a_folder_without_permission_stops_the_import(open_folder: Path) -> None:
    write(open_folder / "a.md")
    closed = write(open_folder / "closed/b.md").parent
    closed.chmod(0)
    try:
        with unprivileged(), pytest.raises(SourceError) as caught:
            list(read(source(open_folder)))
    finally:
        closed.chmod(0o755)
    message = f"{closed}: the folder cannot be listed (Permission denied)."
    assert caught.value.message == message


def test_readers_are_imported_late() -> None:
    program = "import sys, corpus.readers; print([m for m in ('lxml', 'yaml') if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    assert result.stdout == "[]\n"
