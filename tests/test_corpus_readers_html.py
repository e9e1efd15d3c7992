"""Saved web pages: one post for each article, its address from the page or the place."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import SourceError
from corpus.readers.html import read
from corpus.readers.peek import peek, peek_online
from corpus.types import Block, Post, ReadOptions, Skipped, Source

WORDS = "Ring the warehouse before nine, because the buyer walks the floor with her coffee then. "
PAGE = """<!DOCTYPE html><html><head><title>{title} | A blog</title>
<meta property="og:site_name" content="A blog"><meta name="author" content="Ada Quill">
<meta property="article:published_time" content="2019-05-06T10:00:00Z">{head}</head>
<body><nav><a href="/">Home</a> <a href="/about">About</a></nav>
<article><h1>{title}</h1><p>{words}</p><h2>Then</h2><ul><li>Write it down.</li></ul></article>
<section class="comments" id="comments"><h3>2 comments</h3>
<div class="comment"><cite>Zeno Marks</cite><p>I never ring anyone at nine.</p></div></section>
<footer>All rights reserved.</footer></body></html>"""
CANONICAL = '<link rel="canonical" href="https://blog.example/nine/">'


def page(title: str = "Nine", head: str = CANONICAL) -> str:
    return PAGE.format(title=title, head=head, words=WORDS * 4)


def found(location: Path, **more: Any) -> list[Post | Skipped]:
    return list(read(Source("saved", "html", str(location), **more), ReadOptions()))


def test_an_article_with_everything(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "nine.HTM").write_text(page())
    (post,) = found(tmp_path)
    assert isinstance(post, Post)
    assert post == Post(
        id=post.id,
        source="saved",
        place="a/nine.HTM",
        title="Nine",
        blocks=(
            Block("paragraph", (WORDS * 4).strip()),
            Block("heading", "Then", 2),
            Block("item", "Write it down.", 1, "-"),
        ),
        url="https://blog.example/nine/",
        author="Ada Quill",
        published=date(2019, 5, 6),
    )


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("nine.html", "https://blog.example/old/nine.html"),
        ("nine/index.html", "https://blog.example/old/nine/"),
        ("ninety nine.html", "https://blog.example/old/ninety%20nine.html"),
        ("nine.html.gz", "https://blog.example/old/nine.html"),
    ],
)
def test_without_a_canonical_link_the_place_below_the_base_address_is_taken(
    tmp_path: Path, place: str, address: str
) -> None:
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    content = page(head="").encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    (post,) = found(tmp_path, base_url="https://blog.example/old")
    assert isinstance(post, Post)
    assert post.url == address
    (without,) = found(tmp_path)
    assert isinstance(without, Post)
    assert without.url is None


def test_pages_that_are_no_posts_are_skipped_with_the_reason(tmp_path: Path) -> None:
    teaser = '<article><h2><a href="/{0}/">{0}</a></h2><p>' + WORDS + "</p></article>"
    listing = "".join(teaser.format(name) for name in ("one", "two", "three"))
    (tmp_path / "1.html").write_text(f"<html><body>{listing}</body></html>")
    (tmp_path / "2.html").write_text("<html><body><nav>Home</nav></body></html>")
    (tmp_path / "3.html").write_bytes(b"\x89PNG\r\n\x1a\n" * 40)
    assert found(tmp_path) == [
        Skipped("1.html", "is a list of posts, not a post"),
        Skipped("2.html", "holds no article"),
        Skipped("3.html", "is not HTML", unreadable=True),
    ]


def test_a_folder_without_pages_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("x")
    with pytest.raises(SourceError, match=r"holds no \.htm, \.html or \.xhtml file"):
        found(tmp_path)


def test_pages_are_recognised_on_disk_only(tmp_path: Path) -> None:
    from corpus.readers.html import recognises

    path = tmp_path / "nine.html"
    path.write_text(page())
    assert recognises(peek(path))
    assert not recognises(peek_online("https://blog.example/nine", page().encode()))


def test_real_pages_become_posts(shared: Path) -> None:
    folder = shared / "data" / "html_articles" / "html"
    names = sorted(path.name for path in folder.iterdir())[::30]
    for name in names:
        (post,) = found(folder / name)
        assert isinstance(post, Post), post
        assert len(post.text) > 500
