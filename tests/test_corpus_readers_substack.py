"""The export archive of Substack: posts for everyone, and no subscriber."""

from __future__ import annotations

import csv
import zipfile
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from corpus.errors import SourceError
from corpus.readers import detect
from corpus.readers.substack import read
from corpus.types import Block, Post, ReadOptions, Skipped, Source

_BASE = "https://ann.example.com"
_COLUMNS = [
    "post_id",
    "post_date",
    "is_published",
    "email_sent_at",
    "inbox_sent_at",
    "type",
    "audience",
    "title",
    "subtitle",
    "podcast_url",
]


def row(**values: str) -> dict[str, str]:
    return {
        "post_id": "123.call-first",
        "post_date": "2022-08-12T23:11:23.230Z",
        "is_published": "true",
        "type": "newsletter",
        "audience": "everyone",
        "title": "Call first",
        **values,
    }


def table(*rows: dict[str, str]) -> str:
    text = StringIO()
    writer = csv.DictWriter(text, _COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read_export(
    folder: Path, content: str, about: Source | None = None, **texts: str
) -> list[Post | Skipped]:
    (folder / "posts").mkdir(exist_ok=True)
    (folder / "posts.csv").write_text(content)
    for number, text in {"n123": "<p>Some text.</p>", **texts}.items():
        (folder / "posts" / f"{number[1:]}.call-first.html").write_text(text)
    source = about or Source("s", "substack", str(folder), base_url=_BASE)
    return list(read(source, ReadOptions()))


def read_post(folder: Path, html: str, **values: str) -> Post:
    (found,) = read_export(folder, table(row(**values)), n123=html)
    assert isinstance(found, Post)
    return found


def test_a_post_with_everything(tmp_path: Path) -> None:
    found = read_post(
        tmp_path,
        "<h2>Why</h2><p>Nobody else does.</p>",
        title='Call "first", &amp; win',
        subtitle="&#x201C;Before nine&#x201D; < noon",
    )
    assert found == Post(
        id=found.id,
        source="s",
        place="posts.csv#123.call-first",
        title='Call "first", & win',
        blocks=(
            Block("paragraph", "“Before nine” < noon"),
            Block("heading", "Why", 2),
            Block("paragraph", "Nobody else does."),
        ),
        url="https://ann.example.com/p/call-first",
        author=None,
        published=date(2022, 8, 12),
    )
    assert found.id.startswith("call-first-")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"is_published": "false"}, "is a draft"),
        ({"is_published": ""}, "is a draft"),
        ({"audience": "only_paid"}, "is for paying readers"),
        ({"audience": "founding"}, "is for paying readers"),
        ({"audience": "only_free"}, "is for subscribers only"),
        ({"type": "page"}, "is a page (--include-pages takes pages)"),
    ],
)
def test_what_is_left_out(tmp_path: Path, values: dict[str, str], reason: str) -> None:
    found = read_export(tmp_path, table(row(**values)))
    assert found == [Skipped("posts.csv#123.call-first", reason)]


@pytest.mark.parametrize("kind", ["newsletter", "podcast", "thread", "video"])
def test_what_is_a_post(tmp_path: Path, kind: str) -> None:
    assert read_post(tmp_path, "<p>Text.</p>", type=kind, is_published="TRUE").text == "Text."


def test_pages_are_read_on_demand(tmp_path: Path) -> None:
    source = Source("s", "substack", str(tmp_path), base_url=_BASE, include_pages=True)
    (found,) = read_export(tmp_path, table(row(type="page")), source)
    assert isinstance(found, Post)


def test_a_post_without_text(tmp_path: Path) -> None:
    content = table(row(type="podcast", subtitle="An hour"))
    found = read_export(tmp_path, content, n123="<div class='native-audio-embed'></div>")
    assert found == [Skipped("posts.csv#123.call-first", "no text")]


def test_a_post_whose_file_is_missing_or_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/5.call-first.html").write_bytes(b"\0\x81")
    content = table(row(post_id="4.x"), row(post_id="5.call-first"))
    missing, unread = read_export(tmp_path, content)
    reason = "has no file with its text in the archive"
    assert missing == Skipped("posts.csv#4.x", reason, unreadable=True)
    assert isinstance(unread, Skipped)
    assert unread.unreadable
    assert unread.reason.startswith("posts/5.call-first.html is not UTF-8 text")


def test_an_id_without_the_slug(tmp_path: Path) -> None:
    (found,) = read_export(tmp_path, table(row(post_id="123")))
    assert isinstance(found, Post)
    assert (found.place, found.url) == ("posts.csv#123", "https://ann.example.com/p/call-first")


