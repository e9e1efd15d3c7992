"""Posts placed on a plane and gathered in groups by meaning; the only importer of scikit-learn.

Imported where a map is drawn anew, never where one is kept: it takes a second or more to load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from index.atlas import Rows
from index.pooling import Vector

STOP_WORDS = ENGLISH_STOP_WORDS - frozenset(
    ("bill", "call", "computer", "cry", "detail", "fire", "interest", "mill", "show", "system")
)
"""English words that say nothing. Some of scikit-learn's list do: a blog about selling is full of
calls."""

_DIMENSIONS = 50  # that t-SNE compares in, as its authors recommend
_PERPLEXITY = 30.0  # neighbours that each post is kept near to; scikit-learn's default
_STEPS, _EXAGGERATION = 350, 4.0
"""Of t-SNE. Neighbours are kept as well as by scikit-learn's own, 1,000 and 12, in a third of the
time (trustworthiness .921 and .917 over 350 abstracts, .971 and .974 over 2,500)."""
_SEED = 0


def place(vectors: Vector) -> Vector:
    """Places on a plane for unit ``vectors``, near ones near to each other; shape (posts, 2).

    t-SNE (van der Maaten and Hinton, 2008) after a principal component analysis. One thread: sums
    made by several are not the same each time.
    """
    with threadpool_limits(1):
        most = min(_DIMENSIONS, *vectors.shape)
        reduced = PCA(most, random_state=_SEED).fit_transform(vectors)
        perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
        tsne = TSNE(
            2,
            perplexity=perplexity,
            early_exaggeration=_EXAGGERATION,
            max_iter=_STEPS,
            random_state=_SEED,
        )
        places: Vector = tsne.fit_transform(reduced)
    return places


def gather(vectors: Vector, groups: int) -> Rows:
    """The number of the group of each of ``vectors``, from 0 to ``groups`` less one: k-means."""
    with threadpool_limits(1):
        found: Rows = KMeans(groups, n_init=5, random_state=_SEED).fit_predict(vectors)
    return found.astype(np.int32)


@dataclass(frozen=True, slots=True)
class Said:
    """How much groups of texts say each of ``terms``.

    ``weights`` are the weights of a group's texts that say a term, added up, and ``counts`` how
    many do, both of shape (groups + 1, terms); the last row is of the texts without a group.
    """

    terms: list[str]
    weights: npt.NDArray[np.float32]
    counts: npt.NDArray[np.float32]


def said(
    parts: Sequence[tuple[float, Sequence[str]]],
    groups: Rows,
    terms_of: Callable[[str], Iterable[str]],
) -> Said:
    """What each group says: ``groups`` has the number of each text's, -1 for none.

    ``parts`` are the parts of all texts, each with the weight of a term that stands there; of
    several the largest counts. Terms that stand only once are left out.
    """
    counter = CountVectorizer(analyzer=terms_of, binary=True, min_df=2, dtype=np.float32)
    size, number = len(groups), int(groups.max(initial=-1)) + 1
    try:
        found = counter.fit_transform([text for _, texts in parts for text in texts])
    except ValueError:  # no term is there twice
        nothing = np.zeros((number + 1, 0), np.float32)
        return Said([], nothing, nothing)
    weighted = [
        found[size * place : size * (place + 1)] * weight for place, (weight, _) in enumerate(parts)
    ]
    largest = reduce(lambda one, other: one.maximum(other), weighted)
    member = np.eye(number + 1, dtype=np.float32)[:, groups]
    return Said(
        counter.get_feature_names_out().tolist(),
        (largest.T @ member.T).T,
        ((largest > 0).astype(np.float32).T @ member.T).T,
    )
