"""BM25 by hand: over texts of under 40 words, whose lengths tantivy keeps exactly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain, repeat
from pathlib import Path

import numpy as np
import pytest

import index.terms
from index.errors import IndexDamaged
from index.terms import Labels, Terms, TermsWriter
from index.types import Filters
from tests.faults.limits import file_size_limit

TEXTS = ("red dog dog", "blue dog", "green cat sat here", "café crème costs three euros")
"""Passages of 3, 2, 4 and 5 terms; none of these words is a stop word."""


def write_terms(folder: Path, texts: Iterable[str], labels: Sequence[Labels] = ()) -> None:
    """Index ``texts``, the first of which have ``labels``."""
    with TermsWriter(folder) as writer:
        for text, own in zip(texts, chain(labels, repeat(Labels())), strict=False):
            writer.add(text, own)


@pytest.fixture
def terms(tmp_path: Path) -> Terms:
    write_terms(tmp_path / "terms", TEXTS)
    return Terms(tmp_path / "terms")


def bm25(*, frequency: int, length: int, holding: int) -> float:
    """The score of one term: Robertson and Zaragoza, 2009, with k1 = 1.2 and b = 0.75.

    ``holding`` of the four passages, whose mean length is 3.5, hold the term; the idf is Lucene's,
    which is never negative.
    """
    idf = math.log(1 + (4 - holding + 0.5) / (holding + 0.5))
    return idf * frequency * 2.2 / (frequency + 1.2 * (1 - 0.75 + 0.75 * length / 3.5))


DOG = {
    0: bm25(frequency=2, length=3, holding=2),
    1: bm25(frequency=1, length=2, holding=2),
}
RED = bm25(frequency=1, length=3, holding=1)
CAT = bm25(frequency=1, length=4, holding=1)


def test_words_are_weighed_by_how_rare_they_are(terms: Terms) -> None:
    common, rare, unknown = math.log(2), math.log(1 + 3.5 / 1.5), math.log(1 + 4.5 / 0.5)
    question = "what about a red dog, unheard-of?"
    whole = common + rare + unknown  # "of" is a stop word
    found = terms.matched(question, ["The dogs", "dog dog RED", "blue"])
    assert found == pytest.approx([common / whole, (common + rare) / whole, 0.0])
    assert terms.matched("how do I?", ["how", "do"]) == [0.0, 0.0]
    assert terms.matched("red", []) == []


def test_a_word_is_found_in_a_text_in_every_form_that_it_is_indexed_by(terms: Terms) -> None:
    for question, text in (
        ("who dies", "They were DYING."),
        ("happiness", "as happy_as can be"),
        ("cafes", "the café\u0301 of 1900"),
        ("doors", "‘door’—shut"),
        ("skies", "the sky"),
        ("7 tips", "in 7 ways: tip"),
    ):
        assert terms.matched(question, [text, "unhappy, undying, a bedoor, 17 xtips"]) == [1.0, 0.0]


def test_the_words_that_a_text_shares_as_they_are_written(terms: Terms) -> None:
    question = "What about RED dogs and unheard-of cafes?"
    assert terms.shared(question, "The dog is Red") == (("red", "dogs"), ())
    assert terms.shared(question, "A blue café.") == (("cafes",), ())
    assert terms.shared("how do I?", "how do I") == ((), ())


def test_what_the_texts_explain_is_searched_for_too(tmp_path: Path) -> None:
    texts = [
        "A yard owner\u2019s agent (YOA) signs.",
        "Every YOA knows",
        "the agent of the yard owner",
        "x",
    ]
    write_terms(tmp_path / "terms", texts)
    terms = Terms(tmp_path / "terms")
    assert sorted(terms.search("yoa", 9)) == [0, 1, 2]
    assert terms.shared("what does a YOA sign?", texts[2]) == ((), ("agent", "yard", "owner"))
    assert terms.matched("YOA", texts) == [1.0, 1.0, 0.5, 0.0]


def test_without_the_file_of_its_vocabulary_an_index_is_damaged(tmp_path: Path) -> None:
    write_terms(tmp_path / "terms", TEXTS)
    mined = tmp_path / "terms" / "vocabulary.txt"
    mined.unlink()
    with pytest.raises(IndexDamaged) as caught:
        Terms(tmp_path / "terms")
    assert caught.value.message == f"{mined} is missing."


def test_scores_by_hand(terms: Terms) -> None:
    # The idf of "dog" is ln(1 + 2.5 / 2.5) = ln 2.
    assert DOG[1] == pytest.approx(math.log(2) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 3.5)))
    found = terms.search("dog", 10)
    assert list(found) == [0, 1]
    assert found == pytest.approx(DOG)


def test_scores_of_terms_add_up(terms: Terms) -> None:
    found = terms.search("a red dog and a cat", 10)
    assert found == pytest.approx({0: DOG[0] + RED, 2: CAT, 1: DOG[1]})
    assert list(found) == sorted(found, key=lambda ordinal: -found[ordinal])


def test_a_term_asked_for_twice_counts_once(terms: Terms) -> None:
    assert terms.search("dog dog dogs", 10) == terms.search("dog", 10)


def test_only_the_best_as_many_as_asked_for(terms: Terms) -> None:
    assert terms.search("dog", 1) == pytest.approx({0: DOG[0]})


@pytest.mark.parametrize("text", ["DOGS", "dog's", "the dogs", "Dog!", "dog-", "«dog»"])
def test_words_are_known_in_all_their_forms(terms: Terms, text: str) -> None:
    assert list(terms.search(text, 10)) == [0, 1]


@pytest.mark.parametrize("text", ["cafe", "Café", "CAFÉS", "creme"])
def test_accents_do_not_matter(terms: Terms, text: str) -> None:
    assert list(terms.search(text, 10)) == [3]


@pytest.mark.parametrize("text", ["", "  ", "?!", "the of and to", "elephant", "🙂", "x" * 5000])
def test_nothing_in_common_finds_nothing(terms: Terms, text: str) -> None:
    assert terms.search(text, 10) == {}


@pytest.mark.parametrize(
    "text",
    [
        'dog"',
        '"dog',
        "dog AND (",
        "text:dog",
        "ordinal:2 dog",
        "-dog",
        "+dog",
        "NOT dog",
        "dog^9",
        "dog~2",
        "dog*",
        "[dog TO",
        "\\dog\\",
        "dog || && !",
        "{dog}: /dog/",
        "dog\0",
    ],
)
def test_no_sign_has_a_meaning(terms: Terms, text: str) -> None:
    assert terms.search(text, 10) == pytest.approx(DOG)


@pytest.fixture
def labelled(tmp_path: Path) -> Terms:
    """Three passages of the same terms, and a fourth that has none of the labels."""
    labels = [
        Labels("Inés Solano", ("Calls", "élan"), ("blog", "feed"), date(2020, 2, 29)),
        Labels("INÉS SOLANO", ("calls",), ("blog",), date(2021, 1, 1)),
        Labels("Marek", (), ("feed",), date(1, 1, 1)),
    ]
    write_terms(tmp_path / "labelled", ["red dog"] * 4, labels)
    return Terms(tmp_path / "labelled")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), [0, 1, 2, 3]),
        (Filters(author="inés solano"), [0, 1]),
        (Filters(author="marek"), [2]),
        (Filters(author="Inés"), []),
        (Filters(author="author:marek"), []),
        (Filters(tag="CALLS"), [0, 1]),
        (Filters(tag="Élan"), [0]),
        (Filters(source="feed"), [0, 2]),
        (Filters(source="Feed"), []),
        (Filters(after=date(2020, 2, 29)), [0, 1]),
        (Filters(after=date(2020, 3, 1)), [1]),
        (Filters(before=date(2020, 2, 29)), [0, 2]),
        (Filters(before=date(2020, 2, 28)), [2]),
        (Filters(after=date(2020, 1, 1), before=date(2020, 12, 31)), [0]),
        (Filters(after=date(2021, 1, 1), before=date(2020, 1, 1)), []),
        (Filters(author="Inés Solano", source="feed", tag="calls"), [0]),
    ],
)
def test_only_what_passes_the_filters_at_the_same_scores(
    labelled: Terms, filters: Filters, found: list[int]
) -> None:
    scores = labelled.search("dog", 10, filters)
    assert list(scores) == found
    everything = labelled.search("dog", 10)
    assert scores == pytest.approx({ordinal: everything[ordinal] for ordinal in found})


def test_only_passages_of_the_posts_that_have_the_chips(tmp_path: Path) -> None:
    labels = [Labels(post=0), Labels("Ana", post=0), Labels("Ana", post=1), Labels(post=2)]
    write_terms(tmp_path / "t", ["red dog"] * 4, labels)
    terms = Terms(tmp_path / "t")
    chips = Filters(chips=("price",))
    assert list(terms.search("dog", 9, chips, np.array([0, 2]))) == [0, 1, 3]
    assert list(terms.search("dog", 9, Filters("Ana", chips=("price",)), np.array([0, 2]))) == [1]
    assert terms.search("dog", 9, chips, np.array([7])) == {}


def test_the_best_of_what_passes(tmp_path: Path) -> None:
    write_terms(tmp_path / "t", TEXTS, [Labels(), Labels("Ana"), Labels("Ana")])
    assert Terms(tmp_path / "t").search("dog", 1, Filters(author="Ana")) == pytest.approx(
        {1: DOG[1]}
    )


def test_what_a_question_is_asked_with_finds_nothing(terms: Terms, tmp_path: Path) -> None:
    assert terms.search("How should I get my dog to what?", 9) == terms.search("get dog", 9)
    write_terms(tmp_path / "t", ["how do I do it", "what have you done", "can"])
    assert Terms(tmp_path / "t").search("how do you do what I can", 9) == {}


def test_ordinals_are_the_positions_in_the_input(tmp_path: Path) -> None:
    write_terms(tmp_path / "many", (f"word{number} common" for number in range(2500)))
    terms = Terms(tmp_path / "many")
    assert len(terms) == 2500
    for number in (0, 1, 1234, 2499):
        assert list(terms.search(f"word{number}", 9)) == [number]
    assert list(terms.search("common", 3)) == [0, 1, 2]
    assert len(terms.search("common", 5000)) == 2500


def test_a_long_question_is_a_question(terms: Terms) -> None:
    assert list(terms.search(" ".join(f"word{n}" for n in range(5000)) + " cat", 9)) == [2]


def test_a_passage_without_a_term_keeps_its_place(tmp_path: Path) -> None:
    write_terms(tmp_path / "t", ["", "the", "cat"])
    terms = Terms(tmp_path / "t")
    assert len(terms) == 3
    assert list(terms.search("cat", 9)) == [2]


@pytest.mark.parametrize("part", ["meta.json", "*.term", "*.idx", "*.store", "*.fast"])
def test_a_folder_without_one_of_its_files(tmp_path: Path, terms: Terms, part: str) -> None:
    (path,) = (tmp_path / "terms").glob(part)
    path.unlink()
    with pytest.raises(IndexDamaged) as caught:
        Terms(tmp_path / "terms")
    assert caught.value.message.startswith(f"{tmp_path / 'terms'} cannot be read as a term index: ")
    assert caught.value.hint == "Build it again: blogqa build"


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("gone", "empty"):
        with pytest.raises(IndexDamaged, match=f"{name} cannot be read as a term index: "):
            Terms(tmp_path / name)


def test_a_disk_that_refuses(tmp_path: Path) -> None:
    with file_size_limit(200), pytest.raises(OSError, match="File too large"):
        write_terms(tmp_path / "t", [f"word{number}" for number in range(500)])
    with pytest.raises(FileExistsError):
        write_terms(tmp_path / "t", TEXTS)


def test_the_rarity_of_a_text_is_that_of_its_words(terms: Terms) -> None:
    red, dog, nowhere = (math.log(1 + (4 - n + 0.5) / (n + 0.5)) for n in (1, 2, 0))
    assert terms.rarity("the red dogs and another dog") == pytest.approx(
        red + dog + nowhere  # "another"
    )
    assert terms.rarity("how do I") == 0


JARGON = ("an sdr calls", "a sales development representative writes", "a cat writes well here")
"""Passages of 2, 4 and 4 terms."""


def scored(frequency: int, length: int, holding: int) -> float:
    idf = math.log(1 + (3 - holding + 0.5) / (holding + 0.5))
    return idf * frequency * 2.2 / (frequency + 1.2 * (1 - 0.75 + 0.75 * length / (10 / 3)))


@pytest.fixture
def jargon(tmp_path: Path) -> Terms:
    write_terms(tmp_path / "jargon", JARGON)
    return Terms(tmp_path / "jargon")


def test_other_words_for_the_same_are_told_where_the_own_are_missing(jargon: Terms) -> None:
    assert jargon.shared("which SDR writes?", JARGON[0]) == (("sdr",), ())
    assert jargon.shared("which SDR writes?", JARGON[1]) == (
        ("writes",),
        ("sales", "development", "representative"),
    )
    assert jargon.shared("which SDR writes?", JARGON[2]) == (("writes",), ())


def test_other_words_for_the_same_count_half(jargon: Terms) -> None:
    found = jargon.search("which SDR writes?", 10)
    writes = scored(1, 4, 2)
    assert found == pytest.approx(
        {0: scored(1, 2, 1), 1: writes + 0.5 / 3 * 3 * scored(1, 4, 1), 2: writes}
    )


def test_a_passage_with_both_has_the_better_alone(tmp_path: Path) -> None:
    write_terms(tmp_path / "both", ("sdr sdr bdr", "bdr", "cat"))
    found = Terms(tmp_path / "both").search("sdr", 10)
    assert list(found) == [0, 1]
    lone = Terms(tmp_path / "both").search("bdr", 10)
    assert found[1] == pytest.approx(0.5 * lone[1])
    assert found[0] == pytest.approx(
        math.log(1 + 2.5 / 1.5) * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 3 / (5 / 3)))
    )


def test_other_words_are_left_out_where_they_cost_too_much(
    jargon: Terms, monkeypatch: pytest.MonkeyPatch
) -> None:
    # sdr 1, writes 2, sales development representative 3
    monkeypatch.setattr(index.terms, "_MOST_POSTINGS", 5)
    assert list(jargon.search("which SDR writes?", 10)) == [0, 1, 2]
    assert jargon.search("SDR", 10) == pytest.approx(
        {0: scored(1, 2, 1), 1: 0.5 / 3 * 3 * scored(1, 4, 1)}
    )
    monkeypatch.setattr(index.terms, "_MOST_POSTINGS", 3)
    assert jargon.search("SDR", 10) == pytest.approx({0: scored(1, 2, 1)})


def test_how_many_passages_have_a_word(terms: Terms) -> None:
    words = ("Dogs", "red", "zebra", "how", "dont", "sdr", "crème costs")
    assert [terms.frequency(word) for word in words] == [2, 1, 0, 4, 4, 0, 1]
    known = [terms.has_word(word) for word in words]
    assert known == [True, True, False, True, True, True, True]


def test_contractions_without_their_mark_only_ask(terms: Terms) -> None:
    assert terms.search("dont im cant isn't", 10) == {}
