"""Judged questions asked over a small archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.encoder import Encoder
from index.search import HybridSearcher
from qa.asking import Asking, joined
from qa.baselines import Baselines
from qa.errors import JudgmentsError
from qa.judgments import JudgedSet, read_set
from qa.run import Run
from qa.settings import Settings
from qa.workspace import open_searcher
from tests import judged


@pytest.fixture(scope="module")
def searcher(
    make_home: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HybridSearcher]:
    posts = judged.write_posts(tmp_path_factory.mktemp("judged") / "posts")
    opened = open_searcher(make_home(posts))
    assert isinstance(opened, HybridSearcher)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> JudgedSet:
    return read_set(judged.write_set(tmp_path_factory.mktemp("small")))


@pytest.fixture(scope="module")
def run(small: JudgedSet, searcher: HybridSearcher, encoder: Encoder) -> Run:
    return Asking(small, Settings(), searcher, encoder).run(
        baselines=Baselines(searcher.generation, encoder, small.post_name)
    )


def test_each_question_is_asked_as_a_person_would(run: Run) -> None:
    assert [each.judged.id for each in run.outcomes] == ["q1", "q2", "q3", "q4"]
    first, second, third, last = run.outcomes
    assert first.ranking[0] == "desk"
    assert first.status == "answered"
    assert first.short_answer[0] == "Stand up before you dial a stranger."
    assert (first.is_near_quote, first.is_quote_shown, first.is_verbatim) == (True, True, True)
    assert first.holds_answer is None
    shown = first.shown[0]
    assert (shown.post, shown.title, shown.grade) == ("desk", "The standing desk", 2)
    assert shown.text[slice(*shown.highlights[0])] == "Stand up before you dial a stranger."
    assert second.ranking[0] == "ladder"
    assert third.searched_with == ("should I stand up when I dial a stranger?",)
    assert third.ranking[0] == "desk"
    assert (last.status == "answered", bool(last.short_answer)) == (bool(last.shown),) * 2
    assert last.confidence < first.confidence
    assert sorted(last.ranking) == ["desk", "kettle", "ladder"]
    assert min(min(each.took_ms, each.encoder_ms) for each in run.outcomes) > 0


def test_other_ways_are_measured_on_the_same_questions(run: Run) -> None:
    assert {name: list(values) for name, values in run.systems.items()} == {
        "blogqa": ["q1", "q2", "q3"],
        "with another's history": ["q1", "q2"],
        "asked alone": ["q3"],
        "always joined": ["q3"],
        "a person's rewrite": ["q3"],
        "BM25": ["q1", "q2", "q3"],
        "dense": ["q1", "q2", "q3"],
        "rank fusion": ["q1", "q2", "q3"],
    }
    assert run.systems["blogqa"]["q1"]["Success@1"] == 1
    assert run.took_together == 0


def test_the_run_says_what_it_is_of(run: Run, small: JudgedSet, searcher: HybridSearcher) -> None:
    about = run.about
    assert (about.set, about.digest) == (small.name, small.digest)
    assert about.generation == searcher.describe().generation
    assert (about.model, about.posts, about.passages) == ("all-MiniLM-L6-v2", 3, 3)


def test_without_conversations_of_their_own_questions_follow_one_another(
    small: JudgedSet, searcher: HybridSearcher, encoder: Encoder
) -> None:
    two = replace(small, questions=small.questions[:2])
    run = Asking(two, Settings(), searcher, encoder).run()
    assert list(run.systems) == ["blogqa", "with another's history"]
    one = replace(small, questions=small.questions[:1])
    assert list(Asking(one, Settings(), searcher, encoder).run().systems) == ["blogqa"]


def test_rankings_of_other_programs_are_measured_beside(
    small: JudgedSet, searcher: HybridSearcher, encoder: Encoder
) -> None:
    others = {"mine": {"q2": ["desk", "ladder"], "q4": ["desk"]}}
    run = Asking(small, Settings(), searcher, encoder).run(others=others)
    assert list(run.systems) == ["blogqa", "with another's history", "mine"]
    assert run.systems["mine"].keys() == {"q2"}
    assert run.systems["mine"]["q2"]["MRR"] == 0.5


def test_the_simple_way_with_a_conversation_is_the_question_before_in_front(
    small: JudgedSet,
) -> None:
    assert joined(small.questions[0]) == "should I stand up when I dial a stranger?"
    assert joined(replace(small.questions[2], history=("one", "two"))) == "two and when I write?"


def test_a_question_that_cannot_be_asked_is_named(
    small: JudgedSet, searcher: HybridSearcher, encoder: Encoder
) -> None:
    long = replace(small.questions[0], question="x" * 1001)
    with pytest.raises(JudgmentsError) as raised:
        Asking(replace(small, questions=(long,)), Settings(), searcher, encoder).run()
    assert raised.value.message == (
        "The question 'q1' cannot be asked: The question has 1001 characters; at most 1000 can be "
        "asked."
    )
