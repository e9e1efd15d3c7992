"""Compiling: the vectors stay sentence-transformers' own, or the model is refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from corpus.types import Span
from index.encoder import Encoder, Job
from index.errors import EncoderError
from index.spec import EncoderSpec, read_spec
from tests.faults.limits import file_size_limit
from tests.tiny import DIMENSIONS, MAX_TOKENS, Network, make_model

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
        compile_encoder("tiny", model, DIGEST, folder)
        return folder

    return compile_model


def check_against_original(model: Path, encoder: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    original = SentenceTransformer(str(model), device="cpu", local_files_only=True)
    spec = encoder.spec
    queries = []
    for text in TEXTS:
        wanted = original.encode(
            [spec.query_prompt + text, spec.passage_prompt + text],
            prompt="",
            normalize_embeddings=True,
        )
        queries.append(encoder.encode_query(text))
        ((_, found),) = encoder.encode_passages([Job(0, text, [Span(0, 1)])])
        assert float(np.dot(queries[-1], wanted[0])) >= LEAST_COSINE
        assert float(np.dot(found.vector, wanted[1])) >= LEAST_COSINE
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


@pytest.mark.parametrize(
    ("pooling", "dense", "parts"),
    [
        ("max", False, "Transformer, Pooling with max pooling."),
        ("weightedmean", False, "Transformer, Pooling with weightedmean pooling."),
        ("mean", True, "Transformer, Pooling, Dense."),
    ],
)
def test_a_model_of_unknown_parts_is_refused(
    tmp_path: Path, compiled: Callable[[Path], Path], pooling: str, dense: bool, parts: str
) -> None:
    model = make_model(tmp_path / "model", pooling=pooling, dense=dense)
    with pytest.raises(EncoderError) as caught:
        compiled(model)
    assert caught.value.message == f"The model 'tiny' cannot be compiled: it is built of {parts}"
    assert caught.value.hint == "Set `model` to one of a transformer with mean or cls pooling."


def test_a_network_that_tracing_fixes_to_one_length_is_refused(
    tmp_path: Path, compiled: Callable[[Path], Path]
) -> None:
    model = make_model(tmp_path / "model", network="longformer")
    with pytest.raises(EncoderError) as caught:
        compiled(model)
    # It was traced for a whole number of windows, which a text of one word is padded to as well.
    assert caught.value.message.startswith(
        "The model 'tiny' cannot be compiled faithfully: on a text of 1 words its vector has "
    )
    assert caught.value.hint == ("Set `model` to another one; all-MiniLM-L6-v2 is known to work.")
    assert list((tmp_path / "encoders").iterdir()) == []


def test_a_model_whose_vectors_come_out_otherwise_is_refused(
    tmp_path: Path, compiled: Callable[[Path], Path]
) -> None:
    model = make_model(tmp_path / "model", truncation_side="left")
    with pytest.raises(EncoderError) as caught:
        compiled(model)
    # 60 words are more than 128 letters, so the two cut different ends.
    assert re.fullmatch(
        r"The model 'tiny' cannot be compiled faithfully: on a text of (20|60) words its vector "
        r"has cosine 0\.\d{4} to sentence-transformers' own \(at least 0\.999 is asked for\)\.",
        caught.value.message,
    )
    assert caught.value.hint == "Set `model` to another one; all-MiniLM-L6-v2 is known to work."
    assert list((tmp_path / "encoders").iterdir()) == []


def test_a_folder_without_a_model_is_refused(
    tmp_path: Path, compiled: Callable[[Path], Path]
) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(EncoderError) as caught:
        compiled(tmp_path / "model")
    assert caught.value.message.startswith("sentence-transformers cannot load the model 'tiny': ")
    assert caught.value.hint == "Check the folder, or set `model` to another one."


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
from index.encoder import Encoder, Job
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
