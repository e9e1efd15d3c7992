"""Cross-encoders: compiled faithfully, or refused with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import EncoderError
from index.models import Model
from index.spec import RerankerSpec, read_reranker_spec
from tests.tiny import MAX_TOKENS, make_cross_encoder

DIGEST = "0123456789abcdef" * 4


def compiled(model: Path) -> Path:
    from index.compile_reranker import compile_reranker

    folder = model.parent / "encoders" / "tiny"
    compile_reranker(Model("tiny", model), DIGEST, folder)
    return folder


def test_what_is_kept_of_a_cross_encoder(tmp_path: Path) -> None:
    folder = compiled(make_cross_encoder(tmp_path / "model"))
    assert {path.name for path in folder.iterdir()} == {
        "model.bin",
        "model.xml",
        "reranker.json",
        "tokenizer.json",
    }
    spec = read_reranker_spec(folder)
    assert spec == RerankerSpec("tiny", DIGEST, MAX_TOKENS, full_precision=spec.full_precision)
    assert list(folder.parent.iterdir()) == [folder]


def test_one_that_sorts_into_classes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError) as caught:
        compiled(make_cross_encoder(tmp_path / "model", labels=3))
    assert caught.value.message == (
        "The model 'tiny' sorts pairs of texts into 3 classes; a re-ranker gives them one score."
    )
    assert caught.value.hint == (
        "Set `reranker` to a cross-encoder, such as cross-encoder/ms-marco-MiniLM-L6-v2."
    )


def test_one_whose_scores_come_out_otherwise_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make_cross_encoder(tmp_path / "model")
    monkeypatch.setattr("index.compile_reranker.MOST_OFF", -1.0)
    with pytest.raises(EncoderError) as caught:
        compiled(model)
    assert caught.value.message.startswith(
        "The model 'tiny' cannot be used: on a text of 1 words its score is "
    )
    assert caught.value.hint == "Set `reranker` to another one, or to none."
    assert list((tmp_path / "encoders").iterdir()) == []


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(EncoderError, match="sentence-transformers cannot load the model 'tiny'"):
        compiled(tmp_path / "model")
