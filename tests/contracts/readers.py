"""A small invented source of every kind, and the posts that a reader must find in it.

To have a new reader tested, add its sample to :data:`SAMPLES`. Every sample that can hold comments,
subscribers or the like holds :data:`OUTSIDER`, who must never be found in a post.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from corpus.types import Post, Skipped, Source, SourceKind

OUTSIDER = ("Zebulon Quackenbush", "zebulon@quack.example", "203.0.113.77")

TESTED_ELSEWHERE: dict[str, str] = {"website": "a site is no file: tests/site.py is its sample"}
"""Kinds that have no file, and where they are tested."""


@dataclass(frozen=True)
class Expected:
    """What a reader must find of one post."""

    title: str
    text: str
    author: str | None = None
    published: date | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()

    @staticmethod
    def of(post: Post) -> Expected:
        return Expected(post.title, post.text, post.author, post.published, post.url, post.tags)


@dataclass(frozen=True)
class Piece:
    """A stretch of a file; ``of`` is the post that cannot be whole without it."""

    text: str
    of: Expected | None = None


@dataclass(frozen=True)
class Sample:
    """A source of one kind: its files by name, each in pieces, and its posts in their order.

    ``packs`` says that people keep such files one by one as .gz; ``only_utf8`` that
    they never are in another encoding.
    """

    kind: SourceKind
    files: dict[str, tuple[Piece, ...]]
    posts: tuple[Expected, ...]
    base_url: str | None = None
    packs: bool = True
    only_utf8: bool = False

    @property
    def contents(self) -> dict[str, bytes]:
        """The files as they are written."""
        return {
            name: "".join(piece.text for piece in pieces).encode()
            for name, pieces in self.files.items()
        }

    def source(self, location: Path) -> Source:
        """The sample as a source, once it has been written to ``location``."""
        return Source("sample", self.kind, str(location), base_url=self.base_url)

    def write(self, folder: Path, contents: dict[str, bytes] | None = None) -> Path:
        """Writes the files below ``folder``; gives the source's location: a file if it is one."""
        contents = self.contents if contents is None else contents
        for name, content in contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder / next(iter(contents)) if len(contents) == 1 else folder

    def whole_before(self, name: str, length: int) -> list[Expected]:
        """The posts that do not need what stands behind ``length`` bytes of the file ``name``."""
        cut = set()
        end = 0
        for piece in self.files[name]:
            end += len(piece.text.encode())
            if end > length and piece.of is not None:
                cut.add(piece.of)
        return [post for post in self.posts if post not in cut]


def _pieces(*parts: str | tuple[str, Expected]) -> tuple[Piece, ...]:
    return tuple(Piece(part) if isinstance(part, str) else Piece(*part) for part in parts)


def broken_promises(found: Iterable[Post | Skipped]) -> list[str]:
    """What no reader may yield, whatever it was given; one line for each such thing."""
    broken = []
    ids = set()
    for each in found:
        if not isinstance(each, Post | Skipped):
            broken.append(f"neither a post nor skipped: {each!r}")
            continue
        if not each.place:
            broken.append(f"has no place: {each!r}")
        if isinstance(each, Post):
            if each.id in ids:
                broken.append(f"{each.place}: its id {each.id} is another's too")
            ids.add(each.id)
            broken += [f"{each.place}: {fault}" for fault in _faults(each)]
    return broken


def _faults(post: Post) -> list[str]:
    faults = []
    if not post.title.strip() or _has_control(post.title):
        faults.append(f"the title is {post.title[:80]!r}")
    if not post.blocks:
        faults.append("no blocks")
    for block in post.blocks:
        text = block.text
        code = block.kind == "code"
        if not text or text != text.strip() or _has_control(text, "\n\t" if code else ""):
            faults.append(f"a {block.kind} is {text[:80]!r}")
        if any(not 0 <= mark.start < mark.end <= len(text) for mark in block.marks):
            faults.append(f"a {block.kind} of {len(text)} characters has marks {block.marks[:5]}")
    try:
        # What the archive does with it.
        json.dumps([post.place, post.content_hash]).encode()
        f"{post.place}{post.title}{post.text}{post.url}{post.author}{post.tags}".encode()
    except UnicodeEncodeError as error:
        faults.append(f"cannot be stored: {error}")
    return faults


