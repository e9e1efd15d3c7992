"""Judged sets in the layout of BEIR: ``corpus.jsonl``, ``queries.jsonl``, ``qrels/SPLIT.tsv``.

Thakur et al., 2021. What a query has beside its text (history, kind, answers) stands in it or in
its ``metadata``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus.identity import post_id
from corpus.types import Block, Post
from qa.errors import JudgmentsError
from qa.judged_rows import (
    as_grade,
    broken,
    history_of,
    json_lines,
    lines_of,
    optional_text,
    strings_of,
    text_of,
)
from qa.judgments import FOLLOW_UP, SINGLE, UNANSWERABLE, Judged, check_ids

CORPUS_FILE, QUERIES_FILE = "corpus.jsonl", "queries.jsonl"


def judgments_file(folder: Path, split: str) -> Path:
    """The file with the judgments of ``split``; JudgmentsError, naming those there are, if none."""
    file = folder / "qrels" / f"{split}.tsv"
    if not file.is_file():
        splits = sorted(each.stem for each in (folder / "qrels").glob("*.tsv"))
        raise JudgmentsError(
            f"There is no {file}.",
            f"Choose one that is there with --split: {', '.join(splits)}."
            if splits
            else f"{folder} has a {CORPUS_FILE}, so its judgments belong there.",
        )
    return file


def read_questions(corpus: Path, queries: Path, judgments: Path) -> list[Judged]:
    """The queries that there are judgments of, and those marked as unanswerable."""
    documents = {text_of(row, "_id", corpus, number) for number, row in json_lines(corpus)}
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    judged_at: dict[str, int] = {}
    for number, line in lines_of(judgments):
        cells = line.split("\t")
        if number == 1 and cells[-1] == "score":
            continue
        if len(cells) != 3:
            raise broken(judgments, number, "query, document and grade are wanted, with tabs")
        query, document, grade = cells
        judged_at.setdefault(query, number)
        if document not in documents:
            raise broken(
                judgments,
                number,
                f"the document {document!r} is not in {corpus.name}",
                "Correct the id, or leave the judgment out.",
            )
        value = as_grade(grade, judgments, number)
        if value > 0:
            grades[query][document] = value
    questions, ids = [], []
    for number, row in json_lines(queries):
        id = text_of(row, "_id", queries, number)
        ids.append(id)
        more = row | _metadata(row, queries, number)
        history = history_of(more, queries, number)
        kind = str(more.get("kind") or (FOLLOW_UP if history else SINGLE))
        if id not in judged_at and kind != UNANSWERABLE:
            continue  # it belongs to another split
        questions.append(
            Judged(
                id=id,
                kind=kind,
                question=text_of(row, "text", queries, number),
                history=history,
                grades=grades[id],
                standalone=optional_text(more, "standalone", queries, number),
                answers=strings_of(more, "answers", queries, number),
            )
        )
    check_ids(ids, judged_at, queries, judgments)
    return questions


def _metadata(row: Mapping[str, Any], file: Path, number: int) -> dict[str, Any]:
    metadata = row.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise broken(file, number, f"'metadata' is {metadata!r}; an object is wanted")
    return metadata


def read_posts(corpus: Path, source: str) -> Iterator[Post]:
    """The documents as posts at the place that is their id; those without text are left out."""
    for number, row in json_lines(corpus):
        place = text_of(row, "_id", corpus, number)
        text = row.get("text")
        if not isinstance(text, str):
            raise broken(corpus, number, f"'text' is {text!r}; a text is wanted")
        paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
        if not paragraphs:
            continue
        title = str(row.get("title") or "").strip()
        yield Post(
            id=post_id(url=None, source=source, place=place),
            source=source,
            place=place,
            title=title,
            blocks=tuple(Block("paragraph", each) for each in paragraphs),
            origin=sha256(f"{title}\n{text}".encode()).hexdigest(),
        )
