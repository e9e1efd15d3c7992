"""WordPress exports: published posts whole and clean, and nobody's comments."""

from __future__ import annotations

import gzip
import html
import json
import os
import re
import sqlite3
import zipfile
from collections import Counter
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest

from corpus.archive import Archive
from corpus.errors import SourceError
from corpus.readers.peek import peek, peek_online
from corpus.readers.wordpress import read, recognises
from corpus.types import Block, Post, ReadOptions, Skipped, Source

_WP = "http://wordpress.org/export/1.2/"
_BINDINGS = (
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
_HEAD = "<title>Blog</title><link>https://example.com</link><wp:wxr_version>1.2</wp:wxr_version>"
_LINK = "https://example.com/2020/one/"


def author(login: str, name: str) -> str:
    return (
        f"<wp:author><wp:author_login>{login}</wp:author_login>"
        f"<wp:author_email>{login}@example.com</wp:author_email>"
        f"<wp:author_display_name><![CDATA[{name}]]></wp:author_display_name></wp:author>"
    )


def item(content: str = "One line.", more: str = "", **texts: str) -> str:
    parts = {"post_id": "7", "status": "publish", "post_type": "post"} | texts
    link = parts.pop("link", _LINK)
    title = parts.pop("title", "One")
    named = "".join(f"<wp:{name}>{escape(text)}</wp:{name}>" for name, text in parts.items())
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link>"
        f"<content:encoded><![CDATA[{content}]]></content:encoded>{named}{more}</item>"
    )


def export(*items: str, head: str = _HEAD, namespace: str | None = _WP) -> str:
    bindings = _BINDINGS
    if namespace:
        bindings += f' xmlns:wp="{namespace}" xmlns:excerpt="{namespace}excerpt/"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"{bindings}>'
        f"<channel>{head}{''.join(items)}</channel></rss>"
    )


def found(location: Path, **more: Any) -> list[Post | Skipped]:
    return list(read(Source("blog", "wordpress", str(location), **more), ReadOptions()))


def read_text(folder: Path, text: str, **more: Any) -> list[Post | Skipped]:
    path = folder / "blog.xml"
    path.write_text(text)
    return found(path, **more)


def read_post(folder: Path, *items: str, head: str = _HEAD, **more: Any) -> Post:
    (post,) = read_text(folder, export(*items, head=head), **more)
    assert isinstance(post, Post)
    return post


def test_a_post_with_everything(tmp_path: Path) -> None:
    more = (
        "<pubDate>Sat, 04 Jan 2020 05:30:00 +0000</pubDate>"
        "<dc:creator><![CDATA[ann]]></dc:creator>"
        '<guid isPermaLink="false">https://example.com/?p=7</guid>'
        "<description>Not this.</description>"
        "<excerpt:encoded><![CDATA[Nor this.]]></excerpt:encoded>"
        '<category domain="category" nicename="cold-calls"><![CDATA[Cold &amp; Warm]]></category>'
        '<category domain="post_tag" nicename="mail"><![CDATA[Mail]]></category>'
    )
    post = read_post(
        tmp_path,
        item(
            "<!-- wp:paragraph -->\n<p>One line.</p>\n<!-- /wp:paragraph -->",
            more,
            title="Call &amp; <em>win</em>",
            post_date="2020-01-03 23:30:00",
            post_modified="2020-02-01 08:00:00",
            post_password="",
        ),
        head=_HEAD + author("ann", "Ann O&#039;Hara"),
    )
    assert post == Post(
        id=post.id,
        source="blog",
        place="blog.xml#7",
        title="Call & win",
        blocks=(Block("paragraph", "One line."),),
        url="https://example.com/2020/one/",
        author="Ann O'Hara",
        published=date(2020, 1, 3),
        updated=date(2020, 2, 1),
        tags=("cold & warm", "mail"),
    )


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ({"status": "draft"}, "is a draft"),
        ({"status": "auto-draft"}, "is a draft"),
        ({"status": "pending"}, "is a draft that waits for review"),
        ({"status": "private"}, "is private"),
        ({"status": "future"}, "is scheduled for later"),
        ({"status": "trash"}, "is in the trash"),
        ({"status": "hidden"}, "is not published, its status is 'hidden'"),
        ({"status": ""}, "does not say that it is published"),
        ({"post_password": "enter"}, "is password-protected"),
        ({"post_type": "page"}, "is a page (--include-pages takes pages)"),
        ({"post_type": "page", "status": "draft"}, "is a draft"),
        (
            {"post_type": "recipe"},
            "is of the type 'recipe', neither a post nor a page",
        ),
        ({"content": "<p><img src='a.png'></p>"}, "no text"),
    ],
)
def test_what_is_not_public_is_skipped(tmp_path: Path, texts: dict[str, str], reason: str) -> None:
    assert read_text(tmp_path, export(item(**texts))) == [Skipped("blog.xml#7", reason)]


