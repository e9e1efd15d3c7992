"""Texts for Slack: escaped, and cut where a sentence ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SENTENCE_END = re.compile(r"[.!?…][\"”’')\]]*(?=\s|$)")
_MENTION = re.compile(r"<[@!#][^>]*>")
_LINK = re.compile(r"<([^@!#>|][^>|]*)(?:\|([^>]*))?>")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """As much of a passage as is shown: ``runs`` are texts, each with whether it is marked."""

    runs: tuple[tuple[str, bool], ...]
    whole: bool


def escape(text: str) -> str:
    """``text`` for Slack's mrkdwn, where ``& < >`` begin entities, links and mentions."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """What a person typed: without mentions, links as their labels, entities resolved."""
    text = _MENTION.sub(" ", text)
    text = _LINK.sub(lambda link: link[2] or link[1], text)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(text.split())


def cut(text: str, most: int) -> str:
    """The beginning of ``text`` in at most ``most`` characters, to the end of a sentence.

    Where none ends, it is cut after a word; " …" tells that there was more.
    """
    if len(text) <= most:
        return text
    return text[: _end(text, 0, most - 2)].rstrip() + " …"


def excerpt(text: str, marked: Sequence[tuple[int, int]], most: int) -> Excerpt:
    """About ``most`` characters of ``text``, with the first ``marked`` range among them.

    Ranges are in characters (Unicode code points), end exclusive.
    """
    start, end = 0, len(text)
    whole = end <= most
    if not whole:
        ranges = sorted(marked)
        if ranges and ranges[0][1] > most:
            start = ranges[0][0]
        end = _end(text, start, start + most - 4)
    runs: list[tuple[str, bool]] = [("… ", False)] if start else []
    at = start
    for low, high in sorted(marked):
        low, high = max(low, at), min(high, end)
        if low < high:
            runs += [(text[at:low], False), (text[low:high], True)]
            at = high
    runs.append((text[at:end], False))
    if end < len(text):
        runs.append((" …", False))
    return Excerpt(tuple(run for run in runs if run[0]), whole)


def _end(text: str, start: int, most: int) -> int:
    """Where to cut ``text`` behind ``start``, before ``most``."""
    if most >= len(text):
        return len(text)
    ends = [found.end() for found in _SENTENCE_END.finditer(text, start, most + 1)]
    if ends and ends[-1] <= most:
        return ends[-1]
    if len(ends) > 1:
        return ends[-2]
    space = text.rfind(" ", start + 1, most + 1)
    return space if space > start else most
