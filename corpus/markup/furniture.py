"""What surrounds a post on its page, told by the names and words that templates use for it.

The names are those of WordPress, Blogger, Ghost, Substack, Medium, Squarespace, HubSpot and of the
programs for comments, sharing and newsletters that are put into them.
"""

from __future__ import annotations

import re
from itertools import islice, takewhile

from lxml import etree

from corpus.dates import parse_date
from corpus.markup.metadata import Metadata, same_words, text_of
from corpus.types import Block

HEADINGS = ("h2", "h3", "h4", "h5", "h6")
NOT_SHOWN = frozenset(
    ("script", "style", "noscript", "template", "svg", "head", "title", "iframe", "textarea")
)
_WHOLE_PAGE = {"html", "head", "body", "main"}
_MOST_COMMENTS_HEADINGS = 20
_MOST_TITLES = 5
_WORD = re.compile(r"\w+")
_SURE = ("textarea", "article")  # a form alone may ask for an address, a list be of the post
_LIKELY = ("ol", "ul", "form", "time", *_SURE)

_PART = (
    "(?:[-_]{0,2}(?:area|author|avatar|block|body|box|content|count|date|entry|feed|footer|form|"
    "header|holder|inner|item|link|links|list|main|meta|metadata|notes|number|outer|page|pages|"
    "permalink|reply|replies|respond|root|section|text|thread|threads|title|widget|wrap|wrapper|"
    "container|navigation|nav|vcard|embed|module|template|\\d+))*"
)
_GAP = "[-_]{1,2}"
_LEAD = "(?!(?:category|tag|label|type)-)(?:[a-z0-9]+[-_]{1,2}){0,3}"
# "has-comments" names what has some, "node-comments" them.
_ABOUT_COMMENTS = (
    "(?:has|have|no|with|without|show|shows|enable|enabled|allow|allowed|allows|category|tag)"
)
_COMMENTS = re.compile(
    f"(?:(?!{_ABOUT_COMMENTS}[-_])[a-z0-9]+[-_]{{1,2}}){{0,2}}comments?{_PART}|commentlist.*|"
    f"respond|disqus.*|dsq-.*|livefyre.*|utterances.*|giscus.*|webmentions?{_PART}|pingbacks?{_PART}|"
    f"trackbacks?{_PART}|commenters?{_PART}|fb-comments|comol|isso-.*|remark42|hyvor-talk.*|cusdis.*",
    re.IGNORECASE,
)
# Posts too have headings like "5 responses to “too expensive”", "No reply? Send this".
_COMMENTS_HEADING = re.compile(
    r"(?:\d+|no|one)\s+(?:comments?|responses?|replies|reply|thoughts?)"
    r"(?:\s+(?:so far|yet|already)|\s+(?:on|to|for)\s+this\s+\w+)?[\s.:]*|"
    r"\d+\s+comments?\b.{0,300}|"
    r"comments?(?:\s*\(\d+\)|\s*\d+)?:?|(?:responses|replies|discussion)(?:\s*\(\d+\)|\s*\d+):?|"
    r"(?:leave|post|add|write)\s+an?\s+(?:comment|reply|response)",
    re.IGNORECASE,
)
_COUNT_OF_TITLE = re.compile(
    r"(?:\d+|no|one)\s+(?:comments?|responses?|replies|reply|thoughts?)\s+(?:on|to|for)\s+(.{1,300})",
    re.IGNORECASE,
)
_UNCERTAIN_HEADING = re.compile(
    r"(?:responses|replies|discussion):?|join the (?:discussion|conversation)|"
    r"(?:leave|post|add|write)\s+an?\s+(?:comment|reply|response).{1,40}",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    f"{_LEAD}(?:shar(?:e|ing)|social|follow){_PART}|sharedaddy|addtoany.*|a2a_.*|addthis.*|sd-.*|jp-.*|"
    f"{_LEAD}(?:related|recommended|recommendations?|similar|popular|trending|recent)"
    f"(?:[-_]{{0,2}}(?:posts?|articles?|stories|reads?|reading))?{_PART}|"
    f"yarpp.*|outbrain.*|taboola.*|read-?more(?:-.*)?|more-(?:from|on|stories|posts)(?:-.*)?|"
    f"{_LEAD}(?:pagination|pager|pagenavi|nav|navigation|breadcrumbs?|menu){_PART}|"
    f"{_LEAD}(?:newsletter|subscribe|subscription|sign-?up|opt-?in){_PART}|mc_embed.*|mc4wp.*|"
    f"{_LEAD}(?:cookie|cookies|consent|gdpr)"
    f"(?:[-_]{{1,2}}(?:banner|bar|consent|info|law|message|notice|policy|popup))*{_PART}|"
    f"(?:about-(?:the-)?)?(?:post-|entry-|article-|blog-|single-|hs-|saboxplugin-)?"
    f"author(?:-|_|--|__)?(?:bio|box|card|info|description|profile|details|about){_PART}|"
    f"about-(?:the-)?author|abouttheauthor|bio{_PART}|by-?line{_PART}|"
    f"(?:post|entry|article|blog){_GAP}(?:meta|info|tags|categories|footer|date|author|labels){_PART}|"
    f"tags?-?(?:list|links|cloud)|tagcloud|post-labels|dateline|timestamp|date-header|"
    f"{_LEAD}(?:ad|ads|advert|advertisement|sponsor|promo|promotion){_PART}|skip-link|sr-only|"
    f"screen-reader-text|visually-?hidden|print-?only|no-?print",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:tags?|tagged|filed under|labels?|categor(?:y|ies)|topics|posted (?:in|by|on|at)|"
    r"share this)\s*:.*|(?:filed under|tagged with|posted (?:in|by|on|at)) .*(?<![.!?])|"
    r"(?:(?:no|\d+) )?comments?:?|"
    r"(?:copyright\s*)?(?:©|ⓒ|\(c\)).*|copyright (?:\S+ ){0,3}(?:19|20)\d\d\b.*(?<![!?])|"
    r".{0,120}\ball rights reserved\W*|"
    r"(?:leave|post) a (?:comment|reply).*|about the author|"
    r"(?:share(?: this)?(?: post)?|tweet|like this|loading|print|e-?mail(?: this)?|subscribe|"
    r"sign up|follow us|previous|next|newer|older)(?: posts?)?\W*",
    re.IGNORECASE,
)
# Whole paragraphs, wherever they stand.
_NOTICE = re.compile(
    r"(?:an error (?:has )?occurred\W+please try again(?: later)?|"
    r"this copy is for your personal, non-?commercial use only\b.*|"
    r"to read the full (?:story|article|post)|continue reading(?: the (?:main|full) story)?|"
    r"(?:like|enjoy) this (?:story|post|article)\? share it.{0,60})\W*",
    re.IGNORECASE,
)
_BYLINE_WORDS = re.compile(
    r"\b(?:posted|written|published|updated|by|on|at|share|tweet|reading time|[ap]m|"
    r"\d+\s?min(?:ute)?s?(?:\s+read)?|\d{1,2}:\d\d(?::\d\d)?)\b|[|·•—–-](?=\s|$)",
    re.IGNORECASE,
)
_HEAD_CLASS = re.compile(r"author|user|by-?line|avatar|(?:^|[\s_-])date(?:$|[\s_-])", re.IGNORECASE)
_CALL = re.compile(
    r"(?:(?:read|see|find out|learn) (?:more|next|also)|also read|also on|see also|related|"
    r"don[’']?t miss|you (?:may|might) also (?:like|enjoy)|more (?:from|like this)|"
    r"recommended|leggi anche|lesen sie auch|lire aussi|lee también|leia (?:também|mais)|lees ook)"
    r"(?: (?:posts?|articles?|stories|reading|content|links))?(?:\s*(?:[:»>–-]+|\.{3}|…)\s*|$)",
    re.IGNORECASE,
)
# "Recommended reading" and "See also" may head a list that is the author's.
_LIST_CALL = re.compile(
    r"(?:you (?:may|might) also (?:like|enjoy)|related (?:posts|articles|stories))\W*",
    re.IGNORECASE,
)


