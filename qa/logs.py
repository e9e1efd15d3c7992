"""How the server logs: for people, or one JSON object a line."""

from __future__ import annotations

import json
import logging
from typing import Any


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON: when, how grave, which logger, what."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for ``record``."""
        line = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_config(*, as_json: bool) -> dict[str, Any]:
    """A ``logging.config`` dictionary that sends everything to standard error."""
    formatter: dict[str, Any] = {"format": "%(asctime)s %(levelname)s %(message)s"}
    if as_json:
        formatter = {"()": f"{__name__}.{JsonFormatter.__name__}"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "loggers": {"httpx2": {"level": "WARNING"}},  # it logs every question of the Slack bot
        "root": {"handlers": ["stderr"], "level": "INFO"},
    }
