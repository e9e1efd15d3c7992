"""Which tokens a sentence has, and what vectors come of their states."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Encoding, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Metaspace, Whitespace
from tokenizers.processors import TemplateProcessing

from corpus.types import Span
from index.pooling import Pooling, Tokens, Vector, pool_passage, pool_text, tokens_of

WORDS = ("[START]", "[END]", "[UNKNOWN]", "bees", "dance", "wasps", "do", "not", ".")


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """A token for each word and each full stop, and one at either end."""
    numbers = {word: number for number, word in enumerate(WORDS)}
    made = Tokenizer(WordLevel(numbers, unk_token="[UNKNOWN]"))
    made.pre_tokenizer = Whitespace()
    made.post_processor = TemplateProcessing(
        single="[START] $A [END]", special_tokens=[("[START]", 0), ("[END]", 1)]
    )
    return made


def encode(tokenizer: Tokenizer, text: str, limit: int | None = None) -> Encoding:
    if limit is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(limit)
    return tokenizer.encode(text)


TEXT = "bees dance. wasps do not."
SENTENCES = (Span(0, 11), Span(12, 25))


def test_a_sentence_has_the_tokens_that_end_in_it(tokenizer: Tokenizer) -> None:
    tokens = tokens_of(encode(tokenizer, TEXT), SENTENCES)
    assert tokens.ids.tolist() == [0, 3, 4, 8, 5, 6, 7, 8, 1]
    assert tokens.ids.dtype == np.int32
    assert tokens.bounds.tolist() == [[1, 4], [4, 8]]


def test_what_no_sentence_has_is_left_out(tokenizer: Tokenizer) -> None:
    tokens = tokens_of(encode(tokenizer, TEXT), [Span(5, 10), Span(18, 20)])
    assert tokens.bounds.tolist() == [[2, 3], [5, 6]]
    assert len(tokens.ids) == 9


def test_a_sentence_beyond_the_limit_has_none(tokenizer: Tokenizer) -> None:
    tokens = tokens_of(encode(tokenizer, TEXT, 5), SENTENCES)
    assert tokens.ids.tolist() == [0, 3, 4, 8, 1]
    assert tokens.bounds.tolist() == [[1, 4], [4, 4]]


def test_a_sentence_that_the_limit_cuts_has_its_beginning(tokenizer: Tokenizer) -> None:
    tokens = tokens_of(encode(tokenizer, TEXT, 7), SENTENCES)
    assert tokens.bounds.tolist() == [[1, 4], [4, 6]]


def test_characters_are_counted_not_bytes(tokenizer: Tokenizer) -> None:
    tokens = tokens_of(encode(tokenizer, "é電🙂 bees. ü dance."), [Span(0, 9), Span(10, 18)])
    assert tokens.bounds[1].tolist() == [len(tokens.ids) - 4, len(tokens.ids) - 1]


@pytest.mark.parametrize(
    ("text", "sentences", "bounds"),
    [("", [], []), (TEXT, [], []), ("", [Span(0, 0)], [[1, 1]]), ("  ", [Span(0, 2)], [[1, 1]])],
)
def test_nothing_to_count(
    tokenizer: Tokenizer, text: str, sentences: list[Span], bounds: list[list[int]]
) -> None:
    tokens = tokens_of(encode(tokenizer, text), sentences)
    assert tokens.bounds.tolist() == bounds
    assert tokens.bounds.shape == (len(bounds), 2)


STATES = np.array([[3, 4], [1, 0], [0, 1], [0, 3], [-4, 0]], np.float32)


def made_tokens(*bounds: tuple[int, int]) -> Tokens:
    return Tokens(np.zeros(len(STATES), np.int32), np.array(bounds, np.int64).reshape(-1, 2))


def test_what_stands_for_a_text_is_the_mean_of_its_states_or_the_first() -> None:
    assert pool_text(STATES, 0, "mean") == pytest.approx([0, 1.6])
    assert pool_text(STATES, 0, "cls").tolist() == [3, 4]
    assert pool_text(STATES[:1], 0, "mean").tolist() == [3, 4]
    assert pool_text(STATES, 0, "mean").dtype == pool_text(STATES, 0, "cls").dtype == np.float32


def test_what_is_skipped_is_no_part_of_a_text() -> None:
    assert pool_text(STATES, 3, "mean").tolist() == [-2, 1.5]
    assert pool_text(STATES, 3, "cls").tolist() == [0, 3]
    assert pool_text(STATES, 9, "mean").tolist() == [3, 4]
    tokens = Tokens(np.zeros(5, np.int32), np.array([[1, 3], [4, 4]]), skip=4)
    encoded = pool_passage(STATES, tokens, "mean")
    half = 0.5**0.5
    assert encoded.vector.tolist() == [-1, 0]
    assert encoded.sentences == pytest.approx(np.array([[half, half], [-1, 0]]))


def test_a_head_changes_what_was_pooled_before_it_is_brought_to_length_one() -> None:
    seen: list[list[list[float]]] = []

    def head(pooled: Vector) -> Vector:
        seen.append(pooled.tolist())
        wider: Vector = np.hstack([np.zeros_like(pooled), pooled + 1])
        return wider

    encoded = pool_passage(STATES, made_tokens((1, 2), (5, 5)), "mean", head)
    assert seen == [[[0, pytest.approx(1.6)], [1, 0], [0, pytest.approx(1.6)]]]
    length, five = 7.76**0.5, 5**0.5
    whole = [0, 0, 1 / length, 2.6 / length]
    assert encoded.vector == pytest.approx(np.array(whole))
    assert encoded.sentences == pytest.approx(np.array([[0, 0, 2 / five, 1 / five], whole]))
    assert encoded.sentences.dtype == encoded.vector.dtype == np.float32


def test_a_word_that_begins_with_the_space_before_it_is_its_sentence_s_own() -> None:
    """As SentencePiece places the words of XLM-RoBERTa."""
    numbers = {word: number for number, word in enumerate(("<s>", "</s>", "<unk>", "▁bees", "▁a"))}
    made = Tokenizer(WordLevel(numbers, unk_token="<unk>"))
    made.pre_tokenizer = Metaspace()
    made.post_processor = TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    encoding = made.encode("bees a bees")
    assert encoding.offsets == [(0, 0), (0, 4), (4, 6), (6, 11), (0, 0)]
    tokens = tokens_of(encoding, [Span(0, 4), Span(5, 11)])
    assert tokens.bounds.tolist() == [[1, 2], [2, 4]]


@pytest.mark.parametrize(("single", "first"), [("$A </s>", 0), ("$A", 0), ("<s> <s> $A </s>", 2)])
def test_special_tokens_stand_where_a_model_wants_them(single: str, first: int) -> None:
    numbers = {word: number for number, word in enumerate(("<s>", "</s>", "<unk>"))}
    made = Tokenizer(WordLevel(numbers, unk_token="<unk>"))
    made.pre_tokenizer = Whitespace()
    made.post_processor = TemplateProcessing(
        single=single, special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    tokens = tokens_of(made.encode("bees dance. others go"), [Span(0, 11), Span(12, 21)])
    assert (tokens.bounds - first).tolist() == [[0, 3], [3, 5]]


def test_a_text_cut_at_its_beginning_keeps_the_places_of_the_rest(tokenizer: Tokenizer) -> None:
    tokenizer.enable_truncation(6, direction="left")
    tokens = tokens_of(tokenizer.encode(TEXT), SENTENCES)
    assert tokens.ids.tolist() == [0, 5, 6, 7, 8, 1]
    assert tokens.bounds.tolist() == [[1, 1], [1, 5]]


@pytest.mark.parametrize(("pooling", "whole"), [("mean", [0, 1]), ("cls", [0.6, 0.8])])
def test_a_sentence_s_vector_is_the_mean_of_its_own_states(
    pooling: Pooling, whole: list[float]
) -> None:
    encoded = pool_passage(STATES, made_tokens((1, 3), (3, 4), (4, 5)), pooling)
    assert encoded.vector == pytest.approx(np.array(whole))
    half = 0.5**0.5
    assert encoded.sentences == pytest.approx(np.array([[half, half], [0, 1], [-1, 0]]))
    assert encoded.sentences.dtype == np.float32


@pytest.mark.parametrize(("pooling", "whole"), [("mean", [0, 1]), ("cls", [0.6, 0.8])])
def test_a_sentence_without_tokens_has_the_vector_of_the_whole(
    pooling: Pooling, whole: list[float]
) -> None:
    encoded = pool_passage(STATES, made_tokens((1, 2), (5, 5), (3, 3)), pooling)
    assert encoded.sentences == pytest.approx(np.array([[1, 0], whole, whole]))


def test_a_passage_without_sentences_has_no_vectors_of_any() -> None:
    encoded = pool_passage(STATES, made_tokens(), "mean")
    assert encoded.sentences.shape == (0, 2)
    assert encoded.vector.tolist() == [0, 1]


def test_states_may_be_overwritten_afterwards() -> None:
    states: Vector = STATES.copy()
    encoded = pool_passage(states, made_tokens((1, 2)), "cls")
    states[:] = 9
    assert encoded.vector == pytest.approx([0.6, 0.8])
    assert encoded.sentences.tolist() == [[1, 0]]


@given(st.data())
def test_all_vectors_are_unit(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 12))
    numbers = np.random.default_rng(data.draw(st.integers(0, 999)))
    states = (numbers.normal(size=(count, 16)) * 10).astype(np.float32)
    ends = st.tuples(st.integers(0, count), st.integers(0, count))
    bounds = [(min(pair), max(pair)) for pair in data.draw(st.lists(ends, max_size=5))]
    tokens = Tokens(np.zeros(count, np.int32), np.array(bounds, np.int64).reshape(-1, 2))
    for pooling in ("mean", "cls"):
        encoded = pool_passage(states, tokens, pooling)
        assert encoded.sentences.shape == (len(bounds), 16)
        for vector in (encoded.vector, *encoded.sentences):
            assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