def test_furniture_is_taken_out(tmp_path: Path) -> None:
    html = """
    <p>First.</p>
    <p class="button-wrapper"><a class="button primary"><span>Subscribe now</span></a></p>
    <div class="subscription-widget-wrap-editor"><div class="subscription-widget">
      <div class="preamble"><p class="cta-caption">Thanks for reading!</p></div>
      <form><input type="email"></form></div></div>
    <div class="captioned-button-wrap"><div class="preamble"><p class="cta-caption">Share this.</p>
      </div><p class="button-wrapper"><a class="button"><span>Share</span></a></p></div>
    <div class="captioned-image-container"><figure><a class="image-link"><img src="a.png"></a>
      <figcaption class="image-caption">A phone</figcaption></figure></div>
    <div class="comment"><a>A Reader</a> says hello</div>
    <div class="embedded-post-wrap"><a class="embedded-post">
      <div class="embedded-post-header"><span>Another letter</span></div>
      <div class="embedded-post-title-wrapper"><div class="embedded-post-title">Its title</div>
      </div><div class="embedded-post-body">Somebody else's words…</div>
      <div class="embedded-post-cta-wrapper"><span>Read more</span></div>
      <div class="embedded-post-meta">2 years ago · 4 likes · A Reader</div></a></div>
    <p>Some say so<a class="footnote-anchor" href="#footnote-1">1</a>.</p>
    <div class="footnote"><a class="footnote-number" href="#footnote-anchor-1">1</a>
      <div class="footnote-content"><p>Not all.</p></div></div>
    """
    found = read_post(tmp_path, html)
    assert [block.text for block in found.blocks] == [
        "First.",
        "A phone",
        "Its title",
        "Some say so.",
        "Not all.",
    ]


def test_words_that_a_page_fills_in(tmp_path: Path) -> None:
    html = """
    <p>With <span class="mention-wrap" data-attrs="{&quot;name&quot;:&quot;Bo&quot;}"></span>.</p>
    <div class="tweet" data-attrs="{&quot;full_text&quot;:&quot;I &amp;lt;3\\ncalls&quot;}"></div>
    <div class="tweet"><a href="x"><div class="tweet-text">Old one</div>
      <span class="tweet-author-name">A Reader</span></a></div>
    <div class="tweet" data-attrs="{"></div><div class="tweet" data-attrs="[1]"></div>
    <p>End.</p>
    """
    found = read_post(tmp_path, html)
    assert [(block.kind, block.text) for block in found.blocks] == [
        ("paragraph", "With Bo."),
        ("quote", "I <3 calls"),
        ("quote", "Old one"),
        ("paragraph", "End."),
    ]


def test_nothing_behind_a_paywall_is_read(tmp_path: Path) -> None:
    html = (
        "<p>Open, though it says paywall-jump.</p><div><p>More.</p>"
        '<div class="paywall-jump" data-component-name="PaywallToDOM">pay</div>secret'
        "<p>secret</p></div>secret<p>secret</p>"
    )
    assert read_post(tmp_path, html).text == "Open, though it says paywall-jump.\n\nMore.\n\npay"


def test_the_address_of_the_newsletter_is_asked_for(tmp_path: Path) -> None:
    source = Source("s", "substack", str(tmp_path))
    drafts = table(row(is_published="false"))
    assert read_export(tmp_path, drafts, source) == [
        Skipped("posts.csv#123.call-first", "is a draft")
    ]
    with pytest.raises(SourceError) as caught:
        read_export(tmp_path, table(row()), source)
    assert caught.value.message == f"{tmp_path}: the address of the newsletter is missing."
    assert "--base-url https://your.substack.com" in caught.value.hint


def test_rows_that_are_damaged(tmp_path: Path) -> None:
    head = ",".join(_COLUMNS)
    good = "123.call-first,2022-08-12,true,,,newsletter,everyone,Call first,,"
    content = (
        f'{head}\n1.a,2022\n,,true,,,,,,,\n2.b,,true,,,,,One, two,,,\n{good}\n3.c,"open\n4.d\n'
    )
    *rows, last = read_export(tmp_path, content)
    assert [(each.place, getattr(each, "reason", "")) for each in rows] == [
        ("posts.csv#1.a", "is damaged (line 2)"),
        ("posts.csv#line 3", "is damaged (line 3)"),
        ("posts.csv#2.b", "is damaged (line 4)"),
        ("posts.csv#123.call-first", ""),
    ]
    assert last == Skipped(
        "posts.csv", "is damaged behind line 5 (unexpected end of data)", unreadable=True
    )
    assert [getattr(each, "unreadable", None) for each in rows] == [True, True, True, None]


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "post_id,title\n1.a,x\n"])
def test_a_table_without_its_head(tmp_path: Path, content: str) -> None:
    assert read_export(tmp_path, content) == [
        Skipped("posts.csv", "has no head that names its columns", unreadable=True)
    ]


