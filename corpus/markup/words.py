"""One line of text: white space collapsed, titles without markup, wrong decoding mended.

ftfy (Apache-2.0, pure Python) undoes what happens when UTF-8 is read as Windows-1252: it knows
which sequences no language writes. It is asked only about text that holds such a sequence, and is
not believed where its answer would lose a character or where a Portuguese capital stands at the
end of a quotation.
"""

from __future__ import annotations

import re
from collections import Counter
from html.entities import html5
from unicodedata import category

from ftfy import TextFixerConfig, fix_encoding

# Zero-width joiners hold letters and emoji of other scripts together; beside ASCII and white space
# they are dirt.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]")
_PLAIN = re.compile("[\x00-\x7f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
# The ends of a stress (see corpus.markup.emphasis) part no letters.
_JOINED = re.compile("[\u200c\u200d\ufdd0-\ufdd3]+")
_JOINER = re.compile("[\u200c\u200d]")
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

# The lead byte of a UTF-8 sequence and a later one, both read as Windows-1252 or Latin-1; the
# start of a curly quote read as Mac Roman; a Windows-1252 quote read as Latin-1.
_SUSPECT = re.compile(
    "[\xc2-\xf4][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|‚Ä[^\x00-\x7f]|[\x80-\x84\x86-\x9f]|\x85(?=\\S)"
)
# "IRMÔ and "«MAÇÃ»" are words in quotation marks, though Ã” and Ã» might be Ô and û.
_CAPITAL_AND_MARK = re.compile("(?<=[A-ZÀ-Þ“«‘\"'(])[ÂÃÎÐ](?=[»”’™®›…–—“«\xa0•·](?![A-ZÀ-Þ]))")
# ftfy reads "Ã " as à; where nothing else is wrong with a text, it is a letter that stands alone.
_LETTER_ALONE = re.compile("(?<!\\S)[ÂÃ](?= )")
_CONFIG = TextFixerConfig(
    restore_byte_a0=False, replace_lossy_sequences=False, unescape_html=False, explain=False
)

_TITLE_TAGS = re.compile(
    r"</?(a|abbr|b|big|br|center|cite|code|del|div|em|font|h[1-6]|i|img|ins|mark|p|s|small|span"
    r"|strike|strong|sub|sup|tt|u|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_APART = {"br", "div", "img", "p", "h1", "h2", "h3", "h4", "h5", "h6"}
_ENTITY = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z][a-zA-Z0-9]{1,31}));")
_ESCAPED = 3  # times at most: once by the format, once by the blog, once by mistake


def plain(text: str) -> str:
    """``text`` on one line: white space collapsed, invisible and control characters gone."""
    return " ".join(visible(text).split())


def visible(text: str) -> str:
    """``text`` without the characters that no reader sees, its white space as it was."""
    text = _INVISIBLE.sub("", _NO_TEXT.sub("", text))
    if "\u200c" in text or "\u200d" in text:
        return _JOINED.sub(_joiners, text)
    return text


def _joiners(run: re.Match[str]) -> str:
    before, after = (
        run.string[max(0, run.start() - 1) : run.start()],
        run.string[run.end() : run.end() + 1],
    )
    if before and after and not (_PLAIN.match(before) or _PLAIN.match(after)):
        return run[0]
    return _JOINER.sub("", run[0])


def opening(text: str, limit: int = 70) -> str:
    """The first words of ``text`` as a title: at most ``limit`` characters, ellipsis included."""
    line = plain(text)
    if len(line) <= limit:
        return line
    head, space, _ = line[:limit].rpartition(" ")
    words = (head if space else line[: limit - 1]).rstrip(" ,;:.!?-–—")
    return (words or line[: limit - 1].rstrip()) + "…"


def title(text: str) -> str:
    """What a reader sees of a title as a source gives it: a line of HTML, escaped once or more.

    Tags that only style are taken out, references resolved, also those escaped twice. What becomes
    a tag by that is text *about* markup and stays, so a title must go through here only once.
    """
    line = _TITLE_TAGS.sub(lambda tag: " " if tag[1].lower() in _APART else "", text)
    for _ in range(_ESCAPED):
        line = _ENTITY.sub(_character, line)
    return plain(mended(line))


def mended(text: str) -> str:
    """``text`` with UTF-8 that was read as Windows-1252 read right; what is past mending stays."""
    if text.isascii() or not _SUSPECT.search(text) or _CAPITAL_AND_MARK.search(text):
        return text
    fixed = fix_encoding(text, _CONFIG)
    rest = _LETTER_ALONE.sub("A", text)
    if rest != text and fix_encoding(rest, _CONFIG) == rest:
        return text
    new = Counter(fixed)
    new.subtract(text)
    made = [character for character, count in new.items() if count > 0]
    # A single letter of another alphabet is «été»“ read as Chinese, not a word that was mended.
    foreign = sum(new[each] for each in made if each > "\u024f" and each.isalpha())
    lost = any(each == "\ufffd" or category(each) in {"Cn", "Co", "Cs"} for each in made)
    return text if lost or foreign == 1 else fixed


def _character(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    if name:
        return html5.get(f"{name};", entity[0])
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0 < code <= 0x10FFFF else entity[0]
