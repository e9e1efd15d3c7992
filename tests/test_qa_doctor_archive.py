"""The archive examined: the file, its sources, and its posts."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.archive import Archive
from corpus.tables import SCHEMA_VERSION
from corpus.types import Block, Post, Source
from qa.doctor import diagnose
from qa.findings import Finding
from qa.imports import import_source
from qa.settings import Settings
from tests import checkups

WORDS = " ".join(f"word{number}" for number in range(100))


def sql(settings: Settings, statement: str) -> None:
    with sqlite3.connect(settings.archive_file) as connection:
        connection.execute(statement)
    connection.close()


def test_a_whole_archive(home: Settings) -> None:
    assert checkups.found(home, "archive", "sources", "posts") == [
        Finding("archive", "ok", f"The archive {home.archive_file} is whole."),
        Finding("sources", "ok", "1 source, each with posts."),
        Finding("posts", "ok", "3 posts in the archive."),
    ]


def test_nothing_imported_yet(settings: Settings) -> None:
    assert checkups.unwell(settings) == [
        Finding(
            "archive",
            "error",
            f"There is no archive at {settings.archive_file}.",
            "Import posts first: blogqa import SOURCE",
        ),
        Finding(
            "index",
            "error",
            f"There is no index in {settings.index_folder}.",
            "Build it: blogqa build",
        ),
    ]


def test_an_index_answers_without_an_archive(home: Settings) -> None:
    home.archive_file.unlink()
    assert checkups.unwell(home) == [
        Finding(
            "archive",
            "warning",
            f"There is no archive at {home.archive_file}: the index answers, but it cannot be "
            "built again.",
            "Bring the archive back, or import the sources again: blogqa import SOURCE",
        )
    ]


@pytest.mark.parametrize("content", ["nothing at all", "no posts"])
def test_an_archive_without_posts(settings: Settings, content: str) -> None:
    if content == "no posts":
        Archive(settings.archive_file, create=True).close()
    else:
        settings.archive_file.touch()
    assert checkups.found(settings, "archive_empty") == [
        Finding(
            "archive_empty",
            "warning",
            f"The archive {settings.archive_file} holds no post.",
            "Import posts: blogqa import SOURCE",
        )
    ]


def test_a_file_that_is_no_archive(home: Settings) -> None:
    home.archive_file.write_text("no database at all, however long it may be " * 9)
    assert checkups.unwell(home) == [
        Finding(
            "archive",
            "error",
            f"The archive {home.archive_file} cannot be opened: file is not a database.",
            "Check that it is a file of blogqa's, and that it and its folder can be written.",
        )
    ]


def test_an_archive_of_another_format(home: Settings) -> None:
    sql(home, "PRAGMA user_version = 99")
    (finding,) = checkups.unwell(home)
    assert (finding.name, finding.severity) == ("archive", "error")
    assert finding.message == (
        f"The archive {home.archive_file} has format 99; this blogqa reads {SCHEMA_VERSION}."
    )
    assert finding.remedy.startswith("Move it away and import the sources again (/")


def test_an_archive_that_is_damaged_inside(home: Settings) -> None:
    connection = sqlite3.connect(home.archive_file)
    ((page, size),) = connection.execute(
        "SELECT rootpage, page_size FROM sqlite_master, pragma_page_size "
        "WHERE name = 'sqlite_autoindex_versions_1'"
    ).fetchall()
    connection.close()
    content = bytearray(home.archive_file.read_bytes())
    start = (page - 1) * size
    content[start + 3 : start + 5] = bytes(2)  # how many cells the page has
    home.archive_file.write_bytes(content)
    (finding,) = checkups.unwell(home)
    assert (finding.name, finding.severity) == ("archive", "error")
    assert re.fullmatch(
        rf"The archive {home.archive_file} is damaged: "
        rf"Fragmentation of \d+ bytes reported as 0 on page {page}\.",
        finding.message,
    )
    assert finding.remedy == (
        "Bring it back from a copy, or move it away and import the sources again."
    )


def test_a_post_that_another_program_spoilt(home: Settings) -> None:
    sql(home, "UPDATE versions SET published = 'soon' WHERE title = 'Desk'")
    (finding,) = checkups.unwell(home)
    assert (finding.name, finding.severity) == ("archive", "error")
    assert finding.message.startswith(
        f"The archive {home.archive_file} holds a post that cannot be read: "
    )
    assert "'soon'" in finding.message


KILLED = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 2")  # so that pages are written before the end
connection.execute("BEGIN IMMEDIATE")
connection.execute("CREATE TABLE big (x)")
connection.executemany("INSERT INTO big VALUES (randomblob(3000))", [()] * 100)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_import_that_was_killed_is_named_and_left_as_it_is(home: Settings) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, home.archive_file], check=False)
    assert killed.returncode == -signal.SIGKILL
    journal = home.home / "archive.sqlite-journal"
    before = journal.read_bytes(), home.archive_file.read_bytes()
    assert checkups.unwell(home) == [
        Finding(
            "archive",
            "error",
            f"An import into {home.archive_file} was stopped before it ended.",
            "Nothing of it counts. What it left is undone by any command that may write: "
            "blogqa sources",
        )
    ]
    assert (journal.read_bytes(), home.archive_file.read_bytes()) == before
    with Archive(home.archive_file) as archive:
        assert [source.id for source in archive.sources()] == ["posts"]
    assert checkups.unwell(home) == []


def test_a_source_that_is_gone(home: Settings, tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_text("Write down the answer word for word.\n")
    import_source(home, file)
    assert checkups.found(home, "source_location") == []
    file.unlink()
    assert checkups.found(home, "source_location", "sources") == [
        Finding(
            "source_location",
            "warning",
            f"The source notes cannot be read again: there is nothing at {file}. Its posts stay, "
            "but blogqa update fails.",
            "If it has moved: blogqa import PATH --name notes. To give it and its posts up: "
            "blogqa forget notes",
        )
    ]


def test_a_source_at_an_impossible_place(home: Settings) -> None:
    sql(home, f"UPDATE sources SET location = '/{'x' * 300}'")
    (finding,) = checkups.found(home, "source_location")
    assert f"cannot be read again: /{'x' * 300}: File name too long." in finding.message


def test_a_source_on_the_web_is_not_looked_for(home: Settings) -> None:
    sql(home, "UPDATE sources SET location = 'https://127.0.0.1:1/'")
    assert checkups.unwell(home) == []


def test_a_source_without_posts(home: Settings, tmp_path: Path) -> None:
    sql(
        home,
        'INSERT INTO sources (id, kind, location, "full", include_pages, origin, skipped) '
        f"SELECT 'bare', kind, '{tmp_path}', 1, 0, origin, skipped FROM sources LIMIT 1",
    )
    assert checkups.found(home, "source_posts", "sources") == [
        Finding(
            "source_posts",
            "warning",
            "The source bare holds no post.",
            f"Look at {tmp_path}, or give the source up: blogqa forget bare",
        )
    ]


def put(settings: Settings, *posts: Post) -> None:
    with Archive(settings.archive_file, create=True) as archive:
        archive.put(Source("more", "feed", "https://blog.example/feed", full=False), posts)


def post(id: str, *texts: str) -> Post:
    blocks = tuple(Block("paragraph", text) for text in texts)
    return Post(id, "more", id, id.title(), (Block("heading", "Head", 2), *blocks))


def test_copies_are_counted(home: Settings) -> None:
    put(home, post("a", WORDS), post("b", WORDS), post("c", f"{WORDS} more"))
    assert checkups.found(home, "copies") == [
        Finding(
            "copies",
            "info",
            "2 posts nearly the same as 1 other: of those alike only one answers.",
        )
    ]


def test_posts_without_text_date_or_address_are_counted(home: Settings) -> None:
    put(home, *(post(f"bare-{number}") for number in range(5)), post("blank", "  "), post("a", "A"))
    assert [each for each in diagnose(home) if each.severity == "info"] == [
        Finding(
            "posts_without_text",
            "info",
            "6 posts without text, which cannot answer: bare-0, bare-1, bare-2 and 3 more.",
        ),
        Finding(
            "posts_without_date",
            "info",
            "7 posts without a date, which no date filter lets through.",
        ),
        Finding(
            "posts_without_address",
            "info",
            "7 posts without a public address: links open the local reader.",
        ),
    ]
