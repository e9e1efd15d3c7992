"""Telling what is not covered: ``python -m bench.misses BLOG QUESTIONS SCIFACT XQUAD WORK``.

Each index in WORK (``make eval`` makes them there, else this does) is asked questions that it
covers (cov), those that its set says it does not (unc), those that it covers with every post that
was judged left out (out), and those of the two other sets (other). How well signs of a miss tell
the first from the rest is what docs/evaluation.md tells.
"""

from __future__ import annotations

import sys
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from bench.judging import Bench, searching
from index.search import HybridSearcher
from index.types import Filters, Query
from qa.confidence import best_similarity, confidence
from qa.judgments import Judged, JudgedSet
from qa.measures import area_under_roc
from qa.settings import Settings

_ASKED = 150  # questions of a set, evenly over it
_DEPTH = 30  # what is left once the judged posts are taken out
_THRESHOLDS = (0.15, 0.2, 0.23, 0.25, 0.3, 0.35)
_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
Group = tuple[str, str]
_USED = 0.75  # the weights of qa/confidence.py, as the second against the first


@dataclass(frozen=True)
class Signs:
    """What is seen of one question, and what confidence it is given."""

    set: str
    kind: str
    nearness: float
    first: float
    three: float
    confidence: float


def main() -> None:
    """Print tables in Markdown: how well signs tell misses, and what a threshold does."""
    blog, questions, abstracts, encyclopedia, work = (Path(each) for each in sys.argv[1:6])
    benches = [Bench.of(questions, blog), Bench.of(encyclopedia), Bench.of(abstracts)]
    seen = [each for bench in benches for each in _seen(bench, benches, work)]
    groups = list(dict.fromkeys((each.set, each.kind) for each in seen if each.kind != "cov"))
    print("| | " + " | ".join(f"{name}, {kind}" for name, kind in groups) + " |")
    print("|---" * (len(groups) + 1) + "|")
    _row("nearness alone", _areas(seen, groups, 0.0))
    _row("and 0.5 of the words of any of three", _areas(seen, groups, 0.5, of_three=True))
    for weight in _WEIGHTS[1:]:
        name = f"and {weight} of the words of the first"
        _row(f"**{name}**" if weight == _USED else name, _areas(seen, groups, weight))
    print("\nThe weight that is best on the two other sets:\n")
    for bench in benches:
        own = [group for group in groups if group[0] == bench.judged.name]
        others = [group for group in groups if group[0] != bench.judged.name]
        best = max(_WEIGHTS, key=lambda weight: fmean(_areas(seen, others, weight)))
        areas = ", ".join(map(_figure, _areas(seen, own, best)))
        print(f"- {bench.judged.name}: {best}, {areas}")
    everything = list(dict.fromkeys((each.set, each.kind) for each in seen))
    print("\n| called missing below | " + " | ".join(map(", ".join, everything)) + " |")
    print("|---" * (len(everything) + 1) + "|")
    for threshold in _THRESHOLDS:
        shares = [
            fmean([each.confidence < threshold for each in seen if (each.set, each.kind) == group])
            for group in everything
        ]
        _row(str(threshold), shares)


def _seen(bench: Bench, benches: Sequence[Bench], work: Path) -> Iterator[Signs]:
    with bench.home(Settings(), work) as home, searching(home) as searcher:
        for other in benches:
            for judged in _asked(other.judged):
                if other is not bench:
                    if judged.grades:
                        yield _signs(searcher, bench.judged, "other", judged.question)
                    continue
                kind = "cov" if judged.grades else "unc"
                yield _signs(searcher, bench.judged, kind, judged.question)
                if judged.grades:
                    yield _signs(searcher, bench.judged, "out", judged.question, judged.grades)


def _asked(judged: JudgedSet) -> list[Judged]:
    alone = [each for each in judged.questions if not each.history]
    return alone[:: -(-len(alone) // _ASKED)]


def _signs(
    searcher: HybridSearcher, judged: JudgedSet, kind: str, question: str, out: Container[str] = ()
) -> Signs:
    found = searcher.search(Query(question), _DEPTH, Filters())
    hits = [hit for hit in found if judged.post_name(hit.post.place) not in out]
    calibration = searcher.describe().calibration
    shares = searcher.generation.terms.matched(question, [hit.whole_text for hit in hits[:3]])
    hits[0] = replace(hits[0], matched=shares[0])
    return Signs(
        judged.name,
        kind,
        nearness=(best_similarity(hits) - calibration.far) / (calibration.near - calibration.far),
        first=shares[0],
        three=max(shares),
        confidence=confidence(hits, calibration),
    )


def _areas(
    seen: Sequence[Signs], groups: Sequence[Group], weight: float, *, of_three: bool = False
) -> list[float]:
    """The area under ROC of covered questions of a set against each of ``groups``."""

    def values(group: Group) -> list[float]:
        return [
            each.nearness + weight * (each.three if of_three else each.first)
            for each in seen
            if (each.set, each.kind) == group
        ]

    return [area_under_roc(values((name, "cov")), values((name, kind))) for name, kind in groups]


def _row(name: str, values: Sequence[float]) -> None:
    print(f"| {name} | {' | '.join(map(_figure, values))} |")


def _figure(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


if __name__ == "__main__":
    main()
