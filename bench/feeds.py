"""How the feed reader compares with feedparser alone: ``python -m bench.feeds FOLDER``.

FOLDER holds feedparser's own test feeds, whose leading comments name the headers that a server
would have sent. Each is parsed by feedparser as it comes and by our reader, and compared:

- *entries*: our reader finds as many entries as feedparser;
- *posts*: reading the file gives one post or named skip for every entry that is no comment and is
  not the last of a feed that is cut off amid it;
- *title*: an entry's title is feedparser's once the white space of that is collapsed: as it
  stands, with its entities resolved, or with its markup taken out as well;
- *title to the letter*: it is feedparser's as it stands;
- *link*: an entry's address is feedparser's, joined to the address of the feed.

A feed is well-formed if feedparser, called with its headers, finds no fault in it.
"""

from __future__ import annotations

import html
import json
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
from lxml import html as lxml_html

from corpus.errors import SourceError
from corpus.markup.feeds import Entry, parse_feed
from corpus.readers.feed import read
from corpus.types import Post, ReadOptions, Skipped, Source

SLOW_S = 5.0
# The address that feedparser's own tests serve these files from.
_BASE = "http://127.0.0.1:8097/"
_DEFAULTS = {"content-location": _BASE, "content-type": "application/xml"}
_HEADER = re.compile(r"^Header:[ \t]*([\w-]+):[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.-]+)")


def measure(folder: Path) -> dict[str, Any]:
    """What :mod:`bench.feeds` counts, for well-formed and ill-formed feeds apart."""
    counts = {"well-formed": Counter[str](), "ill-formed": Counter[str]()}
    differing: list[str] = []
    for path in sorted(folder.rglob("*.xml")):
        content = path.read_bytes()
        headers = _headers(content)
        theirs = _theirs(content, headers)
        count = counts["ill-formed" if theirs["bozo"] else "well-formed"]
        count["feeds"] += 1
        count["their entries"] += len(theirs["entries"])
        place = path.relative_to(folder).as_posix()
        faults = _compare(path, content, headers, theirs["entries"], count)
        differing.extend(f"{place}: {fault}" for fault in faults)
    return {"counts": {name: dict(count) for name, count in counts.items()}, "differ": differing}


def _compare(
    path: Path, content: bytes, headers: dict[str, str], theirs: list[Any], count: Counter[str]
) -> Iterator[str]:
    started = time.perf_counter()
    charset = _CHARSET.search(headers.get("content-type", ""))
    base = headers.get("content-location", _BASE)
    try:
        ours = parse_feed(content, base, charset[1] if charset else None)
        found = _read(path)
    except Exception as error:  # Counting whatever comes is what this is for.
        count["exceptions"] += 1
        yield f"raised {error!r}"
        return
    seconds = time.perf_counter() - started
    if seconds > SLOW_S:
        count["slow"] += 1
        yield f"took {seconds:.1f} s"
    if len(ours.entries) != len(theirs):
        yield f"{len(ours.entries)} entries, not {len(theirs)} ({ours.fault})"
        return
    count["entries equal"] += len(theirs)
    count["feeds with entries equal"] += 1
    posts = [entry for entry in ours.entries if not entry.is_comment]
    expected = len(posts) - bool(posts and ours.ends_amid_entry)
    if len([each for each in found if "#" in each.place]) == expected:
        count["feeds with posts equal"] += 1
    else:
        yield f"{len(found)} posts and skips, not {expected}"
    for our, their in zip(ours.entries, theirs, strict=True):
        yield from _compare_entries(our, their, count)


def _compare_entries(our: Entry, their: Any, count: Counter[str]) -> Iterator[str]:
    title = their.get("title", "")
    count["titles to the letter"] += our.title == title
    if our.title in {_collapsed(title), _collapsed(html.unescape(title)), _bare(title)}:
        count["titles equal"] += 1
    else:
        yield f"title {our.title!r}, not {title!r}"
    link = their.get("link", "")
    if (our.url or "") == link:
        count["links equal"] += 1
    else:
        yield f"link {our.url!r}, not {link!r}"


def _read(path: Path) -> list[Post | Skipped]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return list(read(Source("bench", "feed", str(path)), ReadOptions()))
        except SourceError:
            return []


def _theirs(content: bytes, headers: dict[str, str]) -> Any:
    return feedparser.parse(content, response_headers={**_DEFAULTS, **headers})


def _headers(content: bytes) -> dict[str, str]:
    comment = content[:4000].replace(b"\0", b"").decode("latin-1").partition("-->")[0]
    return {name.lower(): value for name, value in _HEADER.findall(comment)}


def _bare(title: str) -> str:
    return _collapsed(lxml_html.fromstring(f"<div>{title}</div>").text_content())


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def main() -> None:
    """Prints the counts, and each difference on a line of its own."""
    result = measure(Path(sys.argv[1]))
    print(json.dumps(result["counts"], indent=2))
    print(*result["differ"], sep="\n")


if __name__ == "__main__":
    main()
