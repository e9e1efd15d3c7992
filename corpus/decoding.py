"""Bytes to text where files do not say, or lie about, how they are written."""

from __future__ import annotations

import codecs
import re

UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# In this order: the BOM of UTF-32 begins as that of UTF-16 does.
_FIRST_BYTES = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_WIDE = ("utf-16", "utf-32")
_NOT_OF_FILES = ("utf-7", "idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined")
_WIDER = {"gb2312": "gb18030"}

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""A character that XML 1.0 does not allow (section 2.2, Char)."""


def is_xml_character(code: int) -> bool:
    """Whether XML allows the character of this number, which may be beyond all of them."""
    return 0 <= code <= 0x10FFFF and FORBIDDEN.match(chr(code)) is None


def marked_encoding(start: bytes) -> str:
    """The encoding that the first bytes of a text in XML give away; "" if they don't.

    A BOM stays in what is decoded by it, but for that of UTF-8.
    """
    return next((encoding for mark, encoding in _FIRST_BYTES if start.startswith(mark)), "")


def codec_of(name: str) -> str:
    """Python's name of the encoding that is called ``name``; "" if files are in none such."""
    try:
        codec = codecs.lookup(_WIDER.get(name.lower(), name)).name
        "".encode(codec)  # refuses codecs that are not between text and bytes, like "zlib"
    except (LookupError, ValueError):
        return ""
    return "" if codec in _NOT_OF_FILES else codec


def declared_codec(name: str) -> str:
    """As :func:`codec_of`, for what a text in XML says of itself.

    "" too for those of two and four bytes: in one of these it could not have been read.
    """
    codec = codec_of(name)
    return "" if codec.startswith(_WIDE) else codec


def encoding_of(start: bytes) -> str:
    """The encoding, for Python, of an XML file that begins with ``start``; UTF-8 if in doubt."""
    if encoding := marked_encoding(start):
        return encoding
    declared = _DECLARED.search(start[:400])
    return (declared_codec(declared[1].decode()) if declared else "") or "utf-8"


def start_of(content: bytes) -> str:
    """The beginning of a file, ``content``, as text, for a look at what it might be."""
    return content.decode(encoding_of(content), errors="replace")


def _windows_1252_or_none(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252"), error.end


def _windows_1252_or_replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


# Only the bytes that do not fit are read as Windows-1252: the letters beside them stay right.
STRICT = "blogqa-strict"
"""An error handler of decode: bytes that do not fit are Windows-1252, UnicodeDecodeError if not."""
LENIENT = "blogqa-lenient"
"""As STRICT, with U+FFFD for what is not even that."""
codecs.register_error(STRICT, _windows_1252_or_none)
codecs.register_error(LENIENT, _windows_1252_or_replaced)