@pytest.mark.parametrize(
    "texts",
    [
        {"post_type": "attachment", "status": "inherit"},
        {"post_type": "nav_menu_item"},
        {"post_type": "revision", "status": "inherit"},
        {"post_type": "wp_global_styles"},
        {"post_type": "feedback"},
        {"post_type": "recipe", "status": "draft"},
        {"post_type": "recipe", "post_password": "enter"},
        {"post_type": "slide", "content": "<img src='a.png'>"},
    ],
)
def test_what_nobody_takes_for_a_post_is_left_out(tmp_path: Path, texts: dict[str, str]) -> None:
    assert read_text(tmp_path, export(item(**texts))) == []


def test_pages_are_taken_when_asked_for(tmp_path: Path) -> None:
    items = (item(), item(post_type="page", post_id="8", link="https://example.com/about/"))
    places = [each.place for each in read_text(tmp_path, export(*items), include_pages=True)]
    assert places == ["blog.xml#7", "blog.xml#8"]


def test_comments_and_metadata_are_never_read(tmp_path: Path) -> None:
    comment = (
        "<wp:comment><wp:comment_id>1</wp:comment_id><wp:status>draft</wp:status>"
        "<wp:comment_author><![CDATA[Nosy Parker]]></wp:comment_author>"
        "<wp:comment_author_email>nosy@example.org</wp:comment_author_email>"
        "<wp:comment_author_IP>192.0.2.7</wp:comment_author_IP>"
        "<wp:comment_content><![CDATA[Parker was here]]></wp:comment_content></wp:comment>"
    )
    meta = "<wp:postmeta><wp:meta_key>mail</wp:meta_key><wp:meta_value>Parker</wp:meta_value>"
    post = read_post(tmp_path, item(more=f"{comment}{meta}</wp:postmeta>"))
    assert post.text == "One line."
    assert "Parker" not in repr(post)


@pytest.mark.parametrize(
    ("creator", "categories", "name"),
    [
        ("ann", "", "Ann Lee"),
        ("Guest Writer", "", "Guest Writer"),
        (">ann", "", "Ann Lee"),
        ("bo@example.com", "", "Bo Diaz"),
        ("cy@example.com", "", None),
        ("", "", None),
        ("ann", '<category domain="author" nicename="cap-dee">dee</category>', "Dee Park"),
        (
            "ann",
            '<category domain="author" nicename="x">Eve Tan</category>'
            '<category domain="author" nicename="cap-ann">Ann Lee</category>'
            '<category domain="author" nicename="cap-ann">Ann Lee</category>',
            "Eve Tan, Ann Lee",
        ),
        ("ann", '<category domain="author" nicename="f">f@example.com</category>', "Ann Lee"),
    ],
)
def test_authors_go_by_their_display_name(
    tmp_path: Path, creator: str, categories: str, name: str | None
) -> None:
    people = author("ann", "Ann Lee") + author("bo@example.com", "Bo Diaz")
    people += author("dee", "Dee Park") + author("cy@example.com", "cy@example.com")
    more = f"<dc:creator>{escape(creator)}</dc:creator>{categories}"
    assert read_post(tmp_path, item(more=more), head=_HEAD + people).author == name


def test_parts_of_a_split_export_share_authors_and_a_parts_own_win(tmp_path: Path) -> None:
    def part(number: int, login: str) -> str:
        link = f"https://example.com/{number}/"
        return item(more=f"<dc:creator>{login}</dc:creator>", link=link, post_id=str(number))

    one, two = _HEAD + author("ann", "Ann One"), _HEAD + author("ann", "Ann Two")
    (tmp_path / "a.xml").write_text(export(part(1, "ann"), part(2, "bo"), head=one))
    (tmp_path / "b.xml").write_text(export(part(3, "ann"), head=two))
    (tmp_path / "c.xml").write_text(export(head=_HEAD + author("bo", "Bo Diaz")))
    posts = [post for post in found(tmp_path) if isinstance(post, Post)]
    assert sorted((post.place, post.author) for post in posts) == [
        ("a.xml#1", "Ann One"),
        ("a.xml#2", "Bo Diaz"),
        ("b.xml#3", "Ann Two"),
    ]


