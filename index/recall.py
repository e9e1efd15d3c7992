"""When the nearest passages are looked for among a part of all, and how well they must be found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from index.pooling import Vector
from index.vectors import Ordinals, Vectors

NEAREST = 10
"""Recall is of so many nearest vectors."""
CANDIDATES = 200
"""Among so many found, as :mod:`index.search` asks for: it compares them exactly afterwards."""

Kind = Literal["lists", "graph"]


@dataclass(frozen=True, slots=True)
class NearestOptions:
    """When nearest vectors are looked for in a part of all, in which way, and how well.

    Up to ``exact_limit`` passages a query is compared with every one, which takes 5 ms there.
    Beyond, ``kind`` says what is built: :mod:`index.inverted` or :mod:`index.graph`.
    ``least_recall`` is the share of the :data:`NEAREST` nearest that must be found among
    :data:`CANDIDATES`; below it a build looks further. Where that would cost about as much as every
    vector, lists take the place of a graph, and comparing with every vector that of lists.
    """

    exact_limit: int = 150_000
    least_recall: float = 0.99
    kind: Kind = "lists"


def nearest_of_all(vectors: Vectors, questions: Vector) -> list[set[int]]:
    """The :data:`NEAREST` of ``vectors`` to each of ``questions``, (questions, dimensions)."""
    return [set(vectors.nearest(question, NEAREST).tolist()) for question in questions]


def doubled(first: int, most: int) -> Iterator[int]:
    """``first``, twice as much, and so on, as far as ``most``."""
    while first <= most:
        yield first
        first *= 2


def least_effort(
    search: Callable[[int], Ordinals],
    efforts: Iterable[int],
    nearest: list[set[int]],
    least_recall: float,
) -> tuple[int, float] | None:
    """The first of ``efforts`` whose search has ``least_recall`` of ``nearest``, and its recall.

    A search gives what it finds for each question, shape (questions, :data:`CANDIDATES`). None if
    no effort does.
    """
    for effort in efforts:
        found = search(effort).tolist()
        shares = [
            len(own.intersection(row)) / len(own) for own, row in zip(nearest, found, strict=True)
        ]
        recall = sum(shares) / len(shares)
        if recall >= least_recall:
            return effort, round(recall, 4)
    return None
