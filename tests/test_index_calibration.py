"""What cosines mean over an archive, by vectors made by hand and over the sample archive."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.calibration import calibrate
from index.encoder import Encoder
from index.foreign import FOREIGN
from index.pooling import Vector
from index.search import HybridSearcher
from index.types import Calibration
from tests.drafts import MadePost, made_generation


def at(cosine: float) -> list[float]:
    """A unit vector at ``cosine`` to the first axis."""
    return [cosine, float(np.sqrt(1 - cosine**2)), 0.0]


def encoder_of(far: Sequence[float], near: float) -> Encoder:
    """Stands for an encoder: foreign questions at ``far`` in turn, anything else at ``near``."""
    found = dict(zip(FOREIGN, far, strict=True))

    def encode(texts: Sequence[str]) -> list[Vector]:
        assert len(texts) <= 8
        return [np.array(at(found.get(text, near)), np.float32) for text in texts]

    return encode  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("far", "near", "expected"),
    [
        ([0.1] * 40, 0.7, Calibration(0.1, 0.7)),
        ([0.1] * 21 + [1.0] * 19, 0.7, Calibration(0.1, 0.7)),  # an archive about some of them
        ([0.1, 0.3] * 20, 0.7, Calibration(0.2, 0.7)),
        ([0.5] * 40, 0.4, Calibration(0.5, 0.65)),  # titles that say nothing of their posts
    ],
)
def test_they_are_the_medians_over_foreign_questions_and_over_titles(
    tmp_path: Path, far: list[float], near: float, expected: Calibration
) -> None:
    # the passage lies elsewhere; its second sentence is what questions are near to
    posts = [MadePost("apples and pears", [[0, 0, 1]], [[[0, 0, 1], [1, 0, 0]]])]
    generation = made_generation(tmp_path / "made", posts)
    found = calibrate(generation, encoder_of(far, near))  # type: ignore[arg-type]
    assert (found.far, found.near) == pytest.approx((expected.far, expected.near), abs=0.01)
    generation.close()


def test_a_title_of_one_word_is_no_question(tmp_path: Path) -> None:
    generation = made_generation(tmp_path / "made", [MadePost("bees", [[1, 0, 0]])])
    found = calibrate(generation, encoder_of([0.1] * 40, 0.9))  # type: ignore[arg-type]
    assert (found.far, found.near) == pytest.approx((0.1, 0.25), abs=0.01)
    generation.close()


def test_forty_titles_are_asked_at_most(tmp_path: Path) -> None:
    posts = [MadePost(f"post {number:03}", [[1, 0, 0]]) for number in range(95)]
    generation = made_generation(tmp_path / "made", posts)
    asked: list[str] = []

    def encode(texts: Sequence[str]) -> list[Vector]:
        asked.extend(texts)
        return [np.array(at(0.5), np.float32) for _ in texts]

    calibrate(generation, encode)
    assert sorted(asked[40:]) == [f"Post {number:03}" for number in range(0, 95, 3)]
    assert set(asked[:40]) == set(FOREIGN)
    generation.close()


def test_the_sample_archive_is_nearer_to_its_titles_than_to_foreign_questions(
    sample_searcher: HybridSearcher, encoder: Encoder
) -> None:
    found = sample_searcher.describe().calibration
    assert found == calibrate(sample_searcher.generation, encoder.encode_queries)
    assert 0.18 < found.far < 0.28
    assert 0.55 < found.near < 0.75
