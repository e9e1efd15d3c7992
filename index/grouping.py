"""Which of the passages that were found are shown, and in what turn: different voices first."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from index.vectors import Ordinals

PASSAGES_PER_POST = 2
HEARD = 0.02
"""What a passage is put back by whose author has a better one: of two about as near, the one by
somebody not heard yet comes first. Between a question's first and third passage lie 0.05
(docs/evaluation.md)."""

_BETWEEN = re.compile(r"[\W_]+")  # "O'Neil" is "O’Neil" on the next post

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


def without_copies(posts: Ordinals, originals: Ordinals) -> Rows:
    """The places that stay, best first, when of a post and its copies the best placed one speaks.

    ``posts`` and ``originals`` are those of the passages found, best first, as
    :meth:`index.generation.Generation.posts_and_originals` gives them.
    """
    if np.array_equal(posts, originals):  # which is quicker found out than how many there are
        return np.arange(len(posts))
    if len(np.unique(posts)) == len(np.unique(originals)):
        return np.arange(len(posts))
    speakers: dict[int, int] = {}
    told = zip(posts.tolist(), originals.tolist(), strict=True)
    return np.flatnonzero([speakers.setdefault(original, post) == post for post, original in told])


def in_turns(posts: Ordinals) -> list[int]:
    """The places of passages given best first: every post's first, then every second one.

    ``posts`` says which post each passage belongs to.
    """
    turns: list[list[int]] = [[] for _ in range(PASSAGES_PER_POST)]
    taken: dict[int, int] = {}
    for place, post in enumerate(posts.tolist()):
        turn = taken.get(post, 0)
        if turn < PASSAGES_PER_POST:
            turns[turn].append(place)
            taken[post] = turn + 1
    return [place for turn in turns for place in turn]


def voice(author: str) -> str:
    """Whom a name names, however it is capitalised and whatever stands between its letters."""
    return _BETWEEN.sub("", author.casefold())


def by_voice(scores: Scores, authors: Ordinals) -> Scores:
    """``scores``, less :data:`HEARD` where the author has a better one: all but each one's best.

    ``authors`` are numbers, -1 for one that nobody knows, who counts as somebody new.
    """
    heard: set[int] = set()
    told = scores.copy()
    for row in np.argsort(-scores, kind="stable").tolist():
        author = int(authors[row])
        if author in heard:
            told[row] -= HEARD
        if author >= 0:
            heard.add(author)
    return told
