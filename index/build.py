"""An archive made into a generation; only text never encoded before is encoded.

A pure function of archive, encoder and options: everything but the vectors is cheap, so nothing is
patched in place. A vector belongs to a fingerprint of the text it was made from, and is taken from
the generation in use where that has one.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from corpus.archive import Archive
from corpus.passages import PassageOptions, cut_passages
from corpus.types import Passage, Post, Span
from index.encoder import EncodedPassage, Encoder
from index.errors import IndexDamaged, IndexIncompatible, IndexingError, IndexMissing
from index.generation import Generation
from index.manifest import (
    LAYOUT_FILE,
    SENTENCES_FILE,
    STORE_FILE,
    TERMS_FOLDER,
    VECTORS_FILE,
    Manifest,
    digest_files,
    write_manifest,
)
from index.publish import current_folder, publish, staging
from index.store import write_store
from index.terms import write_terms
from index.vectors import write_vectors


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. ``published`` is false when the index in use was already right."""

    generation: str
    posts: int
    passages: int
    embedded: int
    reused: int
    seconds: float
    published: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the slow part of a build is: ``done`` of ``total`` passages encoded."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """A passage with the text its vector is made from: a header, then what is shown."""

    passage: Passage
    encoded: str
    spans: tuple[Span, ...]  # of the sentences, in ``encoded``
    fingerprint: str


def build(
    archive: Archive,
    encoder: Encoder,
    index: Path,
    options: PassageOptions | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> BuildReport:
    """Make the folder ``index`` hold a current generation of ``archive``.

    If the current one is of the same posts, encoder and options, it stays. Until the new one is
    whole and has answered a question about itself, the old one is untouched. Raises IndexingError
    if the archive has no text or the disk refuses.
    """
    started = time.perf_counter()
    options = options or PassageOptions()
    options = _within(options, encoder.spec.max_tokens)
    current = _open_current(index)
    try:
        with archive.snapshot():
            archive_digest = archive.digest()
            if current is not None and _is_of(current.manifest, archive_digest, encoder, options):
                manifest = current.manifest
                seconds = time.perf_counter() - started
                reused = manifest.passages
                return BuildReport(
                    manifest.generation, manifest.posts, reused, 0, reused, seconds, published=False
                )
            copies = archive.copies()
            found = list(archive.posts())
        posts = [(post, _entries(post, encoder, options)) for post in found]
        entries = [entry for _, of_post in posts for entry in of_post]
        if not entries:
            raise IndexingError("The archive holds no text.", "Import posts: blogqa import SOURCE")
        known = _known_vectors(current, encoder, entries)
        new = [entry for entry in entries if entry.fingerprint not in known]
        encoded = known | _encode(new, encoder, on_progress)
        with staging(index) as folder:
            _write_parts(folder, posts, entries, encoded, copies)
            manifest = Manifest(
                generation=_name(),
                built_at=datetime.now(UTC).isoformat(timespec="seconds"),
                model=encoder.spec.model,
                encoder_digest=encoder.spec.digest,
                dimensions=encoder.spec.dimensions,
                options=options,
                archive_digest=archive_digest,
                posts=len(posts),
                passages=len(entries),
                sentences=sum(len(entry.spans) for entry in entries),
                digests=digest_files(folder),
            )
            write_manifest(folder, manifest)
            _verify(folder, entries, encoded)
            publish(index, folder, manifest.generation)
    except OSError as error:
        raise IndexingError(
            f"The index could not be written to {index}: {error.strerror or error}.",
            "The index in use is untouched. Free some space or mend the permissions, then run: "
            "blogqa build",
        ) from error
    finally:
        if current is not None:
            current.close()
    return BuildReport(
        generation=manifest.generation,
        posts=manifest.posts,
        passages=manifest.passages,
        embedded=len(new),
        reused=len(entries) - len(new),
        seconds=time.perf_counter() - started,
        published=True,
    )


def _within(options: PassageOptions, limit: int) -> PassageOptions:
    """``options`` for an encoder that takes at most ``limit`` tokens."""
    if options.max_tokens <= limit:
        return options
    return PassageOptions(
        max_tokens=limit,
        target_tokens=min(options.target_tokens, limit),
        min_tokens=min(options.min_tokens, limit // 4),
        max_header_tokens=min(options.max_header_tokens, limit // 4),
    )


def _open_current(index: Path) -> Generation | None:
    """The generation in use, if there is one that can be reused."""
    try:
        return Generation(current_folder(index))
    except (IndexMissing, IndexDamaged, IndexIncompatible):
        return None  # building is what mends all three


def _is_of(
    manifest: Manifest, archive_digest: str, encoder: Encoder, options: PassageOptions
) -> bool:
    return (manifest.archive_digest, manifest.encoder_digest, manifest.options) == (
        archive_digest,
        encoder.spec.digest,
        options,
    )


def _entries(post: Post, encoder: Encoder, options: PassageOptions) -> list[_Entry]:
    entries = []
    for header, passage in cut_passages(post, encoder.count_tokens, options):
        lead = f"{header}\n" if header else ""
        spans = tuple(Span(s + len(lead), e + len(lead)) for s, e in passage.sentences)
        encoded = lead + passage.text
        identity = f"{encoder.spec.digest}\n{[*map(tuple, spans)]}\n{encoded}"
        fingerprint = hashlib.sha256(identity.encode()).hexdigest()
        entries.append(_Entry(passage, encoded, spans, fingerprint))
    return entries


def _known_vectors(
    current: Generation | None, encoder: Encoder, entries: list[_Entry]
) -> dict[str, EncodedPassage]:
    """The vectors of those ``entries`` that the current generation has, by fingerprint."""
    if current is None or current.manifest.encoder_digest != encoder.spec.digest:
        return {}
    wanted = {entry.fingerprint for entry in entries}
    known = {}
    for ordinal, fingerprint in enumerate(current.store.fingerprints()):
        if fingerprint in wanted:
            vector = current.vectors.rows(np.array([ordinal]))[0]
            known[fingerprint] = EncodedPassage(vector, current.sentence_vectors(ordinal))
    return known


def _encode(
    entries: list[_Entry], encoder: Encoder, on_progress: Callable[[Progress], None]
) -> dict[str, EncodedPassage]:
    done = 0

    def count(finished: int) -> None:
        nonlocal done
        done += finished
        on_progress(Progress(done, len(entries)))

    vectors = encoder.encode_passages(
        [entry.encoded for entry in entries], [entry.spans for entry in entries], count
    )
    return {entry.fingerprint: vector for entry, vector in zip(entries, vectors, strict=True)}


def _write_parts(
    folder: Path,
    posts: list[tuple[Post, list[_Entry]]],
    entries: list[_Entry],
    encoded: dict[str, EncodedPassage],
    copies: dict[str, str],
) -> None:
    vectors = [encoded[entry.fingerprint] for entry in entries]
    write_vectors(folder / VECTORS_FILE, np.stack([each.vector for each in vectors]))
    sentences = np.concatenate([each.sentences for each in vectors]).astype(np.float16)
    np.save(folder / SENTENCES_FILE, sentences)
    row_of = {post.id: row for row, (post, _) in enumerate(posts)}
    post_rows = [row for row, (_, of_post) in enumerate(posts) for _ in of_post] + [len(posts)]
    originals = [row_of[copies.get(post.id, post.id)] for post, of_post in posts for _ in of_post]
    firsts = np.cumsum([0, *(len(entry.spans) for entry in entries)])
    layout = np.column_stack([post_rows, [*originals, len(posts)], firsts])
    np.save(folder / LAYOUT_FILE, layout.astype(np.int64))
    write_terms(folder / TERMS_FOLDER, (entry.encoded for entry in entries))
    write_store(
        folder / STORE_FILE,
        (
            (post, [(entry.passage, entry.fingerprint) for entry in of_post])
            for post, of_post in posts
        ),
        copies,
    )


def _name() -> str:
    """A name for a generation: later builds sort later, to the microsecond."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")


def _verify(folder: Path, entries: list[_Entry], encoded: dict[str, EncodedPassage]) -> None:
    """Open the staged generation and find the middle passage by its own vector."""
    generation = Generation(folder)
    try:
        known = entries[len(entries) // 2]
        vector = encoded[known.fingerprint].vector
        nearest = generation.vectors.nearest(vector, 1)
        cosine = max(generation.vectors.cosines(vector, nearest), default=0.0)
        if not abs(cosine - 1) <= 1e-3:  # nor if it is no number
            raise IndexDamaged(
                f"Asked for {known.passage.id} itself, the new index finds nothing nearer than "
                f"cosine {cosine:.4f}.",
                "The index in use is untouched. Run: blogqa build",
            )
    finally:
        generation.close()
