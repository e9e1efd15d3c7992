"""What the commands about generations print for people."""

from __future__ import annotations

from dataclasses import replace

from index.generations import GenerationRecord
from qa import output_index
from tests.paper import Paper

NEW = GenerationRecord(
    "20260302T120311.000000Z",
    "2026-03-02T12:03:11+00:00",
    1412,
    20_870,
    "[b]abacus[/b]",
    61_204_113,
    is_current=True,
    problem=None,
)
OLD = replace(
    NEW,
    name="20260301T090000.000000Z",
    built_at="2026-03-01T09:00:00+00:00",
    posts=1,
    passages=1,
    model="all-MiniLM-L6-v2",
    size_bytes=940,
    is_current=False,
)
HEAD = "generation built posts passages size encoder"


def rows(paper: Paper) -> list[str]:
    return [" ".join(line.split()) for line in paper.lines]


def test_each_generation_is_a_row_and_a_star_stands_before_the_one_in_use() -> None:
    paper = Paper(width=120)
    output_index.print_generations(paper.console, [NEW, OLD])
    assert rows(paper) == [
        HEAD,
        "* 20260302T120311.000000Z 2026-03-02 1412 20870 61.2 MB [b]abacus[/b]",
        "20260301T090000.000000Z 2026-03-01 1 1 940 bytes all-MiniLM-L6-v2",
        "* in use",
    ]


def test_a_terminal_of_80_columns_is_wide_enough() -> None:
    paper = Paper(width=80)
    output_index.print_generations(paper.console, [replace(NEW, model=OLD.model)])
    assert rows(paper)[1] == (
        "* 20260302T120311.000000Z 2026-03-02 1412 20870 61.2 MB all-MiniLM-L6-v2"
    )
    assert max(map(len, paper.text.splitlines())) <= 80


def test_only_an_encoder_of_a_long_name_is_broken() -> None:
    model = "/models/" + "x" * 80
    paper = Paper(width=80)
    output_index.print_generations(paper.console, [replace(OLD, model=model)])
    assert rows(paper)[1].startswith("20260301T090000.000000Z 2026-03-01 1 1 940 bytes /models/x")
    column = paper.text.splitlines()[0].index("encoder")
    assert "".join(line[column:].strip() for line in paper.text.splitlines()[1:-1]) == model


def test_what_is_wrong_with_a_generation_is_said_below_on_one_line() -> None:
    problem = f"{'/far' * 30}/manifest.json cannot be read: Expecting value."
    broken = GenerationRecord(OLD.name, "", 0, 0, "", 940, is_current=False, problem=problem)
    paper = Paper()
    output_index.print_generations(paper.console, [NEW, broken])
    assert rows(paper)[-3:] == [
        "20260301T090000.000000Z ? ? 940 bytes",
        f"20260301T090000.000000Z: {problem}",
        "* in use",
    ]


def test_where_none_is_in_use_the_way_out_is_said() -> None:
    paper = Paper(width=120)
    output_index.print_generations(paper.console, [OLD])
    assert rows(paper)[-1] == "None of them is in use. Choose one: blogqa rollback"


def test_a_rollback_says_what_answers_and_until_when() -> None:
    paper = Paper()
    output_index.print_rollback(paper.console, NEW)
    output_index.print_rollback(paper.console, OLD)
    until = "The next blogqa build or blogqa update makes a new one from the archive as it is."
    assert paper.lines == [
        "20260302T120311.000000Z answers now: 1412 posts, 20870 passages, built 2026-03-02 12:03 "
        "UTC.",
        until,
        "20260301T090000.000000Z answers now: 1 post, 1 passage, built 2026-03-01 09:00 UTC.",
        until,
    ]
