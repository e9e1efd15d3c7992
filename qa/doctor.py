"""The home folder examined: what is well, and what wants mending and how.

Nothing is changed, and nothing that is examined makes the examination fail.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from qa.doctor_archive import Inventory, examine_archive
from qa.doctor_disk import examine_disk
from qa.doctor_index import examine_index
from qa.findings import Finding, gather
from qa.settings import Settings


def diagnose(settings: Settings) -> list[Finding]:
    """What is found in the home folder: the archive, the index, its encoder, and the disk."""
    home = gather("home", lambda: _examine_home(settings))
    if any(each.severity == "error" for each in home):
        return home
    found: list[Inventory] = []
    archive = gather("archive", lambda: examine_archive(settings, found.append))
    inventory = found[0] if found else None
    return [
        *home,
        *archive,
        *gather("index", lambda: examine_index(settings, inventory)),
        *gather("disk", lambda: examine_disk(settings)),
    ]


def _examine_home(settings: Settings) -> Iterator[Finding]:
    home = settings.home
    if not home.is_dir():
        state = "is no folder" if home.exists() else "is not there"
        yield Finding(
            "home",
            "error",
            f"The home folder {home} {state}.",
            "Name the right one with --home, or import posts first: blogqa import SOURCE",
        )
        return
    yield Finding("home", "ok", f"The home folder is {home.resolve()}.")
    needed = (home, settings.archive_file, settings.index_folder, settings.encoders_folder)
    fixed = [path for path in needed if path.exists() and not _can_be_written(path)]
    if fixed:
        yield Finding(
            "writable",
            "warning",
            f"{', '.join(map(str, fixed))} cannot be written: questions are answered, but "
            "importing and building need that.",
            "Mend the permissions, or work as the user who owns the folder.",
        )
    else:
        yield Finding("writable", "ok", "Everything in it can be written.")


def _can_be_written(path: os.PathLike[str]) -> bool:
    return os.access(path, os.W_OK, effective_ids=True)
