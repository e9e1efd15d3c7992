"""A sentence-transformers model taken apart, and its networks traced for OpenVINO.

What compiles models and what runs those that cannot be compiled share this; importing it imports
torch.
"""

from __future__ import annotations

import os
import textwrap
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

# Read when these libraries are imported: nothing is reported to their makers, and what they say of
# their own workings doesn't reach a user.
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
os.environ["TQDM_DISABLE"] = "1"

import numpy as np
import numpy.typing as npt
import openvino
import torch
from safetensors import SafetensorError
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.base.modules import Dense
from sentence_transformers.sentence_transformer.modules import (
    Dropout,
    LayerNorm,
    Normalize,
    Pooling,
    Transformer,
)

from index.errors import EncoderError

_LAYERS = (Dense, LayerNorm, Dropout, Normalize)  # that may follow the pooling
_LOADING = (OSError, ValueError, RuntimeError, ImportError, KeyError, TypeError, SafetensorError)
_LONGEST = 200  # characters of somebody else's error: a failed trace fills a thousand lines


class _States(torch.nn.Module):
    """The network from token ids to the states of its last layer, its inputs by position."""

    def __init__(self, network: torch.nn.Module, inputs: Sequence[str], output: str) -> None:
        super().__init__()
        self.network = network
        self.inputs = inputs
        self.output = output

    def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
        output = self.network(**dict(zip(self.inputs, tensors, strict=True)))
        found: torch.Tensor = getattr(output, self.output)
        return found


class HeadLayers(torch.nn.Module):
    """The layers behind the pooling: rows of what was pooled to rows of vectors."""

    def __init__(self, layers: Sequence[torch.nn.Module]) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList(layers)

    def forward(self, pooled: torch.Tensor) -> torch.Tensor:
        """Vectors of ``pooled``, one a row, of any length."""
        features = {"sentence_embedding": pooled}
        for layer in self.layers:
            features = layer(features)
        return features["sentence_embedding"]


def load_transformer(model: str, folder: Path, device: str = "cpu") -> SentenceTransformer:
    """The encoder in ``folder``, in full precision; EncoderError if it cannot be loaded."""
    try:
        return SentenceTransformer(
            str(folder), device=device, local_files_only=True, model_kwargs={"dtype": "float32"}
        )
    except _LOADING as error:
        raise _not_loaded(model, error) from error


def load_cross_encoder(model: str, folder: Path) -> CrossEncoder:
    """The cross-encoder in ``folder``, in full precision; EncoderError if it cannot be loaded."""
    try:
        loaded: CrossEncoder = CrossEncoder(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": "float32"}
        )
    except _LOADING as error:
        raise _not_loaded(model, error) from error
    return loaded


def own_scores(original: CrossEncoder, pairs: list[tuple[str, str]]) -> npt.NDArray[np.float32]:
    """What a cross-encoder gives ``pairs`` of texts, before any function is applied to it."""
    scores: npt.NDArray[np.float32] = original.predict(pairs, activation_fn=torch.nn.Identity())
    return scores


def network_of(transformer: SentenceTransformer | CrossEncoder) -> Any:
    """The network from token ids on, ready to be asked."""
    first: Any = transformer[0]
    return first.model.eval()


def pooling_of(model: str, transformer: SentenceTransformer) -> Pooling:
    """The pooling of an encoder; EncoderError, naming its parts, if it is built otherwise."""
    modules = list(transformer)
    known = (
        len(modules) >= 2
        and isinstance(modules[0], Transformer)
        and isinstance(modules[1], Pooling)
        and all(_behind_pooling(module) for module in modules[2:])
    )
    pooling: Any = modules[1] if known else None
    mode = pooling.pooling_mode if known else ""
    if mode in ("mean", "cls"):
        found: Pooling = pooling
        return found
    parts = ", ".join(type(module).__name__ for module in modules)
    if known:
        parts += f" with {mode if isinstance(mode, str) else '+'.join(mode)} pooling"
    raise EncoderError(
        f"The model {model!r} cannot be used: it is built of {parts}.",
        "Set `model` to one of a transformer with mean or cls pooling, as `blogqa build --model "
        "better` does.",
    )


