"""What can go wrong between the bot, Slack and the server."""

from __future__ import annotations

from corpus.errors import BlogqaError


class SlackError(BlogqaError):
    """Slack cannot be reached, or does not let the bot do what it must."""

    code = "slack_error"


class SlackStoreError(SlackError):
    """The file in which the bot remembers cannot be used."""

    code = "slack_store_error"
