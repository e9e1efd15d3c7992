"""Generations of vectors made by hand: written as a build writes them, without an encoder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np

from corpus.types import Block, Post
from index.draft import Draft
from index.generation import Generation
from index.manifest import BuildOptions, Manifest, digest_files, write_manifest
from index.pooling import Vector
from index.recall import NearestOptions
from index.sentences import Records, pack
from index.store import StoredPassage

PLAIN = NearestOptions()

PARTS = (
    "atlas.npz",
    "layout.npy",
    "passages.sqlite",
    "sentences.npy",
    "suggestions.sqlite",
    "vectors.faiss",
    "terms/meta.json",
    "terms/.managed.json",
    "terms/*.fast",
    "terms/*.fieldnorm",
    "terms/*.idx",
    "terms/*.pos",
    "terms/*.store",
    "terms/*.term",
    "terms/vocabulary.txt",
)
"""The files of a generation, manifest and lists left out, as patterns of one file each."""
EMPTY_FILES = {"terms/.tantivy-meta.lock", "terms/.tantivy-writer.lock"}
"""Those that hold nothing, so that nothing in them can be damaged."""


@dataclass(frozen=True)
class MadePost:
    """A post by its passages' vectors, and those of each passage's sentences (else the same one).

    A passage's text is that of its place: "bees 0", its sentences single letters of it.
    """

    id: str
    vectors: Sequence[Sequence[float]]
    sentences: Sequence[Sequence[Sequence[float]]] = ()
    sources: Sequence[str] = ("notes",)
    author: str | None = None
    tags: tuple[str, ...] = ()
    published: date | None = None
    copy_of: str | None = None
    texts: Sequence[str] = field(default=())

    @property
    def sentence_vectors(self) -> list[Vector]:
        """The vectors of each passage's sentences, each of shape (sentences, dimensions)."""
        made = self.sentences or [[vector] for vector in self.vectors]
        return [np.array(each, np.float32) for each in made]


def flipped(content: bytes) -> bytes:
    """``content`` with a bit in its middle the other way round."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def fingerprint(id: str, number: int) -> str:
    """What a made passage is known by."""
    return sha256(f"{id} {number}".encode()).hexdigest()


def add_posts(draft: Draft, posts: Sequence[MadePost]) -> None:
    """Add all ``posts`` to a draft."""
    for made in posts:
        texts = list(made.texts) or [f"{made.id} {number}" for number in range(len(made.vectors))]
        blocks = tuple(Block("paragraph", text) for text in texts)
        post = Post(
            made.id,
            "notes",
            f"{made.id}.md",
            made.id.title(),
            blocks,
            author=made.author,
            published=made.published,
            tags=made.tags,
        )
        passages = [
            StoredPassage(
                number=number,
                start=span.start,
                end=span.end,
                heading_path="[]",
                sentences=json.dumps([[each, each + 1] for each in range(len(sentences))]),
                sentence_count=len(sentences),
                header="",
                fingerprint=fingerprint(made.id, number),
            )
            for number, (span, sentences) in enumerate(
                zip(post.block_spans, made.sentence_vectors, strict=True)
            )
        ]
        draft.add(post, passages, texts, sources=made.sources, copy_of=made.copy_of)


def blocks_of(
    posts: Sequence[MadePost], size: int = 4096
) -> Iterator[tuple[Vector, list[Records]]]:
    """The vectors of all ``posts`` in blocks of ``size`` passages."""
    vectors = [np.array(each, np.float32) for made in posts for each in made.vectors]
    records = [pack(each) for made in posts for each in made.sentence_vectors]
    for first in range(0, len(vectors), size):
        yield np.stack(vectors[first : first + size]), records[first : first + size]


def made_generation(
    folder: Path, posts: Sequence[MadePost], nearest: NearestOptions = PLAIN
) -> Generation:
    """``posts`` as a generation in the new ``folder``, opened."""
    folder.mkdir()
    draft = Draft(folder)
    with draft:
        add_posts(draft, posts)
    dimensions = len(posts[0].vectors[0])
    lists, graph = draft.write_vectors(blocks_of(posts), dimensions, nearest)
    draft.write_layout()
    write_manifest(
        folder,
        Manifest(
            generation=folder.name,
            built_at="2024-03-01T12:00:00+00:00",
            model="made",
            encoder_digest="f" * 64,
            dimensions=dimensions,
            options=BuildOptions(nearest=nearest),
            lists=lists,
            graph=graph,
            archive_digest="0" * 64,
            posts=draft.posts,
            passages=len(draft.fingerprints),
            sentences=draft.sentences,
            digests=digest_files(folder),
        ),
    )
    return Generation(folder)
