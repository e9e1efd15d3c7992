"""The ask box on a page of another website, whose policy allows the server's script alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import Elsewhere, Watch
from .made import QUESTION, made_answer, made_passage

WIDGET = Path(__file__).parents[2] / "web" / "static" / "widget.js"
MOST_BYTES = 15_000

Put = Callable[..., Page]


@pytest.fixture
def put(page: Page, elsewhere: Elsewhere, server_url: str) -> Put:
    """Opens a page of the other website with the widget's script on it, having these attributes."""

    def put_it(attributes: str = "data-open", body: str = "", server: str = server_url) -> Page:
        policy = f"default-src 'none'; script-src {server_url}; connect-src {server}"
        html = (
            "<!doctype html><html lang=en><title>A blog</title>"
            f"<body{body}><h1>A post</h1>"
            f'<script src="{server_url}/widget.js" {attributes} defer></script></body>'
        )
        elsewhere.pages["/post"] = ({"Content-Security-Policy": policy}, html)
        page.goto(f"{elsewhere.origin}/post")
        expect(page.locator("blogqa-ask")).to_be_attached()
        return page

    return put_it


def ask_widget(page: Page, question: str) -> None:
    page.locator("input").fill(question)
    page.keyboard.press("Enter")


def answer_widget_with(page: Page, answer: dict[str, Any]) -> None:
    headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
    page.route("**/api/ask", lambda route: route.fulfill(json=answer, headers=headers))


def test_a_post_of_the_archive_answers_on_another_website(put: Put, server_url: str) -> None:
    page = put()
    box = page.get_by_role("textbox", name="Ask the archive")
    box.fill(QUESTION)
    with page.expect_response("**/api/ask") as caught:
        box.press("Enter")
    assert caught.value.request.post_data_json == {"question": QUESTION, "filters": {}}
    answer = caught.value.json()
    first = answer["short_answer"][0]
    passage = answer["passages"][first["citation"] - 1]
    quote = page.locator("blockquote").first
    expect(quote.locator("p")).to_have_text(f"“{first['text']}”")
    source = quote.get_by_role("link", name=passage["post"]["title"])
    expect(source).to_have_attribute("href", server_url + passage["link"])
    expect(source).to_have_attribute("target", "_blank")
    expect(source).to_have_attribute("rel", "noopener")
    expect(page.get_by_role("status")).to_contain_text("From ")
    expect(page.get_by_role("link", name="Read the whole answer")).to_have_attribute(
        "href", f"{server_url}/?q=How+do+I+get+over+my+fear+of+calling%3F"
    )


def test_its_options_are_said_on_the_script(put: Put) -> None:
    attributes = 'data-title="Ask Ruth" data-author="Ruth Calder" data-tag="calls" data-source="x"'
    page = put(attributes)
    answer_widget_with(page, made_answer(made_passage()))
    title = page.locator("summary", has_text="Ask Ruth")
    expect(page.locator("input")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Ask Ruth")).to_be_focused()
    with page.expect_request("**/api/ask") as caught:
        ask_widget(page, QUESTION)
    filters = {"author": "Ruth Calder", "tag": "calls", "source": "x"}
    assert caught.value.post_data_json == {"question": QUESTION, "filters": filters}
    title.click()
    expect(page.locator("input")).to_be_hidden()


def test_it_leaves_the_page_as_it_was(put: Put, page: Page, elsewhere: Elsewhere) -> None:
    names = "() => Object.getOwnPropertyNames(window)"
    page.goto(f"{elsewhere.origin}/plain")
    before = page.evaluate(names)
    assert put().evaluate(names) == before
    assert WIDGET.stat().st_size < MOST_BYTES


@pytest.mark.parametrize(
    ("colours", "scheme"),
    [
        (' bgcolor="#111111"', "dark"),
        (' bgcolor="#ffffee"', "light"),
        ("", "light"),
    ],
)
def test_it_takes_the_colours_of_the_page(put: Put, colours: str, scheme: str) -> None:
    page = put(body=colours)
    expect(page.locator("blogqa-ask")).to_have_attribute("data-scheme", scheme)


def test_html_in_an_answer_is_text_and_other_addresses_are_no_links(put: Put) -> None:
    page = put()
    html = "<img src=x onerror=alert(1)>"
    post = {"title": html, "author": html}
    passage = made_passage(link="javascript:alert(1)", post=post, text=html)
    answer_widget_with(page, made_answer(passage, short_answer=[{"text": html, "citation": 1}]))
    ask_widget(page, html)
    expect(page.locator("blockquote p")).to_have_text(f"“{html}”")
    expect(page.locator("blockquote")).to_contain_text(html)
    expect(page.locator("blockquote a, blockquote img")).to_have_count(0)


def test_a_post_of_this_website_opens_in_place(put: Put, elsewhere: Elsewhere) -> None:
    page = put()
    address = f"{elsewhere.origin}/post/2#:~:text=the%20words"
    text = "She rang. " * 40
    highlights = [{"start": 0, "end": 400}]
    answer_widget_with(
        page, made_answer(made_passage(link=address, text=text, highlights=highlights))
    )
    ask_widget(page, QUESTION)
    link = page.get_by_role("link", name="Post 1", exact=True)
    expect(link).to_have_attribute("href", address)
    assert link.get_attribute("target") is None
    cut = page.locator("blockquote p").inner_text()
    assert cut.startswith("“She rang. She")
    assert cut.endswith("…”")
    assert len(cut) <= 283


def test_what_is_not_covered_is_said(put: Put) -> None:
    page = put()
    subjects = [{"title": "Cold calls", "link": "/posts/a?p=0#passage"}]
    answer_widget_with(page, made_answer(status="not_covered", subjects=subjects))
    ask_widget(page, "What is the capital of Peru?")
    expect(page.locator(".said")).to_have_text("The archive does not cover this.")
    expect(page.get_by_role("link", name="Cold calls")).to_be_visible()


def test_a_website_that_may_not_ask_is_told_so(
    put: Put, empty_server_url: str, elsewhere: Elsewhere, watch: Watch
) -> None:
    page = put(f'data-open data-server="{empty_server_url}"', server=empty_server_url)
    ask_widget(page, QUESTION)
    expect(page.locator(".said")).to_have_text(
        f"The archive does not take questions from {elsewhere.origin}. "
        "Its keeper can allow that, by the setting allowed_origins."
    )
    page.route("**/*", lambda route: route.abort("connectionrefused"))
    ask_widget(page, QUESTION)
    expect(page.locator(".said")).to_have_text(
        "The archive cannot be reached. Try again in a moment."
    )
    page.unroute("**/*")
    error = {"error": {"code": "too_many_questions", "message": "Too many.", "hint": "Wait."}}
    headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
    page.route(
        "**/api/ask",
        lambda route: route.fulfill(status=429, body=json.dumps(error), headers=headers),
    )
    ask_widget(page, QUESTION)
    expect(page.locator(".said")).to_have_text("Too many.")
    watch.errors.clear()
