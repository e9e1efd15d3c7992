"""Feeds: every dialect, paged at an address, damaged, hostile; comments never."""

from __future__ import annotations

import gzip
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bench.feeds import measure
from corpus.errors import FetchError, SourceError
from corpus.identity import post_id
from corpus.readers import is_full
from corpus.readers import read as read_any
from corpus.readers.feed import read, recognises
from corpus.readers.peek import peek, peek_online
from corpus.types import Block, Post, ReadOptions, Skipped, Source
from tests.site import Site, SitePage

RSS = """\
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Calls</title><link>https://blog.example/</link>{head}
{items}
</channel></rss>
"""
ITEM = """\
<item><title>{0}</title><link>https://blog.example/{0}</link><guid>{0}</guid>
<description>Text of {0}.</description></item>
"""
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Calls</title>{}</feed>'
ONLINE = ReadOptions(allow_private=True, requests_per_second=1000, timeout_s=5)


def rss(*items: str, head: str = "") -> str:
    return RSS.format(items="".join(items), head=head)


def items(*names: str) -> str:
    return "".join(ITEM.format(name) for name in names)


def read_feed(folder: Path, content: str | bytes, base_url: str | None = None) -> list[Post]:
    """The posts of a feed that holds nothing else."""
    posts = read_all(folder, content, base_url)
    assert [post for post in posts if not isinstance(post, Post)] == []
    return [post for post in posts if isinstance(post, Post)]


def read_all(
    folder: Path, content: str | bytes, base_url: str | None = None
) -> list[Post | Skipped]:
    path = folder / "feed.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read(Source("feed", "feed", str(path), base_url=base_url), ReadOptions()))


def test_a_feed_only_adds() -> None:
    assert not is_full("feed")


def test_rss_2_as_wordpress_writes_it(tmp_path: Path) -> None:
    (post,) = read_feed(
        tmp_path,
        rss(
            """<item><title>Ask &amp;amp; listen &amp;#8211; a &lt;em&gt;habit&lt;/em&gt;</title>
            <link>https://blog.example/ask/?utm_source=rss</link>
            <dc:creator><![CDATA[Ann Example]]></dc:creator>
            <pubDate>Mon, 01 Jan 2024 23:30:00 -0800</pubDate>
            <category><![CDATA[R&amp;D]]></category><category>Calls</category>
            <guid isPermaLink="false">https://blog.example/?p=7</guid>
            <description><![CDATA[<p>The start of it [&#8230;]</p>]]></description>
            <content:encoded><![CDATA[<h2>Why</h2><p>The whole of it,
            in <b>two</b> lines.</p>]]></content:encoded></item>"""
        ),
    )
    assert (post.title, post.url, post.place) == (
        "Ask & listen – a habit",
        "https://blog.example/ask/",
        "feed.xml#https://blog.example/?p=7",
    )
    assert post.id == post_id(url="https://blog.example/ask", source="", place="")
    assert (post.author, post.published, post.updated) == ("Ann Example", date(2024, 1, 1), None)
    assert post.tags == ("r&d", "calls")
    assert [(block.kind, block.text) for block in post.blocks] == [
        ("heading", "Why"),
        ("paragraph", "The whole of it, in two lines."),
    ]


def test_atom_1(tmp_path: Path) -> None:
    first, second = read_feed(
        tmp_path,
        ATOM.format(
            """<author><name>The House</name><email>house@blog.example</email></author>
            <link rel="self" href="https://blog.example/feed"/>
            <entry><id>tag:blog.example,2024:1</id><title type="text">When &lt;b> is text</title>
            <link rel="replies" href="https://blog.example/1/comments"/>
            <link rel="alternate" type="text/html" href="https://blog.example/1"/>
            <published>2024-03-01T01:00:00+09:00</published><updated>2024-03-05</updated>
            <author><name>Ann</name></author><author><name>Bob</name></author>
            <category term="calls" label="Cold calls"/>
            <content type="text">Type &lt;b> and &lt;/b> for bold.

            Or don't.</content></entry>
            <entry><id>2</id><title type="html">Half &amp;lt; whole, &lt;i>said&lt;/i></title>
            <link href="https://blog.example/2"/><updated>2024-02-01T00:00:00Z</updated>
            <summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><ul><li>One</li>
            <li>Two</li></ul></div></summary></entry>"""
        ),
    )
    assert first == Post(
        id=first.id,
        source="feed",
        place="feed.xml#tag:blog.example,2024:1",
        title="When <b> is text",
        blocks=(
            Block("paragraph", "Type <b> and </b> for bold."),
            Block("paragraph", "Or don't."),
        ),
        url="https://blog.example/1",
        author="Ann, Bob",
        published=date(2024, 3, 1),
        updated=date(2024, 3, 5),
        tags=("cold calls",),
    )
    assert (second.title, second.author) == ("Half < whole, said", "The House")
    assert (second.published, second.updated) == (date(2024, 2, 1), date(2024, 2, 1))
    assert second.blocks == (Block("item", "One", 1, "-"), Block("item", "Two", 1, "-"))


