"""What posts are made of, as digests."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import corpus
from corpus.readers.origin import LIBRARIES, code_digest, origin_of, origin_of_file
from corpus.types import Source

FROM_THE_WEB = {"feedparser", "httpx2", "httpcore2", "protego"}


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A module of a blogqa that has only that one."""
    module = tmp_path / "code" / "reader.py"
    module.parent.mkdir()
    module.write_text("one = 1")
    monkeypatch.setattr(corpus, "__file__", str(module.parent / "__init__.py"))
    code_digest.cache_clear()
    yield module
    code_digest.cache_clear()


def test_the_same_has_the_same_origin() -> None:
    assert origin_of("text", "place", True) == origin_of("text", "place", True)
    different = [
        origin_of("text", "place", True),
        origin_of("text.", "place", True),
        origin_of("text", "place.", True),
        origin_of("text", "place", False),
        origin_of("text", "place"),
        origin_of("\udc80", "place"),
    ]
    assert len(set(different)) == len(different)
    assert {len(each) for each in different} == {64}


def test_other_code_makes_other_posts(code: Path) -> None:
    before = origin_of("text")
    code.write_text("one = 2")
    code_digest.cache_clear()
    assert origin_of("text") != before


def test_another_library_makes_other_posts(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = origin_of("text")
    monkeypatch.setattr("corpus.readers.origin.version", lambda name: "99.0")
    code_digest.cache_clear()
    assert origin_of("text") != before


def test_all_that_readers_of_files_stand_on_is_named() -> None:
    root = Path(corpus.__file__).parent
    distributions = packages_distributions()
    found = {
        distributions[name][0].lower()
        for folder in ("markup", "readers")
        for path in (root / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for module in _imported(node)
        if (name := module.split(".")[0]) not in sys.stdlib_module_names | {"corpus"}
        if name not in FROM_THE_WEB
    } | {distributions["dateutil"][0].lower()}
    assert found == {name.lower() for name in LIBRARIES}


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def test_a_file_has_an_origin_of_its_bytes_and_of_what_was_said(tmp_path: Path) -> None:
    file = tmp_path / "blog.xml"
    file.write_bytes(b"one")
    source = Source("blog", "wordpress", str(file))
    before = origin_of_file(source)
    assert len(before) == 64
    assert origin_of_file(source) == before
    assert origin_of_file(replace(source, base_url="https://x.test")) != before
    assert origin_of_file(replace(source, include_pages=True)) != before
    file.write_bytes(b"two")
    assert origin_of_file(source) != before


def test_what_is_more_than_a_file_has_none(tmp_path: Path) -> None:
    file = tmp_path / "blog.xml"
    file.write_bytes(b"one")
    whole = Source("blog", "wordpress", str(file))
    for source in (
        replace(whole, location=str(tmp_path)),
        replace(whole, location=str(tmp_path / "gone.xml")),
        replace(whole, location="https://x.test/blog.xml"),
        replace(whole, kind="feed", full=False),
        replace(whole, kind="markdown"),
    ):
        assert origin_of_file(source) == ""
