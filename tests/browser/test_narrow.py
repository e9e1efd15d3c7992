"""Letting only some posts answer: the panel, the address, the words above an answer."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, Request, expect

from .made import QUESTION, answer_with, ask, made_answer, made_passage, made_status, status_with

NARROWED = "/?q=Why%3F&author=Ruth+Calder&tag=email&from=2014&to=2019&chip=price"
WORDS = "Only posts on price, by Ruth Calder, tagged “email”, from 2014 to 2019"
FILTERS = {
    "author": "Ruth Calder",
    "tag": "email",
    "after": "2014-01-01",
    "before": "2019-12-31",
    "chips": ["price"],
}


def asked(page: Page) -> list[Any]:
    """What the page asks from now on."""
    bodies: list[Any] = []

    def note(request: Request) -> None:
        if request.url.endswith("/api/ask"):
            bodies.append(request.post_data_json)

    page.on("request", note)
    return bodies


def test_the_panel_narrows_the_answer_that_is_there_and_the_address_keeps_it(page: Page) -> None:
    status_with(page, made_status())
    answer_with(page, made_answer(made_passage()))
    page.goto("/")
    ask(page, "Why?")
    bodies = asked(page)
    page.get_by_role("button", name="Narrow").click()
    panel = page.get_by_role("group", name="Which posts may answer")
    expect(panel.locator(".chip")).to_have_text(["Prospecting 14", "Price 9"])
    expect(panel.locator("label b")).to_have_text(["Author", "Tag", "From", "To"])
    expect(panel.get_by_label("Author").locator("option")).to_have_text(
        ["Anyone", "Ruth Calder (30)", "Tomas Iyer (10)"]
    )
    panel.get_by_role("button", name="Price").click()
    panel.get_by_label("Author").select_option("Ruth Calder")
    panel.get_by_label("Tag", exact=True).select_option("email")
    panel.get_by_label("From").select_option("2014")
    panel.get_by_label("To", exact=True).select_option("2019")
    expect(page.locator(".facts .meta").nth(1)).to_have_text(f"{WORDS} · ask all posts")
    expect(page.locator("#filters")).to_have_text("4")
    assert bodies[-1] == {"question": "Why?", "history": [], "filters": FILTERS}
    assert page.url.endswith(NARROWED)
    panel.get_by_role("button", name="All 40 posts").click()
    expect(page.locator(".facts")).not_to_contain_text("Only posts")
    assert page.url.endswith("/?q=Why%3F")
    panel.get_by_role("button", name="Prospecting").press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_role("button", name="Narrow")).to_be_focused()


def test_an_address_narrows_and_one_action_asks_all_posts(page: Page) -> None:
    bodies = asked(page)
    status_with(page, made_status())
    missed = made_answer(status="not_covered", confidence="none")
    answer_with(page, missed)
    page.goto(NARROWED + "&from=soon")
    expect(page.locator(".miss .verdict")).to_have_text("These posts do not cover this.")
    answer_with(page, made_answer(made_passage()))
    page.get_by_role("button", name="ask all posts").click()
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".question")).to_be_focused()
    assert bodies == [
        {"question": "Why?", "history": [], "filters": FILTERS},
        {"question": "Why?", "history": []},
    ]
    assert page.url.endswith("/?q=Why%3F")
    expect(page.locator("#filters")).to_have_text("")


def test_an_address_without_a_question_says_which_posts_will_answer(page: Page) -> None:
    status_with(page, made_status())
    page.goto("/?author=Somebody&from=2019&chip=price")
    expect(page.locator("#narrowed")).to_have_text("Only posts on price, by Somebody, since 2019")
    page.get_by_role("button", name="Narrow 3").click()
    author = page.get_by_label("Author")
    expect(author).to_have_value("Somebody")
    expect(author.locator("option").last).to_have_text("Somebody (0)")
    page.get_by_role("heading", level=1).click()
    expect(author).to_be_hidden()


def test_narrowing_while_a_question_waits_asks_it_anew(page: Page) -> None:
    bodies = asked(page)
    status_with(page, made_status())
    page.route("**/api/ask", lambda route: None)
    page.goto("/?q=Why%3F")
    expect(page.locator(".pending")).to_have_count(1)
    page.get_by_role("button", name="Narrow").click()
    answer_with(page, made_answer(made_passage()))
    page.get_by_role("button", name="Price").click()
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".question")).to_have_text(["Why?"])
    assert bodies[-1] == {"question": "Why?", "history": [], "filters": {"chips": ["price"]}}


def test_a_server_that_is_away_is_told_in_the_panel_and_asked_again(page: Page) -> None:
    page.route("**/api/status", lambda route: route.fulfill(status=200, body="<p>soon</p>"))
    answer_with(page, made_answer(made_passage()))
    page.goto("/")
    ask(page, QUESTION)
    page.get_by_role("button", name="Narrow").click()
    expect(page.locator(".note")).to_contain_text("no usable answer (status 200)")
    page.get_by_role("button", name="Narrow").click()
    status_with(page, made_status())
    page.get_by_role("button", name="Narrow").click()
    expect(page.get_by_role("button", name="Price")).to_be_visible()


def test_the_server_answers_from_the_posts_that_pass(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTION)
    page.get_by_role("button", name="Narrow").click()
    panel = page.get_by_role("group", name="Which posts may answer")
    author = panel.get_by_label("Author", exact=True)
    with page.expect_response("**/api/ask"):
        author.select_option("Nora Whitlock")
    expect(page.locator(".facts")).to_contain_text("Only posts by Nora Whitlock · ask all posts")
    others = page.locator(".author").filter(has_not_text="Nora Whitlock")
    expect(others).to_have_count(0)
    chip = panel.get_by_role("group", name="Stage").locator(".chip").first
    name = re.sub(r"\s+\d+$", "", chip.inner_text()).lower()
    with page.expect_response("**/api/ask") as caught:
        chip.click()
    assert caught.value.status == 200
    expect(page.locator(".facts")).to_contain_text(f"Only posts on {name}, by Nora Whitlock")
