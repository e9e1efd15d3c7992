"""Markdown files with front matter, as static site generators and Markdown exports write them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path, PurePosixPath

import yaml
from frontmatter.default_handlers import YAMLHandler

from corpus.clean import markdown_blocks, plain
from corpus.dates import parse_date
from corpus.errors import SourceError
from corpus.identity import post_id, web_url
from corpus.readers import MARKDOWN_SUFFIXES, Found, files, load_text
from corpus.types import Block, Post, Skipped, Source

# Keys are compared in lower case without "_", "-" and spaces: publishDate, publish_date.
_PUBLISHED = (
    "date",
    "publishdate",
    "publishedat",
    "publisheddate",
    "datepublished",
    "pubdate",
    "published",
    "created",
    "createdat",
)
_UPDATED = ("updated", "updatedat", "lastmod", "lastmodified", "modified", "dateupdated")
_TAGS = ("tags", "tag", "categories", "category", "keywords")
_URL = ("canonicalurl", "canonical", "url", "permalink")
_AUTHOR = ("author", "authors")
_TOML_FENCE = re.compile(r"^\+{3,}[ \t]*$", re.MULTILINE)
_KEY_LINE = re.compile(r"(?P<key>[A-Za-z][\w-]*)[ \t]*[:=](?:[ \t]+(?P<value>.*))?$")
_FOLDED = re.compile(r"[>|][+-]?")
_DATED_STEM = re.compile(r"\d{4}-\d{2}-\d{2}[-_ ]+(?=.)")
_NULLS = {"null", "Null", "NULL", "~"}
_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}

Meta = Mapping[str, object]


def read(source: Source) -> Iterator[Post | Skipped]:
    """A post for every published Markdown file at ``source.location``, sorted by place.

    Drafts, files without text and unreadable ones are skipped. SourceError if there is no Markdown
    file at all.
    """
    found = files(Path(source.location), MARKDOWN_SUFFIXES)
    if not found:
        raise SourceError(
            f"{source.location}: holds no .md or .markdown file.",
            "If the posts have moved, import them from where they are now.",
        )
    for file in found:
        yield _read_file(file, source)


def _read_file(file: Found, source: Source) -> Post | Skipped:
    text = load_text(file)
    if isinstance(text, Skipped):
        return text
    meta, body = _split(text)
    if reason := _hidden(meta):
        return Skipped(file.place, reason)
    stem = PurePosixPath(file.place).stem
    title, blocks = _titled(_first_text(meta, ("title",)), stem, markdown_blocks(body))
    if not blocks:
        return Skipped(file.place, "no text")
    url = next((url for key in _URL if (url := web_url(_scalar(meta.get(key))))), None)
    return Post(
        id=post_id(url=url, source=source.id, place=file.place),
        source=source.id,
        place=file.place,
        title=title,
        blocks=blocks,
        url=url,
        author=_first_text(meta, _AUTHOR) or None,
        # Jekyll keeps the date in the file name and often nowhere else.
        published=_date(meta, _PUBLISHED) or parse_date(stem[:10]),
        updated=_date(meta, _UPDATED),
        tags=_tags(meta),
    )


def _split(text: str) -> tuple[Meta, str]:
    """The front matter, its keys in one spelling, and the Markdown after it."""
    start = text.lstrip()
    handler = YAMLHandler()
    meta: Meta | None = None
    try:
        if handler.detect(start):
            block, body = handler.split(start)
            meta = _load_yaml(block, handler)
        elif _TOML_FENCE.match(start):
            _, block, body = _TOML_FENCE.split(start, 2)
            meta = _load_toml(block)
    except ValueError:
        # A line of dashes without a second one is a rule in the text.
        return {}, text
    if meta is None:
        return {}, text
    return {re.sub(r"[ _-]", "", str(key)).lower(): value for key, value in meta.items()}, body


def _load_yaml(block: str, handler: YAMLHandler) -> Meta | None:
    try:
        # BaseLoader leaves every value the text it is: no title turns into a number or a yes, no
        # impossible date raises. The loader in C crashes the process on deeply nested brackets.
        loaded = handler.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError):
        return _load_lines(block)
    if loaded is None:
        return {}
    return loaded if isinstance(loaded, dict) else None


def _load_toml(block: str) -> Meta | None:
    try:
        return tomllib.loads(block)
    except (tomllib.TOMLDecodeError, RecursionError):
        return _load_lines(block)


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


def _hidden(meta: Meta) -> str:
    if _scalar(meta.get("draft")).lower() in _TRUE:
        return "is a draft"
    if _scalar(meta.get("published")).lower() in _FALSE:
        return "is not published"
    return ""


def _titled(title: str, stem: str, blocks: tuple[Block, ...]) -> tuple[str, tuple[Block, ...]]:
    """The title, and the blocks without the heading that says it."""
    for number, block in enumerate(blocks):
        if block.kind == "heading" and (title or block.level == 1):
            if not title or block.text.casefold() == title.casefold():
                return title or block.text, (*blocks[:number], *blocks[number + 1 :])
            break
    return title or _in_words(stem), blocks


def _in_words(stem: str) -> str:
    words = plain(re.sub(r"[-_]+", " ", _DATED_STEM.sub("", stem, count=1)))
    return words[:1].upper() + words[1:] or stem


def _scalar(value: object) -> str:
    if isinstance(value, Mapping):
        return _scalar(value.get("name"))
    if value is None or isinstance(value, list):
        return ""
    text = plain(str(value))
    return "" if text in _NULLS else text


def _items(value: object, separator: str | None = None) -> list[str]:
    values = value if isinstance(value, list) else [value]
    texts = [_scalar(item) for item in values]
    if separator is not None and not isinstance(value, list):
        texts = texts[0].split(separator)
    return [text.strip() for text in texts if text.strip()]


def _first_text(meta: Meta, keys: tuple[str, ...]) -> str:
    return next((text for key in keys if (text := ", ".join(_items(meta.get(key))))), "")


def _date(meta: Meta, keys: tuple[str, ...]) -> date | None:
    return next((day for key in keys if (day := parse_date(meta.get(key)))), None)


def _tags(meta: Meta) -> tuple[str, ...]:
    tags = (tag.lower() for key in _TAGS for tag in _items(meta.get(key), separator=","))
    return tuple(dict.fromkeys(tags))
