"""Models of the hub: fetched once, and told how to have where there is no network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


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
    assert message.startswith(
        "The model 'unheard-of' (sentence-transformers/unheard-of) is not on this machine and "
        "could not be fetched: "
    )
    assert len(message) < 400
    assert hint == (
        "Check the name and the network. Without one: run `hf download "
        "sentence-transformers/unheard-of --local-dir FOLDER` on a machine that has it, copy the "
        "folder here, and set `model` to its path."
    )


def test_a_hub_that_is_not_there(find_at: Callable[..., str]) -> None:
    error, message, _ = find_at("http://127.0.0.1:1", "somebody/small").split("|")
    assert error == "EncoderError"
    assert message.startswith(
        "The model 'somebody/small' is not on this machine and could not be fetched: "
    )


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
    assert message.startswith(
        "The model 'not a name!' (sentence-transformers/not a name!) is not on this machine and "
        "could not be fetched: "
    )


@pytest.mark.parametrize(
    ("preset", "name"),
    [
        ("better", "sentence-transformers/all-mpnet-base-v2"),
        ("best", "BAAI/bge-large-en-v1.5"),
    ],
)
def test_a_preset_that_cannot_be_fetched_says_what_it_stands_for(
    find_at: Callable[..., str], preset: str, name: str
) -> None:
    error, message, hint = find_at("http://127.0.0.1:1", preset).split("|")
    assert error == "EncoderError"
    assert message.startswith(
        f"The model '{preset}' ({name}) is not on this machine and could not be fetched: "
    )
    assert f"`hf download {name} --local-dir FOLDER`" in hint
