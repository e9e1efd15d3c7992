"""XML in pieces: mended where it can be, read as far as it goes where it cannot."""

from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.readers.files import Found
from corpus.readers.xml import LARGEST_ELEMENT, read_elements
from corpus.types import Skipped

_CHUNK = 2**16


def found(content: str | bytes) -> Found:
    raw = content.encode() if isinstance(content, str) else content
    return Found("a.xml", lambda: io.BytesIO(raw))


def texts(content: str | bytes, *names: str) -> list[str]:
    """The text of each element, then what damage there is after a "!"."""
    return [
        f"!{each.reason}" if isinstance(each, Skipped) else "".join(each.itertext())
        for each in read_elements(found(content), *(names or ("{*}e",)))
    ]


def damage(what: str) -> str:
    return f"!is cut off or damaged ({what}); what follows is missing"


class Endless(io.RawIOBase):
    """A file made as it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._rest or next(self._pieces, b"")
        self._rest = piece[len(buffer) :]
        piece = piece[: len(buffer)]
        buffer[: len(piece)] = piece
        return len(piece)


def made(pieces: Iterator[bytes]) -> Found:
    def opener() -> IO[bytes]:
        return io.BufferedReader(Endless(pieces))

    return Found("a.xml", opener)


def test_elements_of_any_namespace() -> None:
    content = '<f xmlns="urn:a"><e>1</e><x:e xmlns:x="urn:b">2</x:e><g><e>3</e></g><h>4</h></f>'
    assert texts(content) == ["1", "2", "3"]
    assert texts(content, "{urn:a}e") == ["1", "3"]
    assert texts(content, "{*}e", "{*}h") == ["1", "2", "3", "4"]


def test_an_element_is_gone_when_the_next_is_asked_for() -> None:
    elements = read_elements(found("<f><e>1</e><x>2</x><e>3</e></f>"), "e")
    first = next(elements)
    assert not isinstance(first, Skipped)
    parent = first.getparent()
    second = next(elements)
    assert (first.text, len(parent)) == (None, 2 + 1)
    assert list(elements) == []
    assert list(parent) == [second]


def test_an_element_in_one_of_its_name_is_a_part_of_it() -> None:
    xhtml = "<div xmlns='urn:x'>Before <entry>Within <entry>deep</entry></entry> After</div>"
    content = f"<f><entry>{xhtml}</entry><entry>2</entry><item><entry>3</entry></item></f>"
    assert texts(content, "{*}entry") == ["Before Within deep After", "2", "3"]
    assert texts(f"<f><entry>1</entry><entry>{xhtml[:60]}", "{*}entry")[:-1] == ["1"]
    assert texts("<f><c><e>1</e><e>2</e></c></f>", "{*}e", "{*}c") == ["1", "2", ""]


@pytest.mark.parametrize(
    ("slip", "text"),
    [
        ("&nbsp;", "&nbsp;"),
        ("&", "&"),
        ("a & b", "a & b"),
        ("&amp;amp;", "&amp;"),
        ("&lt;b&gt;", "<b>"),
        ("&#0;&#11;&#x1F;", ""),
        ("&#xD800;&#xFFFF;&#x110000;", ""),
        ("&#x10FFFF;&#65;&#x42;", "\U0010ffffAB"),
        ("&#99999999999;", "&#99999999999;"),
        ("\x00\x0b\x1f\ufffe", ""),
        ("]]>", "]]>"),
        ("]]]>]>", "]]]>]>"),
        ("<![CDATA[a & b &nbsp; <b>\x0b]]>", "a & b &nbsp; <b>"),
        ("<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"),
        ("<!-- & &nbsp; ]]> -->x<?php & ?>", "x"),
    ],
)
def test_what_is_mended(slip: str, text: str) -> None:
    assert texts(f"<f><e>{slip}</e><e>next</e></f>") == [text, "next"]
    # The same with any part of it before and after the border between two chunks.
    for shift in range(len(slip) + 2):
        head = f"<f><x>{'-' * (_CHUNK - 13 - shift)}</x><e>"
        assert len(head) == _CHUNK - shift
        assert texts(f"{head}{slip}</e><e>next</e></f>") == [text, "next"], shift


@given(st.text("&<>]![CDATA#x0;a\n", max_size=60), st.integers(0, 60))
def test_where_chunks_end_makes_no_difference(text: str, shift: int) -> None:
    content = f"<f><e>{text}</e></f>"
    shifted = f"<f><e>{text}</e></f>".replace("<f>", f"<f{' ' * (_CHUNK - shift - 3)}>", 1)
    assert texts(shifted) == texts(content)


def test_a_prefix_that_is_not_bound_hurts_nothing() -> None:
    entry = "<e><app:draft>yes</app:draft></e>" + " " * _CHUNK
    assert texts(f"<f>{entry * 3}</f>") == ["yes", "yes", "yes"]


@pytest.mark.parametrize(
    "prolog",
    [
        "",
        "\n \n",
        "\ufeff",
        '<?xml version="1.0"?>',
        '\n<?xml version="1.0" encoding="UTF-16"?>',
        '<?xml version="1.1" standalone="no"?>\n<?xml-stylesheet href="a.css"?>',
        "<!-- <!DOCTYPE f> --><!-- & -->",
        f"<!-- {'x' * 2 * _CHUNK} -->",
        "<!DOCTYPE f>",
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://example.com/a>b.dtd">',
        "<!doctype html>",
        '<!DOCTYPE f [<!ENTITY a "b">\n<!ENTITY c "]>"><!-- ]> " --><!ELEMENT f ANY>] >',
        '<!DOCTYPE f [<!ATTLIST e a CDATA "b">]><!-- x --><?y z?>\n',
    ],
)
def test_what_may_stand_before_the_first_element(prolog: str) -> None:
    assert texts(f"{prolog}<f><e>1</e></f>") == ["1"]


def test_lines_are_those_of_the_file() -> None:
    content = (
        "<?xml version='1.0'?>\n<!DOCTYPE f [\n<!ENTITY a 'b'>\n]>\n<f>\n<e>1</e>\n<e a=>2</e>"
    )
    assert texts(content) == ["1", damage("line 7: AttValue: \" or ' expected")]


def test_no_entity_is_ever_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    external = f'<!DOCTYPE f [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    assert texts(f"{external}<f><e>&x;</e></f>") == ["&x;"]
    passwords = '<!DOCTYPE f [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>'
    assert texts(f"{passwords}<f><e>%x; &x;</e></f>") == ["%x; &x;"]
    ten = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<!DOCTYPE f [<!ENTITY e0 "ha">{ten}]>'
    assert texts(f"{laughs}<f><e>&e9;</e></f>") == ["&e9;"]
    quadratic = f'<!DOCTYPE f [<!ENTITY a "{"a" * 100_000}">]>'
    assert texts(f"{quadratic}<f><e>{'&a;' * 100_000}</e></f>") == ["&a;" * 100_000]
    defaults = f'<!DOCTYPE f [<!ATTLIST e a CDATA "{"a" * 100_000}">]>'
    (element,) = read_elements(found(f"{defaults}<f><e>1</e></f>"), "e")
    assert not isinstance(element, Skipped)
    assert dict(element.attrib) == {}


@pytest.mark.parametrize(
    "before",
    [
        f"<!-- {'x' * 2**20} --><!DOCTYPE f [<!ENTITY a 'b'>]>",
        "<!DOCTYPE f><!DOCTYPE f [<!ENTITY a 'b'>]>",
        "<!DOCTYPE f [<!ENTITY a 'b'>",
        "text <!DOCTYPE f [<!ENTITY a 'b'>]>",
        "<!DOCTYPE f [" + "<!--" * 100_000,
        "<!-- -->" * 200_000,
    ],
)
def test_no_document_type_slips_through(before: str) -> None:
    assert texts(f"{before}<f><e>&a;</e></f>") == [
        damage("what stands before its first element is none of a blog's")
    ]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "line 1: Document is empty"),
        ("text", "line 1: Start tag expected, '<' not found"),
        ("<f><e>1</e><e>2", "line 1: Premature end of data in tag e line 1"),
        ("<f><e>1</e></g>", "line 1: Opening and ending tag mismatch: f line 1 and g"),
        ("<f><e>1</e></f><e>2</e>", "line 1: Extra content at the end of the document"),
        ("<f><e>1</e><e", "line 1: Couldn't find end of Start Tag e line 1"),
        ("<f><e>1</e><![CDATA[x", "line 1: CData section not finished\nx"),
        ("<f><e>1</e><!-- x", "line 1: Comment not terminated"),
    ],
)
def test_what_stands_before_damage_is_read(content: str, what: str) -> None:
    expected = ["1"] if "<e>1</e>" in content else []
    *before, last = texts(content)
    assert before == expected
    assert last.startswith(damage(what)[: len(what) - 8])
    assert last.endswith("; what follows is missing")


def test_every_cut() -> None:
    content = '<?xml version="1.0"?>\n<f>' + "".join(
        f"<e>{n} <![CDATA[&]]> &amp; &#65;</e>\n" for n in range(4)
    )
    whole = texts(content + "</f>")
    assert len(whole) == 4
    for length in range(len(content)):
        ended = content[:length].count("</e>")
        *before, last = texts(content[:length])
        assert before == whole[:ended]
        assert last.startswith("!is cut off or damaged (")


def test_damage_in_the_middle_says_its_line() -> None:
    lines = "".join(f"<e>{n}</e>\n" for n in range(50_000))
    *before, last = texts(f"<f>\n{lines}<e>a < b</e>\n{lines}</f>")
    assert len(before) == 50_000
    assert last == damage("line 50002: StartTag: invalid element name")


def test_an_error_of_the_disk_is_damage_too() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"<f><e>1</e>" + b" " * _CHUNK
        raise OSError(5, "Input/output error")

    first, last = read_elements(made(pieces()), "e")
    assert not isinstance(first, Skipped)
    assert last == Skipped("a.xml", damage("Input/output error")[1:], unreadable=True)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<f><e>é“</e></f>".encode("utf-16"), "é“"),
        ("<?xml version='1.0' encoding='utf-8'?><f><e>é“</e></f>".encode("utf-16-be"), "é“"),
        ("<?xml version='1.0' encoding='utf-16'?><f><e>é“</e></f>".encode(), "é“"),
        ("<?xml version='1.0' encoding='utf-8'?><f><e>é“</e></f>".encode("cp1252"), "é“"),
        ("<f><e>é“</e></f>".encode("utf-8-sig"), "é“"),
        ("<?xml version='1.0' encoding='iso-8859-5'?><f><e>дом</e></f>".encode("iso8859-5"), "дом"),
        ("<?xml version='1.0' encoding='big5'?><f><e>門</e></f>".encode("big5"), "門"),
        ("<?xml version='1.0' encoding='none'?><f><e>é</e></f>".encode(), "é"),
        ("<f><e>é ".encode() + b"\xe9 \x93\x81" + "é</e></f>".encode(), "é é “\ufffdé"),
        (b"<f><e>\xed\xa0\x80\xf4\x90\x80\x80</e></f>", "í\xa0€ô\ufffd€€"),
    ],
)
def test_encodings(content: bytes, text: str) -> None:
    assert texts(content) == [text]


def test_a_character_on_the_border_of_two_chunks() -> None:
    for shift in range(4):
        head = b"<f><e>" + b"a" * (_CHUNK - 6 - shift)
        (text,) = texts(head + "門é</e></f>".encode())
        assert text.endswith("a門é")


def test_deep_nesting_ends_in_damage() -> None:
    nested = "<a>" * 100_000 + "</a>" * 100_000
    expected = damage("line 1: Excessive depth in document: 2048")
    assert texts(f"<f><e>1</e><e>{nested}</e></f>") == ["1", expected]
    assert texts("<f>" * 100_000) == [expected]


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        ("a", "a"),
        ("&", "&"),
        ("]", "]"),
        ("<![CDATA[x]]>", "x"),
        ("&#65;", "A"),
        ("<b/>", ""),
        ("\n", "\n"),
    ],
)
def test_a_long_element(piece: str, text: str) -> None:
    count = 3_000_000 // len(piece)
    assert texts(f"<f><e>{piece * count}</e></f>") == [text * count]


def test_an_element_of_sixty_megabytes_is_damage() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"<f><e>1</e><e>"
        for _ in range(60):
            yield b"a" * 2**20
        yield b"</e><e>2</e></f>"

    tracemalloc.start()
    first, last = read_elements(made(pieces()), "e")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not isinstance(first, Skipped)
    reason = damage(f"one entry is larger than {LARGEST_ELEMENT // 2**20} MiB")
    assert last == Skipped("a.xml", reason[1:], unreadable=True)
    assert peak < 10 * 2**20


_MANY = """
import io, resource, sys
sys.path.insert(0, {root!r})
from corpus.readers.xml import read_elements
from tests.test_corpus_readers_xml import made

def pieces(megabytes):
    entry = b"<e>" + b"It was a &lt;p&gt; of ordinary text &amp; more. " * 200 + b"</e>\\n"
    yield b"<f>"
    for _ in range(megabytes * 2**20 // len(entry)):
        yield entry
    yield b"</f>"

def read(megabytes):
    count = sum(1 for _ in read_elements(made(pieces(megabytes)), "e"))
    return count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**10

_, before = read(2)
count, after = read({megabytes})
print(count, after - before)
"""


def test_memory_does_not_grow_with_the_file() -> None:
    root = Path(__file__).parents[1]
    result = subprocess.run(
        [sys.executable, "-c", _MANY.format(root=str(root), megabytes=200)],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
    )
    count, grown_mib = map(int, result.stdout.split())
    assert count == 200 * 2**20 // (
        200 * len("It was a &lt;p&gt; of ordinary text &amp; more. ") + 8
    )
    assert grown_mib < 10


def test_a_cut_in_the_middle_of_a_text_is_said_on_one_line() -> None:
    assert texts("<r><e>One.</e><e><![CDATA[Two\nlines, and no") == [
        "One.",
        damage("line 2: CData section not finished"),
    ]
