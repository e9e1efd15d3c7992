"""What plugins add to posts goes, and what an author writes about the same things stays."""

from __future__ import annotations

import time

import pytest

from corpus.markup.clean import html_blocks
from corpus.markup.trailers import post_blocks, without_plugins, without_trailers
from corpus.types import Block


def texts(html: str) -> list[str]:
    return [block.text for block in post_blocks(html)]


@pytest.mark.parametrize(
    "trailer",
    [
        "<p>The post <a>Ten openers. Really</a> appeared first on <a>Ask.example</a>.</p>",
        "<p>The post <a>Ten openers</a> first appeared on <a>Ask Blog</a>.</p>",
        "<p>La entrada Diez llamadas se publicó primero en Blog.</p>",
        "<p>Continue reading →</p>",
        "<p>Continue reading “Ten openers”</p>",
        "<p>Read more…</p>",
        "<p>Read the rest of this entry »</p>",
        "<p>Share on Facebook Tweet</p>",
        "<p>Click to share on X (Opens in new window) Tweet (3)</p>",
        "<p>Related posts: 1. Other</p>",
        "<p>Related posts:</p><ol><li>Other</li><li>One more</li></ol>",
        "<p>No related posts.</p>",
        "<br>Filed under: Sales",
        "<br>Filed under: Sales, Cold calls Tagged: openers, e-mail",
        "<p>Posted in Sales | Tagged cold calls</p>",
        "<h3>Share this:</h3><ul><li>E-mail</li><li>Print</li></ul>",
        "<h3>Like this:</h3><p>Like Loading...</p>",
        "<p>Advertisements</p>",
        "<p>Share this:</p><p>Tweet</p><p>Filed under: Sales</p><p>Like this: Like Loading...</p>",
    ],
)
def test_the_line_of_a_plugin_at_the_end_is_no_text_of_the_post(trailer: str) -> None:
    assert texts(f"<p>Text.</p>{trailer}") == ["Text."]


@pytest.mark.parametrize(
    "text",
    [
        "The post below appeared first on LinkedIn. I have changed my mind.",
        "Continue reading if you want to learn how.",
        "Read more books.",
        "Posted in error.",
        "Share it.",
        "Tweet more",
        "Facebook",
        "Share on Monday, tweet on Tuesday.",
        "Tags: three. No more.",
        "Recommended reading: a book on calls",
        "Related posts are links that nobody follows.",
        "Filed under: things that I would never ever do again",
    ],
)
def test_a_sentence_of_the_author_stays(text: str) -> None:
    assert texts(f"<p>Text.</p><p>{text}</p>") == ["Text.", text]


def test_only_the_end_is_looked_at_and_at_most_four_blocks_of_it() -> None:
    assert texts("<p>Tweet</p><p>Read more…</p><p>Text.</p>") == ["Tweet", "Read more…", "Text."]
    assert texts("<p>Text.</p>" + "<p>Tweet</p>" * 6) == ["Text.", "Tweet", "Tweet"]
    ideas = "<p>Related posts:</p><ul><li>a<li>b<li>c<li>d</ul>"
    assert texts(f"<p>Text.</p>{ideas}") == ["Text.", "Related posts:", "a", "b", "c", "d"]


def test_a_post_that_is_nothing_else_keeps_a_block() -> None:
    assert texts("<p>Read more…</p><p>Tweet</p>") == ["Read more…"]
    assert without_trailers(()) == ()


def test_code_quotes_and_items_are_never_a_trailer() -> None:
    blocks = tuple(Block(kind, "Tweet") for kind in ("paragraph", "code", "quote", "item"))
    for end in range(2, 5):
        assert without_trailers(blocks[:end]) == blocks[:end]


@pytest.mark.parametrize(
    "furniture",
    [
        "<div class='yarpp yarpp-related'><h3>Other</h3><ol><li>Post</ol></div>",
        '<div id="jp-relatedposts" class="jp-relatedposts"><h3>Related</h3></div>',
        "<div class=crp_related><ul><li>Post</ul></div>",
        '<div class="feedflare"><a href="https://feeds.example/~ff/a">Yes</a></div>',
        "<div class='blogger-post-footer'>From my blog</div>",
        '<div class="sharedaddy sd-sharing-enabled"><h3>Share</h3></div>',
        '<a href="/a" class="more-link">Weiterlesen <span>„Other“</span></a>',
        '<section class="wp-block-jetpack-related-posts"><p>Other</p></section>',
    ],
)
def test_what_has_a_plugins_class_goes_wherever_it_stands(furniture: str) -> None:
    assert texts(f"<p>One.</p>{furniture}<p>Two.</p>") == ["One.", "Two."]


def test_a_class_that_also_hides_the_rest_of_a_text_is_believed_of_a_link_only() -> None:
    rest = "The rest of it. " * 30
    assert texts(f"<p>One.</p><div class='read-more'>{rest}</div>") == ["One.", rest.strip()]


def test_html_without_such_a_class_is_as_it_was() -> None:
    for html in ("<P class=x>a<br>b", '<pre>class="x" sharedaddy</pre>', ""):
        assert without_plugins(html) == html
        assert post_blocks(html) == html_blocks(html)


def test_time_is_in_proportion_to_length() -> None:
    began = time.process_time()
    for text in ("share this " * 200_000, "tags: " + "a b, " * 300_000, "class=" * 300_000):
        without_plugins(text)
        without_trailers((Block("paragraph", "x"), Block("paragraph", text)))
        without_trailers((Block("paragraph", "x"), Block("paragraph", text[:390])))
    assert time.process_time() - began < 3
