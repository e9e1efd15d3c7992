"""Texts in and out of a generation, and which passages pass a filter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus.types import Block, Passage, Post, Span
from index.errors import IndexDamaged
from index.store import Store, StoredPassage, StoreWriter
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


SOURCES = {"bees": ("notes", "feed"), "clocks": ("notes",), "drawers": ("feed",), "echo": ()}


def stored(passage: Passage) -> StoredPassage:
    return StoredPassage.of(passage, f"header of {passage.id}", f"print of {passage.id}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a folder #1?" / "passages.sqlite"
    path.parent.mkdir()
    return path


@pytest.fixture
def store(path: Path) -> Store:
    with StoreWriter(path) as writer:
        for post in (BEES, CLOCKS, DRAWERS, ECHO):
            writer.add(
                post,
                [stored(each) for each in PASSAGES if each.post_id == post.id],
                sources=SOURCES[post.id],
                copy_of="bees" if post == CLOCKS else None,
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


def test_more_posts_than_are_written_at_once(path: Path) -> None:
    posts = [replace(DRAWERS, id=f"post-{number:03}", tags=("a", "b")) for number in range(401)]
    with StoreWriter(path) as writer:
        for post in posts:
            writer.add(post, [stored(PASSAGES[3])] * 2, sources=["notes"])
    store = Store(path)
    assert [post.id for _, post in store.passages(range(802))] == [
        post.id for post in posts for _ in range(2)
    ]
    assert store.matching(Filters(tag="b", source="notes")).tolist() == [*range(401)]
    assert store.tags() == [("a", 401), ("b", 401)]


def test_a_post_comes_with_its_blocks_and_passages(store: Store) -> None:
    assert store.post("bees") == (record(BEES), BEES.blocks, [PASSAGES[0], PASSAGES[1]])
    assert store.post("echo") == (record(ECHO), (), [])


@pytest.mark.parametrize("id", ["", "bee", "BEES", "bees ", "bees' OR '1'='1", "%"])
def test_a_post_of_another_id_is_unknown(store: Store, id: str) -> None:
    assert store.post(id) is None


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        (Filters(), [0, 1, 2, 3]),
        (Filters(author="Inés Solano"), [0, 1]),
        (Filters(author="INÉS SOLANO"), [0, 1]),
        (Filters(author="Ines Solano"), []),
        (Filters(author="Inés"), []),
        (Filters(author="Inés Solan_"), []),
        (Filters(author="MAREK"), [3]),
        (Filters(tag="nature"), [0, 1]),
        (Filters(tag="ÉLAN"), [0]),
        (Filters(tag="TIME"), [1]),
        (Filters(tag="tim"), []),
        (Filters(source="feed"), [0, 2]),
        (Filters(source="notes"), [0, 1]),
        (Filters(source="Notes"), []),
        (Filters(after=date(2020, 2, 29)), [0, 1]),
        (Filters(after=date(2020, 3, 1)), [1]),
        (Filters(after=date(2021, 1, 1)), [1]),
        (Filters(after=date(2021, 1, 2)), []),
        (Filters(before=date(2020, 2, 29)), [0, 3]),
        (Filters(before=date(2020, 2, 28)), [3]),
        (Filters(before=date(2019, 12, 30)), []),
        (Filters(before=date(9999, 12, 31)), [0, 1, 3]),
        (Filters(after=date(1, 1, 1)), [0, 1, 3]),
        (Filters(after=date(2020, 2, 29), before=date(2020, 2, 29)), [0]),
        (Filters("inés solano", "nature", date(2020, 12, 31), date(2021, 1, 1)), [1]),
        (Filters("inés solano", "time", before=date(2020, 12, 31)), []),
        (Filters("inés solano", source="feed"), [0]),
    ],
)
def test_which_posts_pass(store: Store, filters: Filters, rows: list[int]) -> None:
    found = store.matching(filters)
    assert found.tolist() == rows
    assert found.dtype == "int64"


def test_authors_and_tags_by_their_number_of_posts(store: Store) -> None:
    assert store.authors() == [("Inés Solano", 2), ("Marek", 1)]
    assert store.tags() == [("NATURE", 2), ("time", 1), ("élan", 1)]


def test_titles_are_newest_first_and_undated_ones_last(store: Store) -> None:
    assert store.titles() == ["Clocks", "Bées", "Echo", "Drawers"]
    assert store.places() == ["insects/bees.md", "clocks.md", "drawers.md", "echo.md"]


def test_the_first_and_the_last_date(store: Store, tmp_path: Path) -> None:
    assert store.dates() == (date(2019, 12, 31), date(2021, 1, 1))
    with StoreWriter(tmp_path / "undated") as writer:
        writer.add(DRAWERS, [])
    assert Store(tmp_path / "undated").dates() == (None, None)


def test_fingerprints_by_ordinal(store: Store) -> None:
    assert store.fingerprints() == [f"print of {passage.id}" for passage in PASSAGES]


def test_posts_as_they_were_cut(store: Store) -> None:
    cut = list(store.cut_posts())
    assert [(id, content_hash) for id, content_hash, _ in cut] == [
        (post.id, post.content_hash) for post in (BEES, CLOCKS, DRAWERS, ECHO)
    ]
    assert [each for _, _, passages in cut for each in passages] == list(map(stored, PASSAGES))
    assert [len(passages) for _, _, passages in cut] == [2, 1, 1, 0]


def test_a_passage_as_it_is_stored() -> None:
    assert stored(PASSAGES[0]) == StoredPassage(
        number=0,
        start=0,
        end=20,
        heading_path="[]",
        sentences="[[0, 11], [12, 20]]",
        sentence_count=2,
        header="header of bees.0",
        fingerprint="print of bees.0",
    )


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
        with StoreWriter(tmp_path / name) as writer:
            writer.add(BEES, [stored(PASSAGES[0])], sources=["notes"])
            writer.add(CLOCKS, [])
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
    for size_bytes in (0, 5000, 20_000):
        with (
            file_size_limit(size_bytes),
            pytest.raises(OSError, match=r"disk"),
            StoreWriter(tmp_path / f"{size_bytes}") as writer,
        ):
            writer.add(BEES, [stored(PASSAGES[0])])


def test_what_was_not_finished_raises_the_first_error(tmp_path: Path) -> None:
    def stop() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"), StoreWriter(tmp_path / "s"):
        stop()
