"""Markdown files with all the front matter that people write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus.readers import detect, read
from corpus.types import Block, Mark, Post, Skipped, Source

TEXT = (Block("paragraph", "Some text."),)
SAMPLE = Path(__file__).parent.parent / "corpus" / "sample"


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
        blocks=(
            Block("heading", "Before", 2),
            Block("paragraph", "Some text.", marks=(Mark(5, 9, "em"),)),
        ),
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
        ("title: [a, [b]]", "a, b"),
        ("title: Q&amp;A, <em>twice</em>", "Q&A, twice"),
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
        ("permalink: false", None),
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


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("status: Draft", "is a draft"),
        ("status: private", "is private"),
        ("status: trash", "is in the trash"),
        ("publish: false", "is not published"),
        ("headless: true", "is not published"),
        ("date: 2999-01-01", "is scheduled for 2999-01-01"),
        ("date: 2018-07-23\npublishDate: 2999-01-01", "is scheduled for 2999-01-01"),
        ("expiryDate: 1999-12-31", "has expired"),
    ],
)
def test_what_nobody_can_read_on_the_blog_is_skipped(
    tmp_path: Path, front: str, reason: str
) -> None:
    found = read_file(tmp_path, f"---\n{front}\n---\nSome text.")
    assert found == Skipped("a-first-call.md", reason)


@pytest.mark.parametrize("front", ["status: publish", "expiryDate: 2999-01-01", "headless: false"])
def test_what_everybody_can_read_is_kept(tmp_path: Path, front: str) -> None:
    assert read_post(tmp_path, f"---\n{front}\n---\nSome text.").blocks == TEXT


def test_a_folder_of_drafts_is_one_anywhere(tmp_path: Path) -> None:
    (tmp_path / "_drafts").mkdir()
    (tmp_path / "_drafts" / "a.md").write_text("Some text.")
    found = list(read(Source("notes", "markdown", str(tmp_path))))
    assert found == [Skipped("_drafts/a.md", "is a draft")]


@pytest.mark.parametrize(
    ("name", "front", "tags"),
    [
        ("a.md", "tags: cold calling", ("cold calling",)),
        ("a.md", "tags: cold calling, mail", ("cold calling", "mail")),
        ("2018-07-23-a.md", "tags: calls mail", ("calls", "mail")),
        ("2018-07-23-a.md", "tags: cold calling, mail", ("cold calling", "mail")),
        ("2018-07-23-a.md", "tags: [cold calling, mail]", ("cold calling", "mail")),
        ("2018-07-23-a.md", "tag: cold calling\ncategories: A b", ("cold calling", "a", "b")),
        ("a.md", "categories: [[A, B], [A, C]]", ("a", "b", "c")),
        ("a.md", "taxonomies:\n  tags: [calls]", ("calls",)),
    ],
)
def test_tags(tmp_path: Path, name: str, front: str, tags: tuple[str, ...]) -> None:
    assert read_post(tmp_path, f"---\n{front}\n---\nSome text.", name).tags == tags


@pytest.mark.parametrize("name", ["2018-7-23-why-call.md", "2018-07-23-why-call.md"])
def test_a_date_in_the_file_name_needs_no_zeros(tmp_path: Path, name: str) -> None:
    post = read_post(tmp_path, "Some text.", name)
    assert (post.published, post.title) == (date(2018, 7, 23), "Why call")


def test_an_index_has_the_name_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "2018-07-23-why-call").mkdir()
    (tmp_path / "2018-07-23-why-call" / "index.md").write_text("Some text.")
    (post,) = read(Source("notes", "markdown", str(tmp_path)))
    assert isinstance(post, Post)
    assert (post.published, post.title) == (date(2018, 7, 23), "Why call")
    assert post.id.startswith("index-")


@pytest.mark.parametrize(
    ("name", "body", "texts"),
    [
        (
            "a.md",
            "{% include x.html %}\n\nHi {{first_name}}, a {{ page.x }}b.\n{: .y}",
            ["Hi {{first_name}}, a b."],
        ),
        (
            "a.md",
            '{{< figure src="a.png" caption="A desk." >}}\n\nHi {{first_name}}.',
            ["A desk.", "Hi {{first_name}}."],
        ),
        (
            "a.md",
            "Call[^1] first.<!--more-->\n\n[^1]: Or write.\n\n![A desk](a.png)",
            ["Call first.", "Or write."],
        ),
        (
            "a.md",
            "Import x from y.\n\nA [[plan|good plan]], <B>bold</B>.",
            ["Import x from y.", "A good plan, bold."],
        ),
        ("a.mdx", "import X from 'y'\n\n<Note>Hi {{first_name}}.</Note>", ["Hi {{first_name}}."]),
    ],
)
def test_what_the_engine_puts_into_texts_is_gone(
    tmp_path: Path, name: str, body: str, texts: list[str]
) -> None:
    assert [block.text for block in read_post(tmp_path, body, name).blocks] == texts


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("_posts/2018-07-23-a.html", "markdown"),
        ("2018-07-23-a.html", "html"),
        ("a.mdx", "markdown"),
    ],
)
def test_posts_of_jekyll_in_html_are_told_from_saved_pages(
    tmp_path: Path, name: str, kind: str
) -> None:
    (tmp_path / "_posts").mkdir()
    (tmp_path / name).write_text("---\ntitle: Hi\n---\n<html><body><p>Some text.</p></body></html>")
    assert detect(str(tmp_path)) == kind


def test_an_e_mail_address_is_no_author(tmp_path: Path) -> None:
    post = read_post(tmp_path, "---\nauthor: ann@example.com\n---\nSome text.")
    assert post.author is None


def test_the_sample() -> None:
    found = list(read(Source("sample", "markdown", str(SAMPLE))))
    assert len(found) == 40
    for post in found:
        assert isinstance(post, Post)
        assert post.published is not None
        assert post.author
        assert post.tags
        assert post.url is None


# Read in the files: title, author, day (of the name, or of the front matter in the last two), tags
# (lines are parted at white space, as Jekyll parts them), number of blocks.
GHOST = {
    # Five headings, ten paragraphs, three lists of five items.
    "2021-08-23-basic-post.md": (
        *("This is a Basic Post", "Persons Name", date(2021, 8, 23), (), 30),
    ),
    "2021-08-24-no-author.md": ("This has no author", None, date(2021, 8, 24), (), 1),
    # Three paragraphs; four pictures, which have no text, stand between them.
    "2021-08-25-relative-links.md": (
        *("This has relative links", "Persons Name", date(2021, 8, 25), (), 3),
    ),
    "2021-9-1-alt-date-format.md": (
        *("This has no zero before month and day", None, date(2021, 9, 1), (), 1),
    ),
    # The video between two paragraphs has no words.
    "2022-03-10-has-html.md": ("This post has HTML in it", None, date(2022, 3, 10), (), 2),
    # Five paragraphs, four lists of 4, 4, 4 and 4 items.
    "2022-03-11-has-spaced-lists.md": (
        *("This post has spaced lists", None, date(2022, 3, 11), (), 21),
    ),
    "2022-06-03-front-matter-tags-cats.md": (
        *("This has front matter", None, date(2022, 6, 3)),
        ("dolor", "simet-amet", "lorem ipsum", "posts", "articles", "news"),
        1,
    ),
    # A paragraph, and what is Markdown in a post of HTML, which Jekyll leaves as it is.
    "2022-06-05-basic.html": ("Basic HTML Post", "Mark Stosberg", date(2022, 6, 5), (), 2),
    "2022-06-06-tag-list.md": (
        *("This post as tags as a YAML list", None, date(2022, 6, 6)),
        ("some-word", "cat", "photos"),
        1,
    ),
    "2022-06-09-basename.md": (
        *("This post has 'basename' frontmatter", None, date(2022, 6, 9), (), 1),
    ),
    "my-first-post.md": ("My first post", "Persons Name", date(2021, 11, 26), (), 1),
    "unquoted-date.markdown": ("Unquoted Date", "Mark Stosberg", date(2022, 6, 6), (), 2),
}


def test_real_posts_of_jekyll(shared: Path) -> None:
    folder = shared / "data/exports/ghost_migrate/mg-jekyll-export/test/fixtures"
    found = list(read(Source("jekyll", "markdown", str(folder))))
    posts = {
        post.place: (post.title, post.author, post.published, post.tags, len(post.blocks))
        for post in found
        if isinstance(post, Post)
    }
    assert posts == GHOST
    assert [each for each in found if isinstance(each, Skipped)] == [
        Skipped("2022-06-05-published-false.md", "is not published")
    ]


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
