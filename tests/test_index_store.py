"""Texts in and out of a generation, and which passages pass a filter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from corpus.types import Block, Passage, Post, Span
from index.errors import IndexDamaged
from index.store import Store, write_store
from index.types import Filters, PostRecord
from tests.faults.limits import file_size_limit

BEES = Post(
    id="bees",
    source="notes",
    place="insects/bees.md",
    title="Bées",
    blocks=(
        Block("paragraph", "Bees dance. They do."),
        Block("heading", "Winter", 2),
        Block("item", "Sleep.", 1, "1."),
    ),
    url="https://example.org/bees",
    author="Inés Solano",
    published=date(2020, 2, 29),
    tags=("Nature", "élan"),
)
CLOCKS = Post(
    id="clocks",
    source="notes",
    place="clocks.md",
    title="Clocks",
    blocks=(Block("paragraph", "Wind it."),),
    author="inés solano",
    published=date(2021, 1, 1),
    tags=("nature", "NATURE", "time"),
)
DRAWERS = Post(
    id="drawers",
    source="notes",
    place="drawers.md",
    title="Drawers",
    blocks=(Block("paragraph", "Open it."),),
)
ECHO = Post(
    id="echo",
    source="notes",
    place="echo.md",
    title="Echo",
    blocks=(),
    author="Marek",
    published=date(2019, 12, 31),
)
PASSAGES = (
    Passage("bees.0", "bees", 0, "Bees dance. They do.", (), 0, 20, (Span(0, 11), Span(12, 20))),
    Passage("bees.1", "bees", 1, "Sleep.", ("Winter",), 30, 36, (Span(0, 6),)),
    Passage("clocks.0", "clocks", 0, "Wind it.", (), 0, 8, (Span(0, 8),)),
    Passage("drawers.0", "drawers", 0, "Open it.", (), 0, 8, (Span(0, 8),)),
)


def record(post: Post) -> PostRecord:
    return PostRecord(
        post.id,
        post.place,
        post.title,
        post.url,
        post.author,
        post.published,
        post.tags,
        post.text,
        copy_of="bees" if post is CLOCKS else None,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a folder #1?" / "passages.sqlite"
    path.parent.mkdir()
    return path


@pytest.fixture
def store(path: Path) -> Store:
    write_store(
        path,
        [
            (post, [(each, f"print of {each.id}") for each in PASSAGES if each.post_id == post.id])
            for post in (BEES, CLOCKS, DRAWERS, ECHO)
        ],
        {"clocks": "bees"},
    )
    return Store(path)


def test_passages_come_with_their_posts_in_the_order_asked_for(store: Store) -> None:
    assert store.passages([2, 0, 1]) == [
        (PASSAGES[2], record(CLOCKS)),
        (PASSAGES[0], record(BEES)),
        (PASSAGES[1], record(BEES)),
    ]
    assert store.passages(iter([3])) == [(PASSAGES[3], record(DRAWERS))]
    assert store.passages([]) == []


def test_a_post_comes_with_its_blocks_and_passages(store: Store) -> None:
    assert store.post("bees") == (record(BEES), BEES.blocks, [PASSAGES[0], PASSAGES[1]])
    assert store.post("echo") == (record(ECHO), (), [])


@pytest.mark.parametrize("id", ["", "bee", "BEES", "bees ", "bees' OR '1'='1", "%"])
def test_a_post_of_another_id_is_unknown(store: Store, id: str) -> None:
    assert store.post(id) is None


@pytest.mark.parametrize(
    ("filters", "ordinals"),
    [
        (Filters(), [0, 1, 2, 3]),
        (Filters(author="Inés Solano"), [0, 1, 2]),
        (Filters(author="INÉS SOLANO"), [0, 1, 2]),
        (Filters(author="Ines Solano"), []),
        (Filters(author="Inés"), []),
        (Filters(author="Inés Solan_"), []),
        (Filters(author="MAREK"), []),  # whose post has no text
        (Filters(tag="nature"), [0, 1, 2]),
        (Filters(tag="ÉLAN"), [0, 1]),
        (Filters(tag="TIME"), [2]),
        (Filters(tag="tim"), []),
        (Filters(after=date(2020, 2, 29)), [0, 1, 2]),
        (Filters(after=date(2020, 3, 1)), [2]),
        (Filters(after=date(2021, 1, 1)), [2]),
        (Filters(after=date(2021, 1, 2)), []),
        (Filters(before=date(2020, 2, 29)), [0, 1]),
        (Filters(before=date(2020, 2, 28)), []),
        (Filters(before=date(9999, 12, 31)), [0, 1, 2]),
        (Filters(after=date(1, 1, 1)), [0, 1, 2]),
        (Filters(after=date(2020, 2, 29), before=date(2020, 2, 29)), [0, 1]),
        (Filters("inés solano", "nature", date(2020, 12, 31), date(2021, 1, 1)), [2]),
        (Filters("inés solano", "time", before=date(2020, 12, 31)), []),
    ],
)
def test_which_passages_pass(store: Store, filters: Filters, ordinals: list[int]) -> None:
    found = store.matching(filters)
    assert found.tolist() == ordinals
    assert found.dtype == "int64"


def test_authors_and_tags_by_their_number_of_posts(store: Store) -> None:
    assert store.authors() == [("Inés Solano", 2), ("Marek", 1)]
    assert store.tags() == [("NATURE", 2), ("time", 1), ("élan", 1)]


def test_titles_are_newest_first_and_undated_ones_last(store: Store) -> None:
    assert store.titles() == ["Clocks", "Bées", "Echo", "Drawers"]


def test_the_first_and_the_last_date(store: Store, tmp_path: Path) -> None:
    assert store.dates() == (date(2019, 12, 31), date(2021, 1, 1))
    write_store(tmp_path / "undated", [(DRAWERS, [])], {})
    assert Store(tmp_path / "undated").dates() == (None, None)


def test_fingerprints_by_ordinal(store: Store) -> None:
    assert store.fingerprints() == [f"print of {passage.id}" for passage in PASSAGES]


def test_many_threads_may_read(store: Store) -> None:
    wanted = (store.passages([3, 0]), store.post("bees"), store.titles())

    def read(_: int) -> tuple[object, ...]:
        return store.passages([3, 0]), store.post("bees"), store.titles()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(read, range(120))) == [wanted] * 120


def test_the_file_is_only_read(path: Path, store: Store) -> None:
    before = path.read_bytes()
    store.passages([0])
    assert list(path.parent.iterdir()) == [path]
    store.close()
    assert path.read_bytes() == before


def test_equal_input_makes_equal_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_store(tmp_path / name, [(BEES, [(PASSAGES[0], "x")]), (CLOCKS, [])], {})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged) as caught:
        Store(tmp_path / "gone").titles()
    assert caught.value.message == (
        f"{tmp_path / 'gone'} cannot be read: unable to open database file."
    )
    assert caught.value.hint == "Build it again: blogqa build"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "no such table: posts"), (b"not a database " * 500, "file is not a database")],
)
def test_a_file_of_something_else_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "s"
    path.write_bytes(content)
    with pytest.raises(IndexDamaged) as caught:
        Store(path).titles()
    assert caught.value.message == f"{path} cannot be read: {reason}."


def test_a_damaged_file_is_named(path: Path, store: Store) -> None:
    store.close()
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)
    damaged = Store(path)
    for read in (damaged.titles, damaged.fingerprints, lambda: damaged.passages([0])):
        with pytest.raises(IndexDamaged, match=r"passages\.sqlite cannot be read: "):
            read()


def test_a_disk_that_refuses(tmp_path: Path) -> None:
    with file_size_limit(5000), pytest.raises(OSError, match=r"disk"):
        write_store(tmp_path / "s", [(BEES, [(PASSAGES[0], "x")])], {})
