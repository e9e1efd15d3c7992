"""One generation, opened: vectors, sentence vectors, terms and texts that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.atlas import Atlas, read_atlas
from index.current import current_folder, other_folders
from index.errors import IndexDamaged, IndexIncompatible, IndexingError
from index.graph import Graph
from index.inverted import InvertedLists
from index.listing import Listing
from index.manifest import (
    ATLAS_FILE,
    GRAPH_FILE,
    LAYOUT_FILE,
    LISTS_FILE,
    SENTENCES_FILE,
    STORE_FILE,
    SUGGESTIONS_FILE,
    TERMS_FOLDER,
    VECTORS_FILE,
    Manifest,
    check_digests,
    read_manifest,
)
from index.pooling import Vector
from index.sentences import Records, Sentences
from index.store import Store
from index.suggestions import Suggestions
from index.terms import Terms
from index.types import Filters, MapPost, PostLine, PostMap, Suggestion
from index.vectors import Ordinals, Vectors

_EXACT_SHARE = 0.25
"""A filter that lets less through is searched exactly: most of what the lists hold is passed over
then, and comparing what is left costs no more."""


class Generation:
    """An immutable index folder, opened for reading."""

    def __init__(self, folder: Path, *, check: bool = True) -> None:
        """Open the generation in ``folder``, once every file is what its build wrote.

        Without ``check`` what is in the files is taken on trust. Raises IndexIncompatible or
        IndexDamaged, naming the file.
        """
        self.folder = folder
        self.manifest = read_manifest(folder)
        if check:
            check_digests(folder, self.manifest)
        self.vectors = Vectors(folder / VECTORS_FILE)
        self._near = _open_near(folder, self.manifest)
        self.terms = Terms(folder / TERMS_FOLDER)
        self.store = Store(folder / STORE_FILE)
        self.listing = Listing(self.store)
        self._sentences = Sentences(folder / SENTENCES_FILE)
        # int64, shape (passages + 1, 4): each passage's post, the post that one is a copy of (else
        # itself), first sentence, and author; then the counts of posts, posts, sentences, authors
        self._layout = _load_layout(folder / LAYOUT_FILE)
        self._check_counts()

    def _check_counts(self) -> None:
        manifest = self.manifest
        vectors = (manifest.passages, manifest.dimensions)
        promised = {
            "vectors": (self.vectors.shape, vectors),
            "terms": (len(self.terms), manifest.passages),
            "sentences": (
                (len(self._sentences), self._sentences.dimensions),
                (manifest.sentences, manifest.dimensions),
            ),
            "layout": (self._layout.shape, (manifest.passages + 1, 4)),
        }
        if self._near is not None:
            promised["lists" if manifest.graph is None else "graph"] = (self._near.shape, vectors)
        for part, (found, wanted) in promised.items():
            if found != wanted:
                raise IndexDamaged(
                    f"{self.folder}: {part} has {found} where the manifest says {wanted}.",
                    "Build it again: blogqa build",
                )

    def allowed(self, filters: Filters) -> Ordinals:
        """The ordinals of the passages whose post passes ``filters``, ascending."""
        passing = np.ones(self.manifest.posts, bool)
        if replace(filters, chips=()):
            passing[:] = False
            passing[self.store.matching(filters)] = True
        if filters.chips:
            having = np.zeros(self.manifest.posts, bool)
            having[self.with_chips(filters.chips)] = True
            passing &= having
        return np.flatnonzero(passing[self._layout[:-1, 0]])

    @cached_property
    def atlas(self) -> Atlas:
        """What is known of the posts as wholes. Read when first asked for; raises IndexDamaged."""
        return read_atlas(self.folder / ATLAS_FILE, self.manifest.posts)

    def with_chips(self, ids: Sequence[str]) -> Ordinals:
        """The rows of the posts that have all chips of ``ids``, ascending; raises UnknownChip."""
        return self.atlas.with_chips(ids)

    def newer(self, ids: Sequence[str]) -> dict[str, list[PostLine]]:
        """Of the posts of ``ids`` those that have clearly newer ones on their subject, and which.

        At most three each, the nearest in meaning first: :mod:`index.newer` says what is near and
        what is newer.
        """
        rows = self.listing.rows(ids)
        found = {id: self.atlas.newer[row].tolist() for id, row in rows.items()}
        wanted = {row for newer in found.values() for row in newer if row >= 0}
        lines = self.listing.lines(sorted(wanted))
        newer = {id: [lines[row] for row in each if row >= 0] for id, each in found.items()}
        return {id: posts for id, posts in newer.items() if posts}

    def neighbours(self, id: str) -> tuple[PostLine | None, PostLine | None]:
        """The posts before and after that of ``id`` by date: :meth:`Listing.neighbours`."""
        return self.listing.neighbours(id)

    def post_map(self) -> PostMap:
        """Where every post stands on the map, and under which subject."""
        layout = self.atlas.layout
        numbers = layout.subjects.tolist()
        posts = tuple(
            MapPost(line, x, y, None if numbers[row] < 0 else numbers[row])
            for (row, line), (x, y) in zip(
                self.listing.lines().items(), layout.places.tolist(), strict=True
            )
        )
        return PostMap(posts, tuple(layout.subject_places()))

    @cached_property
    def _suggestions(self) -> Suggestions:
        return Suggestions(self.folder / SUGGESTIONS_FILE)

    def suggest(self, typed: str, limit: int) -> list[Suggestion]:
        """At most ``limit`` titles, headings and tags that ``typed`` may go on as, best first.

        See :meth:`index.suggestions.Suggestions.suggest`; raises IndexDamaged.
        """
        return self._suggestions.suggest(typed, limit)

    @cached_property
    def days(self) -> Ordinals:
        """The day each post was published, as date.toordinal, by post; 0 for one without a date.

        Read when first asked for: most questions are not about time.
        """
        return self.store.days()

    def nearest(self, query: Vector, count: int, allowed: Ordinals | None = None) -> Ordinals:
        """Ordinals of the ``count`` passages nearest to the unit vector ``query``, nearest first.

        With ``allowed``, ascending, only those; however few they are, they are found.
        """
        few = allowed is not None and len(allowed) < _EXACT_SHARE * self.manifest.passages
        if self._near is None or few:
            return self.vectors.nearest(query, count, allowed)
        return self._near.nearest(query, count, allowed)

    @property
    def first_passages(self) -> Ordinals:
        """The ordinal of each post's first passage, by row, and at the end their number."""
        return np.searchsorted(self._layout[:-1, 0], np.arange(self.manifest.posts + 1))

    @property
    def originals(self) -> Ordinals:
        """The row of what each post is a copy of, else its own, by row."""
        originals = np.arange(self.manifest.posts)
        originals[self._layout[:-1, 0]] = self._layout[:-1, 1]
        return originals

    def posts_and_originals(self, ordinals: Ordinals) -> tuple[Ordinals, Ordinals]:
        """Which post each passage belongs to, and which one that is a copy of, else itself.

        Equal numbers are equal posts; they are the posts' rows in the store.
        """
        rows = self._layout[ordinals]
        return rows[:, 0], rows[:, 1]

    def authors(self, ordinals: Ordinals) -> Ordinals:
        """Who wrote each passage: equal numbers are equal names, -1 is nobody known."""
        authors: Ordinals = self._layout[ordinals, 3]
        return authors

    def sentence_vectors(self, ordinal: int) -> Vector:
        """Unit vectors of the sentences of a passage, shape (sentences, dimensions), float32."""
        first, last = self._layout[ordinal : ordinal + 2, 2]
        return self._sentences.vectors(slice(first, last))

    def sentence_records(self, ordinals: Ordinals) -> list[Records]:
        """The packed sentence vectors of each of many passages."""
        firsts, lasts = self._layout[ordinals, 2], self._layout[ordinals + 1, 2]
        bounds = zip(firsts.tolist(), lasts.tolist(), strict=True)
        return [self._sentences.records(first, last) for first, last in bounds]

    def sentence_cosines(
        self, ordinals: Ordinals, queries: Sequence[Vector]
    ) -> tuple[list[Vector], Ordinals]:
        """For each query the cosines of all sentences of many passages; where each one's start.

        Shapes (sentences,) and (passages,); every passage has at least one sentence.
        """
        firsts, lasts = self._layout[ordinals, 2], self._layout[ordinals + 1, 2]
        starts = np.cumsum(lasts - firsts) - (lasts - firsts)
        rows = np.arange((lasts - firsts).sum()) + np.repeat(firsts - starts, lasts - firsts)
        return self._sentences.cosines(rows, queries), starts

    def close(self) -> None:
        """Let go of the files."""
        self.terms.close()
        self.store.close()
        if "_suggestions" in self.__dict__:
            self._suggestions.close()


