from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bench.articles import blogqa_text, measure_text
from corpus.markup.article import MAX_ELEMENTS, Article, decode, read_article
from corpus.types import Block, Mark

OPENER = (
    "Most openers fail because the caller asks for time before giving a reason. Say who you are, "
    "say why you call, and let the silence work for you."
)
SECOND = (
    "We listened to four hundred calls last spring and counted what happened in the first ten "
    "seconds. The callers who gave a reason kept twice as many people on the line."
)

WORDPRESS = f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<title>Open with a reason &#8211; The Dial Tone</title>
<link rel="canonical" href="https://dial.example/2021/03/open-with-a-reason/">
<link rel="alternate" type="application/rss+xml" title="The Dial Tone" href="/feed/">
<link rel="alternate" type="application/rss+xml" title="Comments Feed" href="/comments/feed/">
<link rel="alternate" type="application/rss+xml" title="Replies" href="/2021/03/x/comments/feed/">
<meta property="og:site_name" content="The Dial Tone">
<meta property="og:title" content="Open with a reason &amp;#8211; not a question - The Dial Tone">
<meta property="article:published_time" content="2021-03-04T23:30:00-08:00">
<meta property="article:modified_time" content="2021-06-01T10:00:00+00:00">
<meta property="article:tag" content="Cold calls">
</head><body class="single single-post has-comments">
<header id="masthead" class="site-header"><a href="/">The Dial Tone</a>
<nav class="main-navigation"><ul><li><a href="/about">About us</a></li></ul></nav></header>
<main><article id="post-7" class="post-7 post category-newsletter tag-social comments-open">
<header class="entry-header"><h1 class="entry-title">Open with a reason – not a question</h1>
<div class="entry-meta">Posted on <time class="entry-date published" datetime="2021-03-04">March 4,
2021</time> by <span class="author vcard"><a class="url fn n" href="/author/rita/">Rita Moss</a>
</span></div></header>
<div class="entry-content"><p>{OPENER}</p><h2>What we counted</h2><p>{SECOND}</p>
<ol start="3"><li>Give your <strong>name</strong>.</li><li>Give the reason.</li></ol>
<ul><li>One thing<ul><li>Inside it</li></ul></li></ul>
<blockquote><p>Silence is a tool, and few of us dare to pick it up.</p></blockquote>
<table><tr><th>Opener</th><th>Kept</th></tr><tr><td>Reason</td><td>41%</td></tr></table>
<pre>if silence:
    wait()</pre>
