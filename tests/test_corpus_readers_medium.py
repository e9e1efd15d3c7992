"""The export archive of Medium: its stories, and nothing of what is private beside them."""

from __future__ import annotations

import os
import zipfile
from datetime import date
from pathlib import Path

import pytest

from corpus.errors import SourceError
from corpus.readers import detect
from corpus.readers.medium import read, recognises
from corpus.readers.peek import peek
from corpus.types import Block, Post, ReadOptions, Skipped, Source

_URL = "https://medium.com/@ann/call-first-0123456789ab"
_FOOTER = (
    '<p>By <a href="https://medium.com/@ann" class="p-author h-card">Ann Berg</a> on'
    ' <a href="https://medium.com/p/0123456789ab"><time class="dt-published"'
    ' datetime="2018-08-11T23:23:34.123Z">August 11, 2018</time></a>.</p>'
    f'<p><a href="{_URL}" class="p-canonical">Canonical link</a></p>'
    '<p>Exported from <a href="https://medium.com">Medium</a> on September 21, 2018.</p>'
)
_TAGS = '<p class="p-tags">Tagged in <a class="p-tag">Cold Calls</a>, <a class="p-tag">Mail</a></p>'
_SUMMARY = '<section data-field="subtitle" class="p-summary">In short</section>'


def story(
    body: str, *, title: str = "Call first", summary: str = _SUMMARY, footer: str = _FOOTER
) -> str:
    return (
        "<!DOCTYPE html><html><head><title>Page title</title></head><body>"
        f'<article class="h-entry"><header><h1 class="p-name">{title}</h1></header>{summary}'
        f'<section data-field="body" class="e-content"><section class="section">{body}</section>'
        f"</section><footer>{footer}</footer></article></body></html>"
    )


def read_story(folder: Path, text: str, name: str = "2018-08-11_Call.html") -> Post | Skipped:
    (folder / "posts").mkdir()
    (folder / "posts" / name).write_text(text)
    (found,) = read(Source("m", "medium", str(folder)), ReadOptions())
    return found


def read_post(folder: Path, text: str, name: str = "2018-08-11_Call.html") -> Post:
    found = read_story(folder, text, name)
    assert isinstance(found, Post)
    return found


def test_a_story_with_everything(tmp_path: Path) -> None:
    body = (
        '<h3 class="graf graf--h3 graf--title">Call  first!</h3>'
        '<h4 class="graf graf--h4 graf--subtitle">Before nine</h4>'
        '<figure><img src="a.png"><figcaption>A phone</figcaption></figure>'
        '<p class="graf graf--p">One line.</p><h4 class="graf graf--h4">Why</h4>'
        "<ul><li>Nobody else does.</li></ul>"
        '<blockquote class="graf graf--pullquote">“Hello”</blockquote>'
        '<pre class="graf graf--pre"><code>a = 1<br>b = 2</code></pre>'
    )
    found = read_post(tmp_path, story(body, footer=_TAGS + _FOOTER))
    assert found == Post(
        id=found.id,
        source="m",
        place="posts/2018-08-11_Call.html",
        title="Call first",
        blocks=(
            Block("paragraph", "Before nine"),
            Block("paragraph", "A phone"),
            Block("paragraph", "One line."),
            Block("heading", "Why", 4),
            Block("item", "Nobody else does.", 1, "-"),
            Block("quote", "“Hello”"),
            Block("code", "a = 1\nb = 2"),
        ),
        url=_URL,
        author="Ann Berg",
        published=date(2018, 8, 11),
        tags=("cold calls", "mail"),
    )
    assert found.id.startswith("call-first-0123456789ab-")


def test_only_the_title_at_the_top_is_taken_out(tmp_path: Path) -> None:
    body = "<h4>Series</h4><h3>CALL FIRST</h3><p>One.</p><h3>Call first</h3><p>Two.</p>"
    assert read_post(tmp_path, story(body)).text == "Series\n\nOne.\n\nCall first\n\nTwo."


def test_a_card_keeps_the_title_of_the_page_that_it_shows(tmp_path: Path) -> None:
    body = (
        '<p>See:</p><div class="graf graf--mixtapeEmbed"><a class="markup--mixtapeEmbed-anchor">'
        "<strong>A page</strong><br><em>Somebody else's words</em>example.com</a>"
        '<a class="js-mixtapeImage mixtapeImage"></a></div>'
        '<div class="graf graf--mixtapeEmbed"><a>example.com</a></div><p>End.</p>'
    )
    assert read_post(tmp_path, story(body)).text == "See:\n\nA page\n\nEnd."


