"""An encoder fitted to an archive, and kept only if it is the better one there.

Questions are made of the posts themselves (:mod:`index.pairs`). Some posts are held out, whole, and
both encoders look for their passages among all others: the new one is kept if its gain is beyond
chance. Nothing that is in use is touched: what is kept is a folder, to be named in the settings.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.archive import Archive
from corpus.passages import cut_passages
from index.build import within
from index.encoder import Job, TextEncoder, open_encoder
from index.errors import AdaptError
from index.fitting import FitOptions, FitReport, KindFigures, OnStage, Trained
from index.lock import build_lock
from index.models import find_model, model_digest, prepare_encoder
from index.pairs import (
    Pair,
    PairKind,
    Parts,
    Triplet,
    batches,
    own_pairs,
    pairs_of,
    part_posts,
    shuffled,
)
from index.pooling import Vector
from index.ranks import hard_negatives, paired_difference, reciprocal_ranks
from index.report import Progress

LEAST_POSTS = 40
"""That pairs can be made of: a quarter of them judges, and fewer than ten judges are none."""

_MOST_POSTS = 1_000
_MOST_PAIRS = 4_000  # encoded twice, at about a hundred a second on two cores
_MOST_STOPPING = 100  # encoded at every look, by torch, at a quarter of that
_PACKAGES = ("accelerate", "datasets")
_STAGING_PREFIX = ".adapting-"
_RECORD_FILE = "adapted.json"
_QUESTIONS = 64  # of a forward pass

Ranks = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Material:
    """All pairs, the parts that their posts are in, and how many passages the archive has."""

    pairs: list[Pair]
    parts: Parts
    passages: int

    def rows(self, part: frozenset[str]) -> list[int]:
        """The positions of the pairs whose posts are in ``part``."""
        return [row for row, pair in enumerate(self.pairs) if pair.post_id in part]

    @property
    def posts(self) -> list[str]:
        """The post of each pair."""
        return [pair.post_id for pair in self.pairs]


@dataclass(frozen=True, slots=True)
class _Vectors:
    """Unit vectors of all pairs' questions and passages, both of shape (pairs, dimensions)."""

    questions: Vector
    passages: Vector
    passages_per_second: float


def adapt(
    archive: Archive,
    model: str,
    encoders: Path,
    models: Path,
    options: FitOptions | None = None,
    *,
    on_compile: Callable[[], None] = lambda: None,
    on_stage: OnStage = lambda stage, progress: None,
) -> FitReport:
    """Fit ``model`` to ``archive``; keep it in the folder ``models`` if that makes it better.

    ``encoders`` holds the compiled encoders. Stopped anywhere, nothing of it is left but what the
    next run removes. Raises AdaptError if packages are missing, the archive has too few posts or
    the disk refuses; IndexBusy if another one is at it; EncoderError or ArchiveError.
    """
    _check_packages()
    options = options or FitOptions()
    started = time.perf_counter()
    try:
        with build_lock(models, "adaptation"), _staging(models) as staging:
            encoder = _open(prepare_encoder(model, encoders, on_compile))
            material = _gather(archive, encoder, options, on_stage)
            old = _encode(encoder, material.pairs, lambda done: on_stage("encode", done))
            trained = _train(model, encoder, material, old, staging, options, on_stage)
            new = old
            if trained.best_step:
                fitted = prepare_encoder(str(staging / "model"), staging / "encoders", lambda: None)
                new = _encode(_open(fitted), material.pairs, lambda done: on_stage("compare", done))
            report = _judge(model, material, old, new, trained, options.seed)
            report = replace(report, seconds=time.perf_counter() - started)
            if report.difference.low > 0:
                report = _keep(staging / "model", models, report)
            return report
    except OSError as error:
        raise AdaptError(
            f"No model could be written to {models}: {error.strerror or error}.",
            "The model in use is untouched. Free some space or mend the permissions, then run: "
            "blogqa adapt",
        ) from error


def _check_packages() -> None:
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise AdaptError(
            f"Training needs packages that are not installed: {', '.join(missing)}.",
            "Install them: pip install 'blogqa[adapt]'",
        )


@contextmanager
def _staging(models: Path) -> Iterator[Path]:
    """An empty folder beside the models, gone afterwards; those of runs that were killed go, too.

    To be called by who holds the lock.
    """
    for path in models.glob(f"{_STAGING_PREFIX}*"):
        shutil.rmtree(path)
    folder = Path(tempfile.mkdtemp(prefix=_STAGING_PREFIX, dir=models))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _open(folder: Path) -> TextEncoder:
    return open_encoder(folder, streams=os.cpu_count() or 1)


