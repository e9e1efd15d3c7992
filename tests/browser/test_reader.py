"""The local reader: a post of the archive with the passage marked and in view."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import Page, expect

from .conftest import Watch
from .made import QUESTION, made_map

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"


@pytest.fixture
def passage(page: Page) -> dict[str, Any]:
    """The first passage of a real answer, as the API gives it."""
    answer = page.request.post("/api/ask", data={"question": QUESTION}).json()
    first: dict[str, Any] = answer["passages"][0]
    return first


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_passage_is_marked_and_in_view(
    new_page: Callable[..., Page], passage: dict[str, Any], script: bool
) -> None:
    page = new_page(java_script_enabled=script, viewport={"width": 1000, "height": 500})
    page.goto(passage["reader_link"])
    post = passage["post"]
    expect(page).to_have_title(f"{post['title']} · Ask the archive")
    expect(page.get_by_role("heading", level=1)).to_have_text(post["title"])
    expect(page.locator(".author")).to_have_text(post["author"])
    day = date.fromisoformat(post["published"])
    expect(page.locator("time")).to_have_attribute("datetime", post["published"])
    expect(page.locator("time")).to_have_text(f"{day.day} {day:%B %Y}")
    expect(page.locator("#passage")).to_have_count(1)
    expect(page.locator("#passage")).to_be_in_viewport(ratio=1)
    marked = "".join(page.locator("mark").all_text_contents())
    assert squeezed(marked) == squeezed(passage["text"])
    expect(page.get_by_role("link", name="Back to the answer")).to_be_hidden()
    expect(page.get_by_role("link", name="Source")).to_have_count(0)
    page.get_by_role("link", name="Ask the archive").click()
    expect(page.get_by_label("Your question")).to_be_visible()


def test_the_bar_does_not_cover_a_passage_amid_the_post(
    page: Page, passage: dict[str, Any]
) -> None:
    page.set_viewport_size({"width": 1000, "height": 300})
    page.goto(f"/posts/{passage['post']['id']}?p=4#passage")
    expect(page.locator("#passage")).to_be_in_viewport()
    assert page.evaluate("scrollY") > 0
    covered = page.evaluate(
        """() => document.querySelector("#passage").getBoundingClientRect().top
            < document.querySelector(".bar").getBoundingClientRect().bottom"""
    )
    assert not covered


def test_a_post_opened_without_a_passage_has_no_marks(page: Page, passage: dict[str, Any]) -> None:
    page.goto(f"/posts/{passage['post']['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text(passage["post"]["title"])
    expect(page.locator("mark, .marked")).to_have_count(0)


def test_a_line_holds_about_66_characters(page: Page, passage: dict[str, Any]) -> None:
    page.goto(f"/posts/{passage['post']['id']}")
    per_line = page.evaluate(
        """() => {
            const paragraphs = [...document.querySelectorAll(".post > p")];
            const characters = paragraphs.reduce((sum, p) => sum + p.textContent.length, 0);
            const lines = paragraphs.reduce((sum, p) => {
                const height = parseFloat(getComputedStyle(p).lineHeight);
                return sum + Math.round(p.getBoundingClientRect().height / height);
            }, 0);
            return characters / lines;
        }"""
    )
    assert 52 < per_line < 72


def test_on_a_phone_nothing_scrolls_sideways(
    new_page: Callable[..., Page], passage: dict[str, Any]
) -> None:
    page = new_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page.goto(passage["reader_link"])
    expect(page.locator("#passage")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_in_print_the_bar_is_gone(page: Page, passage: dict[str, Any]) -> None:
    page.goto(passage["reader_link"])
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_post_that_is_not_there(page: Page, watch: Watch) -> None:
    response = page.goto("/posts/no-such-post")
    assert response is not None
    assert response.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("This post is not in the archive")
    page.locator("main").get_by_role("link", name="Ask the archive").click()
    expect(page.get_by_label("Your question")).to_be_visible()
    watch.expected_errors.append(
        "Failed to load resource: the server responded with a status of 404 (Not Found)"
    )


def run(text: str, marked: bool = False) -> dict[str, Any]:
    return {"text": text, "marked": marked}


def open_made_post(page: Page, *blocks: dict[str, Any], **post: Any) -> None:
    """Shows a post that the sample archive does not hold, in the reader's own template."""
    template = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    plain = {"title": "A post", "author": None, "published": None}
    onward = {name: post.pop(name, None) for name in ("previous", "next", "newer")}
    html = template.get_template("reader.html").render(
        post=plain | {"url": None, "tags": []} | post, published_text="", blocks=blocks, **onward
    )
    page.route("**/posts/made", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("/posts/made")


def test_html_in_a_post_is_text(page: Page) -> None:
    html = "</p><img src=x onerror=alert(1)><script>alert(1)</script>"
    text = [run(html), run(html, marked=True)]
    open_made_post(
        page,
        {"kind": "paragraph", "runs": text},
        {"kind": "heading", "level": 2, "runs": text},
        {"kind": "code", "runs": text},
        {"kind": "quote", "runs": text},
        {"kind": "list", "ordered": False, "start": 1, "items": [{"runs": text}]},
        title=html,
        author=html,
        url='https://blog.example/"><script>alert(1)</script>',
    )
    expect(page.get_by_role("heading", level=1)).to_have_text(html)
    expect(page.locator(".post > p")).to_have_text(html * 2)
    expect(page.locator("#passage")).to_have_text(html)
    expect(page.locator("mark")).to_have_count(5)
    expect(page.locator("main img, main script")).to_have_count(0)


def test_every_kind_of_block_is_set_as_what_it_is(page: Page) -> None:
    steps = [{"runs": [run("within", marked=True)]}, {"runs": [run("within too")]}]
    inner = {"kind": "list", "ordered": True, "start": 1, "items": steps}
    items = [
        {"runs": [run("three")], "lists": [inner]},
        {"runs": [run("still three")], "continues": True},
        {"runs": [run("four")]},
    ]
    open_made_post(
        page,
        {"kind": "heading", "level": 1, "runs": [run("Top")]},
        {"kind": "heading", "level": 6, "runs": [run("Deep")]},
        {"kind": "quote", "runs": [run("Said.")]},
        {"kind": "code", "runs": [run("a\n  b")]},
        {"kind": "list", "ordered": True, "start": 3, "items": items},
        {"kind": "list", "ordered": False, "start": 1, "items": [{"runs": [run("five")]}]},
        url="https://blog.example/post",
    )
    expect(page.get_by_role("heading", level=2)).to_have_text("Top")
    expect(page.get_by_role("heading", level=6)).to_have_text("Deep")
    expect(page.locator("blockquote p")).to_have_text("Said.")
    assert page.locator("pre code").text_content() == "a\n  b"
    expect(page.locator(".post > ol")).to_have_attribute("start", "3")
    expect(page.locator("li.marked")).to_have_text("within")
    expect(page.locator("ol ol > li")).to_have_text(["within", "within too"])
    expect(page.locator("ol ol > li").first).to_have_css("list-style-type", "decimal")
    expect(page.locator("[data-continues]")).to_have_css("list-style-type", "none")
    expect(page.locator("ul > li")).to_have_text("five")
    source = page.get_by_role("link", name="Source")
    expect(source).to_have_attribute("href", "https://blog.example/post")
    expect(source).to_have_attribute("rel", "noopener")


def test_the_foot_leads_to_newer_posts_and_to_the_neighbours(page: Page) -> None:
    def post(name: str, published: str | None) -> dict[str, Any]:
        return {"title": f"<b>{name}</b>", "link": f"/posts/{name}", "published": published}

    open_made_post(
        page,
        {"kind": "paragraph", "runs": [run("Words.")]},
        newer=[post("new", "2024-01-02"), post("newer", None)],
        previous=post("before", "2014-01-02"),
        next=post("after", "2016-01-02"),
    )
    foot = page.get_by_role("complementary", name="Where to read on")
    expect(foot.get_by_role("listitem")).to_have_text(["<b>new</b> 2024", "<b>newer</b>"])
    expect(foot.get_by_role("link", name="Before <b>before</b>")).to_have_attribute(
        "href", "/posts/before"
    )
    expect(foot.get_by_role("link", name="After <b>after</b>")).to_have_attribute(
        "href", "/posts/after"
    )
    expect(foot.locator("b")).to_have_count(0)


def test_a_post_without_neighbours_has_no_foot(page: Page) -> None:
    open_made_post(page, {"kind": "paragraph", "runs": [run("Words.")]})
    expect(page.get_by_role("complementary")).to_have_count(0)


def test_a_post_opened_from_the_map_leads_back_to_it(page: Page) -> None:
    post = page.request.post("/api/ask", data={"question": QUESTION}).json()["passages"][0]["post"]
    archive = made_map()
    archive["posts"][0]["link"] = f"/posts/{post['id']}"
    page.route("**/api/map", lambda route: route.fulfill(json=archive))
    page.goto("/map?by=year")
    page.locator("summary").first.click()
    page.locator(f"a[href='/posts/{post['id']}']").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(post["title"])
    page.get_by_role("link", name="Back to the map").click()
    page.wait_for_url("**/map?by=year")
