"""What torch computes, on the processor: the compiled encoder's vectors, or a model's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.sentences import split_sentences
from corpus.types import Span
from index.encoder import Encoder, Job
from index.models import DEFAULT_MODEL, find_model, prepare_encoder
from index.pooling import EncodedPassage, pool_passage
from index.torch_encoder import TorchEncoder
from tests.tiny import make_model

TEXTS = (
    "Bees dance.",
    "Who signs? Ask them. Then ask who signs it, and write down the answer.",
    "",
    " ".join(f"Sentence {number} is here." for number in range(120)),  # cut at the limit
    *(f"Call number {number}. " * (number % 30 + 1) for number in range(60)),
)
JOBS = [Job(7 * key, text, split_sentences(text)) for key, text in enumerate(TEXTS)]


Vectors = dict[int, EncodedPassage]


def assert_alike(found: Vectors, wanted: Vectors, least: float) -> None:
    assert found.keys() == wanted.keys() == {job.key for job in JOBS}
    for key, mine in found.items():
        assert mine.vector.dtype == mine.sentences.dtype == np.float32
        assert mine.sentences.shape == wanted[key].sentences.shape
        assert mine.vector @ wanted[key].vector >= least
        assert np.linalg.norm(mine.vector) == pytest.approx(1, abs=1e-5)
        for one, same in zip(mine.sentences, wanted[key].sentences, strict=True):
            assert one @ same >= least


def test_the_vectors_are_those_of_the_compiled_encoder(encoder: Encoder) -> None:
    other = beside(encoder, find_model(DEFAULT_MODEL))
    assert other.spec is encoder.spec
    assert other.count_tokens("Bees dance.") == 3
    found, wanted = other.encode_passages(iter(JOBS)), encoder.encode_passages(JOBS)
    assert_alike(dict(found), dict(wanted), least=0.999)


def beside(encoder: Encoder, model: Path) -> TorchEncoder:
    """The same by torch, with the model in its own folder, as where there is a GPU."""
    return TorchEncoder(encoder.spec, encoder.tokenizer, model)


def one_by_one(encoder: Encoder, model: Path) -> Vectors:
    """The vectors of every job by sentence-transformers' network, one at a time."""
    import torch
    from sentence_transformers import SentenceTransformer

    network: Any = SentenceTransformer(str(model), device="cpu")[0]
    vectors = {}
    for job in JOBS:
        tokens = encoder.tokenizer.passage(job.text, job.sentences)
        names = ["input_ids", "attention_mask"]
        rows = encoder.tokenizer.feed(names, [tokens.ids])
        feed = {name: torch.from_numpy(each) for name, each in rows.items()}
        with torch.inference_mode():
            states = network.auto_model(**feed).last_hidden_state[0].numpy()[: len(tokens.ids)]
        vectors[job.key] = pool_passage(states, tokens, encoder.spec.pooling)
    return vectors


@pytest.mark.parametrize(("pooling", "network"), [("cls", "bert"), ("mean", "mpnet")])
def test_other_models_and_their_prompts(tmp_path: Path, pooling: str, network: str) -> None:
    model = make_model(
        tmp_path / "model",
        network=network,  # type: ignore[arg-type]
        pooling=pooling,
        prompts={"document": "tell me: "},
    )
    encoder = Encoder(prepare_encoder(str(model), tmp_path / "encoders", lambda: None))
    found = beside(encoder, model).encode_passages(JOBS)
    assert_alike(dict(found), one_by_one(encoder, model), least=0.9999)


def test_jobs_are_taken_while_others_are_encoded(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.torch_encoder._WINDOW", {"cpu": 4})
    monkeypatch.setattr("index.torch_encoder._BATCH_TOKENS", {"cpu": 12})
    other = beside(encoder, find_model(DEFAULT_MODEL))
    taken: list[int] = []

    def jobs() -> list[Job]:
        return [Job(key, "bees " * (key + 1), [Span(0, 4)]) for key in range(8)]

    found = other.encode_passages(taken.append(job.key) or job for job in jobs())  # type: ignore[func-returns-value]
    # Of the first four the two longest, of 6 and 5 tokens, go together: 12 with the padding.
    assert [next(found)[0], next(found)[0]] == [3, 2]
    assert taken == [0, 1, 2, 3]
    assert [key for key, _ in found] == [1, 0, 7, 6, 5, 4]


def test_nothing_to_encode_loads_nothing(encoder: Encoder, tmp_path: Path) -> None:
    assert list(beside(encoder, tmp_path / "no model").encode_passages([])) == []
