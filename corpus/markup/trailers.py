"""What plugins and feed services add to the text of a post, in feeds and in exports.

Some of it has a class of its own, wherever it stands. The rest is told by its words, and only where
a whole block at the end of the post says nothing else: an author too may write about sharing posts.
"""

from __future__ import annotations

import re
from itertools import takewhile

from lxml.html import HtmlElement

from corpus.markup.clean import html_blocks
from corpus.markup.metadata import text_of
from corpus.markup.trees import markup_of, tree_of, with_class
from corpus.types import Block

_FURNITURE = (
    "addthis_inline_share_toolbox addthis_toolbox addtoany_content addtoany_share_save_container"
    " blogger-post-footer crp_related crp_related_block dd_post_share essb_links fb-like"
    " fb-share-button feedflare heateor_sss_sharing_container jp-relatedposts mashsb-container"
    " rp4wp-related-posts sd-block sd-sharing-enabled shareaholic-canvas sharedaddy"
    " simplesocialbuttons sociable ssba ssba-wrap swp_social_panel tweetmeme_button"
    " twitter-follow-button twitter-share-button wp-block-contextual-related-posts-related-posts"
    " wp-block-jetpack-like wp-block-jetpack-related-posts wp-block-jetpack-sharing-buttons"
    " wp-block-jetpack-subscriptions wp-block-latest-posts wp-block-related-posts"
    " wp-block-social-links wp-block-yoast-seo-related-links wp_rp_content wp_rp_wrap wpcnt yarpp"
    " yarpp-feed yarpp-related yarpp-related-none yarpp-related-rss zem_rp_content zem_rp_wrap"
)
# Others give these names to what hides the rest of a text as well, which is longer than a link.
_MORE = "more-link moretag read-more readmore wp-block-read-more"
_LONGEST_LINK = 300

_NAMES = frozenset(f"{_FURNITURE} {_MORE}".split())
_CLASSES = re.compile(r"class\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")

_MOST = 4
_LONGEST = 400  # characters, of a block that a plugin wrote
_ENTRY = r"[\w&+#'’/-]+(?: [\w&+#'’/-]+){0,4}"
_ENTRIES = rf"{_ENTRY}(?:, ?{_ENTRY})*,?"
_POST = r"(?:post|article|entry|story)"
# Yoast's line, in the languages of most blogs.
_SIGNED = (
    r"(?:the post .+ (?:appeared first|first appeared) on|der beitrag .+ erschien zuerst auf"
    r"|l[’']article .+ est apparu en premier sur|la entrada .+ se publicó primero en"
    r"|o post .+ apareceu primeiro em|l[’']articolo .+ proviene da"
    r"|het bericht .+ verscheen eerst op) (?:[^.!?,]|[.!?](?=\S))+"
)
_READ_ON = (
    r"(?:click here to )?(?:continue|keep) reading(?: (?:[“\"‘'].+[”\"’']|.+[→»›]))?"
    r"|(?:click here to )?read (?:more|on)(?: .*[→»›])?"
    rf"|read the (?:rest|full|whole|entire)(?: of (?:this|the))?(?: {_POST})?"
)
_FILED = (
    rf"(?:filed under|posted in|tagged(?: with)?|tags|categories|labels): {_ENTRIES}"
    rf"(?: ?\|? ?(?:tagged(?: with| as)?|tags):? {_ENTRIES})?"
    rf"|(?:posted|filed) (?:in|under) {_ENTRIES} ?\|.*"
)
_RELATED = r"(?:related|similar) (?:posts?|articles?|stories|content)"
_TRAILER = re.compile(
    rf"(?:{_SIGNED}|{_READ_ON}|{_FILED}|no {_RELATED}|{_RELATED}: .+|advertisements?)[\W_]*",
    re.IGNORECASE,
)
_HEAD = re.compile(
    rf"(?:{_RELATED}|you (?:may|might) also (?:like|enjoy)|share(?: this)?(?: {_POST})?)[\s:»>…-]*",
    re.IGNORECASE,
)
_NETWORK = (
    r"(?:facebook|twitter|x|linkedin|pinterest|reddit|tumblr|whatsapp|telegram|pocket|mastodon"
    r"|threads|bluesky|skype|google\+?|google plus|e-?mail|stumbleupon|digg|delicious"
    r"|del\.icio\.us)"
)
_BUTTONS = re.compile(
    r"(?!.*\w[.!?]$)(?=.*\b(?:share|tweet|digg this|add to del|pin it|like this|loading)\b)"
    rf"(?:(?:(?:click to )?(?:share|tweet|pin|save|add|e-?mail|like|post|print|digg|follow)"
    rf"(?: (?:this|it|us))?(?: {_POST})?(?: (?:on|to|via|by|with) {_NETWORK})?"
    rf"|loading|{_NETWORK}|\(?opens in new window\)?)(?!\w)[\W\d]*+)++",
    re.IGNORECASE,
)


def post_blocks(html: str) -> tuple[Block, ...]:
    """The blocks of a post that a feed or an export holds as HTML, without what plugins added."""
    return without_trailers(html_blocks(without_plugins(html)))


def without_plugins(html: str) -> str:
    """``html`` without share buttons, related posts and links to the rest, told by their class."""
    if not any(
        not _NAMES.isdisjoint("".join(found.groups("")).split())
        for found in _CLASSES.finditer(html)
    ):
        return html
    root = tree_of(html)
    if root is None:
        return html
    for element in with_class(root, _FURNITURE):
        _empty(element)
    for element in with_class(root, _MORE):
        if len(text_of(element)) <= _LONGEST_LINK:
            _empty(element)
    return markup_of(root)


def without_trailers(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """``blocks`` without those at the end, at most four, that are a plugin's line and nothing else.

    One block always stays, so that what an author wrote cannot vanish whole.
    """
    first = max(1, len(blocks) - _MOST)
    end = len(blocks)
    while end > first and (length := _trailer_length(blocks[first:end])):
        end -= length
    return blocks[:end]


def _trailer_length(blocks: tuple[Block, ...]) -> int:
    """How many blocks at the end are one trailer: a line, or the head of a list with the list."""
    if _is(blocks[-1], _TRAILER) or _is(blocks[-1], _BUTTONS) or _is(blocks[-1], _HEAD):
        return 1
    items = len(list(takewhile(lambda block: block.kind == "item", reversed(blocks))))
    if items and items < len(blocks) and _is(blocks[-items - 1], _HEAD):
        return items + 1
    return 0


def _is(block: Block, pattern: re.Pattern[str]) -> bool:
    return (
        block.kind in {"paragraph", "heading"}
        and len(block.text) <= _LONGEST
        and pattern.fullmatch(block.text) is not None
    )


def _empty(element: HtmlElement) -> None:
    # To drop the element would join the words around it.
    element.clear(keep_tail=True)