@pytest.mark.parametrize(
    ("content", "url", "published"),
    [
        (
            '<rss version="0.91"><channel><item><title>A call</title><link>https://b.example/1</link>'
            "<description>One.</description></item></channel></rss>",
            "https://b.example/1",
            None,
        ),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://purl.org/rss/1.0/">'
            '<channel rdf:about="https://b.example/"><title>B</title></channel>'
            '<item rdf:about="https://b.example/1"><title>A call</title>'
            "<link>https://b.example/1</link><dc:date>2003-12-31T23:59:59-08:00</dc:date>"
            "<description>One.</description></item></rdf:RDF>",
            "https://b.example/1",
            date(2003, 12, 31),
        ),
        (
            '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>A call</title>'
            '<link rel="alternate" type="text/html" href="https://b.example/1"/>'
            "<issued>2004-05-06T07:08:09Z</issued>"
            '<content type="text/html" mode="escaped">&lt;p>One.&lt;/p></content></entry></feed>',
            "https://b.example/1",
            date(2004, 5, 6),
        ),
        (
            '<?xml version="1.0"?><!DOCTYPE CHANNEL SYSTEM "cdf.dtd"><CHANNEL HREF="https://b.example">'
            '<ITEM HREF="https://b.example/1" LASTMOD="1999-09-09T09:09"><TITLE>A call</TITLE>'
            "<ABSTRACT>One.</ABSTRACT></ITEM></CHANNEL>",
            "https://b.example/1",
            date(1999, 9, 9),
        ),
    ],
    ids=["rss-0.91", "rdf", "atom-0.3", "cdf"],
)
def test_older_dialects(tmp_path: Path, content: str, url: str, published: date | None) -> None:
    (post,) = read_feed(tmp_path, content)
    assert (post.title, post.url, post.published) == ("A call", url, published)
    assert post.blocks == (Block("paragraph", "One."),)
    assert recognises(peek(tmp_path))


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("<author>ann@blog.example (Ann Example)</author>", "Ann Example"),
        ("<author>ann@blog.technology (Ann Example)</author>", "Ann Example"),
        ("<author>Ann Example &lt;ann@blog.example&gt;</author>", "Ann Example"),
        ("<author>Ann Example (Acme)</author>", "Ann Example (Acme)"),
        ("<author>ann@blog.example</author>", None),
        ("<dc:creator>ann@blog.museum</dc:creator>", None),
        ("<dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator>", "Ann, Bob"),
        ("<dc:creator>Ann &amp;amp; Bob</dc:creator>", "Ann & Bob"),
        ("", None),
    ],
)
def test_authors_have_names_and_no_address(tmp_path: Path, author: str, name: str | None) -> None:
    editor = "<managingEditor>editor@blog.example (The Editor)</managingEditor>"
    (post,) = read_feed(
        tmp_path,
        rss(f"<item><title>A</title><description>B</description>{author}</item>", head=editor),
    )
    assert post.author == name


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Thu, 01 Jan 2004 23:48:21 -0800", date(2004, 1, 1)),
        ("Thu, 1 Jan 04 19:48:21 GMT", date(2004, 1, 1)),
        ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", date(2004, 7, 11)),
        ("2003-12", None),
        ("yesterday", None),
    ],
)
def test_the_day_is_the_one_written(tmp_path: Path, written: str, day: date | None) -> None:
    (post,) = read_feed(
        tmp_path, rss(f"<item><description>B</description><pubDate>{written}</pubDate></item>")
    )
    assert (post.published, post.updated) == (day, None)


