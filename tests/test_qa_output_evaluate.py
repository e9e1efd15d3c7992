"""What an evaluation looks like in a terminal, and as data."""

from __future__ import annotations

import json

from qa.floors import Sunk
from qa.output import as_json
from qa.output_evaluate import evaluation_data, percent, plain, print_evaluation, print_sunk, signed
from qa.summary import Share, summarise
from tests.made_runs import BEFORE, RUN
from tests.paper import Paper


def printed() -> list[str]:
    paper = Paper()
    print_evaluation(paper.console, RUN, summarise(RUN, BEFORE))
    return [" ".join(line.split()) for line in paper.lines]


def test_every_figure_fits_a_narrow_terminal() -> None:
    assert printed() == [
        "small: 4 questions over 3 posts, 4 passages, a-model",
        "single, 2 nDCG@5 nDCG@10 S@1 S@3 S@5 R@20 MRR",
        "blogqa .750 .750 .750 .750 .750 .750 .750",
        "with another's history .625 .625 .625 .625 .625 .625 .625",
        "BM25 .625 .625 .625 .625 .625 .625 .625",
        "blogqa is better than by nDCG@5 by nDCG@10 for/against",
        "with another's history +.125 +.000 +.250 +.125 +.000 +.250 1/0",
        "BM25 +.125 -.250 +.500 +.125 -.250 +.500 1/1",
        "the saved run +.500 +.500 +.500 +.500 +.500 +.500 1/0",
        "followup, 1 nDCG@5 nDCG@10 S@1 S@3 S@5 R@20 MRR",
        "blogqa .750 .750 .750 .750 .750 .750 .750",
        "BM25 .750 .750 .750 .750 .750 .750 .750",
        "blogqa is better than by nDCG@5 by nDCG@10 for/against",
        "BM25 +.000 +.000 +.000 +.000 +.000 +.000 0/0",
        "the saved run +.250 +.250 +.250 +.250 +.250 +.250 1/0",
        "95% intervals of the paired bootstrap; bold where they leave 0 out",
        ".500 covered or not, area under ROC",
        "50% covered questions answered (1 of 2)",
        "0% other questions called missing (0 of 1)",
        "100% follow-ups taken together with what was before (1 of 1)",
        "50% stand-alone questions not taken together with another's history (1 of 2)",
        "50% first quoted sentences in or beside the judged quote (1 of 2)",
        "100% judged quotes in or beside a passage shown (2 of 2)",
        "100% short answers verbatim (3 of 3)",
        "7.0 ms for a question in process, p50; 3.5 times the bare encoder",
        "9.7 ms p95",
    ]


def test_numbers_are_written_without_the_zero_before_the_point() -> None:
    assert [plain(each) for each in (0.0, 0.5674, 1.0)] == [".000", ".567", "1.000"]
    assert [signed(each) for each in (0.0421, -0.1, 1.0)] == [
        "+.042",
        "-.100",
        "+1.000",
    ]


def test_hardly_all_is_not_all_and_hardly_none_is_not_none() -> None:
    shares = [Share("", count, 300) for count in (0, 1, 150, 299, 300)]
    assert [percent(each) for each in shares] == ["0%", "1%", "50%", "99%", "100%"]


def test_a_figure_below_its_floor_is_said_with_both() -> None:
    paper = Paper()
    print_sunk(paper.console, [Sunk("single MRR", 0.7, 0.65)])
    assert paper.lines == ["Below its floor: single MRR is 0.6500, pinned at 0.7000."]


def test_the_data_has_figures_values_and_what_was_shown() -> None:
    data = json.loads(as_json(evaluation_data(RUN, summarise(RUN))))
    assert list(data) == ["about", "summary", "systems", "outcomes"]
    assert data["about"]["digest"] == "ab" * 32
    assert data["summary"]["rows"][0]["values"]["MRR"] == {"mean": 0.75, "low": 0.5, "high": 1.0}
    assert data["summary"]["shares"][0] == {
        "name": "covered questions answered",
        "count": 1,
        "of": 2,
    }
    assert data["systems"]["BM25"]["q2"]["nDCG@5"] == 0.75
    shown = data["outcomes"][0]["shown"][0]
    assert (shown["post"], shown["highlights"]) == ("desk", [[0, 9]])
