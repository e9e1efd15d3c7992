"""What peers are given to rank, and what becomes of what they find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.peers.ranked import as_posts, encoded_passages
from qa.judgments import read_set
from qa.settings import Settings
from qa.workspace import open_generation
from tests import judged


def test_peers_get_the_texts_that_are_encoded_with_their_headers(
    tmp_path: Path, make_home: Callable[[Path], Settings]
) -> None:
    small = read_set(judged.write_set(tmp_path / "set"))
    generation = open_generation(make_home(judged.write_posts(tmp_path / "posts")))
    texts, names = encoded_passages(generation, small)
    generation.close()
    found = dict(zip(names, texts, strict=True))
    assert sorted(found) == ["desk", "kettle", "ladder"]
    assert found["kettle"] == (
        "A kettle in the office\nTea is brewed in the kitchen on the second floor."
    )


def test_a_post_stands_at_its_best_passage(tmp_path: Path) -> None:
    small = read_set(judged.write_set(tmp_path / "set"))
    rows = [[2, 0, 1], [1, 0], [], [0]]
    assert as_posts(rows, ["desk", "desk", "ladder"], small) == {
        "q1": ["ladder", "desk"],
        "q2": ["desk"],
        "q3": [],
        "q4": ["desk"],
    }
