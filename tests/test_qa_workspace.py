"""The folder a user works in: what is imported, built, opened and counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus.errors import ArchiveError, SourceError
from index.build import Progress
from index.errors import IndexMissing
from index.types import Filters, Query
from qa.settings import Settings
from qa.workspace import (
    build_index,
    import_again,
    import_source,
    open_generation,
    open_searcher,
    overview,
)

WritePosts = Callable[[dict[str, str]], Path]
ONE, TWO = "Stand up before you dial.\n", "Never lower a price for nothing.\n"


@pytest.fixture
def settings(tmp_path: Path, encoders: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir()
    (home / "encoders").symlink_to(encoders)
    return replace(Settings(), home=home)


def test_a_folder_is_imported_under_its_own_name(
    settings: Settings, write_posts: WritePosts
) -> None:
    folder = write_posts({"one.md": ONE, "sub/two.md": TWO})
    report = import_source(settings, folder)
    assert (report.source.id, report.source.kind) == ("posts", "markdown")
    assert report.source.location == str(folder)
    assert [id.rpartition("-")[0] for id in report.new] == ["one", "two"]
    assert report.changed_anything


def test_a_file_is_imported_under_its_name_without_ending(
    settings: Settings, write_posts: WritePosts
) -> None:
    folder = write_posts({"One Post.md": ONE, "two.md": TWO})
    report = import_source(settings, folder / "One Post.md")
    assert (report.source.id, len(report.new)) == ("one-post", 1)


def test_name_and_kind_overrule_what_would_be_taken(
    settings: Settings, write_posts: WritePosts
) -> None:
    folder = write_posts({"one.md": ONE, "page.txt": TWO})
    report = import_source(settings, folder, kind="text", name="Old Pages")
    assert (report.source.id, report.source.kind, len(report.new)) == ("old-pages", "text", 1)


def test_a_relative_path_is_kept_whole(
    settings: Settings, write_posts: WritePosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_posts({"one.md": ONE})
    monkeypatch.chdir(folder)
    assert import_source(settings, Path()).source.location == str(folder)


def test_what_is_not_there_is_named_and_leaves_no_archive(settings: Settings) -> None:
    with pytest.raises(SourceError) as caught:
        import_source(settings, settings.home / "none")
    assert caught.value.message == f"There is nothing at {settings.home}/none."
    assert not settings.archive_file.exists()


def test_another_folder_of_the_same_name_is_refused(
    settings: Settings, write_posts: WritePosts, tmp_path: Path
) -> None:
    folder = write_posts({"one.md": ONE})
    import_source(settings, folder)
    other = tmp_path / "other" / "posts"
    other.mkdir(parents=True)
    (other / "two.md").write_text(TWO)
    with pytest.raises(SourceError, match="known already") as caught:
        import_source(settings, other)
    assert "--name posts" in caught.value.hint
    moved = import_source(settings, other, name="posts")
    assert (len(moved.new), len(moved.removed)) == (1, 1)


def test_all_sources_are_imported_again_in_the_order_of_their_names(
    settings: Settings, write_posts: WritePosts
) -> None:
    folder = write_posts({"one.md": ONE, "two.md": TWO})
    import_source(settings, folder / "two.md")
    import_source(settings, folder / "one.md")
    (folder / "one.md").write_text(ONE + "\nAnd smile.\n")
    reports = import_again(settings)
    assert [each.source.id for each in reports] == ["one", "two"]
    assert [len(each.changed) for each in reports] == [1, 0]


def test_without_an_archive_there_is_nothing_to_import_again_or_build(settings: Settings) -> None:
    for work in (import_again, build_index):
        with pytest.raises(ArchiveError, match="There is no archive"):
            work(settings)
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
    report = build_index(settings, lambda: compiled.append(True), progress.append)
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
    assert about.first_published == date(2020, 3, 2)
    assert about.last_published == date(2021, 6, 30)
    assert about.generation == report.generation
    assert about.model == settings.model


def test_a_source_without_posts_leaves_the_archive_as_it_was(
    settings: Settings, write_posts: WritePosts
) -> None:
    folder = write_posts({"one.md": ONE})
    import_source(settings, folder)
    (folder / "one.md").unlink()
    (folder / "two.md").write_text("---\ntitle: Empty\n---\n")
    with pytest.raises(SourceError, match="No post was found"):
        import_again(settings)
    assert build_index(settings).posts == 1, "the archive is as it was before"
