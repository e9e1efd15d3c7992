"""The command ``blogqa doctor``: what is well in the home folder, and what wants mending."""

from __future__ import annotations

import typer

from qa import output, output_doctor
from qa.terminal import AsJson, Home, reporting, settings_of, stdout

app = typer.Typer()


@app.command()
def doctor(home: Home = None, json: AsJson = False) -> None:
    """Examine the archive, the index and the disk: what wants mending, and how. Changes nothing."""
    with reporting(json):
        from qa.doctor import diagnose  # here, as it loads every engine

        findings = diagnose(settings_of(home=home))
        if json:
            print(output.as_json(output_doctor.findings_data(findings)))
        else:
            output_doctor.print_findings(stdout(), findings)
    if any(each.severity == "error" for each in findings):
        raise typer.Exit(1)
