"""What surrounds a post is taken out of its page; text that only sounds like it stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from lxml import etree
from lxml import html as lxml_html

from corpus.markup.furniture import (
    continues,
    drop_calls,
    drop_comments,
    drop_furniture,
    links_its_title,
    trimmed,
)
from corpus.markup.metadata import Metadata, text_of
from corpus.types import Block

POST = "Most openers fail because the caller asks for time before giving a reason. " * 6
WORDS = "I have called for twenty years and this is how it is done."


def left(drop: Callable[[etree._Element], None], markup: str) -> str:
    """What is left of the page that holds this markup below the text of a post."""
    root = lxml_html.document_fromstring(
        f"<html><head><title>Open well | Desk</title></head><body class='has-comments related'>"
        f"<article><h1>Open well</h1><p>{POST}</p>{markup}</article></body></html>"
    )
    drop(root)
    text = text_of(root.find("body"))
    assert text.startswith(f"Open well{POST}".strip())
    return text.removeprefix(f"Open well{POST}".strip()).strip()


@pytest.mark.parametrize(
    "comments",
    [
        "<section class='comments'><h2>Comments</h2><div><b>Zed Hidden</b> {text}</div></section>",
        "<div id='comments' class='comments-area'><ol class='comment-list'><li>Zed Hidden {text}"
        "</ol></div>",
        "<div class='wp-block-comments'><div class='wp-block-comment-author-name'>Zed Hidden</div>"
        "<p>{text}</p></div>",
        "<ol class='commentlist'><li><cite>Zed Hidden</cite><p>{text}</p></li></ol>",
        "<dl id='comments-block'><dt class='comment-author'>Zed Hidden</dt><dd>{text}</dd></dl>",
        "<div id='disqus_thread'><a href='https://zed.example'>Zed Hidden</a> {text}</div>",
        "<div class='post-comments'><p class='name'>Zed Hidden</p><p>{text}</p></div>",
        "<div class='node-comments'>Zed Hidden {text}</div>",
        "<div id='hs-comments'><h4>Zed Hidden</h4><p>{text}</p></div>",
        "<div class='fb-comments'>Zed Hidden</div><div id='isso-thread'>{text}</div>",
        "<div class='webmentions'><p class='p-author'>Zed Hidden</p><p>{text}</p></div>",
        "<ul class='pingbacks'><li>Zed Hidden {text}</li></ul>",
        "<div itemprop='comment' itemscope><b itemprop='author'>Zed Hidden</b><p>{text}</p></div>",
        "<div itemtype='https://schema.org/Comment'>Zed Hidden <p>{text}</p></div>",
        "<section aria-label='Comments'>Zed Hidden {text}</section>",
        "<h3>3 Comments</h3><ul><li><b>Zed Hidden</b><p>{text}</p></li></ul>",
        "<h3>No comments yet</h3><div><form><label>Zed Hidden {text}</label></form></div>",
        "<h3>3 comments on “Any words”</h3><ol><li>Zed Hidden {text}</li></ol>",
        "<h3>One thought on “Open well”</h3><ol><li>Zed Hidden {text}</li></ol>",
        "<h2>2 Responses to <em>Open well</em></h2><ol><li>Zed Hidden {text}</li></ol>",
        "<h2>4 thoughts on “So we called”</h2><article>Zed Hidden {text}</article>",
        "<h2>2 responses so far</h2><ol><li>Zed Hidden {text}</li></ol>",
        "<h2>Responses (1)</h2><ul><li><p>Zed Hidden</p><p>{text}</p></li></ul>",
        "<h2>Discussion</h2><ul><li>Zed Hidden {text}</li></ul>",
        "<h2>Discussion</h2><p>Zed Hidden</p><p>{text}</p><textarea></textarea>",
        "<h2>Leave a Reply</h2><p>Zed Hidden {text}</p><form></form>",
        "<h3>Leave a Reply Cancel reply</h3><p>Zed Hidden {text}</p><textarea></textarea>",
        "<h3>Join the conversation</h3><div><time>Zed Hidden</time>{text}</div>",
    ],
)
def test_comments_go(comments: str) -> None:
    assert left(drop_comments, comments.format(text=WORDS)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "<p class='comment-free'>My comment on comments: leave a comment.</p>",
        "<div class='has-comments no-comments'>{words}</div>",
        "<div class='comments-open category-comments tag-comments with-comments'>{words}</div>",
        "<p class='commentary'>{words}</p>",
        "<pre><span class='comment'># wait</span>\ngo()</pre>",
        "<code><i class='comment'>-- wait</i></code>",
        "<h2>5 responses to “too expensive”</h2><p>{words}</p><ol><li>One</li></ol>",
        "<h2>5 responses to “too expensive”</h2><ol><li>One</li></ol><form>Sign up</form>",
        "<h2>No response? Send this</h2><ul><li>One</li></ul>",
        "<h2>One thought on price</h2><p>{words}</p><ul><li>One</li></ul>",
        "<h2>Discussion</h2><p>{words}</p><ul><li>One</li></ul><form>Sign up</form>",
        "<h2>Replies</h2><p>{words}</p><p>{words}</p>",
        "<h2>Leave a comment on their post</h2><p>{words}</p><ol><li>One</li></ol>",
        "<h2>3 comments</h2><p>{words}</p>",
        "<h2>Comments that sell</h2><ul><li>One</li></ul>",
        f"<div class='comments {'x' * 70}'><h1>{{words}}</h1></div>",
    ],
)
def test_text_about_comments_stays(text: str) -> None:
    markup = text.format(words=WORDS)
    assert left(drop_comments, markup) == text_of(lxml_html.fromstring(f"<div>{markup}</div>"))


def test_what_follows_comments_stays_in_its_place() -> None:
    assert left(drop_comments, "<p>a<i class='comment'>Zed</i>b<u class='comment'>Z</u>c</p>") == (
        "abc"
    )
    assert left(drop_comments, "<div><h3>3 comments</h3><ul><li>Zed</ul></div><p>end</p>") == "end"
    assert left(drop_comments, "<p>before</p><h3>3 comments</h3><ol><li>Zed</ol>") == "before"


@pytest.mark.parametrize(
    "furniture",
    [
        "<div class='sharedaddy sd-sharing-enabled'><h3>Share this:</h3><ul><li>Tweet</ul></div>",
        "<div class='addtoany_share_save'>Tweet</div><div class='BlogItem-share'>Facebook</div>",
        "<ul class='social-links'><li>Follow us</ul><div class='post-share-buttons share'>X</div>",
        "<div id='jp-relatedposts'><h3>Related</h3><p>Voicemail is not dead</p></div>",
        "<div class='yarpp-related'>Voicemail</div><aside class='related-posts'>Voicemail</aside>",
        "<div class='recent-posts-widget'>Voicemail</div><div class='more-from-desk'>More</div>",
        "<section class='read-more-wrap'><article>Voicemail is not dead</article></section>",
        "<div class='author-box'><h4>Ann Ray</h4><p>Ann runs the phones.</p></div>",
        "<div class='about-the-author'>Ann</div><div class='hs-author-profile'>Ann</div>",
        "<p class='byline'>Ann Ray</p><div class='entry-meta'>2 May</div><p class=dateline>May</p>",
        "<div id='cookie-law-info-bar' class='cookie-notice'><p>We use cookies.</p></div>",
        "<div class='gdpr-consent'>Accept</div><div id='cookies'>Accept all</div>",
        "<div class='cookie-banner'>Accept</div><div id='eu-cookie-law-message'>Accept</div>",
        "<div class='relatedposts'>Voicemail</div><ul class='popular_articles_list'><li>V</ul>",
        "<nav class='post-navigation'>Older</nav><div class='breadcrumbs'>Home</div>",
        "<div class='pagination'>1 2 3</div><ul class='main-menu'><li>Home</ul>",
        "<div class='newsletter-signup'>Join us</div><div id='mc_embed_signup'>Join</div>",
        "<div class='subscription-widget-wrap'><p>Thanks for reading! Subscribe.</p></div>",
        "<div class='tags-list'>a</div><p class='post-tags'>b</p><p class='post-labels'>c</p>",
        "<div class='ad ad-banner'>Buy</div><div class='sponsor-box'>Buy</div>",
        "<span class='screen-reader-text'>Skip</span><a class='skip-link'>Skip</a>",
    ],
)
def test_furniture_goes(furniture: str) -> None:
    assert left(drop_furniture, furniture) == ""


@pytest.mark.parametrize(
    "text",
    [
        "<p>Share this, follow us, accept cookies, sign up, read more about the author.</p>",
        "<div class='post category-newsletter tag-social type-related'>{words}</div>",
        "<p class='shared-values socially relate menus'>{words}</p>",
        "<p class='biology authority advertising-history'>{words}</p>",
        "<pre><b class='nav'>&lt;nav&gt;</b></pre>",
        "<div class='social'><h1>{words}</h1></div>",
        "<div class='related'>{words} {words} {words} {words} {words}</div>",
    ],
)
def test_text_that_is_named_otherwise_stays(text: str) -> None:
    markup = text.format(words=WORDS)
    assert left(drop_furniture, markup) == text_of(lxml_html.fromstring(f"<div>{markup}</div>"))


def test_furniture_is_told_from_a_post_by_its_share_of_the_text() -> None:
    box = "<div class='author-box'>{}</div>"
    short = WORDS * 2
    assert len(POST) > 2 * len(short)
    assert left(drop_furniture, box.format(short)) == ""
    assert left(drop_furniture, box.format(POST)) == POST.strip()
    hidden = f"<div class='author-box'>Ann<script>{'x' * 9_000}</script></div>"
    assert left(drop_furniture, hidden) == ""


@pytest.mark.parametrize(
    "call",
    [
        "<p>Read more: <a href='/b'>Five scripts that work</a></p>",
        "<p>Related: <a>One</a>, <a>Two scripts for you</a></p>",
        "<h3>You may also like</h3>",
        "<p>See also » <a>Five scripts</a>.</p>",
        "<ul><li>Don’t miss: <a>Five scripts</a></li></ul>",
        "<p>Related posts</p>",
        "<p>More from:</p>",
        "<p>Lesen Sie auch: <a>Fünf</a></p>",
        "<p>READ NEXT - <a>Five scripts</a></p>",
        "<h3>You may also like...</h3><ul><li><a>Five scripts</a></li><li><a>Four</a></li></ul>",
        "<p>Related posts:</p><ol><li><a>Five scripts that work</a>, May</li></ol>",
        "<p><strong><a href='/app'>CLICK HERE TO GET THE DESK APP</a></strong></p>",
    ],
)
def test_calls_to_read_another_post_go(call: str) -> None:
    assert left(drop_calls, call) == ""


@pytest.mark.parametrize(
    "text",
    [
        "<p>Related to this is what <a>Ann wrote</a></p>",
        "<p>Read more: three books a year make a difference, as <a>Ann</a> says.</p>",
        "<p>See also: the table below</p>",
        "<p>Recommended for all who call.</p>",
        "<h2>Read more books</h2>",
        "<h3>What you may also like</h3><ul><li><a>Five scripts</a></li></ul>",
        "<p>WE CALL HERE TO <a>GET THE DESK APP</a></p>",
        "<p><a>GET THE APP</a></p><p><a>Click here to get the app</a></p><p>GET THE DESK APP</p>",
        "<div>Read more: <a>Five scripts</a></div>",
    ],
)
def test_text_that_begins_like_a_call_stays(text: str) -> None:
    assert left(drop_calls, text) == text_of(lxml_html.fromstring(f"<div>{text}</div>"))


@pytest.mark.parametrize(
    ("markup", "rest"),
    [
        ("<h3>You may also like</h3><ul><li>Call early</li></ul>", "Call early"),
        ("<p>Recommended reading:</p><ul><li><a>Five scripts</a></li></ul>", "Five scripts"),
        ("<h3>Related posts</h3><p>Call early</p>", "Call early"),
    ],
)
def test_what_follows_a_call_stays_unless_it_is_a_list_of_posts(markup: str, rest: str) -> None:
    assert left(drop_calls, markup) == rest


def about(title: str = "Open well", author: str | None = "Ann Ray") -> Metadata:
    return Metadata(title, author, date(2020, 5, 2), None, (), None, None, None)


def paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Block("paragraph", text) for text in texts)


@pytest.mark.parametrize(
    "lead",
    [
        ("Open – WELL!",),
        ("Home", "Open well"),
        ("Ann Ray",),
        ("By Ann Ray",),
        ("May 2, 2020",),
        ("Posted on May 2, 2020 by Ann Ray | 5 min read",),
        ("Open well", "Updated 2020-05-02", "Share · Tweet", "Reading time 5 minutes"),
        ("Ann Ray — at 9:30 am",),
    ],
)
def test_title_and_byline_before_the_text_go(lead: tuple[str, ...]) -> None:
    assert trimmed(paragraphs(*lead, WORDS), about()) == paragraphs(WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "Ann Ray called on May 2, 2020 and nobody came.",
        "By now you know",
        "2020 was a year",
        "On " * 60,
    ],
)
def test_text_that_names_its_author_or_a_day_stays(text: str) -> None:
    assert trimmed(paragraphs(text, WORDS), about()) == paragraphs(text, WORDS)


def test_the_title_is_looked_for_at_the_beginning_only() -> None:
    late = paragraphs(WORDS * 6, "Open well", WORDS)
    assert trimmed(late, about()) == late
    many = paragraphs(*"abcdefghij", "Open well", WORDS)
    assert trimmed(many, about()) == many
    assert trimmed(paragraphs(*"abcdefghi", "Open well", WORDS), about()) == paragraphs(WORDS)


def test_a_page_without_title_and_author_is_trimmed_too() -> None:
    blocks = paragraphs("by", "Ann Ray", WORDS, "2 comments")
    assert trimmed(blocks, about("", None)) == paragraphs("Ann Ray", WORDS)


@pytest.mark.parametrize(
    "tail",
    [
        ("Tags: calls, openers",),
        ("Filed under Sales", "3 comments", "Leave a comment"),
        ("Posted in Sales, Calls", "Share this: "),
        ("Share this post", "Tweet", "E-mail", "Print", "Loading..."),
        ("About the author",),
        ("Previous", "Next posts »"),
        ("Leave a comment below and say what works for you.",),
        ("comments", "Comment"),
        ("© 2020 The Desk", "Copyright © Desk Ltd."),
        ("copyright Desk 2020 - by phone", "Copyright 2020 The Desk. All rights reserved."),
    ],
)
def test_furniture_after_the_text_goes(tail: tuple[str, ...]) -> None:
    assert trimmed(paragraphs(WORDS, *tail), about()) == paragraphs(WORDS)
    items = tuple(Block("item", text, 1, "-") for text in tail)
    assert trimmed((*paragraphs(WORDS), *items), about()) == paragraphs(WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "Posted on the wall of our office is one line.",
        "Tweet it to your team",
        "Next week we talk about price",
        f"Topics: {'price, ' * 30}",
        "Print is not dead",
        "Comments are closed to no one",
        "Copyright is not what a script has.",
        "Copyright in scripts: who won in 2020?",
        "All rights reserved for callers are listed here.",
    ],
)
def test_text_that_begins_like_furniture_stays(text: str) -> None:
    assert trimmed(paragraphs(WORDS, text), about()) == paragraphs(WORDS, text)


@pytest.mark.parametrize(
    "notice",
    [
        "Like this story? Share it with a friend!",
        "An error has occurred, please try again later.",
        "This copy is for your personal, non-commercial use only. Ask for others.",
        "To Read the Full Story",
        "Continue reading the main story",
        "Continue Reading →",
    ],
)
def test_notices_go_wherever_they_stand(notice: str) -> None:
    blocks = paragraphs(notice, WORDS, notice, WORDS, notice)
    assert trimmed(blocks, about()) == paragraphs(WORDS, WORDS)
    inside = paragraphs(WORDS, f"They said: {notice}", f"{notice} They said it twice.")
    kept = inside[:2] if notice.startswith(("This copy", "Like")) else inside
    assert trimmed(inside, about()) == kept
    code = (*paragraphs(WORDS), Block("code", notice), *paragraphs(WORDS))
    assert trimmed(code, about()) == code


def test_items_and_code_that_end_a_post_are_text() -> None:
    channels = tuple(Block("item", text, 1, "-") for text in ("Phone", "Print", "E-mail"))
    blocks = (*paragraphs("Three channels work:"), *channels)
    assert trimmed(blocks, about()) == blocks
    assert trimmed((*blocks, *paragraphs("Tweet")), about()) == blocks
    code = (*paragraphs(WORDS), Block("code", "print"))
    assert trimmed(code, about()) == code


def test_where_all_is_furniture_nothing_is_left() -> None:
    assert trimmed(paragraphs("Open well", "Ann Ray", "Tweet", "Print"), about()) == ()
    assert trimmed((), about()) == ()


ROW = "<div><div class='entry-body'><p>{}</p></div>{}</div>"


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        (ROW.format(POST, ""), True),
        ("<div class='entry-body'><h2>Then</h2><p>" + POST + "</p></div>", False),
        (ROW.format("Too short", ""), False),
        (ROW.format(POST, "<time>2 May</time>"), False),
        (ROW.format(POST, "<b class='post-author'>Zed</b>"), False),
        (ROW.format(POST, "<img class='UserPicture'>"), False),
        (ROW.format(POST, "<h1>Other</h1>"), False),
        (ROW.format(POST, "<h3><a href='/b'>Other</a></h3>"), False),
        (ROW.format(POST, "<h3>Then</h3><h3><a href='/b'>Other</a></h3>"), True),
        (ROW.format("", f"<p>{POST}</p>"), False),
        ("<div>" + ROW.format(POST, "") + "</div>", False),
    ],
)
def test_a_row_continues_a_post_or_is_another(rows: str, answer: bool) -> None:
    page = lxml_html.fromstring(f"<main>{ROW.format(POST, '')}{rows}</main>")
    body, part = page.find_class("entry-body")
    assert continues(part, body) is answer
    assert not continues(body, body)


def test_a_teaser_links_its_title() -> None:
    assert links_its_title(lxml_html.fromstring("<div><h2><a>Ask</a></h2></div>"))
    assert not links_its_title(lxml_html.fromstring("<div><h2>Ask</h2><h3><a>B</a></h3></div>"))
    assert not links_its_title(lxml_html.fromstring("<div><a>Ask</a></div>"))
