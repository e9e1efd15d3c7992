"""Sources taken into the archive of the folder a user works in."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from corpus.archive import Archive
from corpus.errors import ArchiveError, FetchError, SourceError
from corpus.intake import ImportReport
from corpus.types import Known, Post
from qa.errors import QuestionError
from qa.imports import forget_source, import_again, import_source, list_sources
from qa.settings import Settings
from tests.contracts.readers import SAMPLES, Sample

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


# --- What has not changed is not read again ---


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of Markdown that were parsed, as they are."""
    from corpus.markup import clean

    texts: list[str] = []
    parse = clean.markdown_blocks

    def watched(text: str) -> object:
        texts.append(text.strip())
        return parse(text)

    monkeypatch.setattr(clean, "markdown_blocks", watched)
    return texts


def again(settings: Settings) -> ImportReport:
    """The report of the one source, imported once more."""
    (report,), failures = import_again(settings)
    assert failures == []
    return report


def names(ids: tuple[str, ...]) -> list[str]:
    return [id.rpartition("-")[0] for id in ids]


def test_only_files_that_changed_are_read(
    settings: Settings, write_posts: WritePosts, parsed: list[str]
) -> None:
    texts = {f"{name}.md": f"Text of {name}." for name in ("one", "two", "three")}
    folder = write_posts(texts)
    import_source(settings, folder)
    assert sorted(parsed) == sorted(texts.values())
    parsed.clear()
    report = again(settings)
    assert (names(report.unchanged), report.changed_anything) == (["one", "three", "two"], False)
    assert parsed == []
    (folder / "two.md").write_text("Another text.")
    (folder / "four.md").write_text("A new text.")
    (folder / "one.md").rename(folder / "five.md")
    report = again(settings)
    assert names(report.new) == ["five", "four"]
    assert names(report.changed) == ["two"]
    assert names(report.unchanged) == ["three"]
    assert names(report.removed) == ["one"]
    assert sorted(parsed) == ["A new text.", "Another text.", "Text of one."]


def test_a_dry_run_reads_no_more_either(
    settings: Settings, write_posts: WritePosts, parsed: list[str]
) -> None:
    folder = write_posts({"one.md": ONE, "two.md": TWO})
    import_source(settings, folder)
    parsed.clear()
    report = import_source(settings, folder, dry_run=True)
    assert (len(report.unchanged), report.dry_run, parsed) == (2, True, [])


def test_what_was_only_written_anew_is_read_once(
    settings: Settings, write_posts: WritePosts, parsed: list[str]
) -> None:
    folder = write_posts({"one.md": ONE})
    import_source(settings, folder)
    (folder / "one.md").write_text(f"---\nlayout: wide\n---\n{ONE}")
    assert len(again(settings).unchanged) == 1
    parsed.clear()
    assert len(again(settings).unchanged) == 1
    assert parsed == []


def test_a_page_that_others_link_to_counts_for_those(
    settings: Settings, write_posts: WritePosts, parsed: list[str]
) -> None:
    folder = write_posts({"one.md": "See [[two]].", "three.md": "Alone."})
    import_source(settings, folder)
    (folder / "two.md").write_text(TWO)
    parsed.clear()
    assert names(again(settings).changed) == ["one"]
    assert sorted(parsed) == ["Never lower a price for nothing.", "See two."]


def test_a_page_that_becomes_a_part_of_another_goes(
    settings: Settings, write_posts: WritePosts
) -> None:
    site = {"hugo.toml": "baseURL = 'https://h.test/'", "content/posts/one/part.md": ONE}
    folder = write_posts(site)
    assert names(import_source(settings, folder).new) == ["part"]
    (folder / "content/posts/one/index.md").write_text(TWO)
    report = again(settings)
    assert (names(report.new), names(report.removed)) == (["one"], ["part"])


class _Later(date):
    @classmethod
    def today(cls) -> _Later:
        return cls(2999, 6, 1)


def test_posts_come_and_go_on_their_days(
    settings: Settings, write_posts: WritePosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_posts(
        {
            "due.md": f"---\ndate: 2999-01-01\n---\n{ONE}",
            "offer.md": f"---\nexpiryDate: 2999-01-01\n---\n{ONE}",
            "plain.md": TWO,
        }
    )
    assert names(import_source(settings, folder).new) == ["offer", "plain"]
    assert names(again(settings).unchanged) == ["offer", "plain"]
    monkeypatch.setattr("corpus.readers.markdown.date", _Later)
    report = again(settings)
    assert (names(report.new), names(report.removed)) == (["due"], ["offer"])


def test_two_files_of_one_address_are_one_post_still(
    settings: Settings, write_posts: WritePosts
) -> None:
    same = "---\nurl: https://x.test/a\n---\n"
    folder = write_posts({"b.md": f"{same}{ONE}", "c.md": TWO})
    import_source(settings, folder)
    (folder / "a.md").write_text(f"{same}Another text.")
    for changed in (["a"], []):
        report = again(settings)
        assert names(report.changed) == changed
        (skipped,) = report.skipped
        assert (skipped.place, skipped.reason) == ("b.md", "has the same address as a.md")
    (folder / "a.md").unlink()
    assert names(again(settings).changed) == ["a"]
    assert again(settings).skipped == ()


_HEADS = (
    "",
    "title: One",
    "title: Two\nauthor: ann",
    "title: A page\npermalink: /page/",
    "url: https://x.test/same/",
    "draft: true",
    "date: 2999-01-01",
    "expiryDate: 2999-01-01",
)
_BODIES = ("Some text.", "Another text.", "See [[one]] and [[two]].", "{{< note >}}Shown.", "")
_PAGES = (
    "_posts/2020-01-01-one.md",
    "_posts/2020-01-02-two.md",
    "about.md",
    "content/posts/_index.md",
    "content/posts/one/index.md",
    "content/posts/one/part.md",
    "notes/one.md",
    "notes/two.md",
)
_SETTINGS = {
    "_config.yml": (
        "url: https://x.test",
        "url: https://y.test\npermalink: /:title/",
        "a: &a [*a]",
    ),
    "content/hugo.toml": ("baseURL = 'https://h.test/'", "buildFuture = true"),
    "hugo.toml": ("baseURL = 'https://h.test/'", "baseURL = 'https://h.test/'\nbuildFuture = true"),
    "_data/authors.yml": ("ann: Ann Example", "ann: {name: Ann Sample}"),
}
_pages = st.builds(
    lambda head, body: f"---\n{head}\n---\n{body}\n" if head else f"{body}\n",
    st.sampled_from(_HEADS),
    st.sampled_from(_BODIES),
)
_edits = st.one_of(
    st.tuples(st.sampled_from(_PAGES), _pages | st.none()),
    st.sampled_from(sorted(_SETTINGS)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(_SETTINGS[name]) | st.none())
    ),
)


