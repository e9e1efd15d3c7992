"""Ways to ask, and what comes back."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

import pytest

from qa.record import Feedback, open_record
from qa.settings import Settings
from tests.slack.conftest import OFF_TOPIC, QUESTION, Setup
from tests.slack.deliveries import (
    Sender,
    click,
    command,
    direct,
    form,
    mention,
    message,
    shortcut,
)
from tests.slack.fake import FakeSlack
from web.slack.blocks import reason_form


def action_ids(body: dict[str, Any]) -> list[str]:
    return [
        element["action_id"]
        for block in body["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def value(body: dict[str, Any], action_id: str) -> str:
    found: list[str] = [
        element["value"]
        for block in body["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == action_id
    ]
    return found[0]


def test_a_mention_is_answered_in_its_thread(sender: Sender, slack: FakeSlack) -> None:
    asked = mention(QUESTION)
    response = sender.event(asked)
    assert (response.status_code, response.text) == (200, "")
    (body,) = slack.posted()
    assert body["channel"] == "C0SALES"
    assert body["thread_ts"] == asked["event"]["ts"]
    assert "call reluctance" in body["text"].lower()
    assert action_ids(body) == ["helpful", "not_helpful", "share"]
    assert (body["unfurl_links"], body["unfurl_media"]) == (False, False)


def test_a_question_is_seen_at_once_and_the_sign_goes_with_the_answer(
    sender: Sender, slack: FakeSlack
) -> None:
    asked = mention(QUESTION)
    sender.event(asked)
    about = {"channel": "C0SALES", "timestamp": asked["event"]["ts"], "name": "eyes"}
    assert slack.wait_for("reactions.add") == [about]
    assert slack.wait_for("reactions.remove") == [about]
    assert slack.reactions == set()


def test_a_mention_within_a_thread_is_answered_there(sender: Sender, slack: FakeSlack) -> None:
    sender.event(mention(QUESTION, thread_ts="1700000000.000100"))
    assert slack.posted()[0]["thread_ts"] == "1700000000.000100"


def test_a_direct_message_is_answered_beside_it(sender: Sender, slack: FakeSlack) -> None:
    sender.event(direct(QUESTION))
    (body,) = slack.posted()
    assert body["channel"] == "D0RENA"
    assert "thread_ts" not in body
    assert action_ids(body) == ["helpful", "not_helpful"]


def test_the_command_answers_its_asker_alone(sender: Sender, slack: FakeSlack) -> None:
    response = sender.form(command(QUESTION, slack.response_url()))
    assert response.status_code == 200
    assert response.json()["response_type"] == "ephemeral"
    assert response.json()["text"] == "Looking in the archive …"
    (body,) = slack.wait_for("response_url")
    assert body["response_type"] == "ephemeral"
    bold = body["blocks"][0]["elements"][0]["elements"][0]
    assert bold == {"type": "text", "text": QUESTION, "style": {"bold": True}}
    assert slack.of("chat.postMessage") == []


def test_an_answer_that_came_too_late_for_its_address_is_shown_all_the_same(
    sender: Sender, slack: FakeSlack
) -> None:
    url = slack.response_url()
    slack.now = lambda: time.time() + 31 * 60
    sender.form(command(QUESTION, url))
    (body,) = slack.wait_for("chat.postEphemeral")
    assert (body["channel"], body["user"]) == ("C0SALES", "U0RENA")
    assert "call reluctance" in body["text"].lower()


def test_the_command_without_a_question_says_how_to_ask(sender: Sender, slack: FakeSlack) -> None:
    response = sender.form(command("  ", slack.response_url()))
    assert response.json()["text"] == (
        "Ask me what you want to know, in your own words. "
        "For example: /ask how do I handle call reluctance?"
    )


def test_a_mention_without_a_question_says_how_to_ask(sender: Sender, slack: FakeSlack) -> None:
    sender.event(mention(""))
    assert slack.posted()[0]["text"] == (
        "Ask me what you want to know, in your own words. For example: “how do I handle call "
        "reluctance?” In a thread I know what was asked before. With /ask instead of my name, "
        "only you see the answer."
    )


def test_the_shortcut_looks_for_a_message_in_the_archive(sender: Sender, slack: FakeSlack) -> None:
    url = slack.response_url()
    response = sender.interaction(shortcut(f"Does anybody know {QUESTION}", url))
    assert (response.status_code, response.text) == (200, "")
    (body,) = slack.wait_for("response_url")
    assert body["response_type"] == "ephemeral"
    assert "helpful" in action_ids(body)


def test_a_miss_is_said_in_words_with_the_nearest_subjects(
    sender: Sender, slack: FakeSlack
) -> None:
    sender.event(mention(OFF_TOPIC))
    (body,) = slack.posted()
    assert body["text"].startswith("The archive does not cover this. Nearest: ")
    runs = body["blocks"][1]["elements"][0]["elements"]
    links = [run["url"] for run in runs if run["type"] == "link"]
    assert len(links) == 3
    assert all(link.startswith("https://answers.example/posts/") for link in links)


def test_a_follow_up_takes_the_earlier_question_along(sender: Sender, slack: FakeSlack) -> None:
    first = mention(QUESTION)
    sender.event(first)
    slack.posted()
    sender.event(mention("and how long does it take?", thread_ts=first["event"]["ts"]))
    note = slack.posted(2)[1]["blocks"][0]["elements"][0]["text"]
    assert note == f"Taken together with “{QUESTION}”."


def test_follow_ups_need_no_mention_in_a_thread_that_the_bot_has_joined(
    sender: Sender, slack: FakeSlack
) -> None:
    first = mention(QUESTION)
    thread = first["event"]["ts"]
    sender.event(message("what about e-mail?", thread_ts="1700000000.000100"))  # not joined
    sender.event(first)
    slack.posted()
    sender.event(message("Thanks, that helps.", thread_ts=thread))  # asks nothing
    sender.event(message("<@U0IVO> what do you think?", thread_ts=thread))  # asks somebody else
    sender.event(message("and how long does it take?", thread_ts=thread))
    slack.posted(2)
    sender.event(direct(QUESTION))  # what else was to be answered would be, before this
    posted = slack.posted(3)
    assert [each.get("thread_ts") for each in posted] == [thread, thread, None]


def test_what_a_channel_may_see_is_up_to_its_settings(setup: Setup, slack: FakeSlack) -> None:
    channels = {
        "C0SALES": {"passages": 1, "filters": {"author": "Desmond Kuiper"}, "who": ["U0RENA"]},
        "C0OTHER": {"only_when_covered": True},
    }
    with setup.over_http(channels=channels) as sender:
        sender.event(mention(QUESTION))
        (body,) = slack.posted()
        authors = [
            block["elements"][0]["text"].split(" · ")[0]
            for block in body["blocks"]
            if block["type"] == "context"
        ]
        assert authors == ["Desmond Kuiper"]
        sender.event(mention(QUESTION, user="U0IVO"))
        (told,) = slack.wait_for("chat.postEphemeral")
        assert (told["user"], told["text"]) == (
            "U0IVO",
            "Only some people may ask here. Ask in another channel.",
        )
        sender.event(mention(OFF_TOPIC, channel="C0OTHER"))
        told = slack.wait_for("chat.postEphemeral", 2)[1]
        assert told["text"].startswith("The archive does not cover this.")
        assert len(slack.of("chat.postMessage")) == 1


def test_more_brings_the_next_three(sender: Sender, slack: FakeSlack) -> None:
    asked = mention("what do I say when they object to the price?")
    sender.event(asked)
    (body,) = slack.posted()
    thread = asked["event"]["ts"]
    sender.interaction(click("more", value(body, "more"), slack.response_url(), thread_ts=thread))
    (more,) = slack.wait_for("response_url")
    ranks = [
        block["elements"][0]["elements"][0]["text"].strip()
        for block in more["blocks"]
        if block["type"] == "rich_text"
    ]
    assert ranks == ["4", "5", "6"]
    assert (more["response_type"], more["thread_ts"]) == ("ephemeral", thread)
    assert action_ids(more) == []


def test_a_private_answer_is_shared_once(sender: Sender, slack: FakeSlack) -> None:
    sender.form(command(QUESTION, slack.response_url()))
    (body,) = slack.wait_for("response_url")
    share = value(body, "share")
    sender.interaction(click("share", share, slack.response_url()))
    (shared,) = slack.posted()
    assert shared["channel"] == "C0SALES"
    assert shared["blocks"][0]["elements"][0]["elements"][0] == {
        "type": "user",
        "user_id": "U0RENA",
    }
    sender.interaction(click("share", share, slack.response_url()))
    texts = [each["text"] for each in slack.wait_for("response_url", 3)[1:]]
    assert texts == ["Shared with the channel.", "This was shared already."]
    assert len(slack.of("chat.postMessage")) == 1


def test_an_answer_is_shared_where_the_bot_is_not_a_member(
    sender: Sender, slack: FakeSlack
) -> None:
    slack.joined.remove("C0SALES")
    sender.form(command(QUESTION, slack.response_url()))
    (body,) = slack.wait_for("response_url")
    sender.interaction(click("share", value(body, "share"), slack.response_url()))
    shared = slack.wait_for("response_url", 2)[1]
    assert shared["response_type"] == "in_channel"
    assert "call reluctance" in shared["text"].lower()


@pytest.mark.parametrize("action", ["more", "share", "reveal"])
def test_a_button_of_an_answer_that_is_gone_says_so(
    sender: Sender, slack: FakeSlack, action: str
) -> None:
    sender.interaction(click(action, "0b8e7c0c 3", slack.response_url()))
    assert slack.wait_for("response_url")[0]["text"] == (
        "That answer is too old for this button. Ask the question again."
    )


def test_a_verdict_is_stored_once_for_each_user_and_answer(
    sender: Sender, slack: FakeSlack, api_settings: Settings
) -> None:
    sender.form(command(QUESTION, slack.response_url()))
    (body,) = slack.wait_for("response_url")
    answer_id = value(body, "helpful")
    for number, (action, user) in enumerate(
        [
            ("helpful", "U0RENA"),
            ("helpful", "U0RENA"),
            ("not_helpful", "U0RENA"),
            ("helpful", "U0IVO"),
        ]
    ):
        sender.interaction(click(action, answer_id, slack.response_url(), user=user))
        slack.wait_for("response_url", number + 2)
    texts = [each["text"] for each in slack.wait_for("response_url", 5)[1:]]
    assert texts == [
        "Thank you: noted as helpful.",
        "Thank you: noted as helpful.",
        "Thank you: noted as not helpful. Other words may find better.",
        "Thank you: noted as helpful.",
    ]
    assert [(each.by, each.verdict) for each in told_of(api_settings, answer_id)] == [
        ("U0IVO", "helpful"),
        ("U0RENA", "not_helpful"),
    ]


def told_of(settings: Settings, answer_id: str) -> list[Feedback]:
    """What was said of an answer."""
    with closing(open_record(settings)) as record:
        told = [each.feedback for each in record.judged(100)]
    return sorted((each for each in told if each.answer_id == answer_id), key=lambda each: each.by)


@pytest.mark.parametrize(
    ("verdict", "label"),
    [("helpful", "What helped?"), ("not_helpful", "What was missing?")],
)
def test_whoever_gives_a_verdict_can_say_why(
    sender: Sender, slack: FakeSlack, api_settings: Settings, verdict: str, label: str
) -> None:
    sender.form(command(QUESTION, slack.response_url()))
    answer_id = value(slack.wait_for("response_url")[0], verdict)
    sender.interaction(click(verdict, answer_id, slack.response_url()))
    thanks = slack.wait_for("response_url", 2)[1]
    sender.interaction(click("why", value(thanks, "why"), slack.response_url()))
    (opened,) = slack.wait_for("views.open")
    assert opened["view"]["blocks"][0]["label"]["text"] == label
    response = sender.interaction(form(opened["view"], " These are words I can say. "))
    assert (response.status_code, response.text) == (200, "")
    (told,) = told_of(api_settings, answer_id)
    assert (told.by, told.verdict, told.reason) == (
        "U0RENA",
        verdict,
        "These are words I can say.",
    )


def test_a_reason_that_cannot_be_stored_is_said_in_the_form(sender: Sender) -> None:
    response = sender.interaction(form(reason_form("helpful", "0b8e7c0c"), "It worked."))
    assert response.json() == {
        "response_action": "errors",
        "errors": {"reason": "That could not be stored. Send it again in a minute."},
    }


def test_a_verdict_on_an_answer_that_is_gone_is_said_to_come_too_late(
    sender: Sender, slack: FakeSlack
) -> None:
    sender.interaction(click("helpful", "0b8e7c0c", slack.response_url()))
    assert slack.wait_for("response_url")[0]["text"].startswith("That answer is too old")
