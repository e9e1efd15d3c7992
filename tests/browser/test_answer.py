"""How an answer is set on the page: quotes, cards, marks, facts, links, and a miss."""

from __future__ import annotations

from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Page, expect

from .conftest import HOSTILE, HOSTILE_QUESTION
from .made import QUESTION, answer_with, ask, made_answer, made_passage


def test_html_in_a_post_is_text_from_the_file_to_the_reader(
    page: Page, hostile_server_url: str
) -> None:
    page.goto(f"{hostile_server_url}/?q={quote_plus(HOSTILE_QUESTION)}")
    card = page.locator(".card").first
    expect(card.get_by_role("heading")).to_contain_text(HOSTILE)
    expect(card.locator(".passage")).to_contain_text(HOSTILE)
    expect(page.locator(".short")).to_contain_text(HOSTILE)
    card.get_by_role("link", name="Read here").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    expect(page.locator("#passage")).to_contain_text(HOSTILE)
    expect(page.locator("main img, main script")).to_have_count(0)


def test_html_in_an_answer_is_text(page: Page) -> None:
    html = "<img src=x onerror=alert(1)> & <b>bold</b>"
    passage = made_passage(
        text=html,
        highlights=[{"start": 0, "end": 28}],
        heading=[html],
        post={"title": html, "author": html},
    )
    quotes = [{"text": html, "citation": 1}]
    answer_with(page, made_answer(passage, short_answer=quotes, searched_with=[html]))
    page.goto("/")
    ask(page, QUESTION)
    card = page.locator(".card")
    expect(card.get_by_role("heading")).to_contain_text(html)
    expect(card.locator(".passage")).to_have_text(html)
    expect(card.locator("mark")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".short")).to_contain_text(f"“{html}”")
    expect(page.locator(".turn img, .turn b")).to_have_count(0)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "//elsewhere.example/posts/1",
        "/\\elsewhere.example/posts/1",
        "/api/status",
        "/posts/../api/status",
        "https://",
    ],
)
def test_an_address_of_another_kind_is_no_link(page: Page, address: str) -> None:
    passage = made_passage(link=address, reader_link=address)
    answer_with(page, made_answer(passage))
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".card h3")).to_have_text("1Post 1")
    expect(page.locator(".card a")).to_have_count(0)


def test_a_post_with_a_public_address_opens_there_in_a_new_tab(page: Page) -> None:
    address = "https://blog.example/post#:~:text=the%20words"
    answer_with(page, made_answer(made_passage(link=address)))
    page.goto("/")
    ask(page, QUESTION)
    button = page.get_by_role("link", name="Open at this passage (opens in a new tab)")
    expect(button).to_have_attribute("href", address)
    expect(button).to_have_attribute("target", "_blank")
    expect(button).to_have_attribute("rel", "noopener")
    expect(page.locator(".card h3 a")).to_have_attribute("href", address)
    expect(page.get_by_role("link", name="Read here")).to_have_attribute(
        "href", "/posts/post-1?p=0#passage"
    )


def test_marks_count_code_points_and_span_paragraphs_and_lines(page: Page) -> None:
    text = "😀😀 Call 👩🏽‍💻 first.\n\nThen:\nwrite\nrest"
    first = text.index("Call")
    second = text.index("Then")
    highlights = [
        {"start": second, "end": text.index("rest")},
        {"start": first, "end": text.index(" first")},
    ]
    answer_with(page, made_answer(made_passage(text=text, highlights=highlights)))
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".passage mark")).to_have_text(["Call 👩🏽‍💻", "Then:", "write"])
    expect(page.locator(".passage p")).to_have_text(["😀😀 Call 👩🏽‍💻 first.", "Then:writerest"])
    expect(page.locator(".passage .line")).to_have_text(["Then:", "write", "rest"])


