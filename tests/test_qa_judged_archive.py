"""The index that judged questions are asked of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa.errors import JudgmentsError
from qa.judged_archive import check_posts, home_for
from qa.judgments import read_set
from qa.settings import Settings
from qa.workspace import open_generation
from tests import judged


def places(settings: Settings) -> list[str]:
    generation = open_generation(settings)
    found = generation.store.places()
    generation.close()
    return sorted(found)


def test_without_posts_of_its_own_a_set_is_asked_of_the_users_home(
    tmp_path: Path, settings: Settings
) -> None:
    small = read_set(judged.write_set(tmp_path / "set"))
    with home_for(small, settings) as own:
        assert own is settings
    assert not settings.index_folder.exists()


def test_named_posts_are_built_in_a_temporary_home(tmp_path: Path, settings: Settings) -> None:
    small = read_set(judged.write_set(tmp_path / "set"))
    stages: list[str] = []
    posts = judged.write_posts(tmp_path / "posts")
    with home_for(small, settings, posts, on_stage=stages.append) as own:
        assert places(own) == ["desk.md", "kettle.md", "ladder.md"]
        assert own.encoders_folder.resolve() == settings.encoders_folder.resolve()
    assert not own.home.exists()
    assert settings.encoders_folder.is_dir()
    assert not settings.index_folder.exists()
    assert stages[:2] == ["Importing posts", "Building the index"]
    assert stages[-1] == "Encoding passages: 3 of 3"


def test_a_home_that_is_kept_is_used_again(tmp_path: Path, settings: Settings) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "encoders").symlink_to(settings.encoders_folder.resolve())
    beir = read_set(judged.write_beir(tmp_path / "set"))
    with home_for(beir, settings, work=work) as first:
        assert places(first) == ["d.1", "d/2"]
        generation = (first.index_folder / "current").read_text()
    stages: list[str] = []
    with home_for(beir, settings, work=work, on_stage=stages.append) as second:
        assert second == first
        assert (second.index_folder / "current").read_text() == generation
    assert stages == ["Importing posts", "Building the index"]
    judged.write_beir(tmp_path / "set", judged.DOCUMENTS[:1], qrels=["1\td.1\t1"])
    with home_for(read_set(tmp_path / "set"), settings, work=work) as third:
        assert third == first
        assert places(third) == ["d.1"]


def test_a_set_with_posts_of_its_own_takes_no_others(tmp_path: Path, settings: Settings) -> None:
    beir = read_set(judged.write_beir(tmp_path / "set"))
    with pytest.raises(JudgmentsError) as raised, home_for(beir, settings, tmp_path):
        pass
    assert raised.value.message == f"{tmp_path}/set brings its own posts, in corpus.jsonl."
    assert raised.value.hint == "Leave --posts out."


def test_a_judgment_of_an_unknown_post_is_named(tmp_path: Path, settings: Settings) -> None:
    judgments = [*judged.JUDGMENTS, "q2\tgone\t1\tx", "q3\tlost\t2\ty"]
    small = read_set(judged.write_set(tmp_path / "set", judgments=judgments))
    posts = judged.write_posts(tmp_path / "posts")
    with pytest.raises(JudgmentsError) as raised:
        check_posts(small, settings, posts, {"desk", "ladder"})
    assert raised.value.message == (
        f"{tmp_path}/set: the question 'q2' has a judgment of 'gone', which is not in the archive "
        "(1 more like it)."
    )
    assert raised.value.hint.startswith("Import the posts that were judged")


def test_a_file_that_the_import_left_out_is_known(tmp_path: Path, settings: Settings) -> None:
    small = read_set(judged.write_set(tmp_path / "set"))
    posts = judged.write_posts(tmp_path / "posts")
    check_posts(small, settings, posts, {"desk"})
    with pytest.raises(JudgmentsError):
        check_posts(small, settings, None, {"desk"})
    with home_for(small, settings, posts) as own:
        check_posts(small, own, None, set())


def test_other_posts_have_another_home(tmp_path: Path, settings: Settings) -> None:
    small = read_set(judged.write_set(tmp_path / "set"))
    homes = set()
    work = tmp_path / "work"
    work.mkdir()
    (work / "encoders").symlink_to(settings.encoders_folder.resolve())
    for parent in ("one", "other"):
        posts = judged.write_posts(tmp_path / parent / "posts")
        with home_for(small, replace(settings), posts, work) as own:
            homes.add(own.home)
    assert len(homes) == 2
    assert {home.parent for home in homes} == {work}
