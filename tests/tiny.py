"""Models that sentence-transformers can load, small enough to be made in a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

Network = Literal["bert", "mpnet", "longformer"]
DIMENSIONS = 32
MAX_TOKENS = 128

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_VOCABULARY = [
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    *_LETTERS,
    *".,?!'-",
    *(f"##{letter}" for letter in _LETTERS),
]


def make_model(
    folder: Path,
    *,
    network: Network = "bert",
    pooling: str = "mean",
    prompts: dict[str, str] | None = None,
    dense: bool = False,
    truncation_side: Literal["left", "right"] = "right",
) -> Path:
    """Save a model of random weights, the same ones each time, in ``folder``; gives the folder.

    Two layers of 32 dimensions over single letters, at most 128 tokens.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer
    from transformers import BertTokenizer

    torch.manual_seed(0)
    base = folder.with_name(f"{folder.name}-network")
    base.mkdir(parents=True)
    _network(network).save_pretrained(base)
    vocabulary = {token: number for number, token in enumerate(_VOCABULARY)}
    BertTokenizer(vocab=vocabulary, truncation_side=truncation_side).save_pretrained(base)
    modules: list[Any] = [
        Transformer(str(base), max_seq_length=MAX_TOKENS),
        Pooling(DIMENSIONS, pooling),
    ]
    if dense:
        modules.append(Dense(DIMENSIONS, 16))
    SentenceTransformer(modules=modules, device="cpu", prompts=prompts).save(str(folder))
    return folder


def _network(kind: Network) -> Any:
    from transformers import (
        BertConfig,
        BertModel,
        LongformerConfig,
        LongformerModel,
        MPNetConfig,
        MPNetModel,
    )

    shape: dict[str, Any] = {
        "vocab_size": len(_VOCABULARY),
        "hidden_size": DIMENSIONS,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 600,
        "initializer_range": 0.3,  # at the usual 0.02 all texts have nearly the same vector
    }
    if kind == "mpnet":  # attention depends on how far apart two tokens are
        return MPNetModel(MPNetConfig(**shape))
    if kind == "longformer":  # a text is cut into windows, and how many is fixed by tracing
        return LongformerModel(LongformerConfig(**shape, attention_window=[8, 8]))
    return BertModel(BertConfig(**shape))
