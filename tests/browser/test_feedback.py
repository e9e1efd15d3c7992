"""Helpful or not: once, with a reason, undone for a while."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, Route, expect

from .conftest import Watch
from .made import (
    QUESTION,
    answer_with,
    ask,
    made_answer,
    made_passage,
    made_status,
    status_with,
)


def judged(page: Page) -> list[tuple[str, Any]]:
    """The verdicts that the page sends from now on."""
    sent: list[tuple[str, Any]] = []

    def note(route: Route) -> None:
        sent.append((route.request.method, route.request.post_data_json))
        route.fulfill(json={})

    page.route("**/api/feedback", note)
    answer_with(page, made_answer(made_passage(), id="a1"))
    page.clock.install()
    page.goto("/")
    ask(page, QUESTION)
    return sent


def test_a_verdict_counts_once_takes_a_reason_and_can_be_changed(page: Page) -> None:
    sent = judged(page)
    group = page.get_by_role("group", name="Was passage 1 helpful?")
    no = group.get_by_role("button", name="No")
    no.dblclick()
    expect(no).to_have_attribute("aria-pressed", "true")
    about = {"answer_id": "a1", "passage_id": "passage-1"}
    assert sent == [("POST", about | {"verdict": "not_helpful"})]
    reason = page.get_by_label("What was missing? (optional)")
    reason.fill("Too <b>old</b>")
    page.clock.fast_forward(120_000)
    reason.press("Enter")
    expect(page.locator(".note")).to_have_text("Thank you, your words are kept with it. undo")
    assert sent[1] == ("POST", about | {"verdict": "not_helpful", "reason": "Too <b>old</b>"})
    group.get_by_role("button", name="Yes").click()
    expect(no).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_label("What helped? (optional)")).to_be_visible()
    assert sent[2:] == [("POST", about | {"verdict": "helpful"})]


def test_a_verdict_is_undone_and_for_a_while_only(page: Page) -> None:
    sent = judged(page)
    yes = page.get_by_role("group", name="Was this answer helpful?").get_by_role(
        "button", name="Yes"
    )
    yes.click()
    page.get_by_role("button", name="undo").click()
    expect(page.locator(".note")).to_have_count(0)
    expect(yes).to_have_attribute("aria-pressed", "false")
    expect(yes).to_be_focused()
    about = {"answer_id": "a1"}
    assert sent == [("POST", about | {"verdict": "helpful"}), ("DELETE", about)]
    yes.click()
    expect(page.locator(".note")).to_be_visible()
    page.clock.fast_forward(31_000)
    expect(page.locator(".note")).to_have_count(0)
    expect(yes).to_have_attribute("aria-pressed", "true")


def test_what_could_not_be_stored_is_told_and_not_shown_as_given(page: Page, watch: Watch) -> None:
    answer_with(page, made_answer(made_passage(), id="a1"))
    page.goto("/")
    ask(page, QUESTION)
    error = {"code": "unknown_answer", "message": "There is no answer a1.", "hint": "Ask again."}
    refused = {"status": 404, "json": {"error": error}}
    page.route("**/api/feedback", lambda route: route.fulfill(**refused))
    yes = page.get_by_role("button", name="Yes").last
    yes.click()
    expect(page.locator(".note")).to_have_text("There is no answer a1. Ask again.")
    expect(yes).to_have_attribute("aria-pressed", "false")
    gone = "Failed to load resource: the server responded with a status of 404 (Not Found)"
    watch.expected_errors.append(gone)


def test_the_server_keeps_a_verdict_and_takes_it_back(page: Page) -> None:
    page.goto("/")
    with page.expect_response("**/api/ask") as asked:
        ask(page, QUESTION)
    answer = asked.value.json()
    about = {"answer_id": answer["id"], "passage_id": answer["passages"][0]["id"]}
    no = page.get_by_role("group", name="Was passage 1 helpful?").get_by_role("button", name="No")
    with page.expect_response("**/api/feedback") as kept:
        no.click()
    assert kept.value.json() == about | {"verdict": "not_helpful", "reason": None}
    page.get_by_label("What was missing? (optional)").fill("Too old")
    with page.expect_response("**/api/feedback") as kept:
        page.get_by_role("button", name="Send").click()
    assert kept.value.json() == about | {"verdict": "not_helpful", "reason": "Too old"}
    with page.expect_response("**/api/feedback") as withdrawn:
        page.get_by_role("button", name="undo").click()
    assert (withdrawn.value.request.method, withdrawn.value.status) == ("DELETE", 200)
    expect(no).to_have_attribute("aria-pressed", "false")


def test_where_nothing_is_kept_nothing_is_asked(page: Page) -> None:
    status_with(page, made_status(feedback=False))
    answer_with(page, made_answer(made_passage()))
    page.goto("/")
    expect(page.locator("#holdings")).to_contain_text("40 posts")
    ask(page, QUESTION)
    expect(page.locator(".verdicts").first).to_be_hidden()
    expect(page.get_by_role("button", name="Why this")).to_be_visible()
