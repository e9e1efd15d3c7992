"""Judged sets in BEIR's layout."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.types import Block
from qa.beir import read_posts
from qa.errors import JudgmentsError
from qa.judgments import Judged, read_set
from tests import judged


def test_the_queries_of_a_split_come_with_their_judgments(tmp_path: Path) -> None:
    found = read_set(judged.write_beir(tmp_path / "set"))
    assert found.corpus == tmp_path / "set" / "corpus.jsonl"
    assert found.questions == (
        Judged(
            "1",
            "single",
            "do I stand up when I dial a stranger?",
            grades={"d.1": 1},
            answers=("before you dial", "never"),
        ),
        Judged("2", "followup", "and a price?", history=("should I stand up?",), grades={"d/2": 1}),
        Judged("4", "unanswerable", "what is tungsten?"),
    )
    assert found.post_name("d.1") == "d.1"


def test_another_split_has_other_queries(tmp_path: Path) -> None:
    folder = judged.write_beir(tmp_path)
    (folder / "qrels" / "train.tsv").write_text("3\td.1\t1\n")  # without a header
    assert [each.id for each in read_set(folder, "train").questions] == ["3", "4"]


def test_a_split_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    folder = judged.write_beir(tmp_path)
    with pytest.raises(JudgmentsError) as raised:
        read_set(folder, "dev")
    assert raised.value.message == f"There is no {folder}/qrels/dev.tsv."
    assert raised.value.hint == "Choose one that is there with --split: test."


def test_documents_are_posts_in_paragraphs(tmp_path: Path) -> None:
    corpus = judged.write_beir(tmp_path) / "corpus.jsonl"
    first, second = read_posts(corpus, "corpus")
    assert (first.place, first.title, first.source) == ("d.1", "The standing desk", "corpus")
    assert first.blocks == (
        Block("paragraph", "Stand up before you dial a stranger."),
        Block("paragraph", "Your voice is fuller on your feet."),
    )
    assert (second.place, second.title) == ("d/2", "")
    assert first.id != second.id
    assert [each.origin for each in read_posts(corpus, "corpus")] == [first.origin, second.origin]


ONE = judged.DOCUMENTS[:1]


@pytest.mark.parametrize(
    ("documents", "queries", "qrels", "message"),
    [
        (
            judged.DOCUMENTS,
            judged.QUERIES,
            ["1\td.1\t1", "1\tgone\t1"],
            "qrels/test.tsv, line 3: the document 'gone' is not in corpus.jsonl.",
        ),
        (
            ONE,
            judged.QUERIES,
            ["1\td.1"],
            "qrels/test.tsv, line 2: query, document and grade are wanted, with tabs.",
        ),
        (
            ONE,
            judged.QUERIES,
            ["9\td.1\t1"],
            "qrels/test.tsv, line 2: the question '9' is not in queries.jsonl.",
        ),
        (
            ONE,
            [*judged.QUERIES, {"_id": "1", "text": "again"}],
            ["1\td.1\t1"],
            "queries.jsonl has two questions with the id '1'.",
        ),
        (
            ONE,
            [{"_id": "1", "text": "x", "metadata": ["a"]}],
            ["1\td.1\t1"],
            "queries.jsonl, line 1: 'metadata' is ['a']; an object is wanted.",
        ),
        (
            ONE,
            [{"_id": "1", "text": "x", "metadata": {"history": ["a"] * 11}}],
            ["1\td.1\t1"],
            "queries.jsonl, line 1: its history has 11 turns; at most 10 are looked at.",
        ),
        ([{"title": "x"}], [], [], "corpus.jsonl, line 1: '_id' is None; a text is wanted."),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path,
    documents: Sequence[dict[str, Any]],
    queries: Sequence[dict[str, Any]],
    qrels: Sequence[str],
    message: str,
) -> None:
    folder = judged.write_beir(tmp_path / "set", documents, queries, qrels)
    with pytest.raises(JudgmentsError) as raised:
        read_set(folder)
    assert raised.value.message == f"{folder}/{message}"


def test_a_document_whose_text_is_none_is_named(tmp_path: Path) -> None:
    corpus = judged.write_beir(tmp_path, [{"_id": "d", "text": 3}]) / "corpus.jsonl"
    with pytest.raises(JudgmentsError) as raised:
        list(read_posts(corpus, "corpus"))
    assert raised.value.message == f"{corpus}, line 1: 'text' is 3; a text is wanted."
