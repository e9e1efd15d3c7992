"""The house: which room may import which, and what an answering process must never load."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.settings import Settings

ROOT = Path(__file__).parent.parent
ROOMS = ("corpus", "index", "qa", "web")
ONLY_IMPORTERS = {
    "torch": {
        "index/gpu.py",
        "index/reranker.py",
        "index/torch_encoder.py",
        "index/transformer.py",
    },
    "sentence_transformers": {
        "index/compile.py",
        "index/compile_reranker.py",
        "index/train.py",
        "index/transformer.py",
    },
    "transformers": {"index/train.py"},
    "datasets": {"index/train.py"},
    "faiss": {
        "index/graph.py",
        "index/inverted.py",
        "index/nearby.py",
        "index/vectors.py",
    },
    "tantivy": {"index/terms.py"},
    "sklearn": {"index/placing.py"},
    "openvino": {"index/encoder.py", "index/transformer.py"},
    "sqlalchemy": {
        "corpus/archive.py",
        "corpus/intake.py",
        "corpus/tables.py",
        "qa/record_sql.py",
    },
    "uvicorn": {"qa/serving.py"},
    "trafilatura": {"corpus/markup/article.py"},
    "feedparser": {"corpus/markup/feeds.py"},
    "httpx2": {
        "corpus/net/fetch.py",
        "web/client.py",
        "web/slack/inside.py",
    },
}


def imported(path: Path) -> Iterator[str]:
    """The top-level package of every import in the file, wherever it stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_itself_and_rooms_to_its_left(room: str) -> None:
    right = set(ROOMS[ROOMS.index(room) + 1 :]) | {"tests", "bench"}
    assert modules(room), f"{room} has no modules"
    wrong = [
        (str(path), name) for path in modules(room) for name in imported(path) if name in right
    ]
    assert wrong == []


def test_heavy_libraries_have_no_importers_but_these() -> None:
    importers: dict[str, set[str]] = {name: set() for name in ONLY_IMPORTERS}
    for room in ROOMS:
        for path in modules(room):
            for name in importers.keys() & set(imported(path)):
                importers[name].add(path.relative_to(ROOT).as_posix())
    assert importers == ONLY_IMPORTERS


def loaded_after(code: str, settings: Settings) -> set[str]:
    """The modules loaded by a new interpreter that ran ``code``."""
    result = subprocess.run(
        [sys.executable, "-c", code + "\nimport sys; print('LOADED', *sys.modules)"],
        env=settings.as_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    last = result.stdout.splitlines()[-1].split()
    assert last[0] == "LOADED"
    return set(last[1:])


ASK = """
from typer.testing import CliRunner
from qa.cli import app
result = CliRunner().invoke(app, ["ask", "how do I handle call reluctance?"])
assert result.exit_code == 0, result.output
assert "Call reluctance" in result.output
"""

SERVE = """
from fastapi.testclient import TestClient
from web.app import create_app
with TestClient(create_app()) as client:
    answer = client.post("/api/ask", json={"question": "how do I handle call reluctance?"})
    assert answer.json()["status"] == "answered", answer.text
"""


def test_asking_loads_neither_torch_nor_sentence_transformers(sample_settings: Settings) -> None:
    loaded = loaded_after(ASK, sample_settings)
    assert {"openvino", "faiss", "tantivy"} <= loaded
    assert loaded.isdisjoint({"torch", "sentence_transformers", "transformers", "sqlalchemy"})
    assert loaded.isdisjoint({"sklearn", "scipy", "openvino_telemetry.main"})


def test_serving_loads_neither_torch_nor_sentence_transformers(sample_settings: Settings) -> None:
    loaded = loaded_after(SERVE, sample_settings)
    assert {"openvino", "fastapi", "qa.record_sql"} <= loaded
    assert loaded.isdisjoint({"torch", "sentence_transformers", "transformers", "corpus.archive"})
    assert loaded.isdisjoint({"sklearn", "scipy"})


def test_help_loads_no_engine_at_all(sample_settings: Settings) -> None:
    loaded = loaded_after(
        "from typer.testing import CliRunner\n"
        "from qa.cli import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0",
        sample_settings,
    )
    assert loaded.isdisjoint({"openvino", "faiss", "tantivy", "torch", "numpy", "sqlalchemy"})
    assert loaded.isdisjoint({"trafilatura", "feedparser", "httpx2", "lxml"})
