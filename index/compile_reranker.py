"""A cross-encoder compiled as encoders are, and compared with sentence-transformers likewise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.compile import PROBE_WORDS, clear, compiled, probe, staged
from index.errors import EncoderError
from index.models import Model
from index.reranker import Reranker
from index.spec import RerankerSpec, model_file, source_folder, tokenizer_file, write_spec
from index.transformer import (
    example_of,
    load_cross_encoder,
    network_of,
    own_scores,
    save_network,
    save_tokenizer,
    trace_network,
)

if TYPE_CHECKING:  # to be imported by index.transformer, which silences it first
    from sentence_transformers import CrossEncoder

MOST_OFF = 0.02
"""How far a compiled score may be from sentence-transformers' own, as a share of how far the
highest is from the lowest or from nothing: bf16 keeps two or three digits."""

_QUESTION = "Who signs, and how do I find out before the committee meets?"


def compile_reranker(model: Model, digest: str, folder: Path) -> None:
    """Make a cross-encoder of ``model`` in ``folder``, all or nothing.

    Raises EncoderError if it cannot be loaded, gives more than one score, its scores differ from
    sentence-transformers' own even when that runs it, or the disk refuses.
    """
    original = load_cross_encoder(model.name, model.folder)
    if original.num_labels != 1:
        raise EncoderError(
            f"The model {model.name!r} sorts pairs of texts into {original.num_labels} classes; a "
            "re-ranker gives them one score.",
            "Set `reranker` to a cross-encoder, such as cross-encoder/ms-marco-MiniLM-L6-v2.",
        )
    spec = RerankerSpec(
        model=model.name,
        digest=digest,
        max_tokens=int(original.max_seq_length or 512),
        pad_id=int(original.tokenizer.pad_token_id or 0),
    )
    with staged(model.name, folder) as staging:
        save_tokenizer(model.name, original.tokenizer, spec.max_tokens, tokenizer_file(staging))
        reason = _compile(original, spec, staging)
        if reason:
            clear(staging)
            original.save(str(source_folder(staging)), create_model_card=False)
            write_spec(staging, replace(spec, runtime="sentence-transformers", reason=reason))
            difference = _difference(original, Reranker(staging))
            if difference:
                raise EncoderError(
                    f"The model {model.name!r} cannot be used: {difference}",
                    "Set `reranker` to another one, or to none.",
                )


def _compile(original: CrossEncoder, spec: RerankerSpec, folder: Path) -> str:
    """Write the compiled network into ``folder``; why it cannot be used, nothing if it can."""

    def trace() -> Any:
        example = example_of(
            original.tokenizer,
            ["Who signs?", "What does it cost?"],
            ["Ask who signs it.", "Never lower a price for nothing, and never twice."],
        )
        return trace_network(network_of(original), example, "logits")

    def write(traced: Any, full: bool) -> None:
        save_network(traced, model_file(folder), full_precision=full)
        write_spec(folder, replace(spec, full_precision=full))

    return compiled(folder, trace, write, lambda: _difference(original, Reranker(folder)))


def _difference(original: CrossEncoder, reranker: Reranker) -> str:
    """Where the scores of ``reranker`` are not sentence-transformers' own; nothing if they are."""
    texts = [probe(count) for count in PROBE_WORDS]
    wanted = own_scores(original, [(_QUESTION, text) for text in texts])
    together = reranker.scores(_QUESTION, texts)
    alone = np.concatenate([reranker.scores(_QUESTION, [text]) for text in texts])
    size = float(max(np.ptp(wanted), np.abs(wanted).max()))
    for row, count in enumerate(PROBE_WORDS):
        off = float(max(abs(together[row] - wanted[row]), abs(alone[row] - wanted[row])))
        if not off <= MOST_OFF * size:
            return (
                f"on a text of {count} words its score is {off:.4f} off sentence-transformers' "
                f"own, {wanted[row]:.4f} (at most {MOST_OFF * size:.4f} is asked for)."
            )
    return ""
