"""Blogger's exports, classic and of Takeout: posts, and nobody's comments or addresses."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from corpus.errors import SourceError
from corpus.readers import detect, read
from corpus.types import Block, Mark, Post, Skipped, Source

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


_TAKEOUT = (
    "<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom'"
    " xmlns:blogger='http://schemas.google.com/blogger/2018'>"
    "<id>tag:blogger.com,1999:blog-1</id><title>Doors</title>"
)
_DRAFT = "<app:control><app:draft>yes</app:draft></app:control>"
_PAGE = "is a page (--include-pages takes pages)"


def entry(content: str, *, id: str = "post-1", kind: str = "post", more: str = "") -> str:
    name = f"tag:blogger.com,1999:blog-1.{id}" if id else ""
    return (
        f"<entry><id>{name}</id>{_KIND.format(kind)}{more}"
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
        place="blog.xml#post-1",
        title="Call & win",
        blocks=(
            Block("paragraph", "One line"),
            Block("paragraph", "two & <three>", marks=(Mark(0, 3, "strong"),)),
        ),
        url="http://example.com/2010/01/call-first.html",
        author="Ann",
        published=date(2010, 1, 20),
        updated=date(2010, 2, 1),
        tags=("cold calls", "mail"),
    )
    assert post.id.startswith("call-first-")


def test_only_posts_are_read_in_the_order_of_the_export(tmp_path: Path) -> None:
    comment = "<author><name>A Reader</name><email>reader@example.com</email></author>"
    found = read_feed(
        tmp_path,
        entry("two", id="post-2"),
        entry("css", id="layout", kind="template"),
        entry("owner@example.com", id="admin", kind="settings"),
        entry("I agree", id="comment-1", kind="comment", more=comment),
        entry("about", id="page-1", kind="page"),
        entry("one", id="post-1"),
    )
    assert [(post.place, getattr(post, "text", "")) for post in found] == [
        ("blog.xml#post-2", "two"),
        ("blog.xml#page-1", ""),
        ("blog.xml#post-1", "one"),
    ]
    assert found[1] == Skipped("blog.xml#page-1", _PAGE)
    assert "example.com" not in str(found)
    assert "A Reader" not in str(found)


def test_pages_are_read_if_they_are_wanted(tmp_path: Path) -> None:
    export = tmp_path / "blog.xml"
    page = entry("about", id="page-1", kind="page")
    draft = entry("more", id="page-2", kind="page", more=_DRAFT)
    export.write_text(_START + page + draft + "</feed>")
    found = list(read(Source("blog", "blogger", str(export), include_pages=True)))
    assert [getattr(each, "text", each.place) for each in found] == ["about", "blog.xml#page-2"]
    assert found[1] == Skipped("blog.xml#page-2", "is a draft")


@pytest.mark.parametrize(
    "control",
    [
        _DRAFT,
        '<app:control xmlns:app="http://purl.org/atom/app#"><app:draft>yes</app:draft></app:control>',
        '<control xmlns="http://www.w3.org/2007/app"><draft> Yes </draft></control>',
    ],
)
def test_drafts_are_skipped(tmp_path: Path, control: str) -> None:
    assert read_feed(tmp_path, entry("text", more=control)) == [
        Skipped("blog.xml#post-1", "is a draft")
    ]


def test_a_post_that_is_no_draft_says_so(tmp_path: Path) -> None:
    control = "<app:control><app:draft>no</app:draft></app:control>"
    assert read_post(tmp_path, entry("text", more=control)).text == "text"


def test_a_post_without_text_is_skipped(tmp_path: Path) -> None:
    found = read_feed(tmp_path, entry("&lt;img src='a.png'&gt;"), entry("", id="post-2"))
    assert found == [
        Skipped("blog.xml#post-1", "no text"),
        Skipped("blog.xml#post-2", "no text"),
    ]


def test_a_post_without_a_title_opens_with_its_text(tmp_path: Path) -> None:
    post = read_post(tmp_path, entry("Never &lt;i&gt;lose&lt;/i&gt; alone. " * 6))
    assert post.title == "Never lose alone. Never lose alone. Never lose alone. Never lose…"
    assert (post.url, post.author, post.published, post.updated) == (None, None, None, None)


def test_an_address_in_place_of_a_name_is_left_out(tmp_path: Path) -> None:
    more = "<author><name>ann@example.com</name></author>"
    assert read_post(tmp_path, entry("text", more=more)).author is None


def test_an_entry_without_an_id_is_known_by_its_number(tmp_path: Path) -> None:
    found = read_feed(tmp_path, entry("one", id="", more=_ALTERNATE), entry("two", id=""))
    assert [post.place for post in found] == ["blog.xml#entry 1", "blog.xml#entry 2"]


def test_an_entry_that_is_in_it_twice_is_one_post(tmp_path: Path) -> None:
    first, second = read_feed(tmp_path, entry("one"), entry("one"))
    assert isinstance(first, Post)
    assert second == Skipped("blog.xml#post-1", "has the same address as blog.xml#post-1")


@pytest.mark.parametrize(
    ("days", "found"), [(2, ["is scheduled, not yet published"]), (-2, ["text"])]
)
def test_what_is_published_later_is_skipped(tmp_path: Path, days: int, found: list[str]) -> None:
    moment = datetime.now(UTC) + timedelta(days)
    more = f"<published>{moment.isoformat()}</published>"
    assert [
        each.reason if isinstance(each, Skipped) else each.text
        for each in read_feed(tmp_path, entry("text", more=more))
    ] == found


@pytest.mark.parametrize(
    ("title", "read_as"),
    [
        ("Ann&amp;#39;s door", "Ann's door"),
        ("Price &amp;amp; patience", "Price & patience"),
        ("Price &amp; patience", "Price & patience"),
        ("3 &lt; 4", "3 < 4"),
    ],
)
def test_titles_are_escaped_twice_or_once(tmp_path: Path, title: str, read_as: str) -> None:
    post = read_post(tmp_path, entry("text", more=f"<title type='text'>{title}</title>"))
    assert post.title == read_as


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
    assert post.text == "café x"


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
        ("", "is not a Blogger export."),
        ("just text", "is not a Blogger export."),
        ("<rss><channel/></rss>", "is not a Blogger export."),
        (_START + "</feed>", "the export holds no posts."),
        (_START + "<entry><id>1</id></entry></feed>", "the export holds no posts."),
        (_START + entry("x", kind="settings") + "</feed>", "the export holds no posts."),
        (_START + entry("x", kind="comment") + "</feed>", "the export holds no posts."),
    ],
)
def test_what_is_no_export(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_text(tmp_path, content)
    assert caught.value.message == f"{tmp_path / 'blog.xml'}: {message}"
    assert "Google Takeout" in caught.value.hint


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (
            _START + entry("one") + "\n<entry><id>2",
            "line 2: Premature end of data in tag id line 2",
        ),
        (
            _START + entry("one") + "\n" + entry("a < b") + entry("two", id="post-2") + "</feed>",
            "line 2: StartTag: invalid element name",
        ),
    ],
)
def test_what_stands_before_damage_is_read(tmp_path: Path, content: str, fault: str) -> None:
    post, damage = read_text(tmp_path, content)
    assert isinstance(post, Post)
    assert post.text == "one"
    assert damage == Skipped(
        "blog.xml", f"is cut off or damaged ({fault}); what follows is missing", unreadable=True
    )


def test_the_feed_that_a_blog_serves_is_no_export(tmp_path: Path) -> None:
    feed = tmp_path / "default.xml"
    feed.write_text(
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:blogger.com,1999:blog-1</id>'
        '<link rel="http://schemas.google.com/g/2005#feed" href="https://example.com/feeds"/>'
        "<entry><id>tag:blogger.com,1999:blog-1.post-2</id><title>A post</title>"
        '<content type="html">Text of www.archive.org.</content></entry></feed>'
    )
    assert detect(str(feed)) == "feed"


def test_an_export_that_is_none_any_more_removes_no_posts(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(_START + entry("one") + "</feed>")
    (tmp_path / "b.xml").write_text("<html>Please log in.</html>")
    (tmp_path / "c.xml").write_text("")
    found = read(Source("blog", "blogger", str(tmp_path)))
    post, *others = sorted(found, key=lambda each: each.place)
    assert isinstance(post, Post)
    assert others == [
        Skipped(name, "is not a Blogger export", unreadable=True) for name in ["b.xml", "c.xml"]
    ]


def test_of_several_exports_the_newest_counts(tmp_path: Path) -> None:
    for day, text in [("01-31-2023", "old"), ("12-31-2022", "oldest"), ("01-01-2024", "new")]:
        only = entry("Once.", id=f"post-{text}")
        content = _START + entry(text, more=_ALTERNATE) + only + "</feed>"
        (tmp_path / f"blog-{day}.xml").write_text(content)
    found = list(read(Source("blog", "blogger", str(tmp_path))))
    assert [(each.place, isinstance(each, Post)) for each in found] == [
        ("blog-01-01-2024.xml#post-1", True),
        ("blog-01-01-2024.xml#post-new", True),
        ("blog-01-31-2023.xml#post-1", False),
        ("blog-01-31-2023.xml#post-old", True),
        ("blog-12-31-2022.xml#post-1", False),
        ("blog-12-31-2022.xml#post-oldest", True),
    ]
    assert isinstance(found[0], Post)
    assert found[0].text == "new"
    assert found[2] == Skipped(
        "blog-01-31-2023.xml#post-1", "has the same address as blog-01-01-2024.xml#post-1"
    )


def takeout_entry(
    text: str, *, id: str = "post-1", type: str = "POST", status: str = "LIVE", more: str = ""
) -> str:
    return (
        f"<entry><id>tag:blogger.com,1999:blog-1.{id}</id><blogger:type>{type}</blogger:type>"
        f"<blogger:status>{status}</blogger:status>"
        "<author><name>Ann</name><blogger:type>BLOGGER</blogger:type></author>"
        f"<title>Doors</title><content type='html'>{text}</content>"
        f"<blogger:filename>/2010/01/{id}.html</blogger:filename>{more}</entry>"
    )


def takeout(folder: Path, *entries: str, blog: str = "Doors") -> Path:
    path = folder / f"Takeout/Blogger/Blogs/{blog}/feed.atom"
    path.parent.mkdir(parents=True)
    path.write_text(_TAKEOUT + "".join(entries) + "</feed>")
    return path


def takeout_source(location: Path, base_url: str | None = "https://example.com") -> Source:
    return Source("blog", "blogger", str(location), base_url=base_url)


def test_a_takeout_post_with_everything(tmp_path: Path) -> None:
    more = (
        "<blogger:created>2010-01-19T00:00:00Z</blogger:created>"
        "<published>2010-01-20T23:30:00Z</published><updated>2010-02-01T08:00:00Z</updated>"
        "<category scheme='tag:blogger.com,1999:blog-1' term='Cold  Calls'/>"
        "<category term='Mail'/><category/><link/><enclosure/><blogger:trashed/>"
    )
    path = takeout(tmp_path, takeout_entry("&lt;p&gt;one&lt;/p&gt;", more=more))
    (post,) = read(takeout_source(path, "https://example.com/"))
    assert isinstance(post, Post)
    assert post == Post(
        id=post.id,
        source="blog",
        place="feed.atom#post-1",
        title="Doors",
        blocks=(Block("paragraph", "one"),),
        url="https://example.com/2010/01/post-1.html",
        author="Ann",
        published=date(2010, 1, 20),
        updated=date(2010, 2, 1),
        tags=("cold calls", "mail"),
    )


@pytest.mark.parametrize(
    ("type", "status", "more", "reason"),
    [
        ("POST", "DRAFT", "", "is a draft"),
        ("POST", "SCHEDULED", "", "is scheduled, not yet published"),
        ("POST", "SOFT_TRASHED", "", "is in the trash"),
        (
            "POST",
            "LIVE",
            "<blogger:trashed>2011-01-01T00:00:00Z</blogger:trashed>",
            "is in the trash",
        ),
        ("POST", "ARCHIVED", "", "is not published (archived)"),
        ("PAGE", "LIVE", "", _PAGE),
        ("PAGE", "DRAFT", "", "is a draft"),
    ],
)
def test_what_takeout_says_is_not_published(
    tmp_path: Path, type: str, status: str, more: str, reason: str
) -> None:
    path = takeout(tmp_path, takeout_entry("text", type=type, status=status, more=more))
    assert list(read(takeout_source(path))) == [Skipped("feed.atom#post-1", reason)]


def test_an_archive_of_takeout(tmp_path: Path) -> None:
    feed = takeout(
        tmp_path,
        takeout_entry("one"),
        takeout_entry("I agree", id="comment-3", type="COMMENT"),
        takeout_entry("about", id="page-2", type="PAGE"),
    )
    others = {
        "archive_browser.html": "<html><body><h1>Your Takeout</h1></body></html>",
        "Blogger/Albums/Doors/metadata.json": "{}",
        "Blogger/Blogs/Doors/settings.csv": "blog_name,Doors\n",
        "Blogger/Blogs/Doors/theme-layouts.xml": "<!DOCTYPE html><html><b:skin>x & <br></html>",
        "Blogger/Comments/Elsewhere/feed.atom": _TAKEOUT
        + takeout_entry("Mine", id="comment-4", type="COMMENT")
        + "</feed>",
    }
    archive = tmp_path / "takeout-20260101T000000Z-001.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(feed, feed.relative_to(tmp_path).as_posix())
        for name, content in others.items():
            packed.writestr(f"Takeout/{name}", content)
    assert detect(str(archive)) == "blogger"
    post, page = read(takeout_source(archive))
    assert isinstance(post, Post)
    assert (post.place, post.text) == ("Takeout/Blogger/Blogs/Doors/feed.atom#post-1", "one")
    assert page == Skipped("Takeout/Blogger/Blogs/Doors/feed.atom#page-2", _PAGE)


def test_takeout_needs_the_address_of_the_blog(tmp_path: Path) -> None:
    path = takeout(tmp_path, takeout_entry("text"))
    with pytest.raises(SourceError) as caught:
        list(read(takeout_source(path, None)))
    assert caught.value.message == f"{path}: does not say the address of the blog."
    assert caught.value.hint == (
        "Takeout holds only each post's path, so links could not be opened. Add the address:"
        " --base-url https://your.blog.address"
    )


def test_one_address_is_that_of_one_blog(tmp_path: Path) -> None:
    takeout(tmp_path, takeout_entry("one"), blog="A")
    other = takeout_entry("two").replace("blog-1.", "blog-2.")
    takeout(tmp_path, other, blog="B")
    with pytest.raises(SourceError) as caught:
        list(read(takeout_source(tmp_path)))
    assert caught.value.message == (
        f"{tmp_path}: holds several blogs, and --base-url is the address of one."
    )
    assert "feed.atom of each blog" in caught.value.hint


def entries_of(export: Path) -> list[str]:
    """The entries as text: what the tests below expect is read off them, not off the reader."""
    return re.findall(r"<entry>.*?</entry>", export.read_text(), re.DOTALL)


def test_a_real_export(shared: Path) -> None:
    """64 entries: 1 template, 58 settings and 1 comment are nobody's posts; 1 post and 1 page are
    drafts (app:draft); 1 page; 1 post."""
    export = shared / "data/blogger/pelican/bloggerexport.xml"
    kinds = re.findall(r'2008/kind#(\w+)"', export.read_text())
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "template": 1,
        "settings": 58,
        "post": 2,
        "page": 2,
        "comment": 1,
    }
    assert len(entries_of(export)) == len(kinds)
    draft, post, page_draft, page = read(Source("blog", "blogger", str(export)))
    name = "bloggerexport.xml#"
    assert draft == Skipped(f"{name}post-1276418104709695660", "is a draft")
    assert page_draft == Skipped(f"{name}page-4386962582497458967", "is a draft")
    assert page == Skipped(f"{name}page-1406163839769953231", _PAGE)
    assert isinstance(post, Post)
    (text,) = [entry for entry in entries_of(export) if "post-1858599377741856733</id>" in entry]
    assert f">{post.title}</title>" in text
    assert f'href="{post.url}" rel="alternate"' in text
    assert f"<name>{post.author}</name>" in text
    assert post.published == date(2010, 11, 27)
    assert (post.updated, post.tags) == (date(2010, 11, 27), ())
    assert [block.kind for block in post.blocks] == ["paragraph", "item", "item"]
    assert "@" not in str(post)


def test_pages_of_a_real_export(shared: Path) -> None:
    export = shared / "data/blogger/pelican/bloggerexport.xml"
    found = list(read(Source("blog", "blogger", str(export), include_pages=True)))
    pages = [each for each in found if isinstance(each, Post) and "#page-" in each.place]
    assert [page.url for page in pages] == ["http://youngdoctornotes.blogspot.com/p/test-page.html"]
    assert len(found) == 4


def test_real_takeout_feeds(shared: Path) -> None:
    """Of five entries one is a comment, one post and one page are drafts, two posts are live."""
    samples = shared / "data/blogger/takeout_samples"
    (first,) = read(takeout_source(samples / "bernds_blog_sample.atom"))
    assert isinstance(first, Post)
    assert (first.title, first.author, first.published) == (
        "Nach Suzhou",
        "Bernd",
        date(2011, 5, 11),
    )
    assert first.url == "https://example.com/2011/10/nach-suzhou.html"
    second, draft, page = read(takeout_source(samples / "eagle_eye_sample.atom"))
    assert isinstance(second, Post)
    assert second.title == "Workshop 'reshape' coordination"
    assert second.published == date(2026, 6, 18)
    assert second.url == "https://example.com/2026/06/bamenda-hosts-key-workshop.html"
    name = "eagle_eye_sample.atom#"
    assert [draft, page] == [
        Skipped(f"{name}post-793021033970468890", "is a draft"),
        Skipped(f"{name}page-1", "is a draft"),
    ]
