"""What a generation folder holds, and whether it is still what was written."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from blake3 import blake3

from corpus.passages import PassageOptions
from index.chips import chips_digest
from index.errors import IndexDamaged, IndexIncompatible
from index.graph import GraphRecord
from index.inverted import ListsRecord
from index.recall import NearestOptions
from index.types import Calibration

FORMAT = 5
"""The layout of a generation; another number is another layout, and is refused."""

MANIFEST_FILE = "manifest.json"
VECTORS_FILE = "vectors.faiss"
LISTS_FILE = "lists.faiss"
GRAPH_FILE = "graph.faiss"
SENTENCES_FILE = "sentences.npy"
LAYOUT_FILE = "layout.npy"
TERMS_FOLDER = "terms"
STORE_FILE = "passages.sqlite"
ATLAS_FILE = "atlas.npz"
SUGGESTIONS_FILE = "suggestions.sqlite"

_REBUILD = "Build it again: blogqa build"


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What a generation is made by, beside archive and encoder.

    ``reranker`` is the digest of the cross-encoder that reads its first hits again, if one does,
    and ``chips`` that of the file that says what chips there are.
    """

    passages: PassageOptions = field(default_factory=PassageOptions)
    nearest: NearestOptions = field(default_factory=NearestOptions)
    reranker: str | None = None
    chips: str = field(default_factory=chips_digest)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The record of one build. ``digests`` maps each file's path to the hex BLAKE3 of its bytes.

    ``archive_digest`` is :meth:`corpus.archive.Archive.digest` at the time; ``built_at`` is UTC in
    ISO 8601. Without ``lists`` and ``graph`` a query is compared with every vector.
    """

    generation: str
    built_at: str
    model: str
    encoder_digest: str
    dimensions: int
    options: BuildOptions
    lists: ListsRecord | None
    archive_digest: str
    posts: int
    passages: int
    sentences: int
    digests: dict[str, str]
    calibration: Calibration = field(default_factory=Calibration)
    graph: GraphRecord | None = None
    format: int = FORMAT


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write ``manifest`` into the generation ``folder``."""
    (folder / MANIFEST_FILE).write_text(manifest_text(asdict(manifest)))


def manifest_text(values: dict[str, Any]) -> str:
    """What a manifest's file holds: its ``values``, and the BLAKE3 of their JSON.

    An altered byte then shows here as in every other file.
    """
    digest = blake3(json.dumps(values).encode()).hexdigest()
    return json.dumps(values | {"digest": digest}, indent=2) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the generation in ``folder``.

    Raises IndexIncompatible if another version wrote it, IndexDamaged if it cannot be read.
    """
    path = folder / MANIFEST_FILE
    try:
        text = path.read_text()
        values: dict[str, Any] = json.loads(text)
        found = values.get("format")
    except (OSError, ValueError, AttributeError) as error:
        raise IndexDamaged(f"{path} cannot be read: {error}.", _REBUILD) from error
    if found != FORMAT:
        raise IndexIncompatible(
            f"The index {folder.name} has format {found}; this blogqa reads {FORMAT}.", _REBUILD
        )
    values.pop("digest", None)
    if manifest_text(values) != text:
        raise IndexDamaged(f"{path} is not what the build wrote.", _REBUILD)
    try:
        options, lists, graph = values["options"], values["lists"], values.get("graph")
        values["options"] = BuildOptions(
            PassageOptions(**options["passages"]),
            NearestOptions(**options["nearest"]),
            options.get("reranker"),
            options["chips"],
        )
        values["lists"] = None if lists is None else ListsRecord(**lists)
        values["graph"] = None if graph is None else GraphRecord(**graph)
        values["digests"] = dict(values["digests"])
        values["calibration"] = Calibration(**values["calibration"])
        return Manifest(**values)
    except (TypeError, KeyError, ValueError) as error:
        raise IndexDamaged(f"{path} is not a manifest: {error}.", _REBUILD) from error


def digest_files(folder: Path) -> dict[str, str]:
    """The hex BLAKE3 of every file below ``folder`` but the manifest, by relative path."""
    paths = sorted(
        path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST_FILE
    )
    return {path.relative_to(folder).as_posix(): digest_file(path) for path in paths}


def digest_file(path: Path) -> str:
    """BLAKE3, whose tree lets all cores hash one file: a million passages fill five gigabytes."""
    return blake3(max_threads=blake3.AUTO).update_mmap(path).hexdigest()


def check_digests(folder: Path, manifest: Manifest) -> None:
    """Raise IndexDamaged, naming the file, unless every file is what ``manifest`` says."""
    try:
        found = digest_files(folder)
    except OSError as error:
        raise IndexDamaged(
            f"{error.filename} cannot be read: {error.strerror}.", _REBUILD
        ) from error
    for name, digest in manifest.digests.items():
        if name not in found:
            raise IndexDamaged(f"{folder / name} is missing.", _REBUILD)
        if found[name] != digest:
            raise IndexDamaged(f"{folder / name} is not what the build wrote.", _REBUILD)