def drop_comments(root: etree._Element) -> None:
    """Take readers' comments out of the page; commenters' names never enter the archive.

    They are told by the name, the kind of data or the heading of what holds them.
    """
    headings = 0
    titles = [_words(text_of(title)) for title in islice(root.iter("title", "h1"), _MOST_TITLES)]
    for element in list(root.iter(etree.Element)):
        if element.getparent() is None or element.tag in _WHOLE_PAGE:
            continue
        if _is_named(element, _COMMENTS) or _is_comment_data(element):
            if next(element.iter("h1"), None) is None and not _in_code(element):
                _remove(element)
        elif element.tag in HEADINGS and headings < _MOST_COMMENTS_HEADINGS:
            evidence = _evidence(element, titles)
            headings += bool(evidence)
            _drop_comments_after(element, evidence)


def _evidence(heading: etree._Element, titles: list[str]) -> tuple[str, ...]:
    """What has to follow a heading for it to be that of comments; nothing if it is none."""
    text = text_of(heading)
    if _COMMENTS_HEADING.fullmatch(text):
        return _LIKELY
    if count := _COUNT_OF_TITLE.fullmatch(text):
        return _LIKELY if any(_words(count[1]) in title for title in titles) else _SURE
    if not _UNCERTAIN_HEADING.fullmatch(text):
        return ()
    following = heading.getnext()
    return _SURE if following is None or following.tag == "p" else _LIKELY


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _drop_comments_after(heading: etree._Element, evidence: tuple[str, ...]) -> None:
    following = list(heading.itersiblings())
    if any(next(sibling.iter(*evidence), None) is not None for sibling in following if evidence):
        for sibling in following:
            _remove(sibling)
        _remove(heading)


def _is_comment_data(element: etree._Element) -> bool:
    return (
        element.get("itemprop") in {"comment", "comments"}
        or (element.get("itemtype") or "").endswith(("/Comment", "/UserComments"))
        or (element.get("aria-label") or "").strip().lower() in {"comments", "comment section"}
    )


def _in_code(element: etree._Element) -> bool:
    return next(element.iterancestors("pre", "code"), None) is not None