<figure class="wp-block-embed"><iframe src="https://v.example/1" title="Player"></iframe>
<figcaption>Watch the two calls side by side</figcaption></figure>
<p>Read more: <a href="/2020/01/scripts/">Five scripts that work</a></p>
<p>Try it tomorrow on your first five calls and write down what you hear back.</p>
<div class="sharedaddy sd-sharing-enabled"><h3>Share this:</h3><ul><li>Tweet</li></ul></div>
<div id="jp-relatedposts" class="jp-relatedposts"><h3>Related</h3><p>Voicemail is not dead</p></div>
</div>
<footer class="entry-footer">Tagged <a href="/tag/openers/" rel="tag">Openers</a></footer>
<div class="author-box"><h4>Rita Moss</h4><p>Rita runs the phones at a small firm.</p></div>
</article>
<nav class="post-navigation"><a href="/2021/02/older/">Older: Ask better questions</a></nav>
<div id="comments" class="comments-area"><h2 class="comments-title">2 thoughts on “Open”</h2>
<ol class="comment-list"><li class="comment"><article class="comment-body">
<cite class="fn comment-author"><a href="https://bob.example/">Bob Commenter</a></cite>
<div class="comment-content"><p>I tried this on forty calls last week and it works very well.</p>
</div></article></li></ol>
<div id="respond"><h3>Leave a Reply</h3><form><input name="email"></form></div></div></main>
<aside class="widget-area"><h2>Recent Comments</h2><p>Ann Reader on Open with a reason</p></aside>
<div id="cookie-law-info-bar"><p>We use cookies to improve your experience on this site.</p></div>
</body></html>"""


def read(page: str | bytes, url: str | None = None) -> Article:
    article = read_article(page, url=url)
    assert article is not None
    return article


def outline(article: Article) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in article.blocks]


def test_a_wordpress_post_keeps_its_structure_and_loses_its_furniture() -> None:
    article = read(WORDPRESS, "https://dial.example/?p=7")
    assert [(b.kind, b.text, b.level, b.marker) for b in article.blocks] == [
        ("paragraph", OPENER, 0, ""),
        ("heading", "What we counted", 2, ""),
        ("paragraph", SECOND, 0, ""),
        ("item", "Give your name.", 1, "3."),
        ("item", "Give the reason.", 1, "4."),
        ("item", "One thing", 1, "-"),
        ("item", "Inside it", 2, "-"),
        ("quote", "Silence is a tool, and few of us dare to pick it up.", 0, ""),
        ("row", "Opener | Kept", 1, ""),
        ("row", "Reason | 41%", 0, ""),
        ("code", "if silence:\n    wait()", 0, ""),
        ("paragraph", "Watch the two calls side by side", 0, ""),
        (
            "paragraph",
            "Try it tomorrow on your first five calls and write down what you hear back.",
            0,
            "",
        ),
    ]
    assert [mark.kind for block in article.blocks for mark in block.marks] == ["strong"]


def test_a_wordpress_post_says_what_it_is() -> None:
    article = read(WORDPRESS, "https://dial.example/?p=7")
    assert article.title == "Open with a reason – not a question"
    assert article.author == "Rita Moss"
    assert article.published == date(2021, 3, 4)
    assert article.updated == date(2021, 6, 1)
    assert article.tags == ("Cold calls", "Openers")
    assert article.url == "https://dial.example/2021/03/open-with-a-reason/"
    assert article.feeds == ("https://dial.example/feed/",)
    assert article.links == (
        "https://dial.example/",
        "https://dial.example/about",
        "https://dial.example/author/rita/",
        "https://dial.example/2020/01/scripts/",
        "https://dial.example/tag/openers/",
        "https://dial.example/2021/02/older/",
    )
    assert article.looks_like_post


def test_a_blogger_post() -> None:
    article = read(
        f"""<html><head><title>Desk Notes: The second voicemail</title>
<link rel="canonical" href="http://desk.example/2010/01/second-voicemail.html"/></head>
<body><div id="header"><h1 class="title">Desk Notes</h1></div>
<h2 class="date-header"><span>Wednesday, January 20, 2010</span></h2>
<div class="post hentry"><h3 class="post-title entry-title">The second voicemail</h3>
<div class="post-body entry-content" id="post-body-1"><div>{OPENER}<br><br>{SECOND}</div></div>
<div class="post-footer"><span class="post-author vcard">Posted by <span class="fn"><a
href="https://www.blogger.com/profile/1" rel="author">Lena Hale</a></span></span> at <abbr
class="published" title="2010-01-20T08:00:00-08:00">8:00 AM</abbr>
<span class="post-labels">Labels: <a rel="tag" href="/search/label/vm">voicemail</a></span></div>
</div><div class="comments" id="comments"><h4>1 comment:</h4><dl id="comments-block">
<dt class="comment-author"><a href="http://p.example">Pat Stranger</a> said...</dt>
<dd class="comment-body"><p>Thank you, that was just what I needed to read this morning.</p></dd>
</dl><p class="comment-footer"><a href="http://c.example">Post a Comment</a></p></div>
<div class="sidebar"><h2>Search This Blog</h2><h2>Followers</h2></div></body></html>"""
    )
    assert article.title == "The second voicemail"
    assert article.author == "Lena Hale"
    assert article.published == date(2010, 1, 20)
    assert article.tags == ("voicemail",)
    assert outline(article) == [("paragraph", OPENER), ("paragraph", SECOND)]


def test_a_ghost_post() -> None:
    article = read(
        f"""<!DOCTYPE html><html><head><title>Price last</title>
