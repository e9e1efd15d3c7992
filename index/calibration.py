"""What cosines mean over one archive: how near it comes to what it is not about, and to what it is.

A cosine of 0.4 is much over a small archive and little over a large one, where something is always
near, and encoders differ more than archives do. So each build asks two kinds of questions whose
answers are known beforehand: what no blog of one trade tells, and the titles of its own posts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from index.foreign import FOREIGN
from index.generation import Generation
from index.pooling import Vector
from index.store import Store
from index.types import Calibration

_PASSAGES = 10  # looked at for each question, as for a person's
_TITLES = 40  # the median of so many is known to about 0.01
_BATCH = 8
_LEAST_WORDS = 2  # of a title; one word is a label rather than a question
_LEAST_WIDTH = 0.15
"""Between far and near. It is 0.35 to 0.5 over four real archives; next to nothing where titles say
nothing of their posts ("Notes 12"), which must not make every question seem covered."""


def calibrate(
    generation: Generation, encode: Callable[[Sequence[str]], list[Vector]]
) -> Calibration:
    """How near ``generation`` comes to questions; ``encode`` gives the unit vectors of some.

    Both figures are medians, which a few questions that do have an answer cannot move. Raises
    IndexDamaged.
    """
    far = _median_nearness(generation, _vectors(FOREIGN, encode))
    chosen = some_titles(generation.store)
    near = _median_nearness(generation, _vectors(chosen, encode)) if chosen else far
    return Calibration(round(far, 4), round(max(near, far + _LEAST_WIDTH), 4))


def some_titles(store: Store) -> list[str]:
    """Titles of the posts in ``store`` that may be questions, spread evenly over time."""
    titles = [title for title in store.titles() if len(title.split()) >= _LEAST_WORDS]
    return titles[:: -(-len(titles) // _TITLES) or 1]


def _vectors(
    texts: Sequence[str], encode: Callable[[Sequence[str]], list[Vector]]
) -> Iterator[Vector]:
    """The vectors of ``texts``, those of like length together, in passes of a batch's size."""
    ordered = sorted(texts, key=len)
    for first in range(0, len(ordered), _BATCH):
        yield from encode(ordered[first : first + _BATCH])


def _median_nearness(generation: Generation, questions: Iterable[Vector]) -> float:
    """The median cosine of the best sentence among the passages nearest to each question."""
    best = []
    for question in questions:
        nearest = generation.nearest(question, _PASSAGES)
        (cosines,), _ = generation.sentence_cosines(nearest, [question])
        best.append(cosines.max())
    return float(np.median(best))