def _hasty(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")  # no disk is waited for


_Outcome = tuple[str, list[Post], dict[str, Known], object]


def outcome(settings: Settings, folder: Path) -> _Outcome | str:
    """All that the archive and the report say after an import, or the error."""
    try:
        report = import_source(settings, folder, kind="markdown")
    except SourceError as error:
        return error.message
    with Archive(settings.archive_file) as archive:
        found = sorted([*report.new, *report.changed, *report.unchanged])
        told = (found, report.skipped)
        return archive.digest(), list(archive.posts()), archive.places_in("site"), told


@hypothesis_settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(_edits, min_size=1, max_size=5), min_size=2, max_size=5))
def test_what_is_known_makes_no_difference(steps: list[list[tuple[str, str | None]]]) -> None:
    """After any edits an import leaves what it would leave in an empty archive."""
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patched:
        patched.setattr("corpus.archive._configure", _hasty)
        folder = Path(name, "site")
        write(folder / "hugo.toml", "baseURL = 'https://h.test/'")
        for place in ("notes/three.md", *_PAGES):
            if not place.endswith("index.md"):
                write(folder / place, f"See [[one]] and [[two]] from {place}.")
        for number, edits in enumerate(steps):
            for place, content in edits:
                write(folder / place, content)
            knowing = outcome(Settings(home=Path(name, "knowing")), folder)
            assert knowing == outcome(Settings(home=Path(name, f"fresh {number}")), folder)


def write(path: Path, content: str | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_text(content)


@pytest.fixture(params=sorted({*SAMPLES} - {"markdown", "feed"}))
def sample(request: pytest.FixtureRequest) -> Sample:
    """The sample of each kind of which a file is all there is."""
    return SAMPLES[request.param]


def packed(sample: Sample, folder: Path) -> Path:
    """The sample as an archive."""
    archive = folder / "export.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for name, content in sample.contents.items():
            made.writestr(name, content)
    return archive


def unread(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """From here on nothing may read a source of the kind."""
    monkeypatch.delattr(f"corpus.readers.{kind}.read")


def test_an_export_that_is_the_same_is_not_read(
    settings: Settings, sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = packed(sample, tmp_path)
    first = import_source(settings, export, base_url=sample.base_url)
    assert first.source.kind == sample.kind
    with monkeypatch.context() as patched:
        unread(patched, sample.kind)
        second = again(settings)
        dry = import_source(settings, export, dry_run=True)
    assert sorted(second.unchanged) == sorted(first.new)
    assert (second.skipped, second.changed_anything) == (first.skipped, False)
    assert (dry.unchanged, dry.skipped, dry.dry_run) == (second.unchanged, second.skipped, True)
    export.write_bytes(export.read_bytes() + b"\0")  # a zip archive may end in what is none
    unread(monkeypatch, sample.kind)
    with pytest.raises(AttributeError):
        again(settings)


def test_what_is_damaged_is_told_each_time(settings: Settings, tmp_path: Path) -> None:
    export = SAMPLES["wordpress"].write(tmp_path)
    import_source(settings, export)
    content = export.read_bytes()
    export.write_bytes(content[: len(content) * 3 // 4])
    first, second = again(settings), again(settings)
    assert [each.unreadable for each in first.skipped][-1:] == [True]
    assert (second.skipped, second.unchanged) == (first.skipped, first.unchanged)
    assert (first.removed, second.removed) == ((), ())


class _MuchLater(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> _MuchLater:
        return cls(2999, 6, 1, tzinfo=tz)


def test_an_export_is_read_again_on_the_day_of_its_next_post(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = SAMPLES["blogger"].write(tmp_path)
    export.write_bytes(export.read_bytes().replace(b"2015-06-02T", b"2998-06-02T"))
    assert names(import_source(settings, export).new) == ["door"]
    assert names(again(settings).unchanged) == ["door"]
    monkeypatch.setattr("corpus.readers.blogger.datetime", _MuchLater)
    assert names(again(settings).new) == ["price"]
