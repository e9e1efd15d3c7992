"""Markdown files with all the front matter that people write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus.readers.markdown import read
from corpus.types import Block, Post, Skipped, Source

TEXT = (Block("paragraph", "Some text."),)


def read_file(folder: Path, content: str, name: str = "a-first-call.md") -> Post | Skipped:
    (folder / name).write_bytes(content.encode())
    (found,) = read(Source("notes", "markdown", str(folder / name)))
    return found


def read_post(folder: Path, content: str, name: str = "a-first-call.md") -> Post:
    found = read_file(folder, content, name)
    assert isinstance(found, Post)
    return found


def test_a_post_with_everything(tmp_path: Path) -> None:
    post = read_post(
        tmp_path,
        """\
---
layout: blog
title: The  first call
description: Not part of the text.
author: 'Ann Example '
publishDate: 'Jul 23, 2018'
lastmod: 2019-01-02T23:30:00-08:00
tags: [Cold Calls, "E-mail"]
categories: Calls, cold calls
url: https://example.com/a-first-call/
---

## Before

Some *text*.
""",
    )
    assert post == Post(
        id=post.id,
        source="notes",
        place="a-first-call.md",
        title="The first call",
        blocks=(Block("heading", "Before", 2), Block("paragraph", "Some text.")),
        url="https://example.com/a-first-call/",
        author="Ann Example",
        published=date(2018, 7, 23),
        updated=date(2019, 1, 2),
        tags=("cold calls", "e-mail", "calls"),
    )
    assert post.id.startswith("a-first-call-")


def test_byte_order_mark_line_ends_and_names_with_spaces(tmp_path: Path) -> None:
    post = read_post(tmp_path, "\ufeff---\r\ntitle: Hi\r\n---\r\nSome\r\ntext.\r\n", "hi there .md")
    assert (post.place, post.title, post.blocks) == ("hi there .md", "Hi", TEXT)
    assert post.id.startswith("hi-there-")


def test_front_matter_that_is_no_yaml_is_read_line_by_line(tmp_path: Path) -> None:
    post = read_post(
        tmp_path,
        """\
---
title: Note: this is a "test"
# a comment
author: 'Ann O''Neill'
summary: >-
  folded: over
  two lines
tags:
  - Calls
  - "Mail"
date: "Jan 2, 2018"
categories: [One, 'Two']
canonical_url:
  https://example.com/a