def test_text_without_markup_keeps_its_paragraphs_and_the_longest_version_counts(
    tmp_path: Path,
) -> None:
    (post,) = read_feed(
        tmp_path,
        rss(
            "<item><title></title><description>Ring first.\n\nWrite later &amp;amp; short."
            "</description><content:encoded>Ring.</content:encoded></item>"
        ),
    )
    assert post.blocks == (
        Block("paragraph", "Ring first."),
        Block("paragraph", "Write later & short."),
    )
    assert post.title == "Ring first. Write later & short."


def test_what_has_no_text_is_skipped(tmp_path: Path) -> None:
    enclosure = '<enclosure url="https://blog.example/1.mp3" length="1" type="audio/mpeg"/>'
    assert read_all(
        tmp_path, rss(f"<item><guid>talk</guid><title>A talk</title>{enclosure}</item>")
    ) == [Skipped("feed.xml#talk", "no text")]


def test_an_entry_without_an_id_is_known_by_its_title_or_text(tmp_path: Path) -> None:
    bare = "<item><title>Same #1</title><description>{}</description></item>"
    untitled = "<item><description>One.</description></item>"
    posts = read_feed(tmp_path, rss(bare.format("One."), bare.format("Two."), untitled))
    assert [post.place for post in posts[:2]] == ["feed.xml#Same %231", "feed.xml#Same %231~2"]
    assert len({post.id for post in posts}) == 3
    newer = "<item><title>New</title><description>New.</description></item>"
    assert read_feed(tmp_path, rss(newer, untitled))[1].id == posts[2].id


def test_addresses_are_joined_to_the_blog(tmp_path: Path) -> None:
    content = ATOM.format(
        '<entry xml:base="/2024/"><id>1</id><link href="one"/><summary>One.</summary></entry>'
    )
    assert read_feed(tmp_path, content)[0].url is None
    assert read_feed(tmp_path, content, "https://b.example/blog")[0].url == (
        "https://b.example/2024/one"
    )


def test_entries_that_share_an_address_are_posts_of_their_own(tmp_path: Path) -> None:
    entry = "<item><title>{0}</title><link>{1}</link><guid>g-{0}</guid><description>Text {0}"
    entry += "</description></item>"
    day, front = "https://blog.example/2004/03/11", "https://blog.example/"
    links = {
        "one": f"{day}#one",
        "two": f"{day}#two",
        "three": day,
        "four": front,
        "five": front,
        "six": f"{day}/six",
    }
    feed = rss(*(entry.format(*each) for each in links.items()))
    (tmp_path / "feed.xml").write_text(feed)
    source = Source("feed", "feed", str(tmp_path))
    posts = list(read_any(source))
    assert [(post.place, post.url) for post in posts if isinstance(post, Post)] == [
        ("feed.xml#g-one", f"{day}#one"),
        ("feed.xml#g-two", f"{day}#two"),
        ("feed.xml#g-three", None),
        ("feed.xml#g-four", None),
        ("feed.xml#g-five", None),
        ("feed.xml#g-six", f"{day}/six"),
    ]
    ids = [post.id for post in posts if isinstance(post, Post)]
    assert ids[0] == post_id(url=None, source="feed", place=f"{day}#g-one")
    assert ids[3] == post_id(url=None, source="feed", place="https://blog.example#g-four")
    assert ids[5] == post_id(url=f"{day}/six", source="", place="")
    assert len(set(ids)) == 6
    # The same feed saved on another day holds the same posts.
    (tmp_path / "later.xml").write_text(feed)
    later = list(read_any(source))[6:]
    assert [(each.place, type(each)) for each in later] == [
        (f"later.xml#g-{name}", Skipped) for name in links
    ]


def test_entries_without_an_id_that_link_to_the_blog_are_known_by_their_titles(
    tmp_path: Path,
) -> None:
    entry = "<item><title>{0}</title><link>https://blog.example/</link><description>{0}."
    entry += "</description></item>"
    one, two = read_feed(tmp_path, rss(entry.format("One"), entry.format("Two")))
    assert [(one.place, one.url), (two.place, two.url)] == [
        ("feed.xml#One", None),
        ("feed.xml#Two", None),
    ]
    new, *old = read_feed(tmp_path, rss(*(entry.format(name) for name in ("New", "One", "Two"))))
    assert new.place == "feed.xml#New"
    assert [post.id for post in old] == [one.id, two.id]


