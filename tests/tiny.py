"""Models that sentence-transformers can load, small enough to be made in a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

Network = Literal["bert", "mpnet", "roberta", "xlm-roberta", "longformer"]
DIMENSIONS = 32
MAX_TOKENS = 128
HEAD_DIMENSIONS = 16

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_VOCABULARY = [
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    *_LETTERS,
    *".,?!'-",
    *(f"##{letter}" for letter in _LETTERS),
]
_PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", *_LETTERS, *_LETTERS.upper(), *".,?!'-:"]


def make_model(
    folder: Path,
    *,
    network: Network = "bert",
    pooling: str = "mean",
    prompts: dict[str, str] | None = None,
    include_prompt: bool = True,
    dense: bool = False,
    truncation_side: Literal["left", "right"] = "right",
) -> Path:
    """Save an encoder of random weights, the same ones each time, in ``folder``; gives the folder.

    Two layers of 32 dimensions over single letters, at most 128 tokens. With ``dense`` a layer
    behind the pooling makes 16 dimensions of it.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer

    torch.manual_seed(0)
    base = folder.with_name(f"{folder.name}-network")
    base.mkdir(parents=True)
    _network(network).save_pretrained(base)
    _tokenizer(network, truncation_side).save_pretrained(base)
    modules: list[Any] = [
        Transformer(str(base), max_seq_length=MAX_TOKENS),
        Pooling(DIMENSIONS, pooling, include_prompt=include_prompt),
    ]
    if dense:
        modules.append(Dense(DIMENSIONS, HEAD_DIMENSIONS))
    SentenceTransformer(modules=modules, device="cpu", prompts=prompts).save(str(folder))
    return folder


def make_cross_encoder(folder: Path, *, network: Network = "bert", labels: int = 1) -> Path:
    """Save a cross-encoder of random weights in ``folder``, as those on the hub are; the folder."""
    import torch

    torch.manual_seed(0)
    _network(network, labels).save_pretrained(folder)
    _tokenizer(network, "right", MAX_TOKENS).save_pretrained(folder)
    return folder


def _tokenizer(kind: Network, truncation_side: str, max_tokens: int | None = None) -> Any:
    from transformers import BertTokenizer, PreTrainedTokenizerFast

    about: dict[str, Any] = {"truncation_side": truncation_side}
    if max_tokens is not None:
        about["model_max_length"] = max_tokens
    if kind not in ("roberta", "xlm-roberta"):
        vocabulary = {token: number for number, token in enumerate(_VOCABULARY)}
        return BertTokenizer(vocab=vocabulary, **about)
    from tokenizers import Tokenizer
    from tokenizers.models import Unigram
    from tokenizers.pre_tokenizers import Metaspace
    from tokenizers.processors import TemplateProcessing

    made = Tokenizer(Unigram([(piece, -1.0) for piece in _PIECES], unk_id=3))
    made.pre_tokenizer = Metaspace()
    made.post_processor = TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    names = {"bos": "<s>", "cls": "<s>", "eos": "</s>", "sep": "</s>", "unk": "<unk>"}
    special = {f"{name}_token": token for name, token in names.items()}
    inputs = ["input_ids", "attention_mask"]
    about |= special | {"pad_token": "<pad>", "model_input_names": inputs}
    fast: Any = PreTrainedTokenizerFast
    return fast(tokenizer_object=made, **about)


def _network(kind: Network, labels: int | None = None) -> Any:
    """A network; with ``labels``, one that gives a text so many scores."""
    import transformers

    names = {
        "bert": "Bert",
        "mpnet": "MPNet",
        "roberta": "Roberta",
        "xlm-roberta": "XLMRoberta",
        "longformer": "Longformer",
    }
    vocabulary = _PIECES if kind in ("roberta", "xlm-roberta") else _VOCABULARY
    shape: dict[str, Any] = {
        "vocab_size": len(vocabulary),
        "hidden_size": DIMENSIONS,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 600,
        "initializer_range": 0.3,  # at the usual 0.02 all texts have nearly the same vector
    }
    if kind == "longformer":  # a text is cut into windows, and how many is fixed by tracing
        shape["attention_window"] = [8, 8]
    if labels is not None:
        shape["num_labels"] = labels
    config = getattr(transformers, f"{names[kind]}Config")(**shape)
    suffix = "Model" if labels is None else "ForSequenceClassification"
    return getattr(transformers, f"{names[kind]}{suffix}")(config)
