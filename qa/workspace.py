"""The index in the folder a user works in: built, opened and counted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import EncoderError, IndexingError
from index.generations import GenerationRecord, list_generations, rollback
from index.presets import reranker_of
from index.spec import (
    EncoderSpec,
    RerankerSpec,
    encoder_folder,
    read_reranker_spec,
    read_spec,
)
from qa.settings import Settings

if TYPE_CHECKING:
    from index.encoder import QuestionEncoder
    from index.fitting import FitReport, OnStage
    from index.generation import Generation
    from index.manifest import Manifest
    from index.report import BuildReport, Progress, Restart
    from index.reranker import Reranker
    from index.types import ChipCount, Searcher

# Each command pays only for what it uses: SQLAlchemy is imported for the archive, OpenVINO and
# FAISS for the index, so these imports stand in the functions.


@dataclass(frozen=True, slots=True)
class Overview:
    """The archive and index in figures, for people; posts by who, what, whence and when.

    ``is_stale`` says that the archive has changed since the index was built, where that was asked;
    ``notes`` tell what is slow, and ``reranker`` what reads the first hits again, likewise.
    """

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
    is_stale: bool = False
    reranker: str | None = None
    notes: tuple[str, ...] = ()
    sources: tuple[tuple[str, int], ...] = ()
    years: tuple[tuple[int, int], ...] = ()
    chips: tuple[ChipCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Fallback:
    """Why the generation in use cannot be used, and which one stands in for it."""

    error: IndexingError
    generation: str


OnFallback = Callable[[Fallback], None]


def build_index(
    settings: Settings,
    *,
    full: bool = False,
    on_compile: Callable[[], None] = lambda: None,
    on_slow: Callable[[str], None] = lambda note: None,
    on_restart: Callable[[Restart], None] = lambda restart: None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> BuildReport:
    """Make the index hold what the archive holds; a ``full`` build encodes all of it anew.

    ``on_compile`` is called if the encoder has to be compiled first, which takes seconds;
    ``on_slow`` with a note on each model that could not be; ``on_restart`` if more is to be encoded
    than is new. Raises ArchiveError, EncoderError or IndexingError; the index in use is then
    untouched.
    """
    import os

    from corpus.archive import Archive
    from corpus.passages import PassageOptions
    from index.build import build
    from index.encoder import open_encoder
    from index.gpu import find_gpu
    from index.manifest import BuildOptions
    from index.models import find_model, prepare_encoder, prepare_reranker
    from index.recall import NearestOptions
    from index.torch_encoder import TorchEncoder

    with Archive(settings.archive_file) as archive:
        encoders = settings.encoders_folder
        folder = prepare_encoder(settings.model, encoders, on_compile)
        reranker = reranker_of(settings.model, settings.reranker)
        read_by = None if reranker is None else prepare_reranker(reranker, encoders, on_compile)
        encoder = open_encoder(folder, streams=os.cpu_count() or 1)
        specs: list[EncoderSpec | RerankerSpec] = [encoder.spec]
        if read_by is not None:
            specs.append(read_reranker_spec(encoder_folder(encoders, read_by)))
        for spec in specs:
            if note := slow_note(spec):
                on_slow(note)
        gpu = find_gpu()
        if gpu is not None:
            source = find_model(settings.model)
            encoder = TorchEncoder(encoder.spec, encoder.tokenizer, source, "cuda")
        options = BuildOptions(
            PassageOptions(target_tokens=settings.passage_tokens),
            NearestOptions(kind="graph" if settings.large_index == "graph" else "lists"),
            read_by,
        )
        return build(
            archive,
            encoder,
            settings.index_folder,
            options,
            full=full,
            on_restart=on_restart,
            on_progress=on_progress,
        )


def slow_note(spec: EncoderSpec | RerankerSpec) -> str:
    """That a model is slow, and why; nothing for one that is compiled."""
    if spec.runtime == "openvino":
        return ""
    return (
        f"{spec.model} could not be compiled, so sentence-transformers runs it, several times "
        f"slower and with torch in memory: {spec.reason}"
    )


def adapt_encoder(
    settings: Settings,
    *,
    on_compile: Callable[[], None] = lambda: None,
    on_stage: OnStage = lambda stage, progress: None,
) -> FitReport:
    """Fit the encoder to what the archive holds, and keep it if it is better.

    Nothing in use is touched (see :func:`index.adapt.adapt`, which also says what is raised, beside
    ArchiveError). ``on_compile`` is called if the encoder in use has to be compiled first.
    """
    from corpus.archive import Archive
    from corpus.passages import PassageOptions
    from index.adapt import adapt
    from index.fitting import FitOptions

    with Archive(settings.archive_file) as archive:
        return adapt(
            archive,
            settings.model,
            settings.encoders_folder,
            settings.models_folder,
            FitOptions(PassageOptions(target_tokens=settings.passage_tokens)),
            on_compile=on_compile,
            on_stage=on_stage,
        )


def open_searcher(settings: Settings, on_fallback: OnFallback = lambda fallback: None) -> Searcher:
    """A searcher over the generation in use, with the encoder and re-ranker it was built with.

    Raises IndexMissing, IndexIncompatible, IndexDamaged or EncoderError, each with what mends it.
    """
    from index.encoder import open_encoder

    generation = open_generation(settings, on_fallback)
    digest = generation.manifest.encoder_digest
    encoder = open_encoder(encoder_folder(settings.encoders_folder, digest))
    return searcher_over(generation, encoder, open_reranker(settings, generation))


def searcher_over(
    generation: Generation, encoder: QuestionEncoder, reranker: Reranker | None
) -> Searcher:
    """A searcher over ``generation`` with what it was built with.

    Raises IndexIncompatible for another encoder.
    """
    from index.search import HybridSearcher

    if reranker is None:
        return HybridSearcher(generation, encoder)
    from index.reranker import READ, RerankingSearcher

    return RerankingSearcher(HybridSearcher(generation, encoder, matched=READ), reranker)


def open_reranker(settings: Settings, generation: Generation) -> Reranker | None:
    """The cross-encoder that reads the hits of ``generation`` again; None if none does.

    Raises EncoderError if it cannot be used.
    """
    digest = generation.manifest.options.reranker
    if digest is None:
        return None
    from index.reranker import Reranker

    return Reranker(encoder_folder(settings.encoders_folder, digest))


def open_generation(
    settings: Settings,
    on_fallback: OnFallback = lambda fallback: None,
    *,
    check: bool = True,
) -> Generation:
    """The generation in use; or, after telling ``on_fallback``, the one before if that is damaged.

    Without ``check`` damage within files is not looked for. Raises IndexMissing, IndexIncompatible
    or IndexDamaged if none can be used.
    """
    from index.generation import open_usable

    generation, error = open_usable(settings.index_folder, check=check)
    if error is not None:
        on_fallback(Fallback(error, generation.manifest.generation))
    return generation


def roll_back(settings: Settings, name: str | None = None) -> GenerationRecord:
    """Make another generation answer (see :func:`index.generations.rollback`), and say what it is.

    Raises as that does; EncoderError if the encoder that it was built with cannot be used.
    """
    from index.encoder import open_encoder
    from index.generation import Generation

    def verify(folder: Path) -> None:
        generation = Generation(folder)
        generation.close()
        open_encoder(encoder_folder(settings.encoders_folder, generation.manifest.encoder_digest))
        open_reranker(settings, generation)

    index = settings.index_folder
    name = rollback(index, name, verify)
    return next(record for record in list_generations(index) if record.name == name)


def overview(
    generation: Generation, archive_file: Path | None = None, encoders: Path | None = None
) -> Overview:
    """The figures of ``generation``, and who wrote it, about what, and when.

    With an ``archive_file`` that is there, it is also compared with that; raises ArchiveError. With
    the folder of ``encoders``, those that it was built with are looked at, as far as they are
    there.
    """
    about, store = generation.manifest, generation.store
    specs = [] if encoders is None else _specs(about, encoders)
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
        is_stale=archive_file is not None and _differs(about, archive_file),
        reranker=next((spec.model for spec in specs if isinstance(spec, RerankerSpec)), None),
        notes=tuple(note for spec in specs if (note := slow_note(spec))),
        sources=tuple(generation.listing.sources()),
        years=tuple(generation.listing.years()),
        chips=tuple(generation.atlas.chip_counts()),
    )


def _specs(about: Manifest, encoders: Path) -> list[EncoderSpec | RerankerSpec]:
    """The records of the encoder and re-ranker of an index, of those that can be read."""
    found: list[EncoderSpec | RerankerSpec] = []
    with suppress(EncoderError):
        found.append(read_spec(encoder_folder(encoders, about.encoder_digest)))
    with suppress(EncoderError):
        if about.options.reranker is not None:
            found.append(read_reranker_spec(encoder_folder(encoders, about.options.reranker)))
    return found


def _differs(about: Manifest, archive_file: Path) -> bool:
    """Whether the archive is another than an index is of; if it isn't here, nobody can tell."""
    if not archive_file.exists():
        return False
    from corpus.archive import Archive

    with Archive(archive_file) as archive:
        return archive.digest() != about.archive_digest
