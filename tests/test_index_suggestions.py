"""What a question may go on as."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from corpus.types import Block, Passage, Post, Span
from index.errors import IndexDamaged
from index.store import Store, StoredPassage, StoreWriter
from index.suggestions import Suggestions, write_suggestions

POSTS = [
    ("Cold calls in the morning", "Warm calls", ("cold calling", "café")),
    ("Why nobody answers cold e-mail", "The “morning” paper", ("cold calling",)),
    ("COLD CALLING", "x" * 121, ()),
    ("Hi", "Calling back", ()),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with StoreWriter(tmp_path / "passages.sqlite") as writer:
        for number, (title, heading, tags) in enumerate(POSTS):
            id = f"p{number}"
            blocks = (Block("paragraph", "Text."),)
            published = date(2020, 1, 9 - number)
            post = Post(id, "s", f"{id}.md", title, blocks, published=published, tags=tags)
            passage = Passage(f"{id}.0", id, 0, "Text.", (heading,), 0, 5, (Span(0, 5),))
            writer.add(post, [StoredPassage.of(passage, "", "")])
    store = Store(tmp_path / "passages.sqlite")
    write_suggestions(tmp_path / "suggestions.sqlite", store)
    store.close()
    return tmp_path / "suggestions.sqlite"


@pytest.fixture
def suggestions(path: Path) -> Iterator[Suggestions]:
    opened = Suggestions(path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        # tags, titles, headings; the title that only shouts a tag is not said twice
        (
            "cold",
            [
                ("cold calling", "tag"),
                ("Cold calls in the morning", "title"),
                ("Why nobody answers cold e-mail", "title"),
            ],
        ),
        # what begins so comes before what has it later
        (
            "cal",
            [
                ("Calling back", "heading"),
                ("cold calling", "tag"),
                ("Cold calls in the morning", "title"),
                ("Warm calls", "heading"),
            ],
        ),
        ("mail cold", [("Why nobody answers cold e-mail", "title")]),
        ("e-ma", [("Why nobody answers cold e-mail", "title")]),
        ("MORN c", [("Cold calls in the morning", "title")]),
        ("cafe", [("café", "tag")]),
        ("Café", [("café", "tag")]),
        ("calling OR warm", []),
        ("hi", []),
        ("xxx", []),
        ("", []),
        (' "*( ', []),
    ],
)
def test_every_word_typed_begins_a_word(
    suggestions: Suggestions, typed: str, found: list[tuple[str, str]]
) -> None:
    assert [(each.text, each.kind) for each in suggestions.suggest(typed, 9)] == found


def test_only_as_many_as_asked_for(suggestions: Suggestions) -> None:
    assert [each.text for each in suggestions.suggest("cold", 1)] == ["cold calling"]


def test_equal_posts_make_equal_files(path: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "passages.sqlite")
    write_suggestions(tmp_path / "again.sqlite", store)
    store.close()
    assert path.read_bytes() == (tmp_path / "again.sqlite").read_bytes()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "suggestions.sqlite"
    path.write_bytes(b"no database at all, but long enough to be taken for the head of one" * 9)
    opened = Suggestions(path)
    with pytest.raises(IndexDamaged, match=r"suggestions\.sqlite cannot be read"):
        opened.suggest("cold", 3)
    opened.close()
