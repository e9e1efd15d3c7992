"""Which posts get which chips, and a chips' file that cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.chips import CHIPS_FILE, Chip, Chipper, Measure, chips_digest, read_chips
from index.errors import IndexingError
from index.listing import PostReading
from index.pooling import Vector

PRICE = Chip("price", "Price", "objection", ("too expensive", "price"), ("It costs too much.",))
CALL = Chip("call", "First call", "stage", ("cold call",), ("Pick up the phone.", "Dial."))
MEASURE = Measure(np.eye(3, 4, dtype=np.float32), far=0.0, spread=0.1)
"""By it, a cosine is ten times as many standard deviations."""

NOWHERE, NEAR, VERY_NEAR = 0.5, 0.61, 0.73


@pytest.fixture
def chips_of() -> Callable[..., list[bool]]:
    chipper = Chipper((PRICE, CALL), MEASURE)

    def of(
        title: str = "Notes",
        tags: tuple[str, ...] = (),
        headings: tuple[tuple[str, ...], ...] | None = None,
        texts: tuple[str, ...] = ("Nothing.",),
        price: tuple[float, ...] = (0.0,),
        call: tuple[float, ...] | None = None,
    ) -> list[bool]:
        passages = np.zeros((len(texts), 4), np.float32)
        passages[:, 0] = price
        passages[:, 2] = call or [0.0] * len(texts)
        post = PostReading(0, title, tags, headings or ((),) * len(texts), texts)
        return chipper.chips_of(post, passages)

    return of


@pytest.mark.parametrize(
    "title",
    ["Price", "On prices", "The PRICE of it", "Too-expensive, they say", "Is it too expensive?"],
)
def test_a_title_that_says_the_words_needs_a_passage_that_is_near(
    chips_of: Callable[..., list[bool]], title: str
) -> None:
    assert chips_of(title, price=(NEAR,)) == [True, False]
    assert chips_of(title, price=(NOWHERE,)) == [False, False]


@pytest.mark.parametrize("title", ["Priceless", "Expensive", "Too very expensive", "Upprice"])
def test_words_are_whole_and_stand_together(
    chips_of: Callable[..., list[bool]], title: str
) -> None:
    assert chips_of(title, price=(0.99,)) == [False, False]


def test_a_tag_is_as_good_as_a_title(chips_of: Callable[..., list[bool]]) -> None:
    assert chips_of(tags=("mindset", "Cold Calls"), call=(NEAR,)) == [False, True]


def test_a_heading_counts_for_the_passages_below_it(chips_of: Callable[..., list[bool]]) -> None:
    texts, headings = ("One.", "Two."), (("Prices",), ("Weather",))
    assert chips_of(texts=texts, headings=headings, price=(VERY_NEAR, 0.0)) == [True, False]
    assert chips_of(texts=texts, headings=headings, price=(0.0, VERY_NEAR)) == [False, False]
    assert chips_of(texts=texts, headings=headings, price=(NEAR, 0.0)) == [False, False]


def test_of_texts_alone_two_passages_must_say_and_mean_it(
    chips_of: Callable[..., list[bool]],
) -> None:
    texts = ("The price is high.", "A price again.", "Nothing.")
    assert chips_of(texts=texts, price=(VERY_NEAR, VERY_NEAR, 0.0)) == [True, False]
    assert chips_of(texts=texts, price=(VERY_NEAR, NEAR, 0.0)) == [False, False]
    assert chips_of(texts=texts, price=(VERY_NEAR, 0.0, VERY_NEAR)) == [False, False]
    assert chips_of(texts=texts[:1], price=(VERY_NEAR,)) == [True, False]


def test_any_sentence_of_a_chip_may_be_the_near_one(chips_of: Callable[..., list[bool]]) -> None:
    assert chips_of("Cold call, too expensive", price=(NEAR,), call=(NEAR,)) == [True, True]


def test_a_post_without_text_has_no_chip(chips_of: Callable[..., list[bool]]) -> None:
    assert chips_of("Price", texts=()) == [False, False]


def test_a_measure_is_of_an_encoders_own_cosines() -> None:
    asked: list[str] = []

    def encode(texts: object) -> list[Vector]:
        assert isinstance(texts, (list, tuple))
        asked.extend(texts)
        return [np.array([1, 0] if text.startswith("w") else [0, 1], np.float32) for text in texts]

    measure = Measure.of((PRICE, CALL), encode)
    assert asked[:3] == ["It costs too much.", "Pick up the phone.", "Dial."]
    assert len(asked) == 43
    assert measure.sentences.tolist() == [[0, 1]] * 3
    foreign = [not text.startswith("w") for text in asked[3:]]
    assert measure.far == pytest.approx(np.mean(foreign))
    assert measure.spread == pytest.approx(np.std(foreign))


def test_the_chips_that_come_with_blogqa() -> None:
    chips = read_chips()
    assert [(chip.id, chip.kind) for chip in chips] == [
        ("prospecting", "stage"),
        ("first-call", "stage"),
        ("discovery", "stage"),
        ("demo", "stage"),
        ("negotiation", "stage"),
        ("closing", "stage"),
        ("after-the-sale", "stage"),
        ("price", "objection"),
        ("timing", "objection"),
        ("competitor", "objection"),
        ("gatekeeper", "objection"),
        ("no-need", "objection"),
        ("trust", "objection"),
        ("silence", "objection"),
    ]
    assert len({chip.name for chip in chips}) == 14


WHOLE = CHIPS_FILE.read_text()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[[chips]\n", "cannot be read"),
        ('chips = ["price"]', "chip 1 must have id, kind, name, sentences, words"),
        (WHOLE.replace('name = "Demo"\n', "", 1), "chip 4 must have"),
        (WHOLE.replace('id = "demo"', 'id = "De mo"'), "chip 4 needs a name, and an id"),
        (WHOLE.replace('id = "demo"', 'id = "price"'), "has two chips with the id 'price'"),
        (WHOLE.replace('kind = "stage"', 'kind = "step"', 1), "chip 1 is of the kind 'step'"),
        (
            '[[chips]]\nid = "a"\nname = "A"\nkind = "stage"\nwords = []\nsentences = ["B."]',
            "chip 1 needs a list of texts as words",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_chip(
    tmp_path: Path, content: str, problem: str
) -> None:
    path = tmp_path / "chips.toml"
    path.write_text(content)
    with pytest.raises(IndexingError) as caught:
        read_chips(path)
    assert caught.value.message.startswith(f"{path}: ")
    assert problem in caught.value.message
    assert caught.value.hint == "Mend the file: its first lines say what a chip is made of."


def test_another_content_is_another_digest(tmp_path: Path) -> None:
    path = tmp_path / "chips.toml"
    path.write_text(WHOLE)
    assert chips_digest(path) == chips_digest()
    path.write_text(WHOLE + "\n# more\n")
    assert chips_digest(path) != chips_digest()
