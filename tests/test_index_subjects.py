"""What groups of posts are called."""

from __future__ import annotations

import numpy as np
import pytest

from index.subjects import Described, subject_names

CALLS = [
    Described("Why cold calls fail", ("cold calling",), "A cold call needs a reason. Ana Bell."),
    Described("Cold calls before nine", (), "I make my cold calls early."),
    Described("The tenth cold call", (), "After nine others. It fails."),
]
MAIL = [
    Described("Write e-mails on Sundays", ("e-mail",), "Ana Bell writes an e-mail to nobody."),
    Described("E-mail and its subject line", (), "An e-mail has a subject."),
    Described("Short E-mails", (), "An e-mail of three lines. A LinkedIn page."),
]
GROUPS = np.array([0, 0, 0, 1, 1, 1], np.int32)


def test_a_group_is_named_by_what_its_posts_say_and_others_do_not() -> None:
    assert subject_names([*CALLS, *MAIL], GROUPS, {"Ana Bell"}) == ["cold calls", "e-mail"]


def test_no_name_is_given_twice() -> None:
    names = subject_names([*CALLS, *CALLS, *MAIL], np.array([0] * 3 + [1] * 3 + [2] * 3), set())
    assert len(set(names)) == 3
    assert names[2] == "e-mail"


def test_names_of_people_name_nothing() -> None:
    posts = [Described(f"Bell {word}", (), "") for word in ("ant", "bee", "cat")]
    others = [Described(word, (), "") for word in ("dog", "eel", "fox")]
    assert subject_names([*posts, *others], GROUPS, {"Ana Bell"}) == ["", ""]
    assert subject_names([*posts, *others], GROUPS, set()) == ["Bell", ""]


@pytest.mark.parametrize(
    ("titles", "name"),
    [
        (["LinkedIn works", "On LinkedIn", "linkedin"], "linkedin"),
        (["LinkedIn works", "On LinkedIn", "My LinkedIn"], "LinkedIn"),
        (["Prices", "A price", "Price"], "price"),
    ],
)
def test_a_name_is_written_as_it_mostly_is(titles: list[str], name: str) -> None:
    posts = [Described(title, (), "") for title in titles]
    others = [Described(word, (), "") for word in ("dog", "eel", "fox")]
    assert subject_names([*posts, *others], GROUPS, set())[0] == name


def test_posts_without_a_group_count_as_others() -> None:
    groups = np.array([0, 0, 0, -1, -1, -1], np.int32)
    assert subject_names([*CALLS, *MAIL], groups, set()) == ["cold calls"]


def test_no_posts_have_no_names() -> None:
    assert subject_names([], np.zeros(0, np.int32), set()) == []
