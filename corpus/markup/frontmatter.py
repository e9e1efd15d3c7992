"""The data that stands before the text of a Markdown file, in YAML, TOML or JSON.

python-frontmatter finds the fences of YAML. Its loaders are not used: they would make numbers and
dates of titles, and give up at the first slip, where most that is wrong with front matter
("title: Note: this") is plain to a reader.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping

import yaml
from frontmatter.default_handlers import YAMLHandler

from corpus.markup.words import plain

Meta = Mapping[str, object]

_TOML_FENCE = re.compile(r"^\+{3,}[ \t]*$", re.MULTILINE)
# "{% include %}" and "{{name}}" open a text, not an object.
_JSON_START = re.compile(r"\{\s*[\"}]")
_JSON_END = re.compile(r"^\}[ \t]*$", re.MULTILINE)
_KEY_LINE = re.compile(r"(?P<key>[A-Za-z][\w-]*)[ \t]*[:=](?:[ \t]+(?P<value>.*))?$")
_FOLDED = re.compile(r"[>|][+-]?")
_LONGEST_YAML = 2**17  # characters; 100,000 take a second
_LONGEST_NUMBER = 64  # bits; Python refuses to write out one of thousands of digits
_NULLS = {"null", "Null", "NULL", "~"}
# Where Hugo and Zola take what is not their own; their own keys come first.
_TABLES = ("params", "extra", "taxonomies")


def split(text: str) -> tuple[Meta, str]:
    """The front matter, its keys in one spelling, and the Markdown after it.

    Keys are in lower case without "_", "-" and spaces: publishDate and publish_date are one. Front
    matter that breaks the rules of its language is read line by line; a text without any comes
    back as it is.
    """
    start = text.lstrip()
    handler = YAMLHandler()
    meta: Meta | None = None
    body = text
    try:
        if handler.detect(start):
            block, body = handler.split(start)
            meta = _yaml_or_lines(block)
        elif _TOML_FENCE.match(start):
            _, block, body = _TOML_FENCE.split(start, 2)
            meta = _toml_or_lines(block)
        elif _JSON_START.match(start):
            meta, body = _split_json(start)
    except ValueError:
        # A line of dashes without a second one is a rule in the text.
        return {}, text
    return ({}, text) if meta is None else (spelt(meta), body)


def load_yaml(text: str) -> object:
    """What ``text`` holds, every value as the text it is. ValueError if it is no YAML or longer
    than any front matter or configuration."""
    if len(text) > _LONGEST_YAML:
        raise ValueError(f"{len(text)} characters are more than {_LONGEST_YAML}")
    try:
        # BaseLoader leaves every value the text it is: no title turns into a number or a yes, no
        # impossible date raises. The loader in C crashes the process on deeply nested brackets.
        return yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from error


def load_toml(text: str) -> dict[str, object]:
    """What ``text`` holds. ValueError if it is no TOML."""
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError(str(error)) from error


def scalar(value: object) -> str:
    """The line of text that ``value`` is, or the name in it.

    "" for nothing, for lists, and for a number of more than 64 bits.
    """
    if isinstance(value, Mapping):
        value = value.get("name")
    if value is None or isinstance(value, list | Mapping):
        return ""
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
        return ""
    text = plain(str(value))
    return "" if text in _NULLS else text


def texts(value: object) -> list[str]:
    """The texts in a value or a list of them, however lists are nested in it."""
    waiting = [value]
    found = []
    seen = set()  # aliases of YAML can put one list a thousand times into another
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            if id(each) not in seen:
                seen.add(id(each))
                waiting += reversed(each)
        elif text := scalar(each):
            found.append(text)
    return found


def spelt(meta: Meta) -> dict[str, object]:
    """``meta`` with its keys in one spelling, and those of its tables of parameters beside them."""
    tables = [table for key in _TABLES if isinstance(table := meta.get(key), Mapping)]
    return {
        re.sub(r"[ _-]", "", str(key)).lower(): value
        for each in (*tables, meta)
        for key, value in each.items()
    }


def _yaml_or_lines(block: str) -> Meta | None:
    try:
        loaded = load_yaml(block)
    except ValueError:
        return _load_lines(block)
    if loaded is None:
        return {}
    return loaded if isinstance(loaded, dict) else None


def _toml_or_lines(block: str) -> Meta | None:
    try:
        return load_toml(block)
    except ValueError:
        return _load_lines(block)


def _split_json(start: str) -> tuple[Meta | None, str]:
    try:
        loaded, end = json.JSONDecoder().raw_decode(start)
    except (ValueError, RecursionError):
        closing = _JSON_END.search(start)
        if closing is None:
            return None, start
        # YAML takes what is most often wrong with JSON: a comma too many, no quotes.
        end = closing.end()
        loaded = load_yaml(start[:end].replace("\t", " "))
    return (loaded if isinstance(loaded, dict) else None), start[end:]


def _load_lines(block: str) -> Meta | None:
    """Front matter that breaks the rules of its language, line by line; None if it is none.

    ``key: value`` at the margin starts a value; every other line continues it.
    """
    values: dict[str, list[str]] = {}
    key = ""
    for line in block.strip("\n").split("\n"):
        if found := _KEY_LINE.match(line):
            key = found["key"]
            values[key] = [(found["value"] or "").strip()]
        elif not key:
            return None
        elif line.strip() and not line.startswith("#"):
            values[key].append(line.strip())
    return {key: _line_value(*lines) for key, lines in values.items()}


def _line_value(first: str, *more: str) -> str | list[str]:
    if _FOLDED.fullmatch(first):
        return " ".join(more)
    if not first and more and all(line.startswith("- ") for line in more):
        return [_unquoted(line[2:]) for line in more]
    value = " ".join((first, *more))
    if value.startswith("[") and value.endswith("]"):
        return [_unquoted(item) for item in value[1:-1].split(",")]
    return _unquoted(value)


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1].replace('\\"', '"')
    return value