@pytest.mark.parametrize("name", ["draft_Call-0123456789ab.html", "2018-08-11_Call.html"])
def test_drafts(tmp_path: Path, name: str) -> None:
    draft = '<p><a href="https://medium.com/p/0123456789ab">View original.</a></p>'
    footer = _FOOTER if name.startswith("draft_") else draft
    found = read_story(tmp_path, story("<p>x</p>", footer=footer), name)
    assert found == Skipped(f"posts/{name}", "is a draft")


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Well said", "<p>Well said</p>"),
        ("I agree with all…", "<p>I agree with all of this.</p><p>Thanks for it.</p>"),
        ("I agree.", "<blockquote>I agree. Really.</blockquote>"),
    ],
)
def test_responses(tmp_path: Path, title: str, body: str) -> None:
    found = read_story(tmp_path, story(body, title=title, summary=""))
    assert found == Skipped("posts/2018-08-11_Call.html", "is a response to another post")


@pytest.mark.parametrize(
    "text",
    [
        story("<p>Call first</p>"),
        story("<p>Call first</p>", summary="", footer=_TAGS + _FOOTER),
        story("<h3>Call first</h3><p>Call first</p>", summary=""),
        story("<p>Call first</p><h3>Why</h3><p>So.</p>", summary=""),
        story("<p>Then mail.</p>", summary=""),
        story("<p>Call first</p>" + "<p>word</p>" * 199, summary=""),
        story("<p>Call first</p>", title="", summary=""),
    ],
)
def test_what_is_no_response(tmp_path: Path, text: str) -> None:
    assert isinstance(read_story(tmp_path, text), Post)


@pytest.mark.parametrize(
    ("name", "day"), [("2018-08-11_Call.html", date(2018, 8, 11)), ("Call.html", None)]
)
def test_without_a_date_the_name_of_the_file_has_it(
    tmp_path: Path, name: str, day: date | None
) -> None:
    footer = f'<p><a href="{_URL}" class="p-canonical">Canonical link</a></p>'
    found = read_post(tmp_path, story("<p>Text.</p>", footer=footer), name)
    assert (found.published, found.author) == (day, None)


def test_a_page_cut_off_is_no_draft(tmp_path: Path) -> None:
    found = read_story(tmp_path, story("<p>x</p>").partition("</section>")[0])
    reason = "is no whole page of a Medium export"
    assert found == Skipped("posts/2018-08-11_Call.html", reason, unreadable=True)


@pytest.mark.parametrize("text", ["", "<html></html>", "<div>" * 5000, "\0\0"])
def test_other_pages_among_the_posts(tmp_path: Path, text: str) -> None:
    found = read_story(tmp_path, text)
    assert isinstance(found, Skipped)
    assert found.unreadable


def test_a_story_without_text(tmp_path: Path) -> None:
    found = read_story(tmp_path, story("<h3>Call first</h3><figure><img></figure>"))
    assert found == Skipped("posts/2018-08-11_Call.html", "no text")


def archive(folder: Path, top: str = "") -> Path:
    """An archive with what Medium puts beside the posts, all of which would be read as a post."""
    path = folder / "medium-export.zip"
    with zipfile.ZipFile(path, "w") as opened:
        for name in (
            "README.html",
            "bookmarks/bookmarks-0001.html",
            "posts/2018-08-11_Call.html",
            "profile/profile.html",
            "sessions/sessions-0001.html",
        ):
            text = story(f"<p>{name} ann@example.com</p>")
            opened.writestr(top + name, story("<p>Text.</p>") if "posts/" in name else text)
    return path


@pytest.mark.parametrize("top", ["", "medium-export/"])
def test_only_posts_are_read(tmp_path: Path, top: str) -> None:
    path = archive(tmp_path, top)
    assert detect(str(path)) == "medium"
    (found,) = read(Source("m", "medium", str(path)), ReadOptions())
    assert isinstance(found, Post)
    assert (found.place, found.text) == (f"{top}posts/2018-08-11_Call.html", "Text.")
    with zipfile.ZipFile(path) as opened:
        opened.extractall(tmp_path / "export")
    assert detect(str(tmp_path / "export")) == "medium"
    assert len(list(read(Source("m", "medium", str(tmp_path / "export")), ReadOptions()))) == 1