def test_a_reply_does_not_share_the_address_of_its_post(tmp_path: Path) -> None:
    link = "https://blog.example/one"
    comment = f"<item><title>Re</title><link>{link}#comment-7</link><guid>7</guid>"
    comment += "<description>Nice!</description></item>"
    (post,) = read_feed(tmp_path, rss(items("one"), comment))
    assert (post.url, post.id) == (link, post_id(url=link, source="", place=""))


def test_replies_are_no_posts(tmp_path: Path) -> None:
    reply = '<t:in-reply-to xmlns:t="http://purl.org/syndication/thread/1.0" ref="1"/>'
    posts = read_feed(
        tmp_path,
        ATOM.format(
            "<entry><id>1</id><summary>One.</summary></entry><entry><id>2</id>"
            f"<author><name>Com Menter</name></author><summary>Two.</summary>{reply}</entry>"
        ),
    )
    assert [post.place for post in posts] == ["feed.xml#1"]


def test_a_feed_of_comments_is_refused(tmp_path: Path) -> None:
    comments = rss(
        "<item><title>By: Com Menter</title><link>https://blog.example/1/#comment-7</link>"
        "<dc:creator>Com Menter</dc:creator><description>Nice!</description></item>"
    )
    with pytest.raises(SourceError) as caught:
        read_all(tmp_path, comments)
    assert caught.value.message == f"{tmp_path / 'feed.xml'}: is a feed of comments."
    assert "without /comments" in caught.value.hint
    (tmp_path / "posts.xml").write_text(rss(items("one")))
    found = list(read(Source("feed", "feed", str(tmp_path)), ReadOptions()))
    assert [each.place for each in found] == ["posts.xml#one", "feed.xml"]
    assert found[1] == Skipped("feed.xml", "is a feed of comments")


@pytest.mark.parametrize(
    ("content", "system"),
    [
        (
            rss(
                '<item xmlns:wp="http://wordpress.org/export/1.2/"><title>Secret</title>'
                "<description>Draft.</description><wp:status>draft</wp:status></item>"
            ),
            "WordPress",
        ),
        (
            ATOM.format(
                '<entry><id>1</id><category scheme="http://schemas.google.com/g/2005#kind"'
                ' term="http://schemas.google.com/blogger/2008/kind#settings"/>'
                "<content>true</content></entry>"
            ),
            "Blogger",
        ),
    ],
)
def test_an_export_is_no_feed(tmp_path: Path, content: str, system: str) -> None:
    with pytest.raises(SourceError, match=f"is an export of {system}, not a feed"):
        read_all(tmp_path, content)


def test_packed_feeds_and_folders_of_them(tmp_path: Path) -> None:
    (tmp_path / "old.xml.gz").write_bytes(gzip.compress(rss(items("old")).encode()))
    (tmp_path / "new.rss").write_text(rss(items("new", "newer")))
    (tmp_path / "page.xml").write_text("<urlset><url/></urlset>")
    expected = ["new.rss#new", "new.rss#newer", "old.xml.gz#old", "page.xml"]
    found = list(read(Source("feed", "feed", str(tmp_path)), ReadOptions()))
    assert [each.place for each in found] == expected
    assert found[-1] == Skipped("page.xml", "is not a feed", unreadable=True)
    archive = tmp_path / "feeds.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name in ("old.xml.gz", "new.rss", "page.xml"):
            packed.write(tmp_path / name, name)
    found = list(read(Source("feed", "feed", str(archive)), ReadOptions()))
    assert [each.place for each in found] == expected


def test_a_feed_without_entries_has_no_posts(tmp_path: Path) -> None:
    assert read_all(tmp_path, rss()) == []


@pytest.mark.parametrize("content", ["", "Not a feed.", "<html><body>No.</body></html>", "\0" * 99])
def test_what_is_no_feed_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(SourceError, match=r"feed\.xml: is not a feed"):
        read_all(tmp_path, content)


