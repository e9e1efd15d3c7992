"""What can go wrong between a source and the archive.

Every error of blogqa carries a message that names the file or value, a hint that says what to do
next, and a code that programs may test. The command line and the API are the only places that turn
them into exit codes and HTTP statuses.
"""

from __future__ import annotations

from typing import ClassVar, Literal


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


FetchProblem = Literal[
    "invalid", "refused", "unreachable", "busy", "timeout", "too_large", "redirect", "damaged"
]
"""Why an address gave nothing: it is not one; it may not be connected to; nobody answers; its
server asks for patience; it took too long; it is too big; it leads nowhere or where it must not;
what came cannot be unpacked."""


class FetchError(SourceError):
    """A web address could not be fetched; ``problem`` says why to programs, ``reason`` to people.

    A page that is gone is no error: its server has answered.
    """

    code = "fetch_error"

    def __init__(self, url: str, problem: FetchProblem, reason: str, hint: str) -> None:
        super().__init__(f"{url}: {reason}.", hint)
        self.url = url
        self.problem: FetchProblem = problem
        self.reason = reason


class ArchiveError(CorpusError):
    """The archive file is missing, damaged, or made by another version."""

    code = "archive_error"
