"""How it grows: ``python -m bench.scale POSTS [FILES...]``, sizes from a thousand to a million.

No archive of a million passages is at hand, and encoding one takes hours. So what is measured is
all but the encoder: real passage vectors, drawn again and again with noise (a passage and its like
have cosine 0.67, about what the ten nearest of an archive of abstracts have), under texts made of
real sentences. POSTS is a folder of posts; FILES are further texts in BEIR's ``corpus.jsonl``.
Questions are real questions, encoded.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import numpy as np
import psutil

from bench.common import machine, timed
from bench.made import sentences_of
from bench.speed import QUESTIONS as ASKED
from bench.speed import serving
from corpus.types import Block, Passage, Post, Span
from index.charting import charted
from index.current import current_folder
from index.draft import Draft
from index.encoder import Encoder, Job
from index.generation import Generation
from index.manifest import BuildOptions, Manifest, digest_files, write_manifest
from index.models import prepare_encoder
from index.pooling import Vector
from index.publish import new_name, publish, staging
from index.recall import NEAREST, NearestOptions
from index.search import CANDIDATES, HybridSearcher
from index.sentences import Records, pack
from index.spec import encoder_folder
from index.store import StoredPassage
from index.types import Filters, Query
from qa.settings import Settings

SIZES = (1_000, 10_000, 100_000, 1_000_000)
PASSAGES = 7  # a post, and sentences a passage, about as in a real blog
SENTENCES = 6
NOISE = 0.7  # its length against that of the vector it is added to
SENTENCE_NOISE = 0.8
BLOCK = 4096
REAL_TEXTS = 6000
ROUNDS = 5  # of all questions
STARTS = 4  # the first may have to read from the disk what others find in the page cache
AUTHORS = 40
FIRST_DAY = date(2008, 1, 1)
QUESTIONS = (
    *ASKED,
    "is linkedin worth the time",
    "when is the best time of day to call",
    "how long should a voicemail be",
    "prospect went quiet after the demo",
    "my manager wants more activity but quality drops",
    "what makes a good subject line",
    "how do I find the decision maker",
    "should I send a gift to a prospect",
    "handling a competitor who undercuts us",
    "first call script for a new territory",
    "how do sdrs and aes split the work",
    "what do buyers hate most",
)


@dataclass(frozen=True)
class Figures:
    """What was measured at one size. ``*_ms`` are medians over questions; sizes are in MiB."""

    passages: int
    build_s: float
    disk_mib: float
    lists: int
    probes: int
    width: int
    recall: float
    nearest_ms: float
    exact_ms: float
    search_ms: float
    search_p95_ms: float
    filtered_ms: float
    first_start_s: float
    start_s: float
    resident_mib: float
    http_ms: float


def main() -> None:
    """Print a table; with ``--json`` write it as data, with ``--plot`` draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--graph", action="store_true", help="a graph in the place of lists")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measured(replace(Settings(), home=arguments.posts))))
        return
    print(f"machine: {machine()}")
    with tempfile.TemporaryDirectory() as folder:
        nearest = NearestOptions(kind="graph" if arguments.graph else "lists")
        figures = grown(Path(folder), arguments.posts, arguments.files, arguments.sizes, nearest)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(each) for each in figures], indent=1) + "\n")
    if arguments.plot:
        from bench.plot import draw

        draw([asdict(each) for each in figures], arguments.plot)


def grown(
    folder: Path,
    posts: Path,
    files: Sequence[Path],
    sizes: Sequence[int],
    nearest: NearestOptions,
) -> list[Figures]:
    """The figures of every size, printed as they come; each size's index goes before the next."""
    encoders = folder / "encoders"
    encoder = Encoder(
        prepare_encoder(Settings().model, encoders, lambda: None), streams=os.cpu_count() or 1
    )
    sentences = sentences_of(posts)
    base = encoded(encoder, real_texts(sentences, files))
    print(f"{len(base)} real vectors, {len(QUESTIONS)} questions\n")
    figures = []
    for size in sizes:
        home = folder / f"{size}"
        home.mkdir()
        (home / "encoders").symlink_to(encoders)
        settings = replace(Settings(), home=home)
        seconds = timed(partial(make, settings, encoder, base, sentences, size, nearest))
        figures.append(_figures(settings, size, seconds))
        print(", ".join(f"{name} {value:g}" for name, value in asdict(figures[-1]).items()))
        subprocess.run(["rm", "-r", str(home / "index")], check=True)
    return figures


