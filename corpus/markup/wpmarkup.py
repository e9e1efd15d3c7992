"""WordPress' own markup in the HTML that it exports: shortcodes, and paragraphs without tags.

Neither is HTML until WordPress shows the page: ``[gallery ids="1,2"]`` becomes pictures, a blank
line becomes a paragraph. Brackets are ordinary text as well ("[sic]", "Hi [First Name],"), and an
export does not say which names are shortcodes, so that is told from the name, the attributes and
the closing tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


# Those of WordPress, of WordPress.com and of plugins that many blogs have.
_EMPTY = _names(
    "audio embed gallery googlemaps playlist slideshow soundcloud ted twitter video videopress"
    " vimeo wpvideo youtube"
)
_CODE = frozenset({"code", "sourcecode"})
_KNOWN = (
    _EMPTY
    | _CODE
    | _names(
        "caption wp_caption contact-form contact-form-7 contact-field gravityform gravityforms"
        " formidable mc4wp_form ninja_form ninja_forms wpforms instagram-feed rev_slider"
        " layerslider metaslider tablepress toc ez-toc jetpack-related-posts jetpack_subscription"
        " smartslider3 elementor-template"
    )
)
_BUILDERS = ("vc_", "et_pb_", "fusion_", "av_", "mk_", "cs_", "nectar_", "ux_")
_COLUMNS = ("one_half", "one_third", "two_third", "one_fourth", "three_fourth")
_PREFIXES = (*_BUILDERS, *_COLUMNS, "su_", "wpv-", "elementor")

# WordPress too looks for "]" whatever quotes are open.
_SHORTCODE = re.compile(r"(\[?)\[(/?)([a-zA-Z][\w-]*+)(?![\w-])([^\[\]]*+)\](\]?)")
_ATTRIBUTE = re.compile(r"[\w-]\s*=\s*(?:[\"'“”″]|&quot;|&#(?:34|39|822[01]|8243);)")
_CAPTION = re.compile(r"\bcaption\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")

_PROTECTED = ("pre", "code", "kbd", "samp", "script", "style", "textarea", "svg")
_MARKUP = re.compile(
    r"<!--(?:[^-<]|-(?!->)|<(?!!--))*+-->|<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>"
)
_BLOCK_TAGS = _names(
    "address article aside blockquote body caption center col colgroup dd details dialog div dl dt"
    " fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li"
    " main map math menu nav ol option p pre script section select style summary svg table tbody"
    " td textarea tfoot th thead tr ul"
)
# Only straight within these does text stand in need of paragraphs.
_HOLDERS = _names(
    "address article aside blockquote body center details dialog div fieldset figure form html main"
    " section td"
)
_VOID = frozenset({"hr", "col"})
_BLANK_LINE = re.compile(r"\n[^\S\n]*+\n\s*+")
_DEPTH = 100  # levels that a closing tag may close at once; more is no page but an attack
_LINE_END = re.compile(r"(?<!\n)[^\S\n]*+\n[^\S\n]*+")


def without_wordpress(html: str) -> str:
    """``html`` without the shortcodes in it; what they enclose stays, if a reader would see it.

    A bracket is a shortcode if WordPress or a well-known plugin has the name, if it has an
    attribute (``name key="value"``), or if ``[/name]`` follows ``[name]``. An escaped one,
    ``[[gallery]]``, becomes text. Code, comments and the insides of tags are left as they are.
    """
    found = _shortcodes(html)
    pieces = []
    position = 0
    for number, shortcode in enumerate(found):
        if shortcode.start < position or not shortcode.counts:
            continue
        pieces.append(html[position : shortcode.start])
        position = shortcode.end
        closing = found[shortcode.partner] if shortcode.partner > number else None
        if shortcode.escaped:
            pieces.append(html[shortcode.start + 1 : shortcode.end - 1])
        elif shortcode.name in _CODE and closing:
            pieces.append(f"<pre>{html[position : closing.start]}</pre>")
            position = closing.end
        elif shortcode.name in _EMPTY and closing:
            position = closing.end
        elif shortcode.name in {"caption", "wp_caption"}:
            pieces.append(_caption(shortcode))
        elif shortcode.name.startswith((*_BUILDERS, *_COLUMNS)):
            pieces.append("\n\n")
    return "".join([*pieces, html[position:]])


def with_paragraphs(html: str) -> str:
    """``html`` of the classic editor with the tags for paragraphs and line breaks it leaves out.

    Does what WordPress' ``wpautop`` means: a blank line parts paragraphs, a line end is a break;
    not within <pre>, <script>, <style> and the like, nor in what has its tags already. Markup of
    the block editor (``<!-- wp:``) comes back unchanged.
    """
    if "<!-- wp:" in html:
        return html
    html = html.replace("\r\n", "\n").replace("\r", "\n")
    pieces: list[str] = []
    open_blocks: list[str] = []
    run: list[str] = []
    for _, name, text in _tokens(html):
        if name not in _BLOCK_TAGS:
            run.append(text)
            continue
        pieces.append(_run_in_paragraphs(run, open_blocks))
        run = []
        pieces.append(text)
        if text.startswith("</"):
            # One that was never opened closes nothing; one that was closes all within it.
            if name in open_blocks[-_DEPTH:]:
                while open_blocks.pop() != name:
                    pass
        elif name not in _VOID and not text.endswith("/>") and not _is_whole(text, name):
            if open_blocks and open_blocks[-1] == "p":
                open_blocks.pop()  # as a browser does: no paragraph holds a block
            open_blocks.append(name)
    pieces.append(_run_in_paragraphs(run, open_blocks))
    return "".join(pieces)


@dataclass(slots=True)
class _Shortcode:
    start: int
    end: int
    name: str
    attributes: str
    closes: bool
    escaped: bool
    counts: bool
    partner: int = -1  # the position of the tag it is closed by or closes


def _shortcodes(html: str) -> list[_Shortcode]:
    found: list[_Shortcode] = []
    waiting: dict[str, list[int]] = {}
    for start, end in _open_text(html):
        for match in _SHORTCODE.finditer(html, start, end):
            before, slash, name, attributes, after = match.groups()
            escaped = bool(before and after)
            first = match.start() + (0 if escaped else len(before))
            last = match.end() - (0 if escaped else len(after))
            known = name in _KNOWN or name.startswith(_PREFIXES)
            counts = known or bool(not slash and _ATTRIBUTE.search(attributes))
            here = _Shortcode(first, last, name, attributes, bool(slash), escaped, counts)
            found.append(here)
            bare = not attributes.strip(" /")
            if slash and bare and waiting.get(name):
                here.partner = waiting[name].pop()
                here.counts = True
                found[here.partner].counts = True
                found[here.partner].partner = len(found) - 1
            elif not slash and not escaped and (bare or counts):
                waiting.setdefault(name, []).append(len(found) - 1)
    return found


def _caption(shortcode: _Shortcode) -> str:
    if shortcode.closes:
        return "</figure>"
    if shortcode.partner < 0:
        return ""
    words = _CAPTION.search(shortcode.attributes)
    text = (words[1] or words[2] or "") if words else ""
    return f"<figure><figcaption>{text}</figcaption>" if text else "<figure>"


def _open_text(html: str) -> Iterator[tuple[int, int]]:
    """The spans of ``html`` that are neither code nor tags nor comments."""
    position = 0
    for is_tag, _, text in _tokens(html):
        if not is_tag:
            yield position, position + len(text)
        position += len(text)


def _tokens(html: str) -> Iterator[tuple[bool, str, str]]:
    """``html`` piece by piece: whether it is a tag (or code, whole), the tag's name, the piece."""
    position = 0
    unclosed: set[str] = set()
    while match := _MARKUP.search(html, position):
        start, end = match.span()
        if start > position:
            yield False, "", html[position:start]
        name = (match["name"] or "").lower()
        if name in _PROTECTED and not match["close"] and name not in unclosed:
            closing = re.compile(f"</{name}\\b[^<>]*+>", re.IGNORECASE).search(html, end)
            if closing:
                end = closing.end()
            else:
                unclosed.add(name)
        yield True, name, html[start:end]
        position = end
    if position < len(html):
        yield False, "", html[position:]


def _is_whole(text: str, name: str) -> bool:
    return name in _PROTECTED and text.count("<") > 1


def _run_in_paragraphs(run: list[str], open_blocks: list[str]) -> str:
    text = "".join(run)
    if not text.strip() or (open_blocks and open_blocks[-1] not in _HOLDERS):
        return text
    paragraphs = [part for part in _BLANK_LINE.split(text.strip()) if part]
    if open_blocks and len(paragraphs) == 1:
        return text
    return "".join(f"<p>{_with_breaks(part)}</p>\n" for part in paragraphs)


def _with_breaks(paragraph: str) -> str:
    pieces = []
    for is_tag, _, text in _tokens(paragraph):
        if is_tag:
            pieces.append(text)
        else:
            after_break = bool(pieces) and re.match(r"<br\b", pieces[-1], re.IGNORECASE)
            if after_break:
                text = text.removeprefix("\n")
            pieces.append(_LINE_END.sub("<br />\n", text))
    return "".join(pieces)
