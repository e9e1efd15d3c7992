"""Sources taken into the archive of the folder a user works in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.archive import Archive
from corpus.errors import ArchiveError, FetchError, SourceError
from qa.errors import QuestionError
from qa.imports import forget_source, import_again, import_source, list_sources
from qa.settings import Settings

WritePosts = Callable[[dict[str, str]], Path]
ONE, TWO = "Stand up before you dial.\n", "Never lower a price for nothing.\n"


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
    reports, failures = import_again(settings)
    assert failures == []
    assert [each.source.id for each in reports] == ["one", "two"]
    assert [len(each.changed) for each in reports] == [1, 0]


def test_without_an_archive_there_is_nothing_to_import_again(settings: Settings) -> None:
    with pytest.raises(ArchiveError, match="There is no archive"):
        import_again(settings)
    assert not settings.archive_file.exists()


def test_a_source_that_cannot_be_read_keeps_its_posts_and_stops_no_other(
    settings: Settings, write_posts: WritePosts
) -> None:
    folder = write_posts({"one.md": ONE, "two.md": TWO})
    for name in ("one", "two"):
        import_source(settings, folder / f"{name}.md")
    (folder / "one.md").write_text("---\ntitle: Empty\n---\n")
    (folder / "two.md").write_text(TWO + "\nNever.\n")
    reports, failures = import_again(settings)
    assert [(each.source.id, len(each.changed)) for each in reports] == [("two", 1)]
    ((source, error),) = failures
    assert source.id == "one"
    assert error.message == f"No post was found in {folder}/one.md. Left out: one.md: no text."
    with Archive(settings.archive_file) as archive:
        assert archive.count() == 2


def test_a_dry_run_leaves_nothing_behind(settings: Settings, write_posts: WritePosts) -> None:
    folder = write_posts({"one.md": ONE, "two.md": TWO})
    report = import_source(settings, folder, dry_run=True)
    assert (len(report.new), report.dry_run) == (2, True)
    assert not settings.archive_file.exists()
    import_source(settings, folder)
    (folder / "one.md").unlink()
    assert len(import_source(settings, folder, dry_run=True).removed) == 1
    with Archive(settings.archive_file) as archive:
        assert archive.count() == 2


def test_what_was_said_of_a_source_holds_for_the_next_import(
    settings: Settings, write_posts: WritePosts
) -> None:
    folder = write_posts({"one.md": ONE, "page.txt": TWO})
    first = import_source(
        settings,
        folder,
        kind="text",
        name="Old Pages",
        base_url="https://blog.example",
        include_pages=True,
    )
    assert (first.source.base_url, first.source.include_pages) == ("https://blog.example", True)
    assert import_source(settings, folder).source == first.source
    without = import_source(settings, folder, include_pages=False).source
    assert (without.kind, without.include_pages) == ("text", False)
    assert import_again(settings)[0][0].source == without


@pytest.mark.parametrize("text", ["blog.example", "ftp://blog.example", "https://"])
def test_a_base_url_that_is_no_address_is_refused(
    settings: Settings, write_posts: WritePosts, text: str
) -> None:
    with pytest.raises(QuestionError) as caught:
        import_source(settings, write_posts({"one.md": ONE}), base_url=text)
    assert caught.value.message == f"--base-url is {text!r}."


def test_an_address_without_its_scheme_is_told_apart_from_a_path(settings: Settings) -> None:
    with pytest.raises(SourceError) as caught:
        import_source(settings, "blog.example/posts")
    assert caught.value.hint == (
        "Check the path. A web address begins with https://, as in https://blog.example/posts"
    )
    with pytest.raises(SourceError, match=r"ftp://blog\.example is no address"):
        import_source(settings, "ftp://blog.example")


def test_sources_are_listed_and_given_up(settings: Settings, write_posts: WritePosts) -> None:
    folder = write_posts({"one.md": ONE, "two.md": TWO})
    import_source(settings, folder / "two.md")
    import_source(settings, folder / "one.md")
    assert [(source.id, posts) for source, posts in list_sources(settings)] == [
        ("one", 1),
        ("two", 1),
    ]
    assert len(forget_source(settings, "one").removed) == 1
    assert [source.id for source, _ in list_sources(settings)] == ["two"]
    with pytest.raises(SourceError, match="There is no source named 'one'"):
        forget_source(settings, "one")


@pytest.mark.parametrize("name", ["", None])
def test_an_empty_name_is_none(
    settings: Settings, write_posts: WritePosts, tmp_path: Path, name: str | None
) -> None:
    import_source(settings, write_posts({"one.md": ONE}), name=name)
    other = tmp_path / "other" / "posts"
    other.mkdir(parents=True)
    (other / "two.md").write_text(TWO)
    with pytest.raises(SourceError, match="known already"):
        import_source(settings, other, name=name)


def test_names_in_other_letters_are_names_of_their_own(settings: Settings, tmp_path: Path) -> None:
    found = []
    for name, text in (("日本語", ONE), ("ブログ", TWO), ("Café", ONE)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "one.md").write_text(text)
        report = import_source(settings, tmp_path / name)
        assert (len(report.new), report.removed) == (1, ())
        found.append(report.source.id)
    assert [id.rpartition("-")[0] for id in found] == ["post", "post", ""]
    assert (len(set(found)), found[2]) == (3, "cafe")
    assert import_source(settings, tmp_path / "Café", name="ブログ").source.id == found[1]


def test_a_source_that_moves_keeps_what_was_said_of_it(
    settings: Settings, write_posts: WritePosts, tmp_path: Path
) -> None:
    folder = write_posts({"one.txt": ONE, "two.md": TWO})
    first = import_source(
        settings, folder, kind="text", name="blog", base_url="https://a.example", include_pages=True
    )
    moved = tmp_path / "moved"
    folder.rename(moved)
    report = import_source(settings, moved, name="blog")
    assert (report.unchanged, report.removed) == (first.new, ())
    assert (report.source.kind, report.source.base_url, report.source.include_pages) == (
        "text",
        "https://a.example",
        True,
    )


def test_two_names_at_one_location_are_two_sources(
    settings: Settings, write_posts: WritePosts
) -> None:
    folder = write_posts({"one.md": ONE})
    import_source(settings, folder, name="a", base_url="https://a.example")
    other = import_source(settings, folder, name="b").source
    assert (other.id, other.base_url) == ("b", None)


def test_an_import_of_which_nothing_comes_leaves_no_archive(
    settings: Settings, write_posts: WritePosts
) -> None:
    with pytest.raises(SourceError, match="No post was found"):
        import_source(settings, write_posts({"one.md": ""}))
    assert not settings.archive_file.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("~nosuchuser/x", "~nosuchuser/x: Could not determine home directory."),
        ("a" * 5000, f"{'a' * 5000}: File name too long."),
        ("caf\udce9", "caf\\xe9: is not UTF-8 text."),
    ],
)
def test_a_path_that_cannot_be_one_is_refused(settings: Settings, text: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        import_source(settings, text)
    assert caught.value.message == message


def test_a_password_is_not_kept(settings: Settings) -> None:
    with pytest.raises(SourceError) as caught:
        import_source(settings, "https://ann:secret@blog.example/")
    assert caught.value.message == "The address of blog.example holds a user name or password."


def test_an_address_has_one_spelling(settings: Settings) -> None:
    with pytest.raises(FetchError) as caught:
        import_source(settings, "HTTP://LOCALHOST:9#top")
    assert caught.value.url == "http://localhost:9/"
