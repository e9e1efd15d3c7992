"""After new posts: ``python -m bench.refresh POSTS``, an archive made of POSTS' sentences.

How long `blogqa update` takes where nothing changed, and where one post of many did: from starting
it to the first right answer of a running server.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx

from bench.common import timed
from bench.made import as_markdown, made_posts, sentences_of
from bench.speed import serving
from qa.imports import import_source
from qa.settings import Settings
from qa.workspace import build_index

POSTS = 5000
CLAUSES = ("pelican", "walrus", "ibex")  # words of no post, one for each run
POLL_S = 0.1  # asking more often would take the processor from the update
LIMIT_S = 60.0


def main() -> None:
    """Print the figures for an archive made of the folder named on the command line."""
    count = int(sys.argv[2]) if len(sys.argv) > 2 else POSTS
    with tempfile.TemporaryDirectory() as folder:
        posts, home = Path(folder) / "posts", Path(folder) / "home"
        posts.mkdir()
        for post in made_posts(sentences_of(Path(sys.argv[1])), count):
            (posts / post.place).write_text(as_markdown(post))
        settings = replace(Settings(), home=home)
        import_source(settings, posts)
        report = build_index(settings)
        print(f"{report.posts} posts, {report.passages} passages")
        print(f"built in {report.seconds:.1f} s: {report.stages}")
        update = partial(_update, os.environ | settings.as_environment())
        timed(lambda: update().wait())
        same = statistics.median(timed(lambda: update().wait()) for _ in CLAUSES)
        print(f"`blogqa update`, nothing changed, median   {same:6.2f} s")
        with serving(settings) as (url, _), httpx.Client(base_url=url) as client:
            changed = [_changed(posts, client, update, turn) for turn in range(len(CLAUSES))]
        print(f"one post changed, to its first right answer {statistics.median(changed):6.2f} s")


def _update(environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "qa.cli", "update"]
    return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)


def _changed(
    posts: Path, client: httpx.Client, update: Callable[[], subprocess.Popen[bytes]], turn: int
) -> float:
    """Seconds from the start of an update to the first answer out of a post changed before it."""
    clause = CLAUSES[turn]
    words = f"The {clause} clause is read aloud before anybody signs."
    path = sorted(posts.iterdir())[7 * turn + 3]
    path.write_text(f"{path.read_text()}\n{words}\n")
    question = {"question": f"when is the {clause} clause read aloud?"}
    started = time.perf_counter()
    updating = update()
    while time.perf_counter() - started < LIMIT_S:
        answer = client.post("/api/ask", json=question).raise_for_status().json()
        if any(words in passage["text"] for passage in answer["passages"]):
            seconds = time.perf_counter() - started
            if updating.wait():
                raise RuntimeError("The update failed.")
            return seconds
        time.sleep(POLL_S)
    raise TimeoutError(f"No answer out of {path} within {LIMIT_S} s.")


if __name__ == "__main__":
    main()
