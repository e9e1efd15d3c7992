"""What Slack refuses in a message: the limits of Block Kit, with the errors Slack answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

MOST_TEXT = 40_000
MOST_BLOCKS = 50
MOST_IN_ALL = 13_200
"""Characters over all blocks: undocumented, measured by others at 13,202."""


class Refused(Exception):
    """What Slack says of a message that it does not take; ``detail`` names the place."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(error, detail)
        self.error = error
        self.detail = detail


def check_message(body: dict[str, Any]) -> None:
    """Raise Refused unless Slack would show ``body``; a text is wanted beside blocks, too."""
    text = body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise Refused("no_text")
    if len(text) > MOST_TEXT:
        raise Refused("msg_too_long")
    check_blocks(body.get("blocks", []))


def check_view(view: Any) -> None:
    """Raise Refused unless Slack would open ``view``, a form."""
    try:
        _dict("view", view)
        if view.get("type") != "modal":
            raise Refused("invalid_arguments", "view/type")
        _keys("view", view, "callback_id private_metadata title submit close blocks")
        for name in ("title", "submit", "close"):
            _text_object(f"view/{name}", view.get(name), 24, "plain_text")
        _text("view/callback_id", view.get("callback_id"), 255)
        _text("view/private_metadata", view.get("private_metadata"), 3000)
        check_blocks(view.get("blocks"))
    except Refused as refused:
        raise Refused("invalid_arguments", refused.detail) from refused


def check_blocks(blocks: Any) -> None:
    """Raise Refused unless ``blocks`` keep all limits."""
    _list("blocks", blocks, MOST_BLOCKS, least=0)
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        place = f"blocks/{number}"
        _dict(place, block)
        name = block.get("block_id")
        if name is not None:
            _text(f"{place}/block_id", name, 255)
            if name in seen:
                raise Refused("invalid_blocks", f"{place}/block_id is there twice")
            seen.add(name)
        check = _BLOCKS.get(block.get("type"))
        if check is None:
            raise Refused("invalid_blocks", f"{place}: unsupported type {block.get('type')!r}")
        check(place, block)
    if sum(map(len, texts(blocks))) > MOST_IN_ALL:
        raise Refused("msg_blocks_too_long")


