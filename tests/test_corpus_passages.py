"""Passages: nothing lost, nothing twice, never across a heading, never over the limit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.passages import PassageOptions, TokenCounter, cut_passages, passage_header
from corpus.readers import read
from corpus.types import Block, BlockKind, Passage, Post, Source, Span
from index.encoder import Encoder


def words(text: str) -> int:
    """A token for every word."""
    return len(text.split())


def pieces(text: str) -> int:
    """Tokens much as a BERT tokenizer makes them: words in bits of four, each mark alone."""
    return sum(-(-len(word) // 4) for word in re.findall(r"\w+|[^\w\s]", text))


def make_post(*blocks: Block, title: str = "") -> Post:
    return Post("post-1", "notes", "post.md", title, blocks)


def heading(text: str, level: int = 2) -> Block:
    return Block("heading", text, level)


def paragraph(text: str) -> Block:
    return Block("paragraph", text)


def item(text: str) -> Block:
    return Block("item", text, 1, "-")


def said(count: int, word: str = "word") -> str:
    """One sentence of ``count`` words."""
    return " ".join([word.capitalize(), *[word] * (count - 2), f"{word}."])


def texts(post: Post, options: PassageOptions, count: TokenCounter = words) -> list[str]:
    return [passage.text for _, passage in cut_passages(post, count, options)]


SMALL = PassageOptions(max_tokens=24, target_tokens=12, min_tokens=4, max_header_tokens=6)


def test_a_post_by_hand() -> None:
    post = make_post(
        paragraph("One two three. Four five six."),
        paragraph("Seven eight."),
        heading("First"),
        paragraph("Take these:"),
        item("Red."),
        item("Green ones. Blue ones."),
        heading("Deeper", 3),
        Block("quote", "Said once."),
        heading("Second"),
        heading("Empty", 3),
        heading("Last", 1),
        Block("code", "a = 1"),
        title="Title",
    )
    options = PassageOptions(max_tokens=24, target_tokens=8, min_tokens=1, max_header_tokens=6)
    assert list(cut_passages(post, words, options)) == [
        (
            "Title",
            Passage(
                id="post-1.0",
                post_id="post-1",
                ordinal=0,
                text="One two three. Four five six.\n\nSeven eight.",
                heading_path=(),
                start=0,
                end=43,
                sentences=(Span(0, 14), Span(15, 29), Span(31, 43)),
            ),
        ),
        (
            "Title\nFirst",
            Passage(
                id="post-1.1",
                post_id="post-1",
                ordinal=1,
                text="Take these:\n\nRed.\nGreen ones. Blue ones.",
                heading_path=("First",),
                start=52,
                end=92,
                sentences=(Span(0, 11), Span(13, 17), Span(18, 29), Span(30, 40)),
            ),
        ),
        (
            "Title\nFirst\nDeeper",
            Passage(
                id="post-1.2",
                post_id="post-1",
                ordinal=2,
                text="Said once.",
                heading_path=("First", "Deeper"),
                start=102,
                end=112,
                sentences=(Span(0, 10),),
            ),
        ),
        (
            "Title\nLast",
            Passage(
                id="post-1.3",
                post_id="post-1",
                ordinal=3,
                text="a = 1",
                heading_path=("Last",),
                start=135,
                end=140,
                sentences=(Span(0, 5),),
            ),
        ),
    ]


@pytest.mark.parametrize("blocks", [(), (heading("Only"),), (paragraph(""), item("  "))])
def test_no_text_no_passages(blocks: tuple[Block, ...]) -> None:
    assert texts(make_post(*blocks), SMALL) == []


def test_a_passage_is_closed_where_the_next_block_would_go_over_the_target() -> None:
    post = make_post(*[paragraph(said(6, word)) for word in ("a", "b", "c", "d")])
    assert texts(post, SMALL) == [
        f"{said(6, 'a')}\n\n{said(6, 'b')}",
        f"{said(6, 'c')}\n\n{said(6, 'd')}",
    ]


def test_blocks_at_a_heading_do_not_join_though_they_are_short() -> None:
    post = make_post(paragraph("One."), heading("H"), paragraph("Two."))
    assert texts(post, SMALL) == ["One.", "Two."]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    post = make_post(paragraph(f"{said(7, 'red')} {said(7, 'tan')} {said(5, 'blue')}"))
    assert texts(post, SMALL) == [said(7, "red"), f"{said(7, 'tan')} {said(5, 'blue')}"]


def test_a_sentence_too_long_is_halved_at_a_space() -> None:
    sentence = "aa bb cc dd ee ff gg hh ii jj kk ll mm nn oo pp."
    (first, second) = texts(make_post(paragraph(sentence)), SMALL)
    assert (first, second) == ("aa bb cc dd ee ff gg hh", "ii jj kk ll mm nn oo pp.")


def test_a_word_too_long_is_cut_anywhere() -> None:
    found = texts(make_post(paragraph("x" * 100)), SMALL, pieces)
    assert "".join(found) == "x" * 100
    assert [len(text) for text in found] == [25, 25, 25, 25]


@pytest.mark.parametrize(
    ("tail", "found"),
    [
        (3, [f"{said(11, 'a')}\n\n{said(3, 'z')}"]),
        (4, [said(11, "a"), said(4, "z")]),
    ],
)
def test_a_short_tail_joins_the_passage_before(tail: int, found: list[str]) -> None:
    post = make_post(paragraph(said(11, "a")), paragraph(said(tail, "z")))
    assert texts(post, SMALL) == found


def test_a_short_tail_stays_where_it_does_not_fit() -> None:
    options = PassageOptions(max_tokens=14, target_tokens=12, min_tokens=4, max_header_tokens=6)
    post = make_post(paragraph(said(11, "a")), paragraph(said(2, "z")))
    assert texts(post, options) == [said(11, "a"), said(2, "z")]


def test_a_short_passage_alone_under_its_heading_stays() -> None:
    post = make_post(paragraph(said(11, "a")), heading("H"), paragraph("Short."))
    assert texts(post, SMALL) == [said(11, "a"), "Short."]


def test_a_row_is_one_sentence_and_a_head_goes_with_its_table() -> None:
    post = make_post(
        paragraph(said(9, "a")),
        Block("row", "Step | Rate", 1),
        Block("row", "Call. Again. | Nine. Of them."),
    )
    found = [passage for _, passage in cut_passages(post, words, SMALL)]
    assert [passage.text for passage in found] == [
        said(9, "a"),
        "Step | Rate\nCall. Again. | Nine. Of them.",
    ]
    assert found[1].sentences == (Span(0, 11), Span(12, 41))


def test_what_leads_in_goes_with_what_follows() -> None:
    post = make_post(
        paragraph(said(7, "a")), paragraph("Do these things:"), item(said(6, "b")), item("Done.")
    )
    assert texts(post, SMALL) == [
        said(7, "a"),
        f"Do these things:\n\n{said(6, 'b')}\nDone.",
    ]


def test_what_leads_in_first_of_all_goes_with_what_follows() -> None:
    post = make_post(paragraph("Do this:"), item(said(11, "b")))
    assert texts(post, SMALL) == [f"Do this:\n\n{said(11, 'b')}"]


def test_what_leads_in_stays_behind_if_both_do_not_fit() -> None:
    options = PassageOptions(max_tokens=15, target_tokens=12, min_tokens=1, max_header_tokens=6)
    post = make_post(paragraph(said(4, "a")), paragraph("Do this:"), item(said(12, "b")))
    assert texts(post, options) == [f"{said(4, 'a')}\n\nDo this:", said(12, "b")]


def test_the_header_takes_its_share_of_the_limit() -> None:
    long = make_post(paragraph(said(11, "a")), paragraph(said(11, "b")), title=said(6, "t"))
    options = PassageOptions(max_tokens=17, target_tokens=17, min_tokens=1, max_header_tokens=6)
    for header, passage in cut_passages(long, words, options):
        assert header == said(6, "t")
        assert words(passage.text) <= 9


HEADERS = [
    (99, ("A title", "Outer part", "Inner part"), "A title\nOuter part\nInner part"),
    (6, ("A title", "Outer part", "Inner part"), "A title\nOuter part\nInner part"),
    (5, ("A title", "Outer part", "Inner part"), "A title\nInner part"),
    (3, ("A title", "Outer part", "Inner part"), "A title"),
    (1, ("A title", "Outer part", "Inner part"), "A"),
    (0, ("A title", "Outer part", "Inner part"), ""),
    (9, ("A title",), "A title"),
    (9, ("", "Inner part"), "\nInner part"),
]


@pytest.mark.parametrize(("limit", "parts", "wanted"), HEADERS)
def test_headers(limit: int, parts: tuple[str, ...], wanted: str) -> None:
    title, *path = parts
    assert passage_header(title, tuple(path), lambda text: words(text) <= limit) == wanted


KINDS: list[BlockKind] = ["heading", "paragraph", "item", "quote", "code"]
PLAIN = st.text("abc .!?:,;\"'()-\n\tÄé日。 😀1", max_size=120)
ODD = st.text(max_size=60)
SENTENCES = st.lists(
    st.sampled_from(
        ["Call them back.", "Who signs?", "Dr. Who says so:", "x" * 70, "One", "«Oui!»"]
    ),
    max_size=12,
).map(" ".join)
BLOCKS = st.builds(
    Block, st.sampled_from(KINDS), st.one_of(PLAIN, ODD, SENTENCES), st.integers(1, 4)
)
POSTS = st.builds(
    lambda title, blocks: make_post(*blocks, title=title), PLAIN, st.lists(BLOCKS, max_size=14)
)
OPTIONS = st.builds(
    PassageOptions,
    max_tokens=st.integers(16, 60),
    target_tokens=st.integers(6, 60),
    min_tokens=st.integers(0, 12),
    max_header_tokens=st.integers(0, 10),
)


def heading_paths(post: Post) -> list[tuple[str, ...]]:
    """For every block the headings above it, outermost first."""
    paths = []
    for position in range(len(post.blocks)):
        path: list[str] = []
        level = 99
        for block in reversed(post.blocks[: position + 1]):
            if block.kind == "heading" and block.level < level:
                path.insert(0, block.text)
                level = block.level
        paths.append(tuple(path))
    return paths


def check(post: Post, options: PassageOptions, count: TokenCounter) -> int:
    """Hold the passages of ``post`` to everything that is promised of them; how many there are."""
    cut = list(cut_passages(post, count, options))
    paths = heading_paths(post)
    covered = [0] * len(post.text)
    end = 0
    for ordinal, (header, passage) in enumerate(cut):
        assert (passage.ordinal, passage.id) == (ordinal, f"{post.id}.{ordinal}")
        assert end <= passage.start < passage.end <= len(post.text)
        end = passage.end
        assert passage.text == post.text[passage.start : passage.end]
        assert passage.text == passage.text.strip()
        within = [
            position
            for position, span in enumerate(post.block_spans)
            if span.start < passage.end and passage.start < span.end
        ]
        assert all(post.blocks[position].kind != "heading" for position in within)
        assert {paths[position] for position in within} == {passage.heading_path}
        assert count(header) <= options.max_header_tokens
        assert count(header) + count(passage.text) + 2 <= options.max_tokens
        assert passage.sentences[0].start == 0
        assert passage.sentences[-1].end == len(passage.text)
        before = 0
        for span in passage.sentences:
            assert before <= span.start < span.end
            before = span.end
            sentence = passage.text[span.start : span.end]
            assert sentence == sentence.strip()
            for at in range(passage.start + span.start, passage.start + span.end):
                covered[at] += 1
    for block, span in zip(post.blocks, post.block_spans, strict=True):
        for at in range(span.start, span.end):
            wanted = 0 if block.kind == "heading" else 1
            assert covered[at] == wanted or post.text[at].isspace()
    return len(cut)


@settings(deadline=None, max_examples=300)
@given(POSTS, OPTIONS, st.sampled_from([words, pieces]))
@example(make_post(paragraph("a  b" * 40)), PassageOptions(16, 6, 0, 0), pieces)
def test_whatever_the_post(post: Post, options: PassageOptions, count: TokenCounter) -> None:
    check(post, options, count)


def test_every_post_of_a_real_archive(shared: Path, encoder: Encoder) -> None:
    source = Source("leadiq", "markdown", str(shared / "data" / "leadiq"))
    posts = [found for found in read(source) if isinstance(found, Post)]
    assert len(posts) == 131
    for options in (PassageOptions(), PassageOptions(target_tokens=32)):
        assert sum(check(post, options, encoder.count_tokens) for post in posts) > 131


MONSTERS = {
    "a sentence without end": "and then she called again " * 400,
    "one word": "pneumono" * 1250,
    "one word of symbols": "-=" * 5000,
    "no spaces in Chinese": "電話をかけるのが怖い" * 300,
    "emoji": "🙂👍🏽" * 400,
    "accents": "é̀̂" * 900,
    "numbers": "3.14159265358979 " * 200,
    "lines": "first line\nsecond line\n" * 150,
}


@pytest.mark.parametrize("text", MONSTERS.values(), ids=MONSTERS)
@pytest.mark.parametrize("title", ["Short", "A very long title indeed " * 80, "x" * 3000])
def test_no_passage_is_over_the_limit_of_the_real_tokenizer(
    encoder: Encoder, text: str, title: str
) -> None:
    post = make_post(
        paragraph(text),
        heading("A heading that goes on and on " * 40, 1),
        paragraph("Before the list:"),
        item(text),
        heading("Deep", 2),
        Block("quote", text),
        title=title,
    )
    options = PassageOptions()
    count = encoder.count_tokens
    cut = list(cut_passages(post, count, options))
    assert len({passage.heading_path for _, passage in cut}) == 3
    for header, passage in cut:
        assert count(header) <= options.max_header_tokens
        assert count(f"{header}\n{passage.text}") + 2 <= options.max_tokens
    kept = "".join(passage.text for _, passage in cut)
    assert "".join(kept.split()) == "".join((text + "Before the list:" + text + text).split())
