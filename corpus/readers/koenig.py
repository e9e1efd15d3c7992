"""The documents of Ghost's editor as HTML, for posts whose export holds no other form.

Ghost keeps a post as a tree of Lexical (since 5.0) or as Mobiledoc 0.3 (since 1.0), and beside it
the HTML that it made of it. Both have cards for what is more than text, with the same names for
their parts. What is made here is what a reader reads: no picture, player, button or form.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any

from markdown_it import MarkdownIt

MEMBERS_ONLY = "<!--members-only-->"
"""What Ghost puts in its HTML where the part that is for members begins."""

_BOLD, _ITALIC = 1, 2
_BLOCKS = {
    "paragraph": "p",
    "quote": "blockquote",
    "extended-quote": "blockquote",
    "aside": "blockquote",
    "listitem": "li",
}
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_MARKUPS = {"strong": "strong", "b": "strong", "em": "em", "i": "em"}
_CAPTION = {"caption": "figcaption"}
# The fields of cards that hold HTML.
_CARDS = {
    "image": _CAPTION,
    "gallery": _CAPTION,
    "video": _CAPTION,
    "embed": _CAPTION,
    "callout": {"calloutText": "p"},
    "toggle": {"heading": "h4", "content": "div"},
    "header": {"header": "h2", "subheader": "h3"},
    "product": {"productTitle": "h4", "productDescription": "div"},
    "file": {"fileTitle": "p", "fileCaption": "p"},
    "audio": {"title": "p", **_CAPTION},
    "html": {"html": "div"},
}


def lexical_html(document: object) -> str:
    """The HTML of a Lexical document given as JSON text; "" if it is none."""
    return _read(document, lambda found: _lexical(_dict(found).get("root")))


def mobiledoc_html(document: object) -> str:
    """The HTML of a Mobiledoc document given as JSON text; "" if it is none."""
    return _read(document, lambda found: _mobiledoc(_dict(found)))


def _read(document: object, render: Callable[[Any], str]) -> str:
    if not isinstance(document, str):
        return ""
    try:
        return render(json.loads(document))
    except (ValueError, RecursionError):
        return ""


def _lexical(node: object) -> str:
    match node:
        case {"visibility": {"web": {"nonMember": False}}}:
            return ""
        case {"type": "text" | "extended-text" | "code-highlight", "text": str(text)}:
            return _stressed(escape(text), _dict(node).get("format"))
        case {"type": "linebreak"}:
            return "<br>"
        case {"children": list(children)}:
            return _element(_dict(node), "".join(map(_lexical, children)))
        case {"type": str(name)}:
            return _card(name, _dict(node))
    return ""


def _stressed(text: str, styles: object) -> str:
    bits = styles if isinstance(styles, int) else 0
    text = f"<em>{text}</em>" if bits & _ITALIC else text
    return f"<strong>{text}</strong>" if bits & _BOLD else text


def _element(node: dict[str, Any], content: str) -> str:
    name, tag = node.get("type"), node.get("tag")
    if name in {"heading", "extended-heading"}:
        tag = tag if tag in _HEADINGS else "h2"
        return f"<{tag}>{content}</{tag}>"
    if name == "list":
        start = node.get("start")
        first = f' start="{start}"' if isinstance(start, int) else ""
        return f"<ol{first}>{content}</ol>" if tag == "ol" else f"<ul>{content}</ul>"
    if isinstance(name, str) and (block := _BLOCKS.get(name)):
        return f"<{block}>{content}</{block}>"
    return content


def _mobiledoc(document: dict[str, Any]) -> str:
    return "".join(_section(section, document) for section in _list(document.get("sections")))


def _section(section: object, document: dict[str, Any]) -> str:
    match section:
        case [1, str(tag), list(markers), *_]:
            tag = tag if tag in _HEADINGS or tag in {"blockquote", "aside"} else "p"
            tag = "blockquote" if tag == "aside" else tag
            return f"<{tag}>{_markers(markers, document)}</{tag}>"
        case [3, "ul" | "ol" as tag, list(items), *_]:
            inner = "".join(f"<li>{_markers(_list(item), document)}</li>" for item in items)
            return f"<{tag}>{inner}</{tag}>"
        case [10, int(number), *_]:
            match _at(document.get("cards"), number):
                case [str(name), dict(payload), *_]:
                    return _card(name, payload)
    return ""


def _markers(markers: list[Any], document: dict[str, Any]) -> str:
    pieces = []
    opened: list[str] = []
    for marker in markers:
        match marker:
            case [0 | 1 as kind, list(begun), int(ended), str() | int() as value, *_]:
                for number in begun:
                    tag = _markup(_at(document.get("markups"), number))
                    opened.append(tag)
                    pieces.append(f"<{tag}>" if tag else "")
                # The one atom that Ghost has is a line break.
                pieces.append(escape(str(value)) if kind == 0 else "<br>")
                for _ in range(min(ended, len(opened))):
                    tag = opened.pop()
                    pieces.append(f"</{tag}>" if tag else "")
    return "".join(pieces)


def _markup(markup: object) -> str:
    match markup:
        case [str(tag), *_]:
            return _MARKUPS.get(tag, "")
    return ""


def _card(name: str, payload: dict[str, Any]) -> str:
    if name == "paywall":
        return MEMBERS_ONLY
    if name in {"hr", "horizontalrule"}:
        return "<hr>"
    if name in {"code", "codeblock"}:
        return f"<pre>{escape(_text(payload, 'code'))}</pre>" + _caption(payload)
    if name in {"markdown", "card-markdown"}:
        return str(MarkdownIt("commonmark").enable("table").render(_text(payload, "markdown")))
    if name == "bookmark":
        # It shows another page, whose summary is not this author's.
        title = _text(_dict(payload.get("metadata")), "title") or _text(payload, "title")
        return (f"<p>{escape(title)}</p>" if title else "") + _caption(payload)
    parts = _CARDS.get(name, {})
    return "".join(
        f"<{tag}>{text}</{tag}>" for key, tag in parts.items() if (text := _text(payload, key))
    )


def _caption(payload: dict[str, Any]) -> str:
    caption = _text(payload, "caption")
    return f"<figcaption>{caption}</figcaption>" if caption else ""


def _text(payload: dict[str, Any], key: str) -> str:
    value = payload.get(key)
    return value if isinstance(value, str) else ""


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _at(values: object, number: object) -> object:
    """The value at a place, or None: an index from a file may be anything."""
    items = _list(values)
    return items[number] if isinstance(number, int) and 0 <= number < len(items) else None
