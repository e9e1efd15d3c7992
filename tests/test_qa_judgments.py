"""Judged questions as they are read, and what is said of those that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa.errors import JudgmentsError
from qa.judgments import Judged, digest_of, file_stem, read_set
from tests import judged


def test_questions_come_with_their_judgments(tmp_path: Path) -> None:
    found = read_set(judged.write_set(tmp_path / "small"))
    assert (found.name, found.corpus, found.answering_grade) == ("small", None, 2)
    assert found.questions == (
        Judged(
            "q1",
            "single",
            "should I stand up when I dial a stranger?",
            grades={"desk": 2},
            quotes={"desk": ("Your *voice* is fuller on your feet",)},
        ),
        Judged(
            "q2",
            "single",
            "what do I ask for when I lower a price?",
            grades={"ladder": 2, "desk": 1},
            quotes={
                "ladder": ("Ask for a longer contract first",),
                "desk": ("Sit down when you write",),
            },
        ),
        Judged(
            "q3",
            "followup",
            "and when I write?",
            history=("should I stand up when I dial a stranger?",),
            grades={"desk": 1},
            quotes={"desk": ("Sit down when you write. Nobody hears you then",)},
            standalone="do I stand up or sit down when I write?",
        ),
        Judged("q4", "unanswerable", "what is the boiling point of tungsten?"),
    )


def test_the_digest_is_that_of_the_files(tmp_path: Path) -> None:
    one = read_set(judged.write_set(tmp_path / "one"))
    same = read_set(judged.write_set(tmp_path / "same"))
    other = read_set(judged.write_set(tmp_path / "other", judgments=judged.JUDGMENTS[:2]))
    assert one.digest == same.digest != other.digest
    assert one.digest == digest_of(
        [tmp_path / "one" / "questions.jsonl", tmp_path / "one" / "qrels.tsv"]
    )


def test_a_post_judged_twice_has_the_higher_grade_and_both_quotes(tmp_path: Path) -> None:
    judgments = ["q1\tdesk\t2\tone", "q1\tdesk\t1\tother", "q1\tladder\t0\tno help"]
    (first, *_) = read_set(judged.write_set(tmp_path, judgments=judgments)).questions
    assert (first.grades, first.quotes) == ({"desk": 2}, {"desk": ("one", "other")})


def test_quotes_and_posts_are_read_as_they_stand(tmp_path: Path) -> None:
    judgments = ['q1\tdesk \t1\ta "quote, with\u2028a\x0cbreak', ""]
    (first, *_) = read_set(judged.write_set(tmp_path, judgments=judgments)).questions
    assert first.quotes == {"desk ": ('a "quote, with\u2028a\x0cbreak',)}


def test_where_no_post_has_grade_two_a_grade_of_one_answers(tmp_path: Path) -> None:
    assert read_set(judged.write_set(tmp_path, judgments=["q1\tdesk\t1\t"])).answering_grade == 1


def test_the_kind_is_told_by_the_history_where_it_is_not_said(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "q1", "question": "one"},
        {"id": "q2", "question": "two", "history": ["one"]},
    ]
    found = read_set(judged.write_set(tmp_path, rows, judged.JUDGMENTS[:2])).questions
    assert [each.kind for each in found] == ["single", "followup"]


@pytest.mark.parametrize(
    ("place", "stem"),
    [("a/b/desk.md", "desk"), ("desk .md", "desk "), ("v1.2 notes.md", "v1.2 notes"), ("x", "x")],
)
def test_a_post_is_called_by_its_files_stem(place: str, stem: str) -> None:
    assert file_stem(place) == stem


def add(name: str, line: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        with (folder / name).open("a") as file:
            file.write(line + "\n")

    return spoil


def replace(name: str, content: bytes) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return spoil


ELEVEN = '["a"' + ', "a"' * 10 + "]"


@pytest.mark.parametrize(
    ("spoil", "message", "hint"),
    [
        (
            add("questions.jsonl", '{"id": "q5"'),
            "questions.jsonl, line 5: it is no JSON (Expecting ',' delimiter: line 1 column 12 "
            "(char 11)).",
            "Mend the line.",
        ),
        (
            add("questions.jsonl", "[]"),
            "questions.jsonl, line 5: it is no JSON object.",
            "Mend the line.",
        ),
        (
            add("questions.jsonl", '{"id": "q5", "question": " "}'),
            "questions.jsonl, line 5: 'question' is ' '; a text is wanted.",
            "Mend the line.",
        ),
        (
            add("questions.jsonl", '{"id": "q5", "question": "x", "history": ["a", 1]}'),
            "questions.jsonl, line 5: 'history' is ['a', 1]; a list of texts is wanted.",
            "Mend the line.",
        ),
        (
            add("questions.jsonl", '{"id": "q5", "question": "x", "history": "a"}'),
            "questions.jsonl, line 5: 'history' is 'a'; a list of texts is wanted.",
            "Mend the line.",
        ),
        (
            add("questions.jsonl", f'{{"id": "q5", "question": "x", "history": {ELEVEN}}}'),
            "questions.jsonl, line 5: its history has 11 turns; at most 10 are looked at.",
            "Leave the oldest out.",
        ),
        (
            add("questions.jsonl", '{"id": "q5", "question": "x", "standalone": 3}'),
            "questions.jsonl, line 5: 'standalone' is 3; a text is wanted.",
            "Mend the line.",
        ),
        (
            add("questions.jsonl", '{"id": "q1", "question": "x"}'),
            "questions.jsonl has two questions with the id 'q1'.",
            "Give each an id of its own.",
        ),
        (
            add("qrels.tsv", "q1\tdesk\t2"),
            "qrels.tsv, line 6: 4 columns with tabs between are wanted.",
            "Mend the line.",
        ),
        (
            add("qrels.tsv", "q1\tdesk\tgood\tx"),
            "qrels.tsv, line 6: the grade is 'good'; a whole number up to 10 is wanted.",
            "Mend the line.",
        ),
        (
            add("qrels.tsv", "q1\tdesk\t11\tx"),
            "qrels.tsv, line 6: the grade is '11'; a whole number up to 10 is wanted.",
            "Mend the line.",
        ),
        (
            add("qrels.tsv", "q9\tdesk\t1\tx"),
            "qrels.tsv, line 6: the question 'q9' is not in questions.jsonl.",
            "Mend the line.",
        ),
        (
            replace("qrels.tsv", b"q1\tdesk\t2\tx\n"),
            "qrels.tsv, line 1: the first line must be question_id, post, grade, quote, with tabs.",
            "Mend the line.",
        ),
        (
            replace("qrels.tsv", b""),
            "qrels.tsv, line 1: the first line must be question_id, post, grade, quote, with tabs.",
            "Mend the line.",
        ),
        (
            replace("qrels.tsv", b"question_id\tpost\tgrade\tquote\n"),
            "{folder} holds no question with a judged post.",
            "Write judgments into {folder}/qrels.tsv; without any nothing can be measured.",
        ),
        (
            replace("questions.jsonl", b"\xff\xfe"),
            "questions.jsonl cannot be read: it is not UTF-8 text.",
            "Mend it, or name another set.",
        ),
        (
            lambda folder: (folder / "qrels.tsv").unlink(),
            "qrels.tsv cannot be read: No such file or directory.",
            "Mend it, or name another set.",
        ),
        (
            lambda folder: (folder / "questions.jsonl").unlink(),
            "{folder} holds neither questions.jsonl nor corpus.jsonl.",
            "A set is a folder with questions.jsonl and qrels.tsv, or laid out as BEIR has it: "
            "corpus.jsonl, queries.jsonl, qrels/test.tsv.",
        ),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, spoil: Callable[[Path], None], message: str, hint: str
) -> None:
    folder = judged.write_set(tmp_path / "set")
    spoil(folder)
    with pytest.raises(JudgmentsError) as raised:
        read_set(folder)
    said = message if message.startswith("{folder}") else f"{{folder}}/{message}"
    assert raised.value.message == said.replace("{folder}", str(folder))
    assert raised.value.hint == hint.replace("{folder}", str(folder))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(JudgmentsError) as raised:
        read_set(tmp_path / "gone")
    assert raised.value.message == f"There is no folder {tmp_path}/gone."
