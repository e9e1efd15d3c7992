"""Words that say nothing of what a question is about."""

from __future__ import annotations

import tantivy

from index.stopwords import ASKING, ENGLISH


def test_the_english_ones_are_those_that_tantivy_leaves_out() -> None:
    filter = tantivy.Filter.stopword("english")
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(filter).build()
    assert len(set(ENGLISH)) == 33
    assert analyzer.analyze(" ".join([*ENGLISH, *ASKING, "dial"])) == [*ASKING, "dial"]
