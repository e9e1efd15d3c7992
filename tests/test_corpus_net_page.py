"""What is remembered of an address on a website."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from corpus.markup.article import Article
from corpus.net.page import Named, Page, packed, unpacked
from corpus.types import Block, Mark

POST = Article(
    title="One — “two”",
    blocks=(
        Block("heading", "Why", 2),
        Block("item", "Because", 1, "3.", (Mark(0, 7, "strong"), Mark(2, 4, "em"))),
    ),
    author="Marit Oyelaran",
    published=date(2024, 3, 4),
    updated=date(2024, 3, 5),
    tags=("price", "demos"),
    url="https://blog.example/one/",
    looks_like_post=True,
)
PAGE = Page(
    key="https://blog.example/one",
    url="https://blog.example/one/",
    named="sitemap",
    found=1,
    waiting=0,
    asked=1,
    outcome="read",
    reason="",
    etag=None,
    last_modified=None,
    read_by="rules",
    post=None,
    left_out="",
    same_as=None,
    links="[]",
    feeds="[]",
)

texts = st.text(st.characters(exclude_categories=["Cs"]))
days = st.none() | st.dates()


def test_an_article_comes_back_as_it_was() -> None:
    assert unpacked(packed(POST)) == POST
    bare = Article("", ())
    assert unpacked(packed(bare)) == bare


@given(
    st.builds(
        Article,
        title=texts,
        blocks=st.lists(st.builds(Block, st.just("paragraph"), texts)).map(tuple),
        author=st.none() | texts,
        published=days,
        updated=days,
        tags=st.lists(texts).map(tuple),
        url=st.none() | texts,
        looks_like_post=st.booleans(),
    )
)
def test_any_article_comes_back_as_it_was(article: Article) -> None:
    assert unpacked(packed(article)) == article


def test_only_what_makes_a_post_is_packed() -> None:
    links = replace(POST, links=("https://blog.example/two/",), feeds=("https://blog.example/f",))
    assert packed(links) == packed(POST)
    assert sorted(json.loads(packed(POST))) == sorted(
        [
            *("title", "blocks", "author", "published", "updated", "tags", "url"),
            "looks_like_post",
        ]
    )


def test_a_page_gives_what_was_found_on_it() -> None:
    assert (PAGE.article, PAGE.linked, PAGE.fed_by) == (None, [], [])
    full = replace(PAGE, post=packed(POST), links='["https://a.example/é"]', feeds='["x", "y"]')
    assert (full.article, full.linked, full.fed_by) == (POST, ["https://a.example/é"], ["x", "y"])


def test_the_feed_is_the_best_word_for_an_address() -> None:
    # corpus.net.pages takes the last of these that an address has been given.
    assert get_args(Named) == ("", "sitemap", "pages", "feed")