@pytest.mark.parametrize(
    ("end", "names"),
    [
        ("", ["one", "two"]),
        ("<item><title>three</title><link>https://blog.example/three</link><desc", ["one", "two"]),
        ("<item><title>three</title><guid>3</guid><description>Half a", ["one", "two"]),
    ],
)
def test_a_feed_that_is_cut_off_gives_what_is_whole(
    tmp_path: Path, end: str, names: list[str]
) -> None:
    whole = rss(items("one", "two"))
    found = read_all(tmp_path, whole[: whole.rindex("</channel>")] + end)
    assert [each.place for each in found] == [*(f"feed.xml#{name}" for name in names), "feed.xml"]
    assert found[-1] == Skipped("feed.xml", "is cut off; what follows is missing", unreadable=True)


def test_a_feed_that_is_not_well_formed_is_read_whole(tmp_path: Path) -> None:
    broken = "<item><guid>1</guid><title>Q & A &nbsp;&bogus;</title><description>A<br>B & C"
    broken += "</description></item>"
    first, second = read_feed(tmp_path, rss(broken, items("two")))
    assert (first.title, first.blocks[0].text) == ("Q & A &bogus;", "A B & C")
    assert second.title == "two"


def test_what_xml_forbids_is_left_out(tmp_path: Path) -> None:
    (post,) = read_feed(
        tmp_path,
        rss(
            "<item><title>A\0B&#0;C&#xD800;D&#1114112;</title><description>E\x0bF</description></item>"
        ),
    )
    assert (post.title, post.blocks[0].text) == ("ABCD", "EF")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-16"),
        ("utf-8", "zlib"),
        ("utf-8", "punycode"),
        ("utf-8", "no-such"),
        ("utf-8-sig", "iso-8859-1"),
        ("cp1252", "utf-8"),
        ("iso-8859-1", "iso-8859-1"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-8"),
        ("utf-32", "utf-32"),
    ],
)
def test_encodings_that_lie(tmp_path: Path, encoding: str, declared: str) -> None:
    text = rss("<item><title>Café, naïve</title><description>x</description></item>")
    content = text.replace('encoding="utf-8"', f'encoding="{declared}"').encode(encoding)
    assert read_feed(tmp_path, content)[0].title == "Café, naïve"


MANY = 200_000
HOSTILE = {
    "entities in entities": b"<!DOCTYPE x [\n"
    + b"".join(b'<!ENTITY a%d "%s">\n' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]>%s<item><title>&a9;</title><description>x</description></item>",
    "a long entity": b'<!DOCTYPE x [\n<!ENTITY a "' + b"x" * 30_000 + b'">\n]>%s'
    b"<item><description>" + b"&a;" * 50_000 + b"</description></item>",
    "blank lines first": b"\n" * MANY + b"%s<item><description>x</description></item>",
    "declarations first": b"<!ENTITY " * 30_000 + b"%s<item><description>x</description></item>",
    "encodings": b"<?xml " + b'encoding="a" ' * 20_000 + b"?>%s<item><description>x</description>"
    b"</item>",
    "a long word": b"%s<item><author>" + b"a" * MANY + b"</author><description>x</description>"
    b"</item>",
    "nesting": b"%s<item><description>x" + b"<b>" * 5_000 + b"</description></item>",
}  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_feeds_end_soon(tmp_path: Path, content: bytes) -> None:
    started = time.process_time()
    found = read_all(tmp_path, content % b'<rss version="2.0"><channel>' + b"</channel></rss>")
    assert len(found) == 1
    assert time.process_time() - started < 5


def test_a_feed_larger_than_any_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "small.xml").write_text(rss(items("one")))
    with (tmp_path / "huge.xml").open("wb") as huge:
        huge.truncate(50 * 2**20)
    found = list(read(Source("feed", "feed", str(tmp_path)), ReadOptions()))
    assert [each.place for each in found] == ["small.xml#one", "huge.xml"]
    assert found[1] == Skipped("huge.xml", "is larger than 20 MiB", unreadable=True)