def test_of_several_exports_the_newest_counts(tmp_path: Path) -> None:
    for day, name in [("2024-01-01", "Ann New"), ("2023-12-31", "Ann Old")]:
        more = "<dc:creator>ann</dc:creator>"
        people = author("ann", name) if name == "Ann Old" else author("bo", "Bo")
        text = export(item(name, more), head=_HEAD + people)
        (tmp_path / f"blog.WordPress.{day}.xml").write_text(text)
    later = (tmp_path / "blog.WordPress.2023-12-31.xml").stat().st_mtime + 60
    os.utime(tmp_path / "blog.WordPress.2023-12-31.xml", (later, later))
    newest, other = found(tmp_path)
    assert isinstance(newest, Post)
    assert (newest.place, newest.text, newest.author) == (
        "blog.WordPress.2024-01-01.xml#7",
        "Ann New",
        "Ann Old",
    )
    assert other.place == "blog.WordPress.2023-12-31.xml#7"


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("2020-01-03 23:30:00", date(2020, 1, 3)),
        ("0000-00-00 00:00:00", date(2020, 1, 4)),
        ("", date(2020, 1, 4)),
    ],
)
def test_the_blogs_own_day_comes_first(tmp_path: Path, written: str, published: date) -> None:
    more = "<pubDate>Sat, 04 Jan 2020 05:30:00 +0000</pubDate>"
    post = read_post(
        tmp_path, item(more=more, post_date=written, post_modified="0000-00-00 00:00:00")
    )
    assert (post.published, post.updated) == (published, None)


def test_a_post_without_a_date_has_none(tmp_path: Path) -> None:
    more = "<pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate>"
    assert read_post(tmp_path, item(more=more, post_date="0000-00-00 00:00:00")).published is None


@pytest.mark.parametrize(
    ("link", "base_url", "url"),
    [
        ("https://example.com/?p=7", None, "https://example.com/?p=7"),
        ("/blog/one.html", None, "https://example.com/blog/one.html"),
        ("one.html", None, "https://example.com/one.html"),
        ("/blog/one.html", "https://example.org/", "https://example.org/blog/one.html"),
        ("https://example.com/one/", "https://example.org", "https://example.com/one/"),
        ("", None, "https://example.com/?p=9"),
        ("", "https://example.org", None),
        ("http://[example", None, None),
        ("mailto:ann@example.com", None, None),
    ],
)
def test_addresses(tmp_path: Path, link: str, base_url: str | None, url: str | None) -> None:
    more = '<guid isPermaLink="false">https://example.com/?p=9</guid>'
    assert read_post(tmp_path, item(more=more, link=link), base_url=base_url).url == url


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ("<link>https://a.example</link>", "https://a.example/one"),
        (
            "<link/><wp:base_site_url>https://b.example</wp:base_site_url>"
            "<wp:base_blog_url>https://c.example/</wp:base_blog_url>",
            "https://c.example/one",
        ),
        ("<link/><wp:base_site_url>https://b.example</wp:base_site_url>", "https://b.example/one"),
        ("<link/>", None),
    ],
)
def test_relative_addresses_are_the_blogs(tmp_path: Path, head: str, url: str | None) -> None:
    assert read_post(tmp_path, item(link="/one"), head=head).url == url


def test_tags_are_tags_and_categories(tmp_path: Path) -> None:
    more = (
        '<category domain="category" nicename="uncategorized">Uncategorized</category>'
        '<category domain="post_format" nicename="post-format-quote">Quote</category>'
        '<category domain="nav_menu" nicename="main">Main</category>'
        '<category domain="post_tag" nicename="r-d"><![CDATA[R&amp;D]]></category>'
        "<category>Old</category>"
        '<category domain="tag">Older</category>'
        '<category domain="category" nicename="old">old</category>'
    )
    assert read_post(tmp_path, item(more=more)).tags == ("r&d", "old", "older")


