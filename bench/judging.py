"""Judged questions asked of an index in many ways: what the tables of docs/evaluation.md share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from types import ModuleType
from unittest.mock import patch

from index.encoder import open_encoder
from index.generation import Generation
from index.search import HybridSearcher
from index.spec import encoder_folder
from index.types import Filters, Hit
from qa.confidence import confidence
from qa.conversation import compose
from qa.judged_archive import home_for
from qa.judgments import Judged, JudgedSet, read_set
from qa.measures import DEPTH, Values, area_under_roc, measure
from qa.quote import mark
from qa.settings import Settings
from qa.workspace import open_generation

Change = tuple[ModuleType, str, object]
"""A module, the name of something in it, and what stands there for a while."""


@dataclass(frozen=True)
class Bench:
    """A judged set with the posts that it is about, where they aren't its own."""

    judged: JudgedSet
    posts: Path | None = None

    @classmethod
    def of(cls, folder: Path, posts: Path | None = None, every: int = 1) -> Bench:
        """The set in ``folder``; of its questions ``every`` so many-th."""
        judged = read_set(folder)
        return cls(replace(judged, questions=judged.questions[::every]), posts)

    @contextmanager
    def home(self, settings: Settings, work: Path | None = None) -> Iterator[Settings]:
        """The home of an index of the set's posts, built if it isn't there."""
        with home_for(self.judged, settings, self.posts, work) as own:
            yield own


@contextmanager
def searching(settings: Settings) -> Iterator[HybridSearcher]:
    """A searcher over the index of a home."""
    generation: Generation = open_generation(settings)
    try:
        digest = generation.manifest.encoder_digest
        yield HybridSearcher(
            generation, open_encoder(encoder_folder(settings.encoders_folder, digest))
        )
    finally:
        generation.close()


@contextmanager
def changed(*changes: Change) -> Iterator[None]:
    """Within, something else stands in some modules."""
    with ExitStack() as stack:
        for module, name, value in changes:
            stack.enter_context(patch.object(module, name, value))
        yield


def asked(searcher: HybridSearcher, judged: JudgedSet) -> dict[str, list[Hit]]:
    """What is found for each question, by its id."""
    return {
        each.id: searcher.search(compose(each.question, each.history)[0], DEPTH, Filters())
        for each in judged.questions
    }


def mean(judged: JudgedSet, hits: dict[str, list[Hit]], kind: str, name: str) -> float:
    """The mean of a measure over the questions of one kind."""
    questions = [each for each in judged.questions if each.kind == kind and each.grades]
    rankings = {
        each.id: list(dict.fromkeys(judged.post_name(hit.post.place) for hit in hits[each.id]))
        for each in questions
    }
    found: dict[str, Values] = measure(questions, rankings, judged.answering_grade)
    return fmean(values[name] for values in found.values())


def area(searcher: HybridSearcher, judged: JudgedSet, hits: dict[str, list[Hit]]) -> float:
    """How well covered questions are told from others: the area under ROC."""

    def confidences(questions: list[Judged]) -> list[float]:
        calibration = searcher.describe().calibration
        return [confidence(hits[each.id], calibration) for each in questions]

    alone = [each for each in judged.questions if not each.history]
    covered = [each for each in alone if each.grades]
    others = [each for each in alone if not each.grades]
    return area_under_roc(confidences(covered), confidences(others))


def holding(judged: JudgedSet, hits: dict[str, list[Hit]]) -> float:
    """For how many an exact answer stands in the marked sentences of the first passage."""
    told = []
    for each in judged.questions:
        first = hits[each.id][0]
        spans = mark(first, each.question).highlights
        marked = [first.passage.text[slice(*span)] for span in spans]
        told.append(any(answer in text for answer in each.answers for text in marked))
    return fmean(told)