def real_texts(sentences: Sequence[str], files: Sequence[Path]) -> list[str]:
    """Texts of a passage's length: ``sentences`` put together, and what is in ``files``."""
    texts = [
        " ".join(sentences[first : first + PASSAGES])
        for first in range(0, len(sentences), PASSAGES)
    ]
    for path in files:
        with path.open() as lines:
            texts += [json.loads(line)["text"] for line in lines]
    return texts[:REAL_TEXTS]


def encoded(encoder: Encoder, texts: Sequence[str]) -> Vector:
    """Their unit vectors, shape (texts, dimensions), in whatever order they became ready."""
    jobs = (Job(key, text, ()) for key, text in enumerate(texts))
    return np.stack([encoded.vector for _, encoded in encoder.encode_passages(jobs)])


def make(
    settings: Settings,
    encoder: Encoder,
    base: Vector,
    sentences: Sequence[str],
    size: int,
    nearest: NearestOptions,
) -> None:
    """Publish a generation of ``size`` made passages, the way a build does."""
    options = BuildOptions(nearest=nearest)
    spec = encoder.spec
    with staging(settings.index_folder) as folder:
        with Draft(folder) as draft:
            for post, passages, texts in _posts(sentences, size):
                draft.add(post, passages, texts, sources=["made"], copy_of=None)
        lists, graph = draft.write_vectors(_blocks(base, size), spec.dimensions, options.nearest)
        draft.write_layout()
        name = new_name(settings.index_folder)
        manifest = Manifest(
            generation=name,
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
            model=spec.model,
            encoder_digest=spec.digest,
            dimensions=spec.dimensions,
            options=options,
            lists=lists,
            graph=graph,
            archive_digest="",
            posts=draft.posts,
            passages=size,
            sentences=draft.sentences,
            digests=digest_files(folder),
        )
        write_manifest(folder, manifest)
        charted(folder, manifest, encoder.encode_queries)
        publish(settings.index_folder, folder, name)


def _posts(
    sentences: Sequence[str], size: int
) -> Iterator[tuple[Post, list[StoredPassage], list[str]]]:
    """Posts of real sentences in random order, with ``size`` passages in all."""
    draw = random.Random(0)
    for first in range(0, size, PASSAGES):
        count = min(PASSAGES, size - first)
        own = [draw.choices(sentences, k=SENTENCES) for _ in range(count)]
        texts = [" ".join(each) for each in own]
        number = first // PASSAGES
        post = Post(
            id=f"made-{number:07}",
            source="made",
            place=f"{number}.md",
            title=f"Note {number}",
            blocks=tuple(Block("paragraph", text) for text in texts),
            author=f"Author {number % AUTHORS}",
            published=FIRST_DAY + timedelta(days=number % 6000),
        )
        passages = []
        for row, (span, words) in enumerate(zip(post.block_spans, own, strict=True)):
            passage = Passage(
                f"{post.id}.{row}", post.id, row, texts[row], (), *span, tuple(_spans(words))
            )
            passages.append(StoredPassage.of(passage, post.title, f"{first + row:064x}"))
        yield post, passages, [f"{post.title}\n{text}" for text in texts]


def _spans(sentences: Sequence[str]) -> Iterator[Span]:
    start = 0
    for sentence in sentences:
        yield Span(start, start + len(sentence))
        start += len(sentence) + 1


def _blocks(base: Vector, size: int) -> Iterator[tuple[Vector, list[Records]]]:
    numbers = np.random.default_rng(0)
    for first in range(0, size, BLOCK):
        count = min(BLOCK, size - first)
        vectors = near(numbers, base[numbers.integers(len(base), size=count)], NOISE)
        sentences = pack(near(numbers, np.repeat(vectors, SENTENCES, axis=0), SENTENCE_NOISE))
        yield vectors, np.split(sentences, range(SENTENCES, len(sentences), SENTENCES))


