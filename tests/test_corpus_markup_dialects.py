"""Dialects of Markdown, as CommonMark."""

from __future__ import annotations

import time

import pytest

from corpus.markup.clean import markdown_blocks
from corpus.markup.dialects import as_commonmark


def texts(markdown: str, *pages: str) -> list[str]:
    return [block.text for block in markdown_blocks(as_commonmark(markdown, pages))]


def test_a_footnote_is_a_paragraph_where_it_was_written() -> None:
    text = (
        "We called forty.[^1] Two bought.[^why]\n\n"
        "[^1]: Word\n[^why]: They had *asked*.\n    Twice.\n\n    And again.\n\nThe end."
    )
    assert texts(text) == [
        "We called forty. Two bought.",
        "Word",
        "They had asked. Twice.",
        "And again.",
        "The end.",
    ]


def test_a_mark_without_its_footnote_stays() -> None:
    assert texts("All but [^a] and [^1].\n\n[^2]: Two.") == ["All but [^a] and [^1].", "Two."]


def test_an_id_behind_a_heading_is_no_text() -> None:
    assert texts("## Before you call {#before}\n\n### Now {: .x #y}\n\n# Hi {{name}}") == [
        "Before you call",
        "Now",
        "Hi {{name}}",
    ]


@pytest.mark.parametrize(
    "contents", ["* TOC\n{:toc}", "1. Contents\n{: toc}", "[TOC]", "[[_TOC_]]"]
)
def test_a_table_of_contents_is_no_text(contents: str) -> None:
    assert texts(f"Before.\n\n{contents}\n\nAfter.") == ["Before.", "After."]


def test_the_mark_of_a_callout_is_no_text() -> None:
    assert texts("> [!tip]- Call early\n> It works.") == ["Call early It works."]


def test_wiki_links_are_the_words_that_are_read() -> None:
    text = (
        "See [[Cold calls|our calls]], [[notes/Cold Calls]], [[cold calls#Why]] and"
        " [[First Name]].\n\n![[photo.png]] Text [[Cold Calls]](/a)\n\n|a|b|\n|-|-|\n|[[x\\|y]]|z|"
    )
    assert texts(text, "cold calls") == [
        "See our calls, Cold Calls, cold calls and [[First Name]].",
        "Text [Cold Calls]",
        "a | b",
        "y | z",
    ]


def test_code_is_left_as_it_is() -> None:
    text = "`[^1]` `[[a|b]]`\n\n```\n## x {#y}\n[^1]: z\n[[a|b]]\n```\n\n[^1]: Note."
    assert texts(text) == ["[^1] [[a|b]]", "## x {#y}\n[^1]: z\n[[a|b]]", "Note."]


@pytest.mark.parametrize(
    "text", ["Plain.", "Hi {{first_name}},\n\n[a]: /b\n", "[[ -f x ]]", "a {b} [!] [TOC] c", ""]
)
def test_what_is_no_dialect_is_left_as_it_is(text: str) -> None:
    assert as_commonmark(text) == text


@pytest.mark.parametrize(
    "piece", ["[[", "[[a|", "`", "{", "[^1]: ", "# {#", "> [!", "``` ", " ", "![[a]", "[^1]"]
)
def test_time_grows_with_the_text(piece: str) -> None:
    text = "[^1]: x\n# " + piece * (400_000 // len(piece)) + "}"
    start = time.process_time()
    as_commonmark(text)
    assert time.process_time() - start < 2
