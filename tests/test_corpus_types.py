"""A post's text, where its blocks stand in it, and what makes two posts equal."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.types import Block, Mark, Post, Span, pack_blocks, unpack_blocks

POST = Post(
    id="bees-00000000",
    source="notes",
    place="bees.md",
    title="Bees",
    blocks=(
        Block("paragraph", "Bees dance."),
        Block("item", "Left", 1, "-"),
        Block("item", "Right", 2, "1."),
        Block("heading", "Winter", 2),
        Block("item", "Sleep", 1, "-"),
        Block("paragraph", ""),
        Block("quote", "Said."),
    ),
    url="https://example.org/bees",
    author="Ana",
    published=date(2020, 2, 29),
    updated=date(2021, 1, 1),
    tags=("nature", "flight"),
)


def test_items_stand_on_lines_and_other_blocks_apart() -> None:
    assert POST.text == "Bees dance.\n\nLeft\nRight\n\nWinter\n\nSleep\n\n\n\nSaid."


def test_rows_stand_on_lines_of_their_own() -> None:
    blocks = (Block("row", "a | b", 1), Block("row", "c | d"), Block("item", "e", 1, "-"))
    assert replace(POST, blocks=blocks).text == "a | b\nc | d\n\ne"


def test_spans_point_at_the_blocks() -> None:
    assert POST.block_spans == (
        Span(0, 11),
        Span(13, 17),
        Span(18, 23),
        Span(25, 31),
        Span(33, 38),
        Span(40, 40),
        Span(42, 47),
    )


def test_a_post_without_blocks_has_no_text() -> None:
    empty = replace(POST, blocks=())
    assert (empty.text, empty.block_spans) == ("", ())


BLOCKS = st.lists(
    st.builds(
        Block,
        st.sampled_from(["heading", "paragraph", "item", "quote", "code", "row"]),
        st.text(),
        st.integers(0, 6),
        st.sampled_from(["", "-", "10."]),
        st.lists(
            st.builds(Mark, st.integers(0), st.integers(0), st.sampled_from(["strong", "em"]))
        ).map(tuple),
    )
).map(tuple)


@given(BLOCKS)
def test_every_span_holds_its_block(blocks: tuple[Block, ...]) -> None:
    post = replace(POST, blocks=blocks)
    assert [post.text[start:end] for start, end in post.block_spans] == [
        block.text for block in blocks
    ]


@given(BLOCKS)
def test_blocks_survive_json(blocks: tuple[Block, ...]) -> None:
    assert unpack_blocks(json.loads(json.dumps(pack_blocks(blocks)))) == blocks


def test_the_hash_is_the_same_on_every_machine() -> None:
    # Whatever changes this makes every post of every archive count as changed.
    stressed = Block("item", "Left", 1, "-", (Mark(0, 4, "em"),))
    post = Post("id", "notes", "a.md", "Café", (stressed,), tags=("a", "b"))
    block = '["item", "Left", 1, "-", [[0, 4, "em"]]]'
    content = rf'["Caf\u00e9", null, null, null, null, ["a", "b"], [{block}]]'
    assert post.content_hash == hashlib.sha256(content.encode()).hexdigest()


@pytest.mark.parametrize(
    "changed",
    [
        replace(POST, title="Bees!"),
        replace(POST, url=None),
        replace(POST, author=None),
        replace(POST, published=None),
        replace(POST, updated=date(2021, 1, 2)),
        replace(POST, published=POST.updated, updated=POST.published),
        replace(POST, tags=("flight", "nature")),
        replace(POST, tags=("nature,flight",)),
        replace(POST, blocks=POST.blocks[:-1]),
        replace(POST, blocks=(replace(POST.blocks[0], kind="quote"), *POST.blocks[1:])),
        replace(POST, blocks=(*POST.blocks[:3], Block("heading", "Winter", 3), *POST.blocks[4:])),
        replace(POST, blocks=(POST.blocks[0], Block("item", "Left", 1, "*"), *POST.blocks[2:])),
        replace(
            POST,
            blocks=(replace(POST.blocks[0], marks=(Mark(0, 4, "em"),)), *POST.blocks[1:]),
        ),
    ],
)
def test_what_a_reader_could_notice_is_in_the_hash(changed: Post) -> None:
    assert changed.content_hash != POST.content_hash


@pytest.mark.parametrize(
    "same",
    [
        replace(POST),
        replace(POST, id="other-00000000"),
        replace(POST, source="other", place="elsewhere.md"),
    ],
)
def test_where_a_post_was_found_is_not_in_the_hash(same: Post) -> None:
    assert same.content_hash == POST.content_hash
