"""What a compiled encoder is, as its folder says; readable without loading it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, TypeVar

from index.errors import EncoderError

Runtime = Literal["openvino", "sentence-transformers"]
"""What runs a model: OpenVINO, where it was compiled; where it could not be, what it comes from."""

FORMAT = 2
"""The layout of a compiled encoder's folder; part of its digest."""

_SPEC_FILE, _MODEL_FILE, _TOKENIZER_FILE = "encoder.json", "model.xml", "tokenizer.json"
_RERANKER_FILE, _HEAD_FILE, _SOURCE_FOLDER = "reranker.json", "head.xml", "model"


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """The record of one compilation.

    ``digest`` names weights, tokenizer and settings: equal digests make equal vectors.
    ``max_tokens`` counts special tokens too. The prompts are put in front of every text; without
    ``include_prompt`` their tokens are left out of the pooled mean. ``pad_id`` fills up shorter
    texts of a batch. With ``has_head`` what was pooled passes further layers.
    ``full_precision`` has the network computed in float32, whatever else the processor has.
    ``reason`` says why the model runs on sentence-transformers, and is empty where it is compiled.
    """

    model: str
    digest: str
    dimensions: int
    max_tokens: int
    pooling: Literal["mean", "cls"]
    query_prompt: str = ""
    passage_prompt: str = ""
    include_prompt: bool = True
    pad_id: int = 0
    has_head: bool = False
    full_precision: bool = False
    runtime: Runtime = "openvino"
    reason: str = ""
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class RerankerSpec:
    """The record of one cross-encoder; its fields are those of :class:`EncoderSpec`."""

    model: str
    digest: str
    max_tokens: int
    pad_id: int = 0
    full_precision: bool = False
    runtime: Runtime = "openvino"
    reason: str = ""
    format: int = FORMAT


def read_spec(folder: Path) -> EncoderSpec:
    """What the compiled encoder in ``folder`` is; EncoderError if this version cannot use it."""
    return _read(EncoderSpec, folder, _SPEC_FILE)


def read_reranker_spec(folder: Path) -> RerankerSpec:
    """What the cross-encoder in ``folder`` is; EncoderError if this version cannot use it."""
    return _read(RerankerSpec, folder, _RERANKER_FILE)


def write_spec(folder: Path, spec: EncoderSpec | RerankerSpec) -> None:
    """Write ``spec`` where :func:`read_spec` or :func:`read_reranker_spec` finds it."""
    name = _SPEC_FILE if isinstance(spec, EncoderSpec) else _RERANKER_FILE
    (folder / name).write_text(json.dumps(asdict(spec), indent=2) + "\n")


def encoder_folder(encoders: Path, digest: str) -> Path:
    """Where, among the compiled ``encoders``, the one of that ``digest`` lies."""
    return encoders / digest[:16]


def model_file(folder: Path) -> Path:
    """Where the network of the encoder in ``folder`` is kept (OpenVINO's XML, weights beside)."""
    return folder / _MODEL_FILE


def tokenizer_file(folder: Path) -> Path:
    """Where the tokenizer of the encoder in ``folder`` is kept."""
    return folder / _TOKENIZER_FILE


def head_file(folder: Path) -> Path:
    """Where the layers behind the pooling are kept, if the encoder in ``folder`` has any."""
    return folder / _HEAD_FILE


def source_folder(folder: Path) -> Path:
    """Where a model that could not be compiled is kept as sentence-transformers saves it."""
    return folder / _SOURCE_FOLDER


Spec = TypeVar("Spec", EncoderSpec, RerankerSpec)


def _read(kind: type[Spec], folder: Path, name: str) -> Spec:
    try:
        spec = kind(**json.loads((folder / name).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise unusable(folder, str(error)) from error
    if spec.format != FORMAT:
        raise unusable(folder, f"it has format {spec.format}, this version reads {FORMAT}")
    return spec


def unusable(folder: Path, reason: str) -> EncoderError:
    """The error that says so, with the way out."""
    return EncoderError(
        f"The compiled encoder in {folder} cannot be used: {reason}.",
        f"Remove {folder} and run: blogqa build",
    )
