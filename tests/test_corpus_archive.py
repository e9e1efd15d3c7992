"""The archive: what an import changes, what it must never change, and what it survives."""

from __future__ import annotations

import hashlib
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus.archive import Archive, PostSummary
from corpus.errors import ArchiveError, SourceError
from corpus.intake import ImportReport
from corpus.types import Block, Known, Post, Scheduled, Skipped, Source, Unchanged
from tests.faults.limits import file_size_limit, public_folder, unchangeable

NOTES = Source("notes", "markdown", "/data/notes")
FEED = Source("feed", "feed", "/data/feed.xml", full=False)


def note(id: str, text: str = "Text.", source: str = "notes") -> Post:
    return Post(id, source, f"{id}.md", id.title(), (Block("paragraph", text),))


WHOLE = Post(
    id="bees",
    source="notes",
    place="insects/bees.md",
    title="Bées 🐝",
    blocks=(
        Block("heading", "Dance", 2),
        Block("item", "left\nright", 3, "12."),
        Block("code", "a  =\t1\0"),
    ),
    url="https://example.org/bees?a=1",
    author="Inés",
    published=date(1999, 12, 31),
    updated=date(2020, 2, 29),
    tags=("z", "a", "z"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "archive.sqlite"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    with Archive(path, create=True) as archive:
        yield archive


def ids(archive: Archive) -> list[str]:
    return [post.id for post in archive.posts()]


def test_a_post_comes_back_as_it_was(archive: Archive) -> None:
    archive.put(NOTES, [WHOLE])
    assert list(archive.posts()) == [WHOLE]
    assert next(archive.posts()).content_hash == WHOLE.content_hash


def test_a_post_of_nothing_but_a_name_comes_back(archive: Archive) -> None:
    bare = Post("bare", "notes", "bare.md", "", ())
    archive.put(NOTES, [bare])
    assert list(archive.posts()) == [bare]


def test_posts_come_in_the_order_of_their_ids(archive: Archive) -> None:
    archive.put(NOTES, [note("c"), note("a"), note("B"), note("b")])
    assert ids(archive) == ["B", "a", "b", "c"]
    assert archive.count() == 4


def test_what_was_put_is_there_for_the_next_process(path: Path, archive: Archive) -> None:
    archive.put(NOTES, [note("a")])
    archive.close()
    with Archive(path) as again:
        assert ids(again) == ["a"]
        assert again.sources() == [NOTES]


def test_a_first_import_is_all_new(archive: Archive) -> None:
    draft = Skipped("draft.md", "a draft")
    report = archive.put(NOTES, [note("b"), draft, note("a")])
    assert report == ImportReport(NOTES, new=("b", "a"), skipped=(draft,))
    assert report.changed_anything


def test_the_same_again_changes_nothing(path: Path, archive: Archive) -> None:
    posts = [note("a"), WHOLE, note("c")]
    archive.put(NOTES, posts)
    before = archive.digest()
    report = archive.put(NOTES, posts)
    assert report == ImportReport(NOTES, unchanged=("a", "bees", "c"))
    assert not report.changed_anything
    assert archive.digest() == before
    assert list(archive.posts()) == sorted(posts, key=lambda post: post.id)


def test_new_changed_unchanged_and_removed(archive: Archive) -> None:
    archive.put(NOTES, [note("a"), note("b"), note("c")])
    report = archive.put(NOTES, [note("d"), note("c"), note("a", "Another text.")])
    assert report == ImportReport(NOTES, ("d",), ("a",), ("c",), ("b",))
    assert list(archive.posts()) == [note("a", "Another text."), note("c"), note("d")]


@pytest.mark.parametrize(
    "changed",
    [
        replace(WHOLE, title="Wasps"),
        replace(WHOLE, tags=()),
        replace(WHOLE, published=None),
    ],
)
def test_any_change_of_a_post_is_taken_in(archive: Archive, changed: Post) -> None:
    archive.put(NOTES, [WHOLE])
    assert archive.put(NOTES, [changed]).changed == ("bees",)
    assert list(archive.posts()) == [changed]


def test_what_could_not_be_read_this_time_is_kept(archive: Archive) -> None:
    archive.put(NOTES, [note("a"), note("b"), note("c")])
    broken = Skipped("b.md", "is not UTF-8 text", unreadable=True)
    draft = Skipped("c.md", "a draft")
    report = archive.put(NOTES, [note("a"), broken, draft])
    assert report.removed == ("c",)
    assert report.skipped == (broken, draft)
    assert ids(archive) == ["a", "b"]


def test_a_source_that_is_not_full_only_adds(archive: Archive) -> None:
    archive.put(FEED, [note("a", source="feed"), note("b", source="feed")])
    report = archive.put(FEED, [note("b", "More.", "feed"), note("c", source="feed")])
    assert report == ImportReport(FEED, ("c",), ("b",))
    assert ids(archive) == ["a", "b", "c"]


def test_a_source_does_not_remove_the_posts_of_another(archive: Archive) -> None:
    other = replace(NOTES, id="other", location="/data/other")
    archive.put(NOTES, [note("a")])
    archive.put(other, [note("b", source="other")])
    assert archive.put(NOTES, [note("c")]).removed == ("a",)
    assert ids(archive) == ["b", "c"]
    assert archive.sources() == [NOTES, other]


def test_what_was_not_read_again_stays(archive: Archive) -> None:
    a, b, c = (replace(note(id), origin=f"made of {id}") for id in "abc")
    archive.put(NOTES, [a, b, c])
    assert archive.places_in("notes")["b.md"] == Known("b", "made of b")
    same = [Unchanged("a.md", "a", "made of a"), Unchanged("b.md", "b", "made of b")]
    report = archive.put(NOTES, same)
    assert report == ImportReport(NOTES, unchanged=("a", "b"), removed=("c",))
    assert list(archive.posts()) == [a, b]


@pytest.mark.parametrize(
    "claimed",
    [
        Unchanged("b.md", "b", "made of a"),
        Unchanged("a.md", "a", "made of b"),
        Unchanged("b.md", "a", "made of a"),
    ],
)
def test_what_another_import_has_changed_meanwhile_is_not_unchanged(
    archive: Archive, claimed: Unchanged
) -> None:
    archive.put(NOTES, [replace(note("a"), origin="made of a")])
    with pytest.raises(ArchiveError) as caught:
        archive.put(NOTES, [note("c"), claimed])
    assert caught.value.message == "Another import has changed the posts of notes meanwhile."
    assert ids(archive) == ["a"]


def test_a_post_made_of_something_else_that_says_the_same_is_unchanged(archive: Archive) -> None:
    archive.put(NOTES, [replace(note("a"), origin="one")])
    report = archive.put(NOTES, [replace(note("a"), origin="two", place="b.md")])
    assert report == ImportReport(NOTES, unchanged=("a",))
    assert archive.places_in("notes") == {"b.md": Known("a", "two")}


def test_of_the_same_origin_nothing_is_asked(archive: Archive) -> None:
    draft = Skipped("draft.md", "a draft")
    first = archive.put(NOTES, [note("b"), draft, note("a")], origin="one")
    assert first == ImportReport(NOTES, new=("b", "a"), skipped=(draft,))
    again = ImportReport(NOTES, unchanged=("a", "b"), skipped=(draft,))
    assert archive.put(NOTES, unasked(), origin="one") == again
    assert archive.put(NOTES, unasked(), origin="one", dry_run=True) == replace(again, dry_run=True)
    for other in ("two", ""):
        with pytest.raises(AssertionError, match="asked"):
            archive.put(NOTES, unasked(), origin=other)


@pytest.mark.parametrize(
    "skipped", [Skipped("c.md", "is damaged", unreadable=True), Scheduled("c.md", "is scheduled")]
)
def test_what_may_be_another_next_time_is_asked_again(archive: Archive, skipped: Skipped) -> None:
    for _ in range(2):
        report = archive.put(NOTES, [note("a"), skipped], origin="one")
        assert report.skipped == (skipped,)
    archive.put(NOTES, [note("a")], origin="one")
    archive.put(NOTES, [note("a")])
    with pytest.raises(AssertionError, match="asked"):
        archive.put(NOTES, unasked(), origin="one")


def unasked() -> Iterator[Post]:
    raise AssertionError("was asked")
    yield


def test_a_source_that_becomes_a_full_one_has_the_say(archive: Archive) -> None:
    archive.put(FEED, [note("a", "By the feed.", "feed")])
    archive.put(replace(NOTES, full=False), [note("a", "From the folder.")])
    assert [post.text for post in archive.posts()] == ["From the folder."]
    archive.put(replace(FEED, full=True), [note("a", "By the feed.", "feed")])
    assert [post.text for post in archive.posts()] == ["By the feed."]


def test_a_post_that_only_moved_is_unchanged(archive: Archive) -> None:
    archive.put(NOTES, [WHOLE])
    moved = replace(WHOLE, place="moved.md")
    assert archive.put(NOTES, [moved]).unchanged == ("bees",)
    assert list(archive.posts()) == [moved]


class TestAPostInTwoSources:
    FULL = note("a", "A text of nine words that says it all.")
    TEASER = note("a", "A text ...", "feed")

    @pytest.mark.parametrize("feed_first", [False, True])
    def test_the_whole_text_is_shown_whichever_came_first(
        self, archive: Archive, feed_first: bool
    ) -> None:
        puts = [(NOTES, self.FULL), (FEED, replace(self.TEASER, updated=date(2026, 1, 1)))]
        for source, post in reversed(puts) if feed_first else puts:
            archive.put(source, [post])
        assert list(archive.posts()) == [self.FULL]
        assert archive.places("a") == [("notes", "a.md"), ("feed", "a.md")]

    def test_the_newer_of_two_whole_texts_is_shown(self, archive: Archive) -> None:
        old = replace(self.FULL, updated=date(2020, 1, 1))
        new = replace(note("a", "A text of nine words that says much more.", "feed"))
        new = replace(new, updated=date(2020, 1, 2))
        archive.put(NOTES, [old])
        assert archive.put(FEED, [new]).changed == ("a",)
        assert list(archive.posts()) == [new]
        assert archive.put(NOTES, [old]).unchanged == ("a",)
        assert list(archive.posts()) == [new]

    def test_of_equals_the_full_source_is_shown(self, archive: Archive) -> None:
        archive.put(FEED, [note("a", source="feed")])
        assert archive.put(NOTES, [note("a")]).unchanged == ("a",)
        assert list(archive.posts()) == [note("a")]

    def test_it_stays_as_long_as_one_of_them_holds_it(self, archive: Archive) -> None:
        archive.put(NOTES, [self.FULL, note("b")])
        archive.put(FEED, [self.TEASER])
        report = archive.put(NOTES, [note("b")])
        assert (report.changed, report.removed) == (("a",), ())
        assert archive.post("a") == self.TEASER
        assert archive.places("a") == [("feed", "a.md")]

    def test_a_source_that_is_given_up(self, archive: Archive) -> None:
        archive.put(NOTES, [self.FULL, note("b")])
        archive.put(FEED, [self.TEASER])
        assert archive.forget("notes") == ImportReport(NOTES, changed=("a",), removed=("b",))
        assert list(archive.posts()) == [self.TEASER]
        assert archive.sources() == [FEED]
        with pytest.raises(SourceError) as caught:
            archive.forget("notes")
        assert caught.value.message == "There is no source named 'notes'."
        assert caught.value.hint == "Known sources: feed."


def test_a_dry_run_says_what_would_change_and_changes_nothing(archive: Archive) -> None:
    archive.put(NOTES, [note("a"), note("b")])
    before = list(archive.posts()), archive.sources(), archive.digest()
    moved = replace(NOTES, location="/elsewhere")
    report = archive.put(moved, [note("b", "Changed."), note("c")], dry_run=True)
    assert report == ImportReport(moved, ("c",), ("b",), (), ("a",), dry_run=True)
    assert (list(archive.posts()), archive.sources(), archive.digest()) == before


def test_posts_are_listed_newest_first(archive: Archive) -> None:
    archive.put(NOTES, [replace(note("a"), published=date(2020, 1, 1)), note("b"), WHOLE])
    assert [(each.id, each.published) for each in archive.summaries()] == [
        ("a", date(2020, 1, 1)),
        ("bees", date(1999, 12, 31)),
        ("b", None),
    ]
    assert next(archive.summaries()) == PostSummary(
        "a", "A", None, None, date(2020, 1, 1), "notes", 1
    )


class TestCopies:
    TEXT = " ".join(f"word{number}" for number in range(100))

    def day(self, id: str, text: str, year: int | None) -> Post:
        return replace(note(id, text), published=None if year is None else date(year, 1, 1))

    def test_the_oldest_is_the_original(self, archive: Archive) -> None:
        posts = [
            self.day("a", self.TEXT, 2012),
            self.day("b", self.TEXT + " and more", 2011),
            self.day("c", self.TEXT.upper(), None),
            self.day("d", self.TEXT[::-1], 2010),
        ]
        before = archive.digest()
        archive.put(NOTES, posts)
        assert archive.copies() == {"a": "b", "c": "b"}
        assert archive.digest() != before
        assert archive.count() == 4

    def test_copies_are_found_across_imports_and_sources(self, archive: Archive) -> None:
        archive.put(NOTES, [note("a", self.TEXT)])
        assert archive.copies() == {}
        archive.put(FEED, [note("b", self.TEXT, "feed")])
        assert archive.copies() == {"b": "a"}
        archive.put(NOTES, [note("a", "Something else. " * 30)])
        assert archive.copies() == {}
        archive.put(NOTES, [note("a", self.TEXT)])
        archive.forget("feed")
        assert archive.copies() == {}

    @pytest.mark.parametrize("first", [0, 1, 50, 120])
    def test_many_copies_are_found_in_whatever_order_they_come(
        self, archive: Archive, tmp_path: Path, first: int
    ) -> None:
        posts = [note(f"p{number:03}", f"{self.TEXT} {number}") for number in range(120)]
        for found in (posts[:first], posts):
            if found:
                archive.put(NOTES, found)
        assert archive.copies() == {post.id: "p000" for post in posts[1:]}
        with Archive(tmp_path / "other.sqlite", create=True) as other:
            other.put(NOTES, posts)
            assert other.digest() == archive.digest()

    def test_texts_that_share_a_footer_are_not_copies(self, archive: Archive) -> None:
        words = [" ".join(f"{name}{number}" for number in range(60)) for name in "abc"]
        archive.put(NOTES, [note(text[0], f"{text} {self.TEXT}") for text in words])
        assert archive.copies() == {}


def test_the_same_post_twice_in_a_source_is_taken_once(archive: Archive) -> None:
    again = replace(note("a", "Other."), place="copy.md")
    report = archive.put(NOTES, [note("a"), again])
    assert report.new == ("a",)
    assert report.skipped == (Skipped("copy.md", "has the same address as a.md"),)
    assert list(archive.posts()) == [note("a")]


def test_an_empty_source_changes_nothing(archive: Archive) -> None:
    archive.put(NOTES, [note("a")])
    skipped = [Skipped(f"{n}.md", "empty") for n in range(5)]
    moved = replace(NOTES, location="/elsewhere")
    with pytest.raises(SourceError) as caught:
        archive.put(moved, skipped)
    assert caught.value.message == (
        "No post was found in /elsewhere. Left out: 0.md: empty; 1.md: empty; 2.md: empty "
        "(and 2 more)."
    )
    assert caught.value.hint == (
        "Nothing was changed. Check the path, or name the kind with --kind."
    )
    assert list(archive.posts()) == [note("a")]
    assert archive.sources() == [NOTES]


def test_an_empty_source_with_nothing_to_say(archive: Archive) -> None:
    with pytest.raises(SourceError) as caught:
        archive.put(NOTES, [])
    assert caught.value.message == "No post was found in /data/notes."


def test_a_reader_that_fails_midway_changes_nothing(archive: Archive) -> None:
    archive.put(NOTES, [note("a")])

    def found() -> Iterator[Post]:
        yield note("b")
        raise SourceError("The folder is gone.")

    with pytest.raises(SourceError, match="The folder is gone"):
        archive.put(NOTES, found())
    assert list(archive.posts()) == [note("a")]


def test_digests_are_of_ids_and_contents(archive: Archive) -> None:
    assert archive.digest() == hashlib.sha256(b"").hexdigest()
    archive.put(NOTES, [note("b"), note("a")])
    lines = f"a {note('a').content_hash}\nb {note('b').content_hash}\na in notes\nb in notes\n"
    assert archive.digest() == hashlib.sha256(lines.encode()).hexdigest()


def test_digests_change_with_content_and_sources_only(archive: Archive, tmp_path: Path) -> None:
    archive.put(NOTES, [note("a"), note("b")])
    before = archive.digest()
    archive.put(NOTES, [replace(note("a"), place="moved.md"), note("b")])
    assert archive.digest() == before
    with Archive(tmp_path / "other.sqlite", create=True) as other:
        other.put(NOTES, [note("b"), note("a")])
        assert other.digest() == before
        other.put(FEED, [note("b", source="feed")])  # which a filter may ask for
        assert other.digest() != before
        other.forget("feed")
        assert other.digest() == before
    archive.put(NOTES, [note("a"), note("b", "Changed.")])
    changed = archive.digest()
    archive.put(NOTES, [note("a")])
    assert len({before, changed, archive.digest()}) == 3


def test_no_archive_is_not_made_by_reading(path: Path) -> None:
    with pytest.raises(ArchiveError) as caught:
        Archive(path)
    assert caught.value.message == f"There is no archive at {path}."
    assert caught.value.hint == "Import posts first: blogqa import SOURCE"
    assert not path.parent.exists()


def test_a_name_with_signs_that_mean_something_in_an_address(tmp_path: Path) -> None:
    path = tmp_path / "what? 100%25 #1" / "a&b=c?mode=memory.sqlite"
    with Archive(path, create=True) as archive:
        archive.put(NOTES, [note("a")])
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with Archive(path) as archive:
        assert ids(archive) == ["a"]


@pytest.mark.parametrize("create", [False, True])
def test_an_archive_of_another_version_is_refused(
    path: Path, archive: Archive, create: bool
) -> None:
    archive.put(NOTES, [note("a")])
    archive.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 7")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ArchiveError) as caught:
        Archive(path, create=create)
    assert caught.value.message == f"The archive {path} has format 7; this blogqa reads 3."
    assert caught.value.hint == "Move it away and import the sources again (/data/notes)."
    assert path.read_bytes() == before


def test_a_database_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "theirs.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE things (name TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ArchiveError, match="has format 0; this blogqa reads 3"):
        Archive(path, create=True)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.sqlite"
    path.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(ArchiveError) as caught:
        Archive(path)
    assert caught.value.message == (f"The archive {path} cannot be opened: file is not a database.")
    assert path.read_text().startswith("Dear Sir")


def test_a_folder_in_its_place_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(ArchiveError, match="cannot be opened: unable to open database file"):
        Archive(path, create=True)


def test_a_file_in_the_place_of_its_folder_is_refused(path: Path) -> None:
    path.parent.write_text("a file")
    with pytest.raises(ArchiveError, match=r"cannot be opened: .*File exists"):
        Archive(path, create=True)


def test_a_damaged_file_is_named_when_it_is_read(path: Path, archive: Archive) -> None:
    archive.put(NOTES, [note(f"n{number}", "A long text. " * 300) for number in range(50)])
    archive.close()
    content = bytearray(path.read_bytes())
    content[8192:] = bytes(len(content) - 8192)
    path.write_bytes(content)
    with Archive(path) as damaged:
        for read in (damaged.digest, lambda: list(damaged.posts())):
            with pytest.raises(ArchiveError) as caught:
                read()
            assert caught.value.message.startswith(f"The archive {path} cannot be read: ")


def test_an_archive_that_may_not_be_written_can_be_read(tmp_path: Path) -> None:
    with public_folder() as folder:
        path = folder / "archive.sqlite"
        with Archive(path, create=True) as archive:
            archive.put(NOTES, [note("a")])
        with unchangeable(folder), Archive(path) as archive:
            assert ids(archive) == ["a"]
            with pytest.raises(ArchiveError) as caught:
                archive.put(NOTES, [note("b")])
            assert caught.value.message.startswith(f"The archive {path} could not be written: ")
        with Archive(path) as archive:
            assert ids(archive) == ["a"]


def test_a_folder_that_may_not_be_written_gets_no_archive() -> None:
    with public_folder() as folder, unchangeable(folder):
        with pytest.raises(ArchiveError, match="cannot be opened: ") as caught:
            Archive(folder / "archive.sqlite", create=True)
        assert str(folder / "archive.sqlite") in caught.value.message


@pytest.mark.parametrize("size_bytes", [0, 30_000, 100_000])
def test_a_full_disk_changes_nothing(path: Path, archive: Archive, size_bytes: int) -> None:
    archive.put(NOTES, [note("a")])
    posts = [note(f"n{number}", "A long text. " * 1000) for number in range(500)]
    with file_size_limit(size_bytes), pytest.raises(ArchiveError) as caught:
        archive.put(NOTES, posts)
    assert caught.value.message.startswith(f"The archive {path} could not be written: ")
    assert caught.value.hint.startswith("Nothing was changed. Free some space")
    assert list(archive.posts()) == [note("a")]
    assert len(archive.put(NOTES, posts).new) == 500


def test_two_imports_at_once_do_not_mix(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def be_impatient(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout = 10")

    monkeypatch.setattr("corpus.archive._configure", be_impatient)
    with Archive(path, create=True) as archive:
        archive.put(NOTES, [note("a")])
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveError) as caught:
            archive.put(NOTES, [note("b")])
        assert caught.value.message == f"The archive {path} is in use by another import or a build."
        assert caught.value.hint == (
            "Nothing was changed. Wait for that to end, then run this again."
        )
        assert list(archive.posts()) == [note("a")]
        other.execute("COMMIT")
        other.close()
        assert archive.put(NOTES, [note("b")]).new == ("b",)


def test_an_import_that_reads_for_long_lets_others_write_meanwhile(archive: Archive) -> None:
    archive.put(NOTES, [note("a")])

    def found() -> Iterator[Post | Skipped]:
        yield Skipped("b.md", "a draft")
        archive.put(FEED, [note("c", source="feed")])
        yield note("a", "Changed.")

    report = archive.put(NOTES, found())
    assert (report.new, report.changed) == ((), ("a",))
    assert ids(archive) == ["a", "c"]


def put_elsewhere(path: Path, post: Post) -> None:
    with Archive(path) as archive:
        archive.put(NOTES, [post])


def test_within_a_snapshot_nothing_changes(path: Path, archive: Archive) -> None:
    archive.put(NOTES, [note("a")])
    with archive.snapshot():
        before = archive.digest()
        other = threading.Thread(target=put_elsewhere, args=(path, note("b")))
        other.start()
        other.join(0.5)
        assert (archive.digest(), ids(archive)) == (before, ["a"])
    other.join()
    assert ids(archive) == ["b"]


KILLED = """
import os, signal, sys
from pathlib import Path
import sqlalchemy as sa
from corpus.archive import Archive
from corpus.intake import ImportReport
from corpus.types import Block, Post, Source

def found():
    for number in range(400):
        text = f"Number {number}. " + "Words upon words. " * 2000
        yield Post(f"n{number}", "notes", f"{number}.md", "New", (Block("paragraph", text),))
        if number == 200 and sys.argv[2] == "reading":
            os.kill(os.getpid(), signal.SIGKILL)

with Archive(Path(sys.argv[1])) as archive:
    if sys.argv[2] == "writing":
        def kill(connection, cursor, statement, *_):
            if statement == "BEGIN IMMEDIATE":
                cursor.execute("PRAGMA cache_size = -100")  # so that the file is written early
            if statement == "COMMIT":
                os.kill(os.getpid(), signal.SIGKILL)
        sa.event.listen(sa.Engine, "before_cursor_execute", kill)
    archive.put(Source("notes", "markdown", "/data/notes"), found())
"""


@pytest.mark.parametrize("moment", ["reading", "writing"])
def test_an_import_that_is_killed_changes_nothing(
    path: Path, archive: Archive, moment: str
) -> None:
    posts = [WHOLE, *(note(f"n{number}", "Old words. " * 500) for number in range(100))]
    archive.put(NOTES, posts)
    before = archive.digest()
    archive.close()
    result = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), moment],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == -signal.SIGKILL, result.stderr
    if moment == "writing":
        # Half of the new posts are in the file; the journal has what stood there before.
        assert b"Words upon words" in path.read_bytes()
        assert path.with_name(f"{path.name}-journal").stat().st_size > 100_000
    with Archive(path) as again:
        assert again.digest() == before
        assert sorted(again.posts(), key=lambda post: post.id) == sorted(
            posts, key=lambda post: post.id
        )
        assert len(again.put(NOTES, [note("a")]).removed) == 101
    assert list(path.parent.iterdir()) == [path]


# looked at, not touched


def test_a_whole_archive_has_no_damage(archive: Archive) -> None:
    archive.put(NOTES, [WHOLE])
    assert archive.damage() == []


def test_what_is_read_only_tells_the_same(archive: Archive, path: Path) -> None:
    archive.put(NOTES, [WHOLE])
    with Archive(path, read_only=True) as same:
        assert list(same.posts()) == [WHOLE]
        assert same.digest() == archive.digest()


def test_what_is_read_only_cannot_be_written(archive: Archive, path: Path) -> None:
    archive.put(NOTES, [WHOLE])
    with (
        Archive(path, read_only=True) as same,
        pytest.raises(ArchiveError, match="attempt to write a readonly database"),
    ):
        same.put(NOTES, [note("a")])


def test_an_empty_file_that_is_only_read_stays_empty(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    path.touch()
    with pytest.raises(ArchiveError, match="has format 0"):
        Archive(path, read_only=True)
    assert path.read_bytes() == b""


def test_an_odd_path_can_be_read_only(tmp_path: Path) -> None:
    path = tmp_path / "a b?c#d%20é" / "archive.sqlite"
    with Archive(path, create=True) as archive:
        archive.put(NOTES, [WHOLE])
    with Archive(path, read_only=True) as same:
        assert same.count() == 1
