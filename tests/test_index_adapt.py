"""Fitting an encoder to an archive: what is kept, what isn't, and what a stop leaves behind."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.archive import Archive
from corpus.types import Block, Post, Source
from index.adapt import LEAST_POSTS, adapt
from index.encoder import Encoder
from index.errors import AdaptError, EncoderError, IndexBusy
from index.fitting import FitReport
from index.lock import build_lock
from index.models import model_digest, prepare_encoder
from index.ranks import Difference
from index.report import Progress
from tests.faults.limits import unchangeable
from tests.lessons import BOLD, POSTS, make_archive, make_learner


@pytest.fixture(scope="module")
def learner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_learner(tmp_path_factory.mktemp("models") / "learner")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with make_archive(tmp_path_factory.mktemp("home") / "archive.sqlite") as archive:
        yield archive


@pytest.fixture(scope="module")
def encoders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("encoders")


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture(scope="module")
def kept(
    archive: Archive, learner: Path, encoders: Path, tmp_path_factory: pytest.TempPathFactory
) -> FitReport:
    """The report of a run that learned what there is to learn."""
    return adapt(archive, str(learner), encoders, tmp_path_factory.mktemp("kept"), BOLD)


def left(models: Path) -> list[str]:
    return sorted(path.name for path in models.iterdir() if path.name != ".lock")


def test_what_is_better_on_posts_never_seen_is_kept(kept: FitReport, learner: Path) -> None:
    assert kept.base == str(learner)
    assert (kept.posts, kept.learned_pairs, kept.held_posts, kept.held_pairs) == (60, 39, 15, 15)
    assert kept.passages == POSTS
    assert kept.trained.best_step == kept.trained.steps == 15
    assert list(kept.trained.scores) == [0, 15]
    assert kept.after > kept.before + 0.2
    assert kept.difference.mean == pytest.approx(kept.after - kept.before)
    assert 0 < kept.difference.low < kept.difference.mean < kept.difference.high
    assert list(kept.kinds) == ["title"]
    assert kept.kinds["title"].before == kept.before


def test_the_kept_folder_is_named_by_its_digest_and_says_what_it_is(kept: FitReport) -> None:
    assert kept.model is not None
    assert kept.model.name == f"adapted-{model_digest(kept.model)[:12]}"
    assert left(kept.model.parent) == [kept.model.name]
    about = json.loads((kept.model / "adapted.json").read_text())
    assert about["base"] == kept.base
    assert (about["before"], about["after"]) == (kept.before, kept.after)
    modes = {path.stat().st_mode & 0o777 for path in kept.model.rglob("*") if path.is_file()}
    assert modes == {0o644}
    assert kept.model.stat().st_mode & 0o777 == 0o755


def test_the_kept_model_loads_compiles_and_has_learned(
    kept: FitReport, learner: Path, encoders: Path
) -> None:
    old = Encoder(prepare_encoder(str(learner), encoders, lambda: None))
    new = Encoder(prepare_encoder(str(kept.model), encoders, lambda: None))
    assert new.spec == replace(old.spec, model=str(kept.model), digest=new.spec.digest)
    assert new.spec.digest != old.spec.digest

    def alike(encoder: Encoder, one: str, other: str) -> float:
        return float(np.dot(encoder.encode_query(one), encoder.encode_query(other)))

    same_key, same_noise = ("bcde zz", "bcde " + "z" * 18), ("bcde zz", "wxyv zz")
    assert alike(new, *same_key) > alike(new, *same_noise) + 0.2
    assert alike(old, *same_key) < alike(old, *same_noise) + 0.1


def test_the_same_again_is_the_same_model(
    kept: FitReport, archive: Archive, learner: Path, encoders: Path
) -> None:
    assert kept.model is not None
    again = adapt(archive, str(learner), encoders, kept.model.parent, BOLD)
    assert again.model == kept.model
    assert (again.before, again.after, again.difference) == (
        kept.before,
        kept.after,
        kept.difference,
    )
    assert left(kept.model.parent) == [kept.model.name]


def test_what_is_worse_is_not_kept(
    archive: Archive, learner: Path, encoders: Path, models: Path
) -> None:
    """The few posts that tell when to stop may take it for better; the many held ones don't."""
    report = adapt(archive, str(learner), encoders, models, replace(BOLD, rate=1.0, every=5))
    assert report.model is None
    assert report.after <= report.before
    assert report.difference.mean == pytest.approx(report.after - report.before)
    assert left(models) == []


