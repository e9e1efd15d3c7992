"""What cosines mean over one archive: how near it comes to what it is not about, and to what it is.

A cosine of 0.4 is much over a small archive and little over a large one, where something is always
near, and encoders differ more than archives do. So each build asks two kinds of questions whose
answers are known beforehand: what no blog of one trade tells, and the titles of its own posts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from index.generation import Generation
from index.pooling import Vector
from index.types import Calibration

_PASSAGES = 10  # looked at for each question, as for a person's
_TITLES = 40  # the median of so many is known to about 0.01
_BATCH = 8
_LEAST_WORDS = 2  # of a title; one word is a label rather than a question
_LEAST_WIDTH = 0.15
"""Between far and near. It is 0.35 to 0.5 over four real archives; next to nothing where titles say
nothing of their posts ("Notes 12"), which must not make every question seem covered."""

FOREIGN = (
    "how long do I boil an egg?",
    "what is the boiling point of tungsten?",
    "who painted the ceiling of the Sistine Chapel?",
    "how do I get rid of moles in my lawn?",
    "what's the offside rule in football?",
    "how far away is the moon?",
    "my dog is scratching its ears all the time, what helps?",
    "which vaccinations do I need for Kenya?",
    "how do I change the tyre of a bicycle?",
    "when did the Roman empire fall?",
    "what is the capital of Mongolia?",
    "how do plants turn light into sugar?",
    "is it going to rain tomorrow?",
    "how do I remove red wine from a carpet?",
    "what does a mortgage cost over thirty years?",
    "how do I knit a sock heel?",
    "why is the sky blue?",
    "which key is the Moonlight Sonata in?",
    "how do I bleed a radiator?",
    "what can I do about a sore throat?",
    "how many legs does a lobster have?",
    "how do I prune roses in spring?",
    "what is a black hole made of?",
    "how is cheese made?",
    "which planet has the most moons?",
    "how do I train for a marathon?",
    "what are the symptoms of measles?",
    "how do I solve a quadratic equation?",
    "who wrote Anna Karenina?",
    "why do cats purr?",
    "how do I unclog a kitchen sink?",
    "what is the difference between a crocodile and an alligator?",
    "how old is the universe?",
    "which wood is best for a garden fence?",
    "how do I fold a paper crane?",
    "what do I feed a baby at six months?",
    "how does a nuclear reactor work?",
    "when is the next solar eclipse?",
    "how do I tune a violin?",
    "what is the longest river in Africa?",
)
"""Questions about many things; an archive may be about one or two of them, never about most."""


def calibrate(
    generation: Generation, encode: Callable[[Sequence[str]], list[Vector]]
) -> Calibration:
    """How near ``generation`` comes to questions; ``encode`` gives the unit vectors of some.

    Both figures are medians, which a few questions that do have an answer cannot move. Raises
    IndexDamaged.
    """
    far = _median_nearness(generation, _vectors(FOREIGN, encode))
    titles = [title for title in generation.store.titles() if len(title.split()) >= _LEAST_WORDS]
    chosen = titles[:: -(-len(titles) // _TITLES) or 1]
    near = _median_nearness(generation, _vectors(chosen, encode)) if chosen else far
    return Calibration(round(far, 4), round(max(near, far + _LEAST_WIDTH), 4))


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