def _has_control(text: str, allowed: str = "") -> bool:
    return any(
        unicodedata.category(character) == "Cc" and character not in allowed for character in text
    )


_DOOR = Expected(
    title="Why the café door mattered",
    text="Tuesday “doors” opened at nine.\n\nKnock\nWait\n\nHanneke said it was naïve.",
    author="Inés Solano",
    published=date(2014, 3, 11),
    url="https://blog.example/2014/03/door.html",
    tags=("cold calling", "mindset"),
)
_PRICE = Expected(
    title="Price & patience",
    text="A price is a question.\n\nAsk again\n\nThen say nothing for as long as it takes.",
    author="Bo Larsen",
    published=date(2015, 6, 2),
    url="https://blog.example/2015/06/price.html",
    tags=("price",),
)
_DOOR_HTML = (
    "<p>Tuesday “doors” opened at nine.</p><ul><li>Knock</li><li>Wait</li></ul>"
    "<p>Hanneke said it was naïve.</p>"
)
_PRICE_HTML = (
    "<p>A price is a question.</p><h2>Ask again</h2>"
    "<p>Then say nothing for as long as it takes.</p>"
)
_COMMENT = "I am Zebulon Quackenbush, zebulon@quack.example, and I agree."


def _escaped(html: str) -> str:
    return html.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_BLOGGER_HEAD = """\
<?xml version='1.0' encoding='UTF-8'?>
<?xml-stylesheet href="https://www.blogger.com/styles/atom.css" type="text/css"?>
<feed xmlns='http://www.w3.org/2005/Atom' xmlns:thr='http://purl.org/syndication/thread/1.0'>
<id>tag:blogger.com,1999:blog-1.archive</id><title type='text'>Doors</title>
"""


def _blogger_entry(
    kind: str, number: int, title: str, content: str, post: Expected | None = None, more: str = ""
) -> str:
    author, email = (post.author, "noreply@blogger.com") if post else OUTSIDER[:2]
    day = (post and post.published) or date(2016, 1, 1)
    tags = "".join(
        f"<category scheme='http://www.blogger.com/atom/ns#' term='{tag.title()}'/>"
        for tag in (post.tags if post else ())
    )
    link = f"<link rel='alternate' type='text/html' href='{post.url}'/>" if post else ""
    return f"""\
<entry><id>tag:blogger.com,1999:blog-1.post-{number}</id>
<published>{day}T23:30:00.000-08:00</published><updated>2016-01-01T00:00:00.000-08:00</updated>
<category scheme='http://schemas.google.com/g/2005#kind'
 term='http://schemas.google.com/blogger/2008/kind#{kind}'/>{tags}
<title type='text'>{title}</title><content type='html'>{_escaped(content)}</content>
{link}{more}<author><name>{author}</name><email>{email}</email></author></entry>
"""


_BLOGGER = Sample(
    "blogger",
    {
        "blog-03-11-2014.xml": _pieces(
            _BLOGGER_HEAD,
            _blogger_entry("settings", 9, "Who may comment", "zebulon@quack.example"),
            (_blogger_entry("post", 1, "Why the café door mattered", _DOOR_HTML, _DOOR), _DOOR),
            _blogger_entry(
                "post",
                3,
                "Not yet",
                "<p>Half a thought.</p>",
                _PRICE,
                "<app:control><app:draft>yes</app:draft></app:control>",
            ),
            (_blogger_entry("post", 2, "Price &amp;amp; patience", _PRICE_HTML, _PRICE), _PRICE),
            _blogger_entry("comment", 4, "I am Zebulon Quackenbush", _COMMENT),
            "</feed>\n",
        )
    },
    (_DOOR, _PRICE),
)

