"""Models by what they are good for, and the prompts that well-known ones want.

A preset is one word for the setting `model`. The figures that chose them are in docs/models.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_MODEL = "all-MiniLM-L6-v2"
PRESET = "preset"
"""As the setting `reranker`: whatever the preset has that `model` names; none if it names none."""
NONE = "none"
"""As the setting `reranker`: no re-ranker."""


@dataclass(frozen=True, slots=True)
class Preset:
    """An encoder, and a cross-encoder that reads the first hits again, if there is one."""

    model: str
    reranker: str | None = None


PRESETS = {
    "fast": Preset(DEFAULT_MODEL),
    "better": Preset("sentence-transformers/all-mpnet-base-v2"),
    "best": Preset("BAAI/bge-large-en-v1.5", "cross-encoder/ms-marco-MiniLM-L6-v2"),
}


@dataclass(frozen=True, slots=True)
class Prompts:
    """What a model wants in front of a question, and in front of a passage."""

    query: str = ""
    passage: str = ""


_REPRESENT = Prompts("Represent this sentence for searching relevant passages: ")
_KNOWN = (
    # Each as its model card has it; the folders of these models don't say it themselves.
    (r"bge-(small|base|large)-en(-v1\.5)?", _REPRESENT),
    (r"(mxbai-embed-large-v1|uae-large-v1)", _REPRESENT),
    (r"snowflake-arctic-embed-(xs|s|m|l)", _REPRESENT),
    (r"(multilingual-)?e5-(small|base|large)(-v2)?", Prompts("query: ", "passage: ")),
    (r"nomic-embed-text-v1(\.5)?", Prompts("search_query: ", "search_document: ")),
)


def model_of(setting: str) -> str:
    """The model that a value of the setting `model` means: a preset's, or what it says itself."""
    preset = PRESETS.get(setting)
    return setting if preset is None else preset.model


def reranker_of(model: str, reranker: str) -> str | None:
    """The cross-encoder that the settings `model` and `reranker` mean together; None for none."""
    if reranker == PRESET:
        preset = PRESETS.get(model)
        return None if preset is None else preset.reranker
    return None if reranker == NONE else reranker


def known_prompts(model: str) -> Prompts | None:
    """The prompts of a well-known ``model``, a hub name or a folder named like it; else None."""
    name = model.rstrip("/").rpartition("/")[2].lower()
    return next((prompts for wanted, prompts in _KNOWN if re.fullmatch(wanted, name)), None)
