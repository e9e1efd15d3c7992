"""Which record there is, by the settings, and what is kept of an answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.search import HybridSearcher
from qa.ask import ask
from qa.errors import FeedbackOff
from qa.record import Asked, NoRecord, open_record
from qa.record_sql import SqlRecord
from qa.settings import Settings
from tests.contracts.record import NOON, asked, judgment


def test_questions_are_kept_in_the_home(tmp_path: Path) -> None:
    record = open_record(Settings(home=tmp_path))
    assert isinstance(record, SqlRecord)
    assert record.path == tmp_path / "questions.sqlite"
    record.close()


def test_where_none_are_to_be_kept_those_before_are_removed(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    record = open_record(settings)
    record.keep(asked("1", "How do I open?"))
    record.close()
    nothing = open_record(replace(settings, keep_questions_days=0))
    assert isinstance(nothing, NoRecord)
    assert list(tmp_path.iterdir()) == []
    nothing.keep(asked("2", "How do I open?"))
    assert nothing.earlier("how", 9) == []
    assert nothing.answered(9) == []
    assert nothing.missed(9) == []
    assert nothing.judged(9) == []
    assert nothing.forget(NOON) == 0
    with pytest.raises(FeedbackOff) as caught:
        nothing.judge(judgment("2"))
    assert caught.value.hint.endswith("keep_questions_days.")
    with pytest.raises(FeedbackOff):
        nothing.withdraw("2", None, "")
    nothing.close()
    assert list(tmp_path.iterdir()) == []


def test_of_an_answer_is_kept_what_was_asked_and_shown(sample_searcher: HybridSearcher) -> None:
    history = ("how do I get past a receptionist?",)
    question = "and if she asks whether it's a sales call?"
    answer = ask(sample_searcher, question, history=history, limit=2, least_confidence=0.24)
    assert Asked.of(answer, ("hi", *history), NOON) == Asked(
        id=answer.id,
        question=question,
        history=("hi", *history),
        searched_with=history,
        status="answered",
        confidence=answer.confidence,
        passages=tuple(each.passage.id for each in answer.passages),
        generation=answer.generation,
        at=NOON,
    )
    assert len(answer.passages) == 2
