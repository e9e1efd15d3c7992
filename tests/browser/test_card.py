"""What a card offers: words to say, a newer take, why it was found, a pin for the call sheet."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from .made import QUESTION, answer_with, ask, made_answer, made_passage

TEXT = "😀 Open with this: “Is now a bad time?” Then wait.\nAsk what changed."
SAID = TEXT.index("“Is")
SAY = [
    {"start": SAID, "end": TEXT.index(" Then"), "kind": "speech"},
    {"start": TEXT.index("Ask"), "end": len(TEXT), "kind": "step"},
]
LINK = "https://blog.example/post#:~:text=bad%20time"


def test_words_to_say_are_copied_with_their_credit(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer_with(page, made_answer(made_passage(text=TEXT, say=SAY, link=LINK)))
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".say li > span")).to_have_text(
        ["“Is now a bad time?”", "Ask what changed."]
    )
    copy = page.get_by_role("button", name="Copy “Is now a bad time?”")
    copy.click()
    expect(copy).to_have_text("Copied")
    expect(page.locator("#announcer")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == (
        f"“Is now a bad time?”\n“Post 1” by Ruth Calder, 3 March 2014\n{LINK}"
    )
    expect(copy).to_have_text("Copy")


def test_a_newer_take_is_named_with_its_day(page: Page) -> None:
    newer = {"title": "Calls <b>now</b>", "link": "/posts/now", "published": "2023-05-04"}
    answer_with(page, made_answer(made_passage(newer=newer), made_passage(2)))
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".card").first.locator(".meta").nth(1)).to_have_text(
        "A newer take: Calls <b>now</b>, 4 May 2023"
    )
    link = page.get_by_role("link", name="Calls <b>now</b>")
    expect(link).to_have_attribute("href", "/posts/now")
    expect(page.get_by_text("A newer take")).to_have_count(1)


def test_why_a_passage_was_found_is_asked_once_and_told_in_words(page: Page) -> None:
    why: dict[str, Any] = {
        "words": ["fear", "calling"],
        "other_words": ["dread"],
        "meaning": 0.6,
        "meaning_rank": 2,
        "bm25_rank": 11,
        "timely": 0.0,
    }
    plain = why | {"words": [], "other_words": [], "bm25_rank": None, "timely": 0.1}
    page.goto("/")
    answer_with(page, made_answer(made_passage(), made_passage(2)))
    ask(page, QUESTION)
    answer_with(page, made_answer(made_passage(2, why=plain), made_passage(1, why=why)))
    button = page.get_by_role("button", name="Why this")
    with page.expect_request("**/api/ask") as caught:
        button.first.click()
    again = {"question": QUESTION, "history": [], "explain": True, "keep": False}
    assert caught.value.post_data_json == again
    expect(page.locator(".why")).to_have_text(
        "It shares “fear” and “calling” with your question. "
        "Others in the trade say “dread” for what you asked. "
        "Of the passages looked at it is 2nd by meaning, 11th by its words. "
        "Its date made no difference."
    )
    expect(button.first).to_have_attribute("aria-expanded", "true")
    page.unroute("**/api/ask")
    button.nth(1).click()
    expect(page.locator(".why").nth(1)).to_have_text(
        "It shares no word with your question. Of the passages looked at it is 2nd by meaning. "
        "Its date counted in its favour."
    )
    button.first.click()
    expect(page.locator(".why")).to_have_count(1)
    expect(button.first).to_have_attribute("aria-expanded", "false")


def test_the_server_says_why_and_what_to_say(page: Page) -> None:
    page.goto("/")
    with page.expect_response("**/api/ask") as caught:
        ask(page, "What should I say on a voicemail?")
    passage = caught.value.json()["passages"][0]
    said = [passage["text"][span["start"] : span["end"]] for span in passage["say"]]
    assert said
    card = page.locator(".card").first
    expect(card.locator(".say li > span")).to_have_text([f"“{text}”" for text in said])
    card.get_by_role("button", name="Why this").click()
    expect(card.locator(".why")).to_contain_text("“voicemail”")
    expect(card.locator(".why")).to_contain_text("by meaning")


def test_pinned_passages_are_the_call_sheet_and_what_is_printed(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    marked = [{"start": SAID, "end": TEXT.index(" Then")}]
    first = made_passage(text=TEXT, highlights=marked, say=SAY, link=LINK)
    answer_with(page, made_answer(first, made_passage(2), made_passage(3)))
    page.goto("/")
    ask(page, QUESTION)
    opener = page.locator("#pins")
    expect(opener).to_be_hidden()
    pin = page.get_by_role("button", name="Pin", exact=True)
    for number in range(3):
        pin.nth(number).click()
    expect(opener).to_have_text("Call sheet 3")
    pin.nth(2).click()
    expect(pin.nth(2)).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(opener).to_have_text("Call sheet 2")
    expect(pin.nth(1)).to_have_attribute("aria-pressed", "true")
    opener.click()
    sheet = page.get_by_role("dialog", name="Call sheet")
    expect(sheet.locator("h3")).to_have_text(["Post 1", "Post 2"])
    expect(sheet.locator("mark")).to_have_text("“Is now a bad time?”")
    expect(sheet.get_by_text("https://blog.example/post", exact=True)).to_be_visible()
    sheet.get_by_role("button", name="Markdown").click()
    expect(sheet.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == (
        f"**{QUESTION}**\n\n> “Is now a bad time?”\n\n"
        f"1. [Post 1]({LINK}) by Ruth Calder, 3 March 2014\n\n"
        f"**{QUESTION}**\n\n> “The text of passage 2.”\n\n"
        f"1. [Post 2]({page.url.split('/?')[0]}/posts/post-2?p=0#passage)"
        " by Ruth Calder, 3 March 2014"
    )
    sheet.get_by_role("button", name="Unpin Post 2").click()
    expect(sheet.locator("h3")).to_have_text(["Post 1"])
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1, name="Call sheet")).to_be_visible()
    expect(page.locator(".paper h3")).to_have_text(["Post 1"])
    expect(page.locator(".paper li")).to_have_text(["“Is now a bad time?”", "Ask what changed."])
    expect(page.locator("main, .bar")).to_have_count(2)
    expect(page.locator("main:visible, .bar:visible, dialog:visible")).to_have_count(0)
    page.emulate_media(media="screen")
    sheet.get_by_role("button", name="Unpin Post 1").click()
    expect(sheet).to_be_hidden()
    expect(opener).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".card:visible")).to_have_count(3)
    expect(page.locator(".ask:visible, .row:visible")).to_have_count(0)
