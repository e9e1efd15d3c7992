"""txtai as its makers show it, with hybrid search and stored texts; run by the peers' Python.

``python -m bench.peers.with_txtai FOLDER`` builds, asks and saves; with ``--saved`` it loads what
was saved and answers one question; with ``--ranked`` it prints the texts it finds for each.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from txtai import Embeddings

from bench.common import best_runs, timed
from bench.peers.workplace import BUILDS, LIMIT, RANKED, Given, Measured, Workplace, print_measured


def measure(workplace: Workplace) -> Measured:
    """Seconds of ``index``, the model loaded before and nothing saved, and of searches."""
    given = workplace.given
    embeddings = _embeddings(given)
    builds = [timed(lambda: embeddings.index(enumerate(given.texts))) for _ in range(BUILDS)]
    answers = best_runs(lambda question: embeddings.search(question, LIMIT), given.questions)
    embeddings.save(str(workplace.txtai_index))
    return Measured(builds, answers)


def ranked(workplace: Workplace) -> list[list[int]]:
    """By question, the rows of the texts that are found, best first."""
    given = workplace.given
    embeddings = _embeddings(given)
    embeddings.index(enumerate(given.texts))
    return [
        [int(found["id"]) for found in embeddings.search(question, RANKED)]
        for question in given.questions
    ]


def _embeddings(given: Given) -> Embeddings:
    return Embeddings(
        path=given.model, method="sentence-transformers", hybrid=True, content=True, gpu=False
    )


def ask(workplace: Workplace) -> None:
    """Load the saved index and print what it finds."""
    embeddings = Embeddings()
    embeddings.load(str(workplace.txtai_index))
    for found in embeddings.search(workplace.given.questions[0], LIMIT):
        print(f"{found['score']:.3f} {found['text']}")


if __name__ == "__main__":
    if "--saved" in sys.argv:
        ask(Workplace(Path(sys.argv[1])))
    elif "--ranked" in sys.argv:
        print(json.dumps(ranked(Workplace(Path(sys.argv[1])))))
    else:
        print_measured({"txtai": measure(Workplace(Path(sys.argv[1])))})
