"""Homes to examine: a small whole one, copies of it to damage, and what is found in them."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from index.current import current_folder
from index.manifest import MANIFEST_FILE, digest_files, manifest_text
from qa.doctor import diagnose
from qa.findings import Finding
from qa.settings import Settings

POSTS = {
    f"{name}.md": f"---\ntitle: {name.title()}\ndate: 2020-03-02\n"
    f"url: https://blog.example/{name}\n---\n{text}\n"
    for name, text in {
        "desk": "Stand up before you dial a stranger.",
        "ladder": "Never lower a price without getting something back for it.",
        "tuesday": "Ring back on a Tuesday, before the committee meets.",
    }.items()
}


def write_posts(folder: Path) -> Path:
    folder.mkdir()
    for name, content in POSTS.items():
        (folder / name).write_text(content)
    return folder


def copy_of(settings: Settings, folder: Path) -> Settings:
    """The same home again in ``folder``, free to be damaged; the encoders are the same ones."""
    return replace(settings, home=Path(shutil.copytree(settings.home, folder, symlinks=True)))


def own_encoders(settings: Settings) -> Path:
    """Make the encoders of a copied home its own, its files still links; gives the folder."""
    folder = settings.encoders_folder
    shared = folder.resolve()
    folder.unlink()
    shutil.copytree(shared, folder, copy_function=os.symlink)
    return folder


def found(settings: Settings, *names: str) -> list[Finding]:
    """What is found of ``names``."""
    return [each for each in diagnose(settings) if each.name in names]


def unwell(settings: Settings) -> list[Finding]:
    """The warnings and errors that are found."""
    return [each for each in diagnose(settings) if each.severity in {"warning", "error"}]


def generation(settings: Settings) -> Path:
    return current_folder(settings.index_folder)


def change_manifest(folder: Path, **values: Any) -> None:
    path = folder / MANIFEST_FILE
    before = json.loads(path.read_text())
    del before["digest"]
    path.write_text(manifest_text(before | values))


def accept_files(folder: Path) -> None:
    """Have the manifest name the files as they are now."""
    change_manifest(folder, digests=digest_files(folder))
