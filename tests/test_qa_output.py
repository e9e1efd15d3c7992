"""What the command line prints, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import SourceError
from corpus.types import Span
from index.report import BuildReport, Restart
from index.types import ChipCount, Filters, Stages
from qa import output
from qa.ask import ask
from qa.types import Answer, Citation, Explanation, Subject, Why
from qa.workspace import Overview
from tests.hits import MadeSearcher, made_hit
from tests.paper import Paper
from web.schemas import AnswerOut

STAND = "Stand up before you dial a stranger."
MARKUP = "[bold]Not[/bold] [/] markup [red]at all."
ANSWER = replace(
    ask(
        MadeSearcher([made_hit((STAND, 0.8), ("Coffee is at ten in the kitchen.", 0.1))]),
        "stand up?",
        limit=6,
        least_confidence=0,
    ),
    id="a",
    took_ms=12.345,
)
BUILD = BuildReport("g", 2, 1, 1, 0, 0.04, {"cut": 0.01, "encode": 0.26}, published=True)
OVERVIEW = Overview(
    posts=1,
    passages=2,
    sentences=3,
    authors=(("Ada Quill", 1),),
    tags=(("calling", 1),),
    first_published=date(2020, 3, 2),
    last_published=date(2021, 6, 30),
    generation="g",
    built_at="2020-03-02T00:00:00+00:00",
    model="m",
)


def printed(answer: Answer, *, width: int = 80) -> list[str]:
    paper = Paper(width=width)
    output.print_answer(paper.console, answer)
    return paper.lines


def test_an_answer_is_its_quotes_and_then_its_passages() -> None:
    assert printed(ANSWER) == [
        f"“{STAND}” [1]",
        "[1] Title of p",
        "Ada Quill · 2 March 2020 · Top",
        f"**{STAND}** Coffee is at ten in the kitchen.",
        "/posts/p?p=0#passage",
        "Links that begin with /posts open in the page: blogqa serve",
        "1 passage, 12 ms",
    ]


def test_two_passages_are_counted_as_such() -> None:
    two = replace(ANSWER, passages=ANSWER.passages * 2)
    assert printed(two)[-1] == "2 passages, 12 ms"


def test_every_marked_sentence_stands_between_stars_where_there_are_no_colours() -> None:
    text = "One is here. Two is not. Three is here."
    found = ANSWER.passages[0]
    passage = replace(found.passage, text=text)
    marked = replace(found, passage=passage, highlights=(Span(0, 12), Span(25, 39)))
    lines = printed(replace(ANSWER, passages=(marked,)))
    assert lines[3] == "**One is here.** Two is not. **Three is here.**"


def test_the_marked_sentence_stands_out_on_a_terminal() -> None:
    paper = Paper(colours=True)
    output.print_answer(paper.console, ANSWER)
    assert f"\x1b[30;42m{STAND}\x1b[0m Coffee" in paper.text


def test_a_long_link_is_never_broken() -> None:
    link = "https://blog.example/" + "x" * 200
    passage = replace(ANSWER.passages[0], link=link)
    assert link in printed(replace(ANSWER, passages=(passage,)), width=40)


def test_prose_is_set_in_lines_that_can_be_read() -> None:
    text = " ".join(["word"] * 100)
    found = ANSWER.passages[0]
    wide = replace(found, passage=replace(found.passage, text=text), highlights=(Span(0, 4),))
    answer = replace(ANSWER, passages=(wide,), short_answer=(Citation(text, 1),))
    assert max(len(line) for line in printed(answer, width=200)) <= 88


def test_words_said_get_no_second_pair_of_quotation_marks() -> None:
    for said in ('"I will ring you back at ten."', "“I will ring you back at ten.”"):
        answer = replace(ANSWER, short_answer=(Citation(said, 1),))
        assert printed(answer)[0] == f"{said} [1]"
    partly = replace(ANSWER, short_answer=(Citation('"Follow up" fails.', 1),))
    assert printed(partly)[0] == '“"Follow up" fails.” [1]'


def test_a_follow_up_says_what_it_was_taken_together_with() -> None:
    answer = replace(ANSWER, searched_with=("one?", "two?"))
    assert printed(answer)[0] == "Taken together with “one?”, “two?”."


def test_what_the_archive_only_touches_on_is_said() -> None:
    assert printed(replace(ANSWER, confidence="partly"))[:2] == [
        "The archive touches on this.",
        f"“{STAND}” [1]",
    ]


def test_what_is_not_covered_is_said_with_the_nearest_subjects() -> None:
    subjects = (Subject("One", "/posts/one?p=0#passage"), Subject("Two", "/posts/two?p=1#passage"))
    empty = replace(ANSWER, status="not_covered", confidence="none", short_answer=(), passages=())
    assert printed(replace(empty, subjects=subjects)) == [
        "The archive does not cover this.",
        "Nearest subjects:",
        "One /posts/one?p=0#passage",
        "Two /posts/two?p=1#passage",
    ]
    assert printed(empty) == ["The archive does not cover this."]


def test_brackets_in_a_post_are_words_and_no_markup() -> None:
    found = ANSWER.passages[0]
    post = replace(found.post, title=MARKUP, author=MARKUP)
    passage = replace(found.passage, text=MARKUP, heading_path=(MARKUP,))
    hostile = replace(found, post=post, passage=passage, highlights=(), link=MARKUP)
    answer = replace(
        ANSWER,
        passages=(hostile,),
        short_answer=(Citation(MARKUP, 1),),
        searched_with=(MARKUP,),
    )
    text = "\n".join(printed(answer, width=200))
    assert text.count(MARKUP) == 7
    subject = replace(answer, status="not_covered", subjects=(Subject(MARKUP, MARKUP),))
    assert "\n".join(printed(subject, width=200)).count(MARKUP) == 3


def test_a_post_without_author_or_date_has_neither() -> None:
    found = ANSWER.passages[0]
    bare = replace(
        found,
        post=replace(found.post, author=None, published=None),
        passage=replace(found.passage, heading_path=("One", "Two")),
    )
    assert printed(replace(ANSWER, passages=(bare,)))[2] == "One · Two"


def sent(answer: Answer) -> Any:
    """What the API sends, but for the newer posts, which the index knows and not the answer."""
    wire = AnswerOut.of(answer, {}).model_dump(mode="json", exclude_unset=True)
    assert [passage.pop("newer") for passage in wire["passages"]] == [None] * len(answer.passages)
    return wire


def test_an_answer_as_data_is_what_the_api_sends() -> None:
    data = json.loads(output.as_json(output.answer_data(ANSWER)))
    assert data == sent(ANSWER)
    assert data["took_ms"] == 12.3
    undated = replace(ANSWER.passages[0].post, published=None)
    passage = replace(ANSWER.passages[0], post=undated)
    assert output.passage_data(passage)["post"]["published"] is None


STAGES = Stages(
    words=("stand", "dial"),
    other_words=(),
    dense_rank=2,
    bm25_rank=1,
    fused_rank=3,
    fused=0.913,
    timely=0.0,
    asked="stand up?",
)
WHY = Why(STAGES, meaning=0.618, bm25=11.44, sentence=0.8)


@pytest.mark.parametrize(
    ("why", "text"),
    [
        (
            WHY,
            "Why: has “stand”, “dial”; #1 by words (11.4); #2 by meaning (0.62); "
            "#3 by both (0.91); best sentence 0.80.",
        ),
        (
            replace(WHY, stages=replace(STAGES, words=(), other_words=("ring",), timely=0.05)),
            "Why: has no word of the question, and “ring” for others; #1 by words (11.4); "
            "#2 by meaning (0.62); #3 by both (0.91); best sentence 0.80; +0.05 for its date.",
        ),
        (
            replace(WHY, stages=replace(STAGES, words=(), bm25_rank=None), bm25=0.0),
            "Why: has no word of the question; #2 by meaning (0.62); #3 by both (0.91); "
            "best sentence 0.80.",
        ),
    ],
)
def test_why_a_passage_was_found_in_a_line(why: Why, text: str) -> None:
    assert output.why_text(why) == text


def test_an_explained_answer_tells_why_and_what_was_searched_for() -> None:
    filters = Filters(author="Ada Quill", after=date(2020, 1, 1))
    explained = replace(
        ANSWER,
        passages=(replace(ANSWER.passages[0], why=WHY),),
        explanation=Explanation("stand up?", filters, 0.8412, 0.2),
    )
    lines = printed(explained)
    assert lines[4].startswith("Why: has “stand”, “dial”; #1 by words")
    assert lines[-3:] == [
        "Searched for “stand up?”, only author Ada Quill, after 2020-01-01.",
        "Confidence 0.84; below 0.20 it would not be covered.",
        "1 passage, 12 ms",
    ]
    data = json.loads(output.as_json(output.answer_data(explained)))
    assert data == sent(explained)
    assert data["passages"][0]["why"]["bm25"] == 11.44
    missed = replace(explained, status="not_covered", passages=(), short_answer=())
    assert printed(missed)[-1] == "Confidence 0.84; below 0.20 it would not be covered."


@pytest.mark.parametrize(
    ("report", "lines"),
    [
        (
            BUILD,
            [
                "Built the index: 2 posts, 1 passage (1 encoded, 0 reused) in 0.0 s.",
                "cut 0.0 s, encode 0.3 s",
            ],
        ),
        (replace(BUILD, published=False), ["The index is up to date: 2 posts, 1 passage."]),
    ],
)
def test_a_build_says_what_it_made(report: BuildReport, lines: list[str]) -> None:
    paper = Paper()
    output.print_build(paper.console, report)
    assert paper.lines == lines


@pytest.mark.parametrize(
    ("restart", "text"),
    [
        (
            Restart("full", "a", "a", 1),
            "A full build: all of about 1 passage will be encoded.",
        ),
        (
            Restart("encoder", "small", "large", 90),
            "The encoder changes from small to large: all of about 90 passages will be encoded.",
        ),
        (
            Restart("encoder", "small", "small", 90),
            "The encoder small is not the one that the index was built with, though it has the "
            "same name: all of about 90 passages will be encoded.",
        ),
        (
            Restart("passages", "200", "150", 90),
            "Passages are cut at 150 tokens, before at 200: about 90 passages will be encoded, "
            "but for those that stay as they are.",
        ),
        (
            Restart("unreadable", "x/current cannot be read.", "", 0),
            "x/current cannot be read. Everything will be encoded.",
        ),
    ],
)
def test_why_a_build_encodes_more_than_what_is_new(restart: Restart, text: str) -> None:
    assert output.restart_text(restart) == text


@pytest.mark.parametrize(
    ("overview", "figures"),
    [
        (OVERVIEW, {"authors": "Ada Quill (1)", "published": "2020 to 2021"}),
        (replace(OVERVIEW, last_published=date(2020, 12, 31)), {"published": "2020"}),
        (
            replace(OVERVIEW, authors=(), first_published=None, last_published=None),
            {"authors": "none named", "published": "no dates"},
        ),
        (
            replace(OVERVIEW, authors=tuple((letter, 1) for letter in "abcdefghij")),
            {"authors": ", ".join(f"{letter} (1)" for letter in "abcdefgh")},
        ),
        (
            replace(
                OVERVIEW,
                chips=(
                    ChipCount("demo", "Demo", "stage", 3),
                    ChipCount("closing", "Closing", "stage", 0),
                    ChipCount("price", "Price", "objection", 1),
                ),
            ),
            {"chips": "demo (3), price (1)"},
        ),
    ],
)
def test_the_overview_is_a_table_of_figures(overview: Overview, figures: dict[str, str]) -> None:
    paper = Paper(width=120)
    output.print_overview(paper.console, overview)
    rows = dict(line.split(maxsplit=1) for line in paper.lines)
    assert rows | figures == rows
    assert rows["posts"] == "1"
    assert rows["encoder"] == "m"


def test_the_overview_of_a_stale_index_says_so_and_what_mends_it() -> None:
    paper = Paper()
    output.print_overview(paper.console, replace(OVERVIEW, is_stale=True))
    assert paper.lines[-1] == (
        "The archive has changed since the index was built. Next: blogqa build"
    )
    assert output.overview_data(OVERVIEW)["is_stale"] is False


def test_an_error_is_its_message_and_its_hint() -> None:
    paper = Paper(width=20)
    output.print_error(paper.console, SourceError("There is [nothing] at /a/long/path.", "Check."))
    output.print_error(paper.console, SourceError("No hint."))
    assert paper.lines == [
        "Error: There is [nothing] at /a/long/path.",
        "Check.",
        "Error: No hint.",
    ]


def test_an_error_as_data_is_the_api_s_body() -> None:
    assert output.error_data(SourceError("m", "h")) == {
        "error": {"code": "source_error", "message": "m", "hint": "h"}
    }


def test_json_holds_dates_paths_and_any_letter() -> None:
    assert json.loads(output.as_json({"day": date(2020, 3, 2), "path": Path("a/b")})) == {
        "day": "2020-03-02",
        "path": "a/b",
    }
    assert "“Ünal”" in output.as_json("“Ünal”")
    with pytest.raises(TypeError, match="set has no form in JSON"):
        output.as_json({1})


@pytest.mark.parametrize(
    ("day", "text"),
    [(date(2014, 3, 3), "3 March 2014"), (date(999, 12, 31), "31 December 999"), (None, "")],
)
def test_a_date_is_written_out(day: date | None, text: str) -> None:
    assert output.long_date(day) in (text, text.replace("999", "0999"))
