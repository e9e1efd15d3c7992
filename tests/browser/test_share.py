"""Passing an answer on: its address, and what stands on the clipboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import Watch
from .made import answer_with, ask, made_answer, made_passage

LINK = "https://blog.example/post#:~:text=one"


@pytest.fixture
def answered(page: Page) -> Page:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    quotes = [{"text": "One *and* two.", "citation": 1}, {"text": "“Three.”", "citation": 2}]
    second = made_passage(2, post={"title": "A [list]", "author": None, "published": None})
    passages = (made_passage(link=LINK), second)
    answer_with(page, made_answer(*passages, short_answer=quotes, searched_with=[]))
    page.goto("/?author=Ruth+Calder")
    ask(page, "Why?")
    return page


def copied(page: Page, style: str) -> str:
    page.get_by_role("group", name="Copy this answer as").get_by_text(style, exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text.replace(page.url.split("/?")[0], "")


def test_the_link_asks_the_same_again(answered: Page) -> None:
    assert copied(answered, "Link") == "/?q=Why%3F&author=Ruth+Calder"


def test_as_plain_text(answered: Page) -> None:
    assert copied(answered, "Text") == (
        "Why?\n\n“One *and* two.” [1]\n“Three.” [2]\n\n"
        f"1. Post 1 by Ruth Calder, 3 March 2014\n   {LINK}\n"
        "2. A [list]\n   /posts/post-2?p=0#passage\n\n"
        "/?q=Why%3F&author=Ruth+Calder"
    )


def test_as_markdown(answered: Page) -> None:
    assert copied(answered, "Markdown") == (
        "**Why?**\n\n> “One \\*and\\* two.” \\[1\\]\n>\n> “Three.” \\[2\\]\n\n"
        f"1. [Post 1]({LINK}) by Ruth Calder, 3 March 2014\n"
        "2. [A \\[list\\]](/posts/post-2?p=0#passage)\n\n"
        "/?q=Why%3F&author=Ruth+Calder"
    )


def test_as_a_slack_message_with_what_its_box_takes_up(answered: Page) -> None:
    assert copied(answered, "Slack") == (
        "*Why?*\n\n> “One *and* two.” [1]\n> “Three.” [2]\n\n"
        f"1. Post 1 by Ruth Calder, 3 March 2014\n   {LINK}\n"
        "2. A [list]\n   /posts/post-2?p=0#passage\n\n"
        "/?q=Why%3F&author=Ruth+Calder"
    )
    html = answered.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read();
            const found = await (await item.getType("text/html")).text();
            const body = new DOMParser().parseFromString(found, "text/html").body;
            return [...body.querySelectorAll("b, blockquote, a")].map((node) => node.textContent);
        }"""
    )
    assert html == ["Why?", "“One *and* two.” [1]", "“Three.” [2]", "Post 1", "A [list]"]


def test_where_a_page_may_not_use_the_clipboard_it_copies_by_the_old_command(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script(
        "window.board = navigator.clipboard;"
        "Object.defineProperty(Navigator.prototype, 'clipboard', {value: undefined})"
    )
    answer_with(page, made_answer(made_passage()))
    page.goto("/")
    ask(page, "Why?")
    page.get_by_role("button", name="Link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    assert page.evaluate("window.board.readText()") == page.url


def test_what_is_loaded_when_it_is_called_for_says_when_it_cannot_be(
    page: Page, watch: Watch
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer_with(page, made_answer(made_passage()))
    page.goto("/")
    ask(page, "Why?")
    page.route("**/static/copy.js", lambda route: route.abort("connectionrefused"))
    link = page.get_by_role("button", name="Link")
    link.click()
    expect(page.locator(".note")).to_contain_text("The server cannot be reached.")
    page.unroute("**/static/copy.js")
    link.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    watch.expected_errors.append("Failed to load resource: net::ERR_CONNECTION_REFUSED")
