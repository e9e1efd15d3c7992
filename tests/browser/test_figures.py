"""The figures that the page is to reach, each read in the browser and printed at the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote_plus

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import Watch
from .hostile import HOSTILE_TEXTS
from .made import QUESTION, ask, made_map

STATIC = Path(__file__).parents[2] / "web" / "static"
OFF_SUBJECT = "What is the boiling point of tungsten?"
ANSWER = f"/?q={quote_plus(QUESTION)}"
MISS = f"/?q={quote_plus(OFF_SUBJECT)}"
MAP_ANSWER = f"/map?q={quote_plus(QUESTION)}"

NewPage = Callable[..., Page]
Figures = dict[str, str]


@pytest.fixture(scope="session")
def views(server_url: str) -> Callable[[Page], dict[str, tuple[str, str]]]:
    """The views of the page: each an address, and what stands there when it is whole."""

    def of(page: Page) -> dict[str, tuple[str, str]]:
        answer = page.request.post(f"{server_url}/api/ask", data={"question": QUESTION}).json()
        return {
            "empty page": ("/", "#examples a"),
            "answer": (ANSWER, ".turn:not(.pending) .card"),
            "miss": (MISS, ".turn:not(.pending) .miss"),
            "reader": (answer["passages"][0]["reader_link"], "#passage"),
            "map": ("/map", "#subjects summary"),
            "map with answer": (MAP_ANSWER, "#found .answer"),
            "no such post": ("/posts/none", "h1"),
        }

    return of


@pytest.fixture
def missing_is_meant(watch: Watch) -> Watch:
    """For tests that open a post which is not there: the browser logs its 404."""
    watch.expected_errors.append(
        "Failed to load resource: the server responded with a status of 404 (Not Found)"
    )
    return watch


Views = Callable[[Page], dict[str, tuple[str, str]]]


def show(page: Page, view: tuple[str, str]) -> None:
    address, whole = view
    page.goto(address)
    expect(page.locator(whole).first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("missing_is_meant")
def test_axe_finds_nothing(new_page: NewPage, views: Views, figures: Figures, scheme: str) -> None:
    page = new_page(color_scheme=scheme, reduced_motion="reduce")
    axe = Axe()
    found = {}
    for name, view in views(page).items():
        show(page, view)
        if view[1] == "#subjects summary":
            page.locator("summary").first.click()
        results = axe.run(page)
        if results.violations_count:
            found[name] = results.generate_report()
    looked = ", ".join(views(page))
    figures[f"accessibility, {scheme}"] = f"{len(found)} findings of axe-core on: {looked}"
    assert found == {}


@pytest.mark.usefixtures("missing_is_meant")
def test_nothing_scrolls_sideways_at_320_pixels(
    new_page: NewPage, views: Views, figures: Figures
) -> None:
    page = new_page(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    widths = {}
    for name, view in views(page).items():
        show(page, view)
        widths[name] = page.evaluate("document.documentElement.scrollWidth")
    figures["width at 320 px (1280 px at 400 %)"] = f"{max(widths.values())} px"
    assert widths == dict.fromkeys(widths, 320)


def test_the_chat_page_weighs_little(page: Page, figures: Figures) -> None:
    """With all that it may load later, but not what the map, the reader and the widget load."""
    page.goto("/")
    styles = page.locator("link[rel=stylesheet]").evaluate_all(
        "all => all.map((each) => each.href)"
    )
    own = [
        path.name
        for path in sorted(STATIC.glob("*.js"))
        if not path.stem.startswith("map") and path.stem not in ("reader", "widget")
    ]
    assert "main.js" in own
    addresses = ["/", *styles, *(f"/static/{name}" for name in own)]
    bytes_ = sum(len(page.request.get(address).body()) for address in addresses)
    figures["weight of the chat page, uncompressed"] = (
        f"{bytes_ / 1000:.1f} kB, with all that it may load later"
    )
    assert bytes_ < 60_000


def test_no_policy_allows_what_is_unsafe(page: Page, views: Views, figures: Figures) -> None:
    policies = {
        page.request.get(address).headers["content-security-policy"]
        for address, _ in [*views(page).values(), ("/widget.js", ""), ("/api/status", "")]
    }
    figures["Content-Security-Policy"] = " | ".join(policies)
    figures["other hosts asked, errors in the console"] = "0, looked for in every test"
    assert all("default-src 'self'" in policy and "unsafe" not in policy for policy in policies)


PAINTED = """() => new Promise((resolve) => {
    let lcp = 0;
    let shift = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) lcp = entry.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    const look = () => {
        if (lcp) setTimeout(() => resolve([lcp, shift]), 100);
        else requestAnimationFrame(look);
    };
    look();
})"""


@pytest.mark.usefixtures("missing_is_meant")
def test_pages_are_painted_at_once_and_stay_where_they_are(
    new_page: NewPage, views: Views, figures: Figures, watch: Watch
) -> None:
    page = new_page()
    all_views = views(page)

    def painted(name: str) -> tuple[float, float]:
        show(page, all_views[name])
        lcp, shift = page.evaluate(PAINTED)
        return lcp, shift

    plain, _ = painted("no such post")  # a page of a few lines: what this machine takes at least
    for name in ("empty page", "answer", "reader", "map"):
        times = [painted(name) for _ in range(3)]
        lcp, shift = min(lcp for lcp, _ in times), max(shift for _, shift in times)
        figures[f"painted: {name}"] = (
            f"LCP {lcp:.0f} ms, CLS {shift:.4f} (a bare page {plain:.0f} ms)"
        )
        assert lcp < max(500, 8 * plain)
        assert shift < 0.02


def test_an_answer_shows_within_100_ms_of_enter(page: Page, figures: Figures) -> None:
    shown, took = [], []
    for _ in range(4):
        page.goto("/")
        page.get_by_label("Your question").fill(QUESTION)
        page.evaluate(
            """() => {
                let pressed = 0;
                const press = () => { pressed = performance.now(); };
                document.querySelector("#question").addEventListener("keydown", press);
                window.answered = new Promise((resolve) => {
                    const look = () => {
                        const card = document.querySelector(".turn:not(.pending) .card");
                        if (card) requestAnimationFrame(() => resolve(performance.now() - pressed));
                        else requestAnimationFrame(look);
                    };
                    look();
                });
            }"""
        )
        with page.expect_response("**/api/ask") as caught:
            page.keyboard.press("Enter")
        shown.append(page.evaluate("() => window.answered"))
        took.append(caught.value.json()["took_ms"])
    best, server = min(shown), min(took)
    figures["answer after Enter"] = f"{best:.0f} ms, of which the search {server:.1f} ms"
    assert best < max(100, 8 * median(took))


FRAMES = """async () => {
    const canvas = document.querySelector("#dots");
    const frame = () => new Promise(requestAnimationFrame);
    const times = [];
    await frame();
    for (let step = 0; step < 40; step += 1) {
        const deltaY = step < 20 ? -50 : 50;
        const at = { clientX: 300, clientY: 300, bubbles: true, cancelable: true };
        canvas.dispatchEvent(new WheelEvent("wheel", { deltaY, ...at }));
        const before = performance.now();
        await frame();
        times.push(performance.now() - before);
    }
    return times.sort((a, b) => a - b);
}"""


def test_the_map_is_quick_with_5000_posts(page: Page, figures: Figures) -> None:
    def frames(posts: int) -> list[float]:
        archive = made_map(posts, 14)
        page.unroute_all()
        page.route("**/api/map", lambda route: route.fulfill(json=archive))
        show(page, ("/map", "#subjects summary"))
        times: list[float] = page.evaluate(FRAMES)
        return times

    few, many = frames(50), frames(5000)
    figures["map of 5,000 posts, zooming"] = (
        f"{median(many):.1f} ms a frame, {many[37]:.1f} ms at the 95th percentile "
        f"(50 posts: {median(few):.1f} and {few[37]:.1f} ms)"
    )
    assert median(many) < max(34, 3 * median(few))


def test_by_keyboard_alone_from_the_question_to_the_post_and_the_map(page: Page) -> None:
    def step(key: str, reached: str) -> None:
        """Presses ``key`` until the focus is on what is called ``reached``, and is seen there."""
        for _ in range(40):
            page.keyboard.press(key)
            focus: dict[str, Any] = page.evaluate(
                """() => {
                    const { innerText, ariaLabel } = document.activeElement;
                    const { outlineStyle } = getComputedStyle(document.activeElement);
                    return { name: ariaLabel ?? innerText, seen: outlineStyle === "solid" };
                }"""
            )
            if focus["name"].strip().startswith(reached):
                assert focus["seen"], reached
                return
        pytest.fail(f"the keyboard does not reach {reached}")

    page.goto("/")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:not(.pending) .card").first).to_be_visible()
    page.locator("h1 a").focus()
    step("Tab", "Passage 1")
    page.keyboard.press("Enter")
    expect(page.locator(".card").first).to_be_focused()
    step("Tab", "Read here")
    page.keyboard.press("Enter")
    expect(page.locator("#passage")).to_be_in_viewport()
    step("Tab", "Back to the answer")
    page.keyboard.press("Enter")
    expect(page.locator(".card").first).to_be_visible()
    page.goto("/map")
    expect(page.locator("#subjects summary").first).to_be_visible()
    step("Tab", "Zoom in")
    page.locator("#question").focus()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#found .answer").first).to_be_visible()
    step("Tab", "1")
    expect(page.locator("#tip")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#passage")).to_be_in_viewport()


def test_two_actions_lead_from_the_empty_page_to_a_post(page: Page, figures: Figures) -> None:
    page.goto("/")
    page.locator("#examples a").first.click()
    page.locator(".card h3 a").first.click()
    expect(page.locator("article.post h1")).to_be_visible()
    figures["from the empty page to an opened post"] = "2 actions"


COUNT = """() => ({
    hits: window.hits,
    scripts: [...document.scripts].filter((each) => !each.src.startsWith(location.origin)).length,
    foreign: document.querySelectorAll(
        "main :is(img, svg:not(.swatch), iframe, object, embed, form:not(#ask), style, link, base)"
    ).length,
    handlers: [...document.querySelectorAll("*")].filter((each) =>
        [...each.attributes].some(({ name, value }) =>
            name.startsWith("on") || /^\\s*(javascript|data):/i.test(value))).length,
    wide: document.documentElement.scrollWidth - innerWidth,
})"""
NOTHING = {"hits": 0, "scripts": 0, "foreign": 0, "handlers": 0, "wide": 0}


def test_hostile_posts_and_questions_are_text(
    new_page: NewPage, hostile_server_url: str, figures: Figures, watch: Watch
) -> None:
    """Without the policy that would stop a script: none is there to be stopped."""
    page = new_page(bypass_csp=True, base_url=hostile_server_url)
    page.add_init_script("window.hits = 0; window.hit = () => { window.hits += 1; };")
    page.goto("/")
    page.evaluate(
        "() => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=hit()>')"
    )
    page.wait_for_function("() => window.hits === 1")  # so this would be counted
    watch.expected_errors += watch.errors
    posts = page.request.get("/api/map").json()["posts"]
    assert len(posts) > len(HOSTILE_TEXTS)
    for post in posts:
        page.goto(post["link"])
        assert page.locator("h1").text_content() == post["title"]
        assert page.evaluate(COUNT) == NOTHING, post["title"]
    page.goto("/")
    for number, text in enumerate(HOSTILE_TEXTS):
        ask(page, " ".join(f"{number}: {text}"[:900].split()))
    assert page.evaluate(COUNT) == NOTHING
    page.goto("/map")
    for summary in page.locator("summary").all():
        summary.click()
    expect(page.locator("#subjects li")).to_have_count(len(posts))
    assert page.evaluate(COUNT) | {"foreign": 0} == NOTHING
    hostile = f"{len(posts)} posts, {len(HOSTILE_TEXTS)} questions"
    figures["scripts run by hostile text"] = f"0 ({hostile}, the policy switched off)"
