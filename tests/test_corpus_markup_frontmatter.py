"""Front matter in its three languages, right and wrong."""

from __future__ import annotations

from itertools import pairwise

import pytest

from corpus.markup.frontmatter import load_toml, load_yaml, scalar, split, texts


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Hi\ntags: [a, b]\n---\nText.",
        "---\ntitle: Hi\ntags:\n- a\n- b\n---\nText.",
        '+++\ntitle = "Hi"\ntags = ["a", "b"]\n+++\nText.',
        '{"title": "Hi", "tags": ["a", "b"]}\nText.',
        '{\n  "title": "Hi",\n  "tags": ["a", "b"]\n}\n\nText.',
        '{\n\t"title": "Hi",\n\t"tags": ["a", "b",],\n}\nText.',
    ],
)
def test_three_languages_say_the_same(text: str) -> None:
    meta, body = split(text)
    assert meta == {"title": "Hi", "tags": ["a", "b"]}
    assert body.strip() == "Text."


def test_values_of_yaml_are_the_text_they_are() -> None:
    meta, _ = split("---\na: 2018-02-30\nb: yes\nc: 007\nd: ~\n---\n")
    assert meta == {"a": "2018-02-30", "b": "yes", "c": "007", "d": "~"}


def test_a_number_that_no_title_is_takes_no_digits() -> None:
    meta, _ = split(f"+++\ntitle = 0x{'f' * 5_000}\nweight = 0xffffffffffffffff\nless = -7\n+++\n")
    assert (scalar(meta["title"]), texts([meta["title"]])) == ("", [])
    assert (scalar(meta["weight"]), scalar(meta["less"])) == ("18446744073709551615", "-7")


def test_keys_are_in_one_spelling() -> None:
    assert split("---\nPublish_Date: 1\nlast-mod: 2\nSome key: 3\n---\n")[0] == {
        "publishdate": "1",
        "lastmod": "2",
        "somekey": "3",
    }


def test_tables_of_parameters_stand_behind_the_keys_of_their_own() -> None:
    text = (
        '+++\ntitle = "Hi"\n[extra]\nauthor = "Ann"\ntitle = "No"\n'
        '[taxonomies]\ntags = ["a"]\n[params]\nauthor = "Bo"\n+++\n'
    )
    meta, _ = split(text)
    assert (meta["title"], meta["author"], meta["tags"]) == ("Hi", "Ann", ["a"])


@pytest.mark.parametrize(
    "text",
    [
        "{% include top.html %}\nText.",
        "{{first_name}}, hello.",
        "{a set}, he said.",
        '{"unclosed": 1\nText.',
        '{"a": [}\n ]\nText.',
        '{"a": [}\n}\nText.',
        "---\nNo second rule.",
        "Text.\n---\na: b\n---",
        "",
    ],
)
def test_what_is_no_front_matter_is_text(text: str) -> None:
    assert split(text) == ({}, text)


def test_json_nested_too_deeply_is_text() -> None:
    text = '{"a": ' + "[" * 5000 + "\nText."
    assert split(text) == ({}, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "expected the node"),
        ("[" * 5000, "recursion"),
        ("a: \x00", "not allowed"),
        ("a" * 200_000, "200000 characters are more than 131072"),
    ],
)
def test_what_is_no_yaml_raises_a_value_error(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_yaml(text)


def test_what_is_no_toml_raises_a_value_error() -> None:
    with pytest.raises(ValueError, match="line 1"):
        load_toml("a = = b")


@pytest.mark.parametrize(
    ("value", "line", "several"),
    [
        (" a  b ", "a b", ["a b"]),
        (None, "", []),
        ("null", "", []),
        ({"name": "Ann", "email": "ann@example.com"}, "Ann", ["Ann"]),
        ({"email": "ann@example.com"}, "", []),
        (["a", ["b", ["c"]], "", {"name": "d"}], "", ["a", "b", "c", "d"]),
        (True, "True", ["True"]),
    ],
)
def test_values_as_text(value: object, line: str, several: list[str]) -> None:
    assert (scalar(value), texts(value)) == (line, several)


def test_aliases_that_multiply_are_read_once() -> None:
    bomb = "a: &a [x, y]\n" + "".join(
        f"{this}: &{this} [{', '.join([f'*{last}'] * 9)}]\n"
        for last, this in pairwise("abcdefghij")
    )
    meta, _ = split(f"---\n{bomb}---\n")
    assert texts(meta["j"]) == ["x", "y"]


def test_a_long_block_is_read_line_by_line() -> None:
    meta, body = split("---\n" + "a: [b]\n" * 20_000 + "title: Note: this\n---\nText.")
    assert (meta, body) == ({"a": ["b"], "title": "Note: this"}, "\nText.")
