"""Pages saved as plain text: articles, and Blogger pages without their template."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from corpus.readers import read
from corpus.types import Block, Post, Skipped, Source

_LONG = "Every call that I put off until the afternoon became a call I made on the next day instead"


def read_page(folder: Path, content: str) -> list[Post | Skipped]:
    (folder / "page.txt").write_bytes(content.encode())
    return list(read(Source("pages", "text", str(folder))))


def read_posts(folder: Path, content: str) -> list[Post]:
    posts = read_page(folder, content)
    assert all(isinstance(post, Post) for post in posts)
    return [post for post in posts if isinstance(post, Post)]


def test_a_blogger_page_with_one_post(tmp_path: Path) -> None:
    (post,) = read_posts(
        tmp_path,
        """\
My sales blog

A page about calls that somebody keeps.

Search This Blog

Tuesday, March 02, 2010

  Call before   ten!

The first paragraph.

- one
2) two

Share
Email ThisBlogThis!Share to Twitter
Posted by Ann Example at 9:41 AM
Labels: Calls, Mail,calls
2 comments:

A Reader said...
I agree with all of it.

Post a Comment
Newer Post
Older Post
Home
Subscribe to: Post Comments (Atom)
About Me
I live here.
""",
    )
    assert post == Post(
        id=post.id,
        source="pages",
        place="page.txt",
        title="Call before ten!",
        blocks=(
            Block("paragraph", "The first paragraph."),
            Block("item", "one", 1, "-"),
            Block("item", "two", 1, "2."),
        ),
        author="Ann Example",
        published=date(2010, 3, 2),
        tags=("calls", "mail"),
    )
    assert post.id.startswith("page-")


def test_every_date_line_starts_a_post(tmp_path: Path) -> None:
    posts = read_posts(
        tmp_path,
        "Header\nWednesday, January 20, 2010\n\nOne\nText one.\nNo comments:\n"
        "Tuesday, 19 January 2010\nTwo\nText two.\nRead more »\n"
        "monday, january 18, 2010\nThree\nText three.\nOlder Posts\nHome\nside column",
    )
    assert [(post.place, post.title, post.text, post.published) for post in posts] == [
        ("page.txt", "One", "Text one.", date(2010, 1, 20)),
        ("page.txt#2", "Two", "Text two.", date(2010, 1, 19)),
        ("page.txt#3", "Three", "Text three.", date(2010, 1, 18)),
    ]
    assert len({post.id for post in posts}) == 3


def test_posts_of_one_day_stand_under_one_date(tmp_path: Path) -> None:
    posts = read_posts(
        tmp_path,
        "Monday, January 18, 2010\nMorning\nText one.\nPosted by Ann at 9:00 AM 3 comments:\n"
        "Labels: a\nEvening\nText two.\nPosted by Bo at 8:00 PM\nNo comments:\nLabels: b\n"
        "Night\nText three.\n1 comment:\nPost a Comment\nSide\nSide column text.\n",
    )
    assert [(post.title, post.text, post.author, post.tags) for post in posts] == [
        ("Morning", "Text one.", "Ann", ("a",)),
        ("Evening", "Text two.", "Bo", ("b",)),
        ("Night", "Text three.", None, ()),
    ]
    assert {post.published for post in posts} == {date(2010, 1, 18)}


def test_a_byline_under_the_title_does_not_end_the_post(tmp_path: Path) -> None:
    (post,) = read_posts(
        tmp_path,
        "Monday, January 18, 2010\nMorning\nPosted by Ann on January 18, 2010\nText.\n"
        "No comments:\nX",
    )
    assert (post.title, post.author, post.text) == ("Morning", "Ann", "Text.")


@pytest.mark.parametrize(
    "line",
    [
        "Monday, January 18, 2010 was cold.",
        "January 18, 2010",
        "Monday, January 2010",
        "Monday",
    ],
)
def test_what_is_no_day_with_its_weekday_starts_no_post(tmp_path: Path, line: str) -> None:
    (post,) = read_posts(tmp_path, f"Header\n{line}\n{_LONG}\n")
    assert (post.title, post.published) == ("Header", None)


def test_a_date_before_a_paragraph_starts_no_post(tmp_path: Path) -> None:
    (post,) = read_posts(tmp_path, f"Header\nMonday, January 18, 2010\n{_LONG}, {_LONG}.\n")
    assert (post.title, post.published) == ("Header", None)
    assert post.blocks[0].text == "Monday, January 18, 2010"


def test_a_day_written_twice_starts_one_post(tmp_path: Path) -> None:
    day = "Monday, January 18, 2010\n"
    (post,) = read_posts(tmp_path, f"{day}\n{day}\nMorning\nText.\n")
    assert (post.place, post.title, post.text) == ("page.txt", "Morning", "Text.")


def test_a_dated_title_without_text_is_skipped(tmp_path: Path) -> None:
    first, second = read_page(
        tmp_path,
        "Monday, January 18, 2010\nA video\nNo comments:\nSunday, January 17, 2010\nText\nIt is.\n",
    )
    assert first == Skipped("page.txt", "no text")
    assert isinstance(second, Post)
    assert (second.place, second.title) == ("page.txt#2", "Text")


@pytest.mark.parametrize(
    ("content", "title", "texts"),
    [
        ("A title\n\nText.", "A title", ["Text."]),
        ("Is this it?\nText.", "Is this it?", ["Text."]),
        ("A sentence.\nText.", "A sentence. Text.", ["A sentence.", "Text."]),
        ("Only a line", "Only a line", ["Only a line"]),
        ("First:\nText.", "First: Text.", ["First:", "Text."]),
        ("- one\n- two", "one two", ["one", "two"]),
        (
            f"{_LONG}\n\nMore.",
            "Every call that I put off until the afternoon became a call I made on…",
            [_LONG, "More."],
        ),
    ],
)
def test_the_title_of_an_article(
    tmp_path: Path, content: str, title: str, texts: list[str]
) -> None:
    (post,) = read_posts(tmp_path, content)
    assert (post.title, [block.text for block in post.blocks]) == (title, texts)
    assert len(post.title) <= 70


def test_furniture_is_no_text_of_an_article_either(tmp_path: Path) -> None:
    (post,) = read_posts(
        tmp_path,
        "Skip to main content\nA title\nText.\nread more\nPosted by Ann at 10:15\nLabels: A, B\n"
        "Home\nShare the work at home.\nNo comments:\nPost a Comment\nHome\nBlog Archive\n",
    )
    assert (post.title, post.author, post.tags) == ("A title", "Ann", ("a", "b"))
    assert [block.text for block in post.blocks] == ["Text.", "Share the work at home."]


_READERS = "Zebulon Quackenbush said...\nI agree with all of it.\nMarch 3, 2010 at 9:41 AM\n"


def test_an_article_ends_where_comments_begin(tmp_path: Path) -> None:
    (post,) = read_posts(
        tmp_path,
        "Search This Blog\n\nCall before ten!\n\nThe first paragraph.\n\nShe said...\n\n"
        "Posted by Ann Example at 9:41 AM\nLabels: Calls\n2 comments:\n\n"
        f"{_READERS}AnonymousMarch 3, 2010 at 10:02 AM\nMe too.\nReplyDelete\nPost a Comment\n"
        "Newer Post\nBlog Archive\nAbout Me\n",
    )
    assert post == Post(
        id=post.id,
        source="pages",
        place="page.txt",
        title="Call before ten!",
        blocks=(Block("paragraph", "The first paragraph."), Block("paragraph", "She said...")),
        author="Ann Example",
        tags=("calls",),
    )


@pytest.mark.parametrize(
    "end",
    [
        "No comments:",
        "1 comment:",
        "Post a Comment",
        "Links to this post",
        "Older Posts",
        "3 Comments",
        "One thought on “A title”",
        "2 thoughts on “A title”",
        '2 responses to "A title"',
        "5 Replies to «A title»:",
        "Leave a reply",
        "Leave a Reply Cancel reply",
        "Leave a comment",
        "Subscribe to: Post Comments (Atom)",
    ],
)
def test_what_ends_an_article(tmp_path: Path, end: str) -> None:
    (post,) = read_posts(tmp_path, f"A title\nIt is text.\n{end}\nZebulon, a reader\nI agree.\n")
    assert (post.title, post.text) == ("A title", "It is text.")


@pytest.mark.parametrize("above", ["Leave a reply", "2 Replies", "3 comments"])
def test_a_count_above_the_text_does_not_end_it(tmp_path: Path, above: str) -> None:
    (post,) = read_posts(
        tmp_path,
        f"My doors\nWhy doors\n{above}\nIt is text.\nThis is, too.\n2 thoughts on Why doors\n"
        "Zebulon Quackenbush says:\nI agree.\n",
    )
    assert (post.title, post.text.split("\n\n")) == (
        "My doors",
        ["Why doors", "It is text.", "This is, too.", "2 thoughts on Why doors"],
    )


def test_a_reader_says_something_above_the_second_count(tmp_path: Path) -> None:
    (post,) = read_posts(
        tmp_path, f"Why doors\n2 comments\nno stop here\n{_READERS}\nBlog Archive\n"
    )
    assert (post.title, post.text) == ("Why doors", "no stop here")


@pytest.mark.parametrize(
    "line",
    [
        "2 responses to a price that is too high",
        "One thought on price is enough.",
        "No comments were made.",
        "Leave a comment in the log of every call.",
        "Hanneke said...",
    ],
)
def test_a_line_of_the_text_does_not_end_it(tmp_path: Path, line: str) -> None:
    (post,) = read_posts(tmp_path, f"A title\nIt is text.\n{line}\nMore of it.\n")
    assert post.text == f"It is text.\n\n{line}\n\nMore of it."


def test_comments_under_a_day_are_no_posts_of_it(tmp_path: Path) -> None:
    (post,) = read_posts(
        tmp_path,
        "Monday, January 18, 2010\nMorning\nText one.\n3 comments:\nLabels: a\n\n"
        f"{_READERS}AnonymousMarch 3, 2010 at 10:02 AM\nMe too.\n"
        "Posted by Ann at 9:00 AM\nBlog Archive\nOne more title\nIts text.\n1 comment:\n",
    )
    assert (post.title, post.text, post.tags) == ("Morning", "Text one.", ("a",))


def test_a_post_of_the_day_may_quote_somebody(tmp_path: Path) -> None:
    first, second = read_posts(
        tmp_path,
        "Monday, January 18, 2010\nMorning\nText one.\n3 comments:\n"
        "Evening\nHanneke said:\nText two.\nNo comments:\n",
    )
    assert (first.text, second.title, second.text) == (
        "Text one.",
        "Evening",
        "Hanneke said:\n\nText two.",
    )


@pytest.mark.parametrize(
    "content",
    [
        "Monday, January 18, 2010\n" * 10_000 + "\n" * 200_000,
        "Monday, January 18, 2010\nA\n" + "Posted by A at 9:41 AM\n\n" * 15_000,
    ],
    ids=["days", "bylines"],
)
def test_a_page_of_one_line_again_and_again_takes_no_time(tmp_path: Path, content: str) -> None:
    started = time.process_time()
    assert len(read_page(tmp_path, content)) == 1
    assert time.process_time() - started < 4


def test_wrapped_text_is_joined(tmp_path: Path) -> None:
    (post,) = read_posts(
        tmp_path,
        """\
