"""Other words for the same: read from a file, found in a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import IndexingError
from index.vocabulary import VOCABULARY_FILE, Meaning, Vocabulary

LINES = """\
# roles
sdr, sales rep
rep, seller

silence > no reply, quiet
"""


def analyze(text: str) -> list[str]:
    return [word for word in text.lower().split() if word != "no"]


@pytest.fixture
def vocabulary(tmp_path: Path) -> Vocabulary:
    path = tmp_path / "words.txt"
    path.write_text(LINES)
    return Vocabulary([path], analyze)


def test_words_of_a_line_stand_for_each_other(vocabulary: Vocabulary) -> None:
    assert vocabulary.meanings(["an", "sdr", "calls"]) == [
        Meaning(("an",)),
        Meaning(("sdr",), (("sales", "rep"),)),
        Meaning(("calls",)),
    ]
    assert vocabulary.meanings(["seller"]) == [Meaning(("seller",), (("rep",),))]


def test_the_longest_of_what_begins_alike_counts(vocabulary: Vocabulary) -> None:
    assert vocabulary.meanings(["sales", "rep", "sales"]) == [
        Meaning(("sales", "rep"), (("sdr",),)),
        Meaning(("sales",)),
    ]


def test_an_arrow_points_one_way(vocabulary: Vocabulary) -> None:
    assert vocabulary.meanings(["silence"]) == [Meaning(("silence",), (("reply",), ("quiet",)))]
    assert vocabulary.meanings(["quiet"]) == [Meaning(("quiet",))]


def test_what_is_said_twice_means_the_same(vocabulary: Vocabulary) -> None:
    assert vocabulary.meanings(["rep", "and", "rep"]) == [
        Meaning(("rep",), (("seller",),)),
        Meaning(("and",)),
    ]


def test_files_add_to_each_other(tmp_path: Path) -> None:
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text("sdr, sales rep\n")
    second.write_text("# of the archive\nsdr, setter\n")
    both = Vocabulary([first, second], analyze)
    assert both.meanings(["sdr"]) == [Meaning(("sdr",), (("sales", "rep"), ("setter",)))]
    assert both.meanings(["setter"]) == [Meaning(("setter",), (("sdr",),))]


def test_nothing_means_nothing(vocabulary: Vocabulary, tmp_path: Path) -> None:
    assert vocabulary.meanings([]) == []
    (tmp_path / "empty.txt").write_text("")
    empty = Vocabulary([tmp_path / "empty.txt"], analyze)
    assert empty.meanings(["rep"]) == [Meaning(("rep",))]


def test_an_expression_without_a_term_is_named(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("# answers\nnay, no\n")
    with pytest.raises(IndexingError) as caught:
        Vocabulary([path], analyze)
    assert caught.value.message == (
        f"{path}, line 2 has an expression without a word to search for: 'nay, no'."
    )
    assert caught.value.hint == "Mend that line, or take it out."


def test_no_expression_of_the_shipped_file_stands_twice_on_a_line() -> None:
    for line in VOCABULARY_FILE.read_text().splitlines():
        if not line.startswith("#"):
            said = [each.strip() for each in line.replace(">", ",").split(",")]
            assert len(set(said)) == len(said), line
