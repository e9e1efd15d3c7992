"""Questions asked as a person asks them, and answers made to show one thing each."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

QUESTION = "How do I get over my fear of calling?"


def made_passage(rank: int = 1, **changes: Any) -> dict[str, Any]:
    post: dict[str, Any] = {
        "id": f"post-{rank}",
        "title": f"Post {rank}",
        "author": "Ruth Calder",
        "published": "2014-03-03",
        "url": None,
        "tags": [],
    }
    link = f"/posts/post-{rank}?p=0#passage"
    return {
        "rank": rank,
        "score": 0.5,
        "text": f"The text of passage {rank}.",
        "highlights": [],
        "heading": [],
        "link": link,
        "reader_link": link,
        "post": post | changes.pop("post", {}),
    } | changes


def made_answer(*passages: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "status": "answered",
        "confidence": "sure",
        "short_answer": [],
        "passages": list(passages),
        "searched_with": [],
        "subjects": [],
        "took_ms": 6.2,
        "generation": "g",
    } | changes


def answer_with(page: Page, answer: dict[str, Any]) -> None:
    """Lets the page see this answer to whatever it asks."""
    page.route("**/api/ask", lambda route: route.fulfill(json=answer))


def ask(page: Page, question: str) -> None:
    """Asks as a person does, and waits for what comes of it."""
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=question, exact=True)).to_be_visible()
    expect(page.locator(".pending")).to_have_count(0)
