"""Posts listed and counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from corpus.types import Block, Passage, Post, Span
from index.listing import Listing, PostReading
from index.store import Store, StoredPassage, StoreWriter
from index.types import PostLine


def post(id: str, published: date | None, *sources: str) -> tuple[Post, tuple[str, ...]]:
    blocks = (Block("paragraph", f"{id} one."), Block("heading", "More", 2), Block("item", "Two."))
    made = Post(id, sources[0], f"{id}.md", id.title(), blocks, published=published, tags=("a",))
    return made, sources


POSTS = [
    post("ants", date(2020, 5, 1), "blog"),
    post("bees", date(2021, 1, 1), "blog", "feed"),
    post("cats", date(2020, 5, 1), "feed", "blog"),
    post("dogs", date(2020, 7, 1), "feed"),
    post("eels", None, "blog"),
]


@pytest.fixture
def listing(tmp_path: Path) -> Iterator[Listing]:
    with StoreWriter(tmp_path / "passages.sqlite") as writer:
        for made, sources in POSTS:
            end = len(made.blocks[0].text)
            text = made.text
            spans = [((), 0, end), (("More",), text.index("Two."), len(text))]
            passages = [
                Passage(f"{made.id}.{n}", made.id, n, text[a:b], path, a, b, (Span(0, b - a),))
                for n, (path, a, b) in enumerate(spans)
            ]
            stored = [StoredPassage.of(each, "", "") for each in passages]
            writer.add(made, [] if made.id == "eels" else stored, sources=sources)
    store = Store(tmp_path / "passages.sqlite")
    yield Listing(store)
    store.close()


def line(id: str, published: date | None) -> PostLine:
    return PostLine(id, id.title(), None, None, published)


def test_sources_are_counted_most_posts_first(listing: Listing) -> None:
    assert listing.sources() == [("blog", 4), ("feed", 3)]


def test_years_are_counted_and_undated_posts_left_out(listing: Listing) -> None:
    assert listing.years() == [(2020, 3), (2021, 1)]


def test_ids_stand_in_the_order_of_rows(listing: Listing) -> None:
    assert listing.ids() == ["ants", "bees", "cats", "dogs", "eels"]
    assert listing.rows(["dogs", "wolves", "ants"]) == {"ants": 0, "dogs": 3}


def test_titles_come_newest_first(listing: Listing) -> None:
    assert [row for row, _ in listing.titles()] == [1, 3, 0, 2, 4]
    assert listing.titles()[0] == (1, "Bees")
    assert listing.titles("b%", "%nothing") == [(1, "Bees")]


def test_posts_are_listed_by_row(listing: Listing) -> None:
    assert listing.lines([4, 0]) == {0: line("ants", date(2020, 5, 1)), 4: line("eels", None)}
    assert list(listing.lines()) == [0, 1, 2, 3, 4]
    assert listing.lines([]) == {}


@pytest.mark.parametrize(
    ("id", "before", "after"),
    [
        ("ants", None, line("cats", date(2020, 5, 1))),  # the same day: by id
        ("cats", line("ants", date(2020, 5, 1)), line("dogs", date(2020, 7, 1))),
        ("bees", line("dogs", date(2020, 7, 1)), None),
        ("dogs", line("cats", date(2020, 5, 1)), line("bees", date(2021, 1, 1))),
        ("eels", None, None),
        ("wolves", None, None),
    ],
)
def test_the_posts_before_and_after_are_of_the_same_source(
    listing: Listing, id: str, before: PostLine | None, after: PostLine | None
) -> None:
    assert listing.neighbours(id) == (before, after)


def test_posts_are_read_with_headings_and_texts_of_passages(listing: Listing) -> None:
    ants = PostReading(0, "Ants", ("a",), ((), ("More",)), ("ants one.", "Two."))
    assert list(listing.readings([4, 0])) == [ants, PostReading(4, "Eels", ("a",), (), ())]


def test_headings_come_each_once(listing: Listing) -> None:
    assert listing.headings() == ["More"]
