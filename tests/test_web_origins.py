"""Pages of other websites may ask where the settings name them, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from qa.settings import Settings
from web.app import create_app
from web.state import ServerState

BLOG = "https://blog.example"
QUESTION = {"question": "how do I handle call reluctance?"}


@pytest.fixture(scope="module")
def client(sample_settings: Settings) -> Iterator[TestClient]:
    settings = replace(sample_settings, allowed_origins=(BLOG, "http://127.0.0.1:8080"))
    with TestClient(create_app(ServerState(settings))) as client:
        yield client


def open_to(response: object) -> dict[str, str]:
    headers = getattr(response, "headers", {})
    return {name: value for name, value in headers.items() if name.startswith("access-control-")}


@pytest.mark.parametrize("origin", [BLOG, "http://127.0.0.1:8080"])
def test_a_named_origin_may_read_answers(client: TestClient, origin: str) -> None:
    answer = client.post("/api/ask", json=QUESTION, headers={"Origin": origin})
    assert answer.json()["status"] == "answered"
    assert answer.headers["vary"] == "Origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert open_to(answer) == {
        "access-control-allow-origin": origin,
        "access-control-expose-headers": "Retry-After",
    }
    refused = client.post("/api/ask", json={}, headers={"Origin": origin})
    assert refused.status_code == 422
    assert refused.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize(
    "origin",
    [
        *("null", "http://blog.example", "https://blog.example:8443", "https://www.blog.example"),
        *("https://blog.example.evil.example", "https://BLOG.example", "*"),
    ],
)
def test_no_other_origin_may(client: TestClient, origin: str) -> None:
    answer = client.post("/api/ask", json=QUESTION, headers={"Origin": origin})
    assert "access-control-allow-origin" not in open_to(answer)
    asking = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    assert client.options("/api/ask", headers=asking).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/ask"), ("DELETE", "/api/feedback"), ("GET", "/api/suggest")]
)
def test_browsers_that_ask_first_are_told_so(client: TestClient, method: str, path: str) -> None:
    asking = {
        "Origin": BLOG,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type",
    }
    response = client.options(path, headers=asking)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == BLOG
    assert response.headers["access-control-allow-methods"] == "GET, POST, DELETE"
    assert "Content-Type" in response.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("path", ["/", "/api/search?q=hi", "/healthz", "/openapi.json"])
def test_nothing_but_the_widget_s_routes_is_open(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"Origin": BLOG})
    assert response.status_code == 200
    assert open_to(response) == {}


def test_by_default_no_origin_may(sample_settings: Settings) -> None:
    with TestClient(create_app(ServerState(sample_settings))) as client:
        answer = client.post("/api/ask", json=QUESTION, headers={"Origin": BLOG})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in open_to(answer)