def test_classic_text_is_parted_into_paragraphs(tmp_path: Path) -> None:
    content = (
        "First line,\nstill the first.\n\nSecond.\n\n<!--more-->\n\nThird.\n\n"
        "https://video.example/1\n\n"
        '[caption id="a" width="9"]<img src="a.png" /> A bell[/caption]\n\n'
        '<ul>\n<li>Milk</li>\n\n<li>Tea</li>\n</ul>\n[gallery ids="1,2"]'
    )
    assert read_post(tmp_path, item(content)).blocks == (
        Block("paragraph", "First line, still the first."),
        Block("paragraph", "Second."),
        Block("paragraph", "Third."),
        Block("paragraph", "A bell"),
        Block("item", "Milk", 1, "-"),
        Block("item", "Tea", 1, "-"),
    )


def test_block_markup(tmp_path: Path) -> None:
    content = (
        '<!-- wp:heading {"level":3} -->\n<h3 class="wp-block-heading">Why</h3>\n'
        "<!-- /wp:heading -->\n\n<!-- wp:paragraph -->\n<p>Because.</p>\n<!-- /wp:paragraph -->\n\n"
        '<!-- wp:quote -->\n<blockquote class="wp-block-quote"><!-- wp:paragraph -->\n<p>Said.</p>'
        "\n<!-- /wp:paragraph --></blockquote>\n<!-- /wp:quote -->\n\n"
        '<!-- wp:embed {"url":"https://video.example/1"} -->\n<figure class="wp-block-embed">'
        '<div class="wp-block-embed__wrapper">\nhttps://video.example/1\n</div>'
        "<figcaption>The film</figcaption></figure>\n<!-- /wp:embed -->\n\n"
        '<!-- wp:latest-posts {"postsToShow":3} /-->'
    )
    assert read_post(tmp_path, item(content)).blocks == (
        Block("heading", "Why", 3),
        Block("paragraph", "Because."),
        Block("quote", "Said."),
        Block("paragraph", "The film"),
    )


def test_squarespace_furniture_is_left_out(tmp_path: Path) -> None:
    content = (
        '<div class="sqs-block html-block sqs-block-html"><p>One.</p></div>'
        '<div class="sqs-block newsletter-block sqs-block-newsletter"><h2>Sign up</h2>'
        "<p>Never miss a post.</p></div>"
        '<div class="sqs-block image-block"><noscript><img src="a.jpg" alt="a"/></noscript>'
        '<img class="thumb-image" data-src="a.jpg" alt="a"/></div>'
        '<div class="sqs-block video-block"><div class="sqs-video-wrapper"'
        ' data-html="&lt;iframe&gt;"></div><div class="video-caption"><p>The film</p></div></div>'
        '<div class="sharedaddy sd-sharing"><h3>Share this</h3></div><p>Two.</p>'
    )
    assert [block.text for block in read_post(tmp_path, item(content)).blocks] == [
        "One.",
        "The film",
        "Two.",
    ]


def test_text_behind_a_very_deep_nest_is_kept(tmp_path: Path) -> None:
    content = "<b>" * 3000 + "Deep.</b><p class='sharedaddy'>Kept rather than lost.</p>"
    assert "Deep." in read_post(tmp_path, item(content)).text


@pytest.mark.parametrize(
    "namespace",
    [
        "http://wordpress.org/export/1.0/",
        "http://wordpress.org/export/1.1/",
        "https://wordpress.org/export/1.2/",
        None,
    ],
)
def test_every_age_of_the_format(tmp_path: Path, namespace: str | None) -> None:
    more = "<dc:creator>ann</dc:creator><excerpt:encoded>No.</excerpt:encoded>"
    head = _HEAD + author("ann", "Ann Lee")
    (post,) = read_text(tmp_path, export(item(more=more), head=head, namespace=namespace))
    assert isinstance(post, Post)
    assert (post.place, post.text, post.author) == ("blog.xml#7", "One line.", "Ann Lee")


def test_items_without_an_id_of_their_own_have_places_of_their_own(tmp_path: Path) -> None:
    items = (item(post_id="", link=link) for link in ("/a#b", "", "/c", "/c"))
    assert [each.place for each in read_text(tmp_path, export(*items))] == [
        "blog.xml#/a%23b",
        "blog.xml#item 2",
        "blog.xml#/c",
        "blog.xml#item 4",
    ]


