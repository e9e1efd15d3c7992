"""Floors: pinned figures, and the data that they hold for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.errors import JudgmentsError
from qa.floors import Sunk, data_digest, read_floors, sunk
from qa.judgments import JudgedSet, read_set
from tests import judged

FOUND = {"single nDCG@5": 0.5, "single MRR": 0.7}


@pytest.fixture
def small(tmp_path: Path) -> JudgedSet:
    return read_set(judged.write_set(tmp_path / "small"))


def pin(folder: Path, digest: str, floors: object) -> Path:
    file = folder / "floors.json"
    file.write_text(json.dumps({"small": {"digest": digest, "floors": floors}}))
    return file


def test_figures_below_their_floors_are_told(tmp_path: Path, small: JudgedSet) -> None:
    floors = read_floors(
        pin(tmp_path, small.digest, {"single MRR": 0.71, "single nDCG@5": 0.5}), small
    )
    assert floors == {"single MRR": 0.71, "single nDCG@5": 0.5}
    assert sunk(floors, FOUND) == [Sunk("single MRR", 0.71, 0.7)]


def test_the_posts_belong_to_the_data(tmp_path: Path, small: JudgedSet) -> None:
    posts = judged.write_posts(tmp_path / "posts")
    digest = data_digest(small, posts)
    assert digest not in {data_digest(small), data_digest(small, judged.write_posts(tmp_path))}
    assert read_floors(pin(tmp_path, digest, {}), small, posts) == {}
    (posts / "desk.md").write_text("other")
    with pytest.raises(JudgmentsError) as raised:
        read_floors(tmp_path / "floors.json", small, posts)
    assert raised.value.message == (
        f"{tmp_path}/floors.json pins floors of 'small' for other data (digest {digest[:16]})."
    )
    assert data_digest(small, posts) in raised.value.hint


def test_a_floor_of_no_figure_is_named() -> None:
    with pytest.raises(JudgmentsError) as raised:
        sunk({"nDCG": 0.1}, FOUND)
    assert raised.value.message == (
        "There is a floor of 'nDCG', which is no figure of these questions."
    )
    assert raised.value.hint == "Their figures: single nDCG@5, single MRR."


@pytest.mark.parametrize("content", ["", "[]", '{"other": {}}', '{"small": {"digest": "x"}}'])
def test_a_file_without_floors_is_named(tmp_path: Path, small: JudgedSet, content: str) -> None:
    file = tmp_path / "floors.json"
    file.write_text(content)
    with pytest.raises(JudgmentsError) as raised:
        read_floors(file, small)
    assert raised.value.message == f"{file} pins no floors of 'small'."


def test_a_file_that_is_not_there_is_named(tmp_path: Path, small: JudgedSet) -> None:
    with pytest.raises(JudgmentsError) as raised:
        read_floors(tmp_path / "gone", small)
    assert raised.value.message == f"{tmp_path}/gone cannot be read: No such file or directory."
