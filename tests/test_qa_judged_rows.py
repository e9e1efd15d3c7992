"""Lines of judged questions, one by one; what is said of broken ones is in test_qa_judgments."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.errors import JudgmentsError
from qa.judged_rows import as_grade, history_of, json_lines, lines_of, optional_text, strings_of

FILE = Path("questions.jsonl")


def test_only_line_feeds_end_a_line_and_empty_ones_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_bytes("\ufeffone \r\n\n \ntwo\u2028\x0c\x85three".encode())
    assert list(lines_of(file)) == [(1, "one "), (4, "two\u2028\x0c\x85three")]


def test_objects_come_with_the_numbers_of_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_text('{"a": 1}\n\n{"a": 2}\n')
    assert list(json_lines(file)) == [(1, {"a": 1}), (3, {"a": 2})]


@pytest.mark.parametrize(
    ("text", "grade"), [("2", 2), ("0", 0), ("-1", -1), (" 1 ", 1), ("10", 10)]
)
def test_a_grade_is_a_whole_number(text: str, grade: int) -> None:
    assert as_grade(text, FILE, 1) == grade


@pytest.mark.parametrize("text", ["", "1.5", "11", "good"])
def test_anything_else_is_no_grade(text: str) -> None:
    with pytest.raises(JudgmentsError):
        as_grade(text, FILE, 1)


def test_what_may_be_left_out_may_also_be_null() -> None:
    row = {"history": None, "answers": ["x"], "standalone": None}
    assert history_of(row, FILE, 1) == ()
    assert strings_of(row, "answers", FILE, 1) == ("x",)
    assert optional_text(row, "standalone", FILE, 1) is None
    assert optional_text({}, "standalone", FILE, 1) is None


def test_ten_turns_are_a_history_and_eleven_too_many() -> None:
    assert len(history_of({"history": ["a"] * 10}, FILE, 1)) == 10
    with pytest.raises(JudgmentsError, match=r"11 turns; at most 10"):
        history_of({"history": ["a"] * 11}, FILE, 1)