def test_what_was_whole_before_the_damage_is_read(tmp_path: Path) -> None:
    whole = export(item(), item(post_id="8", link="https://example.com/two/"))
    post, damage = read_text(tmp_path, whole[: whole.index("two/")])
    assert (post.place, damage.place) == ("blog.xml#7", "blog.xml")
    assert isinstance(damage, Skipped)
    assert damage.unreadable
    assert damage.reason.startswith("is cut off or damaged (line 1: ")


def test_an_export_cut_off_in_its_head(tmp_path: Path) -> None:
    whole = export(item())
    (damage,) = read_text(tmp_path, whole[: whole.index("</channel>") - 300])
    assert isinstance(damage, Skipped)
    assert (damage.place, damage.unreadable) == ("blog.xml", True)


def test_other_xml_beside_an_export_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "blog.xml").write_text(export(item()))
    (tmp_path / "empty.xml").write_text("")
    (tmp_path / "gone.xml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "sitemap.xml").write_text("<urlset><url><loc>https://e.com</loc></url></urlset>")
    post, *skipped = sorted(found(tmp_path), key=lambda each: each.place)
    assert post.place == "blog.xml#7"
    assert skipped == [
        Skipped("empty.xml", "is no WordPress export", unreadable=True),
        Skipped(
            "gone.xml", "cannot be read: is no regular file, or a broken link", unreadable=True
        ),
        Skipped("sitemap.xml", "is no WordPress export", unreadable=True),
    ]


def test_a_source_without_an_export_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "sitemap.xml").write_text("<urlset/>")
    with pytest.raises(SourceError) as caught:
        found(tmp_path)
    assert caught.value.message == f"{tmp_path}: is no WordPress export, and holds none."
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=r"holds no \.xml file"):
        found(tmp_path / "empty")


def test_exports_in_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "blog.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in (1, 2):
            link = f"https://example.com/{number}/"
            archive.writestr(f"blog.000/{number}.xml", export(item(link=link)))
        archive.writestr("readme.txt", "Thank you.")
    assert [each.place for each in found(tmp_path / "blog.zip")] == [
        "blog.000/1.xml#7",
        "blog.000/2.xml#7",
    ]


def test_an_export_packed_by_gzip(tmp_path: Path) -> None:
    (tmp_path / "blog.xml.gz").write_bytes(gzip.compress(export(item()).encode()))
    assert [each.place for each in found(tmp_path / "blog.xml.gz")] == ["blog.xml.gz#7"]


@pytest.mark.parametrize(
    ("text", "recognised"),
    [
        (export(item()), True),
        (export(item(), namespace=None), True),
        (
            export(
                item(), head="<title>Blog</title>", namespace="http://wordpress.org/export/1.0/"
            ),
            True,
        ),
        (
            "<rss><channel><generator>https://wordpress.org/?v=6.4</generator></channel></rss>",
            False,
        ),
        ("<feed xmlns='http://www.w3.org/2005/Atom'><title>wordpress</title></feed>", False),
    ],
)
def test_recognises_an_export_by_its_start(tmp_path: Path, text: str, recognised: bool) -> None:
    (tmp_path / "blog.xml").write_text(text)
    assert recognises(peek(tmp_path)) is recognised
    assert recognises(peek(tmp_path / "blog.xml")) is recognised
    assert not recognises(peek_online("https://example.com/feed", text.encode()))


class _Export(NamedTuple):
    """What an export was seen to hold by reading it without the reader."""

    path: str
    posts: int
    skipped: dict[str, int]