_WORDPRESS_HEAD = """\
<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.4" created="2016-01-01 00:00" -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Doors</title><link>https://blog.example</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>https://blog.example</wp:base_site_url>
<wp:base_blog_url>https://blog.example</wp:base_blog_url>
<wp:author><wp:author_id>1</wp:author_id><wp:author_login><![CDATA[ines]]></wp:author_login>
<wp:author_email><![CDATA[ines@blog.example]]></wp:author_email>
<wp:author_display_name><![CDATA[Inés Solano]]></wp:author_display_name></wp:author>
<wp:author><wp:author_id>2</wp:author_id><wp:author_login><![CDATA[bo]]></wp:author_login>
<wp:author_email><![CDATA[bo@blog.example]]></wp:author_email>
<wp:author_display_name><![CDATA[Bo Larsen]]></wp:author_display_name></wp:author>
"""
_WORDPRESS_COMMENT = f"""\
<wp:comment><wp:comment_id>1</wp:comment_id>
<wp:comment_author><![CDATA[Zebulon Quackenbush]]></wp:comment_author>
<wp:comment_author_email><![CDATA[zebulon@quack.example]]></wp:comment_author_email>
<wp:comment_author_IP><![CDATA[203.0.113.77]]></wp:comment_author_IP>
<wp:comment_content><![CDATA[{_COMMENT}]]></wp:comment_content>
<wp:comment_approved>1</wp:comment_approved></wp:comment>
"""


def _wordpress_item(
    number: int, login: str, content: str, post: Expected, status: str = "publish"
) -> str:
    assert post.published
    tags = "".join(
        f'<category domain="post_tag" nicename="t{n}"><![CDATA[{tag.title()}]]></category>'
        for n, tag in enumerate(post.tags)
    )
    title = post.title.replace("&", "&amp;") if status == "publish" else "Not yet"
    return f"""\
<item><title>{title}</title><link>{post.url}</link>
<pubDate>{post.published:%a, %d %b %Y} 21:30:00 +0000</pubDate>
<dc:creator><![CDATA[{login}]]></dc:creator>
<guid isPermaLink="false">https://blog.example/?p={number}</guid><description></description>
<content:encoded><![CDATA[{content}]]></content:encoded>
<excerpt:encoded><![CDATA[]]></excerpt:encoded><wp:post_id>{number}</wp:post_id>
<wp:post_date><![CDATA[{post.published} 23:30:00]]></wp:post_date>
<wp:post_date_gmt><![CDATA[{post.published} 21:30:00]]></wp:post_date_gmt>
<wp:comment_status><![CDATA[open]]></wp:comment_status>
<wp:post_name><![CDATA[p{number}]]></wp:post_name><wp:status><![CDATA[{status}]]></wp:status>
<wp:post_parent>0</wp:post_parent><wp:menu_order>0</wp:menu_order>
<wp:post_type><![CDATA[post]]></wp:post_type><wp:post_password><![CDATA[]]></wp:post_password>
{tags}{_WORDPRESS_COMMENT}</item>
"""


_WORDPRESS = Sample(
    "wordpress",
    {
        "doors.WordPress.2016-01-01.xml": _pieces(
            _WORDPRESS_HEAD,
            (_wordpress_item(1, "ines", _DOOR_HTML, _DOOR), _DOOR),
            _wordpress_item(3, "bo", "<p>Half a thought.</p>", _PRICE, "draft"),
            (_wordpress_item(2, "bo", _PRICE_HTML, _PRICE), _PRICE),
            "</channel></rss>\n",
        )
    },
    (_DOOR, _PRICE),
)


def _ghost_post(
    number: int, slug: str, html: str, post: Expected, status: str
) -> dict[str, object]:
    moment = f"{post.published}T12:00:00.000Z"
    return {
        "id": f"p{number}",
        "uuid": f"00000000-0000-4000-8000-00000000000{number}",
        "title": post.title if status == "published" else "Not yet",
        "slug": slug,
        "html": html,
        "type": "post",
        "status": status,
        "visibility": "public",
        "created_at": moment,
        "updated_at": moment,
        "published_at": moment if status == "published" else None,
        "canonical_url": None,
    }


