"""Questions made from posts, each with the passage that answers it: what an encoder is fitted with.

Nobody has asked an archive anything yet, so its own words stand in for questions: a title, a
heading, a sentence. What the question was taken from is left out of the passage, else there would
be nothing to learn but to find the same words again (the inverse cloze task: Lee et al., Latent
Retrieval for Weakly Supervised Open Domain Question Answering, 2019).
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.types import Passage, Post

PairKind = Literal["title", "heading", "question", "sentence"]

_LEAST_WORDS = 2  # of a title or heading: "Introduction" asks nothing
_SENTENCE_WORDS = range(5, 31)  # of a sentence that can stand for a question
_LEAST_REST = 15  # words of a passage that something was taken out of
_MOST_POSTS = 2  # that may have the same words: a third says that they are no post's own


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, and what an encoder is given of the passage that answers it.

    ``kind`` says what the question is in the post ``post_id``: its title, a heading, a question
    that its author asks, or a statement.
    """

    post_id: str
    kind: PairKind
    question: str
    passage: str


@dataclass(frozen=True, slots=True)
class Triplet:
    """A question, the passage that answers it, and one that is easily taken for it."""

    question: str
    passage: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Parts:
    """Ids of posts: those to learn from, those that tell when to stop, and those to be judged by.

    Whole posts, as passages of one post are too much alike.
    """

    learned: frozenset[str]
    stopping: frozenset[str]
    held: frozenset[str]


def pairs_of(post: Post, passages: Iterable[tuple[str, Passage]]) -> Iterator[Pair]:
    """The pairs of a post that was cut into ``passages``, each with its header, in order.

    The title asks for the first passage and a heading for the first under it. Of each passage the
    sentences that are questions ask for the rest of it, and so does the first that is none.
    """
    under = ""
    for position, (header, passage) in enumerate(passages):
        heading = passage.heading_path[-1] if passage.heading_path else ""
        if position == 0 and _words(post.title) >= _LEAST_WORDS:
            yield Pair(post.id, "title", post.title, _without(header, post.title, passage.text))
        if heading != under and _words(heading) >= _LEAST_WORDS and heading != post.title:
            yield Pair(post.id, "heading", heading, _without(header, heading, passage.text))
        under = heading
        yield from _sentence_pairs(post.id, header, passage)


def own_pairs(pairs: Sequence[Pair]) -> list[Pair]:
    """Those of ``pairs`` whose question is asked once, and in hardly any other post.

    What many posts say ("Key takeaways", "Subscribe to our newsletter") finds none of them.
    """
    posts: defaultdict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        posts[pair.question.lower()].add(pair.post_id)
    asked = Counter((pair.post_id, pair.question.lower()) for pair in pairs)
    return [
        pair
        for pair in pairs
        if len(posts[pair.question.lower()]) <= _MOST_POSTS
        and asked[pair.post_id, pair.question.lower()] == 1
    ]


def part_posts(ids: Iterable[str], seed: int) -> Parts:
    """``ids`` in three parts: a quarter held out, a tenth to tell when to stop, the rest.

    Which part a post falls into hangs on its id and the ``seed``, and hardly on the other posts.
    """
    ordered = shuffled(ids, seed)
    held, stopping = -(-len(ordered) // 4), -(-len(ordered) // 10)
    return Parts(
        learned=frozenset(ordered[held + stopping :]),
        stopping=frozenset(ordered[held : held + stopping]),
        held=frozenset(ordered[:held]),
    )


def shuffled(ids: Iterable[str], seed: int) -> list[str]:
    """``ids`` in an order that looks like chance and is the same each time."""
    return sorted(ids, key=lambda id: hashlib.sha256(f"{seed} {id}".encode()).digest())


def batches(posts: Sequence[str], size: int, rounds: int, seed: int) -> list[list[int]]:
    """Positions of ``posts`` in full batches of ``size``, no post twice in a batch.

    In a batch each passage counts as wrong for the questions of all others, which another passage
    of the same post often isn't. Every position comes once in a round; those that no batch is left
    for are left out of it.
    """
    chance = random.Random(seed)
    made = []
    for _ in range(rounds):
        waiting = deque(chance.sample(range(len(posts)), len(posts)))
        while len(batch := _batch(waiting, posts, size)) == size:
            made.append(batch)
    return made


def _batch(waiting: deque[int], posts: Sequence[str], size: int) -> list[int]:
    """The first ``size`` of different posts, taken out of ``waiting``; fewer if there are no more.

    Those passed over are the first of the next batch.
    """
    batch: list[int] = []
    passed: list[int] = []
    taken: set[str] = set()
    while waiting and len(batch) < size:
        position = waiting.popleft()
        if posts[position] in taken:
            passed.append(position)
        else:
            taken.add(posts[position])
            batch.append(position)
    waiting.extendleft(reversed(passed))
    return batch


def _sentence_pairs(post_id: str, header: str, passage: Passage) -> Iterator[Pair]:
    stated = False
    for start, end in passage.sentences:
        sentence = passage.text[start:end]
        rest = f"{passage.text[:start].rstrip()} {passage.text[end:].lstrip()}".strip()
        if _words(sentence) not in _SENTENCE_WORDS or _words(rest) < _LEAST_REST:
            continue
        if sentence.endswith("?"):
            yield Pair(post_id, "question", sentence, _under(header, rest))
        elif not stated:
            stated = True
            yield Pair(post_id, "sentence", sentence, _under(header, rest))


def _without(header: str, words: str, text: str) -> str:
    """``text`` under its ``header``, less the line that says ``words``, or their beginning."""
    lines = [line for line in header.split("\n") if not words.startswith(line)]
    return _under("\n".join(lines), text)


def _under(header: str, text: str) -> str:
    return f"{header}\n{text}" if header else text


def _words(text: str) -> int:
    return len(text.split())
