"""The pages as HTML: the chat page and the local reader. How they behave is tests/browser's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from corpus.identity import post_id
from qa.settings import Settings
from web.app import create_app
from web.state import ServerState

STEPS = """---
title: Steps to a call
author: Ada Quill
date: 2020-03-02
url: https://blog.example/steps?a=1&b=2
---
Before a call, three things count.

# Order

3. Stand up.
4. Breathe out.
   - Slowly, mind.
5. Dial.

- Smile.

> A smile can be heard.

```
dial --now
```
"""
HOSTILE = """---
title: "<script>alert(1)</script> & 'quotes'"
author: "<img src=x onerror=alert(2)>"
url: https://blog.example/a"onmouseover="alert(3)
tags: ["<b>tag"]
---
Put `<script>alert(4)</script>` on the website, said "Bo" & Ada.

- `</li></ul><script>alert(5)</script>`

```
<script>alert(6)</script>
```
"""
COPY = """---
title: {title}
date: {date}
---
{text}
"""
LONG = " ".join(f"lorem{number}" for number in range(60)) + "."
BARE = "A post with neither date nor author nor address.\n"


@pytest.fixture(scope="module")
def client(
    make_home: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("pages")
    posts = {
        "steps": STEPS,
        "hostile": HOSTILE,
        "bare": BARE,
        "once": COPY.format(title="Once", date="2019-01-02", text=LONG),
        "twice": COPY.format(title="Twice", date="2020-01-02", text=LONG),
    }
    for name, content in posts.items():
        (folder / f"{name}.md").write_text(content)
    with TestClient(create_app(ServerState(make_home(folder)))) as client:
        yield client


def found(client: TestClient, question: str) -> dict[str, Any]:
    """The passage nearest to ``question``."""
    response = client.get("/api/search", params={"q": question, "limit": 1})
    passage: dict[str, Any] = response.json()["passages"][0]
    return passage


def page(client: TestClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response.text


def body_of(html: str) -> str:
    """The post of a reader page: one element a line, without the classes that only style it."""
    article = html[html.index("</header>", html.index("<article")) : html.index("</article>")]
    lines = [line.strip() for line in article.splitlines()[1:] if line.strip()]
    return re.sub(r' class="marked(?: in-part)?"| dir="auto"', "", "\n".join(lines))


def test_the_chat_page_asks_the_question_in_its_address(client: TestClient) -> None:
    html = page(client, "/")
    assert '<form class="ask" id="ask" role="search" action="/" method="get">' in html
    assert '<textarea id="question" name="q"' in html
    hostile = quote("<script>alert(7)</script>")
    assert page(client, f"/?q={hostile}") == html, "the page's script takes the question, not we"


@pytest.mark.parametrize("path", ["/", "/posts/none"])
def test_pages_load_nothing_from_elsewhere(client: TestClient, path: str) -> None:
    html = client.get(path).text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert addresses
    assert [each for each in addresses if not each.startswith("/")] == []
    for each in addresses:
        assert client.get(each).status_code == 200, each
    assert "<style" not in html
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
    assert re.findall(r"\son\w+=|\sstyle=", html) == []


def test_the_chat_page_opens_without_an_index(tmp_path: Path) -> None:
    with TestClient(create_app(ServerState(Settings(home=tmp_path)))) as client:
        assert client.get("/").status_code == 200


def test_the_reader_shows_a_post_with_the_passage_marked(client: TestClient) -> None:
    passage = found(client, "in which order do I call, stand up and dial?")
    assert passage["post"]["title"] == "Steps to a call"
    assert passage["heading"] == ["Order"]
    html = page(client, passage["reader_link"])
    assert "<title>Steps to a call · Ask the archive</title>" in html
    assert '<h1 dir="auto">Steps to a call</h1>' in html
    assert '<span class="author">Ada Quill</span> · ' in html
    assert '<time datetime="2020-03-02">2 March 2020</time>' in html
    assert (
        '<a href="https://blog.example/steps?a=1&amp;b=2" target="_blank" rel="noopener">' in html
    )
    assert body_of(html) == (
        "<p>Before a call, three things count.</p>\n"
        "<h2>Order</h2>\n"
        '<ol start="3">\n'
        '<li><mark id="passage">Stand up.</mark></li>\n'
        "<li><div><mark>Breathe out.</mark></div>\n"
        "<ul>\n"
        "<li><mark>Slowly, mind.</mark></li>\n"
        "</ul>\n"
        "</li>\n"
        "<li><mark>Dial.</mark></li>\n"
        "</ol>\n"
        "<ul>\n"
        "<li><mark>Smile.</mark></li>\n"
        "</ul>\n"
        "<blockquote><p><mark>A smile can be heard.</mark></p></blockquote>\n"
        '<pre tabindex="0"><code><mark>dial --now</mark></code></pre>'
    )


@pytest.mark.parametrize("p", ["", "?p=-1", "?p=2", "?p=99", "?p=999999999999999999999"])
def test_without_a_passage_of_that_number_nothing_is_marked(client: TestClient, p: str) -> None:
    path = found(client, "stand up and dial?")["reader_link"].partition("?")[0]
    html = page(client, path + p)
    assert "<mark" not in html
    assert "Stand up." in html


def test_each_passage_is_marked_as_the_search_gave_it(client: TestClient) -> None:
    path = found(client, "stand up and dial?")["reader_link"].partition("?")[0]
    marked = re.findall(r"<mark[^>]*>(.*?)</mark>", page(client, f"{path}?p=0"))
    assert marked == ["Before a call, three things count."]


def test_a_bare_post_has_a_title_and_nothing_it_does_not_have(client: TestClient) -> None:
    html = page(client, found(client, "which post has no date?")["reader_link"])
    assert '<h1 dir="auto">Bare</h1>' in html
    assert "<time" not in html
    assert 'class="author"' not in html
    assert 'class="meta"' not in html
    assert "Source" not in html


def test_markup_in_a_post_is_shown_and_never_run(client: TestClient) -> None:
    passage = found(client, "which script do I put on the website?")
    html = page(client, passage["reader_link"])
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;quotes&#39; · Ask the archive" in html
    assert "&lt;img src=x onerror=alert(2)&gt;" in html
    assert 'href="https://blog.example/a&#34;onmouseover=&#34;alert(3)"' in html
    assert (
        '<p><mark id="passage">Put &lt;script&gt;alert(4)&lt;/script&gt; on the website, '
        "said &#34;Bo&#34; &amp; Ada.</mark></p>"
    ) in body_of(html)
    assert "&lt;/li&gt;&lt;/ul&gt;&lt;script&gt;alert(5)&lt;/script&gt;" in html
    assert "&lt;script&gt;alert(6)&lt;/script&gt;" in html
    assert re.findall(r"<(?:script(?! type=\"module\" src=\"/static/)|img)[^>]*>", html) == []
    assert re.findall(r'\son\w+="', html) == []


def test_markup_in_a_post_and_a_question_is_plain_text_in_the_api(client: TestClient) -> None:
    question = "which <script>alert(7)</script> do I put on the website?"
    response = client.post("/api/ask", json={"question": question, "limit": 1})
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    passage = response.json()["passages"][0]
    assert passage["text"].startswith("Put <script>alert(4)</script> on the website")
    assert passage["post"]["title"] == "<script>alert(1)</script> & 'quotes'"
    assert passage["post"]["author"] == "<img src=x onerror=alert(2)>"
    assert passage["post"]["tags"] == ["<b>tag"]
    assert passage["link"].startswith('https://blog.example/a"onmouseover="alert(3)#:~:text=')
    assert json.loads(response.text) == response.json()


def test_a_copy_names_the_post_it_is_one_of(client: TestClient) -> None:
    once, twice = (
        post_id(url=None, source="pages0", place=f"{each}.md") for each in ("once", "twice")
    )
    line = f'Says nearly the same as <a href="/posts/{once}">Once</a>, 2019.</p>'
    assert line in page(client, f"/posts/{twice}")
    assert "Says nearly the same" not in page(client, f"/posts/{once}")


@pytest.mark.parametrize(
    "id",
    [
        "none",
        "steps",
        "..",
        "%00",
        "%FF%FE",
        "%3Cscript%3Ealert(8)",
        "'%20OR%201=1--",
        "%F0%9F%A6%89",
        "x" * 2000,
    ],
)
def test_an_unknown_post_is_said_to_be_gone(client: TestClient, id: str) -> None:
    html = page(client, f"/posts/{id}x?p=0", status=404)
    assert "<h1>This post is not in the archive</h1>" in html
    assert "alert(8)" not in html


def test_the_reader_is_told_the_posts_around_and_newer_ones(sample_settings: Settings) -> None:
    with TestClient(create_app(ServerState(sample_settings))) as client:
        status = client.get("/api/status").json()
        placed = client.get("/api/map").json()["posts"]
        by_date = sorted(placed, key=lambda post: (post["published"], post["id"]))
        oldest, second, third, newest = *by_date[:3], by_date[-1]
        first = client.get(oldest["link"]).context  # type: ignore[attr-defined]
        middle = client.get(second["link"]).context  # type: ignore[attr-defined]
        last = client.get(newest["link"]).context  # type: ignore[attr-defined]
    assert status["first_published"] == oldest["published"]
    assert first["previous"] is None
    assert last["next"] is None
    for found, wanted in (
        (first["next"], second),
        (middle["previous"], oldest),
        (middle["next"], third),
    ):
        assert (found.title, found.link) == (wanted["title"], wanted["link"])
        assert found.published.isoformat() == wanted["published"]
    assert last["newer"] == []
    newer = [each.title for each in first["newer"]]
    assert "Dial First and Be Scared Later" in newer
    assert len(newer) <= 3