def texts(value: Any) -> Iterator[str]:
    """Every text, address and value in ``value``."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                if key in ("text", "url", "value"):
                    yield inner
            else:
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def _keys(place: str, value: dict[str, Any], allowed: str) -> None:
    wrong = value.keys() - set(allowed.split()) - {"type", "block_id"}
    if wrong:
        raise Refused("invalid_blocks", f"{place}: unknown {sorted(wrong)}")


def _dict(place: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise Refused("invalid_blocks", f"{place} is no object")


def _list(place: str, value: Any, most: int, *, least: int = 1) -> None:
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise Refused("invalid_blocks", f"{place}: {least} to {most} wanted")


def _text(place: str, value: Any, most: int) -> None:
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        raise Refused("invalid_blocks", f"{place}: 1 to {most} characters wanted")


def _text_object(place: str, value: Any, most: int, *kinds: str) -> None:
    _dict(place, value)
    if value.get("type") not in kinds:
        raise Refused("invalid_blocks", f"{place}: {kinds} wanted")
    _keys(place, value, "text verbatim" if value["type"] == "mrkdwn" else "text emoji")
    _text(place, value.get("text"), most)


def _section(place: str, block: dict[str, Any]) -> None:
    _keys(place, block, "text fields accessory expand")
    if "text" not in block and "fields" not in block:
        raise Refused("invalid_blocks", f"{place}: text or fields wanted")
    if "text" in block:
        _text_object(f"{place}/text", block["text"], 3000, "mrkdwn", "plain_text")
    if "fields" in block:
        _list(f"{place}/fields", block["fields"], 10)
        for each in block["fields"]:
            _text_object(f"{place}/fields", each, 2000, "mrkdwn", "plain_text")
    if "accessory" in block:
        _button(f"{place}/accessory", block["accessory"])


def _context(place: str, block: dict[str, Any]) -> None:
    _keys(place, block, "elements")
    _list(f"{place}/elements", block.get("elements"), 10)
    for each in block["elements"]:
        _text_object(f"{place}/elements", each, 3000, "mrkdwn", "plain_text")


def _header(place: str, block: dict[str, Any]) -> None:
    _keys(place, block, "text")
    _text_object(f"{place}/text", block.get("text"), 150, "plain_text")


def _input(place: str, block: dict[str, Any]) -> None:
    _keys(place, block, "label element optional hint dispatch_action")
    _text_object(f"{place}/label", block.get("label"), 2000, "plain_text")
    element = block.get("element", {})
    _dict(f"{place}/element", element)
    if element.get("type") != "plain_text_input":
        raise Refused("invalid_blocks", f"{place}: unsupported {element.get('type')!r}")
    _keys(f"{place}/element", element, "action_id multiline max_length min_length placeholder")
    _text(f"{place}/action_id", element.get("action_id"), 255)
    if not 1 <= element.get("max_length", 1) <= 3000:
        raise Refused("invalid_blocks", f"{place}/max_length")


def _divider(place: str, block: dict[str, Any]) -> None:
    _keys(place, block, "")


def _actions(place: str, block: dict[str, Any]) -> None:
    _keys(place, block, "elements")
    _list(f"{place}/elements", block.get("elements"), 25)
    names = [_button(f"{place}/elements", each) for each in block["elements"]]
    if len(set(names)) != len(names):
        raise Refused("invalid_blocks", f"{place}: the same action_id twice")


def _button(place: str, element: Any) -> str:
    _dict(place, element)
    if element.get("type") != "button":
        raise Refused("invalid_blocks", f"{place}: unsupported {element.get('type')!r}")
    _keys(place, element, "text action_id value url style confirm accessibility_label")
    _text_object(f"{place}/text", element.get("text"), 75, "plain_text")
    _text(f"{place}/action_id", element.get("action_id"), 255)
    if "value" in element:
        _text(f"{place}/value", element["value"], 2000)
    if "url" in element:
        _address(f"{place}/url", element["url"])
    if element.get("style", "primary") not in ("primary", "danger"):
        raise Refused("invalid_blocks", f"{place}/style")
    return str(element["action_id"])


def _address(place: str, url: Any) -> None:
    _text(place, url, 3000)
    if not url.startswith(("https://", "http://", "mailto:")):
        raise Refused("invalid_blocks", f"{place}: invalid url")


def _rich_text(place: str, block: dict[str, Any]) -> None:
    _keys(place, block, "elements")
    _list(f"{place}/elements", block.get("elements"), 100)
    for number, each in enumerate(block["elements"]):
        inner = f"{place}/elements/{number}"
        _dict(inner, each)
        if each.get("type") not in ("rich_text_section", "rich_text_quote"):
            raise Refused("invalid_blocks", f"{inner}: unsupported {each.get('type')!r}")
        _keys(inner, each, "elements border")
        _list(inner, each.get("elements"), 100)
        for run in each["elements"]:
            _run(inner, run)


def _run(place: str, run: Any) -> None:
    _dict(place, run)
    if run.get("type") == "user":
        _keys(place, run, "user_id style")
        return
    if run.get("type") not in ("text", "link"):
        raise Refused("invalid_blocks", f"{place}: unsupported {run.get('type')!r}")
    _keys(place, run, "text style" if run["type"] == "text" else "text url style")
    if run["type"] == "text" or "text" in run:
        _text(f"{place}/text", run.get("text"), 3000)
    if run["type"] == "link":
        _address(f"{place}/url", run.get("url"))
    style = run.get("style", {})
    _dict(f"{place}/style", style)
    if not style.keys() <= {"bold", "italic", "strike", "code"} or any(
        not isinstance(each, bool) for each in style.values()
    ):
        raise Refused("invalid_blocks", f"{place}/style")


_BLOCKS: dict[Any, Callable[[str, dict[str, Any]], None]] = {
    "section": _section,
    "context": _context,
    "header": _header,
    "divider": _divider,
    "input": _input,
    "actions": _actions,
    "rich_text": _rich_text,
}
