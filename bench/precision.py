"""What keeping vectors small costs: ``python -m bench.precision POSTS QUESTIONS``.

The same passages, encoded once, their vectors and those of their sentences kept in float32, in
float16 and, the sentences', in one byte a dimension; the judged questions of
QUESTIONS, as ``blogqa evaluate`` reads them, ranked by each.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from corpus.types import Span
from index.encoder import Encoder, Job
from index.generation import Generation
from index.pooling import Vector
from index.search import HybridSearcher
from index.sentences import pack, unpack
from index.spec import encoder_folder
from index.types import Filters
from index.vectors import Ordinals
from qa.confidence import best_similarity
from qa.conversation import compose
from qa.imports import import_source
from qa.judgments import SINGLE, UNANSWERABLE, read_set
from qa.measures import DEPTH, area_under_roc, measure
from qa.settings import Settings
from qa.workspace import build_index, open_generation

Rounding = Callable[[Vector], Vector]


def as_half(vectors: Vector) -> Vector:
    """``vectors`` after a stay in half precision."""
    return vectors.astype(np.float16).astype(np.float32)


def as_bytes(vectors: Vector) -> Vector:
    """``vectors`` after a stay in one byte a dimension."""
    return unpack(pack(vectors))


def whole(vectors: Vector) -> Vector:
    """``vectors`` as they are."""
    return vectors


PRECISIONS: tuple[tuple[str, Rounding, Rounding], ...] = (
    ("float32, float32", whole, whole),
    ("float16, float32", as_half, whole),
    ("float16, float16", as_half, as_half),
    ("float16, int8", as_half, as_bytes),
)


class _Kept:
    """A generation whose vectors are kept in another way; all else is its own."""

    def __init__(self, generation: Generation, passages: Vector, sentences: list[Vector]) -> None:
        self._generation = generation
        self._passages = passages
        self._sentences = sentences
        self.vectors = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._generation, name)

    def nearest(self, query: Vector, count: int, allowed: Ordinals | None = None) -> Ordinals:
        assert allowed is None
        return np.argsort(-(self._passages @ query), kind="stable")[:count]

    def cosines(self, query: Vector, ordinals: Ordinals) -> Vector:
        cosines: Vector = self._passages[ordinals] @ query
        return cosines

    def sentences_of(self, ordinals: Ordinals) -> tuple[Vector, Ordinals]:
        chosen = [self._sentences[ordinal] for ordinal in ordinals.tolist()]
        counts = np.array([len(each) for each in chosen])
        return np.concatenate(chosen), np.cumsum(counts) - counts


def encoded(generation: Generation, encoder: Encoder) -> tuple[Vector, list[Vector]]:
    """The vectors of all passages and of their sentences, in float32, by ordinal."""
    jobs: list[Job] = []
    for _, _, passages in generation.store.cut_posts():
        for stored in passages:
            ordinal = len(jobs)
            ((passage, _),) = generation.store.passages([ordinal])
            lead = f"{stored.header}\n" if stored.header else ""
            spans = [
                Span(start + len(lead), end + len(lead))
                for start, end in json.loads(stored.sentences)
            ]
            jobs.append(Job(ordinal, lead + passage.text, spans))
    found = dict(encoder.encode_passages(jobs))
    in_order = [found[ordinal] for ordinal in range(len(jobs))]
    return np.stack([each.vector for each in in_order]), [each.sentences for each in in_order]


def main() -> None:
    """Print a table: how well the questions are answered with vectors kept in each way."""
    posts, questions = (Path(argument) for argument in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as home:
        settings = replace(Settings(), home=Path(home))
        import_source(settings, posts)
        build_index(settings)
        generation = open_generation(settings)
        digest = generation.manifest.encoder_digest
        encoder = Encoder(encoder_folder(settings.encoders_folder, digest))
        passages, sentences = encoded(generation, encoder)
        print(f"{'passages, sentences':<22}{'nDCG@5':>8}{'S@1':>7}{'S@3':>7}{'S@5':>7}{'ROC':>7}")
        for name, of_passages, of_sentences in PRECISIONS:
            kept: Any = _Kept(
                generation, of_passages(passages), [of_sentences(each) for each in sentences]
            )
            print(f"{name:<22}{_figures(HybridSearcher(kept, encoder), questions)}")
        generation.close()


def _figures(searcher: HybridSearcher, folder: Path) -> str:
    judged = read_set(folder)
    hits = {
        each.id: searcher.search(compose(each.question, each.history)[0], DEPTH, Filters())
        for each in judged.questions
    }
    rankings = {
        id: list(dict.fromkeys(judged.post_name(hit.post.place) for hit in found))
        for id, found in hits.items()
    }
    of_kind = {
        kind: [each for each in judged.questions if each.kind == kind]
        for kind in (SINGLE, UNANSWERABLE)
    }
    values = measure(of_kind[SINGLE], rankings, judged.answering_grade).values()
    near = {
        kind: [best_similarity(hits[each.id]) for each in questions]
        for kind, questions in of_kind.items()
    }
    gain = fmean(each["nDCG@5"] for each in values)
    successes = [fmean(each[f"Success@{depth}"] for each in values) for depth in (1, 3, 5)]
    area = area_under_roc(near[SINGLE], near[UNANSWERABLE])
    return f"{gain:>8.4f}" + "".join(f"{each:>7.3f}" for each in successes) + f"{area:>7.3f}"


if __name__ == "__main__":
    main()
