"""Vectors of texts that will be asked for, made beside other work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from index.pooling import Vector

_BATCH = 8

Encode = Callable[[Sequence[str]], list[Vector]]
"""Gives unit vectors of some texts."""


class Ahead:
    """An :data:`Encode` that has the vectors of some texts made in a thread of its own.

    A context manager: what was not asked for by its end is not made. What the encoder raises is
    raised where the text is asked for.
    """

    def __init__(self, encode: Encode, texts: Iterable[str]) -> None:
        """Begin with ``texts``, of which those of like length share a pass of ``encode``."""
        self._encode = encode
        self._thread = ThreadPoolExecutor(1)
        self._made: dict[str, tuple[Future[list[Vector]], int]] = {}
        ordered = sorted(dict.fromkeys(texts), key=len)
        for first in range(0, len(ordered), _BATCH):
            batch = ordered[first : first + _BATCH]
            made = self._thread.submit(encode, batch)
            self._made.update((text, (made, row)) for row, text in enumerate(batch))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown(cancel_futures=True)

    def __call__(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of ``texts``, waiting for those that are under way."""
        others = [text for text in texts if text not in self._made]
        asked = dict(zip(others, self._encode(others), strict=True)) if others else {}
        return [asked[text] if text in asked else self._vector(text) for text in texts]

    def _vector(self, text: str) -> Vector:
        made, row = self._made[text]
        return made.result()[row]
