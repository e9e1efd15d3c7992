"""The day a date in a post means, however it was written."""

from __future__ import annotations

import re
from datetime import date, datetime

from dateutil import parser

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?=$|[Tt]\d|\s+\d)")
_DAY_FIRST = re.compile(r"\d{1,2}\.\d{1,2}\.")
# Without one of these, dateutil reads a version number ("1.2.3") as a day.
_YEAR_OR_MONTH_NAME = re.compile(r"\d{4}|[A-Za-z]{3}")
_LONGEST_DATE = 80
# "Mon, 30 Nov -0001" is how PHP writes WordPress' "0000-00-00"; dateutil would read 2001.
_NO_YEAR = "-0001"
# Two fillings that share no year, month or day: what comes out different was not in the text.
_FILLINGS = (datetime(1999, 1, 1), datetime(2004, 12, 28))


def parse_date(value: object) -> date | None:
    """The day that ``value`` names, or None unless it names a year, a month and a day.

    Takes dates, datetimes, and text: ISO 8601, RFC 822, "Jul 23, 2018", "Wednesday, January 20,
    2010", "23 July 2018". Day and month in figures are read the American way (7/23/2018) unless
    dots part them (23.7.2018). The day is the one written: a time zone does not move it.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    text = value.strip()
    if len(text) > _LONGEST_DATE or _NO_YEAR in text or not _YEAR_OR_MONTH_NAME.search(text):
        return None
    try:
        if iso := _ISO.match(text):
            return date.fromisoformat(iso[1])
        first, second = (
            parser.parse(
                text, default=filling, ignoretz=True, dayfirst=bool(_DAY_FIRST.match(text))
            ).date()
            for filling in _FILLINGS
        )
    except (ValueError, OverflowError):
        return None
    return first if first == second else None
