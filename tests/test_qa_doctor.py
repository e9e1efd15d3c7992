"""The home folder examined: what a whole one is like, and that nothing stops or changes."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from qa.doctor import diagnose
from qa.findings import Finding
from qa.imports import import_source
from qa.settings import Settings
from tests import checkups
from tests.faults.limits import public_folder, unchangeable


def test_a_whole_home_is_found_well(whole: Settings) -> None:
    findings = diagnose(whole)
    assert [(each.name, each.severity) for each in findings] == [
        ("home", "ok"),
        ("writable", "ok"),
        ("archive", "ok"),
        ("sources", "ok"),
        ("posts", "ok"),
        ("index", "ok"),
        ("index_counts", "ok"),
        ("index_fresh", "ok"),
        ("encoder", "ok"),
        ("encoder_model", "ok"),
        ("passage_length", "ok"),
        ("space", "ok"),
    ]
    assert findings[0].message == f"The home folder is {whole.home.resolve()}."
    assert findings[1].message == "Everything in it can be written."
    assert {each.remedy for each in findings} == {""}


def test_without_a_home_there_is_nothing_more_to_say(home: Settings) -> None:
    remedy = "Name the right one with --home, or import posts first: blogqa import SOURCE"
    nowhere = replace(home, home=home.home / "nowhere")
    assert diagnose(nowhere) == [
        Finding("home", "error", f"The home folder {nowhere.home} is not there.", remedy)
    ]
    file = replace(home, home=home.archive_file)
    assert diagnose(file) == [
        Finding("home", "error", f"The home folder {file.home} is no folder.", remedy)
    ]


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    posts = checkups.write_posts(tmp_path / "posts")
    with public_folder() as folder:
        settings = replace(Settings(), home=folder)
        import_source(settings, posts)
        with unchangeable(folder):
            (finding,) = checkups.found(settings, "writable")
    assert finding == Finding(
        "writable",
        "warning",
        f"{folder}, {settings.archive_file} cannot be written: questions are answered, but "
        "importing and building need that.",
        "Mend the permissions, or work as the user who owns the folder.",
    )


def states(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Mode, time of the last change, and digest of everything below ``folder``."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in [folder, *folder.rglob("*")]
    }


def test_an_examination_changes_nothing(home: Settings) -> None:
    before = states(home.home)
    diagnose(home)
    assert states(home.home) == before
    home.archive_file.write_bytes(b"")
    before = states(home.home)
    diagnose(home)
    assert states(home.home) == before


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def spoilt(path: Path) -> None:
    path.write_bytes(b'["garbage", \xff\x00]' * 20)


def removed(path: Path) -> None:
    path.unlink()


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [emptied, spoilt, removed, made_a_folder])
def test_whatever_file_is_damaged_the_examination_ends_and_says_so(
    whole: Settings, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    model = tmp_path / "model"  # that of others would be read again each time
    model.mkdir()
    files = {path.relative_to(whole.home) for path in whole.home.rglob("*") if path.is_file()}
    harmless = {Path("index/.lock")}
    empty = {path for path in files if not (whole.home / path).stat().st_size}
    assert len(files - harmless) > 10
    for file in sorted(files - harmless - (empty if damage is emptied else set())):
        settings = checkups.copy_of(replace(whole, model=str(model)), tmp_path / "home")
        damage(settings.home / file)
        bad = [each for each in checkups.unwell(settings) if each.name != "encoder_model"]
        assert bad, file
        assert all(each.remedy for each in bad), file
        shutil.rmtree(settings.home)


@pytest.mark.parametrize("folder", ["index", "index/generations", "encoders"])
def test_a_file_in_the_place_of_a_folder_is_no_obstacle(home: Settings, folder: str) -> None:
    path = home.home / folder
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path)
    path.write_text("no folder")
    assert checkups.unwell(home)


def test_a_name_that_is_no_text_can_be_printed(home: Settings) -> None:
    folder = checkups.own_encoders(home) / "odd\udcff"
    folder.mkdir()
    (finding,) = checkups.found(home, "unused_encoders")
    assert finding.message.endswith("/encoders/odd\\xff (0 bytes).")
