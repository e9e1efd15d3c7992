"""Web pages saved as plain text: articles, and Blogger pages with the template around the posts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path

from corpus.clean import opening, plain
from corpus.dates import parse_date
from corpus.errors import SourceError
from corpus.identity import post_id
from corpus.readers import TEXT_SUFFIXES, files, load_text
from corpus.types import Block, Post, Skipped, Source

_DATE_LINE = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s.{0,30}\d{4}", re.IGNORECASE
)
_LONGEST_TITLE = 80
_LONGEST_DATED_TITLE = 120
_POSTED_BY = re.compile(
    r"posted by (?P<name>.{1,60}?)"
    r"(?: at(?: \d{1,2}[:.]\d\d.{0,40})?| on .{3,40}\d{4}.{0,20})",
    re.IGNORECASE,
)
_LABELS = re.compile(r"labels:\s*(?P<tags>.*)", re.IGNORECASE)
_COMMENT_COUNT = re.compile(r"(?:no|\d+) comments?:?", re.IGNORECASE)
# Behind these stand comments, or the side column of the page.
_PAGE_END = re.compile(
    r"post a comment|links to this post:?|newer posts?|older posts?|subscribe to:.*", re.IGNORECASE
)
_FURNITURE = re.compile(
    r"search this blog|skip to main content|home|share|share to .{1,20}|email this|blogthis!"
    r"|email thisblogthis!.*|read more\s*[»…>]*|reactions:?|create a link|powered by blogger\.?"
    r"|view (?:mobile|web) version|\d{1,2}:\d\d(?: [ap]m)?",
    re.IGNORECASE,
)
_TEMPLATE = (_POSTED_BY, _LABELS, _COMMENT_COUNT, _PAGE_END, _FURNITURE)
_ITEM = re.compile(r"(?P<marker>[-*•]|\d{1,3}[.)])\s+(?P<text>.+)")
_RUNS_ON = (".", ",", ";", ":", "…")
_SENTENCE_ENDS = (".", "!", "?", ":", "”", '"')
# The lengths between which lines wrapped by hand or by a mail program end.
_SHORTEST_WRAP, _LONGEST_WRAP = 50, 90


@dataclass
class _Draft:
    """A post as it is gathered from the lines of a page."""

    title: str = ""
    published: date | None = None
    author: str | None = None
    tags: tuple[str, ...] = ()
    lines: list[str] = field(default_factory=list)


def read(source: Source) -> Iterator[Post | Skipped]:
    """One post for every text file at ``source.location``, or several for a dated Blogger page.

    The second post of ``page.txt`` has the place ``page.txt#2``. Files without text and unreadable
    ones are skipped. SourceError if there is no text file at all.
    """
    found = files(Path(source.location), TEXT_SUFFIXES)
    if not found:
        raise SourceError(
            f"{source.location}: holds no .txt file.",
            "If the posts have moved, import them from where they are now.",
        )
    for file in found:
        text = load_text(file)
        if isinstance(text, Skipped):
            yield text
            continue
        for number, draft in enumerate(_drafts(text.split("\n")), start=1):
            place = file.place if number == 1 else f"{file.place}#{number}"
            blocks = _blocks(draft.lines)
            if not blocks:
                yield Skipped(place, "no text")
                continue
            yield Post(
                id=post_id(url=None, source=source.id, place=place),
                source=source.id,
                place=place,
                title=draft.title or opening(" ".join(block.text for block in blocks)),
                blocks=blocks,
                author=draft.author,
                published=draft.published,
                tags=draft.tags,
            )


def _drafts(lines: list[str]) -> list[_Draft]:
    starts = [number for number in range(len(lines)) if _starts_post(lines, number)]
    if not starts:
        return [_article(lines)]
    ends = [*starts[1:], len(lines)]
    sections = [lines[start:end] for start, end in zip(starts, ends, strict=True)]
    return [draft for section in sections for draft in _posts_of_day(section)]


def _starts_post(lines: list[str], number: int) -> bool:
    """Whether a line is a day with its weekday and the next line with text could be a title."""
    if not _is_day(lines[number]):
        return False
    title = next((text for line in lines[number + 1 :] if (text := plain(line))), "")
    return (
        0 < len(title) <= _LONGEST_DATED_TITLE
        and not _is_day(title)
        and not any(line.fullmatch(title) for line in _TEMPLATE)
    )


def _is_day(line: str) -> bool:
    text = plain(line)
    return _DATE_LINE.fullmatch(text) is not None and parse_date(text) is not None


def _posts_of_day(section: list[str]) -> list[_Draft]:
    """The posts under one date line, without the template around them.

    A post ends at its byline or its count of comments. What follows is another post of the day if
    it ends in the same way, else comments or the side column.
    """
    published = parse_date(plain(section[0]))
    drafts = [_Draft(published=published)]
    doubtful: list[str] = []
    ended = False
    for line in section[1:]:
        text = plain(line)
        byline = _POSTED_BY.fullmatch(text)
        if byline or _COMMENT_COUNT.fullmatch(text):
            if ended and _has_body(doubtful):
                drafts.append(_Draft(published=published, lines=doubtful))
            # Some templates have the byline between title and text.
            ended = ended or not byline or _has_body(drafts[-1].lines)
            doubtful = []
            if byline:
                drafts[-1].author = plain(byline["name"])
        elif _PAGE_END.fullmatch(text):
            ended = True
            doubtful = []
        elif labels := _LABELS.fullmatch(text):
            drafts[-1].tags = _tags(labels["tags"])
        elif not _FURNITURE.fullmatch(text):
            (doubtful if ended else drafts[-1].lines).append(line)
    for draft in drafts:
        _take_title(draft, _LONGEST_DATED_TITLE)
    return drafts


def _has_body(lines: list[str]) -> bool:
    return sum(bool(plain(line)) for line in lines) > 1


def _article(lines: list[str]) -> _Draft:
    """A page without dates as one post, without the lines of a template."""
    draft = _Draft()
    for line in lines:
        text = plain(line)
        if byline := _POSTED_BY.fullmatch(text):
            draft.author = plain(byline["name"])
        elif labels := _LABELS.fullmatch(text):
            draft.tags = _tags(labels["tags"])
        elif not any(template.fullmatch(text) for template in _TEMPLATE):
            draft.lines.append(line)
    if _opens_with_title(draft.lines):
        _take_title(draft, _LONGEST_TITLE)
    return draft


def _opens_with_title(lines: list[str]) -> bool:
    texts = [plain(line) for line in lines]
    first = next((number for number, text in enumerate(texts) if text), len(texts))
    if not any(texts[first + 1 :]):
        return False
    # The first line of a wrapped paragraph is as short as a title.
    alone = not texts[first + 1] or not _is_wrapped(lines)
    return alone and not texts[first].endswith(_RUNS_ON) and not _ITEM.match(texts[first])


def _take_title(draft: _Draft, longest: int) -> None:
    for number, line in enumerate(draft.lines):
        if title := plain(line):
            if len(title) <= longest:
                draft.title = title
                draft.lines = draft.lines[number + 1 :]
            return


def _tags(labels: str) -> tuple[str, ...]:
    tags = (plain(tag).lower() for tag in labels.split(","))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _blocks(lines: list[str]) -> tuple[Block, ...]:
    paragraphs = _joined(lines) if _is_wrapped(lines) else lines
    return tuple(_block(text) for line in paragraphs if (text := plain(line)))


def _block(text: str) -> Block:
    item = _ITEM.fullmatch(text)
    if item is None:
        return Block("paragraph", text)
    number = item["marker"].rstrip(".)")
    return Block("item", item["text"], level=1, marker=f"{number}." if number.isdigit() else "-")


def _is_wrapped(lines: list[str]) -> bool:
    """Whether few lines are long and most that run on end where wrapped text does."""
    texts = [plain(line) for line in lines]
    if sum(len(text) > _LONGEST_WRAP for text in texts) * 10 > sum(map(bool, texts)):
        return False
    runs_on = [
        text
        for text, following in pairwise(texts)
        if text and following and not _ITEM.match(text) and not _ITEM.match(following)
    ]
    broken_off = [
        text
        for text in runs_on
        if _SHORTEST_WRAP <= len(text) <= _LONGEST_WRAP and not text.endswith(_SENTENCE_ENDS)
    ]
    return len(broken_off) * 2 > len(runs_on)


def _joined(lines: list[str]) -> Iterator[str]:
    """The paragraphs and list items of wrapped text, each on one line."""
    paragraph: list[str] = []
    for line in [*lines, ""]:
        text = plain(line)
        if not text or _ITEM.match(text):
            yield " ".join(paragraph)
            paragraph = []
        paragraph.append(text)
