"""The posts that a comparison is over: of one's own, filled up to the size that is asked for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain, count
from pathlib import Path

from corpus.types import Block, Post

OWN, SPARE, REPEATED = "own", "spare", "repeated"


def fill(
    own: list[Post], spare: Iterable[Post], wanted: int, passages: Callable[[Post], int]
) -> list[Post]:
    """Posts with ``wanted`` passages, a few more where the last post has them.

    First ``own``, then ``spare``, then ``own`` again under other ids; each one's source says which.
    """
    found: list[Post] = []
    so_far = 0
    candidates = chain(
        (replace(post, source=OWN) for post in own),
        (replace(post, source=SPARE) for post in spare),
        _repeated(own),
    )
    while so_far < wanted:
        found.append(next(candidates))
        so_far += passages(found[-1])
    return found


def origins(posts: Iterable[Post]) -> str:
    """How many posts came from where, in words."""
    return ", ".join(
        f"{posts} {source}" for source, posts in Counter(p.source for p in posts).items()
    )


def abstracts(file: Path) -> Iterator[Post]:
    """The documents of a BEIR ``corpus.jsonl``, as posts."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Post(
                id=f"spare-{row['_id']}",
                source=SPARE,
                place=row["_id"],
                title=row["title"],
                blocks=(Block("paragraph", row["text"]),),
            )


def _repeated(posts: list[Post]) -> Iterator[Post]:
    """``posts`` over and over. Numbered titles make every text new: no vector can be used twice."""
    for turn in count(2):
        for post in posts:
            name = f"{turn}-{post.id}"
            yield replace(
                post, id=name, place=name, title=f"{turn}. {post.title}", url=None, source=REPEATED
            )
