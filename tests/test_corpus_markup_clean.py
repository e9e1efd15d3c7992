"""Markup to blocks: what a reader sees, in order, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.markup.clean import html_blocks, markdown_blocks
from corpus.markup.words import plain
from corpus.types import Block, Mark


def paragraph(text: str, *marks: Mark) -> Block:
    return Block("paragraph", text, marks=marks)


def row(text: str, level: int = 0, *marks: Mark) -> Block:
    return Block("row", text, level, marks=marks)


def strong(start: int, end: int) -> Mark:
    return Mark(start, end, "strong")


def em(start: int, end: int) -> Mark:
    return Mark(start, end, "em")


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
        paragraph("two bold", strong(4, 6)),
        paragraph("three"),
        Block("heading", "Six words", 6, marks=(em(4, 9),)),
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


def test_rows_of_a_table_keep_their_columns() -> None:
    table = (
        "<table><caption>Rates</caption><thead><tr><th>Step<th>Rate | all<td>Say</thead>"
        "<tr><td><p>Call</p><td>20<br>%</td><td></td></tr><tr><td><img></td></tr>"
        "<tr><td><td><td><b>Stop</b> now</tr><tr><td>a<td><td>b</tr>"
        "<tr><th>A<th>B</tr><tr><td>x</td><td></td></tr><tr><td></td><td> </td></tr></table>"
    )
    assert html_blocks(table) == (
        paragraph("Rates"),
        row("Step | Rate / all | Say", 1),
        row("Call | 20 %"),
        row("| | Stop now", 0, strong(4, 8)),
        row("a | | b"),
        row("A | B", 1),
        row("x"),
    )


def test_a_cell_that_spans_columns_leaves_their_places() -> None:
    table = "<table><tr><td colspan=2>a<td>b</tr><tr><td colspan='x'>c<td colspan=9999>d<td>e"
    assert html_blocks(table) == (row("a | | b"), row(f"c | d {'| ' * 20}e"))


def test_text_between_cells_is_not_lost() -> None:
    assert html_blocks("<table><tr>a<td>b</td>c<td>d</td>e</tr></table>") == (
        row("a | b | c | d | e"),
    )


def test_a_row_in_a_quote_is_a_quote() -> None:
    assert html_blocks("<blockquote><table><tr><td>a<td><i>b</i></table></blockquote>") == (
        Block("quote", "a | b", marks=(em(4, 5),)),
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
    beside_a_picture = "<table><tr><td><img></td><td>caption</td></tr></table>"
    assert html_blocks(beside_a_picture) == (paragraph("caption"),)


def test_two_line_breaks_end_a_paragraph_and_one_is_a_space() -> None:
    blocks = html_blocks("a<br>b<br/>\n&nbsp;<br />c<br><b><br></b><br>d<br><img><br>e")
    assert blocks == (paragraph("a b"), paragraph("c"), paragraph("d"), paragraph("e"))


def test_line_breaks_do_not_cut_an_item_or_a_heading() -> None:
    assert html_blocks("<ul><li>a<br><br>b</li></ul><h2>c<br><br>d</h2>") == (
        item("a b"),
        Block("heading", "c d", 2),
    )


def test_white_space_is_collapsed_and_invisible_characters_go() -> None:
    spaces = "\ufeff<p> a&nbsp;\u2003b\r\n\tc\x0bd e\x0cf\x1cg\x1fh </p>"
    unseen = "<p>&#8203;\u00ad\u2060\u200d</p>i\u200bj"
    assert html_blocks(spaces + unseen) == (paragraph("a b c d e f g h"), paragraph("ij"))


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
        "# *Title* #\n\nA *word* with `**code**`,  \nand ~~old~~ new\nline.\n\n"
        "3. three\n4. four\n\n   goes on\n   - inner\n\n> quoted\n\n```sh\nls  -l\n\n\tcd\n```\n\n"
        "| a | b |\n|---|---|\n| 1 | `\\|` 2 |\n\n<div>html</div>\n\n<iframe src='x'></iframe>\n\n"
        "![a graph](graph.png)\n\n---\n\n\\<b> &lt;i>"
    )
    assert markdown_blocks(source) == (
        Block("heading", "Title", 1),
        paragraph("A word with **code**, and old new line.", em(2, 6)),
        item("three", marker="3."),
        item("four goes on", marker="4."),
        item("inner", level=2),
        Block("quote", "quoted"),
        Block("code", "ls  -l\n\n\tcd"),
        row("a | b", 1),
        row("1 | / 2"),
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
        ("[a](b c)", "[a](b c)"),
    ],
)
def test_marks_that_slipped_do_not_stay_in_the_text(source: str, text: str) -> None:
    assert markdown_blocks(source) == (paragraph(text),)


def test_stress_keeps_its_place_where_a_mark_that_slipped_goes() -> None:
    assert markdown_blocks("[**Write**](mailto: ann@example.com) to *us*") == (
        paragraph("Write to us", strong(0, 5), em(9, 11)),
    )
    assert markdown_blocks("_[A post]_(https://example.com/a) of **mine**") == (
        paragraph("A post of mine", em(0, 6), strong(10, 14)),
    )


@pytest.mark.parametrize(
    ("source", "block"),
    [
        ("<em>a <b>b</b></em><b> c</b>", paragraph("a b c", em(0, 3), strong(2, 5))),
        ("<b>a<strong>b</strong></b>c", paragraph("abc", strong(0, 2))),
        ("a<b></b><i> <img></i><i class='icon'></i>b", paragraph("a b")),
        ("<b style='font-weight:normal'>a <b>b</b> c</b>", paragraph("a b c", strong(2, 3))),
        ("a \ufdd0b\ufdd1 \ufdd2c", paragraph("a b c")),
        ("&#xfdd0;a", paragraph("a")),
        ("<h2><b>All of it</b></h2>", Block("heading", "All of it", 2)),
        ("<pre>a <b>b</b></pre>", Block("code", "a b")),
        ("<ul><li><b>a</b> b</ul>", Block("item", "a b", 1, "-", (strong(0, 1),))),
    ],
)
def test_stress_is_a_span_of_the_text_of_its_block(source: str, block: Block) -> None:
    assert html_blocks(source) == (block,)


def test_stress_goes_on_in_the_next_block() -> None:
    assert html_blocks("<div><b>a<br><br>b<pre>c</pre>d</b>e</div>") == (
        paragraph("a", strong(0, 1)),
        paragraph("b", strong(0, 1)),
        Block("code", "c"),
        paragraph("de", strong(0, 1)),
    )


def test_wrong_decoding_in_code_stays() -> None:
    assert html_blocks("<p>itâ€™s <code>CafÃ©</code> CafÃ©</p><pre>CafÃ©</pre>") == (
        paragraph("it’s CafÃ© Café"),
        Block("code", "CafÃ©"),
    )


def test_an_image_alone_with_a_space_in_its_address_leaves_no_block() -> None:
    assert markdown_blocks("![x](power brick.jpg)\n\na") == (paragraph("a"),)


def test_markdown_with_control_characters() -> None:
    assert markdown_blocks("a\x00b\n\n* c\x1b") == (paragraph("ab"), item("c"))


_TAGS = st.sampled_from(
    ["p", "div", "br", "b", "i", "li", "ul", "ol", "h2", "pre", "table", "tr", "td", "blockquote"]
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
        assert (block.level > 0) == (block.kind in {"heading", "item"}) or block.kind == "row"
        assert not block.marker or block.kind == "item"
        assert all(mark.start < mark.end <= len(block.text) for mark in block.marks)
        assert list(block.marks) == sorted(block.marks, key=lambda mark: (mark.start, -mark.end))
        stressed = [block.text[mark.start : mark.end] for mark in block.marks]
        assert stressed == [words.strip() for words in stressed]


def test_what_follows_a_tag_without_an_end_is_kept() -> None:
    html = '<p>Watch <embed src="a.swf"> and <EMBED src="b.swf"></EMBED> then call.</p><p>Next.</p>'
    assert [block.text for block in html_blocks(html)] == ["Watch and then call.", "Next."]


@pytest.mark.parametrize(
    "mark",
    [
        '<sup><a href="#fn1">1</a></sup>',
        '<sup id="fnref:1"><a href="#fn:1" class="footnote">1</a></sup>',
        '<sup data-fn="9c" class="fn"><a href="#9c" id="9c-link">12</a></sup>',
        '<sup class="reference"><a href="https://a.example/b#cite_note-1">[1]</a></sup>',
        '<sup><a href="#a">1</a>, <a href="#b">b</a></sup>',
        '<a href="#n"><sup>*</sup></a>',
        '<a class="footnote-ref" href="#x">1</a>',
        '<a role="doc-noteref" href="#x">†</a>',
        '<a href="#_ftn1">[1]</a>',
        '<a href="#fnref1">↩\ufe0e</a>',
    ],
)
def test_the_mark_of_a_footnote_is_no_part_of_the_word_before_it(mark: str) -> None:
    assert html_blocks(f"<p>A paragraph{mark}, and more") == (paragraph("A paragraph, and more"),)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("5 m<sup>2</sup> on the 2<sup>nd</sup>", "5 m2 on the 2nd"),
        ('x<sup><a href="/law">2</a></sup>', "x2"),
        ('Step <a href="#step">2</a>', "Step 2"),
        ('<a href="#area">5<sup>2</sup></a>', "52"),
        ('x<sup><a href="#fn1">see</a></sup>', "xsee"),
        ('x<sup>2 <a href="#k">kg</a></sup>', "x2 kg"),
    ],
)
def test_a_raised_number_or_a_link_is_text_unless_it_leads_to_a_note(html: str, text: str) -> None:
    assert html_blocks(html) == (paragraph(text),)
