"""Bytes to text where files do not say, or lie about, how they are written."""

from __future__ import annotations

import pytest

from corpus.decoding import (
    FORBIDDEN,
    LENIENT,
    STRICT,
    codec_of,
    declared_codec,
    encoding_of,
    is_xml_character,
    start_of,
)


@pytest.mark.parametrize(
    ("start", "encoding"),
    [
        (b"", "utf-8"),
        (b"<feed>", "utf-8"),
        (b"\xef\xbb\xbf<feed>", "utf-8-sig"),
        ("<feed>".encode("utf-16"), "utf-16-le"),
        ("<feed>".encode("utf-16-le"), "utf-16-le"),
        ("<feed>".encode("utf-16-be"), "utf-16-be"),
        ("<feed>".encode("utf-32"), "utf-32-le"),
        ("<feed>".encode("utf-32-be"), "utf-32-be"),
        ("<?xml version='1.0'?>".encode("cp037"), "cp037"),
        (b"<?xml version='1.0' encoding='ISO-8859-2'?>", "iso8859-2"),
        (b'<?xml version="1.0"  encoding = "windows-1251" ?>', "cp1251"),
        (b"<?xml version='1.0' encoding='Shift_JIS'?>", "shift_jis"),
        (b"<!-- encoding='koi8-r' --><feed encoding='koi8-r'>", "utf-8"),
        (b"<?xml version='1.0' encoding='utf-16'?>", "utf-8"),
        (b"<?xml version='1.0' encoding='utf-7'?>", "utf-8"),
        (b"<?xml version='1.0' encoding='unicode_escape'?>", "utf-8"),
        (b"<?xml version='1.0' encoding='raw-unicode-escape'?>", "utf-8"),
        (b"<?xml version='1.0' encoding='undefined'?>", "utf-8"),
        (b"<?xml version='1.0' encoding='idna'?>", "utf-8"),
        (b"<?xml version='1.0' encoding='zlib'?>", "utf-8"),
        (b"<?xml version='1.0' encoding='rot13'?>", "utf-8"),
        (b"<?xml version='1.0' encoding='no-such-thing'?>", "utf-8"),
    ],
)
def test_what_a_file_is_written_in(start: bytes, encoding: str) -> None:
    assert encoding_of(start) == encoding


@pytest.mark.parametrize(
    ("name", "codec", "declared"),
    [
        ("UTF8", "utf-8", "utf-8"),
        ("latin1", "iso8859-1", "iso8859-1"),
        ("GB2312", "gb18030", "gb18030"),
        ("u16", "utf-16", ""),
        ("UTF_32_LE", "utf-32-le", ""),
        ("utf-7", "", ""),
        ("unicode_escape", "", ""),
        ("base64", "", ""),
        ("no-such", "", ""),
        ("a\0b", "", ""),
        ("", "", ""),
    ],
)
def test_names_of_encodings(name: str, codec: str, declared: str) -> None:
    assert (codec_of(name), declared_codec(name)) == (codec, declared)


def test_the_characters_of_xml() -> None:
    ranges = [(9, 10), (13, 13), (0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF)]
    allowed = {code for first, last in ranges for code in range(first, last + 1)}
    for code in range(0x110010):
        assert is_xml_character(code) == (code in allowed)
        assert code > 0x10FFFF or bool(FORBIDDEN.match(chr(code))) == (code not in allowed)


def test_the_start_of_a_file_as_text() -> None:
    assert start_of("<feed>naïve".encode("utf-16")) == "\ufeff<feed>naïve"
    assert start_of("<?xml version='1.0' encoding='koi8-r'?>дом".encode("koi8-r"))[-3:] == "дом"
    assert start_of(b"<feed>\xff") == "<feed>\ufffd"


@pytest.mark.parametrize("handler", [STRICT, LENIENT])
def test_single_bytes_of_windows_1252(handler: str) -> None:
    content = "“naïve” ".encode() + b"\x93caf\xe9\x94" + " – “naïve”".encode()
    assert content.decode(errors=handler) == "“naïve” “café” – “naïve”"


def test_bytes_that_are_nothing() -> None:
    assert b"a\x81b".decode(errors=LENIENT) == "a\ufffdb"
    with pytest.raises(UnicodeDecodeError):
        b"a\x81b".decode(errors=STRICT)


@pytest.mark.parametrize("handler", [STRICT, LENIENT])
def test_they_are_for_decoding_only(handler: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        "é".encode("ascii", handler)
