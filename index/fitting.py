"""What fitting an encoder to an archive is told, and what it tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from corpus.passages import PassageOptions
from index.pairs import PairKind
from index.ranks import Difference
from index.report import Progress

FitStage = Literal["read", "encode", "train", "compare"]
OnStage = Callable[[FitStage, Progress], None]


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How passages are cut, and how long and how boldly to train.

    ``batch`` questions make a step, each seeing its own passage, a wrong one, and all of the
    others'; every question comes in ``rounds`` rounds at most. ``rate`` is the learning rate's
    peak, ``tokens`` what is read of a text. After every ``every`` steps the part that tells when to
    stop is asked; ``patience`` times without gain, and it is over. Chance is made of ``seed``.
    """

    passages: PassageOptions = field(default_factory=PassageOptions)
    batch: int = 16
    rounds: int = 3
    most_steps: int = 60
    rate: float = 3e-5
    tokens: int = 96
    every: int = 15
    patience: int = 2
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Trained:
    """How training went: how many steps it took, and after which the weights were the best.

    They are the ones it began with where ``best_step`` is 0. ``scores`` are mean reciprocal ranks
    of the part that tells when to stop, by step.
    """

    steps: int
    best_step: int
    scores: dict[int, float]


@dataclass(frozen=True, slots=True)
class KindFigures:
    """Mean reciprocal ranks of the held pairs of one kind."""

    pairs: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class FitReport:
    """What came of fitting the model ``base``; ``model`` is the folder of what was kept, if it was.

    ``before`` and ``after`` are mean reciprocal ranks over the pairs of posts that nothing was
    learned from, ``difference`` is theirs with its interval. The next build with the new model
    encodes about ``passages`` passages, of which this machine did ``passages_per_second``.
    """

    base: str
    model: Path | None
    posts: int
    learned_pairs: int
    held_posts: int
    held_pairs: int
    trained: Trained
    before: float
    after: float
    difference: Difference
    kinds: dict[PairKind, KindFigures]
    passages: int
    passages_per_second: float
    seconds: float
