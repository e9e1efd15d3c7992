"""The map: posts as dots placed by meaning, and the same in words beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Page, expect

from .conftest import Watch
from .made import QUESTION, answer_with, made_answer, made_map, made_passage

MAP = made_map()
PLACES = """() => [...document.querySelectorAll("#spots a")].map((spot) => {
    const { x, y } = spot.getBoundingClientRect();
    return [x, y];
})"""
COLOUR_AT = """([x, y]) => {
    const canvas = document.querySelector("#dots");
    const { left, top } = canvas.getBoundingClientRect();
    return [...canvas.getContext("2d").getImageData(x - left, y - top, 1, 1).data];
}"""
RED, BLUE, OCHRE, GREY = (180, 93, 83), (72, 124, 189), (151, 117, 13), (133, 142, 136)
PALE, BETWEEN, INK = (192, 160, 107), (110, 98, 70), (29, 35, 31)


@pytest.fixture
def open_map(page: Page) -> Callable[..., Page]:
    """Opens the map with made posts, at this address."""

    def open_it(address: str = "/map", archive: dict[str, Any] = MAP) -> Page:
        page.route("**/api/map", lambda route: route.fulfill(json=archive))
        page.goto(address)
        expect(page.locator("#subjects summary").first).to_be_visible()
        return page

    return open_it


def test_the_list_says_what_the_picture_shows(open_map: Callable[..., Page]) -> None:
    page = open_map()
    expect(page.locator("#holdings")).to_contain_text("60 posts in 3 subjects.")
    expect(page.locator(".names span")).to_have_text(["Subject 0", "Subject 1", "Subject 2"])
    expect(page.locator("summary")).to_have_text(
        ["Subject 020 posts", "Subject 120 posts", "Subject 219 posts", "Of no one subject1 post"]
    )
    page.locator("summary").first.click()
    newest = page.locator("details").first.locator("a").first
    expect(newest).to_have_text("Post 6 Ruth Calder, 2016")
    expect(newest).to_have_attribute("href", "/posts/post-6")


def test_a_question_lights_the_posts_that_answer(open_map: Callable[..., Page]) -> None:
    page = open_map()
    passages = [
        made_passage(1, post={"id": "post-7", "title": "Seven"}),
        made_passage(2, post={"id": "post-7", "title": "Seven"}),
        made_passage(3, post={"id": "post-8", "title": "Eight"}),
    ]
    quotes = [{"text": "Dial first.", "citation": 1}]
    answer_with(page, made_answer(*passages, short_answer=quotes))
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#found h2")).to_have_text(QUESTION)
    expect(page.locator("#found .title")).to_have_text(["Seven", "Eight"])
    expect(page.locator("#found .words")).to_have_text(["“Dial first.”"])
    expect(page.locator("#found .answer").first).to_have_attribute(
        "href", "/posts/post-1?p=0#passage"
    )
    expect(page.locator("#spots a")).to_have_text(["1", "2"])
    expect(page.locator("#announcer")).to_have_text("2 posts answer.")
    assert page.url.endswith(f"/map?q={quote_plus(QUESTION)}")
    page.locator("#found .answer").nth(1).focus()
    expect(page.locator("#tip")).to_have_text("Post 8Ruth Calder, 2018")
    expect(page.locator("#spots .lit")).to_have_text("2")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#spots a, #found *")).to_have_count(0)
    assert page.url.endswith("/map")
    page.go_back()
    expect(page.locator("#spots a")).to_have_text(["1", "2"])


def test_the_dots_are_coloured_by_subject_or_by_year(open_map: Callable[..., Page]) -> None:
    archive = made_map(4)
    archive["posts"][3] |= {"x": 1.0, "y": 1.0}
    page = open_map("/map?by=year", archive)

    def expect_colours(*colours: tuple[int, int, int]) -> None:
        """The middle of each dot has its colour, as near as it comes through its transparency."""
        for post, colour in zip(archive["posts"], colours, strict=False):
            *seen, _ = page.evaluate(COLOUR_AT, place_of(page, post, archive["posts"]))
            assert max(abs(a - b) for a, b in zip(seen, colour, strict=True)) <= 2, post["id"]

    expect(page.get_by_role("radio", name="year")).to_be_checked()
    expect(page.locator("#years li")).to_have_text(["2010", "2011", "2012"])
    expect_colours(PALE, BETWEEN, INK)
    page.get_by_role("radio", name="subject").check()
    expect(page.locator("#years")).to_be_hidden()
    expect(page.locator("#subjects .swatch")).to_have_count(4)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect_colours(RED, BLUE, OCHRE, GREY)
    assert page.url.endswith("/map")


def test_numbers_near_each_other_do_not_cover_each_other(open_map: Callable[..., Page]) -> None:
    archive = made_map()
    for post in archive["posts"]:
        post |= {"x": 0.5, "y": 0.5}
    passages = [made_passage(rank) for rank in range(1, 7)]
    page = open_map("/map", archive)
    answer_with(page, made_answer(*passages))
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#spots a")).to_have_count(6)
    page.wait_for_timeout(50)
    places = page.evaluate(PLACES)
    distances = [
        ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5
        for at, (ax, ay) in enumerate(places)
        for bx, by in places[at + 1 :]
    ]
    assert min(distances) >= 24


def place_of(page: Page, post: dict[str, Any], posts: list[dict[str, Any]]) -> tuple[float, float]:
    """Where the dot of ``post`` is in the window when all ``posts`` fill the frame."""
    box = page.locator("#dots").bounding_box()
    assert box is not None
    high = box["height"] - 44 - 64
    wide = min(box["width"] - 88, high * 1.7)
    x, y = (
        (post[axis] - min(each[axis] for each in posts))
        / (max(each[axis] for each in posts) - min(each[axis] for each in posts))
        for axis in ("x", "y")
    )
    return box["x"] + (box["width"] - wide) / 2 + x * wide, box["y"] + 44 + y * high


def test_a_dot_shows_its_title_and_opens_its_post(open_map: Callable[..., Page]) -> None:
    page = open_map()
    post = MAP["posts"][31]
    page.mouse.move(*place_of(page, post, MAP["posts"]))
    expect(page.locator("#tip")).to_have_text("Post 31Ruth Calder, 2014")
    expect(page.locator("#tip")).to_be_in_viewport(ratio=1)
    page.mouse.move(10, 10)
    expect(page.locator("#tip")).to_be_hidden()
    page.route("**/posts/post-31", lambda route: route.fulfill(body="the post"))
    page.mouse.click(*place_of(page, post, MAP["posts"]))
    page.wait_for_url("**/posts/post-31")


def test_a_finger_sees_the_title_first(
    new_page: Callable[..., Page],
) -> None:
    page = new_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page.route("**/api/map", lambda route: route.fulfill(json=MAP))
    page.goto("/map")
    expect(page.locator("#subjects summary").first).to_be_visible()
    page.touchscreen.tap(*place_of(page, MAP["posts"][31], MAP["posts"]))
    expect(page.locator("#tip")).to_be_visible()
    address = page.locator("#tip").get_attribute("href")
    page.route(f"**{address}", lambda route: route.fulfill(body="the post"))
    page.locator("#tip").tap()
    page.wait_for_url(f"**{address}")


def test_it_is_zoomed_by_wheel_and_buttons_and_moved(open_map: Callable[..., Page]) -> None:
    page = open_map()
    post = MAP["posts"][31]
    whole = page.get_by_role("button", name="Whole map")
    expect(whole).to_be_hidden()
    expect(page.get_by_role("button", name="Zoom out")).to_be_disabled()
    x, y = place_of(page, post, MAP["posts"])
    page.mouse.move(x, y)
    page.mouse.wheel(0, -400)
    expect(whole).to_be_visible()
    expect(page.locator("#tip")).to_contain_text("Post 31")
    page.mouse.down()
    page.mouse.move(x + 60, y + 40)
    page.mouse.up()
    assert page.url.endswith("/map")
    page.mouse.move(x + 61, y + 40)
    expect(page.locator("#tip")).to_contain_text("Post 31")
    whole.click()
    expect(whole).to_be_hidden()
    page.get_by_role("button", name="Zoom in").click()
    expect(whole).to_be_visible()


def test_a_subject_steps_forward_in_the_picture(open_map: Callable[..., Page]) -> None:
    page = open_map()
    page.locator("summary").nth(1).hover()
    expect(page.locator(".names .hushed")).to_have_text(["Subject 0", "Subject 2"])
    page.get_by_label("Your question").hover()
    expect(page.locator(".names .hushed")).to_have_count(0)


def test_what_is_not_covered_lights_nothing(open_map: Callable[..., Page]) -> None:
    page = open_map()
    subjects = [{"title": "Cold calls", "link": "/posts/a?p=0#passage"}]
    answer_with(page, made_answer(made_passage(), status="not_covered", subjects=subjects))
    page.get_by_label("Your question").fill("What is the capital of Peru?")
    page.keyboard.press("Enter")
    expect(page.locator("#found .verdict")).to_have_text("The archive does not cover this.")
    expect(page.get_by_role("link", name="Cold calls")).to_be_visible()
    expect(page.locator("#spots a")).to_have_count(0)


def test_a_server_that_fails_is_told_in_words(page: Page, watch: Watch) -> None:
    error = {"error": {"code": "no_index", "message": "There is no index.", "hint": "Build one."}}
    page.route("**/api/map", lambda route: route.fulfill(status=503, json=error))
    page.goto("/map")
    expect(page.locator("#notice")).to_have_text("There is no index. Build one.")
    watch.expected_errors.append(
        "Failed to load resource: the server responded with a status of 503 (Service Unavailable)"
    )


@pytest.mark.parametrize("width", [320, 360])
def test_on_a_phone_nothing_scrolls_sideways(new_page: Callable[..., Page], width: int) -> None:
    page = new_page(viewport={"width": width, "height": 700}, has_touch=True, is_mobile=True)
    archive = made_map()
    archive["subjects"][0]["name"] = "Donaudampfschifffahrtsgesellschaft" * 2
    page.route("**/api/map", lambda route: route.fulfill(json=archive))
    answer_with(page, made_answer(made_passage(post={"title": "x" * 200})))
    page.goto(f"/map?q={'y' * 100}")
    expect(page.locator("#found .answer")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
