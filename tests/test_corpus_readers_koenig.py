"""The documents of Ghost's editor, as HTML."""

from __future__ import annotations

import json
from typing import Any

import pytest

from corpus.markup.clean import html_blocks
from corpus.readers.koenig import lexical_html, mobiledoc_html


def text(words: str, format: int = 0) -> dict[str, Any]:
    return {"type": "extended-text", "text": words, "format": format}


def node(type: str, *children: object, **values: object) -> dict[str, Any]:
    return {"type": type, "children": list(children), **values}


def lexical(*nodes: object) -> str:
    return lexical_html(json.dumps({"root": node("root", *nodes)}))


def test_lexical_text() -> None:
    html = lexical(
        node("extended-heading", text("Why & how"), tag="h3"),
        node("heading", text("No level"), tag="script"),
        node(
            "paragraph",
            text("Call "),
            text("early", 1),
            {"type": "linebreak"},
            node("link", text("often", 2), url="https://example.com"),
            text("!", 3),
        ),
        node("extended-quote", text("a < b")),
        node("aside", text("aside")),
        node(
            "list",
            node("listitem", text("three")),
            node("listitem", node("list", node("listitem", text("deep")), tag="ul")),
            tag="ol",
            start=3,
        ),
        {"type": "horizontalrule"},
    )
    assert html == (
        "<h3>Why &amp; how</h3><h2>No level</h2>"
        "<p>Call <strong>early</strong><br><em>often</em><strong><em>!</em></strong></p>"
        "<blockquote>a &lt; b</blockquote><blockquote>aside</blockquote>"
        '<ol start="3"><li>three</li><li><ul><li>deep</li></ul></li></ol><hr>'
    )
    assert [(block.kind, block.level, block.marker) for block in html_blocks(html)] == [
        ("heading", 3, ""),
        ("heading", 2, ""),
        ("paragraph", 0, ""),
        ("quote", 0, ""),
        ("quote", 0, ""),
        ("item", 1, "3."),
        ("item", 2, "-"),
    ]


def test_cards() -> None:
    html = lexical(
        {"type": "image", "src": "a.png", "alt": "alt", "caption": "A <em>caption</em>"},
        {"type": "image", "src": "a.png", "caption": ""},
        {"type": "bookmark", "metadata": {"title": "A & B", "description": "no"}, "caption": "c"},
        {"type": "callout", "calloutText": "Note this", "calloutEmoji": "💡"},
        {"type": "toggle", "heading": "Why?", "content": "<p>Because.</p>"},
        {"type": "codeblock", "code": "a < b", "language": "c", "caption": "Listing"},
        {"type": "markdown", "markdown": "## Part\n\n*one*"},
        {"type": "html", "html": "<p>raw</p>", "visibility": {"web": {"nonMember": True}}},
        {"type": "html", "html": "<p>gated</p>", "visibility": {"web": {"nonMember": False}}},
        {"type": "product", "productTitle": "A book", "productDescription": "Short."},
        {"type": "signup", "header": "Join", "subheader": "us"},
        {"type": "email", "html": "<p>only by mail</p>"},
        {"type": "button", "buttonText": "Buy"},
        {"type": "paywall"},
    )
    assert html == (
        "<figcaption>A <em>caption</em></figcaption><p>A &amp; B</p><figcaption>c</figcaption>"
        "<p>Note this</p><h4>Why?</h4><div><p>Because.</p></div>"
        "<pre>a &lt; b</pre><figcaption>Listing</figcaption>"
        "<h2>Part</h2>\n<p><em>one</em></p>\n<div><p>raw</p></div>"
        "<h4>A book</h4><div>Short.</div><!--members-only-->"
    )


def test_mobiledoc() -> None:
    document = {
        "version": "0.3.1",
        "atoms": [["soft-return", "", {}]],
        "cards": [["markdown", {"markdown": "# Head"}], ["image", {"caption": "c"}], ["hr", {}]],
        "markups": [["strong"], ["a", ["href", "https://example.com"]], ["em"]],
        "sections": [
            [10, 0],
            [1, "h2", [[0, [], 0, "A & B"]]],
            [1, "p", [[0, [0], 0, "bold "], [0, [1, 2], 3, "all"], [1, [], 0, 0], [0, [], 0, "."]]],
            [1, "aside", [[0, [], 0, "quoted"]]],
            [3, "ol", [[[0, [], 0, "one"]], [[0, [], 0, "two"]]]],
            [10, 1],
            [10, 2],
            [2, "picture.png"],
        ],
    }
    assert mobiledoc_html(json.dumps(document)) == (
        "<h1>Head</h1>\n<h2>A &amp; B</h2><p><strong>bold <em>all</em></strong><br>.</p>"
        "<blockquote>quoted</blockquote><ol><li>one</li><li>two</li></ol>"
        "<figcaption>c</figcaption><hr>"
    )


@pytest.mark.parametrize(
    "document",
    [
        None,
        1,
        "",
        "{",
        "[]",
        "null",
        '"x"',
        '{"root": []}',
        '{"root": {"children": 1}}',
        '{"root": {"children": [1, null, [], {"type": 1}, {"type": "list", "children": {}}]}}',
        '{"sections": 1}',
        '{"sections": [1, [], [1], [1, 2, 3], [10, 9], [10, -1], [10, []], [3, "ul", 1]]}',
        '{"sections": [[10, 0]], "cards": [1]}',
        '{"root": ' + '{"children": [' * 400 + "]}" * 400 + "}",
        "[" * 100_000,
    ],
)
def test_what_is_no_document_has_no_text(document: object) -> None:
    assert html_blocks(lexical_html(document) + mobiledoc_html(document)) == ()


def test_odd_markers_are_passed_over() -> None:
    markers = [1, [], [0], [0, [5, -1, "x"], 9, "kept"], [0, [], -3, " too"], [0, {}, 0, "lost"]]
    document = json.dumps({"sections": [[1, "p", markers]], "markups": [1, []]})
    assert mobiledoc_html(document) == "<p>kept too</p>"
