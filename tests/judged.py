"""Sets of judged questions, written by hand, over three small posts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

POSTS = {
    "desk.md": """---
title: The standing desk
---
Stand up before you dial a stranger. Your voice is fuller on your feet.

Sit down when you write. Nobody hears you then.
""",
    "ladder.md": """---
title: The discount ladder
---
Never lower a price without getting something back for it. Ask for a longer contract first.
""",
    "kettle.md": """---
title: A kettle in the office
---
Tea is brewed in the kitchen on the second floor.
""",
}

QUESTIONS: tuple[dict[str, Any], ...] = (
    {"id": "q1", "kind": "single", "question": "should I stand up when I dial a stranger?"},
    {"id": "q2", "kind": "single", "question": "what do I ask for when I lower a price?"},
    {
        "id": "q3",
        "kind": "followup",
        "question": "and when I write?",
        "history": ["should I stand up when I dial a stranger?"],
        "standalone": "do I stand up or sit down when I write?",
    },
    {"id": "q4", "kind": "unanswerable", "question": "what is the boiling point of tungsten?"},
)

JUDGMENTS = (
    "q1\tdesk\t2\tYour *voice* is fuller on your feet",
    "q2\tladder\t2\tAsk for a longer contract first",
    "q2\tdesk\t1\tSit down when you write",
    "q3\tdesk\t1\tSit down when you write. Nobody hears you then",
)

HEADER = "question_id\tpost\tgrade\tquote"


def write_posts(folder: Path) -> Path:
    """Write :data:`POSTS` into ``folder``; gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in POSTS.items():
        (folder / name).write_text(text)
    return folder


def write_set(
    folder: Path,
    questions: Iterable[Mapping[str, Any]] = QUESTIONS,
    judgments: Iterable[str] = JUDGMENTS,
) -> Path:
    """Write a set in blogqa's own format into ``folder``; gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_rows(folder / "questions.jsonl", questions)
    (folder / "qrels.tsv").write_text("\n".join([HEADER, *judgments]) + "\n")
    return folder


DOCUMENTS: tuple[dict[str, Any], ...] = (
    {
        "_id": "d.1",
        "title": "The standing desk",
        "text": "Stand up before you dial a stranger.\n\nYour voice is fuller on your feet.",
    },
    {"_id": "d/2", "title": "", "text": "Never lower a price without getting something back."},
    {"_id": "d3", "text": "  "},
)

QUERIES: tuple[dict[str, Any], ...] = (
    {
        "_id": "1",
        "text": "do I stand up when I dial a stranger?",
        "answers": ["before you dial", "never"],
    },
    {"_id": "2", "text": "and a price?", "metadata": {"history": ["should I stand up?"]}},
    {"_id": "3", "text": "of another split"},
    {"_id": "4", "text": "what is tungsten?", "metadata": {"kind": "unanswerable"}},
)

QRELS = ("1\td.1\t1", "2\td/2\t1", "2\td.1\t0")


def write_beir(
    folder: Path,
    documents: Iterable[Mapping[str, Any]] = DOCUMENTS,
    queries: Iterable[Mapping[str, Any]] = QUERIES,
    qrels: Iterable[str] = QRELS,
) -> Path:
    """Write a set in the layout of BEIR into ``folder``; gives the folder."""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    write_rows(folder / "corpus.jsonl", documents)
    write_rows(folder / "queries.jsonl", queries)
    lines = ["query-id\tcorpus-id\tscore", *qrels]
    (folder / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n")
    return folder


def write_rows(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line."""
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
