"""What can go wrong between a source and the archive.

Every error of blogqa carries a message that names the file or value, a hint that says what to do
next, and a code that programs may test. The command line and the API are the only places that turn
them into exit codes and HTTP statuses.
"""

from __future__ import annotations

from typing import ClassVar


class BlogqaError(Exception):
    """The root of every error a user can meet; each room derives its own tree from it."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class CorpusError(BlogqaError):
    """A source, a post or the archive cannot be used."""

    code = "corpus_error"


class SourceError(CorpusError):
    """A source does not exist, is of no known kind, or holds no posts."""

    code = "source_error"


class ArchiveError(CorpusError):
    """The archive file is missing, damaged, or made by another version."""

    code = "archive_error"
