"""Rankings of other programs, as they are read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.errors import JudgmentsError
from qa.judgments import JudgedSet, read_set
from qa.rankings import read_rankings
from tests import judged


@pytest.fixture
def small(tmp_path: Path) -> JudgedSet:
    return read_set(judged.write_set(tmp_path / "small"))


def test_rankings_are_read_by_program_and_question(tmp_path: Path, small: JudgedSet) -> None:
    file = tmp_path / "found.json"
    rankings = {"mine": {"q1": ["desk", "ladder"], "q2": []}, "theirs": {}}
    file.write_text(json.dumps(rankings))
    assert read_rankings(file, small) == rankings


def test_a_ranking_for_another_question_is_named(tmp_path: Path, small: JudgedSet) -> None:
    file = tmp_path / "found.json"
    file.write_text('{"mine": {"q9": ["desk"]}}')
    with pytest.raises(JudgmentsError) as raised:
        read_rankings(file, small)
    assert raised.value.message == (
        f"{file}: mine ranks posts for 'q9', which is no question of 'small'."
    )


@pytest.mark.parametrize("content", ["", "[]", '{"mine": []}', '{"mine": {"q1": 3}}'])
def test_what_holds_no_rankings_is_named(tmp_path: Path, small: JudgedSet, content: str) -> None:
    file = tmp_path / "found.json"
    file.write_text(content)
    with pytest.raises(JudgmentsError) as raised:
        read_rankings(file, small)
    assert raised.value.message == f"{file} holds no rankings."


def test_a_file_that_is_not_there_is_named(tmp_path: Path, small: JudgedSet) -> None:
    with pytest.raises(JudgmentsError) as raised:
        read_rankings(tmp_path / "gone", small)
    assert raised.value.message == f"{tmp_path}/gone cannot be read: No such file or directory."
