"""Which FAISS index: ``python -m bench.indexes POSTS CORPUS QUERIES [--size N]``.

The same vectors, made as :mod:`bench.scale` makes them, in every kind of index that an archive
might be searched with: how long one question takes on one thread, and how many of the ten nearest
are among the 200 it finds. CORPUS and QUERIES are BEIR's ``corpus.jsonl`` and ``queries.jsonl``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from bench.common import machine, timed
from bench.made import sentences_of
from bench.scale import NOISE, encoded, near, real_texts
from index.encoder import Encoder
from index.graph import BUILD_WIDTH, LINKS
from index.models import prepare_encoder
from index.pooling import Vector
from index.recall import CANDIDATES, NEAREST
from index.vectors import Ordinals
from qa.settings import Settings

SIZE = 200_000
QUERIES = 300
PROBES = (8, 16, 32, 64, 128)
WIDTHS = (200, 400, 800)  # of a search in a graph: how many candidates are kept
_INNER = faiss.METRIC_INNER_PRODUCT


def main() -> None:
    """Print a line for every index, and for every effort it is searched with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--no-graph", action="store_true", help="a graph takes long to build")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepared = prepare_encoder(Settings().model, Path(folder), lambda: None)
        encoder = Encoder(prepared, streams=os.cpu_count() or 1)
        base = encoded(encoder, real_texts(sentences_of(arguments.posts), [arguments.corpus]))
        lines = arguments.queries.read_text().splitlines()[:QUERIES]
        questions = np.stack([encoder.encode_query(json.loads(line)["text"]) for line in lines])
    numbers = np.random.default_rng(0)
    vectors = near(numbers, base[numbers.integers(len(base), size=arguments.size)], NOISE)
    print(f"machine: {machine()}; {arguments.size} vectors, {len(questions)} questions\n")
    wanted = _flat(vectors, questions)
    lists = 2 ** round(np.log2(2 * np.sqrt(arguments.size)))
    _inverted(vectors, questions, wanted, lists)
    if not arguments.no_graph:
        _graph(vectors, questions, wanted)


def _flat(vectors: Vector, questions: Vector) -> Ordinals:
    """Print the exact kinds; gives the nearest of every question."""
    exact = faiss.IndexFlatIP(vectors.shape[1])
    kinds: dict[str, Any] = {"exact, float32": exact}
    for name, kind in (
        ("exact, float16", faiss.ScalarQuantizer.QT_fp16),
        ("exact, one byte", faiss.ScalarQuantizer.QT_8bit),
    ):
        kinds[name] = faiss.IndexScalarQuantizer(vectors.shape[1], kind, _INNER)
    for index in kinds.values():
        _fill(index, vectors)
    _, wanted = exact.search(questions, NEAREST)
    for name, index in kinds.items():
        _print(name, index, questions, wanted)
    return wanted


def _inverted(vectors: Vector, questions: Vector, wanted: Ordinals, lists: int) -> None:
    dimensions = vectors.shape[1]
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimensions), dimensions, lists, faiss.ScalarQuantizer.QT_8bit, _INNER
    )
    print(f"{lists} inverted lists built in {timed(partial(_fill, index, vectors)):.0f} s")
    for probes in PROBES:
        index.nprobe = probes
        _print(f"inverted lists, {probes} looked into", index, questions, wanted)


def _graph(vectors: Vector, questions: Vector, wanted: Ordinals) -> None:
    one_byte: Any = faiss.ScalarQuantizer.QT_8bit
    index = faiss.IndexHNSWSQ(vectors.shape[1], one_byte, LINKS, _INNER)
    index.hnsw.efConstruction = BUILD_WIDTH
    print(f"graph of {LINKS} links built in {timed(partial(_fill, index, vectors)):.0f} s")
    for width in WIDTHS:
        index.hnsw.efSearch = width
        _print(f"graph, {width} candidates kept", index, questions, wanted)


def _fill(index: Any, vectors: Vector) -> None:
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    if not index.is_trained:
        index.train(vectors[: min(len(vectors), 100_000)])
    index.add(vectors)


def _print(name: str, index: Any, questions: Vector, wanted: Ordinals) -> None:
    faiss.omp_set_num_threads(1)  # as a server searches
    _, found = index.search(questions, CANDIDATES)
    shares = [
        len(set(nearest).intersection(row)) / NEAREST
        for nearest, row in zip(wanted.tolist(), found.tolist(), strict=True)
    ]
    search: Callable[[Vector], object] = partial(index.search, k=CANDIDATES)
    seconds = [timed(partial(search, question[None, :])) for question in questions]
    milliseconds = statistics.median(seconds) * 1000
    print(f"{name:<34} recall@{NEAREST} {statistics.mean(shares):.3f}   {milliseconds:7.2f} ms")


if __name__ == "__main__":
    main()
