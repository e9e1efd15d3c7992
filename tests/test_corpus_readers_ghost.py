"""The JSON export of Ghost: what everybody may read, with the names that it keeps in tables."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import SourceError
from corpus.readers import detect, ghost
from corpus.readers.ghost import read
from corpus.types import Block, Post, ReadOptions, Skipped, Source

_META = {"exported_on": 1504269105806, "version": "5.0.0"}
_BLOG = "https://blog.example.com"


def post(**values: Any) -> dict[str, Any]:
    return {
        "id": "p1",
        "title": "A title",
        "slug": "a-title",
        "html": "<p>Some text.</p>",
        "status": "published",
        "visibility": "public",
        "type": "post",
        **values,
    }


def export(*posts: object, **tables: object) -> dict[str, Any]:
    return {"db": [{"meta": _META, "data": {"posts": list(posts), **tables}}]}


def read_text(folder: Path, text: str | bytes, **about: Any) -> list[Post | Skipped]:
    file = folder / "blog.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    source = Source("blog", "ghost", str(file), **{"base_url": _BLOG, **about})
    return list(read(source, ReadOptions()))


def read_json(folder: Path, document: object, **about: Any) -> list[Post | Skipped]:
    return read_text(folder, json.dumps(document), **about)


def read_post(folder: Path, document: object, **about: Any) -> Post:
    (found,) = read_json(folder, document, **about)
    assert isinstance(found, Post)
    return found


_TABLES = {
    "users": [
        {"id": 1, "name": "Ann", "email": "ann@example.com"},
        {"id": "u2", "name": " Bo  Berg "},
        {"id": "u3", "name": "cy@example.com"},
    ],
    "tags": [
        {"id": "t1", "name": "Cold Calls"},
        {"id": "t2", "name": "#newsletter"},
        {"id": "t3", "name": "Hidden", "visibility": "internal"},
        {"id": "t4", "name": "Mail"},
    ],
    "posts_authors": [
        {"post_id": "p1", "author_id": "u3", "sort_order": 2},
        {"post_id": "p1", "author_id": 1, "sort_order": 1},
        {"post_id": "p1", "author_id": "u2", "sort_order": 0},
    ],
    "posts_tags": [
        {"post_id": "p1", "tag_id": "t4", "sort_order": 3},
        {"post_id": "p1", "tag_id": "t1", "sort_order": 0},
        {"post_id": "p1", "tag_id": "t2", "sort_order": 1},
        {"post_id": "p1", "tag_id": "t3", "sort_order": 2},
        {"post_id": "other", "tag_id": "t4"},
    ],
}


def test_a_post_with_everything(tmp_path: Path) -> None:
    dates = {"published_at": "2020-03-04T23:30:00.000Z", "updated_at": "2021-01-02 08:00:00"}
    found = read_post(tmp_path, export(post(**dates, title="Call & win"), **_TABLES))
    assert found == Post(
        id=found.id,
        source="blog",
        place="blog.json#p1",
        title="Call & win",
        blocks=(Block("paragraph", "Some text."),),
        url="https://blog.example.com/a-title/",
        author="Bo Berg, Ann",
        published=date(2020, 3, 4),
        updated=date(2021, 1, 2),
        tags=("cold calls", "mail"),
    )
    assert "example.com" not in str(found.author)


@pytest.mark.parametrize(
    "document",
    [
        export(post()),
        {"meta": _META, "data": {"posts": [post()]}},
        {"data": {"posts": [post()]}, "meta": _META},
        {"posts": [post()], "meta": {"pagination": {}}},
    ],
)
def test_every_form_is_read_and_recognised(tmp_path: Path, document: object) -> None:
    assert read_post(tmp_path, document).title == "A title"
    assert detect(str(tmp_path / "blog.json")) == "ghost"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"posts": [{"id": 1, "title": "t", "body": "<p>t</p>"}]},
        {"name": "package", "version": "1.0.0"},
        {"data": {"authors": []}},
        [{"posts": 1}],
    ],
)
def test_other_json_is_not_recognised(tmp_path: Path, document: object) -> None:
    (tmp_path / "other.json").write_text(json.dumps(document))
    with pytest.raises(SourceError):
        detect(str(tmp_path))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": "draft"}, "is a draft"),
        ({"status": None, "published_at": None}, "is a draft"),
        ({"status": "scheduled"}, "is scheduled"),
        ({"status": "sent"}, "was sent by e-mail and is on no page"),
        ({"status": "odd"}, "is not published"),
        ({"visibility": "members"}, "is for members only"),
        ({"visibility": "paid"}, "is for members only"),
        ({"visibility": "tiers", "html": "<p>a</p><!--members-only--><p>b</p>"}, None),
        ({"html": "<!--members-only--><p>secret</p>"}, "is for members only"),
        ({"type": "page"}, "is a page (--include-pages takes pages)"),
        ({"type": None, "page": 1}, "is a page (--include-pages takes pages)"),
        ({"html": "<img src='a.png'>"}, "no text"),
        ({"html": None}, "no text"),
    ],
)
def test_what_is_left_out(tmp_path: Path, values: dict[str, Any], reason: str | None) -> None:
    found = read_json(tmp_path, export(post(**values)))
    assert found == [Skipped("blog.json#p1", reason or "is for members only")]


def test_pages_are_read_on_demand(tmp_path: Path) -> None:
    document = export(post(type="page"), post(id="p2", slug="b", page=1, type=None))
    found = read_json(tmp_path, document, include_pages=True)
    assert [each.url for each in found if isinstance(each, Post)] == [
        "https://blog.example.com/a-title/",
        "https://blog.example.com/b/",
    ]


def test_only_what_everybody_is_shown(tmp_path: Path) -> None:
    html = (
        '<p>open</p><!--kg-gated-block:begin nonMember:false memberSegment:"status:free" -->'
        "<p>for members</p><!--kg-gated-block:end--><p>more</p>"
        '<!--kg-gated-block:begin nonMember:true memberSegment:"" --><p>for all</p>'
        "<!--kg-gated-block:end--><!--members-only--><p>secret</p>"
    )
    assert read_post(tmp_path, export(post(html=html))).text == "open\n\nmore\n\nfor all"


def test_a_gated_card_that_never_ends_hides_the_rest(tmp_path: Path) -> None:
    html = "<p>open</p><!--kg-gated-block:begin nonMember:false --><p>hidden</p>"
    assert read_post(tmp_path, export(post(html=html))).text == "open"


def test_cards_keep_what_their_reader_reads(tmp_path: Path) -> None:
    html = """
    <figure class="kg-card kg-bookmark-card kg-card-hascaption"><a class="kg-bookmark-container">
      <div class="kg-bookmark-content"><div class="kg-bookmark-title">Elsewhere</div>
      <div class="kg-bookmark-description">Somebody else's words</div>
      <div class="kg-bookmark-metadata"><span class="kg-bookmark-author">Dee</span></div></div></a>
      <figcaption>Worth a look.</figcaption></figure>
    <figure class="kg-card kg-embed-card"><iframe src="v"></iframe><figcaption>A talk.</figcaption>
    </figure>
    <div class="kg-card kg-signup-card"><h2>Never miss a post</h2><p>No spam.</p></div>
    <div class="kg-card kg-button-card"><a class="kg-btn">Buy now</a></div>
    <div class="kg-card kg-callout-card"><div class="kg-callout-emoji">💡</div>
      <div class="kg-callout-text">Call before nine.</div></div>
    <div class="kg-card kg-toggle-card"><div class="kg-toggle-heading">
      <h4 class="kg-toggle-heading-text">Why?</h4>
      <button class="kg-toggle-card-icon">open</button></div>
      <div class="kg-toggle-content"><p>Because.</p></div></div>
    <div class="kg-card kg-product-card"><h4 class="kg-product-card-title">A book</h4>
      <div class="kg-product-card-description">It is short.</div>
      <a class="kg-product-card-button">Order</a></div>
    <div class="kg-card kg-audio-card"><div class="kg-audio-title">An hour</div>
      <div class="kg-audio-player"><span>0:00</span><button>1×</button></div></div>
    <div class="kg-card kg-header-card"><h2>Part two</h2><a class="kg-header-card-button">Go</a>
    </div>
    """
    found = read_post(tmp_path, export(post(html=html)))
    assert [(block.kind, block.text) for block in found.blocks] == [
        ("paragraph", "Elsewhere"),
        ("paragraph", "Worth a look."),
        ("paragraph", "A talk."),
        ("paragraph", "Call before nine."),
        ("heading", "Why?"),
        ("paragraph", "Because."),
        ("heading", "A book"),
        ("paragraph", "It is short."),
        ("paragraph", "An hour"),
        ("heading", "Part two"),
    ]


def test_without_html_the_other_forms_of_the_text_are_read(tmp_path: Path) -> None:
    lexical = json.dumps(
        {
            "root": {
                "children": [
                    {"type": "paragraph", "children": [{"type": "text", "text": "By Lexical"}]},
                    {"type": "paywall"},
                    {"type": "paragraph", "children": [{"type": "text", "text": "secret"}]},
                ]
            }
        }
    )
    mobiledoc = json.dumps({"sections": [[1, "p", [[0, [], 0, "By Mobiledoc"]]]]})
    forms: dict[str, Any] = {"html": None, "plaintext": "a < b\n\nsecond\nline"}
    found = read_json(
        tmp_path,
        export(
            post(**forms, id="1", slug="1", lexical=lexical, mobiledoc=mobiledoc),
            post(**forms, id="2", slug="2", lexical=None, mobiledoc=mobiledoc),
            post(**forms, id="3", slug="3", lexical="{", mobiledoc="[]"),
            post(id="4", slug="4", lexical=lexical, plaintext="x"),
        ),
    )
    assert [each.text for each in found if isinstance(each, Post)] == [
        "By Lexical",
        "By Mobiledoc",
        "a < b\n\nsecond line",
        "Some text.",
    ]


@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({"canonical_url": "https://other.example.com/x"}, "https://other.example.com/x"),
        ({"canonical_url": "__GHOST_URL__/deep/x/"}, "https://blog.example.com/deep/x/"),
        ({"canonical_url": "x"}, "https://blog.example.com/a-title/"),
        ({"url": "https://blog.example.com/y/"}, "https://blog.example.com/y/"),
        ({"slug": "über a:b/c"}, "https://blog.example.com/%C3%BCber%20a%3Ab%2Fc/"),
        ({"slug": None}, None),
    ],
)
def test_addresses(tmp_path: Path, values: dict[str, Any], url: str | None) -> None:
    assert read_post(tmp_path, export(post(**values))).url == url


def test_a_blog_in_a_folder_of_its_site(tmp_path: Path) -> None:
    for base in ("https://example.com/blog", "https://example.com/blog/"):
        found = read_post(tmp_path, export(post()), base_url=base)
        assert found.url == "https://example.com/blog/a-title/"


def test_the_address_of_the_blog_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read_json(tmp_path, export(post()), base_url=None)
    file = tmp_path / "blog.json"
    assert caught.value.message == f"{file}: the address of the blog is missing."
    assert "--base-url https://your.blog" in caught.value.hint


def test_posts_that_know_their_address_need_no_other(tmp_path: Path) -> None:
    own = post(id="p2", canonical_url="https://x.example.com/y")
    found = read_json(tmp_path, export(post(status="draft"), own), base_url=None)
    assert [isinstance(each, Post) for each in found] == [False, True]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (1283780649000, date(2010, 9, 6)),
        ("2010-09-06T13:44:09.000+00:00", date(2010, 9, 6)),
        (10**40, None),
        (True, date(1970, 1, 1)),
        ([], None),
        ("soon", None),
    ],
)
def test_dates(tmp_path: Path, value: object, day: date | None) -> None:
    assert read_post(tmp_path, export(post(published_at=value))).published == day


@pytest.mark.parametrize(
    ("values", "author"),
    [
        ({"author_id": 1}, "Ann"),
        ({"author": "u2"}, "Bo Berg"),
        ({"author_id": "u3"}, None),
        ({"author_id": "gone"}, None),
        ({"authors": [{"name": "Dee"}, {"name": "Ed"}]}, "Dee, Ed"),
        ({"author": {"url": "x", "data": {"name": "Flo"}}}, "Flo"),
    ],
)
def test_authors_of_other_forms(tmp_path: Path, values: dict[str, Any], author: str | None) -> None:
    assert read_post(tmp_path, export(post(**values), users=_TABLES["users"])).author == author


def test_several_files_and_other_json_beside_them(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/one.json").write_text(json.dumps(export(post())))
    (tmp_path / "a/redirects.json").write_text('{"301": {}}')
    (tmp_path / "a/two.json").write_text(json.dumps(export(post(id="p2#x", slug="b"))))
    (tmp_path / "a/zz.json").write_text('{"db": [')
    archive = tmp_path / "blog.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for file in sorted((tmp_path / "a").iterdir()):
            opened.write(file, file.name)
    for location in (tmp_path / "a", archive):
        one, two, damaged = sorted(
            read(Source("blog", "ghost", str(location), base_url=_BLOG), ReadOptions()),
            key=lambda each: each.place,
        )
        assert (one.place, two.place) == ("one.json#p1", "two.json#p2x")
        assert isinstance(damaged, Skipped)
        assert (damaged.place, damaged.unreadable) == ("zz.json", True)
        assert detect(str(location)) == "ghost"


def test_of_several_exports_the_newest_counts(tmp_path: Path) -> None:
    for time in ("2023-12-31-23-59-59", "2024-01-01-09-00-00", "2024-01-01-08-30-00"):
        document = export(post(html=f"<p>{time}</p>"))
        (tmp_path / f"blog.ghost.{time}.json").write_text(json.dumps(document))
    found = read(Source("blog", "ghost", str(tmp_path), base_url=_BLOG), ReadOptions())
    assert [each.text for each in found if isinstance(each, Post)] == [
        "2024-01-01-09-00-00",
        "2024-01-01-08-30-00",
        "2023-12-31-23-59-59",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is damaged JSON (Expecting value: line 1 column 1 (char 0))"),
        ('{"db": [{"data": {"posts": [{', "is damaged JSON (Expecting property name"),
        ("[" * 200_000, "is nested too deeply"),
        ('{"posts": [' + "1" * 5000 + "]}", "is damaged JSON (Exceeds the limit"),
    ],
)
def test_damaged_files(tmp_path: Path, text: str, reason: str) -> None:
    (found,) = read_text(tmp_path, text)
    assert isinstance(found, Skipped)
    assert (found.place, found.unreadable) == ("blog.json", True)
    assert found.reason.startswith(reason)


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ghost, "LARGEST_EXPORT", 2**20)
    (found,) = read_json(tmp_path, export(post(html="<p>x</p>" * 2**18)))
    assert found == Skipped("blog.json", "is larger than 1 MiB", unreadable=True)


@pytest.mark.parametrize("document", [{}, [], "x", None, export(), {"posts": [1, "x", None]}])
def test_json_without_posts(tmp_path: Path, document: object) -> None:
    with pytest.raises(SourceError) as caught:
        read_json(tmp_path, document)
    message = f"{tmp_path / 'blog.json'}: holds no posts of a Ghost export."
    assert caught.value.message == message


def test_values_of_the_wrong_type_are_left_out(tmp_path: Path) -> None:
    odd: list[Any] = [[], {}, 1, True, 1.5]
    names = ["id", "title", "slug", "type", "page", "author", "authors", "tags", "canonical_url"]
    for value in odd:
        rows = [value, {}, []]
        tables = {"users": rows, "tags": rows, "posts_tags": rows, "posts_authors": rows}
        document = export(post(**dict.fromkeys(names, value), visibility=None), **tables)
        assert len(read_json(tmp_path, document)) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32-be"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = json.dumps(export(post(title="Café \ud83d\ude00")), ensure_ascii=False)
    content = text.encode("utf-16", "surrogatepass").decode("utf-16").encode(encoding)
    (found,) = read_text(tmp_path, content)
    assert isinstance(found, Post)
    assert found.title == "Café 😀"


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    text = json.dumps(export(post(title="Café“")), ensure_ascii=False)
    (found,) = read_text(tmp_path, text.encode("cp1252"))
    assert isinstance(found, Post)
    assert found.title == "Café“"


def test_characters_that_no_text_may_hold(tmp_path: Path) -> None:
    (found,) = read_json(
        tmp_path, export(post(id="\ud800\0x", slug="s\ud800", title="T\0\udfff", html="<p>a\0b"))
    )
    assert isinstance(found, Post)
    assert (found.place, found.title, found.text) == ("blog.json#x", "T", "ab")
    assert found.url == "https://blog.example.com/s/"


_SAME = ("Blog Post Title", "Joe Bloggs", date(2018, 8, 11), ("things", "stuff"))
# Counted by reading the files: every one is in the form of Ghost's migration tools (an url and its
# data), every post says "published", none is a page, and "#internal" is no public tag.
_REAL = {
    "multi-post-only.json": [
        _SAME,
        ("Another Post", "Joe Bloggs", date(2018, 8, 10), ("things",)),
        ("A post by someone else", "Jane doe", date(2018, 8, 10), ("things", "nonsense")),
    ],
    "single-post-author-bad-email.json": [_SAME],
    "single-post-author.json": [_SAME],
    "single-post-only-meta.json": [_SAME],
    "single-post-only.json": [_SAME],
    "single-post-with-bad-tag-order.json": [_SAME],
    "single-post-with-empty-tag.json": [_SAME],
}


@pytest.mark.parametrize("name", _REAL)
def test_real_files(shared: Path, name: str) -> None:
    file = shared / "data/exports/ghost_migrate/mg-json/test/fixtures" / name
    assert detect(str(file)) == "ghost"
    found = list(read(Source("blog", "ghost", str(file)), ReadOptions()))
    posts = [each for each in found if isinstance(each, Post)]
    assert len(found) == len(posts)
    assert [(each.title, each.author, each.published, each.tags) for each in posts] == _REAL[name]
    assert [each.url for each in posts] == [
        row["url"] for row in json.loads(file.read_text())["posts"]
    ]
    assert all(each.text == "..." for each in posts)


def test_all_the_real_files(shared: Path) -> None:
    folder = shared / "data/exports/ghost_migrate/mg-json/test/fixtures"
    found = list(read(Source("blog", "ghost", str(folder)), ReadOptions()))
    # 9 files with a post each, but for one that has three.
    assert sum(isinstance(each, Post) for each in found) == len(found) == 11
    assert "@blogging" not in str(found)