---
Some text.
""",
    )
    assert (post.title, post.author, post.url) == (
        'Note: this is a "test"',
        "Ann O'Neill",
        "https://example.com/a",
    )
    assert post.published == date(2018, 1, 2)
    assert post.tags == ("calls", "mail", "one", "two")
    assert post.blocks == TEXT


def test_a_folded_title_in_broken_front_matter(tmp_path: Path) -> None:
    content = "---\nauthor: Ann: me\ntitle: >-\n  A title\n  on two lines\n---\nSome text."
    post = read_post(tmp_path, content)
    assert (post.title, post.author) == ("A title on two lines", "Ann: me")


def test_toml_front_matter(tmp_path: Path) -> None:
    post = read_post(
        tmp_path,
        '+++\ntitle = "Hi"\ndate = 2018-07-23T23:30:00-08:00\ntags = ["A"]\n+++\nSome text.',
    )
    assert (post.title, post.published, post.tags) == ("Hi", date(2018, 7, 23), ("a",))
    assert post.blocks == TEXT
    draft = read_file(tmp_path, "+++\ndraft = true\n+++\nSome text.")
    assert draft == Skipped("a-first-call.md", "is a draft")
    broken = read_post(tmp_path, "+++\ntitle = Hi there\n+++\nSome text.")
    assert (broken.title, broken.blocks) == ("Hi there", TEXT)


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: 1984", "1984"),
        ("title: Yes", "Yes"),
        ("title: 2018-07-23", "2018-07-23"),
        ("Title: Upper", "Upper"),
        ("title: null", "A first call"),
        ("title: ''", "A first call"),
        ("title: [a, [b]]", "a"),
        ("other: x", "A first call"),
        ("", "A first call"),
    ],
)
def test_titles_are_taken_as_they_are_written(tmp_path: Path, front: str, title: str) -> None:
    assert read_post(tmp_path, f"---\n{front}\n---\nSome text.").title == title


@pytest.mark.parametrize(
    ("body", "title", "blocks"),
    [
        ("# The *title*\n\nSome text.", "The title", TEXT),
        ("Some text.\n\n# Late\n", "Late", TEXT),
        ("## Part\n\nSome text.", "A first call", (Block("heading", "Part", 2), *TEXT)),
    ],
)
def test_without_a_title_the_first_top_heading_is_it(
    tmp_path: Path, body: str, title: str, blocks: tuple[Block, ...]
) -> None:
    post = read_post(tmp_path, body)
    assert (post.title, post.blocks) == (title, blocks)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("2018-07-23-why_we--call.md", "Why we call"),
        ("2018-07-23.md", "2018 07 23"),
        ("Éclair -.markdown", "Éclair"),
        ("--.md", "--"),
    ],
)
def test_without_a_heading_the_file_name_is_the_title(
    tmp_path: Path, name: str, title: str
) -> None:
    assert read_post(tmp_path, "Some text.", name).title == title


def test_a_heading_that_repeats_the_title_is_dropped(tmp_path: Path) -> None:
    front = "---\ntitle: Call first\n---\n"
    assert read_post(tmp_path, f"{front}## CALL FIRST\n\nSome text.").blocks == TEXT
    other = read_post(tmp_path, f"{front}# Why\n\nSome text.\n\n## Call first\n\nMore.")
    assert [block.text for block in other.blocks] == ["Why", "Some text.", "Call first", "More."]


@pytest.mark.parametrize(
    ("front", "published"),
    [
        ("date: 2018-07-23", date(2018, 7, 23)),
        ("date: 2018-07-23 23:59:00 -0800", date(2018, 7, 23)),
        ("published_at: 23 July 2018", date(2018, 7, 23)),
        ("published: 2018-07-23", date(2018, 7, 23)),
        ("date: TBD\npubDate: Mon, 23 Jul 2018 10:00:00 GMT", date(2018, 7, 23)),
        ("date: 2018-02-30", None),
        ("published: true", None),
        ("lastmod: 2018-07-23", None),
    ],
)
def test_dates(tmp_path: Path, front: str, published: date | None) -> None:
    assert read_post(tmp_path, f"---\n{front}\n---\nSome text.").published == published


def test_a_date_in_the_file_name_counts_when_there_is_no_other(tmp_path: Path) -> None:
    name = "2018-07-23-call.md"
    assert read_post(tmp_path, "Some text.", name).published == date(2018, 7, 23)
    dated = read_post(tmp_path, "---\ndate: 2019-01-02\n---\nSome text.", name)
    assert dated.published == date(2019, 1, 2)


@pytest.mark.parametrize(
    ("front", "author"),
    [
        ("author: ' Ann  Example '", "Ann Example"),
        ("authors: [Ann, Bo]", "Ann, Bo"),
        ("author: {name: Ann, email: ann@example.com}", "Ann"),
        ("authors:\n  - name: Ann\n  - name: Bo", "Ann, Bo"),
        ("author: ~", None),
        ("title: x", None),
    ],
)
def test_authors(tmp_path: Path, front: str, author: str | None) -> None:
    assert read_post(tmp_path, f"---\n{front}\n---\nSome text.").author == author


@pytest.mark.parametrize(
    ("front", "url"),
    [
        ("permalink: http://example.com/a", "http://example.com/a"),
        ("url: /a\ncanonicalUrl: https://example.com/a", "https://example.com/a"),
        ("permalink: /:year/:title/", None),
        ("url: javascript:alert(1)", None),
    ],
)
def test_only_absolute_web_addresses_are_urls(tmp_path: Path, front: str, url: str | None) -> None:
    assert read_post(tmp_path, f"---\n{front}\n---\nSome text.").url == url


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("---\ndraft: true\n---\nSome text.", "is a draft"),
        ("---\ndraft: 'Yes'\n---\nSome text.", "is a draft"),
        ("---\npublished: false\n---\nSome text.", "is not published"),
        ("---\npublished: false\ntitle: a: b\n---\nSome text.", "is not published"),
        ("---\ntitle: Only a title\n---\n", "no text"),
        ("# Only a title\n", "no text"),
        ("---\ntitle: A video\n---\n[![thumb](a.png)](https://example.com/v)\n", "no text"),
        ("", "no text"),
        ("\ufeff", "no text"),
    ],
)
def test_what_is_not_to_be_read_is_skipped(tmp_path: Path, content: str, reason: str) -> None:
    assert read_file(tmp_path, content) == Skipped("a-first-call.md", reason)


@pytest.mark.parametrize("front", ["draft: false", "published: true", "published: 2018-07-23"])
def test_what_is_published_is_kept(tmp_path: Path, front: str) -> None:
    assert read_post(tmp_path, f"---\n{front}\n---\nSome text.").blocks == TEXT


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("---\n\nOne line of text.\n\n---\n\nMore.", ["One line of text.", "More."]),
        ("---\n\nAn aside: she said: no\n\n---\n\nMore.", ["An aside: she said: no", "More."]),
        ("---\n\nNo second rule.", ["No second rule."]),
        ("+++\n\nNo second fence.", ["+++", "No second fence."]),
    ],
)
def test_rules_in_the_text_are_no_front_matter(
    tmp_path: Path, content: str, texts: list[str]
) -> None:
    assert [block.text for block in read_post(tmp_path, content).blocks] == texts


@pytest.mark.parametrize("front", ["title: " + "[" * 500, "a: &a [*a]", "? [a]\n: b", "\x00: x"])
def test_hostile_front_matter_does_not_stop_the_import(tmp_path: Path, front: str) -> None:
    found = read_file(tmp_path, f"---\n{front}\n---\nSome text.")
    assert isinstance(found, Post)
    assert found.blocks[-1] == TEXT[0]


def test_the_real_blog(shared: Path) -> None:
    found = list(read(Source("leadiq", "markdown", str(shared / "data/leadiq"))))
    posts = [post for post in found if isinstance(post, Post)]
    reasons = [skipped.reason for skipped in found if isinstance(skipped, Skipped)]
    places = [post.place for post in found]
    assert len(found) == 158
    assert places == sorted(places)
    assert reasons.count("is not published") == 3
    assert reasons.count("no text") == 24
    assert len(posts) == 131
    assert len({post.id for post in posts}) == 131
    assert sum(post.published is not None for post in posts) == 130
    assert all(post.title == post.title.strip() for post in posts)
    texts = "\n".join(post.text for post in posts)
    for rubbish in ["<iframe", "](", "&nbsp;", "\ufeff", "coverImage", "authorProfile"]:
        assert rubbish not in texts
