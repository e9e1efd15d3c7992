"""How sure it is that the archive answers: two signs, weighed as judged questions say."""

from __future__ import annotations

import math
from collections.abc import Sequence

from index.types import Calibration, Hit
from qa.types import Confidence

LOOKED_AT = 10
"""How many of the best passages are looked at."""
LEAST_SURE = 0.5
"""The confidence from which on an answer is sure; below it, it is partly one, if it is one."""

# A logistic model of covered against uncovered questions over three archives (a sales blog,
# abstracts of research, an encyclopedia), the archives weighing alike, rounded; on each of them
# other weights as near as half and double differ by noise (docs/evaluation.md).
_NEARNESS, _MATCHED, _BIAS = 4.0, 3.0, -2.6


def best_similarity(hits: Sequence[Hit]) -> float:
    """The cosine of the best sentence among the first :data:`LOOKED_AT` hits; 0 without hits."""
    return max((hit.nearness for hit in hits[:LOOKED_AT]), default=0.0)


def confidence(hits: Sequence[Hit], calibration: Calibration) -> float:
    """How sure it is that ``hits`` answer, from 0 to 1; 0 without hits.

    By how near the best sentence is, where 0 is as near as the archive comes to questions about
    other things and 1 as near as a post comes to its own title, and by the share of the question's
    words that the first passage has: the only sign of a name that the encoder does not know. What
    ranking took for the answer must have them, not any of the others.
    """
    if not hits:
        return 0.0
    width = calibration.near - calibration.far
    nearness = (best_similarity(hits) - calibration.far) / width
    return 1 / (1 + math.exp(-(_NEARNESS * nearness + _MATCHED * hits[0].matched + _BIAS)))


def in_words(value: float, least: float) -> Confidence:
    """What a confidence of ``value`` is called, where one below ``least`` is none."""
    if value < least:
        return "none"
    return "sure" if value >= LEAST_SURE else "partly"
