"""A saved run, read again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.errors import JudgmentsError
from qa.measures import NAMES
from qa.run import About, SavedRun, read_run

ABOUT = About("small", "ab" * 32, "2026-03-02T10:00:00+00:00", "model", "g1", 3, 4)
VALUES = {"q1": dict.fromkeys(NAMES, 0.5)}


def saved(folder: Path, **more: object) -> Path:
    file = folder / "run.json"
    about = {name: getattr(ABOUT, name) for name in ABOUT.__slots__}
    data = {"about": about, "systems": {"blogqa": VALUES, "BM25": {}}, "outcomes": []}
    file.write_text(json.dumps(data | more))
    return file


def test_a_run_is_read_with_its_values(tmp_path: Path) -> None:
    assert read_run(saved(tmp_path), ABOUT.digest) == SavedRun(ABOUT, VALUES)


def test_a_run_on_other_questions_is_refused(tmp_path: Path) -> None:
    file = saved(tmp_path)
    with pytest.raises(JudgmentsError) as raised:
        read_run(file, "cd" * 32)
    assert raised.value.message == f"{file} is a run on other questions (small, abababababababab)."


@pytest.mark.parametrize(
    "more",
    [{"about": {}}, {"systems": {}}, {"systems": {"blogqa": {"q1": {}}}}, {"systems": [1]}],
)
def test_what_is_no_run_is_refused(tmp_path: Path, more: dict[str, object]) -> None:
    file = saved(tmp_path, **more)
    with pytest.raises(JudgmentsError) as raised:
        read_run(file, ABOUT.digest)
    assert raised.value.message == f"{file} is no run that was saved with --save."


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(JudgmentsError) as raised:
        read_run(tmp_path / "gone", ABOUT.digest)
    assert raised.value.message == f"{tmp_path}/gone cannot be read: No such file or directory."
    assert raised.value.hint == "Save a run first, with --save."
