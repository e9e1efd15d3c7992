"""The simple ways of ranking that blogqa is compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from index.encoder import Encoder
from index.generation import Generation
from qa.baselines import Baselines, fuse
from qa.judgments import file_stem
from qa.settings import Settings
from qa.workspace import open_generation
from tests import judged


@pytest.fixture(scope="module")
def generation(
    make_home: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Generation]:
    posts = judged.write_posts(tmp_path_factory.mktemp("judged") / "posts")
    opened = open_generation(make_home(posts))
    yield opened
    opened.close()


def test_rankings_are_fused_by_their_ranks() -> None:
    # 1: 1/61 + 1/62, 3: 1/63 + 1/61, 2: 1/62
    assert fuse([[1, 2, 3], [3, 1]]) == [1, 3, 2]
    assert fuse([[5, 7], [7, 5]]) == [5, 7]
    assert fuse([[], []]) == []


def test_posts_are_ranked_by_words_by_vectors_and_by_both(
    generation: Generation, encoder: Encoder
) -> None:
    question = "who gets a longer contract for a lower price?"
    found = Baselines(generation, encoder, file_stem).rankings(question)
    names = [file_stem(place) for place in generation.store.places()]
    cosines = generation.vectors.cosines(encoder.encode_query(question), np.arange(3))
    assert sorted(names) == ["desk", "kettle", "ladder"]
    assert found["BM25"] == ["ladder"]
    assert found["dense"] == [names[row] for row in np.argsort(-cosines)]
    assert found["rank fusion"] == found["dense"]
    assert found["dense"][0] == "ladder"


def test_words_that_are_nowhere_find_nothing(generation: Generation, encoder: Encoder) -> None:
    found = Baselines(generation, encoder, file_stem).rankings("zzzz")
    assert found["BM25"] == []
    assert len(found["dense"]) == 3
