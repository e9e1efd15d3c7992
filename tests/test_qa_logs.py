"""How the server logs."""

from __future__ import annotations

import json
import logging
import logging.config
import sys
from collections.abc import Iterator

import pytest

from qa.logs import JsonFormatter, log_config


@pytest.fixture(autouse=True)
def _root_as_before() -> Iterator[None]:
    """The root logger's own handlers and level, which a configuration replaces."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def record(message: str, *arguments: object, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("web.app", level, "app.py", 1, message, arguments, None)


def test_a_line_says_when_how_grave_which_logger_and_what() -> None:
    made = record("%s asked: “%d”", "Ünal", 3, level=logging.WARNING)
    made.created, made.msecs = 0.0, 7.0
    line = JsonFormatter().format(made)
    data = json.loads(line)
    assert data.pop("time").endswith(",007")
    assert data == {"level": "warning", "logger": "web.app", "message": "Ünal asked: “3”"}
    assert "Ünal" in line


def test_a_message_of_several_lines_is_one_line_of_json() -> None:
    line = JsonFormatter().format(record('one\ntwo "three"\r'))
    assert line.splitlines() == [line]
    assert json.loads(line)["message"] == 'one\ntwo "three"\r'


def test_an_exception_goes_with_its_traceback() -> None:
    made = record("failed")
    try:
        raise ZeroDivisionError("a reason")
    except ZeroDivisionError:
        made.exc_info = sys.exc_info()
    data = json.loads(JsonFormatter().format(made))
    assert list(data) == ["time", "level", "logger", "message", "traceback"]
    assert data["traceback"].startswith("Traceback (most recent call last):")
    assert data["traceback"].endswith("ZeroDivisionError: a reason")


def test_json_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(log_config(as_json=True))
    logging.getLogger("uvicorn.access").info("GET %s", "/healthz")
    logging.getLogger("web.app").debug("too fine")
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    data = json.loads(line)
    assert (data["logger"], data["message"]) == ("uvicorn.access", "GET /healthz")


def test_lines_for_people_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(log_config(as_json=False))
    logging.getLogger("web.app").warning("Nothing %s.", "there")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith(" WARNING Nothing there.\n")


def test_loggers_that_are_there_already_stay_on() -> None:
    existing = logging.getLogger("blogqa.test.existing")
    logging.config.dictConfig(log_config(as_json=True))
    assert not existing.disabled