<meta property="og:type" content="article"><meta property="og:title" content="Price last">
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "Article",
"publisher": {{"@type": "Organization", "name": "Quota Club"}}, "author": {{"@type": "Person",
"name": "Ivo Brandt", "url": "https://q.example/author/ivo/"}}, "headline": "Price last",
"url": "https://q.example/price-last/", "datePublished": "2022-05-10T07:00:00.000Z",
"dateModified": "2022-05-10T09:00:00.000Z", "keywords": "Pricing, Calls"}}</script></head>
<body class="post-template"><header class="gh-head"><a href="/">Quota Club</a></header>
<main class="gh-main"><article class="gh-article post"><header class="gh-article-header">
<h1 class="gh-article-title">Price last</h1><aside class="gh-article-sidebar">Ivo Brandt</aside>
</header><section class="gh-content"><p>{OPENER}</p>
<div class="kg-card kg-callout-card"><div class="kg-callout-text">Name the price after the value,
never before it.</div></div><h2 id="why">Why it works</h2><p>{SECOND}</p></section></article>
<section class="gh-subscribe"><h3>Sign up for more like this.</h3></section>
<aside class="read-more-wrap"><article class="post-card"><h2>Another post</h2></article></aside>
</main></body></html>"""
    )
    assert (article.title, article.author) == ("Price last", "Ivo Brandt")
    assert (article.published, article.updated) == (date(2022, 5, 10), None)
    assert article.tags == ("Pricing", "Calls")
    assert article.looks_like_post
    assert outline(article) == [
        ("paragraph", OPENER),
        ("paragraph", "Name the price after the value, never before it."),
        ("heading", "Why it works"),
        ("paragraph", SECOND),
    ]


def test_a_substack_post() -> None:
    article = read(
        f"""<html><head><title>The quiet close - by Mara Lind</title>
<meta property="og:title" content="The quiet close"><meta name="author" content="Mara Lind">
<meta property="og:type" content="article"></head><body><div class="single-post-container">
<article class="newsletter-post post"><div class="post-header">
<h1 class="post-title">The quiet
close</h1><h3 class="subtitle">How to ask without asking</h3><div class="post-meta"><time
datetime="2023-02-14T12:00:00.000Z">Feb 14, 2023</time></div></div>
<div class="available-content"><div class="body markup"><p>{OPENER}</p>
<div class="subscription-widget-wrap"><p>Thanks for reading! Subscribe for free.</p></div>
<p>{SECOND}</p></div></div></article>
<div class="single-post-section comments-section" id="discussion"><h4>Discussion about this post
</h4><div class="comment"><a class="commenter-name">Joe Public</a><p>So true, I use this every day
with my own team and it works.</p></div></div></div></body></html>"""
    )
    assert (article.title, article.author) == ("The quiet close", "Mara Lind")
    assert article.published == date(2023, 2, 14)
    assert outline(article) == [
        ("heading", "How to ask without asking"),
        ("paragraph", OPENER),
        ("paragraph", SECOND),
    ]


def test_a_medium_post() -> None:
    article = read(
        f"""<html><head><title>Stop pitching. | by Noor Adel | Pipeline | Medium</title>
<meta property="og:site_name" content="Medium"><meta property="og:title" content="Stop pitching.">
<meta property="article:author" content="https://medium.com/@noor">
<meta name="author" content="Noor Adel"><meta property="og:type" content="article">
<meta property="article:published_time" content="2020-08-09T10:11:12.000Z"></head>
<body><div id="root"><article><div><section><h1 class="pw-post-title">Stop pitching.</h1>
<p class="pw-post-body-paragraph">{OPENER}</p><p class="pw-post-body-paragraph">{SECOND}</p>
<pre><span>ask; listen; ask</span></pre></section></div></article>
<div><h2>Written by Noor Adel</h2><div><button>Follow</button></div></div>
<div><h2>Responses (1)</h2><ul><li><p>Sam Nobody</p><p>This changed how I open every call now.</p>
</li></ul></div></div></body></html>"""
    )
    assert (article.title, article.author) == ("Stop pitching.", "Noor Adel")
    assert article.published == date(2020, 8, 9)
    assert outline(article) == [
        ("paragraph", OPENER),
        ("paragraph", SECOND),
        ("code", "ask; listen; ask"),
    ]


def test_a_squarespace_post() -> None:
    article = read(
        f"""<html><head><title>Ask twice &mdash; North Desk</title>
<meta property="og:site_name" content="North Desk">
<meta property="og:title" content="Ask twice &mdash; North Desk"></head><body><main>
<article class="h-entry BlogItem" data-item-id="1"><header class="BlogItem-meta">
<time class="Blog-meta-item Blog-meta-item--date" datetime="2019-11-05">November 5, 2019</time>
<a class="Blog-meta-item Blog-meta-item--author" href="/b?author=1">Tove Berg</a></header>
<h1 class="BlogItem-title" data-content-field="title">Ask twice</h1>
<div class="sqs-layout"><div class="sqs-block html-block"><div class="sqs-block-content">
<p>{OPENER}</p><p>{SECOND}</p></div></div></div>
<div class="BlogItem-share">Facebook 0 Twitter</div>
<section class="BlogItem-comments squarespace-comments" id="comments-1"><div class="comment">
<span class="author">Kim Visitor</span><p>Lovely post, thank you for sharing it with us all.</p>
</div></section></article></main></body></html>"""
    )
    assert (article.title, article.author) == ("Ask twice", "Tove Berg")
    assert article.published == date(2019, 11, 5)
    assert outline(article) == [("paragraph", OPENER), ("paragraph", SECOND)]


def test_a_hubspot_post() -> None:
    article = read(
        f"""<html><head><title>Follow up with news</title></head><body>
