"""What is taken for a slip of the keyboard, and what for a word."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from index.encoder import Encoder
from index.search import HybridSearcher
from index.spelling import mended
from index.types import Filters, Query

WORDS = "pipeline pipelines meeting medium should receipt recipe better quiet calls cold a do i the"


@dataclass
class Shelf:
    """An archive by how often words stand in it, and a language by its words."""

    passages: dict[str, int]
    language: set[str] = field(default_factory=lambda: set(WORDS.split()))

    def frequency(self, word: str) -> int:
        return self.passages.get(word, 0)

    def has_word(self, word: str) -> bool:
        return word in self.passages

    def is_word(self, text: str) -> bool:
        return text in self.language


SHELF = Shelf(
    {"pipeline": 4, "meeting": 9, "receipt": 1, "recipe": 2, "quotaflow": 2, "should": 99}
    | {"zendrift": 1, "better": 5, "calls": 3, "cold": 3}
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a cold pipline", "a cold pipeline"),  # a letter less
        ("the meetting", "the meeting"),  # more
        ("the meating", "the meeting"),  # other
        ("the meetign", "the meeting"),  # two exchanged
        ("osme cold", "osme cold"),  # too short to tell
        ("hsould i", "should i"),
        ("recipt cold calls", "recipe cold calls"),  # the more frequent one
        ("the cold quotaflw", "the cold quotaflow"),  # a name of the archive's own
        ("the cold zendrft", "the cold zendrft"),  # in one passage: a slip itself, for all we know
        ("a quiet setter", "a quiet setter"),  # the first letter is seldom mistyped
        ("a medium", "a medium"),  # in no passage, but a word
        ("Pipline?", "pipeline?"),
        ("cold PIPLINE", "cold PIPLINE"),  # an abbreviation
        ("the Pipline", "the Pipline"),  # a name
        ("pipline.com and x-pipline", "pipline.com and x-pipline"),
        ("meetng pipline recipt", "meetng pipline recipt"),  # another language, perhaps
        ("do i meetng the pipline calls", "do i meeting the pipeline calls"),
        ("", ""),
    ],
)
def test_slips_are_mended_and_words_left(typed: str, meant: str) -> None:
    assert mended(typed, SHELF, SHELF) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("how do I handel call relutcance", "how do I handel call reluctance"),
        ("what does the recieptionist want?", "what does the receptionist want?"),
        ("wie gehe ich mit einwänden am telefon um", "wie gehe ich mit einwänden am telefon um"),
        (
            "arent my sdrs good at meddic, and discovry?",
            "arent my sdrs good at meddic, and discovery?",
        ),
    ],
)
def test_over_real_posts(
    sample_searcher: HybridSearcher, encoder: Encoder, typed: str, meant: str
) -> None:
    assert mended(typed, sample_searcher.generation.terms, encoder) == meant


def test_a_slip_finds_what_the_word_finds(sample_searcher: HybridSearcher) -> None:
    right, typed = (
        sample_searcher.search(Query(text), 5, Filters())
        for text in ("what does the receptionist want?", "what does the recieptionist want?")
    )
    assert typed == right
    assert right[0].post.place == "the-receptionist-knows-who-died.md"
