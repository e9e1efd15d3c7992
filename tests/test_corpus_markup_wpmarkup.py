"""WordPress' shortcodes gone, its paragraphs made, and ordinary text left alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.markup.clean import html_blocks
from corpus.markup.wpmarkup import with_paragraphs, without_wordpress


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (
            'a [caption id="x" width="3"]<img alt="[x]"/> words[/caption] b',
            'a <figure><img alt="[x]"/> words</figure> b',
        ),
        (
            "[caption caption='words' id=\"x\"]<img/>[/caption]",
            "<figure><figcaption>words</figcaption><img/></figure>",
        ),
        ('a[gallery ids="1,2"]b[gallery]c', "abc"),
        ("[embed]https://example.org/[/embed]x", "x"),
        ("[embed width=3]<a href='x'>y</a>[/embed]x", "x"),
        ('[audio mp3="x"]a[video src="y"][/video]b[playlist]c', "abc"),
        ('[contact-form-7 id="1" title="Form"]', ""),
        (
            '[vc_row][vc_column width="1/2"]one[/vc_column][vc_column]two[/vc_column][/vc_row]',
            "\n\n\n\none\n\n\n\ntwo\n\n\n\n",
        ),
        ('[su_button url="https://x"]Go[/su_button]', "Go"),
        ('[unheard of="x"]a[other_one n=&quot;1&quot; /]b', "ab"),
        ("[note]in[/note] [note]", "in [note]"),
        ("[[gallery]] [[unheard of='x']]", "[gallery] [unheard of='x']"),
        ("[code]if [a]: [gallery][/code]", "<pre>if [a]: [gallery]</pre>"),
        ('[outer a="1"][outer a="2"]x[/outer]', "x"),
        ('[caption id="x"]a cut post', "a cut post"),
        ("a[/caption]b[/gallery]c", "a</figure>bc"),
        ('[caption caption=""]<img/>[/caption]', "<figure><img/></figure>"),
        ('[sourcecode language="python"]a[0] = [b][/sourcecode]', "<pre>a[0] = [b]</pre>"),
        ("[code]never closed", "never closed"),
        ("[one_half]a[/one_half][one_half_last]b[/one_half_last]", "\n\na\n\n\n\nb\n\n"),
        ("[toc][su_spacer][elementor-template id=3][wpforms id=4 /]", ""),
        ("[x y=”1”]a[x y=&#8221;1&#8221;]b", "ab"),
        ("[[gallery] [gallery]]", "[ ]"),
        ("[a][b]x[/a][/b]", "x"),
        ("[note]\n<p>in</p>\n[/note]", "\n<p>in</p>\n"),
    ],
)
def test_wordpress_shortcodes(source: str, html: str) -> None:
    assert without_wordpress(source) == html


@pytest.mark.parametrize(
    "text",
    [
        "He wrote [sic] and [1] and [...] and [&hellip;]",
        "[Name], hi, I saw that [your company] and [First Name] [Last Name] ...",
        "Hi [First Name], [[Company]] [prospect's company]",
        "[discount code=SAVE20] [a/b] [x](y) [/sic] []",
        "<pre>[gallery]</pre><code>[gallery ids='1']</code><!-- [gallery] -->",
        '<a title="[gallery]" href="x">[link]</a>',
        "<script>[gallery]</script>",
        "[galleryx] [ gallery] [gallery [x] [1gallery]",
        "closed [/sic] before it is opened [sic]",
        "[if x] then [/if x]",
        "<PRE>[gallery]</PRE><textarea>[gallery]</textarea>",
        "",
    ],
)
def test_brackets_that_are_no_shortcodes_stay(text: str) -> None:
    assert without_wordpress(text) == text


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("one\n\ntwo\nthree\r\n \r\nfour", "<p>one</p>\n<p>two<br />\nthree</p>\n<p>four</p>\n"),
        ("<h2>a</h2>\nb\n\nc", "<h2>a</h2><p>b</p>\n<p>c</p>\n"),
        ("a<br>\nb", "<p>a<br>b</p>\n"),
        ("<b>x\n\ny</b>", "<p><b>x</p>\n<p>y</b></p>\n"),
        ("<pre>a\n\nb</pre>\nc", "<pre>a\n\nb</pre><p>c</p>\n"),
        ("<script>a\n\nb</script>c", "<script>a\n\nb</script><p>c</p>\n"),
        ("x <code>a\nb</code>", "<p>x <code>a\nb</code></p>\n"),
        ('<a\nhref="x">q</a>\nb', '<p><a\nhref="x">q</a><br />\nb</p>\n'),
        ("<div>a\n\nb</div>", "<div><p>a</p>\n<p>b</p>\n</div>"),
        ("<p>a\n\nb</p>\nc\nd", "<p>a\n\nb</p><p>c<br />\nd</p>\n"),
        ("<p>a<div>b\n\nc</div>", "<p>a<div><p>b</p>\n<p>c</p>\n</div>"),
        ("a\n<hr>\nb", "<p>a</p>\n<hr><p>b</p>\n"),
        ("a</div>\n\nb", "<p>a</p>\n</div><p>b</p>\n"),
        ("<DIV>a\n\nb</DIV>c", "<DIV><p>a</p>\n<p>b</p>\n</DIV><p>c</p>\n"),
        ("a<!--more-->\n\nb", "<p>a<!--more--></p>\n<p>b</p>\n"),
        ("a<BR />\r\nb\rc", "<p>a<BR />b<br />\nc</p>\n"),
        ("<ul><li>a</ul>\nb", "<ul><li>a</ul><p>b</p>\n"),
    ],
)
def test_paragraphs_of_the_classic_editor(source: str, html: str) -> None:
    assert with_paragraphs(source) == html


@pytest.mark.parametrize(
    "html",
    [
        "<!-- wp:paragraph -->\n<p>a</p>\n\nb\n<!-- /wp:paragraph -->",
        "<p>a\nb</p>\n\n<p>c</p>\n",
        "<ul>\n<li>a\n\nb</li>\n</ul>",
        "<table>\n<tr>\n<td>a</td>\n\n</tr>\n</table>",
        "<div>one\nline</div>",
        "<pre>a\n\nb",
        "",
    ],
)
def test_what_has_its_tags_stays(html: str) -> None:
    assert with_paragraphs(html) == html


def test_a_classic_post_becomes_its_blocks() -> None:
    post = (
        'First\nline.\n\n[caption id="a"]<img/> A graph[/caption]\n\n<h3>Ask</h3>\nThen '
        '<b>wait</b>.\n<ul>\n\t<li>one</li>\n</ul>\nHi [Name],\n\n[gallery ids="1"]'
    )
    blocks = html_blocks(with_paragraphs(without_wordpress(post)))
    assert [(block.kind, block.text) for block in blocks] == [
        ("paragraph", "First line."),
        ("paragraph", "A graph"),
        ("heading", "Ask"),
        ("paragraph", "Then wait."),
        ("item", "one"),
        ("paragraph", "Hi [Name],"),
    ]


HOSTILE = [
    *["[", "[a ", '[a "', "[[a]", "[a]", "[embed]", "[caption]", "[code]", "[/a]", "[a b='"],
    *["<", "<!--", "<pre>", "<div>", "</p>", "</div>", "<br>\n", "\n", "\n ", "a \n \n"],
    *["<code><pre>", "<div><p>"],
]


@pytest.mark.parametrize("function", [with_paragraphs, without_wordpress])
def test_hostile_text_takes_time_in_proportion(function: Callable[[str], str]) -> None:
    for piece in HOSTILE:
        text = piece * (200_000 // len(piece))
        started = time.process_time()
        function(text)
        assert time.process_time() - started < 2, repr(piece)


PIECES = st.sampled_from([*HOSTILE, "]", "/>", "'", '"', "x", " ", "[/code]", "[/caption]"])


@pytest.mark.parametrize("function", [with_paragraphs, without_wordpress])
@given(pieces=st.lists(PIECES, max_size=12))
def test_no_text_is_made_up(function: Callable[[str], str], pieces: list[str]) -> None:
    source = "".join(pieces)
    result = function(source)
    assert result.count("x") <= source.count("x")
    assert len(result) <= 3 * len(source) + 20 * source.count("\n") + 20


@given(st.lists(PIECES, max_size=12).map("".join))
def test_paragraphs_lose_no_text(source: str) -> None:
    assert with_paragraphs(source).count("x") == source.count("x")
