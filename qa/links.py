"""The addresses that open a post at the quoted words.

Follows the specification of text fragments (https://wicg.github.io/scroll-to-text-fragment/): a
browser takes ``#:~:text=[prefix-,]start[,end][,-suffix]`` to the first place where the words stand,
on word boundaries and without regard to case, accents, curly quotes or the kind of white space.
Each term is looked for within a block (a paragraph, a heading, an item, a cell of a table); a range
may cross blocks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple
from unicodedata import is_normalized, normalize
from urllib.parse import quote

from corpus.markup.rows import cell_spans
from corpus.types import Span

_LONGEST_EXACT = 300  # characters; a longer quote is given by its first and last words
_RANGE_WORDS = 4  # at each end of a range
_RANGE_WORDS_MORE = 4  # may be added to an end before a prefix or suffix is thought better
_WORDS_FOR_LATER = 8  # to tell a quote from places after it, which no browser should come to

# What Unicode's rules or a browser's dictionary might keep together, which is anything between
# white space and punctuation, "don't" and "3.5" too. Words that start or end within are not found.
_LETTER = r"[^\s!-/:-@\[-^`{-~¡«»¿‐-‧‰-⁞、。〃〈-〟！-／：-＠［-＾｀｛-･]"
_UNBROKEN = re.compile(rf"{_LETTER}+(?:[.,:;'’‘\"·٫٬]{_LETTER}+)*")

# Two letters between which no browser sees a boundary. Left out are the scripts written without
# spaces, where the boundary depends on the browser's dictionary.
_MID_WORD = re.compile(
    r"[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff"
    r"\uff66-\uff9f\U00020000-\U0003ffff]{2}"
)

# A word with its punctuation; in writing without spaces, a phrase up to its stop.
_STOPS = "、。，！？；："
_WORD = re.compile(rf"[^\s{_STOPS}]*[{_STOPS}]+[」』）】》〉\"']*|[^\s{_STOPS}]+")

# White space as Python knows it, but for spaces and line breaks.
_OTHER_SPACES = (
    "\t\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)

_ACCENTED = re.compile(r"[À-ɏḀ-ỿ]")


def text_fragment(post_text: str, start: int, end: int) -> str:
    """The directive ``#:~:text=...`` that scrolls to ``post_text[start:end]``.

    A quote of up to 300 characters within a block is given whole, a longer one by its first and
    last words. Where the words stand more than once in the post, as few words as possible of the
    same block are added to tell the place from the others. If a place before it shares the whole
    block, nothing is added and the browser goes to the first. Blocks of ``post_text`` are separated
    by line breaks, or by a bar that stands alone, as between the cells of a row; it is not part of
    the page. White space at the ends of the quote is dropped, and a word that it cuts is taken in
    whole.

    Raises ValueError for a span outside the text, or with no word in it.
    """
    post_text = _with_cells_apart(post_text)
    cut = post_text[start:end] if 0 <= start < end <= len(post_text) else ""
    if not cut.strip():
        raise ValueError(
            f"characters {start} to {end} of a text of {len(post_text)} hold no words to link to"
        )
    start += len(cut) - len(cut.lstrip())
    text = _squeeze(post_text)
    first = len(_squeeze(post_text[: start + 1])) - 1
    last = first + len(_squeeze(cut))
    span = Span(_unbroken_at(text, first).start, _unbroken_at(text, last).end)
    if span.end - span.start <= _LONGEST_EXACT and span.end <= _block_at(text, span.start).end:
        return _exact(text, span)
    return _range(text, span)


def source_link(url: str | None, post_text: str, span: Span) -> str | None:
    """The address that opens the post at the quote; None for a post without a URL.

    A fragment of the URL stays in place (``#section:~:text=...``); a directive after it does not.
    """
    if url is None:
        return None
    page, _, fragment = url.partition("#")
    section = fragment.partition(":~:")[0]
    return f"{page}#{section}{text_fragment(post_text, *span).removeprefix('#')}"


def post_link(post_id: str) -> str:
    """The address of the local reader for a post, from its top."""
    return f"/posts/{quote(post_id, safe='')}"


def reader_link(post_id: str, ordinal: int) -> str:
    """The path in the local reader that shows a post with one of its passages marked."""
    return f"/posts/{quote(post_id, safe='')}?p={ordinal}#passage"


def _exact(text: str, span: Span) -> str:
    wide = _Term("whole", _fold(text), span, _block_at(text, span.start)).set_apart() or span
    return _directive(
        prefix=text[wide.start : span.start],
        start=text[span.start : span.end],
        suffix=text[span.end : wide.end],
    )


def _range(text: str, span: Span) -> str:
    folded = _fold(text)
    block = _block_at(text, span.start)
    room = Span(block.start, min(span.end, block.end))
    head = _words(folded, Span(span.start, room.end))[:_RANGE_WORDS]
    first = Span(span.start, head[-1].end)
    opening = _Term("start", folded, first, room).set_apart()
    if opening is None:
        if room.end == span.end:
            return _exact(text, span)  # what follows the quote may tell it apart, as no end can
        opening = first

    block = _block_at(text, span.end)
    room = Span(max(block.start, opening.end), block.end)
    tail = _words(folded, Span(room.start, span.end))
    if room.start == opening.end and len(tail) <= _RANGE_WORDS:
        return _exact(text, span)  # the two ends would meet
    last = Span(tail[-_RANGE_WORDS:][0].start, span.end)
    closing = _Term("end", folded, last, room, since=opening.end).set_apart() or last
    return _directive(
        prefix=text[opening.start : first.start],
        start=text[first.start : opening.end],
        end=text[closing.start : last.end],
        suffix=text[last.end : closing.end],
    )


def _directive(*, prefix: str, start: str, end: str = "", suffix: str) -> str:
    terms = [_encode(start)]
    if end:
        terms.append(_encode(end))
    if prefix:
        terms.insert(0, _encode(prefix) + "-")
    if suffix:
        terms.append("-" + _encode(suffix))
    return "#:~:text=" + ",".join(terms)


def _encode(term: str) -> str:
    return quote(term.strip(), safe="").replace("-", "%2D")


def _with_cells_apart(text: str) -> str:
    """The text with a line break for each bar between two cells, and all else in its place.

    A paragraph may hold such a bar too; its two sides are found as well as the two cells.
    """
    if "|" not in text:
        return text
    pieces: list[str] = []
    position = 0
    for cell in cell_spans(text):
        pieces += (text[position : cell.start].replace("|", "\n"), text[cell.start : cell.end])
        position = cell.end
    return "".join(pieces)


def _squeeze(text: str) -> str:
    """The text with single spaces, its blocks each on a line."""
    # In few passes over the text, as a whole post is squeezed for each quote.
    for space in _OTHER_SPACES:
        text = text.replace(space, " ")
    for double, single in (("  ", " "), (" \n", "\n"), ("\n ", "\n"), ("\n\n", "\n")):
        while double in text:
            text = text.replace(double, single)
    return text.strip()


def _fold(text: str) -> str:
    """The text as the browser compares it, every character in its place.

    Left out are equalities that would move the others, like "ß" and "ss" or "…" and "...".
    """
    folded = text.replace("İ", "I").lower()  # the one character that would become two
    if folded.isascii():
        return folded
    for curly, straight in ("‘'", "’'", '“"', '”"'):
        folded = folded.replace(curly, straight)
    if is_normalized("NFD", folded):  # no letter with an accent, which is quickly found out
        return folded
    return _ACCENTED.sub(lambda letter: normalize("NFD", letter[0])[0], folded)


def _block_at(text: str, position: int) -> Span:
    end = text.find("\n", position)
    return Span(text.rfind("\n", 0, position) + 1, len(text) if end < 0 else end)


def _words(text: str, span: Span) -> list[Span]:
    return [Span(*word.span()) for word in _WORD.finditer(text, *span)]


def _unbroken_at(text: str, position: int) -> Span:
    """The word that the position cuts; where it cuts none, the empty span there."""
    block = _block_at(text, position)
    start = max(text.rfind(" ", 0, position) + 1, block.start)
    end = text.find(" ", position, block.end)
    for word in _UNBROKEN.finditer(text, start, block.end if end < 0 else end):
        if word.start() < position < word.end():
            return Span(*word.span())
    return Span(position, position)


class _Rival(NamedTuple):
    """Another place with the same words, and how many words around it are the same as well."""

    before: int
    after: int
    earlier: bool


@dataclass(frozen=True)
class _Term:
    """Words that a directive is to name: a whole quote, or the start or the end of one.

    The browser looks for them from ``since`` in the folded text. Words around them may be added as
    far as ``room`` goes.
    """

    role: Literal["whole", "start", "end"]
    folded: str
    words: Span
    room: Span
    since: int = 0

    @cached_property
    def starts(self) -> list[int]:
        """Where the words start with none, one, two, ... more before them."""
        before = _words(self.folded, Span(self.room.start, self.words.start))
        return [self.words.start, *(word.start for word in reversed(before))]

    @cached_property
    def ends(self) -> list[int]:
        """Where the words end with none, one, two, ... more after them."""
        after = _words(self.folded, Span(self.words.end, self.room.end))
        return [self.words.end, *(word.end for word in after)]

    def set_apart(self) -> Span | None:
        """The words, with the fewest others around them that make them stand nowhere else.

        Where that takes too many, nowhere before; None where a place before shares all in ``room``.
        """
        places = self._other_places()
        length = self.words.end - self.words.start
        if all(_mid_word(self.folded, at) or _mid_word(self.folded, at + length) for at in places):
            return self.words
        rivals = [rival for at in places if (rival := self._rival(at, at + length))]
        earlier = [rival for rival in rivals if rival.earlier]
        for field, most_words in ((rivals, _WORDS_FOR_LATER), (earlier, len(self.folded))):
            choices = [
                (self._cost(before, after), after, before)
                for before, after in _sufficient(field)
                if before < len(self.starts) and after < len(self.ends)
            ]
            if choices and min(choices)[0] <= most_words:
                _, after, before = min(choices)
                return Span(self.starts[before], self.ends[after])
        return None

    def _cost(self, before: int, after: int) -> int:
        """The added words; those that make the end of a range a little longer are not counted."""
        spare_before = _RANGE_WORDS_MORE if self.role == "end" else 0
        spare_after = _RANGE_WORDS_MORE if self.role == "start" else 0
        return max(0, before - spare_before) + max(0, after - spare_after)

    def _other_places(self) -> list[int]:
        # The browser takes the first end that fits, so that later ones are no matter.
        stop = self.words.end - 1 if self.role == "end" else len(self.folded)
        needle = self.folded[self.words.start : self.words.end]
        places = []
        at = self.folded.find(needle, self.since, stop)
        while at >= 0:
            if at != self.words.start:
                places.append(at)
            at = self.folded.find(needle, at + 1, stop)
        return places

    def _rival(self, start: int, end: int) -> _Rival | None:
        before = self._shared_before(start)
        after = self._shared_after(end)
        # Beside a prefix or suffix the browser asks for no word boundary, nor for a space.
        starts_well = before or not _mid_word(self.folded, start)
        ends_well = after or not _mid_word(self.folded, end)
        if not (starts_well and ends_well):
            return None
        if self.role == "end" and end > self.starts[before]:
            # After an end without its suffix the browser goes on from there, past what overlaps.
            after = len(self.ends)
        return _Rival(before, after, earlier=start < self.words.start)

    def _shared_before(self, start: int) -> int:
        stop, edge = start, self.words.start
        if self.role != "end":  # a prefix, whereas the end of a range itself grows
            stop -= self.folded[stop - 1 : stop].isspace()
            edge -= self.folded[edge - 1 : edge].isspace()

        def differs(count: int) -> bool:
            piece = self.folded[self.starts[count] : edge]
            same = self.folded.endswith(piece, self.since, stop)
            return not same or _mid_word(self.folded, stop - len(piece))

        return bisect_left(range(1, len(self.starts)), True, key=differs)

    def _shared_after(self, end: int) -> int:
        start, edge = end, self.words.end
        if self.role != "start":  # a suffix, whereas the start of a range itself grows
            start += self.folded[start : start + 1].isspace()
            edge += self.folded[edge : edge + 1].isspace()

        def differs(count: int) -> bool:
            piece = self.folded[edge : self.ends[count]]
            same = self.folded.startswith(piece, start)
            return not same or _mid_word(self.folded, start + len(piece))

        return bisect_left(range(1, len(self.ends)), True, key=differs)


def _sufficient(rivals: list[_Rival]) -> list[tuple[int, int]]:
    """The numbers of words (before, after) that exclude every rival, none larger than needed."""
    choices = []
    after = 0
    for rival in sorted(rivals, reverse=True):
        choices.append((rival.before + 1, after))
        after = max(after, rival.after + 1)
    return [*choices, (0, after)]


def _mid_word(folded: str, position: int) -> bool:
    return position > 0 and _MID_WORD.match(folded, position - 1) is not None
