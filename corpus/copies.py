"""Posts that say nearly the same: a blog's own reposts, guest posts, a page under two addresses.

Texts are compared by their shingles, the runs of four words in them, as in Broder, "On the
resemblance and containment of documents" (1997): resemblance is the share of shingles two texts
have in common, and a sketch of each text, the sixteen smallest hashes of its shingles, is enough to
find the few that are worth comparing.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest

SHINGLE_WORDS = 4
SKETCH_SIZE = 16
LEAST_ADJACENT = 3
"""Hashes under which two posts must stand side by side before their texts are compared."""
LEAST_RESEMBLANCE = 0.8
"""From here on two posts are copies: one is the other with a few words changed."""
FEWEST_SHINGLES = 40
"""Shorter texts are not compared: notes like "listen to the new episode" differ by a name only."""

_WORD = re.compile(r"\w+")


def shingles(text: str) -> frozenset[int]:
    """The CRC-32 hashes of all runs of four words in ``text``; none if it is too short."""
    words = _WORD.findall(text.casefold())
    runs = zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False)
    hashes = frozenset(zlib.crc32(" ".join(run).encode()) for run in runs)
    return hashes if len(hashes) >= FEWEST_SHINGLES else frozenset()


def sketch(hashes: frozenset[int]) -> list[int]:
    """The sixteen smallest of ``hashes``, ascending."""
    return nsmallest(SKETCH_SIZE, hashes)


def resemblance(first: frozenset[int], second: frozenset[int]) -> float:
    """The share of shingles that two texts have in common, from 0 to 1."""
    both = len(first | second)
    return len(first & second) / both if both else 0.0


def pairs_to_compare(listed: Iterable[tuple[int, str]]) -> list[tuple[str, str]]:
    """The pairs of posts that may be copies, of all (hash, post) of their sketches in order.

    Posts that share a hash are compared with their neighbours in its list only, so that a thousand
    copies are not half a million pairs, nor is a footer that every post has. Two copies are
    neighbours in the lists of what only they say, unless what stands between them is a copy, too.
    """
    adjacent: Counter[tuple[str, str]] = Counter()
    last_hash, last_post = None, ""
    for hash, post in listed:
        if hash == last_hash:
            adjacent[last_post, post] += 1
        last_hash, last_post = hash, post
    return sorted(pair for pair, count in adjacent.items() if count >= LEAST_ADJACENT)


def groups(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """The posts that ``pairs`` of copies connect, each group once."""
    group_of: dict[str, set[str]] = {}
    for first, second in pairs:
        one, other = group_of.get(first, {first}), group_of.get(second, {second})
        if one is not other:
            joined = one | other
            group_of.update(dict.fromkeys(joined, joined))
    return list({id(group): group for group in group_of.values()}.values())
