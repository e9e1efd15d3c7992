"""Tokens: with prompts, within the limit, and filled up with what a model takes for nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from corpus.types import Span
from index.errors import EncoderError
from index.spec import EncoderSpec, tokenizer_file
from index.tokens import TextTokenizer, open_tokenizer

WORDS = ("<s>", "<pad>", "</s>", "<unk>", "ask", "tell", "bees", "dance", ".")
NAMES = ("input_ids", "attention_mask")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = Tokenizer(WordLevel({word: row for row, word in enumerate(WORDS)}, unk_token="<unk>"))
    made.pre_tokenizer = Whitespace()
    made.post_processor = TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    made.save(str(tokenizer_file(tmp_path)))
    return tmp_path


def spec(include_prompt: bool = True, max_tokens: int = 9) -> EncoderSpec:
    return EncoderSpec(
        model="tiny",
        digest="0" * 64,
        dimensions=4,
        max_tokens=max_tokens,
        pooling="mean",
        query_prompt="ask ",
        passage_prompt="tell tell ",
        include_prompt=include_prompt,
        pad_id=1,
    )


def test_prompts_stand_in_front(folder: Path) -> None:
    tokenizer = TextTokenizer(folder, spec())
    question = tokenizer.question("bees")
    assert (question.ids.tolist(), question.skip) == ([0, 4, 6, 2], 0)
    assert question.bounds.shape == (0, 2)
    passage = tokenizer.passage("bees dance. bees", [Span(0, 11), Span(12, 16)])
    assert passage.ids.tolist() == [0, 5, 5, 6, 7, 8, 6, 2]
    assert (passage.bounds.tolist(), passage.skip) == ([[3, 6], [6, 7]], 0)


def test_a_prompt_that_is_left_out_is_skipped_with_what_stands_before_it(folder: Path) -> None:
    tokenizer = TextTokenizer(folder, spec(include_prompt=False))
    assert tokenizer.question("bees").skip == 2
    assert tokenizer.passage("bees", []).skip == 3


def test_what_exceeds_the_limit_is_cut_and_counted_all_the_same(folder: Path) -> None:
    tokenizer = TextTokenizer(folder, spec(max_tokens=5))
    assert tokenizer.question("bees " * 9).ids.tolist() == [0, 4, 6, 6, 2]
    assert tokenizer.count("bees " * 9) == 9


def test_the_side_that_is_cut_is_the_tokenizer_s_own(folder: Path) -> None:
    made = open_tokenizer(folder, 4)
    made.enable_truncation(4, direction="left")
    made.save(str(tokenizer_file(folder)))
    assert open_tokenizer(folder, 5).encode("ask tell bees dance").ids == [0, 5, 6, 7, 2]


def test_shorter_texts_are_filled_up_with_padding(folder: Path) -> None:
    tokenizer = TextTokenizer(folder, spec(max_tokens=32))
    ids = [np.array([0, 6, 2], np.int32), np.array([0, 6, 7, 6, 2], np.int32)]
    feed = tokenizer.feed([*NAMES, "token_type_ids"], ids)
    assert feed["input_ids"].tolist() == [[0, 6, 2, 1, 1, 1, 1, 1], [0, 6, 7, 6, 2, 1, 1, 1]]
    assert feed["attention_mask"].tolist() == [[1, 1, 1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0, 0, 0]]
    assert not feed["token_type_ids"].any()


def test_nothing_is_filled_up_beyond_the_limit(folder: Path) -> None:
    feed = TextTokenizer(folder, spec(max_tokens=9)).feed(NAMES, [np.zeros(9, np.int32)])
    assert feed["input_ids"].shape == (1, 9)


def test_a_tokenizer_that_cannot_be_read(tmp_path: Path) -> None:
    tokenizer_file(tmp_path).write_text("{}")
    with pytest.raises(EncoderError, match="cannot be used: "):
        TextTokenizer(tmp_path, spec())
