"""The command ``blogqa feedback``: what people thought of answers, and what they asked in vain."""

from __future__ import annotations

from typing import Annotated

import typer

from qa import output, output_feedback
from qa.record import NoRecord, Record, summary
from qa.settings import Settings
from qa.terminal import AsJson, Home, reporting, settings_of, stdout

app = typer.Typer()

Most = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Most of each list.")]


@app.command()
def feedback(limit: Most = 20, home: Home = None, json: AsJson = False) -> None:
    """List verdicts on answers, questions not covered, and those asked most. Changes nothing."""
    with reporting(json):
        settings = settings_of(home=home)
        record = _record(settings)
        found = summary(record, limit)
        record.close()
        if json:
            print(output.as_json(output_feedback.summary_data(found)))
        else:
            output_feedback.print_summary(stdout(), found, settings.questions_file)


def _record(settings: Settings) -> Record:
    """The record, for a look at it; where none is to be kept, what there is is left alone."""
    if not settings.keep_questions_days:
        return NoRecord()
    from qa.record_sql import SqlRecord  # here, as it loads SQLAlchemy

    return SqlRecord(settings.questions_file)
