"""Tokens word by word are those that the tokenizer gives of whole texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, normalizers
from tokenizers.models import WordLevel, WordPiece
from tokenizers.normalizers import BertNormalizer, Lowercase
from tokenizers.pre_tokenizers import BertPreTokenizer, Whitespace

import index.words
from corpus.types import Span
from index.encoder import Encoder
from index.pooling import tokens_of
from index.tokens import TextTokenizer
from index.words import Words

ODD = ["[SEP]", "[MASK]x", "Ünïcode", "e\u0301", "\u0301x", "价格", "ΣΑΣ", "\x0b", "\x85", "\u2028"]


def made() -> Tokenizer:
    pieces = ["[UNK]", "bee", "##s", "dance", "##\u00e9", ".", "a", "##b", "[", "]", "un", "##k"]
    tokenizer = Tokenizer(
        WordPiece({piece: row for row, piece in enumerate(pieces)}, unk_token="[UNK]")
    )
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


def words_of(tokenizer: Tokenizer) -> Words:
    words = Words.of(tokenizer)
    assert words is not None
    return words


def test_by_hand() -> None:
    words = words_of(made())
    ids, ends = words.pieces("bees  dance.\nbee q")
    assert ids.tolist() == [1, 2, 3, 5, 1, 0]
    assert ends.tolist() == [3, 4, 11, 12, 16, 18]
    assert words.count("bees  dance.\nbee q") == 6
    assert words.count("") == 0
    assert words.pieces(" ").ids.tolist() == []


def test_only_tokenizers_that_look_no_further_than_a_word() -> None:
    other = made()
    other.pre_tokenizer = Whitespace()
    assert Words.of(other) is None
    other = made()
    other.normalizer = normalizers.Sequence([BertNormalizer(), Lowercase()])
    assert Words.of(other) is None
    other = made()
    other.add_tokens(["bees dance"])
    assert Words.of(other) is None
    assert Words.of(Tokenizer(WordLevel({"a": 0}, unk_token="a"))) is None


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.words, "_MOST", 2)
    words = words_of(made())
    assert words.pieces("bee dance bees bee").ids.tolist() == [1, 3, 1, 2, 1]


TEXTS = st.lists(st.text() | st.sampled_from(ODD) | st.sampled_from(["bees", "don't", "9%"])).map(
    " ".join
)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_the_tokens_of_a_text_are_those_of_its_words(encoder: Encoder, text: str) -> None:
    tokenizer = encoder.tokenizer
    whole = tokenizer._tokenizer.encode(text)
    half = len(text) // 2
    spans = [Span(0, half), Span(half, len(text))]
    wanted, found = tokens_of(whole, spans), tokenizer.passage(text, spans)
    assert found.ids.tolist() == wanted.ids.tolist()
    assert found.bounds.tolist() == wanted.bounds.tolist()
    assert tokenizer.count(text) == len(
        tokenizer._counter.encode(text, add_special_tokens=False).ids
    )


def test_a_text_over_the_limit_is_cut_as_the_tokenizer_cuts(encoder: Encoder) -> None:
    text = "unbelievable bees. " * 200
    spans = [Span(0, 18), Span(19 * 60, 19 * 60 + 18), Span(19 * 199, 19 * 199 + 18)]
    wanted = tokens_of(encoder.tokenizer._tokenizer.encode(text), spans)
    found = encoder.tokenizer.passage(text, spans)
    assert len(found.ids) == encoder.spec.max_tokens
    assert found.ids.tolist() == wanted.ids.tolist()
    assert found.bounds.tolist() == wanted.bounds.tolist()


def test_a_tokenizer_that_cuts_the_beginning_is_asked_itself(
    encoder: Encoder, tmp_path: Path
) -> None:
    parts = json.loads(encoder.tokenizer._tokenizer.to_str())
    parts["truncation"]["direction"] = "Left"
    (tmp_path / "tokenizer.json").write_text(json.dumps(parts))
    left = TextTokenizer(tmp_path, encoder.spec)
    text = "one two. " + "bees " * 300
    assert left.passage(text, []).ids.tolist() == left._tokenizer.encode(text).ids
