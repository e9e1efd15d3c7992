"""Scores of two kinds as one, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from index.fusion import Part, fused, mixed, scaled, with_best_sentence

NOWHERE = np.zeros(2, np.float32)


def part(bm25: dict[int, float], rarity: float, share: float = 1.0) -> Part:
    return Part(NOWHERE, share, bm25, rarity)


@pytest.mark.parametrize(
    ("bm25", "rarity", "worded"),
    [
        ({3: 8.0, 5: 2.0}, 8.0, 0.4),
        ({5: 2.0, 3: 4.0}, 8.0, 0.35),
        ({3: 14.0}, 8.0, 0.4),  # one passage says every word again and again
        ({}, 8.0, 0.3),
        ({}, 0.0, 0.3),  # nothing but words that only ask
    ],
)
def test_words_weigh_by_how_many_of_the_rare_ones_one_passage_has(
    bm25: dict[int, float], rarity: float, worded: float
) -> None:
    assert part(bm25, rarity).worded == pytest.approx(worded)


def test_both_kinds_are_stretched_and_mixed() -> None:
    asked = part({7: 4.0, 9: 2.0}, 8.0)
    ordinals = np.array([9, 7, 8])
    bm25 = asked.bm25_of(ordinals)
    assert bm25.tolist() == [2.0, 4.0, 0.0]
    dense = np.array([0.5, 0.25, 0.75])
    assert fused(asked, dense, bm25).tolist() == pytest.approx(
        [0.65 * 0.5 + 0.35 * 0.5, 0.35, 0.65]
    )


def test_equal_scores_tell_nothing() -> None:
    assert scaled(np.array([0.3, 0.3])).tolist() == [0, 0]


def test_the_best_sentence_counts_as_much_as_all_before() -> None:
    assert with_best_sentence(np.array([1.0, 0.2]), np.array([0.5, 0.6])).tolist() == [0.75, 0.4]


def test_parts_count_by_their_shares() -> None:
    parts = [part({}, 1.0, 0.25), part({}, 1.0, 0.75)]
    assert mixed(parts, [np.array([1.0, 0.0]), np.array([0.0, 2.0])]).tolist() == [0.25, 1.5]
