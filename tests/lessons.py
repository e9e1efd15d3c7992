"""An archive with something to learn in it, and a tiny model that doesn't know it yet.

A post's title and its only passage share four letters, its key, and have as many z's as chance
wants. The model takes a text for the letters in it, so that texts with as many z's are alike to it;
that the z's say nothing is what there is to learn, and holds for posts never seen.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from corpus.archive import Archive
from corpus.types import Block, Post, Source
from index.fitting import FitOptions
from tests.tiny import make_model

BOLD = FitOptions(batch=16, rounds=10, most_steps=15, rate=1e-2)
"""Enough for a model this small to learn it."""
POSTS = 60


def texts(count: int = POSTS) -> Iterator[tuple[str, str]]:
    """Titles and passages."""
    chance = random.Random(0)
    for _ in range(count):
        key = "".join(chance.sample("abcdefghijklmnopqrstuvwxy", 4))
        yield f"{key} {'z' * chance.randrange(1, 20)}", f"{key} {'z' * chance.randrange(1, 20)}."


def make_archive(path: Path, count: int = POSTS) -> Archive:
    archive = Archive(path, create=True)
    posts = [
        Post(f"post-{number:03}", "notes", f"{number}.md", title, (Block("paragraph", text),))
        for number, (title, text) in enumerate(texts(count))
    ]
    archive.put(Source("notes", "markdown", "/notes"), posts)
    return archive


def make_learner(folder: Path) -> Path:
    """A tiny model whose layers hardly mix letters and hardly mind their order."""
    from safetensors.torch import load_file, save_file

    weights = make_model(folder) / "model.safetensors"
    values = load_file(weights)
    for name in values:
        mixes = "layer." in name and name.endswith("weight") and "LayerNorm" not in name
        if mixes or "position" in name:
            values[name] *= 0.1
    save_file(values, weights, metadata={"format": "pt"})
    return folder
