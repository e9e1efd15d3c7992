"""Which generation is in use, and what is no name of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.current import current_folder, current_name
from index.errors import (
    IndexDamaged,
    IndexMissing,
)
from tests.generations import add


def test_before_the_first_build(tmp_path: Path) -> None:
    for read in (current_name, current_folder):
        with pytest.raises(IndexMissing) as caught:
            read(tmp_path)
        assert caught.value.message == f"There is no index in {tmp_path}."
        assert caught.value.hint == "Build it: blogqa build"


@pytest.mark.parametrize("name", ["", "\n", "gone", "../generations/one", "one/.", "o\0ne"])
def test_a_name_of_no_generation(tmp_path: Path, name: str) -> None:
    add(tmp_path, "one")
    (tmp_path / "current").write_text(name)
    with pytest.raises(IndexDamaged) as caught:
        current_folder(tmp_path)
    assert caught.value.message == (
        f"{tmp_path / 'current'} names the generation {name.strip()!r}, which is not there."
    )
    assert caught.value.hint == "Build it again: blogqa build"


def test_a_current_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "current").write_bytes(b"\xff\xfe")
    with pytest.raises(IndexDamaged, match=r"current cannot be read: 'utf-8' codec") as caught:
        current_name(tmp_path)
    assert caught.value.hint == "Build it again: blogqa build"


def test_a_current_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "current").mkdir()
    with pytest.raises(IndexDamaged, match=r"current cannot be read: .*Is a directory"):
        current_folder(tmp_path)


# what there is
