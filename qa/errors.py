"""What can go wrong between a person and an answer."""

from __future__ import annotations

from corpus.errors import BlogqaError


class QuestionError(BlogqaError):
    """A question, or a limit or filter given with it, cannot be used; ``field`` names which."""

    code = "invalid_input"

    def __init__(self, field: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.field = field


class ServerError(BlogqaError):
    """The server cannot be started."""

    code = "server_error"


class SettingsError(BlogqaError):
    """A setting is unknown, or has a value that it cannot have."""

    code = "settings_error"


class JudgmentsError(BlogqaError):
    """Judged questions, a saved run or floors cannot be used."""

    code = "judgments_error"
