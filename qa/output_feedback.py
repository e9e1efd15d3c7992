"""What ``blogqa feedback`` prints, for people or as data for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from qa.output import count
from qa.record import Frequent, Judged, Summary


def summary_data(found: Summary) -> dict[str, Any]:
    """The three lists as data; times are in UTC."""
    return {
        "verdicts": [_judged_data(each) for each in found.judged],
        "missed": [_frequent_data(each) for each in found.missed],
        "answered": [_frequent_data(each) for each in found.answered],
    }


def _judged_data(judged: Judged) -> dict[str, Any]:
    feedback = judged.feedback
    return {
        "question": judged.question,
        "searched_with": list(judged.searched_with),
        "answer_id": feedback.answer_id,
        "passage_id": feedback.passage_id,
        "verdict": feedback.verdict,
        "reason": feedback.reason,
        "by": feedback.by or None,
        "at": feedback.at.isoformat(timespec="seconds"),
    }


def _frequent_data(asked: Frequent) -> dict[str, Any]:
    return {
        "question": asked.question,
        "searched_with": list(asked.searched_with),
        "times": asked.times,
        "last_at": asked.last_at.isoformat(timespec="seconds"),
    }


def print_summary(console: Console, found: Summary, file: Path) -> None:
    """Verdicts, the newest first; questions, not covered and answered, the most asked first."""
    if not (found.judged or found.missed or found.answered):
        console.print(Text(f"No questions are kept in {file}."), soft_wrap=True)
        return
    _heading(console, "Verdicts", len(found.judged))
    for each in found.judged:
        feedback = each.feedback
        helpful = feedback.verdict == "helpful"
        line = Text(
            "✓ helpful      " if helpful else "✗ not helpful  ", "green" if helpful else "red"
        )
        line.append(f"{feedback.at:%Y-%m-%d}  ", "dim")
        line.append(_asked(each.question, each.searched_with), "bold")
        if feedback.passage_id:
            line.append(f"  {feedback.passage_id}", "dim")
        console.print(line, soft_wrap=True)
        if feedback.reason:
            console.print(Text(f"  {feedback.reason}"), soft_wrap=True)
    for title, questions in (("Not covered", found.missed), ("Asked most", found.answered)):
        _heading(console, title, len(questions))
        for question in questions:
            line = Text(f"{count(question.times, 'time'):>9}  ", "dim")
            line.append(_asked(question.question, question.searched_with))
            console.print(line, soft_wrap=True)


def _heading(console: Console, title: str, number: int) -> None:
    console.print(Text(f"{title}: {number or 'none'}", "bold"))


def _asked(question: str, searched_with: tuple[str, ...]) -> str:
    return f"{question} (after: {searched_with[-1]})" if searched_with else question