def test_a_field_that_is_too_long(tmp_path: Path) -> None:
    (found,) = read_export(tmp_path, table(row(title="x" * 200_000)))
    assert isinstance(found, Skipped)
    assert found.unreadable
    assert "field larger than field limit" in found.reason


def test_what_is_no_export(tmp_path: Path) -> None:
    (tmp_path / "posts.txt").write_text("x")
    with pytest.raises(SourceError) as caught:
        list(read(Source("s", "substack", str(tmp_path)), ReadOptions()))
    assert caught.value.message == f"{tmp_path}: holds no posts.csv."
    with pytest.raises(SourceError) as caught:
        read_export(tmp_path, table())
    assert caught.value.message == f"{tmp_path}: posts.csv names no post."


@pytest.mark.parametrize("head", ["", "id,date\n", "post_id,title\n"])
def test_other_tables_are_not_recognised(tmp_path: Path, head: str) -> None:
    (tmp_path / "posts.csv").write_text(head)
    with pytest.raises(SourceError):
        detect(str(tmp_path))


def pack(path: Path, folder: Path, top: str = "") -> None:
    with zipfile.ZipFile(path, "w") as opened:
        for file in sorted(folder.rglob("*.*")):
            if file.is_file():
                opened.write(file, top + file.relative_to(folder).as_posix())


@pytest.mark.parametrize("top", ["", "export/"])
def test_subscribers_are_never_opened(tmp_path: Path, top: str) -> None:
    folder = tmp_path / "substack"
    folder.mkdir()
    read_export(folder, table(row()))
    # Reading any of these as a table of posts would end in a complaint about it.
    for name in ("email_list.ann.csv", "posts/123.call-first.opens.csv", "zz.csv"):
        (folder / name).write_bytes(b"\xff\xfe\0reader@example.com")
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere/4.secret.html").write_text("<p>secret</p>")
    path = tmp_path / "export.zip"
    pack(path, folder, top)
    assert detect(str(path)) == "substack"
    (found,) = read(Source("s", "substack", str(path), base_url=_BASE), ReadOptions())
    assert isinstance(found, Post)
    assert (found.place, found.text) == (f"{top}posts.csv#123.call-first", "Some text.")


# Counted by reading posts.csv: five rows, one with is_published FALSE, one of the type "page".
_REAL = [
    ("123401.plain-text", "Plain Text", date(2019, 7, 26), "plain-text", 4),
    ("123402.podcast", "Comment Buttons", date(2022, 8, 12), "podcast", 4),
    ("123403.thread", "Talk to Us", date(2022, 8, 12), "thread", 4),
]


def test_a_real_export(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data/exports/ghost_migrate/mg-substack/test/fixtures"
    path = tmp_path / "export.zip"
    pack(path, folder)
    for location in (folder, path):
        assert detect(str(location)) == "substack"
        *posts, draft, page = read(
            Source("s", "substack", str(location), base_url=_BASE), ReadOptions()
        )
        assert draft == Skipped("posts.csv#123404.draft-text", "is a draft")
        assert page == Skipped(
            "posts.csv#123405.about-us", "is a page (--include-pages takes pages)"
        )
        for found, (name, title, day, slug, blocks) in zip(posts, _REAL, strict=True):
            assert isinstance(found, Post)
            assert (found.place, found.title) == (f"posts.csv#{name}", title)
            assert (found.published, found.url) == (day, f"{_BASE}/p/{slug}")
            # The first is the subtitle; none is a button.
            assert len(found.blocks) == blocks
            assert "Sign up" not in found.text
            assert "Leave a comment" not in found.text


def test_of_several_exports_the_newest_counts(tmp_path: Path) -> None:
    for folder, text in [("a-2023-12-31", "old"), ("b-2024-01-01", "new"), ("c-2022-01-01", "x")]:
        (tmp_path / folder).mkdir()
        read_export(tmp_path / folder, table(row()), n123=f"<p>{text}</p>")
    found = read(Source("s", "substack", str(tmp_path), base_url=_BASE), ReadOptions())
    assert [(each.place, each.text) for each in found if isinstance(each, Post)] == [
        ("b-2024-01-01/posts.csv#123.call-first", "new"),
        ("a-2023-12-31/posts.csv#123.call-first", "old"),
        ("c-2022-01-01/posts.csv#123.call-first", "x"),
    ]
