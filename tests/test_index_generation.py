"""A generation opens only if every file is what its build wrote."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index.current import current_folder
from index.encoder import Encoder
from index.errors import IndexDamaged, IndexIncompatible
from index.generation import Generation
from index.graph import GraphRecord
from index.inverted import ListsRecord
from index.manifest import read_manifest, write_manifest
from index.recall import NearestOptions
from index.types import Filters
from qa.settings import Settings
from tests.drafts import EMPTY_FILES, PARTS, MadePost, flipped, made_generation


@pytest.fixture(scope="session")
def sample_folder(sample_settings: Settings) -> Path:
    return current_folder(sample_settings.index_folder)


@pytest.fixture
def folder(sample_folder: Path, tmp_path: Path) -> Path:
    """The sample's generation again, its files linked: to change one, replace it."""
    return Path(shutil.copytree(sample_folder, tmp_path / "generation", copy_function=os.link))


def cut_short(content: bytes) -> bytes:
    return content[: len(content) // 2]


def emptied(content: bytes) -> bytes:
    return b""


def replace(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def test_the_parts_are_all_there_are(sample_folder: Path) -> None:
    files = {
        path.relative_to(sample_folder).as_posix()
        for path in sample_folder.rglob("*")
        if path.is_file()
    }
    matched = [path for part in PARTS for path in sample_folder.glob(part)]
    assert len(matched) == len(PARTS)
    named = {path.relative_to(sample_folder).as_posix() for path in matched}
    assert files == named | EMPTY_FILES | {"manifest.json"}


@pytest.mark.parametrize("part", PARTS)
def test_a_missing_part_is_named(folder: Path, part: str) -> None:
    (path,) = folder.glob(part)
    path.unlink()
    with pytest.raises(IndexDamaged) as caught:
        Generation(folder)
    assert caught.value.message == f"{path} is missing."
    assert caught.value.hint == "Build it again: blogqa build"


@pytest.mark.parametrize("damage", [cut_short, flipped, emptied])
@pytest.mark.parametrize("part", PARTS)
def test_a_damaged_part_is_named(folder: Path, part: str, damage: Callable[[bytes], bytes]) -> None:
    (path,) = folder.glob(part)
    replace(path, damage(path.read_bytes()))
    with pytest.raises(IndexDamaged) as caught:
        Generation(folder)
    assert caught.value.message == f"{path} is not what the build wrote."


def test_a_missing_manifest_is_named(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    with pytest.raises(IndexDamaged, match=r"generation/manifest\.json cannot be read"):
        Generation(folder)


def test_what_is_trusted_is_not_hashed(folder: Path) -> None:
    replace(folder / "layout.npy", (folder / "layout.npy").read_bytes() + b"more")
    with pytest.raises(IndexDamaged, match="is not what the build wrote"):
        Generation(folder)
    Generation(folder, check=False).close()


def test_another_format_is_refused(folder: Path) -> None:
    path = folder / "manifest.json"
    replace(path, json.dumps(json.loads(path.read_text()) | {"format": 99}).encode())
    with pytest.raises(IndexIncompatible, match="has format 99; this blogqa reads 5"):
        Generation(folder)


@pytest.mark.parametrize(
    ("field", "part"),
    [("passages", "vectors"), ("dimensions", "vectors"), ("sentences", "sentences")],
)
def test_parts_that_do_not_fit_the_manifest(folder: Path, field: str, part: str) -> None:
    about = read_manifest(folder)
    wanted = getattr(about, field) + 1
    (folder / "manifest.json").unlink()
    write_manifest(folder, dataclasses.replace(about, **{field: wanted}))
    with pytest.raises(IndexDamaged) as caught:
        Generation(folder)
    assert caught.value.message.startswith(f"{folder}: {part} has (")
    assert f"{wanted}" in caught.value.message.partition("the manifest says")[2]


def test_passages_posts_and_sentences_belong_together(
    sample_folder: Path, encoder: Encoder
) -> None:
    generation = Generation(sample_folder)
    count = generation.manifest.passages
    passages = generation.store.passages(range(count))
    posts = generation.posts_and_originals(np.arange(count))[0].tolist()
    firsts = 0
    for ordinal, (passage, post) in enumerate(passages):
        vectors = generation.sentence_vectors(ordinal)
        assert vectors.shape == (len(passage.sentences), 384)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=0.01)
        firsts += len(vectors)
        same = [other for other in range(count) if posts[other] == posts[ordinal]]
        assert {passages[other][1].id for other in same} == {post.id}
    assert firsts == generation.manifest.sentences
    assert len(set(posts)) == 40
    generation.close()


def test_a_question_in_a_sentence_s_own_words_is_nearest_to_that_sentence(
    sample_folder: Path, encoder: Encoder
) -> None:
    generation = Generation(sample_folder)
    passage, _ = generation.store.passages([7])[0]
    for row, span in enumerate(passage.sentences):
        query = encoder.encode_query(passage.text[span.start : span.end])
        assert int(np.argmax(generation.sentence_vectors(7) @ query)) == row
    generation.close()


EAST, NORTH, WEST, SOUTH = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)
FEW = (
    MadePost(
        "bees",
        [EAST, NORTH],
        [[EAST, WEST], [NORTH]],
        sources=("notes", "feed"),
        author="Ana",
        published=date(2020, 2, 29),
    ),
    MadePost("clocks", [WEST], [[WEST, EAST, NORTH]], author="ANA", tags=("time",)),
    MadePost("film", [], sources=("feed",), author="Ana"),
    MadePost("tea", [SOUTH, NORTH], tags=("Time", "drink"), published=date(2021, 1, 1)),
)
"""Four posts of five passages and eight sentences."""


@pytest.fixture
def few(tmp_path: Path) -> Iterator[Generation]:
    generation = made_generation(tmp_path / "few", FEW)
    yield generation
    generation.close()


@pytest.mark.parametrize(
    ("filters", "ordinals"),
    [
        (Filters(), [0, 1, 2, 3, 4]),
        (Filters(author="ana"), [0, 1, 2]),
        (Filters(tag="TIME"), [2, 3, 4]),
        (Filters(source="feed"), [0, 1]),
        (Filters(source="notes"), [0, 1, 2, 3, 4]),
        (Filters(source="NOTES"), []),
        (Filters(after=date(2020, 2, 29)), [0, 1, 3, 4]),
        (Filters(before=date(2020, 12, 31)), [0, 1]),
        (Filters(after=date(2021, 1, 2)), []),
        (Filters(author="Ana", tag="time", source="notes"), [2]),
        (Filters(author="Ana", tag="drink"), []),
    ],
)
def test_the_passages_of_posts_that_pass_a_filter(
    few: Generation, filters: Filters, ordinals: list[int]
) -> None:
    found = few.allowed(filters)
    assert found.tolist() == ordinals
    assert found.dtype == np.int64


def test_the_nearest_of_a_few(few: Generation) -> None:
    assert few.manifest.lists is None
    query = np.array([0.6, -0.8], np.float32)
    assert few.nearest(query, 3).tolist() == [3, 0, 2]
    assert sorted(few.nearest(query, 9).tolist()) == [0, 1, 2, 3, 4]
    assert few.nearest(query, 2).tolist() == [3, 0]
    assert few.nearest(query, 9, np.array([1, 2])).tolist() == [2, 1]


def test_the_packed_sentences_of_passages_in_the_order_asked_for(few: Generation) -> None:
    found = few.sentence_records(np.array([2, 0, 2, 3]))
    assert [records["numbers"].tolist() for records in found] == [
        [[-127, 0], [127, 0], [0, 127]],
        [[127, 0], [-127, 0]],
        [[-127, 0], [127, 0], [0, 127]],
        [[0, -127]],
    ]
    assert few.sentence_records(np.array([], np.int64)) == []


def test_the_cosines_of_the_sentences_of_passages_one_after_the_other(few: Generation) -> None:
    queries = [np.array(EAST, np.float32), np.array([0.6, 0.8], np.float32)]
    (east, between), starts = few.sentence_cosines(np.array([4, 0, 2]), queries)
    assert east.tolist() == [0, 1, -1, -1, 1, 0]
    assert between == pytest.approx([0.8, 0.6, -0.6, -0.6, 0.6, 0.8])
    assert starts.tolist() == [0, 1, 3]


def spread(count: int) -> list[MadePost]:
    """Posts of a passage each, in all directions of 8 dimensions; every fortieth is by Ana.

    Those of odd number carry a tag.
    """
    rows = np.random.default_rng(0).normal(size=(count, 8))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return [
        MadePost(
            f"post-{number:04}",
            [row],
            author="Ana" if number % 40 == 0 else "Ben",
            tags=("odd",) if number % 2 else (),
            sources=("feed",) if number < 10 else ("notes",),
        )
        for number, row in enumerate(rows.tolist())
    ]


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    """A generation of 800 passages that are found by inverted lists."""
    folder = tmp_path_factory.mktemp("listed") / "generation"
    generation = made_generation(folder, spread(800), NearestOptions(exact_limit=10))
    yield generation
    generation.close()


def questions(count: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = np.random.default_rng(1).normal(size=(count, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def test_lists_find_what_the_manifest_promises(listed: Generation) -> None:
    lists = listed.manifest.lists
    assert lists is not None
    assert lists.lists == 64
    assert lists.recall >= 0.99
    found = sum(
        len(np.intersect1d(listed.nearest(each, 200), listed.vectors.nearest(each, 10)))
        for each in questions(100)
    )
    assert found / 1000 >= 0.97


@pytest.mark.parametrize(
    "filters", [Filters(author="ana"), Filters(source="feed"), Filters(author="Ana", source="feed")]
)
def test_what_few_posts_pass_is_found_exactly(listed: Generation, filters: Filters) -> None:
    allowed = listed.allowed(filters)
    assert 0 < len(allowed) <= 20
    for each in questions(20):
        assert listed.nearest(each, 200, allowed).tolist() == (
            listed.vectors.nearest(each, 200, allowed).tolist()
        )
        assert sorted(listed.nearest(each, 200, allowed).tolist()) == allowed.tolist()


def test_what_many_posts_pass_is_found_in_lists(listed: Generation) -> None:
    allowed = listed.allowed(Filters(tag="odd"))
    assert allowed.tolist() == list(range(1, 800, 2))
    found = 0
    for each in questions(50):
        nearest = listed.nearest(each, 200, allowed)
        assert set(nearest.tolist()) <= set(allowed.tolist())
        found += len(np.intersect1d(nearest, listed.vectors.nearest(each, 10, allowed)))
    assert found / 500 >= 0.97


def test_lists_that_are_gone_or_altered_are_named(listed: Generation, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(listed.folder, tmp_path / "copy"))
    path = copy / "lists.faiss"
    path.write_bytes(flipped(path.read_bytes()))
    with pytest.raises(IndexDamaged) as caught:
        Generation(copy)
    assert caught.value.message == f"{path} is not what the build wrote."
    path.unlink()
    with pytest.raises(IndexDamaged) as caught:
        Generation(copy)
    assert caught.value.message == f"{path} is missing."


def test_lists_of_another_index_do_not_fit(few: Generation, listed: Generation) -> None:
    lists = ListsRecord(lists=64, probes=4, recall=1.0)
    write_manifest(few.folder, dataclasses.replace(read_manifest(few.folder), lists=lists))
    shutil.copy(listed.folder / "lists.faiss", few.folder)
    with pytest.raises(IndexDamaged) as caught:
        Generation(few.folder)
    assert caught.value.message == (
        f"{few.folder}: lists has (800, 8) where the manifest says (5, 2)."
    )


def test_a_graph_is_opened_where_the_manifest_has_one(few: Generation, tmp_path: Path) -> None:
    nearest = NearestOptions(exact_limit=10, kind="graph")
    linked = made_generation(tmp_path / "linked", spread(800), nearest)
    assert linked.manifest.graph == GraphRecord(links=32, width=200, recall=1.0)
    for each in questions(20):
        near = np.intersect1d(linked.nearest(each, 60), linked.vectors.nearest(each, 50))
        assert len(near) >= 49  # a byte a dimension tells no finer
        odd = linked.allowed(Filters(tag="odd"))
        assert set(linked.nearest(each, 50, odd).tolist()) <= set(odd.tolist())
    graph = linked.manifest.graph
    write_manifest(few.folder, dataclasses.replace(read_manifest(few.folder), graph=graph))
    shutil.copy(linked.folder / "graph.faiss", few.folder)
    linked.close()
    with pytest.raises(IndexDamaged) as caught:
        Generation(few.folder)
    assert caught.value.message == (
        f"{few.folder}: graph has (800, 8) where the manifest says (5, 2)."
    )
