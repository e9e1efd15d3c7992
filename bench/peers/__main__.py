"""The comparison: ``python -m bench.peers POSTS --python PEERS_PYTHON``.

Everything runs in a process of its own, one after the other, on the processor alone and offline.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil

from bench.common import TURNS, listening, machine, timed, times
from bench.load import Load
from bench.peers.others import Others
from bench.peers.report import Comparison, Library, Server, as_data, as_text
from bench.peers.texts import abstracts, fill, origins
from bench.peers.with_blogqa import encoder_folder, settings_of
from bench.peers.workplace import Given, Measured, Workplace, read_measured
from bench.speed import QUESTIONS, encoded_texts, serving
from corpus.archive import Archive
from corpus.passages import PassageOptions, cut_passages
from corpus.types import Post, Source
from index.encoder import Encoder
from index.models import find_model
from qa.imports import import_source

PASSAGES = 2000  # at which the server's memory is asked for
ONE_S, MANY_S, WARM_S = 3.0, 5.0, 1.0
CLIENTS = 16
COLD_RUNS = 5

ROOT = Path(__file__).parents[2]
ALIKE = {"CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
"""The processor alone, no network."""


def say(what: str) -> None:
    """Tell whoever waits what is being done."""
    print(what, file=sys.stderr, flush=True)


def run(*command: str | Path) -> str:
    """What a process printed; ends this one with what that complained of, if it failed."""
    words = [str(word) for word in command]
    result = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{result.stderr}")
    return result.stdout


def version(python: Path, package: str) -> str:
    """Which version of ``package`` the environment of ``python`` has."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return run(python, "-c", code).strip()


def prepare(workplace: Workplace, posts: Path, spare: Path | None, passages: int) -> str:
    """Give everyone the same texts: blogqa as posts in its archive. Says whose posts they are."""
    settings = settings_of(workplace)
    encoder = Encoder(encoder_folder(settings))

    def count(post: Post) -> int:
        return sum(1 for _ in cut_passages(post, encoder.count_tokens, PassageOptions()))

    read = replace(settings, home=workplace.folder / "read")
    import_source(read, posts)
    with Archive(read.archive_file) as archive:
        own = list(archive.posts())
    chosen = fill(own, abstracts(spare) if spare else [], passages, count)
    with Archive(settings.archive_file, create=True) as archive:
        archive.put(Source("peers", "markdown", str(posts)), chosen)
        texts = encoded_texts(archive, encoder)
    workplace.give(Given(str(find_model(settings.model)), texts, list(QUESTIONS)))
    return origins(chosen)


def library(name: str, texts: int, measured: Measured) -> Library:
    """The figures of the fastest build, and of all answers."""
    return Library(name, texts / min(measured.builds), times(measured.answers))


def served(
    name: str, workplace: Workplace, server: AbstractContextManager[tuple[str, int]]
) -> Server:
    """What one client sees of ``server``, and what many see; its memory after that."""
    with server as (url, process_id):

        def asked_by(clients: int, seconds: float) -> Load:
            client = ("-m", "bench.peers.client", name, url, str(clients), str(seconds))
            return Load(**json.loads(run(sys.executable, *client, workplace.folder)))

        asked_by(CLIENTS, WARM_S)
        one = [times(asked_by(1, ONE_S).seconds) for _ in range(TURNS)]
        many = [asked_by(CLIENTS, MANY_S) for _ in range(TURNS)]
        resident_mib = psutil.Process(process_id).memory_info().rss / 2**20
    best = max(many, key=lambda load: load.requests_per_s)
    return Server(
        min(one, key=lambda found: found.p50),
        times(best.seconds),
        best.requests_per_s,
        resident_mib,
    )


def cold(*command: str | Path) -> float:
    """Seconds from starting ``command``, which answers one question, to its end.

    Its server has run before: files are in the page cache, for everyone.
    """
    return statistics.median(timed(partial(run, *command)) for _ in range(COLD_RUNS))


def compare(workplace: Workplace, python: Path, posts: str, others: Others) -> Comparison:
    """Measure everything on what ``workplace`` was given; ``python`` is the peers' interpreter."""
    settings, texts = settings_of(workplace), len(workplace.given.texts)
    measured: dict[str, Measured] = {}
    for interpreter, name in (
        (python, "txtai"),
        (Path(sys.executable), "blogqa"),
        (python, "llamaindex"),
    ):
        say(f"{name} builds and answers")
        output = run(interpreter, "-m", f"bench.peers.with_{name}", workplace.folder)
        measured |= read_measured(output)
    config = json.dumps({"path": str(workplace.txtai_index), "embeddings": {}})
    uvicorn = [str(python), "-m", "uvicorn", "txtai.api:app", "--port", "0"]
    say("servers answer")
    os.environ.update(settings.as_environment())
    return Comparison(
        machine=machine(),
        posts=posts,
        passages=texts,
        clients=CLIENTS,
        blogqa=library("blogqa", texts, measured["blogqa"]),
        bare=library("bare encoder", texts, measured["bare"]),
        txtai=library(f"txtai {version(python, 'txtai')}", texts, measured["txtai"]),
        llamaindex=library(
            f"LlamaIndex {version(python, 'llama-index-core')}", texts, measured["llamaindex"]
        ),
        blogqa_server=served("blogqa", workplace, serving(settings)),
        txtai_server=served(
            "txtai", workplace, listening(uvicorn, os.environ | {"CONFIG": config})
        ),
        blogqa_cold_s=cold(sys.executable, "-m", "qa.cli", "ask", QUESTIONS[0]),
        txtai_cold_s=cold(python, "-m", "bench.peers.with_txtai", workplace.folder, "--saved"),
        others=others.share(),
    )


def main() -> None:
    """Print the comparison over a folder of posts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path, help="a folder of posts")
    parser.add_argument("--python", type=Path, required=True, help="of the peers' environment")
    parser.add_argument("--spare", type=Path, help="a BEIR corpus.jsonl, where posts are few")
    parser.add_argument("--passages", type=int, default=PASSAGES)
    parser.add_argument("--json", type=Path, help="a file for the figures as data")
    options = parser.parse_args()
    os.environ.update(ALIKE)
    with tempfile.TemporaryDirectory() as folder:
        workplace = Workplace(Path(folder))
        say("preparing posts")
        spare = options.spare if options.spare and options.spare.exists() else None
        others = Others()
        posts = prepare(workplace, options.posts.resolve(), spare, options.passages)
        found = compare(workplace, options.python.absolute(), posts, others)
    print(as_text(found))
    if options.json:
        options.json.write_text(json.dumps(as_data(found), indent=2) + "\n")


if __name__ == "__main__":
    main()