<div class="header-container-wrapper"><div class="hs-menu-wrapper"><ul><li>Pricing</li></ul></div>
</div><div class="body-container hs-blog-post"><div class="blog-section"><div class="post-header">
<h1><span id="hs_cos_wrapper_name" class="hs_cos_wrapper">Follow up with news</span></h1>
<p class="hubspot-editable"><span class="hs-author-label">Posted by</span>
<a class="author-link" href="/blog/author/ada">Ada Reyes</a> on Jul 23, 2018 9:00:00 AM</p></div>
<div class="section post-body"><span class="hs_cos_wrapper" data-hs-cos-type="rich_text">
<p>{OPENER}</p><p><em>{SECOND}</em></p></span></div>
<p id="hubspot-topic_data">Topics: <a class="topic-link" href="/blog/topic/email">Email</a></p>
<div class="hs-author-profile"><h2>Written by Ada Reyes</h2><p>Ada writes about mail.</p></div>
<div id="comments-listing"><div class="comment">
<div class="comment-from"><h4>Max Outsider</h4></div>
<div class="comment-body"><p>We tried that in March and the answers doubled.</p></div></div></div>
</div></div></body></html>""",
        "https://hub.example/blog/2018/07/23/follow-up",
    )
    assert (article.title, article.author) == ("Follow up with news", "Ada Reyes")
    assert article.published == date(2018, 7, 23)
    assert outline(article) == [("paragraph", OPENER), ("paragraph", SECOND)]


ROWS = (
    "<html><body><main><article><h1>Open with a reason</h1><div class='rows'>"
    "<div class='row'><div class='cell article__body'><p>{0}</p><p>{1}</p></div></div>"
    "<div class='row'><p>Buy our phones.</p></div>"
    "<div class='row'><div class='cell article__body'><h2>Then</h2><p>{2}</p></div></div>"
    "</div></article>{3}</main></body></html>"
)
THIRD = (
    "In the third week nobody asked for time any more, and the list of those who wanted to be "
    "called again was longer than the list of those who did not."
)


def test_a_body_that_is_parted_by_rows_is_one() -> None:
    other = (
        f"<div class='row'><div class='cell article__body'><p>{SECOND} Elsewhere.</p></div></div>"
    )
    assert outline(read(ROWS.format(OPENER * 3, SECOND * 3, THIRD, other))) == [
        ("paragraph", OPENER * 3),
        ("paragraph", SECOND * 3),
        ("heading", "Then"),
        ("paragraph", THIRD),
    ]
    replies = ROWS.replace("<h2>Then</h2>", "<b class='user-name'>Zed</b>")
    assert outline(read(replies.format(OPENER * 3, SECOND * 3, THIRD, ""))) == [
        ("paragraph", OPENER * 3),
        ("paragraph", SECOND * 3),
    ]


def test_a_short_post_below_a_long_menu_is_found() -> None:
    menu = "".join(f"<li><a href='/{n}'>Office {n}</a></li>" for n in range(60))
    page = f"<html><body><ul>{menu}</ul><div><font>{OPENER}</font> {SECOND}</div></body></html>"
    assert [text for _, text in outline(read(page))] == [f"{OPENER} {SECOND}"]


def test_a_short_post_keeps_its_structure() -> None:
    article = read(
        "<html><body><nav><a href='/'>Home</a></nav><article><h1>Watch this</h1>"
        "<p>Two <em>calls</em>, one lesson.</p><ol><li>Wait</li><li>Ask</li></ol></article>"
    )
    assert article.blocks == (
        Block("paragraph", "Two calls, one lesson.", marks=(Mark(4, 9, "em"),)),
        Block("item", "Wait", 1, "1."),
        Block("item", "Ask", 1, "2."),
    )


TEASERS = "".join(
    f"<article><h2><a href='/{n}'>Post {n}</a></h2><time datetime='2020-01-0{n}'></time>"
    f"<p>{OPENER}</p><p>{SECOND}</p></article>"
    for n in (1, 2, 3)
)


@pytest.mark.parametrize(
    ("page", "url", "is_post"),
    [
        (f"<html><body><main>{TEASERS}</main>", "https://d.example/blog", False),
        (f"<html><body><p>{OPENER}</p>", "https://d.example/", False),
        (WORDPRESS.replace('rel="canonical"', ""), "https://d.example/tag/calls", False),
        (WORDPRESS, None, True),
        (f"<html><body><h1>Contact</h1><p>{OPENER}</p>", "https://d.example/contact", False),
        (
            f"<html><body><time datetime='2020-05-02'></time><p>{OPENER}</p><p>{SECOND}</p>",
            "https://d.example/x",
            True,
        ),
    ],
)
def test_posts_are_told_from_lists(page: str, url: str | None, is_post: bool) -> None:
    assert read(page, url).looks_like_post is is_post


def test_links_and_feeds_are_absolute_once_each_and_of_the_web() -> None:
    article = read(
        "<html><head><base href='/b/'><link rel=alternate type=application/atom+xml href=atom.xml>"
        "</head><body><a href='x#y'>1</a><a href='x'>2</a><a href='mailto:a@b.example'>3</a>"
        "<a href='//o.example/z'>4</a><a href='http://[bad'>5</a><p>Some words",
        "https://d.example/a/p",
    )
    assert article.links == ("https://d.example/b/x", "https://o.example/z")
    assert article.feeds == ("https://d.example/b/atom.xml",)


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("café “x”".encode(), "iso-8859-1", "café “x”"),
        ("café “x”".encode("cp1252"), "iso-8859-1", "café “x”"),
        ("café".encode("utf-16"), None, "café"),
        ("\ufeffcafé".encode(), "latin-1", "café"),
        ("<meta charset=koi8-r>привет".encode("koi8-r"), None, "<meta charset=koi8-r>привет"),
        ("<meta charset=nonsense>café".encode(), "punycode", "<meta charset=nonsense>café"),
        ("日本".encode("iso2022_jp"), "iso-2022-jp", "日本"),
        ("a long é é é é é é é é é é é é text".encode() + b"\xc3", "utf-8", None),
    ],
)
def test_encodings(content: bytes, charset: str | None, text: str | None) -> None:
    expected = text or "a long é é é é é é é é é é é é text\ufffd"
    assert decode(content, charset) == expected


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\xff", b"%PDF-1.4", b"just words", "no markup < here", b"{}"]
)
def test_what_is_no_html_is_no_article(content: bytes | str) -> None:
    assert read_article(content) is None


def test_an_address_that_is_none_is_left_out() -> None:
    assert read(f"<p>{OPENER}</p><a href=x>y</a>", "http://[x").url is None


def test_nul_bytes_and_icons_are_no_text() -> None:
    marks = "\ue001&#xE002;\U000f0001&#xF0002;\x00&#1;"
    article = read(f"<html><body><p>{marks}{OPENER[:9]}{marks}{OPENER[9:]}</p>{marks}".encode())
    assert outline(article) == [("paragraph", OPENER)]


@pytest.mark.parametrize(
    ("page", "blocks"),
    [
        ("<div>" * 100_000 + "<p>deep</p>", 0),
        (f"<p>{OPENER}</p>" + "<div>" * 1_500 + "<p>deep</p>", 2),
        ("<p>one</p>" * 1_000_000, MAX_ELEMENTS),
        ("<table>" + "<tr><td>a</td><td>b</td></tr>" * 50_000, MAX_ELEMENTS // 3),
        (f'<div class="{"share " * 800_000}"><p>{OPENER}</p>', 1),
        ("<h3>2 comments</h3>" * 20_000 + "<p>end</p>", 20_001),
    ],
    ids=["nested", "less nested", "paragraphs", "rows", "attribute", "headings"],
)
def test_hostile_pages_end(page: str, blocks: int) -> None:
    assert len(read(page).blocks) == blocks


def test_the_body_of_real_pages_is_found(shared: Path) -> None:
    figures = measure_text(shared / "data" / "html_articles", blogqa_text, step=6)
    assert figures.pages == 31
    assert figures.f1 >= 0.95
