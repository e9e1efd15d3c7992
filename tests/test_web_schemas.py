"""What goes over the wire is described, in the schema that /docs shows, as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from corpus.types import Passage, Span
from index.types import Filters, PostRecord
from qa.settings import Settings
from qa.types import Answer, Citation, FoundPassage, Subject
from web.app import create_app
from web.schemas import AnswerOut, AskBody, FilterBody
from web.state import ServerState

PAGES = ("GET /", "GET /map", "GET /posts/{id}")
FILES = {
    "GET /widget.js": "text/javascript",
    "GET /manifest.webmanifest": "application/manifest+json",
}
ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}


@pytest.fixture(scope="module")
def client(sample_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(ServerState(sample_settings))) as client:
        yield client


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return create_app(ServerState(Settings())).openapi()


@pytest.fixture(scope="module")
def operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def test_every_route_is_described(operations: dict[str, dict[str, Any]]) -> None:
    assert list(operations) == [
        "POST /api/ask",
        "GET /api/search",
        "GET /api/status",
        "GET /healthz",
        "GET /api/suggest",
        "GET /api/map",
        "POST /api/feedback",
        "DELETE /api/feedback",
        "GET /",
        "GET /map",
        "GET /posts/{id}",
        "GET /widget.js",
        "GET /manifest.webmanifest",
    ]
    for route, operation in operations.items():
        assert operation["summary"], route
        assert operation["description"], route
        is_page = route in PAGES or route in FILES
        assert operation["tags"] == (["pages"] if is_page else ["api"]), route
        kind = "text/html" if route in PAGES else FILES.get(route, "application/json")
        assert list(operation["responses"]["200"]["content"]) == [kind], route


def test_every_route_documents_the_failures_it_can_have(
    operations: dict[str, dict[str, Any]],
) -> None:
    for route, operation in operations.items():
        takes_input = "requestBody" in operation or "parameters" in operation
        expected = {"200"} | ({"422"} if takes_input else set())
        expected |= set() if route in ("GET /", "GET /map", *FILES) else {"503"}
        expected |= {"304"} if route == "GET /api/map" else set()
        expected |= {"429"} if route in ("POST /api/ask", "GET /api/search") else set()
        expected |= {"409"} if route.endswith(" /api/feedback") else set()
        assert set(operation["responses"]) - {"404"} == expected, route
        for status in expected - {"200", "304"}:
            failure = operation["responses"][status]
            is_page = (route, status) == ("GET /posts/{id}", "503")
            assert failure["content"] == ({"text/html": {}} if is_page else ERROR), (route, status)
            assert failure["description"].endswith("."), (route, status)


def test_the_framework_s_own_error_body_is_nowhere(schema: dict[str, Any]) -> None:
    assert [name for name in schema["components"]["schemas"] if "Validation" in name] == []


def test_everything_that_can_be_sent_is_described(
    schema: dict[str, Any], operations: dict[str, dict[str, Any]]
) -> None:
    parameters = operations["GET /api/search"]["parameters"]
    named = {each["name"]: each for each in parameters}
    assert sorted(named) == [*("after", "author", "before", "chips", "limit", "q", "source", "tag")]
    assert [name for name, each in named.items() if each["required"]] == ["q"]
    models = schema["components"]["schemas"]
    fields = models["AskBody"]["properties"] | models["FilterBody"]["properties"]
    described = {name: each["schema"] | each for name, each in named.items()} | fields
    described.pop("filters")  # described by its own model
    assert [name for name, each in described.items() if not each.get("description")] == []


def test_the_documented_example_of_a_request_is_answered(
    client: TestClient, schema: dict[str, Any]
) -> None:
    models = schema["components"]["schemas"]
    request = examples(models["AskBody"])
    assert sorted(request) == ["history", "question"]
    filters = examples(models["FilterBody"])
    assert sorted(filters) == ["after", "before", "chips", "source", "tag"]
    response = client.post("/api/ask", json=request | {"filters": filters, "limit": 20})
    assert response.status_code == 200
    body = response.json()
    assert body["status"] == "answered"
    assert body["searched_with"] == []
    for passage in body["passages"]:
        assert filters["tag"] in passage["post"]["tags"]
        assert filters["after"] <= passage["post"]["published"] <= filters["before"]


def test_the_documented_example_of_an_error_is_a_real_one(
    client: TestClient, schema: dict[str, Any]
) -> None:
    documented = examples(schema["components"]["schemas"]["ErrorOut"])
    assert sorted(documented) == ["code", "message"]
    error = client.post("/api/ask", json={"question": " "}).json()["error"]
    assert documented == {"code": error["code"], "message": error["message"]}


def examples(model: dict[str, Any]) -> dict[str, Any]:
    """The first example of every property of ``model`` that has one."""
    properties = model["properties"].items()
    return {name: each["examples"][0] for name, each in properties if "examples" in each}


def test_filters_are_handed_on_as_the_index_takes_them() -> None:
    days = {"after": "2020-02-29", "before": "2021-01-01"}
    sent = {"author": "Ada", "tag": "x", "source": "blog", "chips": ["price"], **days}
    assert FilterBody.model_validate(sent).to_filters() == Filters(
        "Ada", "x", date(2020, 2, 29), date(2021, 1, 1), "blog", ("price",)
    )
    assert not FilterBody().to_filters()


def test_a_question_is_cut_to_its_words() -> None:
    body = AskBody(question="\n how? \t")
    assert body.question == "how?"
    assert body.history == []
    assert body.limit is None
    assert body.filters == FilterBody()


@pytest.mark.parametrize(("length", "accepted"), [(1, True), (1000, True), (1001, False)])
def test_a_question_has_a_length_that_is_counted_without_the_space_around(
    length: int, accepted: bool
) -> None:
    question = "  " + "x" * length + "  "
    if accepted:
        assert AskBody(question=question).question == "x" * length
    else:
        with pytest.raises(ValidationError, match="has 1001 characters"):
            AskBody(question=question)


def test_an_answer_goes_out_with_rounded_numbers_and_without_inner_fields() -> None:
    post = PostRecord(
        "p-1", "p.md", "Title", None, "Ada", date(2020, 3, 2), ("a", "b"), "0123 One."
    )
    passage = Passage("p-1.0", "p-1", 0, "One.", ("Top", "Sub"), 5, 9, (Span(0, 4),))
    found = FoundPassage(1, 0.123456, passage, post, (Span(0, 4),), "/posts/p-1", "/posts/p-1")
    answer = Answer(
        id="a",
        question="one?",
        status="answered",
        confidence="sure",
        short_answer=(Citation("One.", 1),),
        passages=(found,),
        searched_with=("two?",),
        subjects=(Subject("Title", "/posts/p-1"),),
        took_ms=1.2345,
        generation="g",
    )
    assert AnswerOut.of(answer, {}).model_dump(mode="json", exclude_unset=True) == {
        "id": "a",
        "status": "answered",
        "confidence": "sure",
        "short_answer": [{"text": "One.", "citation": 1}],
        "passages": [
            {
                "id": "p-1.0",
                "rank": 1,
                "score": 0.1235,
                "text": "One.",
                "highlights": [{"start": 0, "end": 4}],
                "say": [],
                "heading": ["Top", "Sub"],
                "link": "/posts/p-1",
                "reader_link": "/posts/p-1",
                "post": {
                    "id": "p-1",
                    "title": "Title",
                    "author": "Ada",
                    "published": "2020-03-02",
                    "url": None,
                    "tags": ["a", "b"],
                },
                "newer": None,
            }
        ],
        "searched_with": ["two?"],
        "subjects": [{"title": "Title", "link": "/posts/p-1"}],
        "took_ms": 1.2,
        "generation": "g",
    }
