"""One generation, opened: vectors, sentence vectors, terms and texts that belong together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.encoder import Vector
from index.errors import IndexDamaged
from index.manifest import (
    LAYOUT_FILE,
    SENTENCES_FILE,
    STORE_FILE,
    TERMS_FOLDER,
    VECTORS_FILE,
    check_digests,
    read_manifest,
)
from index.store import Store
from index.terms import Terms
from index.vectors import Ordinals, Vectors


class Generation:
    """An immutable index folder, opened for reading."""

    def __init__(self, folder: Path) -> None:
        """Open the generation in ``folder``, once every file is what its build wrote.

        Raises IndexIncompatible or IndexDamaged, naming the file.
        """
        self.folder = folder
        self.manifest = read_manifest(folder)
        check_digests(folder, self.manifest)
        self.vectors = Vectors(folder / VECTORS_FILE)
        self.terms = Terms(folder / TERMS_FOLDER)
        self.store = Store(folder / STORE_FILE)
        # float16, shape (sentences, dimensions), read from disk as far as it is used
        self._sentences: npt.NDArray[np.float16] = np.load(folder / SENTENCES_FILE, mmap_mode="r")
        # int64, shape (passages + 1, 3): each passage's post, the post that one is a copy of (else
        # itself), and first sentence; then the counts of posts, posts and sentences
        self._layout: npt.NDArray[np.int64] = np.load(folder / LAYOUT_FILE)
        self._check_counts()

    def _check_counts(self) -> None:
        manifest = self.manifest
        promised = {
            "vectors": (self.vectors.shape, (manifest.passages, manifest.dimensions)),
            "terms": (len(self.terms), manifest.passages),
            "sentences": (
                self._sentences.shape,
                (manifest.sentences, manifest.dimensions),
            ),
            "layout": (self._layout.shape, (manifest.passages + 1, 3)),
        }
        for part, (found, wanted) in promised.items():
            if found != wanted:
                raise IndexDamaged(
                    f"{self.folder}: {part} has {found} where the manifest says {wanted}.",
                    "Build it again: blogqa build",
                )

    def post_row(self, ordinal: int) -> int:
        """Which post a passage belongs to: equal rows, equal posts."""
        return int(self._layout[ordinal, 0])

    def original_row(self, ordinal: int) -> int:
        """Which post a passage's post is a copy of, or that post: equal rows, equal words."""
        return int(self._layout[ordinal, 1])

    def posts_of(self, ordinals: Ordinals) -> tuple[int, int]:
        """How many posts the passages belong to, and how many if copies count as one."""
        layout = self._layout[ordinals]
        return len(np.unique(layout[:, 0])), len(np.unique(layout[:, 1]))

    def sentence_vectors(self, ordinal: int) -> Vector:
        """Unit vectors of the sentences of a passage, shape (sentences, dimensions), float32."""
        first, last = self._layout[ordinal : ordinal + 2, 2]
        return self._sentences[first:last].astype(np.float32)

    def sentences_of(self, ordinals: Ordinals) -> tuple[Vector, Ordinals]:
        """The sentence vectors of many passages one after the other, and where each one's start.

        Shapes (sentences, dimensions) and (passages,); every passage has at least one sentence.
        """
        firsts, lasts = self._layout[ordinals, 2], self._layout[ordinals + 1, 2]
        starts = np.cumsum(lasts - firsts) - (lasts - firsts)
        rows = np.arange((lasts - firsts).sum()) + np.repeat(firsts - starts, lasts - firsts)
        return self._sentences[rows].astype(np.float32), starts

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()
