"""A generation while it is written: every part of it, and what is no vector is refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from corpus.types import Block, Post
from index.draft import Draft
from index.errors import IndexDamaged
from index.graph import GraphRecord
from index.inverted import ListsRecord
from index.pooling import Vector
from index.recall import NearestOptions
from index.sentences import Records, Sentences
from index.store import Store, StoredPassage
from index.terms import Terms
from index.types import Filters
from index.vectors import Vectors
from tests.drafts import PLAIN, MadePost, add_posts, blocks_of, fingerprint
from tests.faults.limits import file_size_limit

EAST, NORTH, WEST = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)
POSTS = (
    MadePost(
        "bees",
        [EAST, NORTH],
        [[EAST, WEST], [NORTH]],
        sources=("notes", "feed"),
        author="Ana",
        tags=("nature",),
        published=date(2020, 2, 29),
    ),
    MadePost("clocks", [WEST], [[WEST, EAST, NORTH]], copy_of="tea"),
    MadePost("film", []),
    MadePost("tea", [NORTH], sources=("feed",), author="Bo"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "draft"
    folder.mkdir()
    return folder


def drafted(folder: Path, posts: tuple[MadePost, ...] = POSTS) -> Draft:
    """A draft that holds the texts of ``posts``."""
    draft = Draft(folder)
    with draft:
        add_posts(draft, posts)
    return draft


def indexing_threads() -> int:
    """How many threads tantivy writes terms by, once those begun have their name."""
    time.sleep(0.2)
    names = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # it has ended
            names.append((task / "comm").read_text())
    return sum(name.startswith("thrd-tantivy-in") for name in names)


def test_posts_passages_and_sentences_are_counted(folder: Path) -> None:
    draft = drafted(folder)
    assert (draft.posts, len(draft.fingerprints), draft.sentences) == (4, 4, 7)
    assert draft.fingerprints == [
        fingerprint("bees", 0),
        fingerprint("bees", 1),
        fingerprint("clocks", 0),
        fingerprint("tea", 0),
    ]


def test_the_texts_are_in_once_the_context_is_left(folder: Path) -> None:
    drafted(folder)
    assert {path.name for path in folder.iterdir()} == {"terms", "passages.sqlite"}
    store, terms = Store(folder / "passages.sqlite"), Terms(folder / "terms")
    passages = store.passages(range(4))
    assert [passage.id for passage, _ in passages] == ["bees.0", "bees.1", "clocks.0", "tea.0"]
    assert passages[2][1].copy_of == "tea"
    assert store.post("film") is not None
    assert len(terms) == 4
    assert terms.search("bees", 9).keys() == {0, 1}
    for filters, posts, ordinals in [
        (Filters(source="feed"), [0, 3], {0, 1, 3}),
        (Filters(source="notes"), [0, 1, 2], {0, 1, 2}),
        (Filters(author="ANA"), [0], {0, 1}),
        (Filters(tag="Nature"), [0], {0, 1}),
        (Filters(after=date(2020, 2, 29)), [0], {0, 1}),
        (Filters(after=date(2020, 3, 1)), [], set()),
    ]:
        assert store.matching(filters).tolist() == posts
        assert terms.search("bees clocks tea", 9, filters).keys() == ordinals
    store.close()


def test_the_layout_tells_post_original_first_sentence_and_author(folder: Path) -> None:
    drafted(folder).write_layout()
    layout = np.load(folder / "layout.npy")
    assert layout.tolist() == [
        [0, 0, 0, 0],
        [0, 0, 2, 0],
        [1, 3, 3, -1],
        [3, 3, 6, 1],
        [4, 4, 7, 2],
    ]
    assert layout.dtype == np.int64


@pytest.mark.parametrize("size", [1, 2, 3, 4, 9])
def test_vectors_and_sentences_are_as_given_in_blocks_of_any_size(folder: Path, size: int) -> None:
    draft = drafted(folder)
    assert draft.write_vectors(blocks_of(POSTS, size), 2, PLAIN) == (None, None)
    assert Vectors(folder / "vectors.faiss").rows(np.arange(4)).tolist() == [
        [1, 0],
        [0, 1],
        [-1, 0],
        [0, 1],
    ]
    sentences = Sentences(folder / "sentences.npy")
    assert sentences.vectors(slice(0, 7)).tolist() == [
        [1, 0],
        [-1, 0],
        [0, 1],
        [-1, 0],
        [1, 0],
        [0, 1],
        [0, 1],
    ]


def test_the_sentences_are_a_numpy_file_like_any_other(folder: Path, tmp_path: Path) -> None:
    drafted(folder).write_vectors(blocks_of(POSTS), 2, PLAIN)
    given = [each for _, records in blocks_of(POSTS) for each in records]
    assert np.load(folder / "sentences.npy").tobytes() == np.concatenate(given).tobytes()


def with_vector(vector: tuple[float, ...], place: int) -> Iterator[tuple[Vector, list[Records]]]:
    """The blocks of POSTS, one by one, the vector at ``place`` another."""
    for row, (vectors, records) in enumerate(blocks_of(POSTS, 1)):
        yield np.array([vector], np.float32) if row == place else vectors, records


@pytest.mark.parametrize(
    ("vector", "length"),
    [
        ((0.5, 0), "0.5000"),
        ((0, 0), "0.0000"),
        ((0.6, 0.802), "1.0016"),
        ((1.5, 0), "1.5000"),
        ((float("nan"), 1), "nan"),
        ((float("inf"), 0), "inf"),
    ],
)
@pytest.mark.parametrize(("place", "post"), [(0, "bees"), (1, "bees"), (2, "clocks"), (3, "tea")])
def test_a_vector_that_is_not_of_length_1_names_its_post(
    folder: Path, vector: tuple[float, float], length: str, place: int, post: str
) -> None:
    draft = drafted(folder)
    with pytest.raises(IndexDamaged) as caught:
        draft.write_vectors(with_vector(vector, place), 2, PLAIN)
    assert caught.value.message == (
        f"The encoder gave a vector of length {length}, not 1, for a passage of {post}."
    )
    assert caught.value.hint == "The index in use is untouched. Run: blogqa build"


def test_half_precision_is_length_enough(folder: Path) -> None:
    draft = drafted(folder)
    assert draft.write_vectors(with_vector((0.6, 0.801), 2), 2, PLAIN) == (None, None)


MANY = tuple(
    MadePost(f"post-{number:02}", [(float(np.cos(number)), float(np.sin(number)))])
    for number in range(20)
)


@pytest.mark.parametrize(("exact_limit", "has_lists"), [(20, False), (19, True), (10, True)])
def test_lists_are_made_beyond_a_limit(folder: Path, exact_limit: int, has_lists: bool) -> None:
    options = NearestOptions(exact_limit=exact_limit, least_recall=0.1)
    record, graph = drafted(folder, MANY).write_vectors(blocks_of(MANY), 2, options)
    assert (folder / "lists.faiss").exists() == has_lists
    assert graph is None
    if not has_lists:
        assert record is None
        return
    assert isinstance(record, ListsRecord)
    assert (record.lists, record.probes) == (8, 4)
    assert 0.1 <= record.recall <= 1


def test_where_lists_would_not_find_enough_there_are_none(folder: Path) -> None:
    options = NearestOptions(exact_limit=10, least_recall=1.1)
    assert drafted(folder, MANY).write_vectors(blocks_of(MANY), 2, options) == (None, None)
    assert not (folder / "lists.faiss").exists()


def test_a_text_for_each_passage(folder: Path) -> None:
    post = Post("bees", "notes", "bees.md", "Bees", (Block("paragraph", "Bees dance."),))
    passage = StoredPassage(0, 0, 11, "[]", "[[0, 11]]", 1, "", fingerprint("bees", 0))
    with pytest.raises(ValueError, match="is shorter than argument 1"), Draft(folder) as draft:
        draft.add(post, [passage], [], sources=[], copy_of=None)


def test_a_draft_given_up_leaves_nobody_at_work(folder: Path) -> None:
    draft = Draft(folder)

    def stop() -> None:
        with draft:
            add_posts(draft, POSTS)
            assert indexing_threads() == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert indexing_threads() == 0
    assert draft.posts == 4  # it is still there: nobody at work is not for want of a draft


def test_a_draft_that_cannot_be_begun_leaves_nobody_at_work(folder: Path) -> None:
    (folder / "passages.sqlite").mkdir()
    with pytest.raises(OSError, match="unable to open database file") as caught:
        Draft(folder)
    assert indexing_threads() == 0
    del caught


@pytest.mark.parametrize("size_bytes", [0, 100, 150])
def test_a_disk_that_refuses_vectors(folder: Path, size_bytes: int) -> None:
    draft = drafted(folder)
    with file_size_limit(size_bytes), pytest.raises(OSError, match="File too large"):
        draft.write_vectors(blocks_of(POSTS), 2, PLAIN)


def test_a_graph_is_made_in_the_place_of_lists(folder: Path) -> None:
    options = NearestOptions(exact_limit=10, kind="graph")
    found_by = drafted(folder, MANY).write_vectors(blocks_of(MANY), 2, options)
    assert found_by == (None, GraphRecord(links=32, width=200, recall=1.0))
    assert (folder / "graph.faiss").exists()
    assert not (folder / "lists.faiss").exists()


def test_where_a_graph_finds_too_few_there_are_lists(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.graph._WIDEST", 0)
    options = NearestOptions(exact_limit=10, least_recall=0.1, kind="graph")
    lists, graph = drafted(folder, MANY).write_vectors(blocks_of(MANY), 2, options)
    assert graph is None
    assert lists is not None
    assert (folder / "lists.faiss").exists()
    assert not (folder / "graph.faiss").exists()


def test_a_disk_that_refuses_lists(folder: Path) -> None:
    draft = drafted(folder, MANY)
    draft.write_vectors(blocks_of(MANY), 2, PLAIN)
    largest = max((folder / name).stat().st_size for name in ("vectors.faiss", "sentences.npy"))
    options = NearestOptions(exact_limit=10, least_recall=0.0)
    with file_size_limit(largest), pytest.raises(OSError, match="File too large"):
        draft.write_vectors(blocks_of(MANY), 2, options)
