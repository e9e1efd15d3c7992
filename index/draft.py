"""A generation while it is written: texts post by post, then the vectors of all passages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from corpus.types import Post
from index.errors import IndexDamaged
from index.graph import GraphRecord, write_graph
from index.grouping import voice
from index.inverted import ListsRecord, write_lists
from index.manifest import (
    GRAPH_FILE,
    LAYOUT_FILE,
    LISTS_FILE,
    SENTENCES_FILE,
    STORE_FILE,
    TERMS_FOLDER,
    VECTORS_FILE,
)
from index.pooling import Vector
from index.recall import NearestOptions
from index.sentences import Records, record_type, unpack
from index.store import StoredPassage, StoreWriter
from index.terms import Labels, TermsWriter
from index.vectors import Vectors, VectorsWriter

_TOLERANCE = 1e-3  # of a length; half precision is off by a tenth of it
_QUESTIONS = 200  # that recall is measured with: a share is then known to about 0.01
_AWAY = 1.8
"""How far from a sentence, in lengths of its vector, a question for measuring recall is put. Real
questions lie far from all passages: over a sales blog, the best one has cosine 0.40 and the tenth
0.31 (medians of 90 judged questions), where those of sentences as they are have 0.86 and 0.53, and
moved so far, 0.42 and 0.26. Nearer ones are found too easily: with the same lists recall was 0.99
for sentences and 0.82 for questions."""


class Draft:
    """Writes a generation into an empty folder; a context manager while texts are added.

    ``fingerprints`` are those of the passages so far, by ordinal. Every method raises OSError if
    the disk refuses.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fingerprints: list[str] = []
        self._post_rows: dict[str, int] = {}
        self._originals: list[str] = []  # of each post, its id or that of what it is a copy of
        self._authors: dict[str, int] = {}
        self._post_authors: list[int] = []
        self._passage_posts: list[int] = []
        self._sentence_counts: list[int] = []
        with ExitStack() as opened:
            self._terms = opened.enter_context(TermsWriter(folder / TERMS_FOLDER))
            self._store = opened.enter_context(StoreWriter(folder / STORE_FILE))
            self._open = opened.pop_all()

    @property
    def posts(self) -> int:
        """How many posts were added."""
        return len(self._originals)

    @property
    def sentences(self) -> int:
        """How many sentences the passages have."""
        return sum(self._sentence_counts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def add(
        self,
        post: Post,
        passages: Sequence[StoredPassage],
        texts: Iterable[str],
        *,
        sources: Sequence[str],
        copy_of: str | None,
    ) -> None:
        """Take the next post, its passages, and the text that each is encoded as."""
        self._store.add(post, passages, sources=sources, copy_of=copy_of)
        row = self._post_rows[post.id] = self.posts
        self._originals.append(copy_of or post.id)
        self._post_authors.append(self._author(post))
        labels = Labels(post.author, post.tags, sources, post.published, row)
        for passage, text in zip(passages, texts, strict=True):
            self._terms.add(text, labels)
            self.fingerprints.append(passage.fingerprint)
            self._passage_posts.append(row)
            self._sentence_counts.append(passage.sentence_count)

    def write_layout(self) -> None:
        """Write which post, original, sentences and author each passage has."""
        originals = np.array([self._post_rows[id] for id in self._originals], np.int64)
        posts = np.array(self._passage_posts, np.int64)
        firsts = np.cumsum([0, *self._sentence_counts], dtype=np.int64)
        authors = np.array(self._post_authors, np.int64)[posts]
        layout = np.column_stack(
            [
                np.append(posts, self.posts),
                np.append(originals[posts], self.posts),
                firsts,
                np.append(authors, len(self._authors)),
            ]
        )
        np.save(self.folder / LAYOUT_FILE, layout)

    def _author(self, post: Post) -> int:
        """The number of who wrote ``post``; -1 if nobody knows."""
        if post.author is None:
            return -1
        return self._authors.setdefault(voice(post.author), len(self._authors))

    def write_vectors(
        self,
        blocks: Iterable[tuple[Vector, list[Records]]],
        dimensions: int,
        options: NearestOptions,
    ) -> tuple[ListsRecord | None, GraphRecord | None]:
        """Write the vectors of all passages and their sentences, given in order, in blocks.

        What :class:`index.manifest.Manifest` keeps of how the nearest of them are found. Raises
        IndexDamaged, naming the passage, for a vector that is not of length 1.
        """
        folder, vectors = self.folder, VectorsWriter(dimensions)
        with (folder / SENTENCES_FILE).open("wb") as file:
            # The header of a NumPy file says how much follows; a memory map in its place would end
            # the process with a signal where the disk is full.
            kind = np.lib.format.dtype_to_descr(record_type(dimensions))
            header = {"descr": kind, "fortran_order": False, "shape": (self.sentences,)}
            np.lib.format.write_array_header_2_0(file, header)
            ordinal = 0
            for passages, sentences in blocks:
                self._check_lengths(passages, ordinal)
                ordinal += len(passages)
                vectors.add(passages)
                file.writelines(records.tobytes() for records in sentences)
        vectors.write(folder / VECTORS_FILE)
        if len(self.fingerprints) <= options.exact_limit:
            return None, None
        every = Vectors(folder / VECTORS_FILE)
        asked, least = self._questions(), options.least_recall
        if options.kind == "graph":
            graph = write_graph(folder / GRAPH_FILE, every, asked, least)
            if graph is not None:
                return None, graph
        return write_lists(folder / LISTS_FILE, every, asked, least), None

    def _check_lengths(self, vectors: Vector, first: int) -> None:
        lengths = np.linalg.norm(vectors, axis=1)
        wrong = np.flatnonzero(~(np.abs(lengths - 1) <= _TOLERANCE))  # nor is "no number" within
        if len(wrong):
            post = self._passage_posts[first + wrong[0]]
            raise IndexDamaged(
                f"The encoder gave a vector of length {lengths[wrong[0]]:.4f}, not 1, for a "
                f"passage of {list(self._post_rows)[post]}.",
                "The index in use is untouched. Run: blogqa build",
            )

    def _questions(self) -> Vector:
        """Vectors that lie to the archive as questions do: sentences of it, moved far away."""
        records: Records = np.load(self.folder / SENTENCES_FILE, mmap_mode="r")
        numbers = np.random.default_rng(0)
        chosen = np.sort(numbers.permutation(len(records))[:_QUESTIONS])
        sentences = unpack(records[chosen])
        away = numbers.standard_normal(sentences.shape, np.float32)
        sentences += away * (_AWAY / np.sqrt(sentences.shape[1]))
        questions: Vector = sentences / np.linalg.norm(sentences, axis=1, keepdims=True)
        return questions
