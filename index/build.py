"""An archive made into a generation; only text never encoded before is encoded.

A pure function of archive, encoder and options: nothing is patched in place. What takes long is
taken over where it would come out the same: a post's passages from the index in use, where the post
is as it was; a vector by the fingerprint of the text that it is made from.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from corpus.archive import Archive
from corpus.passages import PassageOptions
from index.ahead import Ahead, Encode
from index.calibration import calibrate, some_titles
from index.charting import charted
from index.chips import read_chips, sentences_of
from index.encoder import PassageEncoder
from index.errors import IndexDamaged, IndexIncompatible, IndexingError, IndexMissing
from index.foreign import FOREIGN
from index.generation import Generation, open_usable
from index.journal import clear_journals, open_journal
from index.lock import build_lock
from index.making import Making
from index.manifest import STORE_FILE, BuildOptions, Manifest, write_manifest
from index.publish import clear_leftovers, new_name, publish, staging
from index.recall import CANDIDATES
from index.report import BuildReport, Progress, Restart, Watch
from index.store import Store


def build(
    archive: Archive,
    encoder: PassageEncoder,
    index: Path,
    options: BuildOptions | None = None,
    *,
    full: bool = False,
    on_restart: Callable[[Restart], None] = lambda restart: None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> BuildReport:
    """Make the folder ``index`` hold a current generation of ``archive``.

    If the current one is of the same posts, encoder and options, it stays, unless a ``full`` build
    is asked for, which takes over nothing. Until the new one is whole and has answered a question
    about itself, the old one is untouched. Stopped half-way, the next build goes on with the
    vectors that were made. Raises IndexBusy if another build is at work, IndexingError if the
    archive has no text or the disk refuses.
    """
    watch = Watch()
    read_chips()  # a slip in their file is told now, not after hours of encoding
    options = options or BuildOptions()
    options = replace(options, passages=within(options.passages, encoder))
    try:
        with build_lock(index), ExitStack() as held:
            current, problem = _open(index)
            if current is not None:
                held.callback(current.close)
            reading = held.enter_context(ExitStack())
            reading.enter_context(archive.snapshot())
            archive_digest = archive.digest()
            if current is not None and problem is None and not full:
                wanted = (archive_digest, encoder.spec.digest, options)
                if _made_of(current.manifest) == wanted:
                    clear_journals(index)
                    clear_leftovers(index)
                    return _unchanged(current.manifest, watch)
            restart = _restart(current, problem, encoder, options, full)
            if restart is not None:
                on_restart(restart)
            if full or (current and current.manifest.encoder_digest != encoder.spec.digest):
                current = None
            if full:
                clear_journals(index)
            with (
                open_journal(index, encoder.spec.digest, encoder.spec.dimensions) as journal,
                staging(index) as folder,
            ):
                making = Making(archive, encoder, options, current, journal, folder, watch)
                making.run(reading, on_progress)
                manifest = making.finish(new_name(index), archive_digest)
                asked = _asked(folder, manifest, current)
                with Ahead(encoder.encode_queries, asked) as encode:
                    with watch.stage("map"):
                        manifest = charted(folder, manifest, encode, current, making.unchanged)
                    with watch.stage("verify"):
                        manifest = _calibrated(folder, manifest, encode)
                        _verify(folder, len(making.draft.fingerprints) // 2)
                with watch.stage("publish"):
                    publish(index, folder, manifest.generation)
    except OSError as error:
        raise IndexingError(
            f"The index could not be written to {index}: {error.strerror or error}.",
            "The index in use is untouched. Free some space or mend the permissions, then run: "
            "blogqa build",
        ) from error
    return BuildReport(
        generation=manifest.generation,
        posts=manifest.posts,
        passages=manifest.passages,
        embedded=making.embedded,
        reused=manifest.passages - making.embedded,
        seconds=watch.total(),
        stages=watch.stages,
        published=True,
    )


def within(options: PassageOptions, encoder: PassageEncoder) -> PassageOptions:
    """``options`` for what ``encoder`` takes of a passage, beside the prompt in front of it."""
    prompt = encoder.spec.passage_prompt
    limit = encoder.spec.max_tokens - (encoder.count_tokens(prompt) if prompt else 0)
    if options.max_tokens <= limit:
        return options
    return PassageOptions(
        max_tokens=limit,
        target_tokens=min(options.target_tokens, limit),
        min_tokens=min(options.min_tokens, limit // 4),
        max_header_tokens=min(options.max_header_tokens, limit // 4),
    )


def _open(index: Path) -> tuple[Generation | None, IndexingError | None]:
    """A generation to take vectors from, and why it isn't the one in use; neither at first."""
    try:
        return open_usable(index)
    except IndexMissing:
        return None, None
    except (IndexDamaged, IndexIncompatible) as error:
        return None, error  # building is what mends both


