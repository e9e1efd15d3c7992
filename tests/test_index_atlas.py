"""What is known of posts as wholes, written and read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.atlas import Atlas, ChipName, Layout, read_atlas, write_atlas
from index.chips import Measure
from index.errors import IndexDamaged, UnknownChip
from index.types import ChipCount, MapSubject

ATLAS = Atlas(
    chips=(ChipName("price", "Price", "objection"), ChipName("demo", "Demo", "stage")),
    measure=Measure(np.eye(2, 3, dtype=np.float32), 0.125, 0.25),
    chipped=np.array([[True, False], [True, True], [False, False], [True, True]]),
    newer=np.array([[1, 2, -1], [-1, -1, -1], [-1, -1, -1], [-1, -1, -1]], np.int32),
    centre=np.array([0.5, 0.25, 0.0], np.float32),
    layout=Layout(
        places=np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.9], [1, 0]], np.float32),
        subjects=np.array([0, 0, 0, -1], np.int32),
        settled=np.array([True, True, True, False]),
        settled_once=3,
        names=("cold “calls”", "nobody’s"),
    ),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "atlas.npz"
    write_atlas(path, ATLAS)
    return path


def test_what_was_written_is_read(path: Path) -> None:
    found = read_atlas(path, 4)
    assert found.chips == ATLAS.chips
    assert found.measure.far == 0.125
    assert found.measure.spread == 0.25
    assert np.array_equal(found.measure.sentences, ATLAS.measure.sentences)
    assert np.array_equal(found.chipped, ATLAS.chipped)
    assert np.array_equal(found.newer, ATLAS.newer)
    assert np.array_equal(found.centre, ATLAS.centre)
    assert np.array_equal(found.layout.places, ATLAS.layout.places)
    assert np.array_equal(found.layout.subjects, ATLAS.layout.subjects)
    assert np.array_equal(found.layout.settled, ATLAS.layout.settled)
    assert found.layout.settled_once == 3
    assert found.layout.names == ("cold “calls”", "nobody’s")


def test_equal_atlases_are_equal_files(path: Path, tmp_path: Path) -> None:
    write_atlas(tmp_path / "again.npz", ATLAS)
    assert path.read_bytes() == (tmp_path / "again.npz").read_bytes()


def test_an_atlas_of_other_posts_is_refused(path: Path) -> None:
    with pytest.raises(IndexDamaged, match="is of 4 posts where the manifest says 5"):
        read_atlas(path, 5)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut short"])
def test_what_is_no_atlas_is_named(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(IndexDamaged) as caught:
        read_atlas(path, 4)
    assert caught.value.message == f"{path} cannot be read."
    assert caught.value.hint == "Build it again: blogqa build"


def test_posts_with_all_chips_are_found() -> None:
    assert ATLAS.with_chips(["price"]).tolist() == [0, 1, 3]
    assert ATLAS.with_chips(["demo", "price"]).tolist() == [1, 3]


def test_an_unknown_chip_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownChip) as caught:
        ATLAS.with_chips(["price", "prize"])
    assert caught.value.message == "There is no chip 'prize'."
    assert caught.value.hint == "There are: price, demo."


def test_chips_are_counted_in_the_order_of_their_file() -> None:
    assert ATLAS.chip_counts() == [
        ChipCount("price", "Price", "objection", 3),
        ChipCount("demo", "Demo", "stage", 2),
    ]


def test_a_subject_stands_in_the_midst_of_its_posts_and_one_without_is_left_out() -> None:
    (found,) = ATLAS.layout.subject_places()
    assert found == MapSubject(0, "cold “calls”", found.x, found.y, 3)
    assert (found.x, found.y) == pytest.approx((0.3, 0.4))
