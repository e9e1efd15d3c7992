"""What makes two texts copies of each other."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import pytest

from corpus.copies import (
    FEWEST_SHINGLES,
    LEAST_RESEMBLANCE,
    SKETCH_SIZE,
    groups,
    pairs_to_compare,
    resemblance,
    shingles,
    sketch,
)
from corpus.readers import read
from corpus.types import Post, Source


def words(count: int, start: int = 0) -> str:
    return " ".join(f"word{number}" for number in range(start, start + count))


def test_shingles_are_the_runs_of_four_words_whatever_stands_between() -> None:
    text = words(FEWEST_SHINGLES + 3)
    hashes = shingles(text)
    assert len(hashes) == FEWEST_SHINGLES
    assert zlib.crc32(b"word0 word1 word2 word3") in hashes
    assert shingles(text.upper().replace(" ", ",\n")) == hashes


def test_a_short_text_has_none() -> None:
    assert shingles(words(FEWEST_SHINGLES + 2)) == frozenset()
    assert shingles("") == frozenset()


def test_resemblance_is_the_share_in_common() -> None:
    # 47 runs each, 37 of them in both, so 57 in all
    first, second = shingles(words(50)), shingles(words(50, start=10))
    assert resemblance(first, second) == 37 / 57
    assert resemblance(first, first) == 1.0
    assert resemblance(frozenset(), frozenset()) == 0.0


def test_a_sketch_is_the_smallest_hashes() -> None:
    assert sketch(frozenset(range(100, 0, -1))) == list(range(1, SKETCH_SIZE + 1))
    assert sketch(frozenset()) == []


def listed(*texts: str) -> list[tuple[int, str]]:
    """The sketches of ``texts``, called "0", "1" and so on, as the archive lists them."""
    return sorted(
        (hash, str(number)) for number, text in enumerate(texts) for hash in sketch(shingles(text))
    )


def test_copies_are_compared() -> None:
    random_words = random.Random(1)
    for _ in range(200):
        text = [str(random_words.random()) for _ in range(300)]
        changed = list(text)
        for place in random_words.sample(range(300), 6):
            changed[place] = "other"
        pair = " ".join(text), " ".join(changed)
        assert resemblance(*map(shingles, pair)) >= LEAST_RESEMBLANCE
        assert pairs_to_compare(listed(*pair)) == [("0", "1")]


def test_many_copies_are_compared_with_their_neighbours_only() -> None:
    pairs = pairs_to_compare(listed(*[words(100)] * 9))
    assert pairs == [(str(number), str(number + 1)) for number in range(8)]


def test_texts_without_words_in_common_are_not_compared() -> None:
    assert pairs_to_compare(listed(words(100), words(100, start=200))) == []
    assert pairs_to_compare([]) == []


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], []),
        ([("a", "b")], [{"a", "b"}]),
        ([("a", "b"), ("c", "d"), ("b", "e")], [{"a", "b", "e"}, {"c", "d"}]),
        ([("a", "b"), ("c", "d"), ("b", "c"), ("a", "d")], [{"a", "b", "c", "d"}]),
    ],
)
def test_groups_join_what_pairs_connect(
    pairs: list[tuple[str, str]], expected: list[set[str]]
) -> None:
    assert sorted(groups(pairs), key=min) == expected


def test_a_real_blog_holds_one_pair(shared: Path) -> None:
    source = Source("s", "markdown", str(shared / "data/leadiq"))
    hashes = {post.place: shingles(post.text) for post in read(source) if isinstance(post, Post)}
    pairs = [
        (first, second)
        for first in hashes
        for second in hashes
        if first < second and resemblance(hashes[first], hashes[second]) >= LEAST_RESEMBLANCE
    ]
    stem = "ryan-ohara-discusses-creative-prospecting-predictable-revenue-podcast"
    assert pairs == [(f"{stem} .md", f"{stem}.md")]
