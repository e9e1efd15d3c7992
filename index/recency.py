"""Newer posts first, where a question asks for what holds now, or for a year; never otherwise.

An evergreen post is no worse for its age, so nothing is taken off: among the passages that are near
anyway, those of the time asked for get a little more.
"""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import numpy.typing as npt

TIMELY = 0.05
"""What the newest post of the archive, or one of the year asked for, gets: about what lies between
the first and the third passage of a question."""

_NOW = re.compile(
    r"\b(these days|nowadays|latest|newest|most recent|this year|up[ -]to[ -]date)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:in|of|from|for|during|year) ((?:19|20)\d\d)\b", re.IGNORECASE)

Days = npt.NDArray[np.int64]
"""Ordinal days (date.toordinal) on which posts were published, 0 for those without a date."""


def asks_for_time(question: str) -> bool:
    """Whether ``question`` asks for what is new, or for a year."""
    return _NOW.search(question) is not None or _YEAR.search(question) is not None


def timeliness(question: str, days: Days, every_day: Days) -> npt.NDArray[np.float64]:
    """What posts published on ``days`` get for their time, from 0 to :data:`TIMELY`.

    For a year it is all or nothing. Else it is the share of ``every_day``, those of all posts,
    that is not newer. A post without a date gets nothing.
    """
    if year := _YEAR.search(question):
        first, last = date(int(year[1]), 1, 1), date(int(year[1]), 12, 31)
        within = (first.toordinal() <= days) & (days <= last.toordinal())
        return np.where(within, TIMELY, 0.0)
    if not _NOW.search(question):
        return np.zeros(len(days))
    dated = np.sort(every_day[every_day > 0])
    older = np.searchsorted(dated, days, side="right") / max(1, len(dated))
    return TIMELY * np.where(days > 0, older, 0.0)
