"""The export archive of Medium: the stories in its folder ``posts/``, and nothing else.

Beside them the archive holds what is private (the profile with its e-mail address, sessions,
bookmarks, claps, who is followed); those files are never opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from lxml.html import HtmlElement

from corpus.dates import parse_date
from corpus.errors import SourceError
from corpus.markup.metadata import same_words, text_of
from corpus.markup.trailers import post_blocks
from corpus.markup.trees import markup_of, tree_of, with_class
from corpus.readers.files import HTML_SUFFIXES, Found, files, load_text, newest_first
from corpus.readers.peek import START_BYTES, Peek
from corpus.readers.posts import post_or_skip
from corpus.types import Block, Post, ReadOptions, Skipped, Source

ABOUT = "the export archive of Medium, as it came or unpacked"

_HINT = "Import the medium-export.zip that Medium sends, or the folder that it unpacks to."
_DAY_IN_NAME = re.compile(r"\d{4}-\d{2}-\d{2}(?=_)")
_LONGEST_RESPONSE = 200
"""Words. A story without a title looks like a response; of what is longer a reader would miss
more."""


def recognises(peek: Peek) -> bool:
    """Whether the first file among the posts is a story of Medium's."""
    if peek.is_online or not peek.has(HTML_SUFFIXES):
        return False
    stories = _stories(Path(peek.location))
    if not stories:
        return False
    try:
        with stories[0].open() as opened:
            start = opened.read(START_BYTES)
    except OSError:
        return False
    root = tree_of(start.decode(errors="replace"))
    return root is not None and any(
        section.get("data-field")
        for entry in with_class(root, "h-entry")
        for section in entry.iter("section")
    )


def read(source: Source, options: ReadOptions) -> Iterator[Post | Skipped]:
    """The stories in the folder ``posts`` of the archive, sorted by file; drafts and responses to
    other people's stories are skipped.

    Of several exports the newest comes first, as :func:`corpus.readers.files.newest_first` tells.
    SourceError if there is no file that could be a story.
    """
    stories = _stories(Path(source.location))
    if not stories:
        raise SourceError(f"{source.location}: holds no posts of a Medium export.", _HINT)
    for file in newest_first(stories, lambda file: str(PurePosixPath(file.place).parent)):
        text = load_text(file)
        yield text if isinstance(text, Skipped) else _read_story(text, source, file.place)


def _stories(location: Path) -> list[Found]:
    """The HTML files in a folder ``posts``, or if there are none those at ``location`` itself."""
    found = files(location, HTML_SUFFIXES)
    stories = [file for file in found if PurePosixPath(file.place).parent.name == "posts"]
    return stories or [file for file in found if "/" not in file.place]


def _read_story(text: str, source: Source, place: str) -> Post | Skipped:
    root = tree_of(text)
    body = None if root is None else _first(root, "e-content")
    footer = None if root is None else next(root.iter("footer"), None)
    # A page that ends in its footer may have lost the link that tells it from a draft.
    is_whole = "</footer>" in text.lower()
    if root is None or body is None or footer is None or not is_whole:
        return Skipped(place, "is no whole page of a Medium export", unreadable=True)
    link = _first(footer, "p-canonical")
    file_name = PurePosixPath(place).name
    if link is None or file_name.startswith("draft_"):
        return Skipped(place, "is a draft")
    time = _first(footer, "dt-published")
    day = _DAY_IN_NAME.match(file_name)
    tags = [text_of(tag) for tag in with_class(root, "p-tag")]
    title = _text(root, "p-name") or next((text_of(each) for each in root.iter("title")), "")
    has_title = _take_title(body, title)
    _mend(body)
    blocks = post_blocks(markup_of(body))
    if not (has_title or tags or _text(root, "p-summary")) and _is_response(title, blocks):
        return Skipped(place, "is a response to another post")
    return post_or_skip(
        source,
        place,
        title=title,
        blocks=blocks,
        url=link.get("href"),
        author=_text(footer, "p-author"),
        published=parse_date(
            time.get("datetime") or text_of(time) if time is not None else day and day[0]
        ),
        tags=tags,
    )


def _first(root: HtmlElement, name: str) -> HtmlElement | None:
    return next(with_class(root, name), None)


def _text(root: HtmlElement, name: str) -> str:
    element = _first(root, name)
    return "" if element is None else text_of(element)


def _take_title(body: HtmlElement, title: str) -> bool:
    """Take the title out of the body, which repeats it; whether it was there."""
    for heading in [*with_class(body, "graf--title"), *body.iter("h1", "h2", "h3", "h4")][:2]:
        if same_words(text_of(heading), title):
            heading.clear(keep_tail=True)
            return True
    return False


def _mend(body: HtmlElement) -> None:
    """Make a paragraph of the subtitle, over which all of the story would stand as under a
    heading; leave only the title of a card that shows another page."""
    for subtitle in with_class(body, "graf--subtitle"):
        subtitle.tag = "p"
    for card in with_class(body, "graf--mixtapeEmbed"):
        title = next((text_of(strong) for strong in card.iter("strong")), "")
        card.clear(keep_tail=True)
        card.text = title


def _is_response(title: str, blocks: tuple[Block, ...]) -> bool:
    """Whether a story without a title of its own is as short as a comment: Medium then names it
    after its first words."""
    opening = title.rstrip("…. ")
    return (
        bool(opening and blocks)
        and blocks[0].text.startswith(opening)
        and all(block.kind != "heading" for block in blocks)
        and sum(len(block.text.split()) for block in blocks) <= _LONGEST_RESPONSE
    )
