"""Fixtures that several test modules share."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from index.encoder import Encoder
from index.models import DEFAULT_MODEL, prepare_encoder
from index.search import HybridSearcher
from index.spec import FORMAT
from qa.imports import import_source
from qa.settings import Settings
from qa.workspace import build_index, open_searcher
from tests import checkups

SAMPLE = Path(__file__).parent.parent / "corpus" / "sample"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with a long file that has no use for an encoder: one worker compiles it meanwhile."""
    items.sort(key=lambda item: item.path.name != "test_readers.py")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and judged questions, named by ``BLOGQA_SHARED``."""
    location = os.environ.get("BLOGQA_SHARED")
    if not location:
        pytest.skip("BLOGQA_SHARED is not set: the real data for this test is absent")
    folder = Path(location).resolve()
    if not folder.is_dir():
        pytest.fail(f"BLOGQA_SHARED names {folder}, which is no folder")
    return folder


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the developer's own reaches a test, by the environment or by a file."""
    for name in os.environ:
        if name.startswith("BLOGQA_") and name != "BLOGQA_SHARED":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run of the tests, the same one for all its workers."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def alone(common: Path) -> Iterator[None]:
    """Within, no other worker is: what one makes is there for those who come later."""
    with (common / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def encoders(request: pytest.FixtureRequest, common: Path) -> Path:
    """A folder that holds the default encoder, compiled: once, as it is the same for every run."""
    folder: Path = request.config.cache.mkdir(f"encoders-{FORMAT}")
    with alone(common):
        prepare_encoder(DEFAULT_MODEL, folder, lambda: None)
    return folder


@pytest.fixture(scope="session")
def encoder(encoders: Path) -> Encoder:
    """The default encoder."""
    return Encoder(prepare_encoder(DEFAULT_MODEL, encoders, lambda: None))


@pytest.fixture(scope="session")
def make_home(
    encoders: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path], Settings]:
    """Makes the settings of a new home in which the posts of a folder are imported and built."""

    def make(posts: Path) -> Settings:
        home = tmp_path_factory.mktemp("home")
        (home / "encoders").symlink_to(encoders)
        settings = replace(Settings(), home=home)
        import_source(settings, posts)
        build_index(settings)
        return settings

    return make


@pytest.fixture(scope="session")
def made_once(
    make_home: Callable[[Path], Settings], common: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, Path], Settings]:
    """As :func:`make_home` for what is known by a name: one worker builds it, each has a copy."""

    def make(name: str, posts: Path) -> Settings:
        first = common / name
        with alone(common):
            if not first.exists():
                make_home(posts).home.rename(first)
        home = tmp_path_factory.mktemp(name) / "home"
        return checkups.copy_of(replace(Settings(), home=first), home)

    return make


@pytest.fixture(scope="session")
def sample_settings(made_once: Callable[[str, Path], Settings]) -> Settings:
    """A home with the sample archive imported and built; for reading only."""
    return made_once("sample", SAMPLE)


@pytest.fixture(scope="session")
def sample_home(sample_settings: Settings) -> Path:
    """The folder of :func:`sample_settings`."""
    return sample_settings.home


@pytest.fixture(scope="session")
def sample_searcher(sample_settings: Settings) -> Iterator[HybridSearcher]:
    """A searcher over the sample archive."""
    searcher = open_searcher(sample_settings)
    assert isinstance(searcher, HybridSearcher)
    yield searcher
    searcher.close()


@pytest.fixture(scope="session")
def whole(
    make_home: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """A small home with nothing amiss; for reading only."""
    return make_home(checkups.write_posts(tmp_path_factory.mktemp("whole") / "posts"))


@pytest.fixture
def home(whole: Settings, tmp_path: Path) -> Settings:
    """The same again, free to be damaged."""
    return checkups.copy_of(whole, tmp_path / "home")


@pytest.fixture
def settings(tmp_path: Path, encoders: Path) -> Settings:
    """The settings of a new and empty home, for writing."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "encoders").symlink_to(encoders)
    return replace(Settings(), home=home)


@pytest.fixture
def write_posts(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Writes Markdown files, by name and content, into a folder of their own; gives the folder."""

    def write(posts: dict[str, str]) -> Path:
        folder = tmp_path / "posts"
        for name, content in posts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return folder

    return write