def _made_of(manifest: Manifest) -> tuple[str, str, BuildOptions]:
    return manifest.archive_digest, manifest.encoder_digest, manifest.options


def _unchanged(manifest: Manifest, watch: Watch) -> BuildReport:
    return BuildReport(
        generation=manifest.generation,
        posts=manifest.posts,
        passages=manifest.passages,
        embedded=0,
        reused=manifest.passages,
        seconds=watch.total(),
        stages=watch.stages,
        published=False,
    )


def _restart(
    current: Generation | None,
    problem: IndexingError | None,
    encoder: PassageEncoder,
    options: BuildOptions,
    full: bool,
) -> Restart | None:
    """Why more is made anew than what is new; None if it isn't, or if there is no index yet."""
    if current is None:
        return None if problem is None else Restart("unreadable", problem.message, "", 0)
    manifest, spec = current.manifest, encoder.spec
    if full:
        return Restart("full", manifest.model, spec.model, manifest.passages)
    if manifest.encoder_digest != spec.digest:
        return Restart("encoder", manifest.model, spec.model, manifest.passages)
    before, now = manifest.options.passages, options.passages
    if before != now:
        return Restart(
            "passages", str(before.target_tokens), str(now.target_tokens), manifest.passages
        )
    return None


def _asked(folder: Path, manifest: Manifest, current: Generation | None) -> list[str]:
    """What the encoder will be asked about the staged generation in ``folder``."""
    with closing(Store(folder / STORE_FILE)) as store:
        questions = [*FOREIGN, *some_titles(store)]
    if current is not None and current.manifest.options.chips == manifest.options.chips:
        return questions  # how near what is to each chip was measured before
    return [*sentences_of(read_chips()), *questions]


def _calibrated(folder: Path, manifest: Manifest, encode: Encode) -> Manifest:
    """``manifest``, written anew with what cosines mean over the generation in ``folder``."""
    generation = Generation(folder, check=False)
    try:
        calibrated = replace(manifest, calibration=calibrate(generation, encode))
    finally:
        generation.close()
    write_manifest(folder, calibrated)
    return calibrated


def _verify(folder: Path, ordinal: int) -> None:
    """Open the staged generation and find the passage of ``ordinal`` by its own vector.

    Its digests were taken from its files a moment ago.
    """
    generation = Generation(folder, check=False)
    try:
        vector = generation.vectors.rows(np.array([ordinal]))[0]
        nearest = generation.nearest(vector, CANDIDATES)  # in lists, like ones may come before it
        cosine = max(generation.vectors.cosines(vector, nearest), default=0.0)
        if not abs(cosine - 1) <= 1e-3:  # nor if it is no number
            ((passage, _),) = generation.store.passages([ordinal])
            raise IndexDamaged(
                f"Asked for {passage.id} itself, the new index finds nothing nearer than "
                f"cosine {cosine:.4f}.",
                "The index in use is untouched. Run: blogqa build",
            )
    finally:
        generation.close()
