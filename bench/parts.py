"""What each part does: ``python -m bench.parts BLOG QUESTIONS SCIFACT XQUAD WORK``.

The judged questions are asked of the indexes in WORK (``make eval`` makes them there, else this
does) once as they always are, and once more without each part of the ranking, quoting and telling
of misses. Told in docs/evaluation.md.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import index.fusion
import index.grouping
import index.repeats
import index.search
import index.terms
import qa.confidence
import qa.quote
from bench import judging
from bench.judging import Bench, Change, area, asked, changed, holding, mean, searching
from index.types import Hit, Query
from index.vocabulary import VOCABULARY_FILE
from qa.settings import Settings

_EVERY = 3  # of XQuAD's 1,190 questions


def _as_typed(text: str, *_: object) -> str:
    return text


def _alone(question: str, _: Sequence[str]) -> tuple[Query, tuple[str, ...]]:
    return Query(question), ()


def _cosine(hit: Hit, place: int, *_: object) -> float:
    return hit.sentences[place].score


@dataclass(frozen=True)
class Part:
    """Something that is left out, and what stands there instead."""

    name: str
    changes: tuple[Change, ...] = ()


def parts(no_words: Path) -> tuple[Part, ...]:
    """All parts; ``no_words`` is a vocabulary that has none."""
    fusion, search, terms = index.fusion, index.search, index.terms
    return (
        Part("**all of it**"),
        Part(
            "without BM25",
            ((fusion, "LEAST_WORDED", 0.0), (fusion, "MOST_WORDED", 0.0), (search, "WORDED", 0)),
        ),
        Part(
            "without the passages' cosines",
            ((fusion, "LEAST_WORDED", 1.0), (fusion, "MOST_WORDED", 1.0)),
        ),
        Part(
            "BM25 weighs 0.35, whatever the question",
            ((fusion, "LEAST_WORDED", 0.35), (fusion, "MOST_WORDED", 0.35)),
        ),
        Part("without the best sentence", ((fusion, "SENTENCE_SHARE", 0.0),)),
        Part("without the ten more that share words", ((search, "WORDED", 0),)),
        Part("without the trade's other words", ((terms, "VOCABULARY_FILE", no_words),)),
        Part(  # its own twice: no other words are there then
            "without the posts' own short forms", ((terms, "_MINED_FILE", str(VOCABULARY_FILE)),)
        ),
        Part("slips are not mended", ((search, "mended", _as_typed),)),
        Part("follow-ups are asked alone", ((judging, "compose", _alone),)),
        Part("new voices are not put first", ((index.grouping, "HEARD", 0.0),)),
        Part("what says it again is shown", ((index.repeats, "MOST_SAID", 2.0),)),
        Part("confidence by nearness alone", ((qa.confidence, "_MATCHED", 0.0),)),
        Part("sentences quoted without the question's words", ((qa.quote, "_WORDED", 0.0),)),
        Part("sentences quoted by cosine alone", ((qa.quote, "_value", _cosine),)),
    )


def main() -> None:
    """Print a table in Markdown: how well questions are answered without each part."""
    blog, questions, abstracts, encyclopedia, work = (Path(each) for each in sys.argv[1:6])
    sales, scifact = Bench.of(questions, blog), Bench.of(abstracts)
    xquad = Bench.of(encyclopedia, every=_EVERY)
    print(
        "| | single nDCG@5 | S@3 | follow-ups nDCG@5 | covered or not, ROC area | SciFact nDCG@10 "
        "| XQuAD, found at once | exact answer marked |\n" + "|---" * 8 + "|"
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        sales.home(Settings(), work) as of_sales,
        scifact.home(Settings(), work) as of_scifact,
        xquad.home(Settings(), work) as of_xquad,
    ):
        no_words = Path(folder) / "vocabulary.txt"
        no_words.write_text("# none\n")
        for part in parts(no_words):
            with changed(*part.changes):
                figures = [
                    *_of_sales(sales, of_sales),
                    *_of_scifact(scifact, of_scifact),
                    *_of_xquad(xquad, of_xquad),
                ]
            shown = (f"{figure:.3f}".removeprefix("0") for figure in figures)
            print(f"| {part.name} | {' | '.join(shown)} |", flush=True)


def _of_sales(bench: Bench, home: Settings) -> Iterator[float]:
    with searching(home) as searcher:
        judged, hits = bench.judged, asked(searcher, bench.judged)
        yield mean(judged, hits, "single", "nDCG@5")
        yield mean(judged, hits, "single", "Success@3")
        yield mean(judged, hits, "followup", "nDCG@5")
        yield area(searcher, judged, hits)


def _of_scifact(bench: Bench, home: Settings) -> Iterator[float]:
    with searching(home) as searcher:
        yield mean(bench.judged, asked(searcher, bench.judged), "single", "nDCG@10")


def _of_xquad(bench: Bench, home: Settings) -> Iterator[float]:
    with searching(home) as searcher:
        judged, hits = bench.judged, asked(searcher, bench.judged)
        yield mean(judged, hits, "single", "Success@1")
        yield holding(judged, hits)


if __name__ == "__main__":
    main()