def near(numbers: np.random.Generator, vectors: Vector, noise: float) -> Vector:
    """Unit vectors about ``vectors``, noise of that length added in a random direction."""
    shift = numbers.standard_normal(vectors.shape, np.float32)
    shift *= noise / np.sqrt(vectors.shape[1])
    shift += vectors
    shift /= np.linalg.norm(shift, axis=1, keepdims=True)
    return shift


def _figures(settings: Settings, size: int, build_s: float) -> Figures:
    command = [sys.executable, "-m", "bench.scale", str(settings.home), "--measure"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    first, *others = (_start_s(settings) for _ in range(STARTS))
    with serving(settings) as (url, process_id):
        with httpx.Client(base_url=url) as client:

            def request(question: str) -> object:
                return client.post("/api/ask", json={"question": question}).raise_for_status()

            seconds = [
                timed(partial(request, question)) for _ in range(ROUNDS) for question in QUESTIONS
            ]
        resident = psutil.Process(process_id).memory_info().rss / 2**20
    folder = current_folder(settings.index_folder)
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
    return Figures(
        passages=size,
        build_s=round(build_s, 1),
        disk_mib=round(disk, 1),
        first_start_s=round(first, 2),
        start_s=round(statistics.median(others), 2),
        resident_mib=round(resident),
        http_ms=round(statistics.median(seconds[len(QUESTIONS) :]) * 1000, 2),
        **json.loads(result.stdout),
    )


def _start_s(settings: Settings) -> float:
    """Seconds until a server answers; it is ended again."""
    started = time.perf_counter()
    with serving(settings):
        return time.perf_counter() - started


class _EncodedQuestions:
    """Stands in for an encoder: what is measured is the search after the encoding."""

    def __init__(self, encoder: Encoder) -> None:
        self.spec = encoder.spec
        self.is_word = encoder.is_word
        self.vectors = {each: encoder.encode_query(each) for each in QUESTIONS}

    def encode_queries(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of questions that are known."""
        return [self.vectors[text] for text in texts]


def measured(settings: Settings) -> dict[str, float]:
    """What searching the index of ``settings`` takes in this process."""
    generation = Generation(current_folder(settings.index_folder), check=False)
    digest = generation.manifest.encoder_digest
    encoder = _EncodedQuestions(Encoder(encoder_folder(settings.encoders_folder, digest)))
    searcher = HybridSearcher(generation, encoder)
    vectors = [encoder.vectors[each] for each in QUESTIONS]
    found = [set(generation.nearest(each, CANDIDATES).tolist()) for each in vectors]
    exact = [generation.vectors.nearest(each, NEAREST).tolist() for each in vectors]
    shares = [len(found[row].intersection(exact[row])) / NEAREST for row in range(len(vectors))]

    def search(filters: Filters, question: str) -> object:
        return searcher.search(Query(question), 20, filters)

    whole = _times([partial(search, Filters(), each) for each in QUESTIONS])
    some = Filters(author="Author 3")
    lists, graph = generation.manifest.lists, generation.manifest.graph
    return {
        "lists": 0 if lists is None else lists.lists,
        "probes": 0 if lists is None else lists.probes,
        "width": 0 if graph is None else graph.width,
        "recall": round(statistics.mean(shares), 4),
        "nearest_ms": _p50([partial(generation.nearest, each, CANDIDATES) for each in vectors]),
        "exact_ms": _p50(
            [partial(generation.vectors.nearest, each, CANDIDATES) for each in vectors]
        ),
        "search_ms": round(statistics.median(whole) * 1000, 2),
        "search_p95_ms": round(sorted(whole)[int(len(whole) * 0.95)] * 1000, 2),
        "filtered_ms": _p50([partial(search, some, each) for each in QUESTIONS]),
    }


def _times(actions: Sequence[Callable[[], object]]) -> list[float]:
    """Seconds of every action, several times, once what they touch has been read."""
    for action in actions:
        action()
    return [timed(action) for _ in range(ROUNDS) for action in actions]


def _p50(actions: Sequence[Callable[[], object]]) -> float:
    return round(statistics.median(_times(actions)) * 1000, 2)


if __name__ == "__main__":
    main()
