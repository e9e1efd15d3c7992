"""Presets by one word, and the prompts of well-known models."""

from __future__ import annotations

import pytest

from index.presets import PRESETS, Prompts, known_prompts, model_of, reranker_of

REPRESENT = "Represent this sentence for searching relevant passages: "


def test_a_preset_is_a_model_and_may_have_a_reranker() -> None:
    assert {name: (model_of(name), reranker_of(name, "preset")) for name in PRESETS} == {
        "fast": ("all-MiniLM-L6-v2", None),
        "better": ("sentence-transformers/all-mpnet-base-v2", None),
        "best": ("BAAI/bge-large-en-v1.5", "cross-encoder/ms-marco-MiniLM-L6-v2"),
    }


def test_what_is_no_preset_is_what_it_says() -> None:
    assert model_of("/models/mine") == "/models/mine"
    assert reranker_of("/models/mine", "preset") is None
    assert reranker_of("BAAI/bge-large-en-v1.5", "preset") is None


@pytest.mark.parametrize("model", ["fast", "best", "/models/mine"])
def test_the_setting_of_a_reranker_beats_the_preset(model: str) -> None:
    assert reranker_of(model, "none") is None
    assert reranker_of(model, "/models/reads") == "/models/reads"


@pytest.mark.parametrize(
    ("model", "prompts"),
    [
        (PRESETS["best"].model, Prompts(REPRESENT)),
        ("/models/BGE-small-en", Prompts(REPRESENT)),
        ("/models/bge-base-en-v1.5/", Prompts(REPRESENT)),
        ("intfloat/e5-large-v2", Prompts("query: ", "passage: ")),
        ("intfloat/multilingual-e5-small", Prompts("query: ", "passage: ")),
        ("nomic-ai/nomic-embed-text-v1.5", Prompts("search_query: ", "search_document: ")),
        ("intfloat/multilingual-e5-large-instruct", None),
        ("BAAI/bge-m3", None),
        ("all-MiniLM-L6-v2", None),
        (PRESETS["better"].model, None),
    ],
)
def test_the_prompts_of_well_known_models(model: str, prompts: Prompts | None) -> None:
    assert known_prompts(model) == prompts
