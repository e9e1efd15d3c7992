"""What dialects of Markdown add to CommonMark, rewritten so that CommonMark reads it as text.

Footnotes (PHP Markdown Extra, kramdown, GitHub), headings with an id, tables of contents (kramdown,
Python-Markdown), callouts (Obsidian, GitHub) and wiki links (Obsidian). Code is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

_FENCE = re.compile(r"[ \t>]*+(?P<mark>`{3,}+|~{3,}+)(?P<rest>[^\n]*)")
_CODE = re.compile(r"`+[^`\n]*`+")
_NOTE = re.compile(r"^[ ]{0,3}\[\^(?P<label>[^\]\s]+)\]:[ \t]*", re.MULTILINE)
_HEADING = re.compile(r"[ ]{0,3}#{1,6}[ \t]")
_ATTRIBUTES = re.compile(r"\{:?[ \t]*[#.][^{}]*\}")
_CONTENTS = re.compile(
    r"[ \t]*\{:[ \t]*toc\b[^{}]*\}[ \t]*|[ \t]*(?:\[TOC\]|\[\[_?(?:toc|TOC)_?\]\])[ \t]*"
)
_ANY_ITEM = re.compile(r"[ \t]*(?:[*+-]|\d+\.)[ \t]")
_CALLOUT = re.compile(r"^([ \t]*>[ \t>]*)\[!\w+\][+-]?[ \t]*")
_WIKI = re.compile(
    r"(?P<embed>!?)\[\[(?P<page>[^\[\]|\n]+?)(?:\\?\|(?P<words>[^\[\]\n]*))?\]\](?![(\[])"
)


def as_commonmark(markdown: str, pages: Collection[str] = ()) -> str:
    """``markdown`` without what only some dialect understands; what a reader reads stays.

    A footnote becomes a paragraph where it was written. ``[[page]]`` is a link if ``pages`` has it,
    in lower case; ``[[page|words]]`` always is.
    """
    notes = {note["label"] for note in _NOTE.finditer(markdown)}
    if not notes and not any(mark in markdown for mark in ("[[", "{", "[!", "[TOC]")):
        return markdown
    lines: list[str] = []
    fence = ""
    in_note = False
    for line in markdown.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark["mark"].startswith(fence) and not mark["rest"].strip():
                fence = ""
        elif mark and ("`" not in mark["rest"] or mark["mark"][0] == "~"):
            fence = mark["mark"]
        elif _CONTENTS.fullmatch(line):
            # kramdown puts the contents in the place of the list before the mark.
            if "{:" in line and lines and _ANY_ITEM.match(lines[-1]):
                lines.pop()
            continue
        else:
            in_note = (in_note and line[:1] in ("", " ", "\t")) or bool(_NOTE.match(line))
            # What belongs to a note is indented, which would make code of it.
            line = _rewritten(line.removeprefix("    ") if in_note else line, notes, pages)
        lines.append(line)
    return "\n".join(lines)


def _rewritten(line: str, notes: set[str], pages: Collection[str]) -> str:
    line = _CALLOUT.sub(r"\1", line)
    if _HEADING.match(line) and _ATTRIBUTES.fullmatch(line[line.rfind("{") :].rstrip()):
        line = line[: line.rfind("{")].rstrip()
    if note := _NOTE.match(line):
        # On a line of its own, so that notes one after another are not one paragraph.
        line = "\n" + line[note.end() :]

    def linked(link: re.Match[str]) -> str:
        if link["embed"]:
            return ""
        if link["words"] is not None:
            return link["words"].strip()
        page, _, heading = link["page"].partition("#")
        name = page.rpartition("/")[2].strip()
        return name or heading if name.lower() in pages else link[0]

    def plain(text: str) -> str:
        if notes:
            text = re.sub(r"\[\^([^\]\s]+)\]", lambda m: "" if m[1] in notes else m[0], text)
        return _WIKI.sub(linked, text) if "[[" in text else text

    return _outside_code(line, plain)


def _outside_code(line: str, rewrite: Callable[[str], str]) -> str:
    pieces: list[str] = []
    position = 0
    for code in _CODE.finditer(line):
        pieces += (rewrite(line[position : code.start()]), code[0])
        position = code.end()
    return "".join((*pieces, rewrite(line[position:])))
