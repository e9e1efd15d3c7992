"""The posts of an archive on their way into a draft: cut, encoded where that is new, written."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from corpus.archive import Archive
from corpus.passages import cut_passages
from corpus.types import Post, Span
from index.draft import Draft
from index.encoder import Job, PassageEncoder
from index.errors import IndexingError
from index.generation import Generation
from index.journal import Journal
from index.known import KnownVectors
from index.manifest import BuildOptions, Manifest, digest_files, write_manifest
from index.report import Progress, Watch
from index.store import StoredPassage


class Making:
    """The making of one generation, from posts to a manifest."""

    def __init__(
        self,
        archive: Archive,
        encoder: PassageEncoder,
        options: BuildOptions,
        current: Generation | None,
        journal: Journal,
        folder: Path,
        watch: Watch,
    ) -> None:
        self.draft = Draft(folder)
        self.embedded = 0
        self.unchanged: list[str] = []  # the ids of the posts that are as they were
        self._archive = archive
        self._encoder = encoder
        self._options = options
        self._journal = journal
        self._watch = watch
        self._known = KnownVectors(current, journal)
        self._cut_before = _Cut(current, options)

    def run(self, reading: ExitStack, on_progress: Callable[[Progress], None]) -> None:
        """Cut and encode; ``reading`` is closed once all posts were read."""
        asked_for: list[str] = []
        with self._watch.stage("encode"), self.draft, self._cut_before:
            for key, encoded in self._encoder.encode_passages(self._jobs(reading, asked_for)):
                with self._watch.stage("write"):
                    self._journal.add(asked_for[key], encoded)
                self.embedded += 1
                on_progress(Progress(self.embedded, len(asked_for)))

    def finish(self, name: str, archive_digest: str) -> Manifest:
        """Write everything but the texts, which are in, as the generation ``name``."""
        draft, spec = self.draft, self._encoder.spec
        with self._watch.stage("write"):
            blocks = self._known.blocks(draft.fingerprints)
            lists, graph = draft.write_vectors(blocks, spec.dimensions, self._options.nearest)
            draft.write_layout()
            manifest = Manifest(
                generation=name,
                built_at=datetime.now(UTC).isoformat(timespec="seconds"),
                model=spec.model,
                encoder_digest=spec.digest,
                dimensions=spec.dimensions,
                options=self._options,
                lists=lists,
                graph=graph,
                archive_digest=archive_digest,
                posts=draft.posts,
                passages=len(draft.fingerprints),
                sentences=draft.sentences,
                digests=digest_files(draft.folder),
            )
            write_manifest(draft.folder, manifest)
        return manifest

    def _jobs(self, reading: ExitStack, asked_for: list[str]) -> Iterator[Job]:
        """Add every post to the draft; what has no vector yet is a job, its key a row here."""
        seen: set[str] = set()
        copies = self._archive.copies()
        sources = self._sources()
        with ExitStack() as stage:
            stage.enter_context(self._watch.stage("cut"))
            for post in self._archive.posts():
                passages = self._passages(post)
                texts = [_encoded(post, each) for each in passages]
                self.draft.add(
                    post, passages, texts, sources=sources[post.id], copy_of=copies.get(post.id)
                )
                for passage, text in zip(passages, texts, strict=True):
                    if passage.fingerprint in self._known or passage.fingerprint in seen:
                        continue
                    seen.add(passage.fingerprint)
                    asked_for.append(passage.fingerprint)
                    spans = _spans(passage)
                    stage.close()
                    yield Job(len(asked_for) - 1, text, spans)
                    stage.enter_context(self._watch.stage("cut"))
        reading.close()
        if not self.draft.fingerprints:
            raise IndexingError("The archive holds no text.", "Import posts: blogqa import SOURCE")

    def _sources(self) -> dict[str, list[str]]:
        """The sources that each post stands in, by its id."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for source in self._archive.sources():
            for id in self._archive.held_by(source.id):
                found[id].append(source.id)
        return found

    def _passages(self, post: Post) -> list[StoredPassage]:
        """The passages of ``post``: those of the index in use if the post is as it was then."""
        if (before := self._cut_before.passages(post)) is not None:
            self.unchanged.append(post.id)
            return before
        cut = cut_passages(post, self._encoder.count_tokens, self._options.passages)
        passages = [StoredPassage.of(passage, header, "") for header, passage in cut]
        return [replace(each, fingerprint=self._fingerprint(post, each)) for each in passages]

    def _fingerprint(self, post: Post, passage: StoredPassage) -> str:
        """What names a passage's vectors: the encoder, the sentences, and what is encoded."""
        sentences = [*map(tuple, _spans(passage))]
        identity = f"{self._encoder.spec.digest}\n{sentences}\n{_encoded(post, passage)}"
        return hashlib.sha256(identity.encode()).hexdigest()


class _Cut:
    """The posts of an index in use, walked over beside those of the archive: both by id."""

    def __init__(self, generation: Generation | None, options: BuildOptions) -> None:
        same = generation is not None and generation.manifest.options.passages == options.passages
        self._posts = generation.store.cut_posts() if generation is not None and same else None
        self._next = None if self._posts is None else next(self._posts, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._posts is not None:
            self._posts.close()

    def passages(self, post: Post) -> list[StoredPassage] | None:
        """The passages of ``post``, whose id is the next, if it is there and as it was then."""
        while self._posts is not None and self._next is not None and self._next[0] < post.id:
            self._next = next(self._posts, None)
        if self._next is not None and self._next[:2] == (post.id, post.content_hash):
            return self._next[2]
        return None


def _lead(passage: StoredPassage) -> str:
    """What stands before a passage's own text where it is encoded."""
    return f"{passage.header}\n" if passage.header else ""


def _encoded(post: Post, passage: StoredPassage) -> str:
    """What a passage is encoded as: a header, then what is shown."""
    return _lead(passage) + post.text[passage.start : passage.end]


def _spans(passage: StoredPassage) -> list[Span]:
    """The sentences of ``passage`` as spans of what it is encoded as."""
    lead = len(_lead(passage))
    return [Span(start + lead, end + lead) for start, end in json.loads(passage.sentences)]
