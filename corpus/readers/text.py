"""Web pages saved as plain text: articles, and Blogger pages with the template around the posts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path

from corpus.dates import parse_date
from corpus.markup.words import plain
from corpus.readers.files import TEXT_SUFFIXES, load_text, some_files
from corpus.readers.peek import Peek
from corpus.readers.posts import post_or_skip
from corpus.types import Block, Post, ReadOptions, Skipped, Source

ABOUT = "a folder of .txt files, or one"

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
_COMMENT_COUNT = re.compile(
    r"(?:no|one|\d{1,6}) (?:comments?|replies|reply|responses?|thoughts?)"
    r"(?: (?:on|to) [“\"«„‘'].{1,300}[”\"»“’'])?:?",
    re.IGNORECASE,
)
# Behind these stand comments, or the side column of the page.
_PAGE_END = re.compile(
    r"post a comment|links to this post:?|newer posts?|older posts?|subscribe to:.*"
    r"|leave a (?:comment|reply)(?: (?:cancel reply|to .{1,100}))?|add (?:a )?comment",
    re.IGNORECASE,
)
# What Blogger has only there; WordPress has the others above the text as well, in some themes.
_NEVER_ABOVE = re.compile(
    r".*:|post a comment|links to this post|newer posts?|older posts?", re.IGNORECASE
)
# "Ann said...", "Ann says:", "Ann on March 3, 2010 at 9:41 am said:", "AnnMarch 3, 2010 at 9:41 AM"
_COMMENTER = re.compile(
    r".{1,100} (?:said|says)\s*(?:\.\.\.|…|:)|.{1,100}\d{4} at \d{1,2}[:.]\d\d(?: ?[ap]\.?m\.?)?",
    re.IGNORECASE,
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
    """A post as it is gathered from the lines of a page; ``texts`` of these are not blank."""

    title: str = ""
    published: date | None = None
    author: str = ""
    tags: tuple[str, ...] = ()
    lines: list[str] = field(default_factory=list)
    texts: int = 0
    has_prose: bool = False

    @property
    def has_body(self) -> bool:
        """Whether there is more than a title."""
        return self.texts > 1 or self.has_prose

    def add(self, line: str) -> None:
        """Take in the next line."""
        self.lines.append(line)
        if text := plain(line):
            self.texts += 1
            # The name of a page and what is about it are short, and end in no stop.
            is_sentence = self.texts > 1 and text.endswith(_SENTENCE_ENDS)
            self.has_prose = self.has_prose or is_sentence or len(text) > _LONGEST_DATED_TITLE


def recognises(peek: Peek) -> bool:
    """Whether most files are text."""
    return not peek.is_online and peek.written_in == "text"


def read(source: Source, options: ReadOptions) -> Iterator[Post | Skipped]:
    """One post for every text file at ``source.location``, or several for a dated Blogger page.

    The second post of ``page.txt`` has the place ``page.txt#2``. Files without text and unreadable
    ones are skipped. SourceError if there is no text file at all.
    """
    for file in some_files(Path(source.location), TEXT_SUFFIXES):
        text = load_text(file)
        if isinstance(text, Skipped):
            yield text
            continue
        for number, draft in enumerate(_drafts(text.split("\n")), start=1):
            place = file.place if number == 1 else f"{file.place}#{number}"
            yield post_or_skip(
                source,
                place,
                title=draft.title,
                blocks=_blocks(draft.lines),
                author=draft.author,
                published=draft.published,
                tags=draft.tags,
            )


def _drafts(lines: list[str]) -> list[_Draft]:
    starts = _starts(lines)
    if not starts:
        return [_article(lines)]
    ends = [*starts[1:], len(lines)]
    sections = [lines[start:end] for start, end in zip(starts, ends, strict=True)]
    return [draft for section in sections for draft in _posts_of_day(section)]


def _starts(lines: list[str]) -> list[int]:
    """The lines that are a day with its weekday, where the next text could be a title."""
    starts = []
    next_is_title = False
    # From behind, so that what follows a line is known.
    for number in range(len(lines) - 1, -1, -1):
        text = plain(lines[number])
        is_day = _is_day(text)
        if is_day and next_is_title:
            starts.append(number)
        if text:
            next_is_title = not is_day and _could_be_title(text)
    return starts[::-1]


def _is_day(text: str) -> bool:
    return _DATE_LINE.fullmatch(text) is not None and parse_date(text) is not None


def _could_be_title(text: str) -> bool:
    return len(text) <= _LONGEST_DATED_TITLE and not _is_of_template(text)


def _is_of_template(text: str) -> bool:
    return any(line.fullmatch(text) for line in _TEMPLATE)


def _posts_of_day(section: list[str]) -> list[_Draft]:
    """The posts under one date line, without the template around them.

    A post ends at its byline or its count of comments. What follows is another post of the day if
    it ends in the same way, else comments or the side column. All is comments from where the first
    line behind a count names who wrote it.
    """
    published = parse_date(plain(section[0]))
    drafts = [_Draft(published=published)]
    doubtful = _Draft(published=published)
    ended = counted = False
    for line in section[1:]:
        text = plain(line)
        byline = _POSTED_BY.fullmatch(text)
        if byline or _COMMENT_COUNT.fullmatch(text):
            if ended and doubtful.has_body:
                drafts.append(doubtful)
            # Some templates have the byline between title and text.
            ended = ended or not byline or drafts[-1].has_body
            counted = not byline
            doubtful = _Draft(published=published)
            if byline:
                drafts[-1].author = plain(byline["name"])
        elif _PAGE_END.fullmatch(text):
            ended = True
            doubtful = _Draft(published=published)
        elif labels := _LABELS.fullmatch(text):
            drafts[-1].tags = tuple(labels["tags"].split(","))
        elif counted and _COMMENTER.fullmatch(text):
            break
        elif not _FURNITURE.fullmatch(text):
            counted = counted and not text
            (doubtful if ended else drafts[-1]).add(line)
    for draft in drafts:
        _take_title(draft, _LONGEST_DATED_TITLE)
    return drafts


def _article(lines: list[str]) -> _Draft:
    """A page without dates as one post, without the lines of a template.

    It ends at its count of comments, or at what else has them or the side column behind it. Where
    such a line may as well stand above the text, it is not taken for the end before there is text;
    then the first line that names who wrote a comment is.
    """
    draft = _Draft()
    counted = False
    for line in lines:
        text = plain(line)
        if _COMMENT_COUNT.fullmatch(text) or _PAGE_END.fullmatch(text):
            if draft.has_prose or (draft.has_body and _NEVER_ABOVE.fullmatch(text)):
                break
            counted = True
        elif byline := _POSTED_BY.fullmatch(text):
            draft.author = plain(byline["name"])
        elif counted and _COMMENTER.fullmatch(text):
            break
        elif labels := _LABELS.fullmatch(text):
            draft.tags = tuple(labels["tags"].split(","))
        elif not _is_of_template(text):
            draft.add(line)
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
