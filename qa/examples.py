"""Questions to start with, one of each of the archive's own subjects."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import chain, cycle, zip_longest

from index.atlas import Layout
from index.listing import Listing
from index.store import Store

_WANTED = 6
_FORMS = (
    "What helps with {}?",
    "What do people get wrong about {}?",
    "Where do I start with {}?",
)
_LEAST_POSTS = 2  # a tag carried once is seldom a subject
_NO_SUBJECT = -1
_TITLE_CASE = re.compile(r"\b[A-Z][a-z']*\b")  # not LinkedIn, not CRM
_HOW_TO = re.compile(r"how to (\w[^?!.]{10,60})", re.IGNORECASE)
_ASKING = re.compile(
    r"(how|what|when|where|which|who|whom|whose|why|is|are|do|does|did|can|could|should|would|will)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(r"\b(here|there|this|that|these|those|it|he|she|they|them)\b", re.IGNORECASE)
_YOUR = re.compile(r"\byour(?=(?:self)?\b)")
_LONGEST = 70  # of a title that is a question


def example_questions(store: Store, layout: Layout) -> list[str]:
    """Up to six questions that the archive has answers to, of the different subjects of ``layout``.

    The largest subject comes first. Of each the newest title that asks, or tells how to; else it is
    asked about by its name. Where there are fewer subjects, each gives more, and then tags do.
    """
    asking: defaultdict[int, list[str]] = defaultdict(list)
    numbers = layout.subjects.tolist()
    for row, title in Listing(store).titles("%?", "how to %"):
        if question := _question(title):
            asking[numbers[row]].append(question)
    subjects = sorted(layout.subject_places(), key=lambda each: -each.posts)
    forms = cycle(_FORMS)
    by_subject = [
        [*asking[each.id], *([next(forms).format(each.name)] if each.name else [])]
        for each in subjects
    ]
    in_turns = chain.from_iterable(zip_longest(*by_subject))
    tags = [tag for tag, posts in store.tags() if posts >= _LEAST_POSTS]
    about_tags = [form.format(tag) for tag, form in zip(tags, forms, strict=False)]
    found = [*in_turns, *about_tags[:_WANTED], *asking[_NO_SUBJECT]]
    return list(dict.fromkeys(question for question in found if question))[:_WANTED]


def _question(title: str) -> str:
    """``title`` as a question; empty if it is none that stands alone, and tells of no how to."""
    if title.endswith("?"):
        alone = _ASKING.match(title) and not _POINTING.search(title)
        return title if alone and len(title) <= _LONGEST else ""
    match = _HOW_TO.fullmatch(title)
    if match is None:
        return ""
    asked = _TITLE_CASE.sub(lambda word: word[0].lower(), match[1])
    return f"How do I {_YOUR.sub('my', asked)}?"