def test_facts_stand_under_the_question_and_on_the_card(page: Page) -> None:
    passages = [
        made_passage(1, heading=["Mornings", "Starting " * 9]),
        made_passage(2, post={"id": "post-1"}),
        made_passage(3, post={"author": None, "published": None}),
        made_passage(4, post={"author": "Tomas Iyer", "published": "2019-09-17"}),
    ]
    starting = "Starting " * 6 + "Start…"
    answer_with(page, made_answer(*passages))
    page.clock.set_fixed_time("2026-09-16T12:00:00")
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".head .meta")).to_have_text("3 posts, 2 authors, 2014 to 2019 · 6 ms")
    expect(page.locator(".card .meta")).to_have_text(
        [
            "Ruth Calder · 3 March 2014, 12 years ago · Mornings › " + starting,
            "Ruth Calder · 3 March 2014, 12 years ago",
            "",
            "Tomas Iyer · 17 September 2019, 6 years ago",
        ]
    )


@pytest.mark.parametrize(
    ("published", "words"),
    [
        ("2026-03-01", "1 March 2026, today"),
        ("2026-02-28", "28 February 2026, 1 day ago"),
        ("2026-02-02", "2 February 2026, 27 days ago"),
        ("2026-02-01", "1 February 2026, 1 month ago"),
        ("2025-03-02", "2 March 2025, 11 months ago"),
        ("2025-03-01", "1 March 2025, 1 year ago"),
        ("2027-01-01", "1 January 2027"),
    ],
)
def test_ages_in_words(page: Page, published: str, words: str) -> None:
    page.goto("/")
    said = page.evaluate(
        """async (published) => {
            const { dateAndAge } = await import("/static/words.js");
            return dateAndAge(published, new Date(2026, 2, 1, 23));
        }""",
        published,
    )
    assert said == words


def test_words_said_get_no_second_pair_of_quotation_marks(page: Page) -> None:
    quotes = ["“I will ring you back.”", "He rang back."]
    short = [{"text": text, "citation": 1} for text in quotes]
    answer_with(page, made_answer(made_passage(), short_answer=short))
    page.goto("/")
    ask(page, "What about bees?")
    expect(page.locator(".short p > span")).to_have_text(
        ["“I will ring you back.”", "“He rang back.”"]
    )


def test_what_the_archive_only_touches_on_is_said_in_a_quiet_line(page: Page) -> None:
    answer_with(page, made_answer(made_passage(), confidence="partly"))
    page.goto("/")
    ask(page, "What about bees?")
    expect(page.locator(".facts .meta").nth(1)).to_have_text("The archive touches on this.")
    expect(page.get_by_role("status")).to_contain_text("The archive touches on this.")


def test_a_miss_has_subjects_and_no_cards(page: Page) -> None:
    subjects = [
        {"title": "Cold calls", "link": "/posts/a?p=0#passage"},
        {"title": "Bad", "link": "javascript:alert(1)"},
    ]
    miss = made_answer(made_passage(), status="not_covered", confidence="none", subjects=subjects)
    answer_with(page, miss)
    page.goto("/")
    ask(page, "What is the capital of Peru?")
    expect(page.locator(".miss .verdict")).to_have_text("The archive does not cover this.")
    expect(page.locator(".miss li")).to_have_text(["Cold calls", "Bad"])
    expect(page.locator(".miss a")).to_have_count(1)
    expect(page.locator(".card")).to_have_count(0)
    expect(page.get_by_role("status")).to_have_text("The archive does not cover this.")


def test_further_passages_wait_behind_a_button_and_a_number_leads_to_its_card(page: Page) -> None:
    quotes = [{"text": "Four.", "citation": 4}, {"text": "Six.", "citation": 6}]
    passages = [made_passage(rank) for rank in range(1, 8)]
    answer_with(page, made_answer(*passages, short_answer=quotes))
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".card:visible")).to_have_count(5)
    expect(page.locator("summary")).to_have_text("More passages (2)", use_inner_text=True)
    address = page.url
    page.get_by_role("link", name="Passage 6").click()
    expect(page.locator(".card[data-rank='6']")).to_be_focused()
    expect(page.locator(".card[data-rank='6']")).to_be_in_viewport()
    expect(page.locator(".short .lit-focusin")).to_have_text(["“Six.”", "6"])
    assert page.url == address