_GHOST_DOOR = replace(_DOOR, url="https://blog.example/door/")
_GHOST_PRICE = replace(_PRICE, url="https://blog.example/price/")
_GHOST_EXPORT = {
    "db": [
        {
            "meta": {"exported_on": 1451606400000, "version": "5.75.0"},
            "data": {
                "posts": [
                    _ghost_post(1, "door", _DOOR_HTML, _DOOR, "published"),
                    _ghost_post(3, "not-yet", "<p>Half a thought.</p>", _PRICE, "draft"),
                    _ghost_post(2, "price", _PRICE_HTML, _PRICE, "published"),
                ],
                "users": [
                    {"id": "u1", "name": "Inés Solano", "slug": "ines", "email": "i@blog.example"},
                    {"id": "u2", "name": "Bo Larsen", "slug": "bo", "email": "b@blog.example"},
                ],
                "tags": [
                    {"id": "t1", "name": "Cold Calling", "slug": "cold-calling"},
                    {"id": "t2", "name": "Mindset", "slug": "mindset"},
                    {"id": "t3", "name": "Price", "slug": "price"},
                ],
                "posts_authors": [
                    {"id": "1", "post_id": "p1", "author_id": "u1", "sort_order": 0},
                    {"id": "2", "post_id": "p2", "author_id": "u2", "sort_order": 0},
                    {"id": "3", "post_id": "p3", "author_id": "u2", "sort_order": 0},
                ],
                "posts_tags": [
                    {"id": "1", "post_id": "p1", "tag_id": "t1", "sort_order": 0},
                    {"id": "2", "post_id": "p1", "tag_id": "t2", "sort_order": 1},
                    {"id": "3", "post_id": "p2", "tag_id": "t3", "sort_order": 0},
                ],
                "members": [{"id": "m1", "name": OUTSIDER[0], "email": OUTSIDER[1]}],
                "comments": [{"id": "c1", "post_id": "p1", "html": _COMMENT, "ip": OUTSIDER[2]}],
            },
        }
    ]
}
_GHOST_JSON = json.dumps(_GHOST_EXPORT, ensure_ascii=False, indent=1)
# One piece for both: what JSON says holds only when it is whole.
_GHOST = Sample(
    "ghost",
    {"doors.ghost.2016-01-01.json": (Piece(_GHOST_JSON, _GHOST_DOOR), Piece("", _GHOST_PRICE))},
    (_GHOST_DOOR, _GHOST_PRICE),
    base_url="https://blog.example",
    only_utf8=True,
)


def _medium_page(post: Expected, html: str) -> str:
    title = post.title.replace("&", "&amp;")
    tags = ", ".join(
        f'<a href="https://medium.com/tag/t" class="p-tag">{tag.title()}</a>' for tag in post.tags
    )
    day = f"{post.published:%B %d, %Y}" if post.published else ""
    return f"""\
<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{title}</title></head><body><article class="h-entry">
<header><h1 class="p-name">{title}</h1></header>
<section data-field="body" class="e-content"><section name="007" class="section section--body">
<div class="section-divider"><hr class="section-divider"></div><div class="section-content">
<div class="section-inner sectionLayout--insetColumn">{html}</div></div></section></section>
<footer><p>By <a href="https://medium.com/@a" class="p-author h-card">{post.author}</a> on
<a href="https://medium.com/p/1"><time class="dt-published"
 datetime="{post.published}T12:00:00.000Z">{day}</time></a>.</p>
<p>Tagged in {tags}</p>
<p><a href="{post.url}" class="p-canonical">Canonical link</a></p>
<p>Exported from <a href="https://medium.com">Medium</a> on January 1, 2016.</p></footer>
</article></body></html>
"""


_MEDIUM_DOOR = replace(_DOOR, url="https://medium.com/@ines/why-the-door-mattered-0a1b2c3d4e5f")
_MEDIUM_PRICE = replace(_PRICE, url="https://medium.com/@bo/price-patience-a1b2c3d4e5f6")
_MEDIUM = Sample(
    "medium",
    {
        "README.html": _pieces("<h1>Your Medium archive</h1><p>What is in it.</p>"),
        "ips/ips-0001.html": _pieces(
            "<h1>IPs</h1><ul><li>203.0.113.77 at 2016-01-01 1:00 am</li></ul>"
        ),
        "posts/2014-03-11_Why-the-caf--door-mattered-0a1b2c3d4e5f.html": _pieces(
            (_medium_page(_MEDIUM_DOOR, _DOOR_HTML), _MEDIUM_DOOR)
        ),
        "posts/2015-06-02_Price---patience-a1b2c3d4e5f6.html": _pieces(
            (_medium_page(_MEDIUM_PRICE, _PRICE_HTML), _MEDIUM_PRICE)
        ),
        "profile/profile.html": _pieces(
            '<section class="h-card"><h3 class="p-name">Inés Solano</h3>'
            "<ul><li><b>Email address:</b> zebulon@quack.example</li></ul></section>"
        ),
        "users-following/users-following-0001.html": _pieces(
            '<ul><li><a href="https://medium.com/@zeb">Zebulon Quackenbush</a></li></ul>'
        ),
    },
    (_MEDIUM_DOOR, _MEDIUM_PRICE),
    packs=False,
)