def drop_furniture(root: etree._Element) -> None:
    """Take out what templates put around every post, unless it holds the title or much of the text.

    What templates call bylines, tags and dates goes too, so read the metadata before.
    """
    lengths = _text_lengths(root)
    whole = lengths.get(root, 0)
    for element in list(root.iter(etree.Element)):
        if element.getparent() is None or element.tag in _WHOLE_PAGE:
            continue
        if (
            _is_named(element, _FURNITURE)
            and lengths[element] * 3 < whole
            and next(element.iter("h1"), None) is None
            and not _in_code(element)
        ):
            _remove(element)


def _text_lengths(root: etree._Element) -> dict[etree._Element, int]:
    lengths: dict[etree._Element, int] = {}
    for _, element in etree.iterwalk(root, events=("end",)):
        own = 0 if element.tag in NOT_SHOWN else len((element.text or "").strip())
        inner = sum(lengths[child] + len((child.tail or "").strip()) for child in element)
        lengths[element] = own + (0 if element.tag in NOT_SHOWN else inner)
    return lengths


def _is_named(element: etree._Element, names: re.Pattern[str]) -> bool:
    said = f"{element.get('id') or ''} {element.get('class') or ''}"
    return any(len(name) <= 60 and names.fullmatch(name) for name in said.split())


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        previous = element.getprevious()
        if previous is None:
            parent.text = (parent.text or "") + element.tail
        else:
            previous.tail = (previous.tail or "") + element.tail
    parent.remove(element)


def links_its_title(part: etree._Element) -> bool:
    """Whether the first heading in ``part`` is a link, as that of a teaser is."""
    heading = next(part.iter("h1", "h2", "h3"), None)
    return heading is not None and next(heading.iter("a"), None) is not None


def continues(part: etree._Element, body: etree._Element) -> bool:
    """Whether ``part`` goes on with the text in ``body``, in a row of its own beside that one.

    What has a title, a date or an author of its own is another post, or the reply to one.
    """
    row, own_row = part, body
    if row.getparent() is not own_row.getparent():
        row, own_row = row.getparent(), own_row.getparent()
    return (
        row is not own_row
        and row.getparent() is own_row.getparent()
        and any(len(text_of(paragraph).split()) >= 20 for paragraph in part.iter("p"))
        and next(row.iter("h1", "time", "article"), None) is None
        and not links_its_title(row)
        and not any(_HEAD_CLASS.search(inner.get("class") or "") for inner in row.iter())
    )


def drop_calls(root: etree._Element) -> None:
    """Take out calls to read another post: "Read more:" and a link, a list of links, or nothing."""
    for element in list(root.iter("p", "li", *HEADINGS)):
        text = text_of(element)
        if _LIST_CALL.fullmatch(text[:100]):
            following = element.getnext()
            if following is not None and following.tag in {"ul", "ol"} and _is_linked(following):
                _remove(following)
        if found := _CALL.match(text[:100]):
            rest = len(text) - found.end()
            if rest < 3 or _is_linked(element, rest):
                _remove(element)
        elif element.tag == "p" and text.isupper() and len(text.split()) > 3 and len(text) < 100:
            links = list(element.iter("a"))
            if len(links) == 1 and text_of(links[0]) == text:
                _remove(element)


def _is_linked(element: etree._Element, length: int | None = None) -> bool:
    """Whether next to all of the text, or of ``length`` characters of it, is in links."""
    linked = sum(len(text_of(link)) for link in element.iter("a"))
    return linked > 0 and linked >= 0.8 * (length or len(text_of(element)))


def trimmed(blocks: tuple[Block, ...], about: Metadata) -> tuple[Block, ...]:
    """``blocks`` without the title and byline before the text, and the furniture after it."""
    blocks = tuple(block for block in blocks if not _is_notice(block))
    start, end, words = 0, len(blocks), 0
    for number, block in enumerate(blocks[:10]):
        if same_words(block.text, about.title):
            start = number + 1
        words += len(block.text.split())
        if words > 60:
            break
    while start < end and _is_byline(blocks[start].text, about):
        start += 1
    while start < end and (length := _tail_length(blocks[start:end])):
        end -= length
    return blocks[start:end]


def _is_notice(block: Block) -> bool:
    return block.kind in {"paragraph", "item", "heading"} and bool(_NOTICE.fullmatch(block.text))


def _is_byline(text: str, about: Metadata) -> bool:
    if len(text) > 120:
        return False
    rest = _BYLINE_WORDS.sub(" ", text.replace(about.author, " ") if about.author else text)
    return parse_date(rest) is not None or (rest != text and not re.search(r"\w", rest))


def _tail_length(blocks: tuple[Block, ...]) -> int:
    """How many blocks at the end are furniture; "E-mail" and "Print" may be items of a list."""
    last = list(takewhile(lambda block: block.kind == "item", reversed(blocks))) or blocks[-1:]
    return len(last) if all(map(_is_tail, last)) else 0


def _is_tail(block: Block) -> bool:
    return (
        block.kind != "code" and len(block.text) < 200 and _TAIL.fullmatch(block.text) is not None
    )
