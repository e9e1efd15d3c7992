"""A generation opens only if every file is what its build wrote."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.encoder import Encoder
from index.errors import IndexDamaged, IndexIncompatible
from index.generation import Generation
from index.publish import current_folder
from qa.settings import Settings

PARTS = (
    "layout.npy",
    "passages.sqlite",
    "sentences.npy",
    "vectors.faiss",
    "terms/meta.json",
    "terms/.managed.json",
    "terms/*.fast",
    "terms/*.fieldnorm",
    "terms/*.idx",
    "terms/*.pos",
    "terms/*.store",
    "terms/*.term",
)
EMPTY_FILES = {"terms/.tantivy-meta.lock", "terms/.tantivy-writer.lock"}


@pytest.fixture(scope="session")
def sample_folder(sample_settings: Settings) -> Path:
    return current_folder(sample_settings.index_folder)


@pytest.fixture
def folder(sample_folder: Path, tmp_path: Path) -> Path:
    """The sample's generation again, its files linked: to change one, replace it."""
    return Path(shutil.copytree(sample_folder, tmp_path / "generation", copy_function=os.link))


def cut_short(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flip_a_bit(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


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


@pytest.mark.parametrize("damage", [cut_short, flip_a_bit, emptied])
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


def test_another_format_is_refused(folder: Path) -> None:
    path = folder / "manifest.json"
    replace(path, json.dumps(json.loads(path.read_text()) | {"format": 99}).encode())
    with pytest.raises(IndexIncompatible, match="has format 99; this blogqa reads 2"):
        Generation(folder)


@pytest.mark.parametrize(
    ("field", "part"),
    [("passages", "vectors"), ("dimensions", "vectors"), ("sentences", "sentences")],
)
def test_parts_that_do_not_fit_the_manifest(folder: Path, field: str, part: str) -> None:
    path = folder / "manifest.json"
    values = json.loads(path.read_text())
    values[field] += 1
    replace(path, json.dumps(values).encode())
    with pytest.raises(IndexDamaged) as caught:
        Generation(folder)
    assert caught.value.message.startswith(f"{folder}: {part} has (")
    assert f"{values[field]}" in caught.value.message.partition("the manifest says")[2]


def test_passages_posts_and_sentences_belong_together(
    sample_folder: Path, encoder: Encoder
) -> None:
    generation = Generation(sample_folder)
    count = generation.manifest.passages
    passages = generation.store.passages(range(count))
    firsts = 0
    for ordinal, (passage, post) in enumerate(passages):
        vectors = generation.sentence_vectors(ordinal)
        assert vectors.shape == (len(passage.sentences), 384)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)
        firsts += len(vectors)
        same = [
            other
            for other in range(count)
            if generation.post_row(other) == generation.post_row(ordinal)
        ]
        assert {passages[other][1].id for other in same} == {post.id}
    assert firsts == generation.manifest.sentences
    assert len({generation.post_row(ordinal) for ordinal in range(count)}) == 40
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
