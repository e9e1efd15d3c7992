"""Scripts and styles as they go over the wire."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from web.assets import Assets, compact

WEB = Path(__file__).parent.parent / "web"

SCRIPT = """\
/** Says
 * a thing. */
export const said = (words) => {
  // why
  const link = "https://blog.example/*"; // stays
  /* one */ return `${link}

    ${words}`;
};
"""
COMPACT = """\
export const said=(words)=>{const link="https://blog.example/*";return`${link}

    ${words}`;};"""


def test_a_script_means_what_it_meant() -> None:
    assert compact(SCRIPT, ".js") == COMPACT


def test_a_style_means_what_it_meant() -> None:
    style = "/* a */ p {}\n/* b */\nq,\nr > s { margin: 0 calc(1px + 2px); }\n"
    assert compact(style, ".css") == "p{}q,r>s{margin:0 calc(1px + 2px)}"


def test_scripts_and_styles_are_compact_and_others_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text(SCRIPT)
    (tmp_path / "a.css").write_text("/* A. */\np {\n  margin: 0;\n}\n")
    (tmp_path / "a.svg").write_text("<svg>\n  <path/>\n</svg>")
    client = TestClient(Starlette(routes=[Mount("/static", Assets(directory=tmp_path))]))
    script = client.get("/static/a.js")
    assert script.text == COMPACT
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert client.get("/static/a.css").text == "p{margin:0}"
    assert client.get("/static/a.svg").text == "<svg>\n  <path/>\n</svg>"
    assert client.get("/static/b.js").status_code == 404


def test_a_file_that_the_browser_has_is_not_sent_again_until_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "a.js"
    file.write_text("a();\n")
    client = TestClient(Starlette(routes=[Mount("/static", Assets(directory=tmp_path))]))
    etag = client.get("/static/a.js").headers["etag"]
    again = client.get("/static/a.js", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    file.write_text("b();\n")
    changed = client.get("/static/a.js", headers={"If-None-Match": etag})
    assert (changed.status_code, changed.text) == (200, "b();")


def test_the_chat_page_weighs_less_than_60_kb_with_all_it_may_ever_load() -> None:
    page = (WEB / "templates" / "index.html").read_text()
    names = {name for name in re.findall(r"/static/([\w.]+)", page) if name != "icon.svg"}
    read: dict[str, str] = {}
    while names:
        name = names.pop()
        read[name] = compact((WEB / "static" / name).read_text(), Path(name).suffix)
        called = re.findall(r'later\("(\w+)"', read[name])
        wanted = set(re.findall(r'from ?"./([\w.]+)"', read[name])) | {f"{it}.js" for it in called}
        names |= wanted - set(read)
    assert {"main.js", "theme.css", "narrow.js", "pins.js", "sheet.js"} <= set(read)
    assert sum(len(text.encode()) for text in [page, *read.values()]) < 60_000
