"""The API's answers: every route, over the sample archive and over posts that have an address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa.examples import example_questions
from qa.settings import Settings
from web.app import create_app
from web.state import ServerState

DESK = """---
title: The standing desk
author: Ada Quill
date: 2020-03-02
url: https://blog.example/standing-desk
tags: [Calling, habits]
---
Lead-in with an owl \U0001f989 on the desk.

## Standing

Stand up before you dial a stranger. The coffee is on the left.
"""
LADDER = """---
title: The discount ladder
author: Bo Ünlü
date: 2021-06-30
url: https://blog.example/2021/discount-ladder#price
tags: [price]
---
Never lower a price without getting something back for it. A longer contract is worth a discount.
"""
DRAWER = """---
title: The bottom drawer
---
Keep every letter from a customer in the bottom drawer, and read one when the week is bad.
"""

Api = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def sample(sample_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(ServerState(sample_settings))) as client:
        yield client


@pytest.fixture(scope="module")
def small_settings(
    make_home: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    folder = tmp_path_factory.mktemp("small")
    for name, content in {"desk": DESK, "ladder": LADDER, "drawer": DRAWER}.items():
        (folder / f"{name}.md").write_text(content)
    return make_home(folder)


@pytest.fixture(scope="module")
def small(small_settings: Settings) -> Iterator[TestClient]:
    settings = replace(small_settings, least_confidence=0.0)
    with TestClient(create_app(ServerState(settings))) as client:
        yield client


def ask(client: TestClient, question: str, **more: object) -> dict[str, Any]:
    response = client.post("/api/ask", json={"question": question} | more)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    body: dict[str, Any] = response.json()
    return body


def search(client: TestClient, **query: str | int) -> dict[str, Any]:
    response = client.get("/api/search", params=query)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def titles(body: dict[str, Any]) -> list[str]:
    return [passage["post"]["title"] for passage in body["passages"]]


def test_ask_gives_the_whole_answer(small: TestClient) -> None:
    body = ask(small, "should I stand up when I dial?", limit=1)
    assert re.fullmatch(r"[0-9a-f]{32}", body.pop("id"))
    assert body.pop("took_ms") >= 0
    (passage,) = body["passages"]
    assert 0 < passage.pop("score") <= 1
    post_id = passage["post"].pop("id")
    assert re.fullmatch(r"standing-desk-[0-9a-f]{8}", post_id)
    quoted = "Stand up before you dial a stranger."
    assert body == {
        "status": "answered",
        "confidence": "sure",
        "short_answer": [{"text": quoted, "citation": 1}],
        "passages": [
            {
                "id": f"{post_id}.1",
                "rank": 1,
                "text": "Stand up before you dial a stranger. The coffee is on the left.",
                "highlights": [{"start": 0, "end": 36}],
                "say": [],
                "heading": ["Standing"],
                "link": (
                    "https://blog.example/standing-desk"
                    "#:~:text=Stand%20up%20before%20you%20dial%20a%20stranger."
                ),
                "reader_link": f"/posts/{post_id}?p=1#passage",
                "post": {
                    "title": "The standing desk",
                    "author": "Ada Quill",
                    "published": "2020-03-02",
                    "url": "https://blog.example/standing-desk",
                    "tags": ["calling", "habits"],
                },
                "newer": None,
            }
        ],
        "searched_with": [],
        "subjects": [],
        "generation": small.get("/healthz").json()["generation"],
    }


def test_an_explained_answer_says_why(small: TestClient) -> None:
    question = "should I stand up when I dial?"
    plain = ask(small, question, limit=1)
    body = ask(small, question, limit=1, explain=True, filters={"author": "ada quill"})
    why = body["passages"][0].pop("why")
    explanation = body.pop("explanation")
    assert body["passages"][0]["text"] == plain["passages"][0]["text"]
    assert sorted(body) == sorted(plain)
    assert why["words"] == ["stand", "up", "dial"]
    assert (why["meaning_rank"], why["bm25_rank"], why["fused_rank"]) == (1, 1, 1)
    assert sorted(why) == [
        *("bm25", "bm25_rank", "fused", "fused_rank", "meaning", "meaning_rank"),
        *("other_words", "sentence", "timely", "words"),
    ]
    assert explanation["asked"] == question
    assert explanation["filters"] == {
        "author": "ada quill",
        "tag": None,
        "source": None,
        "after": None,
        "before": None,
        "chips": [],
    }
    assert explanation["least_confidence"] == 0.0
    assert 0.5 < explanation["confidence"] < 1


def test_a_link_keeps_the_section_that_the_address_names(small: TestClient) -> None:
    passage = ask(small, "what should I get back for a lower price?", limit=1)["passages"][0]
    assert passage["link"] == (
        "https://blog.example/2021/discount-ladder#price"
        ":~:text=Never%20lower%20a%20price%20without%20getting%20something%20back%20for%20it."
    )


def test_without_an_address_the_link_is_the_reader_s(small: TestClient) -> None:
    passage = ask(small, "what do I keep in the bottom drawer?", limit=1)["passages"][0]
    assert passage["link"] == passage["reader_link"]
    assert passage["post"] | {"id": ""} == {
        "id": "",
        "title": "The bottom drawer",
        "author": None,
        "published": None,
        "url": None,
        "tags": [],
    }
    assert small.get(passage["link"]).status_code == 200


def test_highlights_count_code_points_not_utf_16_units(small: TestClient) -> None:
    passage = ask(small, "which bird is on the desk?", limit=1)["passages"][0]
    (mark,) = passage["highlights"]
    assert (mark["start"], mark["end"]) == (0, 34)
    assert passage["text"][0:34] == "Lead-in with an owl \U0001f989 on the desk."


def test_without_a_limit_the_server_s_own_holds(sample_settings: Settings) -> None:
    settings = replace(sample_settings, limit=2)
    with TestClient(create_app(ServerState(settings))) as client:
        assert len(ask(client, "how do I handle call reluctance?")["passages"]) == 2
        assert len(search(client, q="how do I handle call reluctance?")["passages"]) == 2


@pytest.mark.parametrize("limit", [1, 3, 20])
def test_limit_is_the_most_passages_that_come_back(sample: TestClient, limit: int) -> None:
    body = search(sample, q="how do I handle call reluctance?", limit=limit)
    assert [each["rank"] for each in body["passages"]] == list(range(1, limit + 1))
    assert len({each["post"]["id"] for each in body["passages"]}) == limit
    assert len(ask(sample, "how do I handle call reluctance?", limit=limit)["passages"]) <= limit


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"author": "ADA QUILL"}, {"The standing desk"}),
        ({"author": "bo ünlü"}, {"The discount ladder"}),
        ({"tag": "CALLING"}, {"The standing desk"}),
        ({"after": "2020-03-02"}, {"The standing desk", "The discount ladder"}),
        ({"after": "2020-03-03"}, {"The discount ladder"}),
        ({"before": "2021-06-30"}, {"The standing desk", "The discount ladder"}),
        ({"before": "2021-06-29"}, {"The standing desk"}),
        ({"after": "2020-03-02", "before": "2020-03-02"}, {"The standing desk"}),
        ({"author": "Ada Quill", "tag": "price"}, set()),
        ({"author": "Ada"}, set()),
        ({"author": "", "tag": "price"}, {"The discount ladder"}),
        (
            {"author": "", "tag": ""},
            {"The standing desk", "The discount ladder", "The bottom drawer"},
        ),
        ({}, {"The standing desk", "The discount ladder", "The bottom drawer"}),
    ],
)
def test_filters_choose_the_posts_that_may_answer(
    small: TestClient, filters: dict[str, str], expected: set[str]
) -> None:
    assert set(titles(search(small, q="what do customers want?", **filters))) == expected
    body = ask(small, "Stand up? Never lower a price! Keep every letter.", filters=filters)
    assert set(titles(body)) == expected
    assert body["status"] == ("answered" if expected else "not_covered")


def test_a_follow_up_is_taken_together_with_the_question_before(sample: TestClient) -> None:
    earlier = "how do I get past a receptionist?"
    body = ask(sample, "and if she asks whether it's a sales call?", history=[earlier])
    assert body["searched_with"] == [earlier]
    assert titles(body)[0] == "The Receptionist Knows Who Died"


def test_a_follow_up_can_be_asked_alone(sample: TestClient) -> None:
    question, history = "what about voicemail?", ["how do I get past a receptionist?"]
    assert ask(sample, question, history=history)["searched_with"] == history
    alone = ask(sample, question, history=history, alone=True)
    assert alone["searched_with"] == []
    assert alone["passages"] == ask(sample, question)["passages"]


def test_a_question_that_stands_alone_leaves_history_out(sample: TestClient) -> None:
    question = "how do I handle call reluctance on a cold call?"
    body = ask(sample, question, history=["how long should a proposal be?"])
    assert body["searched_with"] == []
    assert body["passages"] == ask(sample, question)["passages"]


def test_what_is_not_covered_gets_the_nearest_subjects(sample_settings: Settings) -> None:
    settings = replace(sample_settings, least_confidence=1.0)
    with TestClient(create_app(ServerState(settings))) as client:
        body = ask(client, "how long should a proposal be?")
        assert body["status"] == "not_covered"
        assert body["short_answer"] == body["passages"] == []
        assert len(body["subjects"]) == 3
        assert body["subjects"][0]["title"] == "Two Pages, Written at the Buyer's Table"
        for subject in body["subjects"]:
            page = client.get(subject["link"])
            assert page.status_code == 200
            assert '<mark id="passage">' in page.text
        # a search never counts as not covered
        assert len(search(client, q="how long should a proposal be?")["passages"]) == settings.limit


def test_search_gives_the_passages_alone(small: TestClient) -> None:
    body = search(small, q="should I stand up when I dial?", limit=1)
    assert sorted(body) == ["generation", "passages", "took_ms"]
    assert body["took_ms"] >= 0
    assert body["generation"] == small.get("/healthz").json()["generation"]
    assert body["passages"] == ask(small, "should I stand up when I dial?", limit=1)["passages"]


def test_space_around_a_question_counts_for_nothing(small: TestClient) -> None:
    plain = search(small, q="should I stand up?")["passages"]
    assert search(small, q=" \n should I stand up?\t")["passages"] == plain


def test_what_looks_like_query_syntax_is_taken_as_words(small: TestClient) -> None:
    body = search(small, q='desk AND -title:"x" (OR *) "unclosed', limit=1)
    assert titles(body) == ["The standing desk"]


def test_status_tells_archive_and_index_in_figures(
    small: TestClient, small_settings: Settings
) -> None:
    body = small.get("/api/status").json()
    index = small_settings.index_folder
    assert body.pop("generation") == (index / "current").read_text().strip()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", body.pop("built_at"))
    (source,) = body.pop("sources")
    assert source == {"name": source["name"], "posts": 3}
    chips = body.pop("chips")
    assert chips[0] == {"chip": "prospecting", "name": "Prospecting", "kind": "stage", "posts": 0}
    assert {each["kind"] for each in chips} == {"stage", "objection"}
    assert body == {
        "posts": 3,
        "passages": 4,
        "sentences": 6,
        "authors": [{"name": "Ada Quill", "posts": 1}, {"name": "Bo Ünlü", "posts": 1}],
        "tags": [
            {"tag": "calling", "posts": 1},
            {"tag": "habits", "posts": 1},
            {"tag": "price", "posts": 1},
        ],
        "years": [{"year": 2020, "posts": 1}, {"year": 2021, "posts": 1}],
        "feedback": True,
        "first_published": "2020-03-02",
        "last_published": "2021-06-30",
        "model": "all-MiniLM-L6-v2",
        "examples": [],
    }


def test_status_of_the_sample_archive(sample: TestClient, sample_settings: Settings) -> None:
    body = sample.get("/api/status").json()
    assert body["posts"] == 40
    assert body["authors"] == [
        {"name": name, "posts": 8}
        for name in (
            "Callum Reyne",
            "Desmond Kuiper",
            "Inés Solano",
            "Nora Whitlock",
            "Priya Venkat",
        )
    ]
    assert (body["first_published"], body["last_published"]) == ("2009-10-06", "2024-09-10")
    with ServerState(sample_settings).serving() as serving:
        generation = serving.generation
        wanted = example_questions(generation.store, generation.atlas.layout)
        assert body["examples"] == wanted


def test_healthz_names_the_generation(small: TestClient, small_settings: Settings) -> None:
    response = small.get("/healthz")
    name = (small_settings.index_folder / "current").read_text().strip()
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "generation": name, "reason": None}