@pytest.mark.parametrize(
    ("start", "is_feed"),
    [
        ('<?xml version="1.0"?>\n<!-- <html> --><rss version="2.0">', True),
        ('\ufeff<feed xmlns="http://www.w3.org/2005/Atom">', True),
        ('<a:feed xmlns:a="http://www.w3.org/2005/Atom">', True),
        ('<!DOCTYPE rss [ <!ENTITY a "b"> ]><rss>', True),
        ('<rdf:RDF xmlns="http://purl.org/rss/1.0/">', True),
        ('<rdf:RDF xmlns="http://xmlns.com/foaf/0.1/">', False),
        ("<!DOCTYPE html><html><feed>", False),
        ("<urlset>", False),
        ("<feedback>", False),
        ('{"version": "https://jsonfeed.org/version/1"}', False),
        ("", False),
    ],
)
def test_feeds_are_recognised(tmp_path: Path, start: str, is_feed: bool) -> None:
    (tmp_path / "feed.xml").write_text(start)
    assert recognises(peek(tmp_path)) is is_feed
    assert recognises(peek_online("https://blog.example/", start.encode())) is is_feed


@contextmanager
def serving(answers: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """A server of feeds by path and query, 404 for others; its address, and what was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            content = answers.get(self.path, "").replace("{site}", url).encode()
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            # The client goes away from what is too large.
            with suppress(ConnectionError):
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Keeps quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield url, asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def read_online(url: str, options: ReadOptions = ONLINE) -> list[Post | Skipped]:
    return list(read(Source("feed", "feed", url), options))


def titles(found: list[Post | Skipped]) -> list[str]:
    return [post.title for post in found if isinstance(post, Post)]


def test_a_paged_feed_is_followed_to_its_end() -> None:
    with Site() as site:
        found = read_online(f"{site.url}/feed.xml")
        pages = (len(site.posts) + 1) // 2
        assert len({post.id for post in found if isinstance(post, Post)}) == len(site.posts)
        assert len(found) == len(site.posts)
        assert site.paths == ["/feed.xml", *(f"/feed.xml?page={n}" for n in range(2, pages + 1))]
        assert {each.place.partition("#")[0] for each in found} == {f"{site.url}/feed.xml"}


def test_no_more_pages_are_read_than_allowed() -> None:
    with Site() as site:
        options = ReadOptions(allow_private=True, requests_per_second=1000, max_pages=2)
        assert len(read_online(f"{site.url}/feed.xml", options)) == 4
        assert len(site.paths) == 2


def test_archives_of_a_feed_are_followed_and_a_loop_ends() -> None:
    older = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="prev-archive" href="{}"/>'
    answers = {
        "/feed": rss(items("four", "three"), head=older.format("/2023")),
        "/2023": rss(items("three", "two"), head=older.format("/2022")),
        "/2022": rss(items("one"), head=older.format("/feed")),
    }
    with serving(answers) as (url, asked):
        assert titles(read_online(f"{url}/feed")) == ["four", "three", "two", "one"]
        assert asked == ["/feed", "/2023", "/2022"]


def test_wordpress_is_asked_for_pages_until_one_is_not_full() -> None:
    head = "<generator>https://wordpress.org/?v=6.4</generator>"
    answers = {
        "/?feed=rss2": rss(items("five", "four"), head=head),
        "/?feed=rss2&paged=2": rss(items("three", "two"), head=head),
        "/?feed=rss2&paged=3": rss(items("one"), head=head),
    }
    with serving(answers) as (url, asked):
        assert titles(read_online(f"{url}/?feed=rss2")) == ["five", "four", "three", "two", "one"]
        assert asked == list(answers)
        del answers["/?feed=rss2&paged=3"]
        assert titles(read_online(f"{url}/?feed=rss2")) == ["five", "four", "three", "two"]


@pytest.mark.parametrize("generator", ["https://wordpress.org/?v=6.4", "Hugo"])
def test_a_server_that_knows_no_pages_is_asked_twice_at_most(generator: str) -> None:
    nameless = "<item><title>one</title><description>One.</description></item>"
    feed = rss(items("two"), nameless, head=f"<generator>{generator}</generator>")
    with serving({"/feed": feed, "/feed?paged=2": feed}) as (url, asked):
        assert titles(read_online(f"{url}/feed")) == ["two", "one"]
        assert asked == (["/feed", "/feed?paged=2"] if "wordpress" in generator else ["/feed"])


def test_pages_elsewhere_are_left_alone_but_for_blogger() -> None:
    entry = "<entry><id>{0}</id><title>{0}</title><content>Text of {0}.</content></entry>"
    more = '<link rel="next" href="https://www.blogger.com/feeds/7/posts/default?start-index=2"/>'
    answers = {
        "/feeds/posts/default": ATOM.format(
            "<generator>Blogger</generator>" + more + entry.format("two")
        ),
        "/feeds/posts/default?start-index=2": ATOM.format(entry.format("one")),
        "/other": ATOM.format(more + entry.format("two")),
    }
    with serving(answers) as (url, asked):
        assert titles(read_online(f"{url}/feeds/posts/default")) == ["two", "one"]
        assert titles(read_online(f"{url}/other")) == ["two"]
        assert asked == list(answers)


def test_a_page_that_cannot_be_fetched_ends_the_feed_with_a_skip() -> None:
    head = '<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="next" href="/older"/>'
    answers = {"/feed": rss(items("one"), head=head), "/older": " " * (2**20 + 1)}
    options = ReadOptions(allow_private=True, requests_per_second=1000, page_mb=1)
    with serving(answers) as (url, _):
        assert read_online(f"{url}/feed", options)[1:] == [
            Skipped(f"{url}/older", "is larger than 1 MiB", unreadable=True)
        ]


def test_an_address_without_a_feed_is_refused() -> None:
    with Site() as site:
        with pytest.raises(SourceError, match="the server answered 404"):
            read_online(f"{site.url}/nowhere")
        with pytest.raises(SourceError, match="is not a feed"):
            read_online(f"{site.url}/about")
        with pytest.raises(FetchError, match="leads back to"):
            read_online(f"{site.url}/loop/a")


def test_a_feed_at_an_address_obeys_the_options() -> None:
    told: list[str] = []
    with Site() as site:
        url = f"{site.url}/feed.xml"
        with pytest.raises(FetchError, match="is not on the public internet"):
            read_online(url, replace(ONLINE, allow_private=False))
        with pytest.raises(FetchError, match=r"took longer than 0\.2 s"):
            read_online(f"{site.url}/slow", replace(ONLINE, timeout_s=0.2))
        with pytest.raises(FetchError, match="is redirected more than 1 times"):
            read_online(f"{site.url}/hops/2", replace(ONLINE, redirects=1))
        site.seen.clear()
        started = time.monotonic()
        found = list(
            read_any(
                Source("feed", "feed", url),
                replace(ONLINE, requests_per_second=10, on_place=told.append),
            )
        )
        # Three pages, two waits.
        assert time.monotonic() - started > 0.19
        assert told == [post.place for post in found]
        assert len(site.paths) == 3


def test_a_page_of_a_feed_does_not_lead_off_its_host() -> None:
    head = '<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="next" href="/older"/>'
    with Site() as site:
        site.pages["/feed"] = SitePage(rss(items("one"), head=head).encode())
        site.pages["/older"] = SitePage(
            status=302, headers={"Location": f"http://localhost:{site.port}/feed.xml"}
        )
        assert read_online(f"{site.url}/feed")[1:] == [
            Skipped(
                f"{site.url}/older",
                f"leads to http://localhost:{site.port}/feed.xml, which is not to be fetched",
                unreadable=True,
            )
        ]
        assert site.paths == ["/feed", "/older"]


# Five titles differ: three of feeds in encodings that nothing names, which neither reads right, and
# two with hostile markup (<object>, broken comments), which lxml mends in its own way.
def test_all_of_feedparsers_feeds(shared: Path) -> None:
    result = measure(shared / "data" / "feeds" / "feedparser")
    well, ill = result["counts"]["well-formed"], result["counts"]["ill-formed"]
    assert (well["feeds"], well["their entries"]) == (1827, 1201)
    assert (ill["feeds"], ill["their entries"]) == (279, 16)
    for counts in (well, ill):
        assert "exceptions" not in counts
        assert "slow" not in counts
        assert counts["feeds with entries equal"] == counts["feeds"]
        assert counts["feeds with posts equal"] == counts["feeds"]
        assert counts["links equal"] == counts["their entries"]
    assert (well["titles equal"], ill["titles equal"]) == (1199, 13)