_DRAFT = "is a draft"
_FUTURE = "is scheduled for later"
_PAGE = "is a page (--include-pages takes pages)"
_PASSWORD = "is password-protected"
_NO_TEXT = "no text"
_CUSTOM = "is of the type 'customcpt', neither a post nor a page"
_UNIT_TEST_SKIPPED = {_PAGE: 21, _DRAFT: 1, _FUTURE: 1, _PASSWORD: 1, _NO_TEXT: 2}
_FIXTURES = "exports/ghost_migrate/mg-wp-xml/test/fixtures"
_EXPORTS = [
    # 48 published posts without a password, of which 1158 holds nothing but a picture and 1170
    # nothing; 38 attachments and 70 menu items beside them.
    _Export("wxr/WPTT-theme-unit-test/themeunittestdata.wordpress.xml", 46, _UNIT_TEST_SKIPPED),
    _Export("wxr/WPTT-theme-unit-test/theme-preview.xml", 7, {}),
    # The same with 7 more posts in block markup, and one attachment less.
    _Export(
        "wxr/WordPress-theme-test-data/themeunittestdata.wordpress.xml", 53, _UNIT_TEST_SKIPPED
    ),
    _Export("wxr/WordPress-theme-test-data/theme-preview.xml", 7, {}),
    # 61 published posts; 218 holds only blocks that show the title of the page. 9 attachments and a
    # wp_navigation beside them.
    _Export("wxr/WordPress-theme-test-data/64-block-test-data.xml", 60, {_PAGE: 1, _NO_TEXT: 1}),
    _Export(f"{_FIXTURES}/sample.xml", 2, {_DRAFT: 1, _PAGE: 1, _CUSTOM: 1}),
    _Export(f"{_FIXTURES}/sample-no-slug.xml", 2, {_DRAFT: 1, _PAGE: 1, _CUSTOM: 1}),
    _Export(f"{_FIXTURES}/sample-with-alt.xml", 1, {}),
    _Export(f"{_FIXTURES}/co-authors-plus.xml", 4, {}),
    _Export(f"{_FIXTURES}/feature-image-captions.xml", 3, {}),
    _Export(f"{_FIXTURES}/has-audio-enclosure.xml", 1, {}),
    _Export(f"{_FIXTURES}/has-audio-enclosure-with-libsyn-embed.xml", 1, {}),
    # A sermon without text, of a type that a plugin made.
    _Export(f"{_FIXTURES}/has-meta.xml", 0, {}),
    _Export(f"{_FIXTURES}/has-yoast-meta.xml", 2, {}),
    _Export(f"{_FIXTURES}/multiple", 2, {_DRAFT: 1, _PAGE: 1, _CUSTOM: 1}),
    _Export(
        "exports/ghost_migrate/mg-squarespace-xml/test/fixtures/sample.xml",
        2,
        {_DRAFT: 1, _PAGE: 2},
    ),
]


@pytest.mark.parametrize("expected", _EXPORTS, ids=lambda expected: str(expected.path))
def test_counts_of_real_exports(shared: Path, expected: _Export) -> None:
    location = shared / "data" / expected.path
    assert recognises(peek(location))
    everything = found(location)
    reasons = Counter(each.reason for each in everything if isinstance(each, Skipped))
    assert len(everything) - reasons.total() == expected.posts
    assert reasons == expected.skipped
    assert len({each.place for each in everything}) == len(everything)


@pytest.mark.parametrize("expected", _EXPORTS, ids=lambda expected: str(expected.path))
def test_pages_of_real_exports(shared: Path, expected: _Export) -> None:
    everything = found(shared / "data" / expected.path, include_pages=True)
    reasons = Counter(each.reason for each in everything if isinstance(each, Skipped))
    # One page of the unit test, 1813, has no text.
    empty = 1 if "themeunittestdata" in expected.path else 0
    pages = expected.skipped.get(_PAGE, 0) - empty
    assert len(everything) - reasons.total() == expected.posts + pages
    assert reasons[_NO_TEXT] == expected.skipped.get(_NO_TEXT, 0) + empty


@pytest.mark.parametrize("path", [each.path for each in _EXPORTS if each.path.endswith(".xml")])
def test_the_facts_of_every_real_post_are_exact(shared: Path, path: str) -> None:
    expected = {facts.number: facts for facts in looked_up(shared / "data" / path)}
    posts = [post for post in found(shared / "data" / path) if isinstance(post, Post)]
    for post in posts:
        number = post.place.partition("#")[2]
        assert expected[number] == _Facts(
            number,
            post.title if expected[number].title else "",
            post.url,
            post.author,
            post.published,
            post.updated,
            post.tags,
        )
        if not expected[number].title:
            assert post.text.replace("\n", " ").startswith(post.title.rstrip("…"))


class _Facts(NamedTuple):
    number: str
    title: str
    url: str | None
    author: str | None
    published: date | None
    updated: date | None
    tags: tuple[str, ...]


