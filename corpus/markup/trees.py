"""Markup as a tree, to take out what a platform puts between the words of an author."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from corpus.markup.words import visible

# "1", "[12]", "(a)", "*", "†"; and the arrows that lead from a note back to the text.
_SIGN = r"(?:[\[(]?(?:\d{1,3}|[a-zA-Z]|[*†‡§]{1,3})[\])]?|[↩↑^⤴]\ufe0e?)"
_SIGNS = re.compile(rf"\s*{_SIGN}(?:\s*[,;]?\s+{_SIGN}|[,;]{_SIGN})*\s*")
_NOTE_PLACE = re.compile(r"#[^#]*(?:fn|ftn|edn|note|cite[-_]ref)", re.IGNORECASE)
_NOTE_CLASSES = frozenset({"footnote", "footnote-ref", "footnote-reference", "footnote-anchor"})
_LONGEST_SIGNS = 40


def tree_of(markup: str) -> lxml_html.HtmlElement | None:
    """The root element of an HTML fragment or page, its comments gone.

    None if it holds nothing, or more levels than libxml2 reads (2,048), below which text is lost.
    """
    parser = lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = lxml_html.document_fromstring(visible(markup).encode(), parser=parser)
    except etree.ParserError:
        return None
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        return None
    return root


def markup_of(root: lxml_html.HtmlElement) -> str:
    """The markup of ``root`` and what it holds."""
    return str(lxml_html.tostring(root, encoding="unicode", with_tail=False))


def with_class(root: lxml_html.HtmlElement, names: str) -> Iterator[lxml_html.HtmlElement]:
    """The elements in ``root`` that have one of the classes ``names``, in order.

    The names are parted by spaces, as in HTML. Each element may be changed before the next one is
    asked for.
    """
    wanted = set(names.split())
    for element in list(root.iter(etree.Element)):
        if element is not root and not wanted.isdisjoint((element.get("class") or "").split()):
            yield element


def without_class(markup: str, names: str) -> str:
    """``markup`` without what stands in elements that have one of the classes ``names``."""
    if not any(name in markup for name in names.split()):
        return markup
    root = tree_of(markup)
    if root is None:
        return markup
    for element in with_class(root, names):
        # An empty element parts the words around it as before. (To drop it would join its tail to
        # the text before, ever longer where there are many.)
        element.clear(keep_tail=True)
    return markup_of(root)


def is_note_mark(element: etree._Element) -> bool:
    """Whether a <sup> or <a> only leads to a note or back from it: a number, letter or asterisk.

    A raised number that is no link ("m²") is text. So is a link that is not raised, unless its
    class or its address says that a note is there.
    """
    links = [element] if element.tag == "a" else list(element)
    if not links or not all(link.tag == "a" and "#" in link.get("href", "") for link in links):
        return False
    signs = "".join(element.itertext())
    if len(signs) > _LONGEST_SIGNS or not _SIGNS.fullmatch(signs):
        return False
    return (
        element.tag == "sup"
        or ([child.tag for child in element] == ["sup"] and not (element.text or "").strip())
        or not _NOTE_CLASSES.isdisjoint(element.get("class", "").split())
        or element.get("role") in {"doc-noteref", "doc-backlink"}
        or _NOTE_PLACE.search(element.get("href", "")) is not None
    )
