"""How fast and how large: ``python -m bench.speed POSTS``, POSTS being a folder of posts.

Everything is measured in one run on the same texts, since machines differ and are shared: what
counts are the ratios to the bare compiled encoder and to sentence-transformers.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import numpy as np
import openvino
import psutil
from tokenizers import Tokenizer

from bench.common import listening, machine, runs, timed, times
from corpus.archive import Archive
from corpus.passages import PassageOptions, cut_passages
from index.build import build
from index.encoder import Encoder, runtime_options
from index.models import prepare_encoder
from index.spec import model_file, tokenizer_file
from index.types import Searcher
from qa.ask import ask
from qa.imports import import_source
from qa.settings import Settings
from qa.workspace import open_searcher

QUESTIONS = (
    "how do I handle call reluctance?",
    "what do I say when they tell me it's too expensive",
    "how many times should I follow up before giving up?",
    "getting past the receptionist",
    "how do I write a cold email that gets a reply?",
    "what should I ask in a first meeting",
    "my deal slipped and I need help from management",
    "how do I ask a customer for a referral?",
)
COLD_RUNS = 7
BATCH = 8


def bare_pass(encoder_folder: Path, max_tokens: int, texts: list[str]) -> Callable[[], None]:
    """A run of the compiled network alone over ``texts``, tokenized and batched beforehand."""
    model = openvino.Core().compile_model(
        str(model_file(encoder_folder)), "CPU", runtime_options(os.cpu_count() or 1)
    )
    tokenizer = Tokenizer.from_file(str(tokenizer_file(encoder_folder)))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    rows = sorted((each.ids for each in tokenizer.encode_batch(texts)), key=len, reverse=True)
    feeds = []
    for first in range(0, len(rows), BATCH):
        batch = rows[first : first + BATCH]
        ids = np.zeros((len(batch), len(batch[0])), np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        feeds.append({port.any_name: values[port.any_name] for port in model.inputs})
    requests = [model.create_infer_request() for _ in range((os.cpu_count() or 1) + 1)]

    def run() -> None:
        for turn, feed in enumerate(feeds):
            request = requests[turn % len(requests)]
            request.wait()
            request.start_async(feed)
        for request in requests:
            request.wait()

    return run


def encoded_texts(archive: Archive, encoder: Encoder) -> list[str]:
    """Every passage of the archive as it is encoded, its header in front."""
    options = PassageOptions()
    return [
        f"{header}\n{passage.text}"
        for post in archive.posts()
        for header, passage in cut_passages(post, encoder.count_tokens, options)
    ]


def measure_build(settings: Settings) -> None:
    """Passages a second: whole build, bare network, sentence-transformers."""
    folder = prepare_encoder(settings.model, settings.encoders_folder, lambda: None)
    encoder = Encoder(folder, streams=os.cpu_count() or 1)
    with Archive(settings.archive_file) as archive:
        texts = encoded_texts(archive, encoder)
        run_bare = bare_pass(folder, encoder.spec.max_tokens, texts)
        run_bare()  # the first pass over new shapes compiles kernels for them
        report = build(archive, encoder, settings.index_folder)
        again = Path(f"{settings.index_folder}-again")
        seconds = min(report.seconds, build(archive, encoder, again).seconds)
        bare = min(timed(run_bare), timed(run_bare))
    ours, engine = len(texts) / seconds, len(texts) / bare
    theirs = sentence_transformers_rate(settings, texts)
    print(f"\nbuild, {report.posts} posts, {len(texts)} passages")
    print(f"  whole build             {ours:8.1f} passages/s")
    print(f"  bare compiled encoder   {engine:8.1f} passages/s   build / bare {ours / engine:.2f}")
    print(
        f"  sentence-transformers   {theirs:8.1f} passages/s   "
        f"build / sentence-transformers {ours / theirs:.2f}   (its own encode, the same texts)"
    )


def sentence_transformers_rate(settings: Settings, texts: list[str]) -> float:
    """Texts a second of sentence-transformers' own encode, in a process of its own."""
    code = (
        "import json, sys, time\n"
        "from sentence_transformers import SentenceTransformer\n"
        "from index.models import find_model\n"
        "texts = json.load(sys.stdin)\n"
        f"model = SentenceTransformer(str(find_model({settings.model!r})), device='cpu')\n"
        "model.encode(texts[:32])\n"
        "started = time.perf_counter()\n"
        "model.encode(texts)\n"
        "print(len(texts) / (time.perf_counter() - started))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(result.stdout.split()[-1])


def measure_questions(settings: Settings, searcher: Searcher, encoder: Encoder) -> None:
    """A question in process and over HTTP, beside the bare encoding of it."""

    def answer(question: str) -> object:
        return ask(
            searcher, question, limit=settings.limit, least_confidence=settings.least_confidence
        )

    encode = runs(encoder.encode_query, QUESTIONS)
    process = runs(answer, QUESTIONS)
    bare, ours = times(encode), times(process)
    print("\na question")
    print(f"  bare encoding           {bare}")
    print(f"  in process              {ours}   / bare {ours.p50 / bare.p50:.2f}")
    with serving(settings) as (url, process_id), httpx.Client(base_url=url) as client:

        def request(question: str) -> object:
            return client.post("/api/ask", json={"question": question}).raise_for_status()

        requests = runs(request, QUESTIONS)
        over_http = times(requests)
        resident = psutil.Process(process_id).memory_info().rss / 2**20
    print(f"  over HTTP, keep-alive   {over_http}   / bare {over_http.p50 / bare.p50:.2f}")
    print(f"\nserver, resident          {resident:8.0f} MiB")


def serving(settings: Settings) -> AbstractContextManager[tuple[str, int]]:
    """A server of its own on ``settings``: its address and process id."""
    command = [sys.executable, "-m", "qa.cli", "serve"]
    return listening(command, os.environ | settings.as_environment() | {"BLOGQA_PORT": "0"})


def measure_cold(settings: Settings) -> None:
    """From starting the command to the answer on the terminal."""
    command = [sys.executable, "-m", "qa.cli", "ask", QUESTIONS[0]]
    environment = os.environ | settings.as_environment()
    start = partial(subprocess.run, command, env=environment, stdout=subprocess.DEVNULL, check=True)
    start()  # the first run fills the page cache
    seconds = statistics.median(timed(start) for _ in range(COLD_RUNS))
    print(f"\ncold `blogqa ask`, median {seconds:8.2f} s   (of {COLD_RUNS})")


def main() -> None:
    """Print all figures for the posts in the folder named on the command line."""
    posts = Path(sys.argv[1])
    print(f"machine: {machine()}")
    with tempfile.TemporaryDirectory() as home:
        settings = replace(Settings(), home=Path(home))
        import_source(settings, posts)
        measure_build(settings)
        searcher = open_searcher(settings)
        folder = prepare_encoder(settings.model, settings.encoders_folder, lambda: None)
        measure_questions(settings, searcher, Encoder(folder))
        searcher.close()
        measure_cold(settings)


if __name__ == "__main__":
    main()
