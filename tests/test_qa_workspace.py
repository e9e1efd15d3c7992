"""The index in the folder a user works in: built, opened and counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus.errors import ArchiveError
from index.chips import read_chips
from index.current import current_folder
from index.errors import EncoderError, IndexMissing
from index.manifest import read_manifest, write_manifest
from index.report import Progress
from index.reranker import RerankingSearcher
from index.search import HybridSearcher
from index.types import Filters, Query
from qa.doctor_index import examine_index
from qa.imports import import_source
from qa.settings import Settings
from qa.workspace import build_index, open_generation, open_searcher, overview
from tests.tiny import make_cross_encoder, make_model

WritePosts = Callable[[dict[str, str]], Path]
ONE, TWO = "Stand up before you dial.\n", "Never lower a price for nothing.\n"


def test_without_an_archive_there_is_nothing_to_build(settings: Settings) -> None:
    with pytest.raises(ArchiveError, match="There is no archive"):
        build_index(settings)
    assert not settings.archive_file.exists()


def test_without_an_index_there_is_nothing_to_open(settings: Settings) -> None:
    for work in (open_generation, open_searcher):
        with pytest.raises(IndexMissing, match="There is no index"):
            work(settings)


def test_a_build_tells_its_progress_and_opens_as_what_it_made(
    settings: Settings, write_posts: WritePosts
) -> None:
    import_source(settings, write_posts({"one.md": ONE, "two.md": TWO}))
    compiled: list[bool] = []
    progress: list[Progress] = []
    report = build_index(
        settings, on_compile=lambda: compiled.append(True), on_progress=progress.append
    )
    assert (report.posts, report.passages, report.published) == (2, 2, True)
    assert compiled == []  # the encoder was there
    assert progress[-1] == Progress(2, 2)
    searcher = open_searcher(settings)
    assert searcher.describe().generation == report.generation
    assert searcher.search(Query("dial"), 1, Filters())[0].post.title == "One"
    searcher.close()


def test_the_length_of_passages_is_a_setting(settings: Settings, write_posts: WritePosts) -> None:
    import_source(settings, write_posts({"one.md": f"{ONE * 6}\n" * 6}))
    assert build_index(settings).passages == 1
    assert build_index(replace(settings, passage_tokens=32)).passages > 1


def test_the_overview_counts_posts_and_who_wrote_them_when_about_what(
    settings: Settings, write_posts: WritePosts
) -> None:
    dated = "---\nauthor: Ada\ndate: 2020-03-02\ntags: [b, a]\n---\n"
    later = "---\nauthor: Bo\ndate: 2021-06-30\ntags: [b]\n---\n"
    again = "---\nauthor: Bo\n---\n"
    folder = write_posts(
        {"1.md": dated + ONE, "2.md": later + TWO, "3.md": again + ONE, "4.md": TWO}
    )
    import_source(settings, folder)
    report = build_index(settings)
    generation = open_generation(settings)
    about = overview(generation)
    generation.close()
    assert (about.posts, about.passages, about.sentences) == (4, 4, 4)
    assert about.authors == (("Bo", 2), ("Ada", 1))
    assert about.tags == (("b", 2), ("a", 1))
    assert about.sources == (("posts", 4),)
    assert about.years == ((2020, 1), (2021, 1))
    assert [each.chip for each in about.chips] == [chip.id for chip in read_chips()]
    assert {each.posts for each in about.chips} == {0}
    assert about.first_published == date(2020, 3, 2)
    assert about.last_published == date(2021, 6, 30)
    assert about.generation == report.generation
    assert about.model == settings.model


def test_the_overview_compares_the_index_with_an_archive_that_is_there(
    settings: Settings, write_posts: WritePosts
) -> None:
    folder = write_posts({"one.md": ONE})
    import_source(settings, folder)
    build_index(settings)
    generation = open_generation(settings)
    assert not overview(generation, settings.archive_file).is_stale
    (folder / "two.md").write_text(TWO)
    import_source(settings, folder)
    assert overview(generation, settings.archive_file).is_stale
    assert not overview(generation).is_stale
    settings.archive_file.unlink()
    assert not overview(generation, settings.archive_file).is_stale
    generation.close()


def test_a_model_that_cannot_be_compiled_answers_and_is_told_of(
    settings: Settings, write_posts: WritePosts, tmp_path: Path
) -> None:
    """With a re-ranker as well, through a build, a searcher, the overview and the doctor."""
    (settings.home / "encoders").unlink()
    import_source(settings, write_posts({"one.md": ONE, "two.md": TWO}))
    own = replace(
        settings,
        model=str(make_model(tmp_path / "slow", network="longformer")),
        reranker=str(make_cross_encoder(tmp_path / "reads")),
    )
    notes: list[str] = []
    report = build_index(own, on_slow=notes.append)
    assert len(notes) == 1
    assert notes[0].startswith(
        f"{tmp_path / 'slow'} could not be compiled, so sentence-transformers runs it, several "
        "times slower and with torch in memory: on a text of 1 words its vector has cosine "
    )
    searcher = open_searcher(own)
    assert isinstance(searcher, RerankingSearcher)
    hits = searcher.search(Query("dial"), 2, Filters())
    assert {hit.post.title for hit in hits} == {"One", "Two"}
    assert 0 <= hits[1].score <= hits[0].score <= 1
    searcher.close()
    generation = open_generation(own)
    about = overview(generation, encoders=own.encoders_folder)
    generation.close()
    assert (about.notes, about.reranker) == (tuple(notes), str(tmp_path / "reads"))
    found = {each.name: each for each in examine_index(own, None)}
    assert found["encoder"].severity == "info"
    assert found["encoder"].message == notes[0]
    assert found["reranker"].message == f"The compiled re-ranker {tmp_path / 'reads'} is there."
    # without the re-ranker the index is another one, for which nothing is encoded
    again = build_index(replace(own, reranker="none"))
    assert (again.published, again.embedded) == (True, 0)
    assert again.generation != report.generation
    searcher = open_searcher(own)
    assert isinstance(searcher, HybridSearcher)
    searcher.close()


def test_a_missing_reranker_is_named(settings: Settings, write_posts: WritePosts) -> None:
    import_source(settings, write_posts({"one.md": ONE}))
    build_index(settings)
    folder = current_folder(settings.index_folder)
    manifest = read_manifest(folder)
    options = replace(manifest.options, reranker="0123456789abcdef" * 4)
    write_manifest(folder, replace(manifest, options=options))
    missing = settings.encoders_folder / "0123456789abcdef"
    with pytest.raises(EncoderError) as caught:
        open_searcher(settings)
    assert caught.value.message.startswith(f"The compiled encoder in {missing} cannot be used: ")
    assert caught.value.hint == f"Remove {missing} and run: blogqa build"
