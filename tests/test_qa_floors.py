"""Floors: pinned figures, and the data that they hold for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.errors import JudgmentsError
from qa.floors import Sunk, data_digest, sunk
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
    file = pin(tmp_path, small.digest, {"single MRR": 0.71, "single nDCG@5": 0.5})
    assert sunk(file, small, None, FOUND) == [Sunk("single MRR", 0.71, 0.7)]


def test_the_posts_belong_to_the_data(tmp_path: Path, small: JudgedSet) -> None:
    posts = judged.write_posts(tmp_path / "posts")
    digest = data_digest(small, posts)
    assert digest not in {data_digest(small), data_digest(small, judged.write_posts(tmp_path))}
    assert sunk(pin(tmp_path, digest, {}), small, posts, FOUND) == []
    (posts / "desk.md").write_text("other")
    with pytest.raises(JudgmentsError) as raised:
        sunk(tmp_path / "floors.json", small, posts, FOUND)
    assert raised.value.message == (
        f"{tmp_path}/floors.json pins floors of 'small' for other data (digest {digest[:16]})."
    )
    assert data_digest(small, posts) in raised.value.hint


def test_a_floor_of_no_figure_is_named(tmp_path: Path, small: JudgedSet) -> None:
    file = pin(tmp_path, small.digest, {"nDCG": 0.1})
    with pytest.raises(JudgmentsError) as raised:
        sunk(file, small, None, FOUND)
    assert raised.value.message == f"{file} pins 'nDCG', which is no figure of 'small'."
    assert raised.value.hint == "Its figures: single nDCG@5, single MRR."


@pytest.mark.parametrize("content", ["", "[]", '{"other": {}}', '{"small": {"digest": "x"}}'])
def test_a_file_without_floors_is_named(tmp_path: Path, small: JudgedSet, content: str) -> None:
    file = tmp_path / "floors.json"
    file.write_text(content)
    with pytest.raises(JudgmentsError) as raised:
        sunk(file, small, None, FOUND)
    assert raised.value.message == f"{file} pins no floors of 'small'."


def test_a_file_that_is_not_there_is_named(tmp_path: Path, small: JudgedSet) -> None:
    with pytest.raises(JudgmentsError) as raised:
        sunk(tmp_path / "gone", small, None, FOUND)
    assert raised.value.message == f"{tmp_path}/gone cannot be read: No such file or directory."