_SUBSTACK_DOOR = Expected(
    _DOOR.title, _DOOR.text, published=_DOOR.published, url="https://blog.example/p/door"
)
_SUBSTACK_PRICE = Expected(
    _PRICE.title, _PRICE.text, published=_PRICE.published, url="https://blog.example/p/price"
)
_SUBSTACK = Sample(
    "substack",
    {
        "email_list.doors.csv": _pieces(
            "email,active_subscription,name\nzebulon@quack.example,true,Zebulon Quackenbush\n"
        ),
        "posts.csv": _pieces(
            "post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,"
            "subtitle,podcast_url\n",
            (
                "101.door,2014-03-11T12:00:00.000Z,true,,,newsletter,everyone,"
                "Why the café door mattered,,\n",
                _SUBSTACK_DOOR,
            ),
            "103.not-yet,,false,,,newsletter,everyone,Not yet,,\n",
            (
                "102.price,2015-06-02T12:00:00.000Z,true,,,newsletter,everyone,"
                '"Price & patience",,\n',
                _SUBSTACK_PRICE,
            ),
        ),
        "posts/101.door.html": _pieces((_DOOR_HTML, _SUBSTACK_DOOR)),
        "posts/101.door.delivers.csv": _pieces(
            "post_id,timestamp,email,post_type\n101,2014-03-11,zebulon@quack.example,newsletter\n"
        ),
        "posts/102.price.html": _pieces((_PRICE_HTML, _SUBSTACK_PRICE)),
        "posts/103.not-yet.html": _pieces("<p>Half a thought.</p>"),
    },
    (_SUBSTACK_DOOR, _SUBSTACK_PRICE),
    base_url="https://blog.example",
    only_utf8=True,
    packs=False,
)


def _feed_item(post: Expected, html: str) -> str:
    day = f"{post.published:%a, %d %b %Y} 23:30:00 -0800" if post.published else ""
    tags = "".join(f"<category>{tag.title()}</category>" for tag in post.tags)
    title = post.title.replace("&", "&amp;")
    return f"""\
<item><title>{title}</title><link>{post.url}</link><guid isPermaLink="true">{post.url}</guid>
<pubDate>{day}</pubDate><dc:creator>{post.author}</dc:creator>{tags}
<wfw:commentRss>{post.url}/feed</wfw:commentRss>
<content:encoded><![CDATA[{html}]]></content:encoded></item>
"""


_FEED = Sample(
    "feed",
    {
        "feed.rss": _pieces(
            """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Doors</title><link>https://blog.example/</link><description>On doors</description>
<managingEditor>zebulon@quack.example (Zebulon Quackenbush)</managingEditor>
""",
            (_feed_item(_PRICE, _PRICE_HTML), _PRICE),
            (_feed_item(_DOOR, _DOOR_HTML), _DOOR),
            "</channel></rss>\n",
        )
    },
    (_PRICE, _DOOR),
)


def _markdown_file(post: Expected, body: str) -> str:
    return f"""\
---
title: "{post.title}"
author: {post.author}
date: {post.published}
permalink: {post.url}
tags: [{", ".join(post.tags)}]
---

{body}
"""


_MARKDOWN = Sample(
    "markdown",
    {
        "2014/door.md": _pieces(
            (
                _markdown_file(
                    _DOOR,
                    "Tuesday “doors” opened at nine.\n\n- Knock\n- Wait\n\n"
                    "Hanneke said it was naïve.",
                ),
                _DOOR,
            )
        ),
        "2015/not-yet.md": _pieces("---\ntitle: Not yet\ndraft: true\n---\n\nHalf a thought.\n"),
        "2015/price.md": _pieces(
            (
                _markdown_file(
                    _PRICE,
                    "A price is a question.\n\n## Ask again\n\n"
                    "Then say nothing for as long as it takes.",
                ),
                _PRICE,
            )
        ),
    },
    (_DOOR, _PRICE),
)

