"""Training: which weights move, which are kept, and what the texts are given as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from sentence_transformers import SentenceTransformer

from index.fitting import FitOptions, Trained
from index.pairs import Pair, Triplet
from index.spec import EncoderSpec
from index.train import train
from tests.lessons import BOLD, make_learner, texts
from tests.tiny import DIMENSIONS, MAX_TOKENS

LESSONS = [*texts(24)]
STEPS = [
    [Triplet(*LESSONS[row], LESSONS[(row + 1) % 8 + first][1]) for row in range(first, first + 8)]
    for first in (0, 8)
]
STOPPING = [Pair(f"post-{row}", "title", *LESSONS[row]) for row in range(16, 24)]
SPEC = EncoderSpec("learner", "f" * 64, DIMENSIONS, MAX_TOKENS, "mean")


@pytest.fixture(scope="module")
def learner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_learner(tmp_path_factory.mktemp("models") / "learner")


def trained(
    learner: Path,
    folder: Path,
    options: FitOptions,
    spec: EncoderSpec = SPEC,
    steps: Sequence[Sequence[Triplet]] = STEPS,
) -> Trained:
    return train(spec, learner, folder, steps, STOPPING, options)


def changed(one: Path, other: Path) -> set[str]:
    """The weights that differ."""
    before, after = load_file(one / "model.safetensors"), load_file(other / "model.safetensors")
    assert before.keys() == after.keys()
    return {name for name in before if not torch.equal(before[name], after[name])}


def test_the_upper_half_is_trained_and_words_and_lower_half_stay(
    learner: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    steps: list[int] = []
    options = replace(BOLD, every=1, patience=9)
    report = train(SPEC, learner, tmp_path / "new", STEPS, STOPPING, options, steps.append)
    assert steps == [1, 2]
    assert report.steps == 2
    assert list(report.scores) == [0, 1, 2]
    assert report.best_step == max(report.scores, key=lambda step: report.scores[step]) > 0
    moved = changed(learner, tmp_path / "new")
    assert "encoder.layer.1.attention.self.value.weight" in moved
    assert not any("word_embeddings" in name or "layer.0." in name for name in moved)
    assert capfd.readouterr().out == ""


def test_the_weights_it_began_with_are_kept_where_none_is_better(
    learner: Path, tmp_path: Path
) -> None:
    report = trained(learner, tmp_path / "new", replace(BOLD, rate=1.0, every=2, patience=1))
    assert (report.steps, report.best_step) == (2, 0)
    assert report.scores[2] < report.scores[0]
    assert changed(learner, tmp_path / "new") == set()


def test_what_is_saved_takes_texts_as_long_as_before(learner: Path, tmp_path: Path) -> None:
    trained(learner, tmp_path / "new", replace(BOLD, tokens=8))
    new = SentenceTransformer(str(tmp_path / "new"), device="cpu")
    assert new.max_seq_length == MAX_TOKENS
    assert not (tmp_path / "new" / "README.md").exists()


def test_prompts_stand_before_the_texts(learner: Path, tmp_path: Path) -> None:
    spoken = replace(SPEC, query_prompt="ask: ", passage_prompt="say: ")
    trained(learner, tmp_path / "prompts", BOLD, spoken)
    written = [
        [
            Triplet(f"ask: {each.question}", f"say: {each.passage}", f"say: {each.wrong}")
            for each in step
        ]
        for step in STEPS
    ]
    trained(learner, tmp_path / "by-hand", BOLD, steps=written)
    trained(learner, tmp_path / "plain", BOLD)
    assert changed(tmp_path / "prompts", tmp_path / "by-hand") == set()
    assert changed(tmp_path / "by-hand", tmp_path / "plain") != set()
