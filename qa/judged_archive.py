"""The index that judged questions are asked of: the user's own, or one made for the set."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from blake3 import blake3

from corpus.types import Source
from index.report import Progress
from qa.beir import read_posts
from qa.errors import JudgmentsError
from qa.imports import import_source, list_sources
from qa.judgments import JudgedSet, digest_of, file_stem
from qa.settings import Settings
from qa.workspace import build_index

_SOURCE = "corpus"


@contextmanager
def home_for(
    judged: JudgedSet,
    settings: Settings,
    posts: Path | None = None,
    work: Path | None = None,
    on_stage: Callable[[str], None] = lambda stage: None,
) -> Iterator[Settings]:
    """The settings of a home whose index holds what ``judged`` is about.

    That is the user's home as it is, unless the set brings its posts or a folder of ``posts`` is
    named: then a home is made of these, in ``work`` to be used again, else in a temporary folder.
    ``on_stage`` is told what is being done. Raises JudgmentsError, SourceError, ArchiveError,
    IndexingError.
    """
    if judged.corpus is not None and posts is not None:
        raise JudgmentsError(
            f"{judged.folder} brings its own posts, in {judged.corpus.name}.", "Leave --posts out."
        )
    place = posts or judged.corpus
    if place is None:
        yield settings
    elif work is not None:
        own = replace(settings, home=work / _home_name(place))
        _share_encoders(own, work / "encoders")
        _make(own, place, judged, on_stage)
        yield own
    else:
        with tempfile.TemporaryDirectory() as folder:
            own = replace(settings, home=Path(folder))
            if settings.encoders_folder.is_dir():
                _share_encoders(own, settings.encoders_folder)
            _make(own, place, judged, on_stage)
            yield own


def _make(
    settings: Settings, posts: Path, judged: JudgedSet, on_stage: Callable[[str], None]
) -> None:
    on_stage("Importing posts")
    if posts == judged.corpus:
        _import_corpus(posts, settings)
    else:
        import_source(settings, posts)

    def on_progress(progress: Progress) -> None:
        on_stage(f"Encoding passages: {progress.done} of {progress.total}")

    on_stage("Building the index")
    build_index(settings, on_progress=on_progress)


def _import_corpus(corpus: Path, settings: Settings) -> None:
    from corpus.archive import Archive

    source = Source(_SOURCE, "text", str(corpus.resolve()))
    with Archive(settings.archive_file, create=True) as archive:
        archive.put(source, read_posts(corpus, _SOURCE), origin=digest_of([corpus]))


def _share_encoders(settings: Settings, encoders: Path) -> None:
    """Let the home use what is compiled in ``encoders``: compiling takes half a minute."""
    if not settings.encoders_folder.is_dir():
        encoders.mkdir(parents=True, exist_ok=True)
        settings.home.mkdir(parents=True, exist_ok=True)
        settings.encoders_folder.symlink_to(encoders.resolve())


def _home_name(posts: Path) -> str:
    place = posts.resolve()
    name = place.name if place.is_dir() else place.parent.name
    return f"{name}-{blake3(bytes(place)).hexdigest()[:8]}"


def check_posts(judged: JudgedSet, settings: Settings, posts: Path | None, known: set[str]) -> None:
    """Raise JudgmentsError if a judgment names a post that nobody knows of.

    ``known`` are the names of those in the index. A file that the import left out (a draft, one
    without text) is known, too: it could be found by nobody, and that counts.
    """
    named = {post: each.id for each in judged.questions for post in each.grades}
    unknown = named.keys() - known
    if judged.corpus is not None or not unknown:
        return
    unknown -= {
        file_stem(path.name) for folder in _folders(settings, posts) for path in folder.rglob("*")
    }
    if unknown:
        post = min(unknown)
        more = f" ({len(unknown) - 1} more like it)" if len(unknown) > 1 else ""
        raise JudgmentsError(
            f"{judged.folder}: the question {named[post]!r} has a judgment of {post!r}, which is "
            f"not in the archive{more}.",
            "Import the posts that were judged, name their folder with --posts, or leave the "
            "judgment out.",
        )


def _folders(settings: Settings, posts: Path | None) -> list[Path]:
    """The folders that the posts of the index come from, as far as they are here."""
    if posts is not None:
        return [posts]
    if not settings.archive_file.exists():
        return []
    return [Path(source.location) for source, _ in list_sources(settings) if not source.is_online]
