"""Texts are encoded once, ahead of being asked for, and by nobody once all is over."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest

from index.ahead import Ahead
from index.pooling import Vector


class Noted:
    """Gives a text's length as its vector, and notes what it was asked, and in which thread."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.threads: set[int] = set()

    def __call__(self, texts: Sequence[str]) -> list[Vector]:
        self.asked.append(list(texts))
        self.threads.add(threading.get_ident())
        return [np.array([len(text)], np.float32) for text in texts]


def test_texts_are_made_once_those_of_like_length_together() -> None:
    encode = Noted()
    texts = ["x" * length for length in (9, 3, 5, 3, 1, 2, 4, 6, 7, 8)]
    with Ahead(encode, texts) as ahead:
        assert [int(vector[0]) for vector in ahead(["xxx", "x" * 9, "xxx"])] == [3, 9, 3]
        assert [len(text) for batch in encode.asked for text in batch] == [*range(1, 10)]
        assert [len(batch) for batch in encode.asked] == [8, 1]
    assert threading.get_ident() not in encode.threads


def test_what_was_not_told_beforehand_is_encoded_when_asked_for() -> None:
    encode = Noted()
    with Ahead(encode, ["aa"]) as ahead:
        assert [int(vector[0]) for vector in ahead(["bbb", "aa", "cccc"])] == [3, 2, 4]
        assert ahead([]) == []
    assert sorted(encode.asked) == [["aa"], ["bbb", "cccc"]]


def test_an_error_is_raised_where_the_vector_is_asked_for() -> None:
    def fail(texts: Sequence[str]) -> list[Vector]:
        raise ValueError(f"no encoder for {texts}")

    with Ahead(fail, ["a"]) as ahead, pytest.raises(ValueError, match=r"no encoder for \['a'\]"):
        ahead(["a"])
