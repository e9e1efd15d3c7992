"""A first look at a source."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from corpus.errors import SourceError
from corpus.readers.files import HTML_SUFFIXES, MARKDOWN_SUFFIXES, XML_SUFFIXES
from corpus.readers.peek import MOST_STARTS, START_BYTES, Writing, peek, peek_online


def write(path: Path, content: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_what_is_seen_of_a_folder(tmp_path: Path) -> None:
    for name in ["b.MD", "a/x.html.gz", "a/y.json", "posts.csv", "z.png", ".hidden.md"]:
        write(tmp_path / name)
    look = peek(tmp_path)
    assert look.location == str(tmp_path)
    assert look.places == ("a/x.html.gz", "a/y.json", "b.MD", "posts.csv")
    assert not look.is_online
    assert look.has(MARKDOWN_SUFFIXES)
    assert look.has(HTML_SUFFIXES)
    assert look.has(frozenset({".csv"}))
    assert not look.has(XML_SUFFIXES)
    assert look.xml_starts == ()


def test_the_first_file_with_a_suffix(tmp_path: Path) -> None:
    write(tmp_path / "b.atom", b"<feed/>")
    write(tmp_path / "c.xml", b"<rss/>")
    write(tmp_path / "a.html", b"<html>")
    look = peek(tmp_path)
    assert look.xml_starts == ("<feed/>", "<rss/>")
    assert look.start(HTML_SUFFIXES) == "<html>"
    assert look.start(MARKDOWN_SUFFIXES) == ""


def test_packed_files_are_looked_into(tmp_path: Path) -> None:
    write(tmp_path / "a.xml.gz", gzip.compress("<feed>é".encode("utf-16")))
    assert peek(tmp_path).xml_starts == ("\ufeff<feed>é",)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as packed:
        packed.writestr("in/a.rss", b"<rss>\xff")
    look = peek(tmp_path / "b.zip")
    assert (look.places, look.xml_starts) == (("in/a.rss",), ("<rss>\ufffd",))


def test_no_more_than_the_beginning_is_read(tmp_path: Path) -> None:
    write(tmp_path / "a.xml", b"<a>" + b"b" * 10 * START_BYTES)
    assert list(map(len, peek(tmp_path).xml_starts)) == [START_BYTES]


def test_what_cannot_be_read_begins_with_nothing(tmp_path: Path) -> None:
    write(tmp_path / "a.xml.gz", b"no gzip")
    write(tmp_path / "b.md/inner.txt")
    look = peek(tmp_path)
    assert (look.xml_starts, look.start(MARKDOWN_SUFFIXES)) == (("",), "")
    with pytest.raises(SourceError):
        peek(write(tmp_path / "c.zip", b"no zip"))


def test_what_an_address_answered() -> None:
    look = peek_online("https://example.com/feed", b"<rss>" + b"a" * 10 * START_BYTES)
    assert look.is_online
    assert look.places == ("https://example.com/feed",)
    start = "<rss>" + "a" * (START_BYTES - 5)
    assert (look.xml_starts, look.start(HTML_SUFFIXES)) == ((start,), start)


def test_no_more_than_the_first_files_are_looked_into(tmp_path: Path) -> None:
    for number in range(MOST_STARTS + 2):
        write(tmp_path / f"{number:02}.xml", f"<a{number}>".encode())
    assert peek(tmp_path).xml_starts == tuple(f"<a{number}>" for number in range(MOST_STARTS))


@pytest.mark.parametrize(
    ("names", "writing"),
    [
        ([], None),
        (["a.xml", "b.json"], None),
        (["a.md", "b.txt"], "markdown"),
        (["a.md", "b.txt", "c.txt"], "text"),
        (["a.html", "b.txt"], "html"),
        (["a.HTM.gz", "b.html", "c.md"], "html"),
        (["README.md", "LICENSE.txt", "posts/a.txt"], "text"),
        (["README.md", "docs/Changelog.md", "a.html"], "html"),
        (["README.md"], "markdown"),
        (["robots.txt", "humans.txt", "a.html"], "html"),
        (["public/a.html", "public/b.html", "content/a.md"], "markdown"),
        (["_site/a.txt", "dist/b.html", "build/c.html", "output/d.html", "a.md"], "markdown"),
        (["blog/public/a.html", "blog/public/b.html", "blog/content/a.md"], "markdown"),
        (["public/a.html", "public/b.html"], "html"),
        (["public/a.html", "public/b.html", "public/c.md"], "html"),
        (["_layouts/a.html", "_includes/b.html", "_posts/c.md", "d.html", "e.html"], "markdown"),
        (["themes/x/layouts/a.html", "layouts/b.html", "themes/x/c.html", "d.md"], "markdown"),
        (["_posts/2020-01-01-a.html", "b.txt", "c.txt"], "markdown"),
        (["_posts/a.txt", "b.html", "c.html"], "html"),
    ],
)
def test_what_most_pages_are_written_in(
    tmp_path: Path, names: list[str], writing: Writing | None
) -> None:
    for name in names:
        write(tmp_path / name)
    assert peek(tmp_path).written_in == writing
