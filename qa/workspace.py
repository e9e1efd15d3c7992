"""The index in the folder a user works in: built, opened and counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from index.publish import current_folder
from index.spec import encoder_folder
from qa.settings import Settings

if TYPE_CHECKING:
    from index.build import BuildReport, Progress
    from index.generation import Generation
    from index.search import HybridSearcher

# Each command pays only for what it uses: SQLAlchemy is imported for the archive, OpenVINO and
# FAISS for the index, so these imports stand in the functions.


@dataclass(frozen=True, slots=True)
class Overview:
    """The archive and index in figures, for people."""

    posts: int
    passages: int
    sentences: int
    authors: tuple[tuple[str, int], ...]
    tags: tuple[tuple[str, int], ...]
    first_published: date | None
    last_published: date | None
    generation: str
    built_at: str
    model: str


def build_index(
    settings: Settings,
    on_compile: Callable[[], None] = lambda: None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> BuildReport:
    """Make the index hold what the archive holds.

    ``on_compile`` is called if the encoder has to be compiled first, which takes seconds. Raises
    ArchiveError, EncoderError or IndexingError; the index in use is then untouched.
    """
    import os

    from corpus.archive import Archive
    from corpus.passages import PassageOptions
    from index.build import build
    from index.encoder import Encoder
    from index.models import prepare_encoder

    with Archive(settings.archive_file) as archive:
        folder = prepare_encoder(settings.model, settings.encoders_folder, on_compile)
        encoder = Encoder(folder, streams=os.cpu_count() or 1)
        options = replace(PassageOptions(), target_tokens=settings.passage_tokens)
        return build(archive, encoder, settings.index_folder, options, on_progress)


def open_searcher(settings: Settings) -> HybridSearcher:
    """A searcher over the generation in use, with the encoder it was built with.

    Raises IndexMissing, IndexIncompatible, IndexDamaged or EncoderError, each with what mends it.
    """
    from index.encoder import Encoder
    from index.search import HybridSearcher

    generation = open_generation(settings)
    digest = generation.manifest.encoder_digest
    return HybridSearcher(generation, Encoder(encoder_folder(settings.encoders_folder, digest)))


def open_generation(settings: Settings) -> Generation:
    """The generation in use; raises IndexMissing, IndexIncompatible or IndexDamaged."""
    from index.generation import Generation

    return Generation(current_folder(settings.index_folder))


def overview(generation: Generation) -> Overview:
    """The figures of ``generation``, and who wrote it, about what, and when."""
    about, store = generation.manifest, generation.store
    first, last = store.dates()
    return Overview(
        posts=about.posts,
        passages=about.passages,
        sentences=about.sentences,
        authors=tuple(store.authors()),
        tags=tuple(store.tags()),
        first_published=first,
        last_published=last,
        generation=about.generation,
        built_at=about.built_at,
        model=about.model,
    )
