"""What posts are made of, as digests: by them an import knows what it need not read again."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

import corpus
from corpus.types import Source

LIBRARIES = (
    "ftfy",
    "lxml",
    "markdown-it-py",
    "python-dateutil",
    "python-frontmatter",
    "pyyaml",
    "trafilatura",
)
"""The distributions that readers of files stand on."""


def origin_of(text: str, *circumstances: object) -> str:
    """Hex SHA-256 of a text, of the code that reads it, and of all else that the outcome depends
    on, given as plain values."""
    whole = hashlib.sha256(repr((code_digest(), *circumstances)).encode(errors="surrogatepass"))
    whole.update(text.encode(errors="surrogatepass"))
    return whole.hexdigest()


def origin_of_file(source: Source) -> str:
    """The origin of everything in a source that is one file, a zip archive included.

    "" if more than a file counts, or if the file cannot be read, which its reader will report.
    """
    # What a feed no longer shows stays in the archive, so an archive does not tell what is in it.
    # Of Markdown the configuration above the file counts as well, and the day.
    if source.is_online or not source.full or source.kind == "markdown":
        return ""
    try:
        with Path(source.location).open("rb") as file:
            return origin_of(hashlib.file_digest(file, "sha256").hexdigest(), source)
    except OSError:  # a folder, for one
        return ""


@cache
def code_digest() -> str:
    """Hex SHA-256 of all that turns files into posts: another blogqa reads everything again."""
    whole = hashlib.sha256(sys.version.encode())
    for name in LIBRARIES:
        whole.update(f"{name} {version(name)}\n".encode())
    for module in sorted(Path(corpus.__file__).parent.rglob("*.py")):
        whole.update(module.read_bytes())
    return whole.hexdigest()
