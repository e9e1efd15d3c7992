"""Sources recognised by what is there, and read in a stable order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from corpus.errors import SourceError
from corpus.readers import detect, is_full, kind_of, read
from corpus.readers.peek import peek_online
from corpus.types import Post, ReadOptions, Skipped, Source, SourceKind

_BLOGGER_START = '<?xml version="1.0"?><feed><id>tag:blogger.com,1999:blog-1.archive</id></feed>'


def write(path: Path, content: str | bytes = "some text") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def source(location: Path, kind: SourceKind = "markdown") -> Source:
    return Source("s", kind, str(location))


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["a.md"], "markdown"),
        (["deep/down/A.MARKDOWN"], "markdown"),
        (["a.txt"], "text"),
        (["a.md", "b.txt"], "markdown"),
        (["README.md", "a.txt"], "text"),
        (["a.md", "b.html"], "markdown"),
        (["deep/a.TXT", "b.html"], "html"),
    ],
)
def test_a_folder_is_what_its_files_are(tmp_path: Path, names: list[str], kind: str) -> None:
    for name in names:
        write(tmp_path / name)
    assert detect(str(tmp_path)) == kind


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
    assert detect(str(write(tmp_path / name, content))) == kind


_FEED = "<rss version='2.0'><channel><title>a</title></channel></rss>"
_SITEMAP = "<urlset></urlset>"


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"a.html": "", "b.html": "", "feed.xml": _FEED}, "html"),
        ({"content/a.md": "", "public/a.html": "", "public/index.xml": _FEED}, "markdown"),
        ({"a.txt": "", "b.txt": "", "feed.xml": _FEED, "README.md": ""}, "text"),
        ({"a.xml": _SITEMAP, "feed.xml": _FEED}, "feed"),
        ({"a.xml": _SITEMAP, "blog.xml": _BLOGGER_START}, "blogger"),
        ({"a.xml": _SITEMAP, "wp.xml": "<rss><wp:wxr_version>1.2</wp:wxr_version>"}, "wordpress"),
        ({"a.json": "{}", "b.json": '{"posts": [{"html": ""}]}'}, "ghost"),
        ({"a/posts.csv": "day", "b/posts.csv": "post_id,is_published", "c.html": ""}, "substack"),
    ],
)
def test_what_lies_beside_a_source_does_not_hide_it(
    tmp_path: Path, files: dict[str, str], kind: str
) -> None:
    for name, content in files.items():
        write(tmp_path / name, content)
    assert detect(str(tmp_path)) == kind


def test_real_sources(shared: Path) -> None:
    assert detect(str(shared / "data/leadiq")) == "markdown"
    assert detect(str(shared / "data/seeds")) == "text"
    assert detect(str(shared / "data/blogger/pelican/bloggerexport.xml")) == "blogger"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "the folder is empty."),
        (["a.png"], "no posts of a known kind found."),
        ([".hidden.md", ".git/a.md"], "no posts of a known kind found."),
        (["blog.json"], "no posts of a known kind found."),
    ],
)
def test_a_folder_without_posts(tmp_path: Path, names: list[str], message: str) -> None:
    for name in names:
        write(tmp_path / name)
    with pytest.raises(SourceError) as caught:
        detect(str(tmp_path))
    assert caught.value.message == f"{tmp_path}: {message}"
    assert "markdown (" in caught.value.hint
    assert "text (" in caught.value.hint
    assert "blogger (" in caught.value.hint


def test_xml_of_something_else(tmp_path: Path) -> None:
    feed = write(tmp_path / "list.xml", "<opml><body></body></opml>")
    with pytest.raises(SourceError) as caught:
        detect(str(feed))
    assert caught.value.message == f"{feed}: no posts of a known kind found."


def test_a_location_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    for call in (lambda: detect(str(gone)), lambda: read(source(gone))):
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
        read(source(tmp_path, cast(SourceKind, "pigeon")))
    assert caught.value.message == f"{tmp_path}: unknown kind 'pigeon'."
    assert "blogger" in caught.value.hint


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


def test_somebody_is_told_of_every_place_in_its_turn(tmp_path: Path) -> None:
    for name in ["a.md", "b.md"]:
        write(tmp_path / name, "---\nurl: https://example.com/a\n---\ntext")
    write(tmp_path / "c.md", "")
    places: list[str] = []
    found = read(source(tmp_path), ReadOptions(on_place=places.append))
    assert places == []
    assert next(found).place == "a.md"
    assert places == ["a.md"]
    assert [each.place for each in found] == places[1:] == ["b.md", "c.md"]


@pytest.mark.parametrize("address", ["blog.example", "", "ftp://blog.example", "http://["])
def test_the_address_of_the_blog_must_be_one(tmp_path: Path, address: str) -> None:
    write(tmp_path / "a.md")
    with pytest.raises(SourceError) as caught:
        read(Source("s", "markdown", str(tmp_path), base_url=address))
    assert caught.value.message == f"{address}: is no web address."
    assert caught.value.hint == "Give it whole: --base-url https://your.blog.address"


def test_what_an_address_answers_is_of_a_kind() -> None:
    feed = b"<rss version='2.0'><channel><title>a</title></channel></rss>"
    assert kind_of(peek_online("https://example.com/feed", feed)) == "feed"
    assert kind_of(peek_online("https://example.com/a.png", b"\x89PNG\r\n")) is None


def test_a_feed_shows_a_part_only() -> None:
    assert not is_full("feed")
    assert is_full("blogger")
    assert is_full("markdown")


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
