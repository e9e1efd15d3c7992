"""The classic Blogger export: its posts, and nobody's comments or addresses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus.errors import SourceError
from corpus.readers.blogger import read
from corpus.types import Block, Post, Skipped, Source

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_START = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">'
    "<id>tag:blogger.com,1999:blog-1.archive</id>"
    "<author><name>Blog Owner</name><email>owner@example.com</email></author>"
)
_KIND = (
    '<category scheme="http://schemas.google.com/g/2005#kind"'
    ' term="http://schemas.google.com/blogger/2008/kind#{}"/>'
)
_ALTERNATE = (
    '<link rel="replies" href="https://example.com/feeds/1/comments"/>'
    '<link rel="alternate" href="http://example.com/2010/01/call-first.html"/>'
)


def entry(content: str, *, id: str = "post-1", kind: str = "post", more: str = "") -> str:
    return (
        f"<entry><id>{id}</id>{_KIND.format(kind)}{more}"
        f'<content type="html">{content}</content></entry>'
    )


def read_feed(folder: Path, *entries: str, doctype: str = "") -> list[Post | Skipped]:
    return read_text(folder, _DECLARATION + doctype + _START + "".join(entries) + "</feed>")


def read_text(folder: Path, content: str) -> list[Post | Skipped]:
    return read_bytes(folder, content.encode())


def read_bytes(folder: Path, content: bytes) -> list[Post | Skipped]:
    export = folder / "blog.xml"
    export.write_bytes(content)
    return list(read(Source("blog", "blogger", str(export))))


def read_post(folder: Path, *entries: str, doctype: str = "") -> Post:
    (post,) = read_feed(folder, *entries, doctype=doctype)
    assert isinstance(post, Post)
    return post


def test_a_post_with_everything(tmp_path: Path) -> None:
    more = (
        '<category scheme="http://www.blogger.com/atom/ns#" term="Cold  Calls"/>'
        '<category scheme="http://www.blogger.com/atom/ns#" term="Mail"/>'
        '<category scheme="http://www.blogger.com/atom/ns#" term="mail"/>'
        '<category scheme="http://other.example.com" term="other"/>'
        "<title type='text'> Call &amp; win </title>"
        "<published>2010-01-20T23:30:00.000-08:00</published>"
        "<updated>2010-02-01T08:00:00.000-08:00</updated>"
        f"{_ALTERNATE}<author><name>Ann</name><email>ann@example.com</email></author>"
    )
    text = "One line&lt;br /&gt;&lt;br /&gt;&lt;b&gt;two&lt;/b&gt; &amp;amp; &amp;lt;three&amp;gt;"
    post = read_post(tmp_path, entry(text, more=more))
    assert post == Post(
        id=post.id,
        source="blog",
        place="post-1",
        title="Call & win",
        blocks=(Block("paragraph", "One line"), Block("paragraph", "two & <three>")),
        url="http://example.com/2010/01/call-first.html",
        author="Ann",
        published=date(2010, 1, 20),
        updated=date(2010, 2, 1),
        tags=("cold calls", "mail"),
    )
    assert post.id.startswith("call-first-")


def test_only_posts_are_read_in_order_of_their_ids(tmp_path: Path) -> None:
    comment = "<author><name>A Reader</name><email>reader@example.com</email></author>"
    found = read_feed(
        tmp_path,
        entry("two", id="post-2"),
        entry("css", id="layout", kind="template"),
        entry("owner@example.com", id="admin", kind="settings"),
        entry("about", id="page-1", kind="page"),
        entry("I agree", id="comment-1", kind="comment", more=comment),
        entry("one", id="post-1"),
    )
    assert [(post.place, getattr(post, "text", "")) for post in found] == [
        ("post-1", "one"),
        ("post-2", "two"),
    ]
    assert "example.com" not in str(found)
    assert "A Reader" not in str(found)


@pytest.mark.parametrize(
    "control",
    [
        "<app:control><app:draft>yes</app:draft></app:control>",
        '<app:control xmlns:app="http://purl.org/atom/app#"><app:draft>yes</app:draft></app:control>',
        '<control xmlns="http://www.w3.org/2007/app"><draft> Yes </draft></control>',
    ],
)
def test_drafts_are_skipped(tmp_path: Path, control: str) -> None:
    assert read_feed(tmp_path, entry("text", more=control)) == [Skipped("post-1", "is a draft")]


def test_a_post_that_is_no_draft_says_so(tmp_path: Path) -> None:
    control = "<app:control><app:draft>no</app:draft></app:control>"
    assert read_post(tmp_path, entry("text", more=control)).text == "text"


def test_a_post_without_text_is_skipped(tmp_path: Path) -> None:
    found = read_feed(tmp_path, entry("&lt;img src='a.png'&gt;"), entry("", id="post-2"))
    assert found == [Skipped("post-1", "no text"), Skipped("post-2", "no text")]


def test_a_post_without_a_title_opens_with_its_text(tmp_path: Path) -> None:
    post = read_post(tmp_path, entry("Never &lt;i&gt;lose&lt;/i&gt; alone. " * 6))
    assert post.title == "Never lose alone. Never lose alone. Never lose alone. Never lose…"
    assert (post.url, post.author, post.published, post.updated) == (None, None, None, None)


def test_an_address_in_place_of_a_name_is_left_out(tmp_path: Path) -> None:
    more = "<author><name>ann@example.com</name></author>"
    assert read_post(tmp_path, entry("text", more=more)).author is None


def test_an_entry_without_an_id_is_known_by_its_address(tmp_path: Path) -> None:
    found = read_feed(tmp_path, entry("one", id="", more=_ALTERNATE), entry("two", id="", more=""))
    assert [post.place for post in found] == [
        "http://example.com/2010/01/call-first.html",
        "post 2",
    ]


def test_a_relative_address_is_no_url(tmp_path: Path) -> None:
    more = '<link rel="alternate" href="/2010/01/a.html"/>'
    assert read_post(tmp_path, entry("text", more=more)).url is None


def test_content_that_is_xhtml(tmp_path: Path) -> None:
    text = '<div xmlns="http://www.w3.org/1999/xhtml"><p>one</p><p>two</p></div>'
    post = read_post(tmp_path, entry(text).replace('type="html"', 'type="xhtml"'))
    assert [block.text for block in post.blocks] == ["one", "two"]


@pytest.mark.parametrize(
    ("slip", "text"),
    [
        ("&#11;", "ab c"),
        ("&#x1F;", "ab c"),
        ("&#xD800;", "ab c"),
        ("\x0b", "ab c"),
        ("\x00", "ab c"),
        ("&nbsp;", "a b c"),
        ("& ", "a& b c"),
        ("&#99999999999;", "a\ufffdb c"),
    ],
)
def test_what_is_no_xml_does_not_cost_the_markup_behind_it(
    tmp_path: Path, slip: str, text: str
) -> None:
    found = read_feed(
        tmp_path, entry(f"a{slip}b &lt;b&gt;c&lt;/b&gt;"), entry("d&lt;br&gt;e", id="post-2")
    )
    assert [post.text for post in found if isinstance(post, Post)] == [text, "d e"]


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    content = (_START + entry("caf\xe9 &lt;b&gt;x&lt;/b&gt;") + "</feed>").encode("latin-1")
    (post,) = read_bytes(tmp_path, content)
    assert isinstance(post, Post)
    assert post.text == "caf\ufffd x"


def test_cdata_is_taken_as_it_stands(tmp_path: Path) -> None:
    assert read_post(tmp_path, entry("<![CDATA[<p>a &amp; b\x0b</p>]]>")).text == "a & b"


def test_no_entity_is_expanded(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    external = f'<!DOCTYPE feed [<!ENTITY x SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    assert read_post(tmp_path, entry("a &x; b"), doctype=external).text == "a &x; b"
    ten = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE feed [<!ENTITY e0 "ha">{ten}]>'
    assert read_post(tmp_path, entry("a &e9; b"), doctype=bomb).text == "a &e9; b"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not XML (Document is empty, line 1, column 1)."),
        ("just text", "is not a Blogger export."),
        ("<rss><channel/></rss>", "is not a Blogger export."),
        (_START + "</feed>", "no entry names its kind."),
        (_START + "<entry><id>1</id></entry></feed>", "no entry names its kind."),
        (_START + entry("x", kind="settings") + "</feed>", "the export holds no posts."),
    ],
)
def test_what_is_no_export(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_text(tmp_path, content)
    assert caught.value.message == f"{tmp_path / 'blog.xml'}: {message}"
    assert "A classic Blogger export" in caught.value.hint


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (_START + entry("one") + "\n<entry><id>2", "Premature end of data"),
        (_START + "\n" + entry("a < b") + "</feed>", "StartTag: invalid element name"),
    ],
)
def test_a_damaged_export_is_refused(tmp_path: Path, content: str, fault: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_text(tmp_path, content)
    assert caught.value.message.startswith(f"{tmp_path / 'blog.xml'}: damaged at line 2 ({fault}")


def test_a_real_export(shared: Path) -> None:
    export = shared / "data/blogger/pelican/bloggerexport.xml"
    draft, post = read(Source("blog", "blogger", str(export)))
    assert isinstance(draft, Skipped)
    assert draft.reason == "is a draft"
    assert draft.place.endswith(".post-1276418104709695660")
    assert isinstance(post, Post)
    assert post.url is not None
    assert post.url.startswith("http://youngdoctornotes.blogspot.com/2010/11/")
    assert post.published == date(2010, 11, 27)
    assert [block.kind for block in post.blocks] == ["paragraph", "item", "item"]
    assert "@" not in str(post)


def test_a_takeout_feed_is_no_classic_export(shared: Path) -> None:
    feed = shared / "data/blogger/takeout_samples/bernds_blog_sample.atom"
    with pytest.raises(SourceError) as caught:
        list(read(Source("blog", "blogger", str(feed))))
    assert caught.value.message == f"{feed}: no entry names its kind."