def open_usable(index: Path, *, check: bool = True) -> tuple[Generation, IndexingError | None]:
    """The generation in use; or the newest other one that can be used, and why the first cannot.

    Raises IndexMissing if nothing was ever built, IndexDamaged or IndexIncompatible if none can be
    used. ``check`` is as for :class:`Generation`.
    """
    try:
        return Generation(current_folder(index), check=check), None
    except (IndexDamaged, IndexIncompatible) as error:
        for folder in other_folders(index):
            with suppress(IndexDamaged, IndexIncompatible):
                return Generation(folder, check=check), error
        raise


def _open_near(folder: Path, manifest: Manifest) -> InvertedLists | Graph | None:
    """The approximate way to nearest vectors, if the generation has one."""
    if manifest.lists is not None:
        return InvertedLists(folder / LISTS_FILE, manifest.lists.probes)
    if manifest.graph is not None:
        return Graph(folder / GRAPH_FILE, manifest.graph.width)
    return None


def _load_layout(path: Path) -> npt.NDArray[np.int64]:
    try:
        layout: npt.NDArray[np.int64] = np.load(path)
    except (OSError, ValueError, EOFError) as error:
        raise IndexDamaged(
            f"{path} cannot be read as a NumPy file.", "Build it again: blogqa build"
        ) from error
    return layout
