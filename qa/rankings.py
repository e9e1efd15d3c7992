"""Rankings that other programs made of the same questions, to be measured beside blogqa's.

A file is JSON: by the program's name and the question's id, the names of posts, best first.
"""

from __future__ import annotations

import json
from pathlib import Path

from qa.errors import JudgmentsError
from qa.judgments import JudgedSet

Rankings = dict[str, list[str]]
"""The names of posts, best first, by question id."""


def read_rankings(file: Path, judged: JudgedSet) -> dict[str, Rankings]:
    """What ``file`` holds, by the program's name.

    Raises JudgmentsError if it cannot be read, or ranks posts for a question that is not in the
    set.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        found = {
            str(name): {id: [str(post) for post in posts] for id, posts in rankings.items()}
            for name, rankings in data.items()
        }
    except OSError as error:
        raise JudgmentsError(
            f"{file} cannot be read: {error.strerror}.", "Name a file with rankings."
        ) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise JudgmentsError(
            f"{file} holds no rankings.",
            'It is JSON: {"NAME": {"QUESTION ID": ["POST", "POST", ...], ...}}',
        ) from error
    known = {each.id for each in judged.questions}
    for name, rankings in found.items():
        for id in rankings.keys() - known:
            raise JudgmentsError(
                f"{file}: {name} ranks posts for {id!r}, which is no question of {judged.name!r}.",
                "Let it rank the same questions.",
            )
    return found
