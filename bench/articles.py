"""How well the body of a page is found: ``python -m bench.articles FOLDER``.

FOLDER holds the pages of scrapinghub's article-extraction-benchmark: ``ground-truth.json`` (by the
page's name, its ``articleBody``) and ``html/NAME.html.gz``. Printed are blogqa's figures beside
those of trafilatura alone (its defaults, without comments), in the same run.

The figures are the ones of that benchmark's ``evaluate.py``: a text is the multiset of its
shingles, four ``\\w+`` tokens in a row. For a page, true positives are the shingles in both texts,
false positives those in the found text alone, false negatives those in the true text alone.
Precision and recall are computed for each page and averaged over the pages that have a found, or a
true, text; F1 is their harmonic mean. No page weighs more for being long.
"""

from __future__ import annotations

import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from trafilatura import extract

from corpus.markup.article import read_article

Counts = tuple[int, int, int]
"""True positives, false positives and false negatives of a page."""


@dataclass(frozen=True)
class Figures:
    """Means over the pages; ``ms_per_page`` is time spent on finding the text."""

    pages: int
    precision: float
    recall: float
    f1: float
    ms_per_page: float


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The runs of four tokens in ``text``; of a shorter text, the one run it is."""
    tokens = re.findall(r"\w+", text)
    runs = (tuple(tokens[start : start + 4]) for start in range(max(1, len(tokens) - 3)))
    return Counter(run for run in runs if run)


def compare(true: str, found: str) -> Counts:
    """How the shingles of the two texts agree."""
    wanted, got = shingles(true), shingles(found)
    return (wanted & got).total(), (got - wanted).total(), (wanted - got).total()


def figures(counts: Iterable[Counts], ms_per_page: float = 0.0) -> Figures:
    """Precision, recall and F1 of the pages with these counts."""
    rows = list(counts)
    precision = statistics.mean(_share(tp, fp, fn) for tp, fp, fn in rows if tp + fp)
    recall = statistics.mean(_share(tp, fn, fp) for tp, fp, fn in rows if tp + fn)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Figures(len(rows), precision, recall, f1, ms_per_page)


def _share(right: int, wrong: int, other_wrong: int) -> float:
    if wrong == other_wrong == 0:
        return 1.0
    return right / (right + wrong) if right else 0.0


def blogqa_text(page: bytes) -> str:
    """The text of the blocks that blogqa takes from a page."""
    article = read_article(page)
    return "\n".join(block.text for block in article.blocks) if article else ""


def trafilatura_text(page: bytes) -> str:
    """The text that trafilatura alone takes from a page."""
    return extract(page, include_comments=False) or ""


def measure_text(folder: Path, text_of: Callable[[bytes], str], step: int = 1) -> Figures:
    """The figures of one way to find text; ``step`` takes every so manieth page, by name."""
    truth = json.loads((folder / "ground-truth.json").read_text())
    counts = []
    seconds = 0.0
    for name in sorted(truth)[::step]:
        page = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        start = time.perf_counter()
        found = text_of(page)
        seconds += time.perf_counter() - start
        counts.append(compare(truth[name]["articleBody"], found))
    return figures(counts, 1000 * seconds / len(counts))


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """The figures of blogqa and of trafilatura alone, by name and by name of the figure."""
    ways = {"blogqa": blogqa_text, "trafilatura": trafilatura_text}
    return {name: asdict(measure_text(folder, text_of)) for name, text_of in ways.items()}


def main() -> None:
    """Print the figures of the folder named on the command line."""
    for name, row in measure(Path(sys.argv[1])).items():
        print(
            f"{name:12} precision {row['precision']:.3f}  recall {row['recall']:.3f}"
            f"  F1 {row['f1']:.3f}  {row['ms_per_page']:.0f} ms a page  {row['pages']} pages"
        )


if __name__ == "__main__":
    main()
