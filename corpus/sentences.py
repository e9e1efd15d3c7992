"""Where sentences begin and end.

sentencex (Wikimedia, MIT, a compiled wheel of 2 MB) does the work: it knows abbreviations, keeps
quoted speech whole and gives offsets, at 20 MB of text a second on one core.
"""

from __future__ import annotations

from sentencex import get_sentence_boundaries

from corpus.types import Span


def split_sentences(text: str) -> tuple[Span, ...]:
    """The spans of the sentences of one block of ``text``, trimmed, in order, none empty."""
    spans = []
    for boundary in get_sentence_boundaries("en", text):
        start, end = boundary["start_index"], boundary["end_index"]
        sentence = text[start:end]
        start += len(sentence) - len(sentence.lstrip())
        end -= len(sentence) - len(sentence.rstrip())
        if start < end:
            spans.append(Span(start, end))
    return tuple(spans)