def _gather(
    archive: Archive, encoder: TextEncoder, options: FitOptions, on_stage: OnStage
) -> _Material:
    """The pairs of the archive, or of a choice of its posts if there are very many."""
    passage_options = within(options.passages, encoder)
    found: list[Pair] = []
    passages = 0
    with archive.snapshot():
        copies = archive.copies()
        ids = [each.id for each in archive.summaries() if each.id not in copies]
        chosen = set(shuffled(ids, options.seed)[:_MOST_POSTS])
        read = 0
        for post in archive.posts():
            if post.id not in chosen:
                continue
            cut = list(cut_passages(post, encoder.count_tokens, passage_options))
            found += pairs_of(post, cut)
            passages += len(cut)
            read += 1
            on_stage("read", Progress(read, len(chosen)))
        passages = round(passages * archive.count() / max(1, len(chosen)))
    pairs = own_pairs(found)
    posts = {pair.post_id for pair in pairs}
    if len(posts) < LEAST_POSTS:
        raise AdaptError(
            f"The archive has {len(posts)} posts to learn from; at least {LEAST_POSTS} are needed.",
            "A post counts that has a title, headings or enough sentences. Import more: "
            "blogqa import SOURCE",
        )
    if len(pairs) > _MOST_PAIRS:
        kept = random.Random(options.seed).sample(range(len(pairs)), _MOST_PAIRS)
        pairs = [pairs[row] for row in sorted(kept)]
    return _Material(pairs, part_posts({pair.post_id for pair in pairs}, options.seed), passages)


def _encode(
    encoder: TextEncoder, pairs: Sequence[Pair], on_progress: Callable[[Progress], None]
) -> _Vectors:
    size = encoder.spec.dimensions
    questions = np.empty((len(pairs), size), np.float32)
    for first in range(0, len(pairs), _QUESTIONS):
        texts = [pair.question for pair in pairs[first : first + _QUESTIONS]]
        questions[first : first + len(texts)] = encoder.encode_queries(texts)
    passages = np.empty((len(pairs), size), np.float32)
    started = time.perf_counter()
    jobs = (Job(row, pair.passage, ()) for row, pair in enumerate(pairs))
    for done, (row, encoded) in enumerate(encoder.encode_passages(jobs), start=1):
        passages[row] = encoded.vector
        on_progress(Progress(done, len(pairs)))
    return _Vectors(questions, passages, len(pairs) / (time.perf_counter() - started))


def _train(
    model: str,
    encoder: TextEncoder,
    material: _Material,
    vectors: _Vectors,
    staging: Path,
    options: FitOptions,
    on_stage: OnStage,
) -> Trained:
    from index.train import train

    steps = _steps(material, vectors, options)
    stopping = material.rows(material.parts.stopping)
    if len(stopping) > _MOST_STOPPING:
        stopping = sorted(random.Random(options.seed).sample(stopping, _MOST_STOPPING))
    return train(
        encoder.spec,
        find_model(model),
        staging / "model",
        steps,
        [material.pairs[row] for row in stopping],
        options,
        lambda step: on_stage("train", Progress(step, len(steps))),
    )


def _steps(material: _Material, vectors: _Vectors, options: FitOptions) -> list[list[Triplet]]:
    """What each step of training sees, of the posts that are learned from."""
    rows = material.rows(material.parts.learned)
    posts = [material.pairs[row].post_id for row in rows]
    negatives = hard_negatives(vectors.questions[rows], vectors.passages[rows], posts)
    triplets = [
        Triplet(
            material.pairs[row].question,
            material.pairs[row].passage,
            material.pairs[rows[negative]].passage,
        )
        for row, negative in zip(rows, negatives, strict=True)
        if negative is not None
    ]
    posts = [post for post, negative in zip(posts, negatives, strict=True) if negative is not None]
    size = min(options.batch, len(set(posts)) // 2)
    made = batches(posts, size, options.rounds, options.seed)[: options.most_steps]
    return [[triplets[position] for position in batch] for batch in made]


def _judge(
    model: str, material: _Material, old: _Vectors, new: _Vectors, trained: Trained, seed: int
) -> FitReport:
    """Both encoders on the posts that nothing was learned from."""
    posts = material.posts
    rows = material.rows(material.parts.held)
    before = reciprocal_ranks(old.questions, old.passages, posts, rows)
    after = reciprocal_ranks(new.questions, new.passages, posts, rows)
    return FitReport(
        base=model,
        model=None,
        posts=len(set(posts)),
        learned_pairs=len(material.rows(material.parts.learned)),
        held_posts=len(material.parts.held),
        held_pairs=len(rows),
        trained=trained,
        before=float(before.mean()),
        after=float(after.mean()),
        difference=paired_difference(before, after, [posts[row] for row in rows], seed),
        kinds=_by_kind([material.pairs[row].kind for row in rows], before, after),
        passages=material.passages,
        passages_per_second=new.passages_per_second,
        seconds=0.0,
    )


def _by_kind(kinds: Sequence[PairKind], before: Ranks, after: Ranks) -> dict[PairKind, KindFigures]:
    figures: dict[PairKind, KindFigures] = {}
    for kind in sorted(set(kinds)):
        own = np.array([each == kind for each in kinds])
        figures[kind] = KindFigures(
            int(own.sum()), float(before[own].mean()), float(after[own].mean())
        )
    return figures


def _keep(staged: Path, models: Path, report: FitReport) -> FitReport:
    """Put the ``staged`` model where the next build can find it, whole or not at all.

    Its name is its digest, so the same again is the same folder.
    """
    folder = models.resolve() / f"adapted-{model_digest(staged)[:12]}"
    report = replace(report, model=folder)
    about = asdict(report) | {"made_at": datetime.now(UTC).isoformat(timespec="seconds")}
    (staged / _RECORD_FILE).write_text(json.dumps(about, indent=2, default=str) + "\n")
    for path in [*staged.rglob("*"), staged]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    if folder.is_dir():
        shutil.rmtree(folder)  # the same weights; else what renames would find it full
    staged.rename(folder)
    return report
