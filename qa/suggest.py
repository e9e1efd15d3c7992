"""What a question may go on as, while it is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.types import Suggestion

Kind = Literal["question", "title", "heading", "tag"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A text to go on with: a question that was asked here, or words of the archive."""

    text: str
    kind: Kind


def offers(questions: Sequence[str], found: Sequence[Suggestion], limit: int) -> list[Offer]:
    """At most ``limit`` of both, each text once; questions first, at most half if there is more."""
    texts: dict[str, Offer] = {}
    room = max(limit - len(found), (limit + 1) // 2)
    for question in questions[:room]:
        texts.setdefault(_folded(question), Offer(question, "question"))
    for each in found:
        texts.setdefault(_folded(each.text), Offer(each.text, each.kind))
    return list(texts.values())[:limit]


def _folded(text: str) -> str:
    return text.casefold().rstrip("?!. ")