def head_of(transformer: SentenceTransformer) -> HeadLayers | None:
    """The layers behind the pooling, but for what only brings vectors to length 1 at the end."""
    layers = [module for module in list(transformer)[2:] if not isinstance(module, Dropout)]
    while layers and isinstance(layers[-1], Normalize):
        layers.pop()
    return HeadLayers(layers).eval() if layers else None


def trace_network(
    network: torch.nn.Module,
    example: dict[str, torch.Tensor],
    output: Literal["last_hidden_state", "logits"],
) -> Any:
    """OpenVINO's form of ``network``, from what it takes as in ``example`` to that ``output``."""
    states = _States(network, list(example), output).eval()
    converted = _convert(states, tuple(example.values()))
    for port, name in zip(converted.inputs, example, strict=True):
        port.get_tensor().set_names({name})
    return converted


def save_network(converted: Any, file: Path, *, full_precision: bool) -> None:
    """Write a traced network into ``file``."""
    # Half precision halves what a server holds in memory; the arithmetic, bfloat16 where the
    # processor has it, keeps less of a weight than that.
    openvino.save_model(converted, file, compress_to_fp16=not full_precision)


def trace_head(head: HeadLayers, dimensions: int, file: Path) -> None:
    """Write the layers of ``head``, which take rows of so many ``dimensions``, into ``file``."""
    converted = _convert(head, (torch.zeros(2, dimensions),))
    openvino.save_model(converted, file, compress_to_fp16=False)


def example_of(tokenizer: Any, *texts: Sequence[str]) -> dict[str, torch.Tensor]:
    """What a network takes of ``texts``, or of as many pairs of texts."""
    example = tokenizer(*texts, padding=True, return_tensors="pt")
    return {name: example[name] for name in inputs_of(tokenizer)}


def inputs_of(tokenizer: Any) -> list[str]:
    """The names of what a network takes from ``tokenizer``."""
    example = tokenizer("Who signs?")
    names = ("input_ids", "attention_mask", "token_type_ids")
    return [name for name in names if name in example]


def save_tokenizer(model: str, tokenizer: Any, max_tokens: int, file: Path) -> None:
    """Write ``tokenizer`` into ``file``, with the side that it cuts at.

    Raises EncoderError for one that cannot say where in a text its tokens stand.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise EncoderError(
            f"The model {model!r} cannot be used: its tokenizer, {type(tokenizer).__name__}, "
            "has no fast form, which says where in a text each token stands.",
            "Set `model` to another one.",
        )
    backend.no_padding()
    backend.enable_truncation(max_tokens, direction=tokenizer.truncation_side)
    backend.save(str(file))


def shortened(error: Exception) -> str:
    """What ``error`` says, in a line."""
    return textwrap.shorten(f"{error}" or type(error).__name__, _LONGEST)


def _convert(network: torch.nn.Module, example: tuple[torch.Tensor, ...]) -> Any:
    with warnings.catch_warnings(), torch.no_grad():
        # The tracer warns of branches it cannot follow; whether they matter is found by comparing.
        warnings.simplefilter("ignore")
        return openvino.convert_model(network, example_input=example)


def _behind_pooling(module: torch.nn.Module) -> bool:
    """Whether ``module`` takes a pooled vector and gives one."""
    if isinstance(module, Dense):
        return module.module_input_name == module.module_output_name == "sentence_embedding"
    return isinstance(module, _LAYERS)


def _not_loaded(model: str, error: Exception) -> EncoderError:
    return EncoderError(
        f"sentence-transformers cannot load the model {model!r}: {shortened(error)}",
        "Check the folder, or set another one.",
    )
