"""What everything behind the Record protocol promises, whatever it is made of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from qa.errors import UnknownAnswer, UnknownPassage
from qa.record import Asked, Feedback, Frequent, Judged, Record

NOON = datetime(2026, 3, 2, 12, 0, 0, 125, tzinfo=UTC)


def asked(id: str, question: str, minute: int = 0, *, covered: bool = True) -> Asked:
    """A question that stands alone, asked so many minutes after noon."""
    return Asked(
        id=id,
        question=question,
        history=(),
        searched_with=(),
        status="answered" if covered else "not_covered",
        confidence="sure" if covered else "none",
        passages=("desk.1", "ladder.0") if covered else (),
        generation="20260302T100000.000000Z",
        at=NOON + timedelta(minutes=minute),
    )


def judgment(answer: str, passage: str | None = None, by: str = "") -> Feedback:
    return Feedback(answer, passage, "helpful", None, by, NOON)


class RecordContract:
    """Tests of a record; subclass it and give it the fixture ``record``: an empty one."""

    @pytest.fixture
    def record(self) -> Record:
        raise NotImplementedError

    def test_an_empty_one_has_nothing(self, record: Record) -> None:
        assert record.earlier("how", 9) == []
        assert record.answered(9) == []
        assert record.missed(9) == []
        assert record.judged(9) == []
        assert record.forget(NOON) == 0

    def test_questions_are_offered_by_how_they_begin_the_most_asked_first(
        self, record: Record
    ) -> None:
        record.keep(asked("1", "How do I ask for a referral?"))
        record.keep(asked("2", "How do I open?", 1))
        record.keep(asked("3", "how do i  OPEN", 2))
        record.keep(asked("4", "Who is the buyer?", 3))
        record.keep(asked("5", "How long is a demo?", 4))
        assert record.earlier("How do", 9) == ["how do i  OPEN", "How do I ask for a referral?"]
        assert record.earlier(" hOW  d", 1) == ["how do i  OPEN"]
        assert record.earlier("how", 2) == ["how do i  OPEN", "How long is a demo?"]
        assert record.earlier("how ", 9)[1:] == [
            "How long is a demo?",
            "How do I ask for a referral?",
        ]
        assert record.earlier("how do i open?", 9) == ["how do i  OPEN"]
        assert record.earlier("ho ", 9) == record.earlier("do", 9) == record.earlier("%", 9) == []
        assert record.earlier(" ", 9) == record.earlier("?", 9) == []

    def test_only_what_was_answered_last_is_offered(self, record: Record) -> None:
        record.keep(asked("1", "What is MEDDIC?", covered=False))
        assert record.earlier("what", 9) == []
        assert record.missed(9) == [Frequent("What is MEDDIC?", (), 1, NOON)]
        record.keep(asked("2", "what is meddic?", 5))
        assert record.earlier("what", 9) == ["what is meddic?"]
        assert record.answered(9) == [
            Frequent("what is meddic?", (), 2, NOON + timedelta(minutes=5))
        ]
        assert record.missed(9) == []

    def test_a_follow_up_is_offered_to_nobody_but_missed_with_what_it_followed(
        self, record: Record
    ) -> None:
        leaning = replace(
            asked("1", "And if she says no?"),
            history=("What is a fee?", "How do I quote a price?"),
            searched_with=("How do I quote a price?",),
        )
        record.keep(leaning)
        assert record.earlier("and", 9) == []
        assert record.answered(9) == []
        record.keep(replace(leaning, id="2", status="not_covered", passages=()))
        assert record.missed(9) == [
            Frequent("And if she says no?", ("How do I quote a price?",), 2, NOON)
        ]

    def test_feedback_comes_with_its_question_the_newest_first(self, record: Record) -> None:
        record.keep(replace(asked("1", "And then?"), searched_with=("How do I open?",)))
        first = judgment("1")
        second = Feedback(
            "1", "ladder.0", "not_helpful", "It is about 🪜.", "U1", NOON + timedelta(days=1)
        )
        record.judge(first)
        record.judge(second)
        whole = [Judged("And then?", ("How do I open?",), each) for each in (second, first)]
        assert record.judged(9) == whole
        assert record.judged(1) == whole[:1]

    def test_the_same_again_takes_the_place_of_what_was_said(self, record: Record) -> None:
        record.keep(asked("1", "How do I open?"))
        for each in (judgment("1"), judgment("1", "desk.1"), judgment("1", by="U1")):
            record.judge(each)
            record.judge(each)
        assert len(record.judged(9)) == 3
        changed = Feedback("1", None, "not_helpful", "Too old.", "", NOON + timedelta(hours=1))
        record.judge(changed)
        assert [each.feedback for each in record.judged(9)] == [
            changed,
            judgment("1", by="U1"),
            judgment("1", "desk.1"),
        ]

    def test_what_is_withdrawn_is_gone_and_nothing_else(self, record: Record) -> None:
        record.keep(asked("1", "How do I open?"))
        record.judge(judgment("1"))
        record.judge(judgment("1", "desk.1"))
        record.withdraw("1", None, "U1")
        assert len(record.judged(9)) == 2
        record.withdraw("1", None, "")
        record.withdraw("1", None, "")
        assert [each.feedback for each in record.judged(9)] == [judgment("1", "desk.1")]

    def test_what_was_not_shown_cannot_be_judged(self, record: Record) -> None:
        record.keep(asked("1", "How do I open?"))
        with pytest.raises(UnknownAnswer, match="There is no answer 'x'"):
            record.judge(judgment("x"))
        with pytest.raises(UnknownAnswer, match="There is no answer 'x'"):
            record.withdraw("x", None, "")
        with pytest.raises(UnknownPassage, match=r"'1' has no passage 'desk\.2'") as caught:
            record.judge(judgment("1", "desk.2"))
        assert caught.value.hint == "It has: desk.1, ladder.0."
        assert record.judged(9) == []

    def test_what_is_old_is_forgotten_with_all_that_hangs_on_it(self, record: Record) -> None:
        record.keep(asked("1", "How do I open?"))
        record.keep(asked("2", "How do I close?"))
        record.keep(asked("3", "how do I open?", 1))
        for id in "123":
            record.judge(judgment(id))
        assert record.forget(NOON) == 0
        assert record.forget(NOON + timedelta(minutes=1)) == 2
        assert record.answered(9) == [
            Frequent("how do I open?", (), 1, NOON + timedelta(minutes=1))
        ]
        assert [each.feedback.answer_id for each in record.judged(9)] == ["3"]
        with pytest.raises(UnknownAnswer):
            record.judge(judgment("1"))
        assert record.forget(NOON + timedelta(days=1)) == 1
        assert record.answered(9) == []
        assert record.judged(9) == []

    def test_any_text_is_kept_as_it_is(self, record: Record) -> None:
        odd = 'İ "quoted" \\ %_ \' -- ; 電話が怖い 🙂\u202e\u200b\x00?'
        record.keep(asked("1", odd))
        assert record.earlier(odd[:4], 9) == [odd]

    def test_threads_may_write_at_once(self, record: Record) -> None:
        def keep(number: int) -> None:
            record.keep(asked(str(number), "How do I open?", number))
            record.judge(judgment(str(number)))

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(keep, range(64)))
        (question,) = record.answered(9)
        assert question.times == 64
        assert len(record.judged(99)) == 64
