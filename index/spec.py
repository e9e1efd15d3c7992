"""What a compiled encoder is, as its folder says; readable without loading it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from index.errors import EncoderError

FORMAT = 2
"""The layout of a compiled encoder's folder; part of its digest."""

_SPEC_FILE, _MODEL_FILE, _TOKENIZER_FILE = "encoder.json", "model.xml", "tokenizer.json"


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """The record of one compilation.

    ``digest`` names weights, tokenizer and settings: equal digests make equal vectors.
    ``max_tokens`` counts special tokens too. The prompts are put in front of every text.
    """

    model: str
    digest: str
    dimensions: int
    max_tokens: int
    pooling: Literal["mean", "cls"]
    query_prompt: str = ""
    passage_prompt: str = ""
    format: int = FORMAT


def read_spec(folder: Path) -> EncoderSpec:
    """What the compiled encoder in ``folder`` is; EncoderError if this version cannot use it."""
    try:
        spec = EncoderSpec(**json.loads((folder / _SPEC_FILE).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise unusable(folder, str(error)) from error
    if spec.format != FORMAT:
        raise unusable(folder, f"it has format {spec.format}, this version reads {FORMAT}")
    return spec


def write_spec(folder: Path, spec: EncoderSpec) -> None:
    """Write ``spec`` where :func:`read_spec` finds it."""
    (folder / _SPEC_FILE).write_text(json.dumps(asdict(spec), indent=2) + "\n")


def encoder_folder(encoders: Path, digest: str) -> Path:
    """Where, among the compiled ``encoders``, the one of that ``digest`` lies."""
    return encoders / digest[:16]


def model_file(folder: Path) -> Path:
    """Where the network of the encoder in ``folder`` is kept (OpenVINO's XML, weights beside)."""
    return folder / _MODEL_FILE


def tokenizer_file(folder: Path) -> Path:
    """Where the tokenizer of the encoder in ``folder`` is kept."""
    return folder / _TOKENIZER_FILE


def unusable(folder: Path, reason: str) -> EncoderError:
    """The error that says so, with the way out."""
    return EncoderError(
        f"The compiled encoder in {folder} cannot be used: {reason}.",
        f"Remove {folder} and run: blogqa build",
    )
