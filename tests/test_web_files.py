"""The widget and the app's manifest, at addresses that other pages and browsers know."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import web
from qa.settings import Settings
from web.app import create_app
from web.state import ServerState

STATIC = Path(web.__file__).parent / "static"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return TestClient(create_app(ServerState(Settings(home=tmp_path))))


def test_the_widget_is_a_script_that_any_page_may_keep_for_an_hour(client: TestClient) -> None:
    response = client.get("/widget.js")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == (
        "public, max-age=3600, stale-while-revalidate=86400"
    )
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.content == (STATIC / "widget.js").read_bytes()
    again = client.get("/widget.js", headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == response.headers["cache-control"]


def test_the_manifest_is_called_what_it_is(client: TestClient) -> None:
    response = client.get("/manifest.webmanifest")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/manifest+json"
    assert response.headers["cache-control"] == "no-cache"
    manifest = response.json()
    assert manifest["start_url"] == "/"
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).status_code == 200
