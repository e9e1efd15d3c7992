"""What the commands about sources and posts print, for people and for programs."""

from __future__ import annotations

import json
from datetime import date

import pytest

from corpus.archive import PostSummary
from corpus.errors import SourceError
from corpus.intake import ImportReport
from corpus.types import Block, Mark, Passage, Post, Skipped, Source, Span
from qa import output, output_archive
from qa.posts import PostDetails
from tests.paper import Paper

SOURCE = Source("posts", "markdown", "/posts")
POST = Post(
    "a-1",
    "posts",
    "a.md",
    "[b]A[/b]",
    (Block("heading", "Head", 2), Block("item", "Stand up.", 1, "1.", (Mark(0, 5, "em"),))),
    "https://blog.example/a",
    "Ada",
    date(2020, 3, 2),
    None,
    ("x", "y"),
)
DETAILS = PostDetails(POST, (("posts", "a.md"), ("feed", "feed.xml#1")), ("b-2",), None)


def lines(paper: Paper) -> list[str]:
    return [" ".join(line.split()) for line in paper.lines]


@pytest.mark.parametrize(
    ("report", "row", "more"),
    [
        (ImportReport(SOURCE, new=("a", "b")), "2 0 0 0 0", []),
        (ImportReport(SOURCE, ("a",), ("b", "c"), (), ("d",)), "1 2 0 1 0", []),
        (ImportReport(SOURCE, unchanged=("a",)), "0 0 1 0 0", ["Nothing changed."]),
        (
            ImportReport(SOURCE, new=("a",), dry_run=True),
            "1 0 0 0 0",
            ["This was a dry run: nothing was changed."],
        ),
    ],
)
def test_an_import_is_counted(report: ImportReport, row: str, more: list[str]) -> None:
    paper = Paper()
    output_archive.print_imports(paper.console, [report])
    assert lines(paper) == [
        "source kind new changed unchanged removed skipped",
        f"posts markdown {row}",
        *more,
    ]


def test_what_was_skipped_is_named_with_the_reason_the_unreadable_first() -> None:
    skipped = (
        *(Skipped(f"[{number}].md", "is [a] draft") for number in range(8)),
        Skipped("x.md", "no text"),
        Skipped("[8].md", "is [a] draft"),
        Skipped("b.xml", "is cut off", unreadable=True),
    )
    paper = Paper()
    reports = [ImportReport(SOURCE, unchanged=("a",), skipped=skipped)]
    output_archive.print_imports(paper.console, reports)
    assert lines(paper)[1:] == [
        "posts markdown 0 0 1 0 11",
        "skipped of posts because",
        "b.xml is cut off",
        *(f"[{number}].md is [a] draft" for number in range(5)),
        "and 4 more is [a] draft",
        "x.md no text",
        "(all of them with --json)",
        "Nothing changed.",
    ]


def test_an_import_as_data_says_it_all() -> None:
    report = ImportReport(SOURCE, new=("a",), skipped=(Skipped("b.md", "no text"),))
    assert json.loads(output.as_json(output_archive.import_data(report))) == {
        "source": {
            "id": "posts",
            "kind": "markdown",
            "location": "/posts",
            "full": True,
            "base_url": None,
            "include_pages": False,
        },
        "new": ["a"],
        "changed": [],
        "unchanged": [],
        "removed": [],
        "skipped": [{"place": "b.md", "reason": "no text", "unreadable": False}],
        "dry_run": False,
    }


def test_a_source_that_could_not_be_read() -> None:
    error = SourceError("/posts: is gone.", "Look for it.")
    paper = Paper()
    output_archive.print_failure(paper.console, SOURCE, error)
    assert lines(paper) == [
        "posts could not be read; its posts stay as they are.",
        "Error: /posts: is gone.",
        "Look for it.",
    ]
    data = output_archive.failure_data(SOURCE, error)
    assert data["source"]["id"] == "posts"
    assert data["error"] == {
        "code": "source_error",
        "message": "/posts: is gone.",
        "hint": "Look for it.",
    }


def test_sources_and_posts_are_tables() -> None:
    paper = Paper()
    output_archive.print_sources(paper.console, [(SOURCE, 12)])
    summary = PostSummary("a-1", "[b]A[/b]", None, None, date(2020, 3, 2), "posts", 7)
    output_archive.print_summaries(paper.console, [summary])
    assert lines(paper) == [
        "name kind posts location",
        "posts markdown 12 /posts",
        "2020-03-02 [b]A[/b] · 7 words",
        "a-1",
        "1 post",
    ]
    assert json.loads(output.as_json([output_archive.summary_data(summary)]))[0] == {
        "id": "a-1",
        "title": "[b]A[/b]",
        "url": None,
        "author": None,
        "published": "2020-03-02",
        "source": "posts",
        "words": 7,
    }


def test_a_post_that_is_not_in_the_index_is_shown_with_its_text() -> None:
    paper = Paper()
    output_archive.print_details(paper.console, DETAILS)
    assert lines(paper) == [
        "[b]A[/b]",
        "author Ada",
        "published 2 March 2020",
        "tags x, y",
        "address https://blog.example/a",
        "found in posts, at a.md",
        "found in feed, at feed.xml#1",
        "nearly the same as b-2",
        "Not in the index yet: blogqa build",
        "Head",
        "1. Stand up.",
    ]
    assert output_archive.details_data(DETAILS)["passages"] is None


def test_a_post_is_shown_with_its_passages() -> None:
    passage = Passage("a-1.0", "a-1", 0, "Stand up.", ("Head",), 6, 15, (Span(0, 9),))
    details = PostDetails(POST, (), (), (passage,))
    paper = Paper()
    output_archive.print_details(paper.console, details)
    assert lines(paper)[-2:] == ["Passage 1 > Head", "Stand up."]
    data = json.loads(output.as_json(output_archive.details_data(details)))
    assert data["passages"] == [
        {"id": "a-1.0", "heading": ["Head"], "start": 6, "end": 15, "text": "Stand up."}
    ]
    assert data["blocks"][1] == {
        "kind": "item",
        "text": "Stand up.",
        "level": 1,
        "marker": "1.",
        "marks": [[0, 5, "em"]],
    }
