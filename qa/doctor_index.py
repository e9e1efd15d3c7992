"""The index in use examined: its files, what it is of, and the encoder that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus.errors import BlogqaError
from index.current import current_folder
from index.errors import EncoderError, IndexDamaged
from index.generation import Generation
from index.manifest import Manifest
from index.models import encoder_digest
from index.spec import (
    EncoderSpec,
    RerankerSpec,
    encoder_folder,
    model_file,
    read_reranker_spec,
    read_spec,
    source_folder,
    tokenizer_file,
)
from qa.doctor_archive import Inventory
from qa.findings import Finding, problem
from qa.output import count
from qa.settings import Settings
from qa.workspace import slow_note

_REBUILD = "Build it again: blogqa build"
_FROM_NOTHING = "Build it from nothing: blogqa build --full"


def examine_index(settings: Settings, inventory: Inventory | None) -> Iterator[Finding]:
    """Findings about the generation in use; what it is of is compared with an ``inventory``.

    Raises IndexMissing, IndexIncompatible or IndexDamaged if there is none that can be opened.
    """
    generation = open_whole(current_folder(settings.index_folder))
    manifest = generation.manifest
    try:
        yield Finding(
            "index",
            "ok",
            f"The index {manifest.generation} is whole: {count(manifest.posts, 'post')}, "
            f"{count(manifest.passages, 'passage')}, built {manifest.built_at}.",
        )
        hashes: dict[str, str] = {}
        placed = 0
        for id, content_hash, passages in generation.store.cut_posts():
            hashes[id] = content_hash
            placed += len(passages)
        yield _counts(generation, len(hashes), placed)
        if inventory is not None:
            yield _likeness(generation, hashes, inventory)
    finally:
        generation.close()
    try:
        spec = check_encoder(settings.encoders_folder, manifest)
    except EncoderError as error:
        yield problem("encoder", "error", error)
    else:
        yield _prepared("encoder", spec)
    yield from _reranker(settings, manifest)
    yield _model(settings, manifest)
    yield _passage_length(settings, manifest)
    if manifest.passages > manifest.options.nearest.exact_limit:
        yield large_index(settings, manifest)


def open_whole(folder: Path) -> Generation:
    """The generation in ``folder``, every file of it checked.

    Raises IndexIncompatible or IndexDamaged.
    """
    try:
        return Generation(folder)
    except (AttributeError, TypeError, ValueError) as error:  # a list where a number should be
        raise IndexDamaged(f"{folder} cannot be opened: {error}.", _REBUILD) from error


def check_encoder(encoders: Path, manifest: Manifest) -> EncoderSpec:
    """The encoder that ``manifest`` names; EncoderError unless it is among those compiled."""
    folder = encoder_folder(encoders, manifest.encoder_digest)
    if not folder.is_dir():
        raise EncoderError(
            f"The encoder {manifest.model} of the index {manifest.generation} is missing from "
            f"{encoders}.",
            "Compile it again: blogqa build",
        )
    remedy = f"Remove {folder} and run: blogqa build"
    spec = read_spec(folder)
    if spec.digest != manifest.encoder_digest:
        raise EncoderError(f"The compiled encoder in {folder} is another one.", remedy)
    if spec.dimensions != manifest.dimensions:
        raise EncoderError(
            f"The encoder in {folder} makes vectors of {spec.dimensions} dimensions; those of the "
            f"index {manifest.generation} have {manifest.dimensions}.",
            remedy,
        )
    _check_files(folder, spec)
    return spec


def _check_files(folder: Path, spec: EncoderSpec | RerankerSpec) -> None:
    network = model_file(folder)
    wanted = [network, network.with_suffix(".bin"), tokenizer_file(folder)]
    if spec.runtime != "openvino":
        wanted = [source_folder(folder) / "config.json", tokenizer_file(folder)]
    for path in wanted:
        if not path.is_file():
            raise EncoderError(f"{path} is missing.", f"Remove {folder} and run: blogqa build")


def _reranker(settings: Settings, manifest: Manifest) -> Iterator[Finding]:
    """The cross-encoder of the index, if it has one."""
    digest = manifest.options.reranker
    if digest is None:
        return
    folder = encoder_folder(settings.encoders_folder, digest)
    try:
        spec = read_reranker_spec(folder)
        _check_files(folder, spec)
    except EncoderError as error:
        yield problem("reranker", "error", error)
    else:
        yield _prepared("reranker", spec)


def _prepared(name: str, spec: EncoderSpec | RerankerSpec) -> Finding:
    if note := slow_note(spec):
        return Finding(name, "info", note, "Set another model if answers take too long")
    what = "encoder" if name == "encoder" else "re-ranker"
    return Finding(name, "ok", f"The compiled {what} {spec.model} is there.")


def _counts(generation: Generation, posts: int, placed: int) -> Finding:
    """Whether the texts are as many as the manifest says; the rest is compared on opening.

    ``placed`` is how many passages belong to one of the ``posts``.
    """
    manifest = generation.manifest
    passages = len(generation.store.fingerprints())
    wrong = [
        f"{count(found, noun)} where the manifest says {wanted}"
        for noun, found, wanted in (
            ("post", posts, manifest.posts),
            ("passage", passages, manifest.passages),
        )
        if found != wanted
    ]
    if placed != passages:
        wrong.append(f"{count(passages - placed, 'passage')} of no post")
    if not wrong:
        return Finding("index_counts", "ok", "Its parts fit each other.")
    message = f"The index {manifest.generation} holds {', '.join(wrong)}."
    return Finding("index_counts", "error", message, _FROM_NOTHING)


def _likeness(generation: Generation, hashes: dict[str, str], inventory: Inventory) -> Finding:
    """Whether the index is of the archive, by its digest and by the ``hashes`` of its posts."""
    wanted = inventory.hashes
    changes = {
        "new": sorted(wanted.keys() - hashes.keys()),
        "changed": sorted(id for id in wanted if hashes.get(id, wanted[id]) != wanted[id]),
        "gone": sorted(hashes.keys() - wanted.keys()),
    }
    told = ", ".join(
        f"{count(len(ids), 'post')} {change} (as {ids[0]})"
        for change, ids in changes.items()
        if ids
    )
    if generation.manifest.archive_digest != inventory.digest:
        message = f"The archive has changed since the index was built: {told or 'other copies'}."
        return Finding("index_fresh", "warning", message, _REBUILD)
    if told:  # another build would find the archive's digest in the manifest, and nothing to do
        message = f"The index is said to be of the archive as it is, but is not: {told}."
        return Finding("index_posts", "error", message, _FROM_NOTHING)
    return Finding("index_fresh", "ok", "The index is of the archive as it is.")


def _model(settings: Settings, manifest: Manifest) -> Finding:
    """Whether the next build encodes with the encoder that the index was built with."""
    try:
        digest = encoder_digest(settings.model, fetch=False)
    except BlogqaError as error:
        return problem("encoder_model", "warning", error)
    if digest == manifest.encoder_digest:
        return Finding("encoder_model", "ok", f"The model is {settings.model}, as set.")
    return Finding(
        "encoder_model",
        "warning",
        f"The index was built with {manifest.model} ({manifest.encoder_digest[:12]}); set is "
        f"{settings.model} ({digest[:12]}). The next build encodes everything again.",
        f"Run blogqa build, or set `model` to {manifest.model} again",
    )


def _passage_length(settings: Settings, manifest: Manifest) -> Finding:
    options = manifest.options.passages
    built = options.target_tokens
    # an encoder that takes less has its passages cut shorter than is set
    fits = built == options.max_tokens < settings.passage_tokens
    if built == settings.passage_tokens or fits:
        message = f"Passages are closed at {built} tokens, as set."
        return Finding("passage_length", "ok", message)
    return Finding(
        "passage_length",
        "warning",
        f"The index has passages of {built} tokens; `passage_tokens` is {settings.passage_tokens}. "
        "The next build cuts all posts again.",
        f"Run blogqa build, or set `passage_tokens` to {built} again",
    )


def large_index(settings: Settings, manifest: Manifest) -> Finding:
    """How the nearest of many passages are found, and whether that is as set."""
    wanted, lists, graph = manifest.options.nearest, manifest.lists, manifest.graph
    if wanted.kind != settings.large_index:
        return Finding(
            "large_index",
            "warning",
            f"The index was built with `large_index` {wanted.kind}; set is {settings.large_index}. "
            "The next build makes it anew, from the vectors that are there.",
            f"Run blogqa build, or set `large_index` to {wanted.kind} again",
        )
    if graph is not None:
        found_by = f"The nearest are found by a graph, {graph.recall:.1%} of them."
    elif lists is not None:
        found_by = f"The nearest are found by lists, {lists.recall:.1%} of them."
    else:
        found_by = "A question is compared with every passage."
    if graph is None and wanted.kind == "graph":
        message = f"A graph found fewer than {wanted.least_recall:.0%} of the nearest. {found_by}"
        return Finding("large_index", "info", message, "Set `large_index` to lists")
    return Finding("large_index", "ok" if lists or graph else "info", found_by)
