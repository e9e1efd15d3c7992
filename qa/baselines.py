"""What is simpler than blogqa's ranking, over the same index: to be compared with.

BM25 alone, the passages' cosines alone, and both joined by reciprocal rank fusion (Cormack et al.,
2009). A post stands at its best passage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

import numpy as np

from index.encoder import QuestionEncoder
from index.generation import Generation
from index.terms import as_ordinals

CANDIDATES = 200
"""How many passages each engine proposes, as in blogqa's own search."""
FUSION_K = 60
"""What is added to each rank: the value of Cormack et al., and most libraries' default."""

BM25, DENSE, FUSION = "BM25", "dense", "rank fusion"


class Baselines:
    """Ranks the posts of one generation in the simple ways."""

    def __init__(
        self, generation: Generation, encoder: QuestionEncoder, post_name: Callable[[str], str]
    ) -> None:
        self._generation = generation
        self._encoder = encoder
        self._names = [post_name(place) for place in generation.store.places()]

    def rankings(self, text: str) -> dict[str, list[str]]:
        """The names of the posts that each way finds for ``text``, best first."""
        bm25 = list(self._generation.terms.search(text, CANDIDATES))
        (vector,) = self._encoder.encode_queries([text])
        dense = self._generation.nearest(vector, CANDIDATES).tolist()
        ways = {BM25: bm25, DENSE: dense, FUSION: fuse([dense, bm25])}
        return {name: self._posts(ordinals) for name, ordinals in ways.items()}

    def _posts(self, ordinals: list[int]) -> list[str]:
        rows, _ = self._generation.posts_and_originals(as_ordinals(ordinals))
        return list(dict.fromkeys(self._names[row] for row in rows.tolist()))


def fuse(rankings: Iterable[list[int]]) -> list[int]:
    """Reciprocal rank fusion: by the sum of 1 / (k + rank), the one found first where equal."""
    scores: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, ordinal in enumerate(ranking, start=1):
            scores[ordinal] += 1 / (FUSION_K + rank)
    order = np.argsort([-score for score in scores.values()], kind="stable")
    found = list(scores)
    return [found[row] for row in order.tolist()]
