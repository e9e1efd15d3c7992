"""A sentence-transformers model made into an encoder that answers without it, where that is true.

Tracing can go wrong quietly (a network traced for one length only), so what comes out is compared
with what sentence-transformers itself computes, on texts of several lengths, before it is used. A
model that fails is kept as it is, and run by sentence-transformers itself.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError

from index.encoder import Encoder, Job, TextEncoder
from index.errors import EncoderError
from index.models import Model
from index.pooling import Vector
from index.spec import (
    EncoderSpec,
    head_file,
    model_file,
    source_folder,
    tokenizer_file,
    write_spec,
)
from index.torch_encoder import TorchEncoder
from index.transformer import (
    example_of,
    head_of,
    load_transformer,
    network_of,
    pooling_of,
    save_network,
    save_tokenizer,
    shortened,
    trace_head,
    trace_network,
)

if TYPE_CHECKING:  # to be imported by index.transformer, which silences it first
    from sentence_transformers import SentenceTransformer

LEAST_COSINE = 0.999
"""How near a vector must be to sentence-transformers' own; bf16 gives 0.99998 with MiniLM, and
0.9998 with MPNet."""

_PROBE = (
    "Call the buyer back on Thursday morning, before the committee meets, and ask one plain "
    "question about who signs. Write down the answer word for word. "
)
PROBE_WORDS = (1, 3, 7, 20, 60, 150, 600)  # the last one longer than most models take


def compile_encoder(model: Model, digest: str, folder: Path) -> None:
    """Make an encoder of ``model`` in ``folder``, all or nothing.

    Raises EncoderError if it cannot be loaded, is built of parts this encoder does not know, its
    vectors differ from sentence-transformers' own even when that runs it, or the disk refuses.
    """
    transformer = load_transformer(model.name, model.folder)
    spec = _spec(model, digest, transformer)
    with staged(model.name, folder) as staging:
        tokenizer = transformer.tokenizer
        save_tokenizer(model.name, tokenizer, spec.max_tokens, tokenizer_file(staging))
        own = _own_vectors(transformer, spec)
        reason = _compile(transformer, own, spec, staging)
        if reason:
            kept = replace(spec, runtime="sentence-transformers", reason=reason)
            _keep(transformer, own, kept, staging)


@contextmanager
def staged(model: str, folder: Path) -> Iterator[Path]:
    """A folder to prepare ``model`` in; ``folder`` once that is done, else nothing.

    Where another process is quicker, its folder stays. Raises EncoderError if the disk refuses.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".compiling-", dir=folder.parent))
    try:
        yield staging
        # OpenVINO would not find it again under another path
        shutil.rmtree(staging / "cache", ignore_errors=True)
        staging.chmod(0o755)
        staging.replace(folder)
    except (OSError, RuntimeError, SafetensorError) as error:
        if not folder.is_dir():  # else another process was quicker
            raise EncoderError(
                f"The model {model!r} could not be compiled to {folder}: {shortened(error)}",
                "Free some space, mend the permissions, or set another model.",
            ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def probe(words: int) -> str:
    """A text of so many words."""
    return " ".join((_PROBE * 25).split()[:words])


def clear(folder: Path) -> None:
    """Remove all that was prepared in ``folder`` but the tokenizer."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path != tokenizer_file(folder):
            path.unlink()


def _spec(model: Model, digest: str, transformer: SentenceTransformer) -> EncoderSpec:
    pooling = pooling_of(model.name, transformer)
    own = transformer.prompts or {}
    names = ("document", "passage", "corpus")
    query = own.get("query") or ""
    passage = next((prompt for name in names if (prompt := own.get(name))), "")
    if model.prompts is not None and not (query or passage):
        query, passage = model.prompts.query, model.prompts.passage
    return EncoderSpec(
        model=model.name,
        digest=digest,
        dimensions=transformer.get_embedding_dimension() or 0,
        max_tokens=int(transformer.max_seq_length or 512),
        pooling="cls" if pooling.pooling_mode == "cls" else "mean",
        query_prompt=query,
        passage_prompt=passage,
        include_prompt=pooling.include_prompt,
        pad_id=int(transformer.tokenizer.pad_token_id or 0),
        has_head=head_of(transformer) is not None,
    )


def _compile(
    transformer: SentenceTransformer,
    own: list[tuple[Vector, Vector]],
    spec: EncoderSpec,
    folder: Path,
) -> str:
    """Write the compiled encoder into ``folder``; why it cannot be used, and nothing if it can."""

    def trace() -> Any:
        example = example_of(transformer.tokenizer, ["Who signs?", "Ask who signs it."])
        return trace_network(network_of(transformer), example, "last_hidden_state")

    def write(traced: Any, full: bool) -> None:
        save_network(traced, model_file(folder), full_precision=full)
        if (head := head_of(transformer)) is not None:
            trace_head(head, network_of(transformer).config.hidden_size, head_file(folder))
        write_spec(folder, replace(spec, full_precision=full))

    return compiled(folder, trace, write, lambda: _difference(own, Encoder(folder)))


def compiled(
    folder: Path,
    trace: Callable[[], Any],
    write: Callable[[Any, bool], None],
    difference: Callable[[], str],
) -> str:
    """Write a network into ``folder``: in half precision, or in full where that comes out wrong.

    ``write`` is given what ``trace`` made, and whether to write it in full precision.
    ``difference`` says what is wrong with what was written, which is the answer too: nothing if all
    is well.
    """
    try:
        traced = trace()
        reason = ""
        for full in (False, True):
            clear(folder)
            write(traced, full)
            reason = difference()
            if not reason:
                break
        return reason
    except OSError:
        raise
    except Exception as error:  # whatever a network does that tracing was not made for
        return f"it fails once it is compiled: {shortened(error)}"


def _keep(
    transformer: SentenceTransformer,
    own: list[tuple[Vector, Vector]],
    spec: EncoderSpec,
    folder: Path,
) -> None:
    """Write the model itself into ``folder``; EncoderError if it cannot be run from there."""
    clear(folder)
    transformer.save(str(source_folder(folder)), create_model_card=False)
    write_spec(folder, spec)
    difference = _difference(own, TorchEncoder.opened(folder))
    if difference:
        raise EncoderError(
            f"The model {spec.model!r} cannot be used: {difference}",
            "Set `model` to another one; all-MiniLM-L6-v2 is known to work.",
        )


def _own_vectors(
    transformer: SentenceTransformer, spec: EncoderSpec
) -> list[tuple[Vector, Vector]]:
    """What sentence-transformers makes of each probe, as a question and as a passage."""
    prompts = (spec.query_prompt, spec.passage_prompt)
    texts = [probe(words) for words in PROBE_WORDS]
    try:
        questions, passages = (
            [transformer.encode(text, prompt=prompt, normalize_embeddings=True) for text in texts]
            for prompt in prompts
        )
    except (IndexError, RuntimeError) as error:
        raise EncoderError(
            f"The model {spec.model!r} cannot be used: it takes texts of {spec.max_tokens} tokens "
            f"by its own account, but fails on one: {shortened(error)}",
            "Mend `max_seq_length` in its sentence_bert_config.json, or set another model.",
        ) from error
    return list(zip(questions, passages, strict=True))


def _difference(own: list[tuple[Vector, Vector]], encoder: TextEncoder) -> str:
    """Where the vectors of ``encoder`` are not sentence-transformers' ``own``; nothing if they are.

    Questions are asked one by one, passages all together, the shorter ones filled up.
    """
    texts = [probe(words) for words in PROBE_WORDS]
    found = dict(encoder.encode_passages(Job(key, text, []) for key, text in enumerate(texts)))
    for key, (question, passage) in enumerate(own):
        cosines = (
            float(np.dot(question, encoder.encode_queries([texts[key]])[0])),
            float(np.dot(passage, found[key].vector)),
        )
        if not min(cosines) >= LEAST_COSINE:
            return (
                f"on a text of {PROBE_WORDS[key]} words its vector has cosine {min(cosines):.4f} "
                f"to sentence-transformers' own (at least {LEAST_COSINE} is asked for)."
            )
    return ""
