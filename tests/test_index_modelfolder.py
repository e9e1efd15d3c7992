"""What is amiss with a folder that should be a model is named, with what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from index.errors import EncoderError
from index.modelfolder import Role, check_folder
from tests.tiny import make_cross_encoder, make_model


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "encoder")


@pytest.fixture
def model(encoder: Path, tmp_path: Path) -> Path:
    """A whole encoder, to be spoilt."""
    return Path(shutil.copytree(encoder, tmp_path / "model"))


def refusal(folder: Path, role: Role = "encoder") -> tuple[str, str]:
    with pytest.raises(EncoderError) as caught:
        check_folder("mine", folder, role)
    return caught.value.message, caught.value.hint


def test_models_that_are_whole_pass(model: Path, tmp_path: Path) -> None:
    check_folder("mine", model, "encoder")
    check_folder("mine", make_cross_encoder(tmp_path / "reads"), "reranker")


def test_a_network_in_a_folder_of_its_own_is_found_there(model: Path) -> None:
    (model / "0_Transformer").mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        (model / name).rename(model / "0_Transformer" / name)
    modules = json.loads((model / "modules.json").read_text())
    modules[0]["path"] = "0_Transformer"
    (model / "modules.json").write_text(json.dumps(modules))
    check_folder("mine", model, "encoder")
    (model / "0_Transformer" / "config.json").unlink()
    assert refusal(model)[0] == (
        f"The folder {model / '0_Transformer'} is no model: it has no config.json."
    )


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    assert refusal(tmp_path) == (
        f"The folder {tmp_path} is no model: it has no config.json.",
        "Set `model` to a folder that sentence-transformers saved, or that a model of the hub was "
        "downloaded to.",
    )
    assert refusal(tmp_path, "reranker")[1].startswith("Set `reranker` to a folder")


@pytest.mark.parametrize("name", ["config.json", "modules.json"])
def test_a_file_that_is_no_json(model: Path, name: str) -> None:
    (model / name).write_text("{")
    message, hint = refusal(model)
    assert message.startswith(f"{model / name} cannot be read: ")
    assert hint == "Download the model again."


@pytest.mark.parametrize("content", ["{}", "[]", "[1]", '[{"path": 1}]'])
def test_a_list_of_parts_that_says_nothing(model: Path, content: str) -> None:
    (model / "modules.json").write_text(content)
    message, _ = refusal(model)
    assert message in (
        f"{model / 'modules.json'} does not say what the model 'mine' is built of.",
        f"The folder {model / '1'} is no model: it has no config.json.",
    )


def test_without_weights(model: Path) -> None:
    (model / "model.safetensors").unlink()
    assert refusal(model) == (
        f"The model in {model} has no weights: neither model.safetensors nor pytorch_model.bin.",
        "Copy the weights beside its config.json.",
    )


def test_without_a_tokenizer(model: Path) -> None:
    (model / "tokenizer.json").unlink()
    assert refusal(model) == (
        f"The model in {model} has no tokenizer: neither tokenizer.json nor vocab.txt, vocab.json, "
        "or a SentencePiece model.",
        "Copy the tokenizer's files of the same model beside its config.json.",
    )


@pytest.mark.parametrize("kept", [0, 4, 5000])
def test_weights_cut_short(model: Path, kept: int) -> None:
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:kept])
    message, hint = refusal(model)
    assert message.startswith(f"The weights in {weights} cannot be read: ")
    assert hint == "They may have been cut short: download the file again."


def test_weights_that_git_left_behind(model: Path) -> None:
    weights = model / "model.safetensors"
    weights.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:01\nsize 9\n")
    assert refusal(model) == (
        f"{weights} holds no weights, only a reference to them that git made.",
        "Run `git lfs pull` in that folder.",
    )


def test_each_model_in_its_role(model: Path, tmp_path: Path) -> None:
    assert refusal(model, "reranker") == (
        "The model 'mine' gives pairs of texts no score: it is built as BertModel, not as a "
        "sequence classifier.",
        "Set `reranker` to a cross-encoder, such as cross-encoder/ms-marco-MiniLM-L6-v2.",
    )
    assert refusal(make_cross_encoder(tmp_path / "reads")) == (
        "The model 'mine' gives pairs of texts a score (BertForSequenceClassification), but no "
        "text a vector.",
        "Set `reranker` to it, and `model` to an encoder.",
    )
