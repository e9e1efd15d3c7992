"""The golden messages: ``python -m tests.slack.show`` writes them, and a page to look at them."""

from __future__ import annotations

import json
import sys
from html import escape
from pathlib import Path
from typing import Any

from tests.slack.made import golden

FOLDER = Path(__file__).parent / "golden"

_STYLE = """
body{font:15px/1.46 Lato,Helvetica,sans-serif;color:#1d1c1d;max-width:46em;margin:2em auto}
article{border:1px solid #ddd;border-radius:8px;padding:12px 16px;margin:0 0 24px}
h2{font-size:13px;color:#616061;font-weight:400;margin:0 0 6px}
.rich,.section{white-space:pre-wrap;margin:4px 0}
blockquote{border-left:4px solid #ddd;margin:4px 0;padding-left:12px;white-space:pre-wrap}
.context{font-size:12px;color:#616061;margin:4px 0}
button{font:inherit;font-weight:700;background:#fff;border:1px solid #bbb;border-radius:4px;
padding:4px 12px;margin:6px 8px 0 0}
hr{border:0;border-top:1px solid #ddd;margin:10px 0}
a{color:#1264a3;text-decoration:none}
"""


def page(messages: dict[str, Any]) -> str:
    """The messages about as Slack shows them."""
    articles = "".join(
        f"<article><h2>{escape(name)}</h2>{''.join(map(_block, message['blocks']))}"
        f'<p class="context">text: {escape(message["text"])}</p></article>'
        for name, message in messages.items()
    )
    return (
        '<!doctype html><meta charset="utf-8"><title>Messages</title>'
        f"<style>{_STYLE}</style>{articles}"
    )


def _block(block: dict[str, Any]) -> str:
    kind = block["type"]
    if kind == "section":
        return f'<div class="section">{escape(block["text"]["text"])}</div>'
    if kind == "context":
        return f'<div class="context">{escape(block["elements"][0]["text"])}</div>'
    if kind == "divider":
        return "<hr>"
    if kind == "actions":
        labels = (escape(each["text"]["text"]) for each in block["elements"])
        return "".join(f"<button>{label}</button>" for label in labels)
    assert kind == "rich_text"
    tags = {"rich_text_quote": "blockquote", "rich_text_section": "div"}
    inner = "".join(
        f"<{tags[each['type']]}>{''.join(map(_run, each['elements']))}</{tags[each['type']]}>"
        for each in block["elements"]
    )
    return f'<div class="rich">{inner}</div>'


def _run(run: dict[str, Any]) -> str:
    if run["type"] == "user":
        return f"<a>@{escape(run['user_id'])}</a>"
    shown = escape(run["text"])
    if run.get("style", {}).get("bold"):
        shown = f"<b>{shown}</b>"
    return f'<a href="{escape(run["url"])}">{shown}</a>' if run["type"] == "link" else shown


def write() -> None:
    """Write every message as a file of its own; files of none are removed."""
    FOLDER.mkdir(exist_ok=True)
    messages = golden()
    for path in FOLDER.glob("*.json"):
        if path.stem not in messages:
            path.unlink()
    for name, message in messages.items():
        text = json.dumps(message, indent=2, ensure_ascii=False)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(page(golden()), encoding="utf-8")
