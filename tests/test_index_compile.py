"""Compiling: the vectors stay sentence-transformers' own, or the model is refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.types import Span
from index.encoder import Encoder, Job, TextEncoder, open_encoder
from index.errors import EncoderError
from index.models import Model
from index.presets import Prompts
from index.spec import EncoderSpec, read_spec
from tests.faults.limits import file_size_limit
from tests.tiny import DIMENSIONS, HEAD_DIMENSIONS, MAX_TOKENS, Network, make_model

LEAST_COSINE = 0.999
ROOT = Path(__file__).parent.parent
DIGEST = "0123456789abcdef" * 4
TEXTS = (
    "a",
    "Who signs?",
    "The buyer calls back on Monday, and asks a question about the price.",
    "They said they would call and then they did not call. " * 40,
)


@pytest.fixture
def compiled(tmp_path: Path) -> Callable[[Path], Path]:
    """Compiles the model of a folder into ``encoders/tiny``."""
    from index.compile import compile_encoder

    def compile_model(model: Path) -> Path:
        folder = tmp_path / "encoders" / "tiny"
        compile_encoder(Model("tiny", model), DIGEST, folder)
        return folder

    return compile_model


def check_against_original(model: Path, encoder: TextEncoder, least: float = LEAST_COSINE) -> None:
    from sentence_transformers import SentenceTransformer

    original = SentenceTransformer(str(model), device="cpu", local_files_only=True)
    spec = encoder.spec
    queries = []
    for text in TEXTS:
        query, passage = (
            original.encode(text, prompt=prompt, normalize_embeddings=True)
            for prompt in (spec.query_prompt, spec.passage_prompt)
        )
        queries.append(encoder.encode_queries([text])[0])
        ((_, found),) = encoder.encode_passages([Job(0, text, [Span(0, 1)])])
        assert float(np.dot(queries[-1], query)) >= least
        assert float(np.dot(found.vector, passage)) >= least
    # These texts are told apart, so the above is not for want of difference.
    assert float(np.dot(queries[0], queries[1])) < 0.99
    assert float(np.dot(queries[1], queries[2])) < 0.99


@pytest.mark.parametrize(
    ("network", "pooling"), [("bert", "mean"), ("bert", "cls"), ("mpnet", "mean")]
)
def test_a_model_with_a_known_pooling(
    tmp_path: Path, compiled: Callable[[Path], Path], network: Network, pooling: str
) -> None:
    model = make_model(tmp_path / "model", network=network, pooling=pooling)
    encoder = Encoder(compiled(model))
    assert encoder.spec == EncoderSpec(
        model="tiny",
        digest=DIGEST,
        dimensions=DIMENSIONS,
        max_tokens=MAX_TOKENS,
        pooling="mean" if pooling == "mean" else "cls",
    )
    assert encoder.encode_query("Who?").shape == (DIMENSIONS,)
    check_against_original(model, encoder)


@pytest.mark.parametrize("passage", ["document", "passage"])
def test_a_model_s_prompts_are_kept(
    tmp_path: Path, compiled: Callable[[Path], Path], passage: str
) -> None:
    model = make_model(tmp_path / "model", prompts={"query": "ask: ", passage: "tell: "})
    encoder = Encoder(compiled(model))
    assert (encoder.spec.query_prompt, encoder.spec.passage_prompt) == ("ask: ", "tell: ")
    check_against_original(model, encoder)


def test_what_is_written_is_for_all_to_read(
    tmp_path: Path, compiled: Callable[[Path], Path]
) -> None:
    folder = compiled(make_model(tmp_path / "model"))
    assert {path.name for path in folder.iterdir()} == {
        "encoder.json",
        "model.bin",
        "model.xml",
        "tokenizer.json",
    }
    assert folder.stat().st_mode & 0o777 == 0o755
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in folder.iterdir())
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize("pooling", ["max", "weightedmean", "lasttoken"])
def test_a_model_of_another_pooling_is_refused(
    tmp_path: Path, compiled: Callable[[Path], Path], pooling: str
) -> None:
    model = make_model(tmp_path / "model", pooling=pooling)
    with pytest.raises(EncoderError) as caught:
        compiled(model)
    assert caught.value.message == (
        "The model 'tiny' cannot be used: it is built of Transformer, Pooling with "
        f"{pooling} pooling."
    )
    assert caught.value.hint == (
        "Set `model` to one of a transformer with mean or cls pooling, as `blogqa build --model "
        "better` does."
    )


def test_layers_behind_the_pooling_make_the_vectors(
    tmp_path: Path, compiled: Callable[[Path], Path]
) -> None:
    from sentence_transformers import SentenceTransformer

    model = make_model(tmp_path / "model", dense=True)
    folder = compiled(model)
    encoder = Encoder(folder)
    assert (encoder.spec.dimensions, encoder.spec.has_head) == (HEAD_DIMENSIONS, True)
    assert (folder / "head.xml").is_file()
    check_against_original(model, encoder)
    # a sentence's vector comes of the same layers: one that is the whole text has nearly the same
    text = "who signs"
    ((_, found),) = encoder.encode_passages([Job(0, text, [Span(0, 9)])])
    original = SentenceTransformer(str(model), device="cpu", local_files_only=True)
    states: Any = original.encode(text, output_value="token_embeddings", convert_to_numpy=False)
    dense: Any = original[2]
    wanted = dense.activation_function(dense.linear(states[1:-1].mean(dim=0)))
    assert found.sentences.shape == (1, HEAD_DIMENSIONS)
    cosine = float(found.sentences[0] @ (wanted / wanted.norm()).detach().numpy())
    assert cosine >= LEAST_COSINE


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_a_prompt_may_be_no_part_of_the_pooled_text(
    tmp_path: Path, compiled: Callable[[Path], Path], pooling: str
) -> None:
    prompts = {"query": "ask: ", "document": "tell me "}
    model = make_model(tmp_path / "model", pooling=pooling, prompts=prompts, include_prompt=False)
    encoder = Encoder(compiled(model))
    assert encoder.spec.include_prompt is False
    # bfloat16 takes more from a single state of random weights than from a mean of them
    check_against_original(model, encoder, least=0.998)


@pytest.mark.parametrize("network", ["xlm-roberta", "roberta"])
def test_networks_that_count_positions_from_the_padding(
    tmp_path: Path, compiled: Callable[[Path], Path], network: Network
) -> None:
    prompts = {"query": "query: ", "passage": "passage: "}
    model = make_model(tmp_path / "model", network=network, prompts=prompts)
    encoder = Encoder(compiled(model))
    assert encoder.spec.pad_id == 1
    check_against_original(model, encoder)


def test_a_known_model_s_prompts_are_used_where_its_folder_has_none(tmp_path: Path) -> None:
    from index.compile import compile_encoder

    prompts = Prompts("query: ", "passage: ")
    without = make_model(tmp_path / "without")
    compile_encoder(Model("e5", without, prompts), DIGEST, tmp_path / "encoders" / "a")
    spec = read_spec(tmp_path / "encoders" / "a")
    assert (spec.query_prompt, spec.passage_prompt) == ("query: ", "passage: ")
    own = make_model(tmp_path / "own", prompts={"query": "ask: "})
    compile_encoder(Model("e5", own, prompts), DIGEST, tmp_path / "encoders" / "b")
    spec = read_spec(tmp_path / "encoders" / "b")
    assert (spec.query_prompt, spec.passage_prompt) == ("ask: ", "")


def test_a_model_that_is_not_exact_enough_in_half_precision_is_run_in_full(
    tmp_path: Path, compiled: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.compile.LEAST_COSINE", 0.99999)
    folder = compiled(make_model(tmp_path / "model"))
    spec = read_spec(folder)
    assert (spec.full_precision, spec.runtime, spec.reason) == (True, "openvino", "")


def test_a_network_that_tracing_fixes_to_one_length_is_run_by_sentence_transformers(
    tmp_path: Path, compiled: Callable[[Path], Path]
) -> None:
    model = make_model(tmp_path / "model", network="longformer")
    folder = compiled(model)
    spec = read_spec(folder)
    assert spec.runtime == "sentence-transformers"
    # It was traced for a whole number of windows, which a text of one word is padded to as well.
    assert re.fullmatch(
        r"on a text of 1 words its vector has cosine 0\.\d{4} to sentence-transformers' own "
        r"\(at least 0\.999 is asked for\)\.",
        spec.reason,
    )
    assert {path.name for path in folder.iterdir()} == {"encoder.json", "model", "tokenizer.json"}
    check_against_original(model, open_encoder(folder))


def test_a_text_may_be_cut_at_its_beginning(
    tmp_path: Path, compiled: Callable[[Path], Path]
) -> None:
    model = make_model(tmp_path / "model", truncation_side="left")
    encoder = Encoder(compiled(model))
    check_against_original(model, encoder)


def test_a_model_that_takes_less_than_it_says_is_refused(
    tmp_path: Path, compiled: Callable[[Path], Path]
) -> None:
    model = make_model(tmp_path / "model", network="roberta")  # its positions begin at 2
    for name in ("sentence_bert_config.json", "tokenizer_config.json"):
        path = model / name
        path.write_text(path.read_text().replace("128", "5000"))
    with pytest.raises(EncoderError) as caught:
        compiled(model)
    assert caught.value.message.startswith(
        "The model 'tiny' cannot be used: it takes texts of 600 tokens by its own account, but "
        "fails on one: "
    )
    assert "max_seq_length" in caught.value.hint
    assert list((tmp_path / "encoders").iterdir()) == []


def test_a_folder_without_a_model_is_refused(
    tmp_path: Path, compiled: Callable[[Path], Path]
) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(EncoderError) as caught:
        compiled(tmp_path / "model")
    assert caught.value.message.startswith("sentence-transformers cannot load the model 'tiny': ")
    assert caught.value.hint == "Check the folder, or set another one."


def test_a_model_with_half_its_weights_is_refused(
    tmp_path: Path, compiled: Callable[[Path], Path]
) -> None:
    weights = make_model(tmp_path / "model") / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(EncoderError, match="cannot load the model 'tiny'"):
        compiled(tmp_path / "model")


@pytest.mark.parametrize("size_bytes", [5000, 50_000])
def test_a_full_disk_leaves_nothing(
    tmp_path: Path, compiled: Callable[[Path], Path], size_bytes: int
) -> None:
    model = make_model(tmp_path / "model")
    with file_size_limit(size_bytes), pytest.raises(EncoderError) as caught:
        compiled(model)
    folder = tmp_path / "encoders" / "tiny"
    assert caught.value.message.startswith(f"The model 'tiny' could not be compiled to {folder}: ")
    assert list(folder.parent.iterdir()) == []


def test_the_quicker_of_two_at_once_is_kept(
    tmp_path: Path, compiled: Callable[[Path], Path]
) -> None:
    model = make_model(tmp_path / "model")
    folder = compiled(model)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert compiled(model) == folder
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert list(folder.parent.iterdir()) == [folder]


# Everything Python does with the network passes one of these.
OFFLINE = """
import sys
def watch(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        print("TRIED", event, arguments, flush=True)
        raise ConnectionRefusedError(event)
sys.addaudithook(watch)

from pathlib import Path
from index.encoder import Encoder, Job, TextEncoder, open_encoder
from index.models import prepare_encoder
folder = prepare_encoder(sys.argv[1], Path(sys.argv[2]), lambda: print("COMPILES"))
print("NORM", float((Encoder(folder).encode_query("Who signs?") ** 2).sum()) ** 0.5)
"""


def test_no_connection_is_tried(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    silencers = {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "CI"}
    environment = {name: value for name, value in os.environ.items() if name not in silencers}
    result = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(model), str(tmp_path / "encoders")],
        cwd=ROOT,
        env=environment | {"HOME": str(tmp_path / "nobody")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    compiles, norm = result.stdout.splitlines()
    assert compiles == "COMPILES"
    assert float(norm.removeprefix("NORM ")) == pytest.approx(1, abs=1e-5)
    (folder,) = (tmp_path / "encoders").iterdir()
    assert read_spec(folder).model == str(model)
