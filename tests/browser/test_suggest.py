"""Suggestions while typing, and questions asked before brought back."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import Watch
from .made import answer_with, ask, made_answer, made_passage

SUGGESTIONS = {
    "suggestions": [
        {"text": "Fear of the phone?", "kind": "question"},
        {"text": "Fear <b>itself</b>", "kind": "title"},
    ]
}


@pytest.fixture
def suggesting(page: Page) -> Page:
    page.route("**/api/suggest?*", lambda route: route.fulfill(json=SUGGESTIONS))
    answer_with(page, made_answer(made_passage()))
    page.goto("/")
    return page


def test_arrow_keys_choose_a_suggestion_and_enter_asks_it(suggesting: Page) -> None:
    page = suggesting
    box = page.get_by_label("Your question")
    with page.expect_request("**/api/suggest?*") as caught:
        box.press_sequentially("fear")
    assert caught.value.url.endswith("/api/suggest?limit=6&q=fear")
    options = page.get_by_role("option")
    expect(options).to_have_text(["Fear of the phone?asked before", "Fear <b>itself</b>post"])
    expect(page.get_by_role("status").first).to_have_text("2 suggestions, by the arrow keys.")
    expect(box).to_have_attribute("aria-activedescendant", "")
    box.press("ArrowUp")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-1")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "")
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.locator(".question")).to_have_text("Fear of the phone?")
    expect(options).to_have_count(0)
    expect(box).to_have_value("")


def test_enter_asks_what_was_typed_and_escape_and_a_click_do_what_they_say(
    suggesting: Page,
) -> None:
    page = suggesting
    box = page.get_by_label("Your question")
    options = page.get_by_role("option")
    box.press_sequentially("fear")
    expect(options).to_have_count(2)
    box.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("fear")
    box.press_sequentially("s")
    expect(options).to_have_count(2)
    box.press("Enter")
    expect(page.locator(".question")).to_have_text(["fears"])
    expect(options).to_have_count(0)
    box.press_sequentially("fear")
    options.nth(1).click()
    expect(page.locator(".question")).to_have_text(["fears", "Fear <b>itself</b>"])


def test_a_suggestion_that_comes_late_stays_away(page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/api/suggest?*", lambda route: waiting.append(route))
    answer_with(page, made_answer(made_passage()))
    page.goto("/")
    box = page.get_by_label("Your question")
    with page.expect_request("**/api/suggest?*q=fear"):
        box.press_sequentially("fear")
    with page.expect_event("requestfailed") as failed:
        box.press("Enter")
    assert failed.value.url.endswith("q=fear")
    expect(page.locator(".card")).to_be_visible()
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_without_suggestions_a_question_is_asked_as_ever(page: Page, watch: Watch) -> None:
    tried: list[str] = []

    def fail(route: Route) -> None:
        tried.append(route.request.url)
        route.fulfill(status=503, body="")

    page.route("**/api/suggest?*", fail)
    answer_with(page, made_answer(made_passage()))
    page.goto("/")
    box = page.get_by_label("Your question")
    with page.expect_response("**/api/suggest?*"):
        box.press_sequentially("fear")
    box.press_sequentially(" of")
    box.press("Enter")
    expect(page.locator(".question")).to_have_text("fear of")
    expect(page.locator(".card")).to_be_visible()
    assert len(tried) == 1
    gone = "Failed to load resource: the server responded with a status of 503"
    watch.expected_errors.append(f"{gone} (Service Unavailable)")


def test_the_up_arrow_brings_back_what_was_asked_on_this_device(page: Page) -> None:
    answer_with(page, made_answer(made_passage()))
    page.goto("/")
    ask(page, "First?")
    ask(page, "Second?")
    page.reload()
    expect(page.locator(".card").first).to_be_visible()
    box = page.get_by_label("Your question")
    box.press("ArrowUp")
    expect(box).to_have_value("Second?")
    box.press("ArrowUp")
    box.press("ArrowUp")
    expect(box).to_have_value("First?")
    box.press("ArrowDown")
    expect(box).to_have_value("Second?")
    box.press("ArrowDown")
    expect(box).to_have_value("")
    box.fill("Typed")
    box.press("ArrowUp")
    expect(box).to_have_value("Typed")


def test_the_history_of_this_device_can_be_looked_at_and_cleared(page: Page) -> None:
    answer_with(page, made_answer(made_passage()))
    page.clock.set_fixed_time("2026-09-16T12:00:00")
    page.goto("/?author=Ruth+Calder")
    ask(page, "First?")
    ask(page, "<b>Second?</b>")
    page.get_by_role("button", name="History").click()
    sheet = page.get_by_role("dialog", name="History")
    expect(sheet.locator("li")).to_have_text(
        ["<b>Second?</b>16 Sept 2026, 12:00", "First?16 Sept 2026, 12:00"]
    )
    expect(sheet.get_by_role("link", name="First?")).to_have_attribute(
        "href", "/?q=First%3F&author=Ruth+Calder"
    )
    sheet.get_by_role("button", name="Clear all").click()
    expect(sheet).to_contain_text("No questions are kept on this device.")
    assert json.loads(page.evaluate("localStorage.getItem('blogqa.questions')")) == []
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.get_by_label("Your question").press("ArrowUp")
    expect(page.get_by_label("Your question")).to_have_value("")


def test_where_the_browser_stores_nothing_the_page_still_remembers(page: Page) -> None:
    forbid = (
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no') }})"
    )
    page.add_init_script(forbid)
    answer_with(page, made_answer(made_passage()))
    page.goto("/")
    ask(page, "First?")
    box = page.get_by_label("Your question")
    box.press("ArrowUp")
    expect(box).to_have_value("First?")


def test_the_server_suggests_what_the_archive_says_and_what_was_asked(page: Page) -> None:
    page.goto("/")
    box = page.get_by_label("Your question")
    box.press_sequentially("voicem")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("oicemail")
    box.press("ArrowDown")
    chosen = options.first.locator("span").inner_text()
    box.press("Enter")
    expect(page.locator(".question")).to_have_text(chosen)
    expect(page.locator(".card").first).to_be_visible()
