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


class RecordError(BlogqaError):
    """What was asked and what was thought of it cannot be read or kept."""

    code = "record_unavailable"


class FeedbackOff(BlogqaError):
    """There is a verdict on an answer, but no questions are kept."""

    code = "feedback_off"


class UnknownAnswer(BlogqaError):
    """No answer of that id was given, or it is kept no more."""

    code = "unknown_answer"


class UnknownPassage(BlogqaError):
    """An answer had no passage of that id."""

    code = "unknown_passage"
