"""The posts of the archive, listed and shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from qa.errors import QuestionError
from qa.imports import import_source
from qa.posts import list_posts, show_post
from qa.settings import Settings
from qa.workspace import build_index

WritePosts = Callable[[dict[str, str]], Path]
LONG = " ".join(f"word{number}" for number in range(60)) + ".\n"


@pytest.fixture
def filled(settings: Settings, write_posts: WritePosts) -> Settings:
    folder = write_posts(
        {
            "one.md": f"---\nauthor: Ada\ndate: 2020-03-02\n---\n{LONG}",
            "two.md": f"---\nauthor: Bo\ndate: 2021-03-02\n---\n{LONG}",
            "three.md": "---\nauthor: ADA\n---\nStand up before you dial.\n",
        }
    )
    import_source(settings, folder)
    return settings


def titles(settings: Settings, source: str | None = None, author: str | None = None) -> list[str]:
    return [post.title for post in list_posts(settings, source=source, author=author)]


def test_posts_are_listed_newest_first_and_narrowed(filled: Settings) -> None:
    assert titles(filled) == ["Two", "One", "Three"]
    assert titles(filled, author="ada") == ["One", "Three"]
    assert titles(filled, source="posts") == ["Two", "One", "Three"]
    with pytest.raises(QuestionError) as caught:
        titles(filled, source="other")
    assert caught.value.message == "There is no source named 'other'."
    assert caught.value.hint == "Known sources: posts."


def test_a_post_of_two_sources_is_listed_with_both(filled: Settings, tmp_path: Path) -> None:
    other = tmp_path / "feed"
    other.mkdir()
    for folder in (tmp_path / "posts", other):
        text = f"---\nurl: https://blog.example/four\n---\n{LONG}"
        (folder / "four.md").write_text(text)
        import_source(filled, folder)
    assert titles(filled, source="feed") == ["Four"]
    assert sorted(titles(filled, source="posts")) == ["Four", "One", "Three", "Two"]


def test_a_post_is_shown_with_its_places_and_copies(filled: Settings) -> None:
    two, one, three = list_posts(filled)
    details = show_post(filled, two.id)
    assert (details.post.title, details.post.published) == ("Two", date(2021, 3, 2))
    assert details.places == (("posts", "two.md"),)
    assert details.copies == (one.id,)
    assert show_post(filled, one.id).copies == (two.id,)
    assert show_post(filled, three.id).copies == ()


def test_passages_are_those_of_the_index(filled: Settings, write_posts: WritePosts) -> None:
    id = list_posts(filled)[2].id
    assert show_post(filled, id).passages is None
    build_index(filled)
    (passage,) = show_post(filled, id).passages or ()
    assert passage.text == "Stand up before you dial."
    import_source(filled, write_posts({"three.md": "Sit down.\n"}))
    assert show_post(filled, id).passages is None


def test_an_unknown_post_is_refused(filled: Settings) -> None:
    with pytest.raises(QuestionError) as caught:
        show_post(filled, "none-1")
    assert caught.value.message == "The archive holds no post 'none-1'."
    assert caught.value.hint == "List the posts: blogqa posts"