_PAGE_DOOR = Expected(
    "Why the café door mattered",
    "Tuesday “doors” opened at nine, which is when Hanneke walks along the warehouse with her"
    " coffee and reads every label that our competitor printed the night before.\n\n"
    "She asked what a torn label costs her. I had the figure in my notes, and said it, and then I"
    " said nothing until she had written it down herself.",
    "Inés Solano",
    date(2014, 3, 11),
    "https://blog.example/2014/03/door.html",
    ("cold calling", "mindset"),
)
_PAGE_PRICE = Expected(
    "Price & patience",
    "A price is a question, and the buyer answers it with the first thing she does, which is"
    " seldom the first thing that she says about it to anybody in the room.\n\n"
    "So I wait. In March I waited for most of a minute while a man at the clinic group turned"
    " a pencil over, and then he signed.",
    "Bo Larsen",
    date(2015, 6, 2),
    "https://blog.example/2015/06/price.html",
    ("price",),
)


def _web_page(post: Expected) -> str:
    title = post.title.replace("&", "&amp;")
    tags = "".join(f'<meta property="article:tag" content="{tag.title()}">' for tag in post.tags)
    body = "".join(f"<p>{paragraph}</p>" for paragraph in post.text.split("\n\n"))
    return f"""\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | Doors</title>
<link rel="canonical" href="{post.url}"><meta property="og:type" content="article">
<meta property="og:title" content="{title}"><meta property="og:site_name" content="Doors">
<meta name="author" content="{post.author}">
<meta property="article:published_time" content="{post.published}T12:00:00+00:00">{tags}
</head><body>
<header class="site-header"><nav><ul><li><a href="/">Home</a></li><li><a href="/about">About</a>
</li></ul></nav></header>
<main><article class="post hentry"><header><h1 class="entry-title">{title}</h1>
<p class="byline">By <a rel="author" href="/author">{post.author}</a></p></header>
<div class="entry-content">{body}</div></article>
<section id="comments" class="comments-area"><h2>1 comment</h2><ol class="comment-list">
<li class="comment"><p class="comment-author">Zebulon Quackenbush says:</p>
<div class="comment-content"><p>{_COMMENT}</p></div></li></ol></section></main>
<footer class="site-footer"><p>Copyright 2016 Doors. All rights reserved.</p></footer>
</body></html>
"""


_HTML = Sample(
    "html",
    {
        "2014/03/door.html": _pieces((_web_page(_PAGE_DOOR), _PAGE_DOOR)),
        "2015/06/price.html": _pieces((_web_page(_PAGE_PRICE), _PAGE_PRICE)),
    },
    (_PAGE_DOOR, _PAGE_PRICE),
)

_TEXT_DOOR = replace(_DOOR, url=None)
_TEXT_PRICE = Expected("Price & patience", "A price is a question.\n\nAsk it again.")
_TEXT_QUEUE = Expected(
    "A queue of one", "She was alone.\n\nI waited too.", "Bo Larsen", tags=("mindset",)
)
_TEXT = Sample(
    "text",
    {
        "door.txt": _pieces(
            (
                """\
My doors

Search This Blog

Tuesday, March 11, 2014

Why the café door mattered

Tuesday “doors” opened at nine.

- Knock
- Wait

Hanneke said it was naïve.

Posted by Inés Solano at 9:41 AM
Labels: Cold Calling, Mindset
1 comment:

Zebulon Quackenbush said...
I am zebulon@quack.example, and I agree.

Post a Comment
Newer Post
Home
""",
                _TEXT_DOOR,
            )
        ),
        "price.txt": _pieces(
            ("Price & patience\n\nA price is a question.\n\nAsk it again.\n", _TEXT_PRICE)
        ),
        "queue.txt": _pieces(
            (
                """\
A queue of one

She was alone.

I waited too.

Posted by Bo Larsen at 9:41 AM
Labels: Mindset
2 comments:

Zebulon Quackenbush said...
I am zebulon@quack.example, and I agree.

Zebulon QuackenbushMarch 3, 2010 at 9:41 AM
I wrote this from 203.0.113.77.

Post a Comment
Blog Archive
Recent comments by Zebulon Quackenbush
""",
                _TEXT_QUEUE,
            )
        ),
    },
    (_TEXT_DOOR, _TEXT_PRICE, _TEXT_QUEUE),
)

SAMPLES: dict[str, Sample] = {
    sample.kind: sample
    for sample in (
        _BLOGGER,
        _WORDPRESS,
        _GHOST,
        _MEDIUM,
        _SUBSTACK,
        _FEED,
        _MARKDOWN,
        _HTML,
        _TEXT,
    )
}
