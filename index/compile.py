"""A sentence-transformers model made into a compiled encoder; the only importer of torch.

Tracing can go wrong quietly (a network traced for one length only), so what comes out is compared
with what sentence-transformers itself computes, on texts of several lengths, before it is used.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import textwrap
import warnings
from pathlib import Path
from typing import Any, Literal

import numpy as np

from index.encoder import Encoder
from index.errors import EncoderError
from index.spec import EncoderSpec, model_file, tokenizer_file, write_spec

# Read when these libraries are imported: nothing is reported to their makers, and what they say of
# their own workings doesn't reach a user.
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import openvino
import torch
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import (
    Normalize,
    Pooling,
    Transformer,
)

LEAST_COSINE = 0.999
"""How near a compiled vector must be to sentence-transformers' own; bf16 gives 0.99998."""

_PROBE = (
    "Call the buyer back on Thursday morning, before the committee meets, and ask one plain "
    "question about who signs. Write down the answer word for word. "
)
_PROBE_WORDS = (1, 3, 7, 20, 60, 150, 400)


class _States(torch.nn.Module):
    """The network from token ids to the states of its last layer, its inputs by position."""

    def __init__(self, network: torch.nn.Module, inputs: list[str]) -> None:
        super().__init__()
        self.network = network
        self.inputs = inputs

    def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
        output = self.network(**dict(zip(self.inputs, tensors, strict=True)))
        states: torch.Tensor = output.last_hidden_state
        return states


def compile_encoder(model: str, source: Path, digest: str, folder: Path) -> None:
    """Compile the model in the folder ``source`` into ``folder``, all or nothing.

    Raises EncoderError if it cannot be loaded, is built of parts this encoder does not know, its
    compiled vectors differ from sentence-transformers' own, or the disk refuses.
    """
    try:
        transformer = SentenceTransformer(str(source), device="cpu", local_files_only=True)
    except (OSError, ValueError, RuntimeError, ImportError, SafetensorError) as error:
        raise EncoderError(
            f"sentence-transformers cannot load the model {model!r}: {error}",
            "Check the folder, or set `model` to another one.",
        ) from error
    spec = _spec(model, digest, transformer)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".compiling-", dir=folder.parent))
    try:
        _convert(transformer, staging)
        write_spec(staging, spec)
        _verify(transformer, Encoder(staging), model)
        shutil.rmtree(staging / "cache")  # OpenVINO would not find it again under another path
        staging.chmod(0o755)
        staging.replace(folder)
    except (OSError, RuntimeError) as error:
        if not folder.is_dir():  # else another process was quicker
            raise EncoderError(
                f"The model {model!r} could not be compiled to {folder}: "
                + textwrap.shorten(str(error), 300),  # a failed trace fills a thousand lines
                "Free some space, mend the permissions, or set `model` to another one.",
            ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _spec(model: str, digest: str, transformer: SentenceTransformer) -> EncoderSpec:
    modules = list(transformer)
    known = (
        len(modules) >= 2
        and isinstance(modules[0], Transformer)
        and isinstance(modules[1], Pooling)
        and all(isinstance(module, Normalize) for module in modules[2:])
    )
    pooling = modules[1].pooling_mode if known else None
    modes: dict[str, Literal["mean", "cls"]] = {"mean": "mean", "cls": "cls"}
    if pooling not in modes:
        parts = ", ".join(type(module).__name__ for module in modules)
        raise EncoderError(
            f"The model {model!r} cannot be compiled: it is built of {parts}"
            + (f" with {pooling} pooling." if pooling else "."),
            "Set `model` to one of a transformer with mean or cls pooling.",
        )
    prompts = transformer.prompts or {}
    return EncoderSpec(
        model=model,
        digest=digest,
        dimensions=transformer.get_embedding_dimension() or 0,
        max_tokens=int(transformer.max_seq_length or 512),
        pooling=modes[str(pooling)],
        query_prompt=prompts.get("query") or "",
        passage_prompt=prompts.get("document") or prompts.get("passage") or "",
    )


def _convert(transformer: SentenceTransformer, folder: Path) -> None:
    tokenizer: Any = transformer.tokenizer
    example = tokenizer(["Who signs?", "Ask who signs it."], padding=True, return_tensors="pt")
    inputs = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in example]
    first: Any = transformer[0]
    network = _States(first.auto_model, inputs).eval()
    with warnings.catch_warnings(), torch.no_grad():
        # The tracer warns of branches it cannot follow; whether they matter is what _verify finds.
        warnings.simplefilter("ignore")
        converted = openvino.convert_model(
            network, example_input=tuple(example[name] for name in inputs)
        )
    for port, name in zip(converted.inputs, inputs, strict=True):
        port.get_tensor().set_names({name})
    # Half precision halves what a server holds in memory; the arithmetic, bfloat16 where the
    # processor has it, keeps less of a weight than that.
    openvino.save_model(converted, model_file(folder), compress_to_fp16=True)
    tokenizer.backend_tokenizer.save(str(tokenizer_file(folder)))


def _verify(transformer: SentenceTransformer, encoder: Encoder, model: str) -> None:
    words = (_PROBE * 20).split()
    for count in _PROBE_WORDS:
        text = " ".join(words[:count])
        wanted = transformer.encode(
            encoder.spec.query_prompt + text, prompt="", normalize_embeddings=True
        )
        cosine = float(np.dot(wanted, encoder.encode_query(text)))
        if not cosine >= LEAST_COSINE:
            raise EncoderError(
                f"The model {model!r} cannot be compiled faithfully: on a text of {count} words "
                f"its vector has cosine {cosine:.4f} to sentence-transformers' own "
                f"(at least {LEAST_COSINE} is asked for).",
                "Set `model` to another one; all-MiniLM-L6-v2 is known to work.",
            )
