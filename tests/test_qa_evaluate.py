"""A judged set to a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import IndexMissing
from qa.errors import JudgmentsError
from qa.evaluate import evaluate
from qa.judgments import read_set
from qa.settings import Settings
from tests import judged


def test_a_set_with_posts_of_its_own_needs_nothing_else(tmp_path: Path, settings: Settings) -> None:
    beir = read_set(judged.write_beir(tmp_path / "set"))
    stages: list[str] = []
    run = evaluate(beir, settings, baselines=True, on_stage=stages.append)
    first, second, third = run.outcomes
    assert (first.ranking, first.holds_answer) == (("d.1", "d/2"), True)
    assert (second.ranking, second.searched_with) == (("d/2", "d.1"), ("should I stand up?",))
    assert third.status == "not_covered"
    assert run.systems["dense"].keys() == {"1", "2"}
    assert stages[-3:] == [
        "Asking: do I stand up when I dial a stranger?",
        "Asking: and a price?",
        "Asking: what is tungsten?",
    ]


def test_a_judgment_of_an_unknown_post_ends_it(tmp_path: Path, settings: Settings) -> None:
    small = read_set(judged.write_set(tmp_path / "set", judgments=["q1\tgone\t1\tx"]))
    posts = judged.write_posts(tmp_path / "posts")
    with pytest.raises(JudgmentsError) as raised:
        evaluate(small, settings, posts=posts)
    assert "'gone', which is not in the archive." in raised.value.message


def test_a_home_without_an_index_is_named(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(IndexMissing):
        evaluate(read_set(judged.write_set(tmp_path / "set")), settings)
