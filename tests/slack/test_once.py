"""Exactly one answer: whatever Slack repeats, whoever restarts, whatever breaks."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.slack.conftest import QUESTION, Setup
from tests.slack.deliveries import Sender, command, direct, mention, message, shuffled
from tests.slack.fake import BOT_USER, FakeSlack, Trouble
from web.slack import desk
from web.slack.store import FILE, Store
from web.slack.types import Job


def keys(slack: FakeSlack) -> Counter[str]:
    """How often each question was answered."""
    posted = (each.body for each in slack.of("chat.postMessage"))
    return Counter(each["metadata"]["event_payload"]["key"] for each in posted)


def last(sender: Sender, slack: FakeSlack) -> None:
    """Wait until all that came before is through: one more question, which is answered last."""
    sender.event(direct("how do I open a cold call?", channel="D0IVO"))
    slack.wait(
        lambda: any(each.body["channel"] == "D0IVO" for each in slack.of("chat.postMessage"))
    )


def test_four_deliveries_of_an_event_are_answered_once(sender: Sender, slack: FakeSlack) -> None:
    asked = mention(QUESTION)
    reasons = ["http_timeout", "http_error", "connection_failed"]
    sender.event(asked)
    for number, reason in enumerate(reasons, start=1):
        response = sender.event(asked, x_slack_retry_num=str(number), x_slack_retry_reason=reason)
        assert response.status_code == 200
    last(sender, slack)
    assert keys(slack)[f"C0SALES:{asked['event']['ts']}"] == 1


def test_a_repeated_delivery_is_answered_if_the_first_never_came(
    sender: Sender, slack: FakeSlack
) -> None:
    sender.event(mention(QUESTION), x_slack_retry_num="1", x_slack_retry_reason="http_timeout")
    assert len(slack.posted()) == 1


@pytest.mark.parametrize("first", ["app_mention", "message"])
def test_a_mention_that_comes_as_two_events_is_answered_once(
    sender: Sender, slack: FakeSlack, first: str
) -> None:
    one = mention(QUESTION)
    other = message(f"<@{BOT_USER}> {QUESTION}", ts=one["event"]["ts"])
    assert one["event_id"] != other["event_id"]
    for body in (one, other) if first == "app_mention" else (other, one):
        assert sender.event(body).status_code == 200
    last(sender, slack)
    assert keys(slack)[f"C0SALES:{one['event']['ts']}"] == 1


def test_two_bots_on_one_host_answer_a_question_once(setup: Setup, slack: FakeSlack) -> None:
    asked = [mention(QUESTION) for _ in range(6)]
    with (
        setup.over_http(at_once=1) as one,
        setup.over_http(at_once=1) as other,
        ThreadPoolExecutor(4) as pool,
    ):
        for body in asked:
            list(pool.map(lambda sender, body=body: sender.event(body), (one, other)))
        slack.posted(6)
        last(one, slack)
        last(other, slack)
    assert [keys(slack)[f"C0SALES:{each['event']['ts']}"] for each in asked] == [1] * 6


def test_a_restart_remembers_what_was_answered_and_what_was_asked(
    setup: Setup, slack: FakeSlack
) -> None:
    asked = mention(QUESTION)
    with setup.over_http() as sender:
        sender.event(asked)
        slack.posted()
    with setup.over_http(at_once=1) as sender:
        sender.event(asked)
        thread = asked["event"]["ts"]
        sender.event(message("and how long does it take?", thread_ts=thread))
        answer = slack.posted(2)[1]
        last(sender, slack)
    note = answer["blocks"][0]["elements"][0]["text"]
    assert note == f"Taken together with “{QUESTION}”."
    assert keys(slack)[f"C0SALES:{thread}"] == 1


def test_what_a_killed_process_had_accepted_is_answered_by_the_next(
    setup: Setup, slack: FakeSlack
) -> None:
    store = Store(setup.home / FILE, owner="killed")
    for ts in ("1.1", "2.2"):
        job = Job(f"C0SALES:{ts}", "mention", "C0SALES", "U0RENA", QUESTION, ts, ts)
        assert store.accept(job, most_waiting=9) == job
    assert store.take(lease_s=0) is not None  # one was being worked at, and its lease ran out
    with setup.over_http():
        threads = {each["thread_ts"] for each in slack.posted(2)}
    assert threads == {"1.1", "2.2"}
    assert store.waiting() == 0
    store.close()


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_direct_answer_is_posted_once_however_the_connection_breaks(
    sender: Sender, slack: FakeSlack, drop: str
) -> None:
    slack.trouble("chat.postMessage", Trouble(drop=drop))
    sender.event(direct(QUESTION))
    slack.wait_for("reactions.remove")
    assert len(slack.messages["D0RENA"]) == 1


def test_slack_asking_for_patience_is_obeyed(sender: Sender, slack: FakeSlack) -> None:
    slack.trouble("chat.postMessage", Trouble(status=429, retry_after_s=1))
    sender.event(mention(QUESTION))
    slack.posted()
    refused, granted = (each for each in slack.calls if each.method == "chat.postMessage")
    assert (refused.error, granted.error) == ("ratelimited", None)
    assert granted.at - refused.at >= 1
    assert granted.body == refused.body


def test_an_error_inside_slack_does_not_lose_an_answer(sender: Sender, slack: FakeSlack) -> None:
    slack.trouble("chat.postMessage", Trouble(status=500), Trouble(status=503))
    sender.event(direct(QUESTION))
    slack.wait_for("reactions.remove")
    assert len(slack.messages["D0RENA"]) == 1


def test_an_answer_for_which_slack_was_out_of_reach_is_sent_when_it_is_back(
    setup: Setup, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "LEASE_S", 0.5)
    monkeypatch.setattr(desk, "RENEW_EVERY_S", 0.1)
    slack.trouble("response_url", Trouble(drop="before"))
    with setup.over_http(at_once=1) as sender:
        sender.form(command(QUESTION, slack.response_url()))
        assert len(slack.wait_for("response_url")) == 1
    assert [each.error for each in slack.calls if each.method == "response_url"] == [
        "dropped",
        None,
    ]


def test_a_question_that_cannot_be_stored_is_not_acknowledged(
    setup: Setup, slack: FakeSlack
) -> None:
    setup.home.mkdir()
    (setup.home / FILE).write_bytes(b"no database" * 100)
    with setup.over_http() as sender:
        response = sender.event(mention(QUESTION))
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "slack_not_ready"


def test_of_many_questions_those_beyond_the_limit_are_told_so(
    setup: Setup, slack: FakeSlack
) -> None:
    slack.trouble("chat.postMessage", *[Trouble(delay_s=0.3)] * 2)
    with setup.over_http(most_waiting=2, at_once=1) as sender:
        for _ in range(4):
            sender.event(mention(QUESTION))
        texts = [each["text"] for each in slack.posted(4)]
    busy = "Many questions are waiting, so this one was not asked. Ask again in a minute."
    assert texts.count(busy) == 2


def test_repeats_and_a_restart_give_each_question_one_answer(
    setup: Setup, slack: FakeSlack
) -> None:
    asked, sent = shuffled(40, seed=7)
    options = {"most_waiting": 1000, "channels": {"C0SALES": {"passages": 1}}}
    for half in (sent[:20], sent[20:]):
        with setup.over_http(**options) as sender, ThreadPoolExecutor(4) as pool:
            statuses = {each.status_code for each in pool.map(sender.event, half)}
        assert statuses == {200}
    with setup.over_http(**options):  # what was waiting when the second was ended
        slack.posted(28)
    assert keys(slack) == Counter(f"C0SALES:{each['event']['ts']}" for each in asked)
    assert json.dumps(slack.messages["C0SALES"]).count("Many questions") == 0


def test_a_thread_is_remembered_by_its_last_ten_questions(tmp_path: Path) -> None:
    store = Store(tmp_path / FILE, owner="one")
    for number in range(12):
        job = Job(f"C1:{number}", "mention", "C1", "U1", f"question {number}?", "1.1", "1.1")
        store.accept(job, most_waiting=99)
        taken = store.take(lease_s=60)
        assert taken is not None
        assert taken.history == [f"question {each}?" for each in range(max(0, number - 10), number)]
        assert store.sending(job, {"id": f"answer {number}"})
        assert store.done(job.key) is None
    store.close()


def test_what_is_too_old_is_forgotten(tmp_path: Path) -> None:
    days = [0.0]
    store = Store(tmp_path / FILE, owner="one", now=lambda: days[0] * 24 * 3600)
    job = Job("C1:1.1", "mention", "C1", "U1", "why?", "1.1", "1.1")
    assert store.claim("drilled:C1:why?")
    store.accept(job, most_waiting=99)
    store.take(lease_s=60)
    store.sending(job, {"id": "a"})
    store.done(job.key)
    for day, delivered, kept, joined in [
        (6, True, True, True),
        (8, False, True, True),
        (31, False, False, True),
        (91, False, False, False),
    ]:
        days[0] = day
        store.tidy()
        assert (store.kept("a") is not None, store.joined("C1", "1.1")) == (kept, joined)
        if delivered:
            assert store.accept(job, most_waiting=99) is None
    assert store.accept(job, most_waiting=99) == job
    assert not store.claim("drilled:C1:why?")
    store.close()
