"""The page of an evaluation."""

from __future__ import annotations

import re
from dataclasses import replace

import lxml.html
import pytest
from lxml.html import HtmlElement

from qa.judgments import Judged
from qa.report import MOST_QUESTIONS, marked, report_page
from qa.run import Run
from qa.summary import summarise
from tests.made_runs import BEFORE, RUN, outcome, values


def page_of(run: Run) -> str:
    return report_page(run, summarise(run))


@pytest.fixture(scope="module")
def page() -> HtmlElement:
    return lxml.html.fromstring(report_page(RUN, summarise(RUN, BEFORE), BEFORE))


def texts(elements: list[HtmlElement]) -> list[str]:
    return [" ".join(each.text_content().split()) for each in elements]


def test_it_needs_nothing_from_elsewhere() -> None:
    source = page_of(RUN)
    assert (
        re.findall(r"""(?:src|href)="(?!#)|url\(|@import|<script|<link|https?://""", source) == []
    )
    assert "default-src 'none'" in source


def test_what_people_wrote_is_text_and_not_markup(page: HtmlElement) -> None:
    source = page_of(RUN)
    assert "do I &lt;i&gt;stand&lt;/i&gt;?" in source
    assert "<i>" not in source
    assert "The &lt;standing&gt; desk" in source
    assert marked(RUN.outcomes[0].shown[0]) == ("<mark>Stand up.</mark> &lt;b&gt;Now&lt;/b&gt;.")
    assert texts(page.xpath("//mark")) == ["Stand up."] * 3


def test_every_kind_has_its_figures(page: HtmlElement) -> None:
    assert texts(page.xpath("//h2")) == [
        "Single questions",
        "Follow-up questions",
        "Question by question",
        "Covered or not",
        "Answers",
        "What was shown",
    ]
    assert texts(page.xpath("//ul[@class='heads']/li")) == [
        ".750nDCG@5, single",
        ".750Success@3, single",
        ".500covered or not, area under ROC",
        "7.0 msa question, p50",
    ]
    rows = texts(page.xpath("(//section)[1]//tr"))
    assert rows[1] == "blogqa .750.750.750.750.750.750.750".replace(" ", "")
    assert (
        rows[-1]
        == "the saved run +.500 +.500 to +.500 +.500 +.500 to +.500 +.500 +.500 to +.500 100"
    )


def test_bars_and_their_intervals_are_in_percent(page: HtmlElement) -> None:
    own = page.xpath("//svg[@aria-label='blogqa: .750']")[0]
    assert own.xpath(".//rect")[0].get("width") == "75.00"
    low, high = (own.xpath(".//line[@class='range']")[0].get(name) for name in ("x1", "x2"))
    assert (low, high) == ("50.00", "100.00")


def test_each_question_is_compared_with_the_saved_run(page: HtmlElement) -> None:
    bars = page.xpath("//section[@class='wins']//a")
    assert [bar.get("href") for bar in bars] == ["#question-1", "#question-3"]
    assert [bar.xpath(".//rect")[0].get("height") for bar in bars] == ["1.000", "0.500"]
    assert texts(page.xpath("//div[@class='ends']/span")) == [
        "better than the saved run: 2",
        "worse: 0",
    ]


def test_questions_are_shown_the_worst_first_those_without_judgments_last(
    page: HtmlElement,
) -> None:
    assert [each.get("id") for each in page.xpath("//details")] == [
        "question-2",
        "question-3",
        "question-1",
        "question-4",
    ]
    assert texts(page.xpath("//summary")) == [
        ".500and a price?single, called missing",
        ".750why?+.250 followup",
        "1.000do I <i>stand</i>?+.500 single",
        "–tungsten?unanswerable",
    ]
    assert texts(page.xpath("//*[@id='question-2']//li")) == ["laddergrade 2 found at 2"]
    assert texts(page.xpath("//*[@id='question-3']/div/p")) == [
        "q3after “should I stand?”taken together with “should I stand?”",
        "Stand up.",
    ]


def test_surer_questions_stand_further_right(page: HtmlElement) -> None:
    ticks = page.xpath("//svg[@aria-label='covered']/line[starts-with(@class, 'tick')]")
    assert [tick.get("x1") for tick in ticks] == ["80.00", "40.00"]
    assert [tick.get("class") for tick in ticks] == ["tick", "tick missing"]


def test_without_anything_to_compare_with_there_is_no_comparison() -> None:
    alone = replace(RUN, systems={"blogqa": RUN.systems["blogqa"]}, outcomes=RUN.outcomes[:3])
    headings = texts(lxml.html.fromstring(page_of(alone)).xpath("//h2"))
    assert headings == ["Single questions", "Follow-up questions", "Answers", "What was shown"]


def test_of_many_questions_the_worst_are_shown() -> None:
    judged = [
        Judged(f"q{number}", "single", "?", grades={"desk": 1})
        for number in range(MOST_QUESTIONS + 1)
    ]
    many = replace(
        RUN,
        outcomes=tuple(outcome(each, confidence=0.9, near=None, took_ms=1.0) for each in judged),
        systems={"blogqa": {each.id: values(1.0 if each.id == "q7" else 0.5) for each in judged}},
    )
    page = lxml.html.fromstring(page_of(many))
    shown = {each.get("id") for each in page.xpath("//details")}
    assert len(shown) == MOST_QUESTIONS
    assert "question-8" not in shown
    assert "200 of 201 questions" in page.text_content()