Why mornings work

Nobody had told me that the hour before the office fills is the one in
which a manager still answers the telephone herself, so for a year I kept
on calling after lunch.

- Write the names down in the evening, with the numbers beside them, and
  put the list where the coffee stands.
- Call standing up.
Then go on to the next name without a look at the mail, which can surely
wait until ten.

1. Count the calls, not the meetings, for the number of calls is what you
decide.
""",
    )
    assert post.title == "Why mornings work"
    assert post.blocks == (
        Block(
            "paragraph",
            "Nobody had told me that the hour before the office fills is the one in which a manager"
            " still answers the telephone herself, so for a year I kept on calling after lunch.",
        ),
        Block(
            "item",
            "Write the names down in the evening, with the numbers beside them, and put the list"
            " where the coffee stands.",
            1,
            "-",
        ),
        Block(
            "item",
            "Call standing up. Then go on to the next name without a look at the mail, which can"
            " surely wait until ten.",
            1,
            "-",
        ),
        Block(
            "item",
            "Count the calls, not the meetings, for the number of calls is what you decide.",
            1,
            "1.",
        ),
    )


def test_the_first_line_of_wrapped_text_is_no_title(tmp_path: Path) -> None:
    (post,) = read_posts(
        tmp_path,
        "Nobody had told me that the hour before the office fills is the one\n"
        "in which a manager still answers the telephone herself, so that for a\n"
        "year I called after lunch.\n",
    )
    assert post.title == "Nobody had told me that the hour before the office fills is the one…"
    assert len(post.blocks) == 1


def test_a_long_title_on_one_long_paragraph_is_not_wrapped(tmp_path: Path) -> None:
    title = "The hour before the office fills is the one to call in"
    (post,) = read_posts(tmp_path, f"{title}\n{_LONG}, {_LONG}.\n")
    assert (post.title, post.text) == (title, f"{_LONG}, {_LONG}.")


def test_short_sentences_on_lines_of_their_own_are_paragraphs(tmp_path: Path) -> None:
    lines = [f"This is sentence number {n}, and it says all there is to be said." for n in "1234"]
    (post,) = read_posts(tmp_path, "Four sentences\n" + "\n".join(lines))
    assert [block.text for block in post.blocks] == lines


def test_files_without_text_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" \n\ufeff\n")
    (tmp_path / "b.txt").write_bytes(b"\xffa\0")
    (tmp_path / "c.txt").write_text("Some text.")
    empty, binary, post = read(Source("pages", "text", str(tmp_path)))
    assert empty == Skipped("a.txt", "no text")
    assert isinstance(binary, Skipped)
    assert (binary.place, binary.unreadable) == ("b.txt", True)
    assert isinstance(post, Post)
    assert post.place == "c.txt"


def test_the_real_pages(shared: Path) -> None:
    seeds = shared / "data/seeds"
    listing, page = read(Source("seeds", "text", str(seeds)))
    assert isinstance(listing, Post)
    assert listing.published is None
    assert len(listing.blocks) == 10
    assert isinstance(page, Post)
    lines = [line for line in (seeds / page.place).read_text().splitlines() if line.strip()]
    day = lines.index("Wednesday, January 20, 2010")
    assert page.title == lines[day + 1]
    assert page.published == date(2010, 1, 20)
    assert [block.text for block in page.blocks] == lines[day + 2 : -2]
    assert len(page.blocks) == 4
