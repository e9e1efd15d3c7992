"""Questions asked as a person asks them, and answers made to show one thing each."""

from __future__ import annotations

from random import Random
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
        "id": f"passage-{rank}",
        "rank": rank,
        "score": 0.5,
        "text": f"The text of passage {rank}.",
        "highlights": [],
        "heading": [],
        "link": link,
        "reader_link": link,
        "post": post | changes.pop("post", {}),
        "say": [],
        "newer": None,
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


def made_status(**changes: Any) -> dict[str, Any]:
    return {
        "posts": 40,
        "passages": 300,
        "authors": [{"name": "Ruth Calder", "posts": 30}, {"name": "Tomas Iyer", "posts": 10}],
        "tags": [{"tag": "email", "posts": 4}, {"tag": "voicemail", "posts": 2}],
        "sources": [{"name": "blog", "posts": 40}],
        "years": [{"year": 2014, "posts": 25}, {"year": 2019, "posts": 15}],
        "chips": [
            {"chip": "prospecting", "name": "Prospecting", "kind": "stage", "posts": 14},
            {"chip": "closing", "name": "Closing", "kind": "stage", "posts": 0},
            {"chip": "price", "name": "Price", "kind": "objection", "posts": 9},
        ],
        "first_published": "2014-01-05",
        "last_published": "2019-05-01",
        "examples": ["How do I begin?"],
    } | changes


def status_with(page: Page, status: dict[str, Any]) -> None:
    """Lets the page see this of the archive."""
    page.route("**/api/status", lambda route: route.fulfill(json=status))


def answer_with(page: Page, answer: dict[str, Any]) -> None:
    """Lets the page see this answer to whatever it asks."""
    page.route("**/api/ask", lambda route: route.fulfill(json=answer))


def ask(page: Page, question: str) -> None:
    """Asks as a person does, and waits for what comes of it."""
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=question, exact=True)).to_be_visible()
    expect(page.locator(".pending")).to_have_count(0)


def made_map(posts: int = 60, subjects: int = 3) -> dict[str, Any]:
    """Clouds side by side, of which each post but the last is part of one, in turn."""
    draw = Random(1)
    clouds = [(number + 0.5) / subjects for number in range(subjects)]
    made = [
        {
            "id": f"post-{number}",
            "title": f"Post {number}",
            "author": None if number % 5 == 0 else "Ruth Calder",
            "published": f"{2010 + number % 9}-03-03",
            "x": min(1.0, max(0.0, draw.gauss(clouds[number % subjects], 0.08 / subjects))),
            "y": min(1.0, max(0.0, draw.gauss(0.5, 0.1))),
            "subject": number % subjects,
            "link": f"/posts/post-{number}",
        }
        for number in range(posts)
    ]
    made[-1] |= {"subject": None, "published": None}
    sizes = [sum(post["subject"] == number for post in made) for number in range(subjects)]
    return {
        "generation": "g",
        "posts": made,
        "subjects": [
            {"id": number, "name": f"Subject {number}", "x": x, "y": 0.5, "posts": size}
            for number, (x, size) in enumerate(zip(clouds, sizes, strict=True))
        ],
    }
