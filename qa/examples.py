"""Questions to start with, from the archive's own titles and tags."""

from __future__ import annotations

import re
from itertools import cycle

from index.store import Store

_WANTED = 6
_FORMS = (
    "What helps with {}?",
    "What do people get wrong about {}?",
    "Where do I start with {}?",
)
_LEAST_POSTS = 2  # a tag carried once is seldom a subject
_TITLE_CASE = re.compile(r"\b[A-Z][a-z']*\b")  # not LinkedIn, not CRM
_HOW_TO = re.compile(r"how to (\w[^?!.]{10,60})", re.IGNORECASE)


def example_questions(store: Store) -> list[str]:
    """Up to six questions that the archive has answers to, of different subjects."""
    questions = [title for title in store.titles() if title.endswith("?") and len(title) <= 70]
    for title in store.titles():
        match = _HOW_TO.fullmatch(title)
        if match:
            questions.append(f"How do I {_TITLE_CASE.sub(lambda word: word[0].lower(), match[1])}?")
    tags = [tag for tag, posts in store.tags() if posts >= _LEAST_POSTS]
    about_tags = [form.format(tag) for tag, form in zip(tags, cycle(_FORMS), strict=False)]
    return list(dict.fromkeys(about_tags[:_WANTED] + questions))[:_WANTED]
