"""The lines in which a page names its author and its day: "By Nora Hale, March 3, 2021"."""

from __future__ import annotations

import re
from datetime import date

from corpus.dates import parse_date

_LONGEST_NAME = 80
_LONGEST_BYLINE = 120

_BY = re.compile(
    r"^(?:(?:(?:posted|written|published|words|story|article|text|analysis|review|opinion|"
    r"commentary|perspective)\s+)?by\b[\s:]+|(?:текст|автор|author|text|words)\s*:\s*)",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
# "Theresa May" has a month for her name, so what is cut as a date has its day and year.
_AFTER_NAME = re.compile(
    r"\s*[|·•—].*$|\s+[–-]\s+.*$|\s+(?:on|at|in|updated|published)\s+.*$|"
    rf"[\s,]+{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}\b.*$|[\s,]*\d.*$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r",\s+(?:[\w.&’'-]+\s+){0,4}(?:writer|editor|correspondent|reporter|columnist|contributor|"
    r"staff|analyst|producer)\b.*$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"@|https?:|www\.|[/\\<>{}=]|\.(?:com|org|net|io|co)\b", re.IGNORECASE)

_BYLINES = (
    re.compile(
        r"(?P<by>(?:posted |written |published )?by )(?P<name>\D+?)"
        r"(?: on |\s*[,|·•—–]\s*| - )(?P<day>.*\d.*)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:posted |written |published )?(?:on )?(?P<day>.*\d\S*?),? "
        r"(?P<by>by )(?P<name>\D+)",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<by>)(?P<name>\D+?)\s*[|·•]\s*(?P<day>.*\d.*)"),
)
_DAY_LEAD = re.compile(r"(?:posted|written|published|updated)(?: on)?:? ", re.IGNORECASE)
_CAPITALIZED = re.compile(
    r"[^\W\d_a-z][\w.’'-]*(?: (?:(?:de|da|van|von|der|del|la|and|&) )*"
    r"[^\W\d_a-z][\w.’'-]*){0,5}"
)


def name_in(line: str) -> str | None:
    """The name in ``line``, without "By", a role or a date beside it; None if it is no name."""
    name = _ROLE.sub("", _AFTER_NAME.sub("", _BY.sub("", line))).strip(" ,;:-–—|")
    if not 1 < len(name) <= _LONGEST_NAME or _NO_NAME.search(name) or len(name.split()) > 8:
        return None
    return name if re.search(r"[^\W\d_]", name) else None


def read_byline(line: str) -> tuple[str, date] | None:
    """The author and the day in a line that says both and nothing else; None in any other."""
    if len(line) > _LONGEST_BYLINE:
        return None
    for byline in _BYLINES:
        if found := byline.fullmatch(line):
            name = name_in(found["name"])
            day = parse_date(_DAY_LEAD.sub("", found["day"]))
            is_name = name is not None and _CAPITALIZED.fullmatch(name) is not None
            if name and day and is_name and (found["by"] or " " in name):
                return name, day
    return None