def test_the_folder_of_the_posts_itself(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text(story("<p>Two.</p>"))
    (tmp_path / "a.html").write_text(story("<p>One.</p>"))
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper/c.html").write_text(story("<p>Three.</p>"))
    assert detect(str(tmp_path)) == "medium"
    found = read(Source("m", "medium", str(tmp_path)), ReadOptions())
    assert [each.place for each in found] == ["a.html", "b.html"]


@pytest.mark.parametrize(
    "text",
    [
        "<h1>A page</h1>",
        "<article class='h-entry'><section><p>another platform's</p></section></article>",
        "",
    ],
)
def test_other_html_is_not_recognised(tmp_path: Path, text: str) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/a.html").write_text(text)
    assert not recognises(peek(tmp_path))


def test_an_archive_without_posts(tmp_path: Path) -> None:
    (tmp_path / "profile").mkdir()
    (tmp_path / "profile/profile.html").write_text("<p>ann@example.com</p>")
    with pytest.raises(SourceError) as caught:
        list(read(Source("m", "medium", str(tmp_path)), ReadOptions()))
    assert caught.value.message == f"{tmp_path}: holds no posts of a Medium export."
    assert "medium-export.zip" in caught.value.hint


# Counted by reading the ten files: profile.html is no story, comment.html a response (no title of
# its own, no subtitle, no tag, one line), draft-post.html a draft (no canonical link, no date).
_REAL = {
    "advanced-post.html": ("Advanced Post Title", date(2018, 8, 11), ("things", "stuff"), 12),
    "basic-post.html": ("Basic Post Title", date(2018, 8, 11), ("things", "stuff"), 2),
    "code-post.html": ("Code Post Title", date(2018, 8, 11), ("things", "stuff"), 4),
    "no-date-post.html": ("No Date Post", None, (), 2),
    "no-slug-post.html": ("No Slug Post", date(2018, 8, 11), (), 2),
    "quote-post.html": ("Quote Post Title", date(2018, 8, 11), ("things", "stuff"), 4),
    "short-post.html": ("Short Post Title", date(2018, 8, 11), ("things", "stuff"), 2),
}
_REAL_URLS = {
    "no-date-post.html": "https://medium.com/@JoeBloggs/no-date-post-efefef121212",
    "no-slug-post.html": "https://medium.com/@JoeBloggs/1234567890",
}


def test_a_real_export(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data/exports/ghost_migrate/mg-medium-export/test/fixtures/export"
    path = tmp_path / "medium-export.zip"
    with zipfile.ZipFile(path, "w") as opened:
        for file in sorted(folder.rglob("*.html")):
            opened.write(file, file.relative_to(folder).as_posix())
    for location in (folder, path):
        assert detect(str(location)) == "medium"
        found = list(read(Source("m", "medium", str(location)), ReadOptions()))
        assert [each for each in found if isinstance(each, Skipped)] == [
            Skipped("posts/comment.html", "is a response to another post"),
            Skipped("posts/draft-post.html", "is a draft"),
        ]
        posts = {each.place: each for each in found if isinstance(each, Post)}
        assert {
            place.removeprefix("posts/"): (
                post.title,
                post.published,
                post.tags,
                len(post.blocks),
            )
            for place, post in posts.items()
        } == _REAL
        assert {post.author for post in posts.values()} == {"Joe Bloggs"}
        for place, post in posts.items():
            shared_url = "https://medium.com/@JoeBloggs/testpost-efefef12121212"
            assert post.url == _REAL_URLS.get(place.removeprefix("posts/"), shared_url)
        assert "email.com" not in str(found)


def test_of_several_exports_the_newest_counts(tmp_path: Path) -> None:
    for folder, day in [("a", 2), ("b", 3), ("c", 1)]:
        for name in ("2018-08-11_Call.html", "2019-01-01_Mail.html"):
            path = tmp_path / folder / "posts" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(story("<p>A text.</p>"))
            os.utime(path, (day * 86_400, day * 86_400))
    found = read(Source("m", "medium", str(tmp_path)), ReadOptions())
    assert [each.place for each in found] == [
        "b/posts/2018-08-11_Call.html",
        "b/posts/2019-01-01_Mail.html",
        "a/posts/2018-08-11_Call.html",
        "a/posts/2019-01-01_Mail.html",
        "c/posts/2018-08-11_Call.html",
        "c/posts/2019-01-01_Mail.html",
    ]
