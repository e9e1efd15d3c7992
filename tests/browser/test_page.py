"""The chat page: ask, see the answer, open the source, ask a follow-up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Page, Request, Route, expect

from .conftest import Watch
from .made import QUESTION, answer_with, ask, made_answer, made_passage

FOLLOW_UP = "and if they hang up on me?"

NewPage = Callable[..., Page]


def test_an_answer_is_quoted_and_its_sentences_are_marked_in_the_cards(page: Page) -> None:
    page.goto("/")
    with page.expect_response("**/api/ask") as caught:
        ask(page, QUESTION)
    answer = caught.value.json()
    assert caught.value.request.post_data_json == {"question": QUESTION, "history": []}
    assert page.url.endswith(f"/?q={quote_plus(QUESTION)}")
    expect(page).to_have_title(f"{QUESTION} · Ask the archive")

    quotes = answer["short_answer"]
    assert quotes
    expect(page.locator(".short p")).to_have_text(
        [f"“{quote['text']}”{quote['citation']}" for quote in quotes]
    )
    for passage in answer["passages"][:3]:
        card = page.locator(f".card[data-rank='{passage['rank']}']")
        expect(card.get_by_role("heading")).to_contain_text(passage["post"]["title"])
        expect(card.locator(".author")).to_have_text(passage["post"]["author"])
        marked = [passage["text"][span["start"] : span["end"]] for span in passage["highlights"]]
        shown = "".join(card.locator("mark").all_text_contents())
        assert shown == re.sub(r"\n+", "", "".join(marked))
        expect(card.get_by_role("link", name="Read here")).to_have_attribute(
            "href", passage["reader_link"]
        )


def test_a_card_opens_the_post_with_the_passage_in_view_and_the_reader_leads_back(
    page: Page,
) -> None:
    page.goto("/")
    with page.expect_response("**/api/ask") as caught:
        ask(page, QUESTION)
    passage = caught.value.json()["passages"][0]
    page.locator(".card").first.get_by_role("link", name="Read here").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(passage["post"]["title"])
    expect(page.locator("#passage")).to_be_in_viewport()
    marked = "".join(page.locator("mark").all_text_contents())
    assert re.sub(r"\s", "", marked) == re.sub(r"\s", "", passage["text"])
    page.get_by_role("link", name="Back to the answer").click()
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(page.locator(".short")).to_be_visible()


def test_a_follow_up_sends_the_questions_before_it_and_can_be_asked_alone(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTION)
    with page.expect_request("**/api/ask") as caught:
        ask(page, FOLLOW_UP)
    assert caught.value.post_data_json == {"question": FOLLOW_UP, "history": [QUESTION]}
    turn = page.locator(".turn").last
    expect(turn.locator(".head")).to_contain_text(f"Taken together with “{QUESTION}”")
    with page.expect_request("**/api/ask") as caught:
        turn.get_by_role("button", name="ask it alone").click()
    assert caught.value.post_data_json == {"question": FOLLOW_UP, "history": []}
    expect(page.get_by_text("Taken together with")).to_have_count(0)
    with page.expect_request("**/api/ask") as caught:
        ask(page, "and on Mondays?")
    assert caught.value.post_data_json == {"question": "and on Mondays?", "history": [FOLLOW_UP]}


def test_history_holds_the_last_ten_questions(page: Page) -> None:
    answer_with(page, made_answer(made_passage()))
    page.goto("/")
    for number in range(11):
        ask(page, f"Question {number}?")
    with page.expect_request("**/api/ask") as caught:
        ask(page, "Question 11?")
    assert caught.value.post_data_json == {
        "question": "Question 11?",
        "history": [f"Question {number}?" for number in range(1, 11)],
    }


def test_an_address_with_questions_asks_them_at_once_and_in_order(page: Page) -> None:
    bodies: list[Any] = []
    page.on(
        "request",
        lambda request: bodies.append(request.post_data_json) if is_ask(request) else None,
    )
    page.goto(f"/?q={quote_plus(QUESTION)}&q={quote_plus(FOLLOW_UP)}")
    expect(page.locator(".turn:not(.pending) .card").first).to_be_visible()
    expect(page.locator(".question")).to_have_text([QUESTION, FOLLOW_UP])
    expect(page.locator(".pending")).to_have_count(0)
    assert bodies == [
        {"question": QUESTION, "history": []},
        {"question": FOLLOW_UP, "history": [QUESTION]},
    ]


def is_ask(request: Request) -> bool:
    return request.url.endswith("/api/ask")


def test_the_empty_page_says_what_the_archive_holds_and_its_examples_ask(page: Page) -> None:
    status = {
        "posts": 1240,
        "passages": 9000,
        "authors": [{"name": "Ruth Calder", "posts": 1200}, {"name": "Tomas Iyer", "posts": 40}],
        "first_published": "2009-01-05",
        "last_published": "2024-05-01",
        "examples": ["How do I <b>begin</b>?"],
    }
    page.route("**/api/status", lambda route: route.fulfill(json=status))
    answer_with(page, made_answer(made_passage()))
    page.goto("/")
    expect(page.get_by_text("1,240 posts by 2 authors, 2009 to 2024")).to_be_visible()
    expect(page.get_by_role("link", name="New question")).to_be_hidden()
    page.get_by_role("link", name="How do I <b>begin</b>?").click()
    expect(page.locator(".question")).to_have_text("How do I <b>begin</b>?")
    expect(page.locator(".question")).to_be_focused()
    expect(page.locator("#examples")).to_be_hidden()
    page.go_back()
    expect(page.locator(".question")).to_have_count(0)
    expect(page.locator("#examples")).to_be_visible()
    page.go_forward()
    expect(page.locator(".question")).to_have_text("How do I <b>begin</b>?")
    page.get_by_role("link", name="New question").click()
    expect(page.locator(".question")).to_have_count(0)
    assert page.url.endswith("/")


def test_a_script_in_a_question_is_text(page: Page) -> None:
    page.goto("/")
    ask(page, "<script>alert(1)</script><img src=x onerror=alert(1)>")
    expect(page.locator(".turn script, .turn img")).to_have_count(0)


def test_a_failure_is_told_in_words_and_the_question_kept(
    page: Page, empty_server_url: str, watch: Watch
) -> None:
    page.goto(empty_server_url)
    with page.expect_response("**/api/ask") as caught:
        ask(page, QUESTION)
    error = caught.value.json()["error"]
    assert caught.value.status >= 400
    assert error["message"]
    assert error["hint"]
    expect(page.get_by_role("alert").locator("p")).to_have_text([error["message"], error["hint"]])
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)
    status = "Failed to load resource: the server responded with a status of 503"
    watch.expected_errors += [f"{status} (Service Unavailable)"] * 2


def test_a_server_that_is_away_is_told_and_the_next_try_takes_the_place(
    page: Page, watch: Watch
) -> None:
    page.goto("/")
    page.route("**/api/ask", lambda route: route.abort("connectionrefused"))
    ask(page, QUESTION)
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)
    watch.expected_errors.append("Failed to load resource: net::ERR_CONNECTION_REFUSED")
    page.unroute("**/api/ask")
    page.keyboard.press("Enter")
    expect(page.locator(".card").first).to_be_visible()
    expect(page.locator(".question")).to_have_text([QUESTION])
    expect(page.get_by_role("alert")).to_have_count(0)


def test_an_answer_that_is_no_json_is_told(page: Page, watch: Watch) -> None:
    page.goto("/")
    page.route("**/api/ask", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    ask(page, QUESTION)
    expect(page.get_by_role("alert")).to_contain_text("no usable answer (status 502)")
    watch.expected_errors.append(
        "Failed to load resource: the server responded with a status of 502 (Bad Gateway)"
    )


def test_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Ask the archive").press("/")
    box = page.get_by_label("Your question")
    expect(box).to_be_focused()
    page.keyboard.type("How do I get over")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("my fear of calling?")
    expect(box).to_have_value("How do I get over\nmy fear of calling?")
    page.keyboard.press("Enter")
    expect(page.locator(".card").first).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    expect(page.get_by_role("status")).to_contain_text("Passage 1.")
    page.locator("h1 a").focus()
    for role, reached in (
        ("link", "New question"),
        ("link", "Map"),
        ("button", "History"),
        ("link", "Passage 1"),
    ):
        page.keyboard.press("Tab")
        control = page.get_by_role(role, name=reached).first  # type: ignore[arg-type]
        expect(control).to_be_focused()
        expect(control).to_have_css("outline-style", "solid")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")


def test_escape_stops_and_gives_the_question_back(page: Page) -> None:
    page.route("**/api/ask", lambda route: None)
    page.goto("/")
    box = page.get_by_label("Your question")
    box.fill(QUESTION)
    box.press("Enter")
    expect(page.locator(".pending .question")).to_have_text(QUESTION)
    expect(page.get_by_role("button", name="stop")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".question")).to_have_count(0)
    expect(box).to_have_value(QUESTION)
    expect(box).to_be_focused()
    assert page.url.endswith("/")


def test_a_second_question_gives_up_the_first(page: Page) -> None:
    def only_the_second(route: Route) -> None:
        if json.loads(route.request.post_data or "")["question"] != "First?":
            route.fulfill(json=made_answer(made_passage()))

    page.route("**/api/ask", only_the_second)
    page.goto("/")
    box = page.get_by_label("Your question")
    box.fill("First?")
    box.press("Enter")
    expect(page.locator(".pending")).to_have_count(1)
    with (
        page.expect_event("requestfailed") as failed,
        page.expect_request(lambda request: "Second?" in (request.post_data or "")) as second,
    ):
        ask(page, "Second?")
    assert is_ask(failed.value)
    assert second.value.post_data_json == {"question": "Second?", "history": []}
    expect(page.locator(".question")).to_have_text(["Second?"])
    assert page.url.endswith("/?q=Second%3F")


def test_nothing_moves_when_the_answer_comes(page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/api/ask", lambda route: waiting.append(route))
    page.goto("/")
    box = page.get_by_label("Your question")
    for question in ("First?", "Second?"):
        box.fill(question)
        box.press("Enter")
        heading = page.get_by_role("heading", name=question)
        expect(heading).to_be_visible()
        before = (heading.bounding_box(), box.bounding_box())
        while not waiting:
            page.wait_for_timeout(10)
        waiting.pop().fulfill(json=made_answer(*[made_passage(rank) for rank in range(1, 9)]))
        expect(page.locator(".pending")).to_have_count(0)
        assert (heading.bounding_box(), box.bounding_box()) == before
    top = heading.bounding_box()
    assert top is not None
    assert top["y"] < 50
    expect(box).to_be_in_viewport(ratio=1)


def test_the_box_sends_neither_nothing_nor_too_much_and_counts_down(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if is_ask(request) else None)
    page.goto("/")
    box = page.get_by_label("Your question")
    count = page.locator("#count")
    box.fill(" \n ")
    box.press("Enter")
    box.fill("x" * 899)
    expect(count).to_be_hidden()
    box.fill("😀" * 900)
    expect(count).to_have_text("100 characters left")
    box.fill("x" * 1001)
    expect(count).to_have_text("1 character over the limit of 1,000 characters")
    box.press("Enter")
    page.get_by_role("button", name="Ask").click()
    expect(box).to_have_value("x" * 1001)
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".question")).to_have_count(0)
    assert asked == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_never_scrolls_sideways(new_page: NewPage, scheme: str) -> None:
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    page = new_page(**phone, color_scheme=scheme)
    word = "Donaudampfschifffahrtsgesellschaft" * 3
    passage = made_passage(text=word, heading=[word], post={"title": word, "author": word})
    quotes = [{"text": word, "citation": 1}]
    page.goto("/")
    expect(page.locator("#examples a").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    ask(page, QUESTION)
    expect(page.get_by_label("Your question")).not_to_be_focused()
    answer_with(page, made_answer(passage, short_answer=quotes, searched_with=[word]))
    ask(page, word)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    paper = {"light": "rgb(251, 250, 247)", "dark": "rgb(20, 24, 22)"}[scheme]
    expect(page.locator("html")).to_have_css("background-color", paper)


def test_the_waiting_line_stands_still_for_those_who_ask_for_it(new_page: NewPage) -> None:
    page = new_page(reduced_motion="reduce")
    page.route("**/api/ask", lambda route: None)
    page.goto(f"/?q={quote_plus(QUESTION)}")
    expect(page.locator(".pending")).to_have_count(1)
    line = "getComputedStyle(document.querySelector('.pending .head'), '::after')"
    assert page.evaluate(f"{line}.height") == "2px"
    assert page.evaluate(f"{line}.animationName") == "none"


def test_too_many_questions_are_told_with_when_to_ask_again(page: Page, watch: Watch) -> None:
    error = {"code": "too_many_questions", "message": "Too many questions wait.", "hint": "Wait."}
    page.route(
        "**/api/ask",
        lambda route: route.fulfill(
            status=429, json={"error": error}, headers={"Retry-After": "5"}
        ),
    )
    page.clock.install()
    page.goto("/")
    ask(page, QUESTION)
    expect(page.get_by_role("alert").locator("p")).to_have_text(
        ["Too many questions wait.", "Wait."]
    )
    again = page.get_by_role("button", name="Ask again")
    expect(again).to_have_text("Ask again in 5 s")
    expect(again).to_be_disabled()
    page.clock.run_for(5_000)
    expect(again).to_have_text("Ask again")
    answer_with(page, made_answer(made_passage()))
    again.click()
    expect(page.locator(".card")).to_be_visible()
    expect(page.locator(".question")).to_have_text([QUESTION])
    status = "Failed to load resource: the server responded with a status of 429"
    watch.expected_errors.append(f"{status} (Too Many Requests)")


def test_on_a_phone_the_links_fold_into_a_menu(new_page: NewPage) -> None:
    phone = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}
    page = new_page(**phone)
    answer_with(page, made_answer(made_passage()))
    page.goto(f"/?q={quote_plus(QUESTION)}")
    history = page.get_by_role("button", name="History")
    expect(page.get_by_role("link", name="New question")).to_be_visible()
    expect(history).to_be_hidden()
    page.get_by_role("button", name="Menu").tap()
    expect(page.get_by_role("link", name="Map")).to_have_attribute("href", "/map")
    history.tap()
    expect(page.get_by_role("dialog", name="History")).to_be_visible()
    expect(page.get_by_role("link", name="Map")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