def looked_up(path: Path) -> list[_Facts]:
    """What an export says of its items, read whole and without the reader's means."""
    # "&" of addresses and "&mdash;" stand bare in Squarespace's.
    text = re.sub(r"&(?!(?:amp|lt|gt|quot|apos|#\d+);)", "&amp;", path.read_text())
    channel = ElementTree.fromstring(text)[0]
    site = channel.findtext("link", "")
    names = {
        each.findtext("{*}author_login"): each.findtext("{*}author_display_name")
        for each in channel.findall("{*}author")
    }
    return [facts_of(each, site, names) for each in channel.findall("item")]


def facts_of(
    element: ElementTree.Element, site: str, names: dict[str | None, str | None]
) -> _Facts:
    def text(name: str) -> str:
        return (element.findtext(f"{{*}}{name}") or "").strip()

    def day(written: str) -> date | None:
        return date.fromisoformat(written[:10]) if written else None

    link = text("link")
    url = site + link if link.startswith("/") else link
    login = text("creator").lstrip(">")
    terms = [
        (each.get("domain"), html.unescape(each.text or "")) for each in element.findall("category")
    ]
    co_authors = dict.fromkeys(term for domain, term in terms if domain == "author")
    name = ", ".join(co_authors) or names.get(login) or login
    tags = [term.lower() for domain, term in terms if domain in {None, "category", "post_tag"}]
    return _Facts(
        text("post_id") or link,
        html.unescape(html.unescape(re.sub(r"</?(?:em|b|sup)>", "", text("title")))),
        url or None,
        name if name and "@" not in name else None,
        day(text("post_date")) or parsedate_to_datetime(text("pubDate")).date(),
        day(text("post_modified")),
        tuple(dict.fromkeys(tag for tag in tags if tag != "uncategorized")),
    )


def test_no_mark_of_wordpress_stays_in_real_text(shared: Path) -> None:
    mark = re.compile(r"<!--|-->|\[/?(?:caption|gallery|audio|video|embed)\b|^https?://\S+$")
    posts = [
        post
        for path in (shared / "data" / "wxr").glob("*/*.xml")
        for post in found(path)
        if isinstance(post, Post)
    ]
    assert len(posts) == 173
    blocks = [block for post in posts for block in post.blocks if block.kind != "code"]
    assert [block for block in blocks if mark.search(block.text)] == []


# Names of commenters that one published post says too: it shows them in the table of an example.
_PUBLISHED_NAMES = {"John Doe", "Jane Doe", "Fred Bloggs", "Jane Bloggs"}


@pytest.mark.parametrize("path", [each.path for each in _EXPORTS if each.path.startswith("wxr")])
def test_no_commenter_gets_into_the_archive(shared: Path, tmp_path: Path, path: str) -> None:
    location = shared / "data" / path
    source = Source("blog", "wordpress", str(location))
    with Archive(tmp_path / "archive.db", create=True) as archive:
        archive.put(source, read(source, ReadOptions()))
    content = b"\n".join(file.read_bytes() for file in sorted(tmp_path.iterdir()))
    # A value that runs over several pages of the file is not in one piece there.
    with sqlite3.connect(tmp_path / "archive.db") as database:
        content += "\n".join(database.iterdump()).encode()
    database.close()
    posts = [post for post in found(location) if isinstance(post, Post)]
    # The archive would hold a name as plainly as it holds these.
    assert all(post.title.replace("'", "''").encode() in content for post in posts)
    private = commenters(location)
    assert len(private) >= 3
    told = {name for name in private if any(is_in(post.text.encode(), name) for post in posts)}
    assert told == (_PUBLISHED_NAMES if "themeunittestdata" in path else set())
    assert {each for each in private if is_in(content, each)} == told


def commenters(path: Path) -> set[str]:
    """Every name, e-mail address and IP address of somebody who commented."""
    comments = ElementTree.parse(path).iterfind(".//{*}comment")
    parts = ("comment_author", "comment_author_email", "comment_author_IP")
    texts = [comment.findtext(f"{{*}}{part}") or "" for comment in comments for part in parts]
    return {text.strip() for text in texts} - {""}


def is_in(content: bytes, text: str) -> bool:
    """Whether ``text`` stands there as words of its own, as it is or as HTML or JSON write it."""
    written = {text, html.unescape(text)}
    written |= {json.dumps(form)[1:-1] for form in written}
    written |= {form.replace("'", "''") for form in written}
    return any(
        re.search(rb"(?<![0-9A-Za-z])" + re.escape(form.encode()) + rb"(?![0-9A-Za-z])", content)
        for form in written
    )
