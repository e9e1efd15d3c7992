"""The record of a build: kept word for word, and held against the files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus.passages import PassageOptions
from index.errors import IndexDamaged, IndexIncompatible
from index.graph import GraphRecord
from index.inverted import ListsRecord
from index.manifest import (
    BuildOptions,
    Manifest,
    check_digests,
    digest_files,
    manifest_text,
    read_manifest,
    write_manifest,
)
from index.recall import NearestOptions
from index.types import Calibration

ABC = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"
"""BLAKE3 of "abc", as its reference implementation gives it."""
EMPTY = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"

MANIFEST = Manifest(
    generation="20240301T120000.000000Z",
    built_at="2024-03-01T12:00:00+00:00",
    model="some-model",
    encoder_digest="0123abcd",
    dimensions=3,
    options=BuildOptions(
        PassageOptions(max_tokens=100, target_tokens=80, min_tokens=10, max_header_tokens=20),
        NearestOptions(exact_limit=3, least_recall=0.9),
    ),
    lists=ListsRecord(lists=4, probes=2, recall=0.95),
    archive_digest="4567ef",
    posts=2,
    passages=5,
    sentences=9,
    digests={"one.bin": ABC, "terms/two.bin": EMPTY},
    calibration=Calibration(far=0.2, near=0.7),
)


def write_files(folder: Path) -> None:
    (folder / "terms").mkdir()
    (folder / "one.bin").write_bytes(b"abc")
    (folder / "terms" / "two.bin").write_bytes(b"")


def change(folder: Path, **values: object) -> None:
    path = folder / "manifest.json"
    path.write_text(manifest_text(written(path) | values))


def written(path: Path) -> dict[str, Any]:
    """The values of a manifest's file, without their digest."""
    values: dict[str, Any] = json.loads(path.read_text())
    del values["digest"]
    return values


def test_a_manifest_reads_back_as_written(tmp_path: Path) -> None:
    write_manifest(tmp_path, MANIFEST)
    assert read_manifest(tmp_path) == MANIFEST
    write_manifest(tmp_path, replace(MANIFEST, lists=None))
    assert read_manifest(tmp_path) == replace(MANIFEST, lists=None)
    by_graph = replace(MANIFEST, lists=None, graph=GraphRecord(links=32, width=200, recall=0.99))
    write_manifest(tmp_path, by_graph)
    assert read_manifest(tmp_path) == by_graph
    assert json.loads((tmp_path / "manifest.json").read_text())["format"] == 5


def test_digests_are_of_every_file_but_the_manifest(tmp_path: Path) -> None:
    write_files(tmp_path)
    (tmp_path / "terms" / ".hidden").write_bytes(b"abc")
    write_manifest(tmp_path, MANIFEST)
    assert digest_files(tmp_path) == {"one.bin": ABC, "terms/.hidden": ABC, "terms/two.bin": EMPTY}


def test_files_as_written_pass_and_a_stranger_among_them_does_not_matter(tmp_path: Path) -> None:
    write_files(tmp_path)
    check_digests(tmp_path, MANIFEST)
    (tmp_path / "notes.txt").write_text("mine")
    check_digests(tmp_path, MANIFEST)


@pytest.mark.parametrize("name", ["one.bin", "terms/two.bin"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    write_files(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(IndexDamaged) as caught:
        check_digests(tmp_path, MANIFEST)
    assert caught.value.message == f"{tmp_path / name} is missing."
    assert caught.value.hint == "Build it again: blogqa build"


@pytest.mark.parametrize("content", [b"", b"ab", b"abd", b"abcc"])
def test_an_altered_file_is_named(tmp_path: Path, content: bytes) -> None:
    write_files(tmp_path)
    (tmp_path / "one.bin").write_bytes(content)
    with pytest.raises(IndexDamaged) as caught:
        check_digests(tmp_path, MANIFEST)
    assert caught.value.message == f"{tmp_path / 'one.bin'} is not what the build wrote."


@pytest.mark.parametrize("found", [0, 1, "2", None])
def test_another_format_is_refused_with_both_numbers(tmp_path: Path, found: object) -> None:
    folder = tmp_path / "20240301"
    folder.mkdir()
    write_manifest(folder, MANIFEST)
    change(folder, format=found)
    with pytest.raises(IndexIncompatible) as caught:
        read_manifest(folder)
    assert caught.value.message == (f"The index 20240301 has format {found}; this blogqa reads 5.")
    assert caught.value.hint == "Build it again: blogqa build"


def test_another_format_is_refused_whatever_else_it_holds(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"format": 7, "shards": []}')
    with pytest.raises(IndexIncompatible):
        read_manifest(tmp_path)


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match=r"manifest\.json cannot be read: .*No such file"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe{}"])
def test_a_manifest_that_is_no_record(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"manifest\.json cannot be read: ") as caught:
        read_manifest(tmp_path)
    assert caught.value.hint == "Build it again: blogqa build"


def test_a_manifest_with_a_field_too_few(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    write_manifest(tmp_path, MANIFEST)
    values = written(path)
    del values["sentences"]
    path.write_text(manifest_text(values))
    with pytest.raises(IndexDamaged, match=r"manifest\.json is not a manifest: .*'sentences'"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "values", [{"shards": 3}, {"options": {"max_words": 9}}, {"options": None}, {"options": 5}]
)
def test_a_manifest_with_fields_it_should_not_have(
    tmp_path: Path, values: dict[str, object]
) -> None:
    write_manifest(tmp_path, MANIFEST)
    change(tmp_path, **values)
    with pytest.raises(IndexDamaged, match=r"manifest\.json is not a manifest: "):
        read_manifest(tmp_path)


def test_a_manifest_of_which_any_byte_was_altered_is_refused(tmp_path: Path) -> None:
    write_manifest(tmp_path, MANIFEST)
    path = tmp_path / "manifest.json"
    content = path.read_bytes()
    for position in range(len(content)):
        for bit in (1, 32):  # 32 changes the case of a letter, and nothing else
            altered = bytearray(content)
            altered[position] ^= bit
            path.write_bytes(altered)
            with pytest.raises((IndexDamaged, IndexIncompatible)):
                read_manifest(tmp_path)
    path.write_bytes(content)
    assert read_manifest(tmp_path) == MANIFEST


def test_a_manifest_altered_where_it_stays_one_is_named(tmp_path: Path) -> None:
    write_manifest(tmp_path, MANIFEST)
    path = tmp_path / "manifest.json"
    path.write_text(path.read_text().replace("0123abcd", "0123abce"))
    with pytest.raises(IndexDamaged) as caught:
        read_manifest(tmp_path)
    assert caught.value.message == f"{path} is not what the build wrote."
    assert caught.value.hint == "Build it again: blogqa build"
