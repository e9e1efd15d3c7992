"""How good rankings are, by ir-measures (pytrec_eval beneath it).

nDCG has exponential gains, ``2 ** grade - 1`` (Burges et al., 2005): a post of grade 2 counts three
times one of grade 1. Where all grades are 1 that is the same as linear gains. Success and MRR look
for posts that answer by themselves, recall for all that help.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ir_measures
import numpy as np
from ir_measures import RR, Measure, Qrel, R, ScoredDoc, Success, nDCG

from qa.judged_rows import HIGHEST_GRADE
from qa.judgments import Judged

DEPTH = 20
"""How many posts of a ranking are looked at."""

Values = dict[str, float]
"""By its name, what a measure says of one question: 0 to 1, more is better."""

_GAINS = {grade: 2**grade - 1 for grade in range(HIGHEST_GRADE + 1)}


def _measures(answering_grade: int) -> dict[Measure, str]:
    found: dict[Measure, str] = {nDCG(gains=_GAINS) @ depth: f"nDCG@{depth}" for depth in (5, 10)}
    for depth in (1, 3, 5):
        found[Success(rel=answering_grade) @ depth] = f"Success@{depth}"
    found[R @ DEPTH] = f"recall@{DEPTH}"
    found[RR(rel=answering_grade) @ DEPTH] = "MRR"
    return found


NAMES = tuple(_measures(1).values())
"""The measures, in the order that they are shown in."""


def measure(
    questions: Iterable[Judged], rankings: Mapping[str, Sequence[str]], answering_grade: int
) -> dict[str, Values]:
    """What each measure says of each of ``questions`` with judged posts, by question id.

    ``rankings`` have, by question id, the names of posts, best first, of which :data:`DEPTH` count.
    A question without one has found nothing.
    """
    measures = _measures(answering_grade)
    asked = [each for each in questions if each.grades]
    qrels = [Qrel(each.id, post, grade) for each in asked for post, grade in each.grades.items()]
    # pytrec_eval orders by score, and would break ties by name
    run = [
        ScoredDoc(each.id, post, float(-rank))
        for each in asked
        for rank, post in enumerate(rankings.get(each.id, ())[:DEPTH])
    ]
    values: dict[str, Values] = {each.id: dict.fromkeys(NAMES, 0.0) for each in asked}
    if run:
        for found in ir_measures.iter_calc(list(measures), qrels, run):
            values[found.query_id][measures[found.measure]] = float(found.value)
    return values


def area_under_roc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """How often one of ``higher`` is above one of ``lower``, a tie counting half: 0 to 1."""
    difference = np.subtract.outer(np.asarray(higher), np.asarray(lower))
    return float(np.mean((difference > 0) + 0.5 * (difference == 0)))
