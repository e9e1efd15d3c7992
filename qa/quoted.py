"""Does what is quoted answer? Held against the passages that a judge quoted, and exact answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from corpus.sentences import split_sentences
from corpus.types import Span
from qa.types import Answer

_WORD = re.compile(r"\w+")


def in_or_beside(text: str, sentence: Span, quote: str) -> bool:
    """Whether ``sentence`` of ``text`` has a part of ``quote`` in it, or is the next one to it.

    The quote is found by its words: judges quote from Markdown, posts are without its marks.
    """
    words = [(match[0].lower(), match.start(), match.end()) for match in _WORD.finditer(text)]
    wanted = [match[0].lower() for match in _WORD.finditer(quote)]
    heard = [word for word, _, _ in words]
    sentences = _sentences(text)
    at = _touched(sentences, sentence)
    for first in range(len(heard) - len(wanted) + 1):
        last = first + len(wanted) - 1
        if heard[first : last + 1] == wanted:
            quoted = _touched(sentences, Span(words[first][1], words[last][2]))
            if min(at) <= max(quoted) + 1 and max(at) >= min(quoted) - 1:
                return True
    return False


def first_is_near_a_quote(
    answer: Answer, names: Sequence[str], quotes: Mapping[str, tuple[str, ...]]
) -> bool | None:
    """Whether the first sentence of the short answer is in or beside a judged quote of its post.

    ``names`` are those of the posts of the passages shown. None if none of the posts with a quote
    is among them: then ranking has failed, not quoting.
    """
    if quotes.keys().isdisjoint(names):
        return None
    if not is_verbatim(answer):
        return False
    first = answer.short_answer[0]
    found = answer.passages[first.citation - 1]
    start = found.passage.start + found.passage.text.index(first.text)
    span = Span(start, start + len(first.text))
    of_post = quotes.get(names[first.citation - 1], ())
    return any(in_or_beside(found.post.text, span, quote) for quote in of_post)


def quote_is_shown(
    answer: Answer, names: Sequence[str], quotes: Mapping[str, tuple[str, ...]]
) -> bool | None:
    """Whether one of the passages shown has a judged quote in it, or is the next thing to one.

    None as in :func:`first_is_near_a_quote`. What isn't shown cannot be quoted.
    """
    if quotes.keys().isdisjoint(names):
        return None
    return any(
        in_or_beside(found.post.text, Span(found.passage.start, found.passage.end), quote)
        for name, found in zip(names, answer.passages, strict=True)
        for quote in quotes.get(name, ())
    )


def is_verbatim(answer: Answer) -> bool | None:
    """Whether every sentence of the short answer stands in its passage; None without any."""
    cited = answer.short_answer
    if not cited:
        return None
    return all(each.text in answer.passages[each.citation - 1].passage.text for each in cited)


def holds_answer(answer: Answer, strings: Iterable[str]) -> bool:
    """Whether one of ``strings`` stands in the marked sentences of the first passage."""
    for found in answer.passages[:1]:
        marked = [found.passage.text[slice(*span)] for span in found.highlights]
        return any(string in sentence for string in strings for sentence in marked)
    return False


def _sentences(text: str) -> list[Span]:
    spans = []
    for line in re.finditer(r"[^\n]+", text):
        for start, end in split_sentences(line[0]):
            spans.append(Span(line.start() + start, line.start() + end))
    return spans


def _touched(sentences: Sequence[Span], span: Span) -> range:
    """Which of ``sentences`` share a character with ``span``."""
    rows = [
        row for row, (start, end) in enumerate(sentences) if start < span.end and span.start < end
    ]
    return range(rows[0], rows[-1] + 1)
