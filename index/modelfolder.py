"""Whether a folder is a model, said before anything slow is tried, by the file that is amiss."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from safetensors import SafetensorError, safe_open

from index.errors import EncoderError

Role = Literal["encoder", "reranker"]

_TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model")
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
_CLASSIFIER = "ForSequenceClassification"
_POINTER = b"version https://git-lfs"


def check_folder(model: str, folder: Path, role: Role) -> None:
    """Raise EncoderError, naming what is amiss, unless ``folder`` may hold ``model`` in ``role``.

    ``model`` is what the user calls it.
    """
    network = _network_folder(model, folder)
    setting = "model" if role == "encoder" else "reranker"
    config = network / "config.json"
    if not config.is_file():
        raise EncoderError(
            f"The folder {network} is no model: it has no config.json.",
            f"Set `{setting}` to a folder that sentence-transformers saved, or that a model of the "
            "hub was downloaded to.",
        )
    _check_role(model, _read_json(config), folder, role)
    weights = _files(network, _WEIGHTS)
    if not weights:
        raise EncoderError(
            f"The model in {network} has no weights: neither model.safetensors nor "
            "pytorch_model.bin.",
            "Copy the weights beside its config.json.",
        )
    if not (_files(network, _TOKENIZERS) or _files(folder, _TOKENIZERS)):
        raise EncoderError(
            f"The model in {network} has no tokenizer: neither tokenizer.json nor vocab.txt, "
            "vocab.json, or a SentencePiece model.",
            "Copy the tokenizer's files of the same model beside its config.json.",
        )
    for path in sorted({*weights, *folder.glob("*/*.safetensors")}):
        _check_weights(path)


def _network_folder(model: str, folder: Path) -> Path:
    """Where in ``folder`` the network is: older models have it in a folder of its own."""
    modules = folder / "modules.json"
    if not modules.is_file():
        return folder
    parts = _read_json(modules)
    try:
        return folder / str(parts[0]["path"])
    except (LookupError, TypeError) as error:
        raise EncoderError(
            f"{modules} does not say what the model {model!r} is built of.",
            "Download the model again.",
        ) from error


def _check_role(model: str, config: Any, folder: Path, role: Role) -> None:
    """A network without the last layer that a role needs would get one of random numbers."""
    architectures = config.get("architectures") if isinstance(config, dict) else None
    name = str((architectures or [""])[0])
    if role == "encoder" and name.endswith(_CLASSIFIER) and not _pools(folder / "modules.json"):
        raise EncoderError(
            f"The model {model!r} gives pairs of texts a score ({name}), but no text a vector.",
            "Set `reranker` to it, and `model` to an encoder.",
        )
    if role == "reranker" and not name.endswith(_CLASSIFIER):
        raise EncoderError(
            f"The model {model!r} gives pairs of texts no score: it is built as "
            f"{name or 'nothing that its config.json names'}, not as a sequence classifier.",
            "Set `reranker` to a cross-encoder, such as cross-encoder/ms-marco-MiniLM-L6-v2.",
        )


def _pools(modules: Path) -> bool:
    """Whether the parts that ``modules`` lists make one vector of a text."""
    return modules.is_file() and "Pooling" in modules.read_text(encoding="utf-8", errors="replace")


def _check_weights(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(len(_POINTER)) == _POINTER:
            raise EncoderError(
                f"{path} holds no weights, only a reference to them that git made.",
                "Run `git lfs pull` in that folder.",
            )
    if path.suffix != ".safetensors":
        return
    try:
        with safe_open(path, framework="numpy"):
            pass
    except SafetensorError as error:
        raise EncoderError(
            f"The weights in {path} cannot be read: {error}.",
            "They may have been cut short: download the file again.",
        ) from error


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"{path} cannot be read: {error}.", "Download the model again."
        ) from error


def _files(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    return sorted({path for pattern in patterns for path in folder.glob(pattern)})