def test_training_that_only_harms_ends_where_it_began(
    archive: Archive, learner: Path, encoders: Path, models: Path
) -> None:
    report = adapt(archive, str(learner), encoders, models, replace(BOLD, rate=30.0))
    assert (report.trained.best_step, report.trained.steps) == (0, 15)
    assert report.after == report.before
    assert report.difference == Difference(0, 0, 0)
    assert report.model is None
    assert left(models) == []


def test_what_is_better_by_chance_is_not_kept(
    archive: Archive, learner: Path, encoders: Path, models: Path
) -> None:
    report = adapt(archive, str(learner), encoders, models, replace(BOLD, rate=1e-4))
    assert report.difference.low <= 0 <= report.difference.high
    assert report.model is None
    assert left(models) == []


@pytest.mark.parametrize("at", ["encode", "train", "compare"])
def test_a_stop_leaves_nothing(
    at: str, archive: Archive, learner: Path, encoders: Path, models: Path
) -> None:
    def stop(stage: str, progress: Progress) -> None:
        if stage == at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adapt(archive, str(learner), encoders, models, BOLD, on_stage=stop)
    assert left(models) == []


def test_what_a_killed_run_left_goes_with_the_next(
    archive: Archive, learner: Path, encoders: Path, models: Path
) -> None:
    (models / ".adapting-abc" / "model").mkdir(parents=True)
    (models / "adapted-123").mkdir()
    adapt(archive, str(learner), encoders, models, replace(BOLD, most_steps=1, rate=1e-9))
    assert left(models) == ["adapted-123"]


def test_a_second_run_is_told_who_is_at_it(
    archive: Archive, learner: Path, encoders: Path, models: Path
) -> None:
    with build_lock(models), pytest.raises(IndexBusy) as caught:
        adapt(archive, str(learner), encoders, models, BOLD)
    assert caught.value.message.startswith(f"Another adaptation is at work in {models}: process ")


def test_too_few_posts_are_refused_with_the_least_number(
    learner: Path, encoders: Path, models: Path, tmp_path: Path
) -> None:
    with make_archive(tmp_path / "few.sqlite", 5) as few, pytest.raises(AdaptError) as caught:
        adapt(few, str(learner), encoders, models, BOLD)
    assert caught.value.message == (
        f"The archive has 5 posts to learn from; at least {LEAST_POSTS} are needed."
    )
    assert left(models) == []


def test_copies_teach_and_judge_nothing(
    learner: Path, encoders: Path, models: Path, tmp_path: Path
) -> None:
    chance = random.Random(0)
    posts = []
    for number in range(35):
        text = " ".join(str(chance.randrange(10**6)) for _ in range(50))
        for id in [f"post-{number}"] + [f"again-{number}"] * (number < 10):
            place = f"{id}.md"
            posts.append(Post(id, "notes", place, f"On {id}", (Block("paragraph", text),)))
    with Archive(tmp_path / "copies.sqlite", create=True) as archive:
        archive.put(Source("notes", "markdown", "/notes"), posts)
        assert archive.count() == 45
        with pytest.raises(AdaptError, match="has 35 posts to learn from"):
            adapt(archive, str(learner), encoders, models, BOLD)


def test_missing_packages_are_named(
    archive: Archive,
    learner: Path,
    encoders: Path,
    models: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(AdaptError) as caught:
        adapt(archive, str(learner), encoders, models, BOLD)
    assert caught.value.message == "Training needs packages that are not installed: datasets."
    assert caught.value.hint == "Install them: pip install 'blogqa[adapt]'"
    assert not models.exists()


def test_a_folder_that_cannot_be_written_is_named(
    archive: Archive, learner: Path, encoders: Path, models: Path
) -> None:
    models.mkdir()
    with unchangeable(models), pytest.raises(AdaptError) as caught:
        adapt(archive, str(learner), encoders, models, BOLD)
    assert caught.value.message.startswith(f"No model could be written to {models}: ")


def test_a_model_that_is_not_there_is_said_first(
    archive: Archive, encoders: Path, models: Path
) -> None:
    with pytest.raises(EncoderError, match=r"no folder '\./nowhere'"):
        adapt(archive, "./nowhere", encoders, models, BOLD)
    assert left(models) == []
