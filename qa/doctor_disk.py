"""What lies on the disk beside the index in use: older generations, leftovers, free space."""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from rich.filesize import decimal

from corpus.errors import BlogqaError
from index.errors import IndexingError
from index.generations import GenerationRecord, list_generations
from index.manifest import read_manifest
from index.models import encoder_digest
from index.publish import KEPT
from index.spec import encoder_folder
from qa.doctor_index import check_encoder, open_whole
from qa.findings import Finding
from qa.output import count
from qa.settings import Settings

_COMPILING_S = 600.0  # a compilation takes seconds, or a minute on a slow machine
_NEEDED = 3
"""Generations a build has room for: the new one, its parts as they are made, and one to spare."""


def examine_disk(settings: Settings) -> Iterator[Finding]:
    """Findings about everything but the generation in use.

    Raises IndexDamaged if nobody can tell which generations there are.
    """
    generations = list_generations(settings.index_folder)
    yield from _examine_older(settings, generations)
    yield from _examine_leftovers(settings, generations)
    yield from _examine_encoders(settings, generations)
    yield from _examine_adapted(settings, generations)
    in_use = next((each for each in generations if each.is_current), None)
    if in_use is not None:
        yield space(settings.home, in_use.size_bytes, shutil.disk_usage(settings.home).free)


def space(home: Path, size_bytes: int, free_bytes: int) -> Finding:
    """Whether the next build finds room beside a generation of ``size_bytes``."""
    needed = _NEEDED * size_bytes
    message = f"{decimal(free_bytes)} free on the disk of {home}"
    remedy = "Free some space there."
    if free_bytes < size_bytes:
        wanted = f"{message}: the next build cannot write an index of {decimal(size_bytes)}."
        return Finding("space", "error", wanted, remedy)
    if free_bytes < needed:
        wanted = f"{message}: the next build may need {decimal(needed)}."
        return Finding("space", "warning", wanted, remedy)
    return Finding("space", "ok", f"{message}.")


def _folder(settings: Settings, name: str) -> Path:
    return settings.index_folder / "generations" / name


def _examine_older(settings: Settings, generations: list[GenerationRecord]) -> Iterator[Finding]:
    older = [each.name for each in generations if not each.is_current]
    damaged = False
    for name in older:
        folder = _folder(settings, name)
        try:
            generation = open_whole(folder)
            generation.close()
            check_encoder(settings.encoders_folder, generation.manifest)
        except IndexingError as error:
            if not folder.is_dir():  # a build has removed it in the meantime
                continue
            damaged = True
            yield Finding(
                "older_generations",
                "warning",
                f"{error.message.rstrip('.')}: blogqa rollback cannot return to {name}.",
                f"Remove {folder}",
            )
    if older and not damaged:
        whole = count(len(older), "older generation")
        yield Finding("older_generations", "ok", f"{whole} to return to with blogqa rollback.")


def _examine_leftovers(
    settings: Settings, generations: list[GenerationRecord]
) -> Iterator[Finding]:
    index = settings.index_folder
    staged = sorted(index.glob("generations/.staging-*"))
    pointers = sorted(index.glob(".current"))
    journals = sorted(index.glob(".*.vectors"))
    if (staged or pointers or journals) and _is_building(index):
        yield Finding("build_at_work", "info", f"A build is at work in {index}.")
        return
    for path in staged:
        message = f"{path} is of a build that was stopped ({decimal(_size(path))})."
        yield Finding("staging", "warning", message, _left_to_a_build(path))
    for path in pointers:
        message = f"{path} is of a build that was stopped."
        yield Finding("pointer", "info", message, _left_to_a_build(path))
    for path in journals:
        yield Finding(
            "journal",
            "info",
            f"{path} holds the vectors of a build that was stopped ({decimal(_size(path))}).",
            "The next build goes on from there: blogqa build",
        )
    if len(generations) > KEPT:
        held = sum(each.size_bytes for each in generations)
        yield Finding(
            "generations_kept",
            "info",
            f"{len(generations)} generations are kept where {KEPT} are enough ({decimal(held)}).",
            "The next build that changes the index removes the oldest.",
        )


def _left_to_a_build(path: Path) -> str:
    return f"Remove {path}, or leave it to the next build that changes the index."


def _is_building(index: Path) -> bool:
    """Whether some process holds the build lock.

    Asked only where something lies about: a build that starts in that very moment is turned away.
    """
    try:
        with (index / ".lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _examine_encoders(settings: Settings, generations: list[GenerationRecord]) -> Iterator[Finding]:
    encoders = settings.encoders_folder
    for path in sorted(encoders.glob(".compiling-*")):
        if not path.is_dir() or time.time() - path.stat().st_mtime < _COMPILING_S:
            yield Finding("compiling", "info", f"An encoder is being compiled in {path}.")
        else:
            message = f"{path} is of a compilation that was stopped ({decimal(_size(path))})."
            yield Finding("compiling", "warning", message, f"Remove {path}")
    manifests = [
        read_manifest(_folder(settings, each.name)) for each in generations if each.problem is None
    ]
    digests = [
        digest for each in manifests for digest in (each.encoder_digest, each.options.reranker)
    ]
    used = {encoder_folder(encoders, digest) for digest in digests if digest is not None}
    unused = {path for path in encoders.glob("[!.]*") if path.is_dir()} - used
    for path in sorted(unused - _next_encoder(settings) if unused else unused):
        yield Finding(
            "unused_encoders",
            "info",
            f"No generation uses the encoder {path} ({decimal(_size(path))}).",
            f"Remove {path} if it is not wanted again",
        )


def _examine_adapted(settings: Settings, generations: list[GenerationRecord]) -> Iterator[Finding]:
    models = settings.models_folder.resolve()
    stopped = sorted(models.glob(".adapting-*"))
    if stopped and _is_building(models):
        yield Finding("adapting", "info", f"An adaptation is at work in {models}.")
        stopped = []
    for path in stopped:
        message = f"{path} is of an adaptation that was stopped ({decimal(_size(path))})."
        yield Finding("adapting", "warning", message, f"Remove {path}, or leave it to the next one")
    wanted = {Path(name).expanduser().resolve() for name in (each.model for each in generations)}
    wanted.add(Path(settings.model).expanduser().resolve())
    for path in sorted(set(models.glob("adapted-*")) - wanted):
        yield Finding(
            "unused_models",
            "info",
            f"No generation uses the adapted model {path} ({decimal(_size(path))}).",
            f"Remove {path} if it is not wanted again",
        )


def _next_encoder(settings: Settings) -> set[Path]:
    """The folder of the encoder that the next build uses; none if its model cannot be had."""
    try:
        digest = encoder_digest(settings.model, fetch=False)
    except BlogqaError:
        return set()
    return {encoder_folder(settings.encoders_folder, digest)}


def _size(path: Path) -> int:
    """Bytes of a file, or of the files below a folder; of those that vanish meanwhile none."""
    total = 0
    for each in (path, *path.rglob("*")):
        with suppress(FileNotFoundError):
            total += each.stat().st_size if each.is_file() else 0
    return total
