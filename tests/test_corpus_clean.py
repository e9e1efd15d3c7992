"""Markup to blocks: what a reader sees, in order, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.clean import html_blocks, markdown_blocks, opening, plain
from corpus.types import Block


def paragraph(text: str) -> Block:
    return Block("paragraph", text)


def item(text: str, level: int = 1, marker: str = "-") -> Block:
    return Block("item", text, level, marker)


@pytest.mark.parametrize(
    "dropped",
    [
        "<script>track()</script>",
        "<script src='x'/>",
        "<style>p { color: red }</style>",
        "<noscript>no script</noscript>",
        "<template><p>x</p></template>",
        "<!-- secret -->",
        "<?php echo 1 ?>",
        "<xml><w:View>Normal</w:View></xml>",
        "<wbr>",
    ],
)
def test_what_no_reader_sees_leaves_nothing(dropped: str) -> None:
    assert html_blocks(f"<p>be{dropped}fore</p>after") == (paragraph("before"), paragraph("after"))


@pytest.mark.parametrize(
    "dropped",
    [
        "<iframe src='x'>your browser</iframe>",
        "<form><input><label>E-mail</label></form>",
        "<nav><a href='/'>Home</a></nav>",
        "<svg><title>arrow</title><text>go</text></svg>",
        "<video><p>cannot play</p></video>",
        "<img src='a.png' alt='a graph'>",
    ],
)
def test_what_takes_up_room_parts_the_words_around_it(dropped: str) -> None:
    assert html_blocks(f"<div>be{dropped}fore</div>") == (paragraph("be fore"),)


def test_headings_paragraphs_and_loose_text() -> None:
    blocks = html_blocks(
        "loose<h1>One</h1><div>two <b>bo</b>ld<section>three</section></div>"
        "<h6>Six <em>words</em></h6><figure><img><figcaption>a caption</figcaption></figure>tail"
    )
    assert blocks == (
        paragraph("loose"),
        Block("heading", "One", 1),
        paragraph("two bold"),
        paragraph("three"),
        Block("heading", "Six words", 6),
        paragraph("a caption"),
        paragraph("tail"),
    )


def test_lists_keep_depth_and_marker() -> None:
    blocks = html_blocks(
        "<ol start='3'><li>three<ul><li><p>inner</p><p>goes on</p></li></ul>after it</li>"
        "<li value='7'>seven<li>eight</ol><ol><li>one</li></ol><li>stray</li>"
    )
    assert blocks == (
        item("three", marker="3."),
        item("inner goes on", level=2),
        item("after it", marker=""),
        item("seven", marker="7."),
        item("eight", marker="8."),
        item("one", marker="1."),
        item("stray"),
    )


def test_a_list_number_that_is_no_number_counts_from_one() -> None:
    assert html_blocks("<ol start='iv'><li>a</li><li value=''>b</li></ol>") == (
        item("a", marker="1."),
        item("b", marker="2."),
    )


def test_a_heading_in_an_item_stays_a_heading() -> None:
    assert html_blocks("<ol><li><h3>Ask</h3><p>Then wait.</p></li></ol>") == (
        Block("heading", "Ask", 3),
        item("Then wait.", marker="1."),
    )


def test_all_text_in_a_blockquote_is_a_quote() -> None:
    blocks = html_blocks(
        "<blockquote>a<p>b</p><h2>c</h2><ul><li>d</li></ul>e<br><br>f</blockquote>g"
    )
    assert blocks == (*(Block("quote", text) for text in "abcdef"), paragraph("g"))


def test_code_keeps_its_lines() -> None:
    blocks = html_blocks("<pre>\n  if a:\n      b&nbsp;= 1<br>  c\n\n</pre><pre> \n</pre>")
    assert blocks == (Block("code", "if a:\n    b = 1\nc"),)
    assert html_blocks("<pre><div>a</div><div>b</div></pre>") == (Block("code", "a\nb"),)


def test_a_table_row_is_a_paragraph() -> None:
    table = (
        "<table><caption>Rates</caption><thead><tr><th>Step<th>Rate</thead>"
        "<tr><td><p>Call</p><td>20<br>%</td><td></td></tr><tr><td><img></td></tr></table>"
    )
    assert html_blocks(table) == (
        paragraph("Rates"),
        paragraph("Step | Rate"),
        paragraph("Call | 20 %"),
    )


def test_a_table_that_lays_out_a_page_is_no_table() -> None:
    layout = "<table><tr><td><h2>A</h2><p>b</p><ul><li>c</li></ul></td><td>d</td></tr></table>"
    assert html_blocks(layout) == (
        Block("heading", "A", 2),
        paragraph("b"),
        item("c"),
        paragraph("d"),
    )
    columns = "<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>"
    assert html_blocks(columns) == (paragraph("a"), paragraph("b"), paragraph("c"))
    assert html_blocks("<table><tr><td>a<br><br>b</td></tr></table>") == (
        paragraph("a"),
        paragraph("b"),
    )


def test_two_line_breaks_end_a_paragraph_and_one_is_a_space() -> None:
    blocks = html_blocks("a<br>b<br/>\n&nbsp;<br />c<br><b><br></b><br>d<br><img><br>e")
    assert blocks == (paragraph("a b"), paragraph("c"), paragraph("d"), paragraph("e"))


def test_line_breaks_do_not_cut_an_item_or_a_heading() -> None:
    assert html_blocks("<ul><li>a<br><br>b</li></ul><h2>c<br><br>d</h2>") == (
        item("a b"),
        Block("heading", "c d", 2),
    )


def test_white_space_is_collapsed_and_invisible_characters_go() -> None:
    spaces = "\ufeff<p> a&nbsp;\u2003b\r\n\tc\x0bd\x85e\x0cf\x1cg\x1fh </p>"
    unseen = "<p>&#8203;\u00ad\u2060\u200d</p>i\u200bj"
    assert html_blocks(spaces + unseen) == (paragraph("a b c d e f g h"), paragraph("ij"))


def test_joiners_between_emoji_stay() -> None:
    assert plain("\u200d👩\u200d💻 w\u200dord \u200d") == "👩\u200d💻 word"


def test_escaped_markup_is_text() -> None:
    assert html_blocks("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp;nbsp;") == (
        paragraph('<script>alert("1")</script> &nbsp;'),
    )


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("", ()),
        (" \n", ()),
        ("<!-- only -->", ()),
        ("</p>", ()),
        ("<", ("<",)),
        ("a < b & c", ("a < b & c",)),
        ("<p>a<p>b</i></div>c", ("a", "bc")),
        ("<body>a</body></html>b", ("ab",)),
        ("<?xml version='1.0' encoding='latin-1'?><p>é</p>", ("é",)),
        ("a\x00b\x01\ud800c&#1;d", ("abcd",)),
        ("<p>a<!-- never closed", ("a",)),
        ("<h2>title<p>text", ("title", "text")),
    ],
)
def test_malformed_html_is_read_leniently(source: str, texts: tuple[str, ...]) -> None:
    assert tuple(block.text for block in html_blocks(source)) == texts


def test_no_nesting_is_too_deep() -> None:
    deep = "<div>" * 3000 + "a<br>b<script>x</script>" + "</div>" * 3000 + "<p>c"
    assert html_blocks(deep) == (paragraph("a b"), paragraph("c"))


def test_markdown_with_tables_lists_and_html() -> None:
    source = (
        "# Title #\n\nA *word* with `**code**`,  \nand ~~old~~ new\nline.\n\n"
        "3. three\n4. four\n\n   goes on\n   - inner\n\n> quoted\n\n```sh\nls  -l\n\n\tcd\n```\n\n"
        "| a | b |\n|---|---|\n| 1 | `\\|` 2 |\n\n<div>html</div>\n\n<iframe src='x'></iframe>\n\n"
        "![a graph](graph.png)\n\n---\n\n\\<b> &lt;i>"
    )
    assert markdown_blocks(source) == (
        Block("heading", "Title", 1),
        paragraph("A word with **code**, and old new line."),
        item("three", marker="3."),
        item("four goes on", marker="4."),
        item("inner", level=2),
        Block("quote", "quoted"),
        Block("code", "ls  -l\n\n\tcd"),
        paragraph("a | b"),
        paragraph("1 | | 2"),
        paragraph("html"),
        paragraph("<b> <i>"),
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("**The rule is: **", "The rule is:"),
        ("***   Attributes**", "Attributes"),
        ("it is 2**3", "it is 2**3"),
        ("[## Sign up ##](https://example.com)", "Sign up"),
        ("##Sign up", "Sign up"),
        ("#1 rule", "#1 rule"),
        ("![x](img/power brick.jpg) Charge it.", "Charge it."),
        ("<p>![x](a.png) Look</p>", "Look"),
        ("[**Write**](mailto: ann@example.com) to us", "Write to us"),
        ("_[A post]_(https://example.com/a)", "A post"),
        ("[a](b c)", "[a](b c)"),
    ],
)
def test_marks_that_slipped_do_not_stay_in_the_text(source: str, text: str) -> None:
    assert markdown_blocks(source) == (paragraph(text),)


def test_an_image_alone_with_a_space_in_its_address_leaves_no_block() -> None:
    assert markdown_blocks("![x](power brick.jpg)\n\na") == (paragraph("a"),)


def test_markdown_with_control_characters() -> None:
    assert markdown_blocks("a\x00b\n\n* c\x1b") == (paragraph("ab"), item("c"))


def test_opening_cuts_at_a_word() -> None:
    assert opening("Call  first.\nWrite later.") == "Call first. Write later."
    assert opening("x" * 70) == "x" * 70
    assert opening("word " * 20) == "word " * 13 + "word…"
    assert opening("Never lose alone, get help", limit=18) == "Never lose alone…"
    assert opening("x" * 80) == "x" * 69 + "…"
    assert opening("- " * 50) == "- " * 34 + "-…"


_TAGS = st.sampled_from(
    ["p", "div", "br", "b", "li", "ul", "ol", "h2", "pre", "table", "tr", "td", "blockquote"]
) | st.sampled_from(
    ["script", "iframe", "svg", "form", "html", "body", "plaintext", "textarea", "title", "math"]
)
_PIECES = (
    _TAGS.map("<{}>".format)
    | _TAGS.map("</{}>".format)
    | _TAGS.map("<{}/>".format)
    | st.sampled_from(["x", " ", "&nbsp;", "&#0;", "<!--", "-->", "<![CDATA[", "\ud800", "\u200d"])
    | st.sampled_from(
        ["**", "![", "](", ")", "\n", "# ", "- ", "> ", "|", "\x00", "\x0c", "\ufeff"]
    )
    | st.text(max_size=4)
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=14).map("".join))
def test_any_text_gives_clean_blocks(source: str) -> None:
    for block in (*html_blocks(source), *markdown_blocks(source)):
        assert block.text
        assert block.text == block.text.strip()
        assert block.kind == "code" or block.text == plain(block.text)
        assert (block.level > 0) == (block.kind in {"heading", "item"})
        assert not block.marker or block.kind == "item"


@given(st.text(), st.integers(min_value=2, max_value=90))
def test_openings_are_never_too_long(text: str, limit: int) -> None:
    title = opening(text, limit)
    assert len(title) <= limit
    assert bool(title) == bool(plain(text))
