"""The atlas of a generation: made of its posts; what is as it was comes from the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.ahead import Encode
from index.atlas import Atlas, Flags, Layout, Rows, chip_names, write_atlas
from index.chips import Chipper, Measure, read_chips
from index.generation import Generation
from index.layout import kept, lay_out, put_beside
from index.manifest import (
    ATLAS_FILE,
    SUGGESTIONS_FILE,
    Manifest,
    digest_file,
    write_manifest,
)
from index.newer import newer_posts, newer_than
from index.pooling import Vector
from index.postvectors import middle, post_vectors, seen_from
from index.suggestions import write_suggestions
from index.vectors import Ordinals


@dataclass(frozen=True, slots=True)
class Before:
    """The atlas of the generation before, and the row there of each post now, -1 for others.

    Others are new, or not as they were.
    """

    atlas: Atlas
    rows: Ordinals
    same_chips: bool

    @property
    def rows_now(self) -> Ordinals:
        """The row now of each post then, -1 for those that are gone, or not as they were."""
        now = np.full(len(self.atlas.newer), -1, np.int64)
        old = np.flatnonzero(self.rows >= 0)
        now[self.rows[old]] = old
        return now


def charted(
    folder: Path,
    manifest: Manifest,
    encode: Encode,
    current: Generation | None = None,
    unchanged: Sequence[str] = (),
) -> Manifest:
    """``manifest`` with what is known of posts as wholes, which is written into ``folder``.

    What is as it was in the ``current`` generation, of posts whose ids are ``unchanged``, is taken
    over from there. Raises as :func:`chart` does, and OSError if the disk refuses.
    """
    generation = Generation(folder, check=False)
    try:
        last = before(current, generation, unchanged)
        write_atlas(folder / ATLAS_FILE, chart(generation, last, encode))
        write_suggestions(folder / SUGGESTIONS_FILE, generation.store)
    finally:
        generation.close()
    digests = {name: digest_file(folder / name) for name in (ATLAS_FILE, SUGGESTIONS_FILE)}
    charted = replace(manifest, digests=manifest.digests | digests)
    write_manifest(folder, charted)
    return charted


def before(
    generation: Generation | None, now: Generation, unchanged: Sequence[str]
) -> Before | None:
    """What can be taken over from ``generation``: of posts whose ids are ``unchanged``."""
    if generation is None:
        return None
    rows_then = {id: row for row, id in enumerate(generation.listing.ids())}
    same = set(unchanged)
    rows = [rows_then[id] if id in same else -1 for id in now.listing.ids()]
    same_chips = generation.manifest.options.chips == now.manifest.options.chips
    return Before(generation.atlas, np.array(rows, np.int64), same_chips)


def chart(generation: Generation, last: Before | None, encode: Encode) -> Atlas:
    """The atlas of ``generation``; ``encode`` gives unit vectors of texts, with its encoder.

    Where little has changed since all posts were laid out, those that were there stay where they
    are, and nothing heavy is loaded. Raises IndexDamaged, and IndexingError for a chips' file that
    cannot be used.
    """
    means = post_vectors(generation)
    layout = None if last is None else kept(last.atlas.layout, last.rows)
    if last is None or layout is None:
        centre = middle(means)
        posts = seen_from(centre, means)
        layout = _laid_out(generation, posts)
        newer = _newer(generation, posts, np.arange(len(posts)))
    else:
        centre = last.atlas.centre
        posts = seen_from(centre, means)
        layout = _added_to(layout, posts, last.rows)
        newer = _newer_still(generation, posts, last)
    chips = read_chips()
    if last is not None and last.same_chips:
        measure = last.atlas.measure
    else:
        measure = Measure.of(chips, encode)
    return Atlas(
        chip_names(chips),
        measure,
        _chipped(generation, Chipper(chips, measure), last),
        newer,
        centre,
        layout,
    )


def _chipped(generation: Generation, chipper: Chipper, last: Before | None) -> Flags:
    """Which post has which chip."""
    posts = generation.manifest.posts
    chipped = np.zeros((posts, chipper.count), np.bool_)
    new = np.arange(posts)
    if last is not None and last.same_chips:
        old = last.rows >= 0
        chipped[old] = last.atlas.chipped[last.rows[old]]
        new = np.flatnonzero(~old)
    firsts = generation.first_passages
    for post in generation.listing.readings(new.tolist()):
        vectors = generation.vectors.rows(np.arange(*firsts[post.row : post.row + 2]))
        chipped[post.row] = chipper.chips_of(post, vectors)
    return chipped


def _newer(generation: Generation, posts: Vector, rows: Ordinals) -> Rows:
    return newer_posts(posts, generation.days, generation.originals, rows)


def _newer_still(generation: Generation, posts: Vector, last: Before) -> Rows:
    """Newer posts, found anew only for those that may have others than they had."""
    now = np.append(last.rows_now, -1)  # -1, for no post, stays -1
    newer = np.full((len(posts), last.atlas.newer.shape[1]), -1, np.int32)
    old = np.flatnonzero(last.rows >= 0)
    then = last.atlas.newer[last.rows[old]]
    newer[old] = now[then]
    changed = np.flatnonzero(last.rows < 0)
    lost = old[((then >= 0) & (newer[old] < 0)).any(axis=1)]
    moved = newer_than(posts, generation.days, changed)
    again = np.union1d(np.union1d(changed, lost), moved)
    newer[again] = _newer(generation, posts, again)
    return newer


def _laid_out(generation: Generation, posts: Vector) -> Layout:
    places, groups = lay_out(posts)
    every = np.ones(len(posts), np.bool_)
    layout = Layout(places, groups, every, len(posts), ())
    if groups.max(initial=-1) < 0:
        return layout
    from index.subjects import Described, subject_names  # as the map, loads scikit-learn

    described = [
        Described(post.title, post.tags, "\n".join(post.texts))
        for post in generation.listing.readings(range(len(posts)))
    ]
    people = {name for name, _ in generation.store.authors()}
    return replace(layout, names=tuple(subject_names(described, groups, people)))


def _added_to(layout: Layout, posts: Vector, rows: Ordinals) -> Layout:
    """``layout`` with the posts put in that have no row in ``rows``."""
    new, settled = np.flatnonzero(rows < 0), np.flatnonzero(layout.settled)
    put_beside(posts, layout.places, layout.subjects, new, settled)
    return layout
