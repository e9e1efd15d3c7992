"""How well judged questions are answered: ``python -m bench.quality POSTS QUESTIONS [TOKENS ...]``.

POSTS is a folder of Markdown posts; QUESTIONS a folder with ``questions.jsonl`` (id, kind,
question, history) and ``qrels.tsv`` (question_id, post, grade, quote), posts named by their file's
stem. A post counts once, at its best passage. Follow-ups are asked with their history. TOKENS are
passage lengths to compare.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from index.types import Filters, Hit, Searcher
from qa.ask import near_enough
from qa.confidence import best_similarity
from qa.conversation import compose, leans
from qa.imports import import_source
from qa.settings import Settings
from qa.workspace import build_index, open_searcher

DEPTH = 20


@dataclass(frozen=True)
class Judged:
    """A question and, by post, the grade somebody gave it: 2 answers, 1 helps."""

    id: str
    kind: str
    question: str
    history: tuple[str, ...]
    grades: dict[str, int]


@dataclass(frozen=True)
class Asked:
    """A question and what was found."""

    judged: Judged
    hits: list[Hit]


def read_questions(folder: Path) -> list[Judged]:
    """The judged questions of ``folder``."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text().splitlines()[1:]:
        question_id, post, grade, _ = line.split("\t", 3)
        grades[question_id][post] = max(int(grade), grades[question_id].get(post, 0))
    questions = []
    for line in (folder / "questions.jsonl").read_text().splitlines():
        row = json.loads(line)
        history = tuple(row.get("history", ()))
        questions.append(
            Judged(row["id"], row["kind"], row["question"], history, dict(grades[row["id"]]))
        )
    return questions


def ranked_posts(hits: list[Hit]) -> list[str]:
    """File stems of the posts of ``hits``, each once, best first."""
    return list(dict.fromkeys(hit.post.place.removesuffix(".md").split("/")[-1] for hit in hits))


def ndcg(ranked: list[str], grades: dict[str, int], depth: int) -> float:
    """Normalised discounted cumulative gain with exponential gains (Burges et al., 2005)."""

    def gain(ordered: list[int]) -> float:
        return sum((2.0**g - 1) / math.log2(i + 2) for i, g in enumerate(ordered[:depth]))

    best = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(post, 0) for post in ranked]) / best if best else 0.0


def area_under_roc(covered: list[float], uncovered: list[float]) -> float:
    """How often a covered question has the higher score of the two."""
    wins = sum((c > u) + 0.5 * (c == u) for c in covered for u in uncovered)
    return wins / (len(covered) * len(uncovered))


def main() -> None:
    """Print the figures at the default passage length, or at each that is named."""
    posts, questions = (Path(argument) for argument in sys.argv[1:3])
    lengths = [int(argument) for argument in sys.argv[3:]] or [Settings().passage_tokens]
    with tempfile.TemporaryDirectory() as folder:
        for length in lengths:
            home = Path(folder) / "home"  # the same for all, so that the encoder is compiled once
            settings = replace(Settings(), home=home, passage_tokens=length)
            import_source(settings, posts)
            report = build_index(settings)
            print(f"\npassages of {length} tokens: {report.passages}")
            searcher = open_searcher(settings)
            measure(searcher, read_questions(questions))
            searcher.close()


def measure(searcher: Searcher, questions: list[Judged]) -> None:
    """Ask all ``questions`` and print how well they were answered."""
    by_kind: dict[str, list[Asked]] = defaultdict(list)
    for judged in questions:
        query, _ = compose(judged.question, judged.history)
        by_kind[judged.kind].append(Asked(judged, searcher.search(query, DEPTH, Filters())))
    print(f"{'kind':<14}{'n':>4}{'nDCG@5':>9}{'nDCG@10':>9}{'S@1':>7}{'S@3':>7}{'S@5':>7}")
    for kind, asked in by_kind.items():
        if any(each.judged.grades for each in asked):
            print(f"{kind:<14}{len(asked):>4}" + _figures(asked))
    for kind, asked in by_kind.items():
        leaning = sum(leans(each.judged.question) for each in asked)
        print(f"taken for a follow-up, {kind}: {leaning} of {len(asked)}")
    single, unanswerable = by_kind["single"], by_kind["unanswerable"]
    if single:
        _print_padding(single)
    if single and unanswerable:
        covered = [best_similarity(each.hits) for each in single]
        uncovered = [best_similarity(each.hits) for each in unanswerable]
        print(f"covered or not: area under ROC {area_under_roc(covered, uncovered):.3f}")
        for level in (0.30, 0.35, 0.40, 0.45):
            kept = sum(score >= level for score in covered) / len(covered)
            told = sum(score < level for score in uncovered) / len(uncovered)
            print(
                f"  least similarity {level:.2f}: {kept:.2f} of covered questions answered, "
                f"{told:.2f} of the others told apart"
            )


def _print_padding(asked: list[Asked]) -> None:
    """What leaving out passages that are far from the nearest takes from an answer."""
    limit = Settings().limit
    for name, choose in (("all", list), ("near enough", near_enough)):
        shown = [ranked_posts(choose(each.hits)[:limit]) for each in asked]
        helpful = [
            sum(each.judged.grades.get(post, 0) > 0 for post in posts)
            for each, posts in zip(asked, shown, strict=True)
        ]
        posts = sum(len(each) for each in shown)
        print(f"posts shown, {name}: {posts}, judged to help: {sum(helpful)}")


def _figures(asked: list[Asked]) -> str:
    rows = [(each.judged, ranked_posts(each.hits)) for each in asked]

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    gains = [mean([ndcg(ranked, j.grades, depth) for j, ranked in rows]) for depth in (5, 10)]
    successes = [
        mean([float(any(j.grades.get(p) == 2 for p in ranked[:depth])) for j, ranked in rows])
        for depth in (1, 3, 5)
    ]
    return "".join(f"{value:>9.3f}" for value in gains) + "".join(f"{v:>7.3f}" for v in successes)


if __name__ == "__main__":
    main()
