"""Messages within Slack's limits, saying what is in the archive word for word."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from qa.record import Opinion
from tests.slack import made, show
from tests.slack.made import ANSWER, HEAD, HOSTILE, LONG, LONG_ANSWER, MARKED, TAIL, VIEW, card
from tests.slack.refusals import check_message, check_view
from web.slack import blocks

MESSAGES = made.golden()


def runs(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Every piece of rich text, in order."""
    return [
        run
        for block in message["blocks"]
        if block["type"] == "rich_text"
        for element in block["elements"]
        for run in element["elements"]
    ]


@pytest.mark.parametrize("name", MESSAGES)
def test_messages_are_as_kept(name: str) -> None:
    kept = json.loads((show.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert MESSAGES[name] == kept, "run python -m tests.slack.show, and look at what changed"


def test_every_kept_message_is_one_that_is_made() -> None:
    assert {path.stem for path in show.FOLDER.glob("*.json")} == set(MESSAGES)


@pytest.mark.parametrize("name", MESSAGES)
def test_slack_and_its_sdk_take_every_message(name: str) -> None:
    message = MESSAGES[name]
    check_message(message)
    parsed = Block.parse_all(message["blocks"])
    assert [block.to_dict() for block in parsed] == message["blocks"]
    assert (message["unfurl_links"], message["unfurl_media"]) == (False, False)


@pytest.mark.parametrize("verdict", blocks.WHY)
def test_slack_and_its_sdk_take_the_form_for_a_reason(verdict: Opinion) -> None:
    form = blocks.reason_form(verdict, ANSWER.id)
    check_view(form)
    assert View(**form).to_dict() == form


def test_the_page_shows_what_a_message_says() -> None:
    shown = show.page({"hostile": blocks.answered(HOSTILE, VIEW)})
    assert "Tips &amp; &lt;tricks&gt; | *part 1*" in shown
    assert f"<b>{MARKED}</b>" in shown
    assert "javascript" not in shown


def test_marked_sentences_are_bold_and_all_else_is_word_for_word() -> None:
    one = replace(ANSWER, quotes=(), cards=(card(1),))
    shown = runs(blocks.answered(one, VIEW))
    assert shown[1]["text"] == "Dial first, be scared later"
    assert shown[1]["url"] == ANSWER.cards[0].link
    assert shown[3:] == [
        {"type": "text", "text": HEAD},
        {"type": "text", "text": MARKED, "style": {"bold": True}},
        {"type": "text", "text": TAIL},
    ]


def test_titles_and_addresses_of_any_kind_stay_what_they_are() -> None:
    links = [run for run in runs(blocks.answered(HOSTILE, VIEW)) if run["type"] == "link"]
    assert [(link["text"], link["url"]) for link in links] == [
        ("[1]", "https://blog.example/?a=1&b=<2>|3"),
        ("Tips & <tricks> | *part 1*", "https://blog.example/?a=1&b=<2>|3"),
        ("Read here only", "https://answers.example/posts/read-here-only?p=1#passage"),
    ]


def test_the_text_beside_the_blocks_is_escaped() -> None:
    assert blocks.answered(HOSTILE, VIEW)["text"] == (
        "“Ask &lt;!channel&gt; *why* &amp; `how` | _then_ &lt;@U0IVO&gt;.” "
        "(Tips &amp; &lt;tricks&gt; | *part 1*; Read here only; Not to be opened)"
    )


def test_without_an_address_of_the_server_its_reader_is_not_linked() -> None:
    shown = runs(blocks.answered(HOSTILE, replace(VIEW, base_url="")))
    assert {"type": "text", "text": "Read here only", "style": {"bold": True}} in shown


def test_a_fragment_that_is_too_long_is_left_off() -> None:
    far = card(1, link="https://blog.example/post#:~:text=" + "x" * 3000)
    shown = runs(blocks.answered(replace(ANSWER, quotes=(), cards=(far,)), VIEW))
    assert shown[1]["url"] == "https://blog.example/post"


def test_a_long_passage_is_cut_at_a_sentence_around_what_is_marked_and_it_is_said() -> None:
    message = blocks.answered(LONG_ANSWER, VIEW)
    check_message(message)
    assert blocks.size(message["blocks"]) <= blocks.MOST_IN_ALL
    shown = [run["text"] for run in runs(message)]
    assert shown.count(MARKED) == 3
    assert shown[-1] == " …"
    assert shown[-2].endswith("so that the passage grows long.")
    notes = [b["elements"][0]["text"] for b in message["blocks"] if b["type"] == "context"]
    assert notes == ["Desmond Kuiper · 15 March 2011 · shortened: the title opens all of it"] * 3


def test_an_answer_is_asked_about_by_its_id_alone() -> None:
    values = [
        element["value"]
        for block in blocks.answered(ANSWER, VIEW)["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    assert values == [ANSWER.id, ANSWER.id, ANSWER.id, f"{ANSWER.id} 3"]


TEXTS = st.text(max_size=60) | st.sampled_from([LONG, LONG[:2999], "x" * 20_000, "&<>" * 2000, " "])


@given(
    quotes=st.lists(TEXTS.filter(str.strip), min_size=1, max_size=3),
    texts=st.lists(TEXTS.filter(str.strip), min_size=1, max_size=20),
    title=TEXTS,
    link=st.sampled_from(["https://blog.example/", "/posts/x", "", "x:y"]),
    length=st.integers(0, 5000),
)
def test_whatever_an_answer_holds_slack_takes_it(
    quotes: list[str], texts: list[str], title: str, link: str, length: int
) -> None:
    cards = tuple(
        card(rank, text, title=title, link=link + "z" * length if link else "")
        for rank, text in enumerate(texts, start=1)
    )
    quoted = tuple((text, 1) for text in quotes)
    answer = replace(ANSWER, quotes=quoted, cards=cards, searched_with=(title or "x",))
    view = replace(VIEW, question=title or "x", by="U0RENA")
    check_message(blocks.answered(answer, view))
    if len(cards) > 3:
        check_message(blocks.more(answer, 3, view))
    subjects = tuple((title, each.link) for each in cards[:3])
    check_message(blocks.missed(replace(answer, subjects=subjects), view))
    check_message(blocks.told(title.strip() or "x", title.strip()))
