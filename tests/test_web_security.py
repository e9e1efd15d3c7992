"""Headers that keep a browser from running or showing what is not ours, on every response."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from qa.settings import Settings
from web.app import create_app
from web.security import headers_for
from web.state import ServerState

STRICT = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)


@pytest.fixture(scope="module")
def client(sample_settings: Settings) -> Iterator[TestClient]:
    app = create_app(ServerState(sample_settings))

    @app.get("/raising")
    def raising() -> None:
        raise ZeroDivisionError

    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/posts/none", 404),
        ("GET", "/healthz", 200),
        ("GET", "/api/status", 200),
        ("GET", "/api/search?q=hi", 200),
        ("GET", "/api/search", 422),
        ("POST", "/api/ask", 422),
        ("GET", "/api/ask", 405),
        ("GET", "/openapi.json", 200),
        ("GET", "/static/main.js", 200),
        ("GET", "/static/none.js", 404),
        ("GET", "/nothing", 404),
        ("GET", "/raising", 500),
    ],
)
def test_every_response_has_the_strict_headers(
    client: TestClient, method: str, path: str, status: int
) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-security-policy"] == STRICT
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/docs", "/docs/static/swagger-ui.css", "/docs/oauth2-redirect"])
def test_the_reference_may_run_its_own_script_and_nothing_foreign(
    client: TestClient, path: str
) -> None:
    response = client.get(path)
    assert response.status_code == 200
    sent = response.headers["content-security-policy"]
    policy = dict(each.split(maxsplit=1) for each in sent.split("; "))
    assert policy["script-src"] == "'self' 'unsafe-inline'"
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert "http" not in sent


def test_only_the_reference_has_the_looser_policy() -> None:
    assert headers_for("/")["Content-Security-Policy"] == STRICT
    assert headers_for("/posts/docs")["Content-Security-Policy"] == STRICT
    assert headers_for("/docs")["Content-Security-Policy"] != STRICT
