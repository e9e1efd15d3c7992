"""Settings: one table, four layers, and errors that name key, value and what is wanted."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import SettingsError
from qa.settings import FILE, PREFIX, Settings, load_settings, section, table

KNOWN = (
    "Known settings: allow_private, allowed_origins, fetch_concurrency, fetch_max_pages, "
    "fetch_page_mb, fetch_redirects, fetch_requests_per_second, fetch_timeout_s, home, host, "
    "keep_questions_days, large_index, least_confidence, limit, model, most_waiting, "
    "passage_tokens, port, reranker, workers."
)

A = "https://a.example"
# for each setting: three values unlike its default, as a flag, a variable and a line of TOML
VALUES: dict[str, tuple[object, str, str, tuple[object, object, object]]] = {
    "home": (Path("flag"), "variable", "'file'", (Path("flag"), Path("variable"), Path("file"))),
    "model": ("flag", "variable", "'file'", ("flag", "variable", "file")),
    "reranker": ("flag", "variable", "'file'", ("flag", "variable", "file")),
    "passage_tokens": (33, "34", "35", (33, 34, 35)),
    "large_index": ("graph", "graph", "'graph'", ("graph", "graph", "graph")),
    "limit": (1, "2", "3", (1, 2, 3)),
    "least_confidence": (0.1, "0.25", "0.3", (0.1, 0.25, 0.3)),
    "allow_private": (True, "yes", "true", (True, True, True)),
    "fetch_requests_per_second": (0.1, "1", "1.5", (0.1, 1.0, 1.5)),
    "fetch_concurrency": (1, "3", "4", (1, 3, 4)),
    "fetch_timeout_s": (1, "2.5", "3", (1.0, 2.5, 3.0)),
    "fetch_page_mb": (1, "2", "3", (1, 2, 3)),
    "fetch_redirects": (1, "2", "3", (1, 2, 3)),
    "fetch_max_pages": (1, "2", "3", (1, 2, 3)),
    "host": ("::1", "0.0.0.0", "'localhost'", ("::1", "0.0.0.0", "localhost")),
    "port": (1, "2", "3", (1, 2, 3)),
    "workers": (2, "3", "4", (2, 3, 4)),
    "keep_questions_days": (0, "1", "30", (0, 1, 30)),
    "most_waiting": (1, "2", "3", (1, 2, 3)),
    "allowed_origins": (
        ("http://a.example",),
        "https://A.example, http://[::1]:81",
        "['https://c.example:8443']",
        (("http://a.example",), (A, "http://[::1]:81"), ("https://c.example:8443",)),
    ),
}


def load(folder: Path, toml: str = "", **environ: str) -> Settings:
    (folder / FILE).write_text(toml)
    return load_settings({}, environ, folder)


def refused(folder: Path, toml: str = "", **environ: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load(folder, toml, **environ)
    return caught.value


def test_every_setting_is_tried_here() -> None:
    assert list(VALUES) == [each.name for each in table()] == [e.name for e in fields(Settings)]
    for each in table():
        assert each.metadata["help"].endswith("."), each.name


def test_without_any_layer_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings({}, {}, tmp_path)
    assert settings == Settings()
    assert settings.home == Path(".blogqa")
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


@pytest.mark.parametrize("name", VALUES)
def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path, name: str) -> None:
    flag, variable, line, (by_flag, by_variable, by_file) = VALUES[name]
    environ = {PREFIX + name.upper(): variable}
    default = getattr(Settings(), name)
    assert default not in (by_flag, by_variable, by_file)
    (tmp_path / FILE).write_text(f"{name} = {line}\n")

    def value(flags: dict[str, object], environ: dict[str, str], folder: Path) -> object:
        loaded = load_settings(flags, environ, folder)
        for other in VALUES.keys() - {name}:
            assert getattr(loaded, other) == getattr(Settings(), other)
        return getattr(loaded, name)

    elsewhere = tmp_path / "elsewhere"
    assert value({name: flag}, environ, tmp_path) == by_flag
    assert value({name: None}, environ, tmp_path) == by_variable
    assert value({}, {}, tmp_path) == by_file
    assert value({name: flag}, {}, elsewhere) == by_flag
    assert value({}, environ, elsewhere) == by_variable
    assert value({}, {}, elsewhere) == default


@pytest.mark.parametrize(
    ("flags", "environ", "toml", "origin"),
    [
        ({"colour": "red"}, {}, "", "on the command line"),
        ({}, {"BLOGQA_COLOUR": "red"}, "", "in the environment"),
        ({}, {}, "colour = 'red'", "in blogqa.toml"),
        ({}, {}, "[colour]\nlimit = 3", "in blogqa.toml"),
    ],
)
def test_an_unknown_key_is_an_error_that_lists_the_known_ones(
    tmp_path: Path, flags: dict[str, object], environ: dict[str, str], toml: str, origin: str
) -> None:
    (tmp_path / FILE).write_text(toml)
    with pytest.raises(SettingsError) as caught:
        load_settings(flags, environ, tmp_path)
    assert caught.value.message == f"Unknown setting 'colour' {origin}."
    assert caught.value.hint == KNOWN
    assert caught.value.code == "settings_error"


def test_what_is_not_ours_in_the_environment_is_left_alone(tmp_path: Path) -> None:
    environ = {"PATH": "/bin", "XBLOGQA_LIMIT": "3", "BLOGQA_SHARED": "/data"}
    assert load(tmp_path, **environ) == Settings()


WHOLE_TOKENS = "a whole number from 32 to 240"
WHOLE_LIMIT = "a whole number from 1 to 20"
SHARE = "a number from 0 to 1"
PORT = "a whole number from 0 to 65535"
ORIGINS = "a list of origins such as https://blog.example, without a path,"


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("home", "", "a path"),
        ("model", "", "a text"),
        ("host", "", "a text"),
        ("large_index", "", "lists or graph"),
        ("large_index", "Graph", "lists or graph"),
        ("passage_tokens", "31", WHOLE_TOKENS),
        ("passage_tokens", "241", WHOLE_TOKENS),
        ("passage_tokens", "40.5", WHOLE_TOKENS),
        ("limit", "0", WHOLE_LIMIT),
        ("limit", "21", WHOLE_LIMIT),
        ("limit", "-1", WHOLE_LIMIT),
        ("limit", "six", WHOLE_LIMIT),
        ("limit", "", WHOLE_LIMIT),
        ("limit", "6.0", WHOLE_LIMIT),
        ("least_confidence", "-0.1", SHARE),
        ("least_confidence", "1.01", SHARE),
        ("least_confidence", "nan", SHARE),
        ("least_confidence", "inf", SHARE),
        ("least_confidence", "half", SHARE),
        ("allow_private", "", "true or false"),
        ("allow_private", "2", "true or false"),
        ("port", "-1", PORT),
        ("port", "65536", PORT),
        ("port", "http", PORT),
        ("allowed_origins", "*", ORIGINS),
        ("allowed_origins", "https://a.example/", ORIGINS),
        ("allowed_origins", "https://a.example https://b.example", ORIGINS),
        ("allowed_origins", "https://a.example, b.example", ORIGINS),
        ("allowed_origins", "https://me@a.example", ORIGINS),
    ],
)
def test_a_variable_out_of_place_names_key_value_and_wanted(
    tmp_path: Path, name: str, value: str, wanted: str
) -> None:
    error = refused(tmp_path, **{PREFIX + name.upper(): value})
    assert error.message == (
        f"The setting {name!r} in the environment is {value!r}; {wanted} is wanted."
    )
    assert error.hint == next(each.metadata["help"] for each in table() if each.name == name)


@pytest.mark.parametrize(
    ("name", "value", "said", "wanted"),
    [
        ("home", "3", "3", "a path"),
        ("home", "['a']", "['a']", "a path"),
        ("model", "true", "True", "a text"),
        ("model", "3", "3", "a text"),
        ("host", "127.1", "127.1", "a text"),
        ("large_index", "true", "True", "lists or graph"),
        ("limit", "true", "True", WHOLE_LIMIT),
        ("limit", "2.5", "2.5", WHOLE_LIMIT),
        ("limit", "inf", "inf", WHOLE_LIMIT),
        ("limit", "nan", "nan", WHOLE_LIMIT),
        ("limit", "[1]", "[1]", WHOLE_LIMIT),
        ("limit", "{a = 1}", "{'a': 1}", WHOLE_LIMIT),
        ("least_confidence", "false", "False", SHARE),
        ("least_confidence", "2024-01-01", "datetime.date(2024, 1, 1)", SHARE),
        ("allow_private", "1", "1", "true or false"),
        ("allow_private", "[]", "[]", "true or false"),
        ("port", "false", "False", PORT),
        ("allowed_origins", "3", "3", ORIGINS),
        ("allowed_origins", "['https://a.example', 3]", "['https://a.example', 3]", ORIGINS),
    ],
)
def test_a_line_of_the_wrong_type_names_key_value_and_wanted(
    tmp_path: Path, name: str, value: str, said: str, wanted: str
) -> None:
    error = refused(tmp_path, f"{name} = {value}")
    assert error.message == (f"The setting {name!r} in blogqa.toml is {said}; {wanted} is wanted.")


def test_a_flag_out_of_place_is_said_to_be_one() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"limit": 99}, {}, Path("nowhere"))
    assert caught.value.message == (
        f"The setting 'limit' on the command line is 99; {WHOLE_LIMIT} is wanted."
    )


@pytest.mark.parametrize(
    ("name", "value", "loaded"),
    [
        ("limit", "1", 1),
        ("limit", "20", 20),
        ("limit", "'7'", 7),
        ("limit", "3.0", 3),
        ("least_confidence", "0", 0.0),
        ("least_confidence", "1", 1.0),
        ("least_confidence", "'0.25'", 0.25),
        ("passage_tokens", "32", 32),
        ("passage_tokens", "240", 240),
        ("port", "0", 0),
        ("port", "65535", 65535),
    ],
)
def test_the_ends_of_a_range_are_within(
    tmp_path: Path, name: str, value: str, loaded: float
) -> None:
    found = getattr(load(tmp_path, f"{name} = {value}"), name)
    assert found == loaded
    assert type(found) is type(getattr(Settings(), name))


def test_a_home_below_the_user_s_own_is_expanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    assert load(tmp_path, BLOGQA_HOME="~/blog").home == Path("/somewhere/blog")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xef\xbb\xbflimit = 3\r\n")
    assert load_settings({}, {}, tmp_path).limit == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"limit = \n", "Invalid value (at line 1, column 9)"),
        (b"limit = 3\nlimit = 4\n", "Cannot overwrite a value"),
        (b"host = '\xff'\n", "'utf-8' codec can't decode byte 0xff"),
    ],
)
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_settings({"limit": 5}, {}, tmp_path)
    assert caught.value.message.startswith(f"{tmp_path / FILE} cannot be read: {reason}")
    assert caught.value.hint == "Mend the file, or move it away."


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(SettingsError, match=r"cannot be read: .*Is a directory"):
        load_settings({}, {}, tmp_path)


@pytest.mark.parametrize(
    ("listed", "loaded"),
    [
        ("", ()),
        (" , ", ()),
        ("HTTPS://A.Example:443", (A,)),
        ("http://a.example:80,https://a.example:80", ("http://a.example", f"{A}:80")),
    ],
)
def test_origins_are_as_browsers_write_them(
    tmp_path: Path, listed: str, loaded: tuple[str, ...]
) -> None:
    assert load(tmp_path, BLOGQA_ALLOWED_ORIGINS=listed).allowed_origins == loaded


def test_the_places_below_home() -> None:
    settings = Settings(home=Path("h"))
    assert settings.archive_file == Path("h/archive.sqlite")
    assert settings.index_folder == Path("h/index")
    assert settings.encoders_folder == Path("h/encoders")
    assert settings.models_folder == Path("h/models")
    assert settings.pages_folder == Path("h/pages")
    assert settings.questions_file == Path("h/questions.sqlite")


@pytest.mark.parametrize(
    ("value", "loaded"),
    [("true", True), ("1", True), ("YES", True), ("False", False), ("0", False), ("no", False)],
)
def test_a_switch_is_said_in_words_or_figures(tmp_path: Path, value: str, loaded: bool) -> None:
    assert load(tmp_path, BLOGQA_ALLOW_PRIVATE=value).allow_private is loaded
    assert load(tmp_path, f"allow_private = '{value}'").allow_private is loaded


def test_as_environment_names_every_setting() -> None:
    settings = Settings(
        home=Path("h"),
        limit=3,
        least_confidence=0.25,
        allowed_origins=(A, "https://b.example"),
    )
    assert settings.as_environment() == {
        "BLOGQA_HOME": "h",
        "BLOGQA_MODEL": Settings().model,
        "BLOGQA_RERANKER": "preset",
        "BLOGQA_PASSAGE_TOKENS": str(Settings().passage_tokens),
        "BLOGQA_LARGE_INDEX": "lists",
        "BLOGQA_LIMIT": "3",
        "BLOGQA_LEAST_CONFIDENCE": "0.25",
        "BLOGQA_ALLOW_PRIVATE": "False",
        "BLOGQA_FETCH_REQUESTS_PER_SECOND": "2.0",
        "BLOGQA_FETCH_CONCURRENCY": "2",
        "BLOGQA_FETCH_TIMEOUT_S": "30.0",
        "BLOGQA_FETCH_PAGE_MB": "10",
        "BLOGQA_FETCH_REDIRECTS": "5",
        "BLOGQA_FETCH_MAX_PAGES": "10000",
        "BLOGQA_HOST": "127.0.0.1",
        "BLOGQA_PORT": "8000",
        "BLOGQA_WORKERS": "1",
        "BLOGQA_KEEP_QUESTIONS_DAYS": "365",
        "BLOGQA_MOST_WAITING": "200",
        "BLOGQA_ALLOWED_ORIGINS": "https://a.example,https://b.example",
    }


names = st.text(
    st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters="~"), min_size=1
)
loadable: dict[str, st.SearchStrategy[Any]] = {
    "home": names.map(Path),
    "model": names,
    "reranker": names,
    "host": names,
    "passage_tokens": st.integers(32, 240),
    "limit": st.integers(1, 20),
    "least_confidence": st.floats(0, 1),
    "port": st.integers(0, 65535),
    "allowed_origins": st.lists(st.sampled_from([A, "http://[::1]:81"])).map(tuple),
}


@given(st.builds(Settings, **loadable))
def test_as_environment_is_loaded_as_the_same_settings(settings: Settings) -> None:
    assert load_settings({}, settings.as_environment(), Path("nowhere")) == settings


def test_a_table_of_its_own_is_left_to_what_reads_it(tmp_path: Path) -> None:
    (tmp_path / "blogqa.toml").write_text('port = 9000\n[slack]\ncommand = "/blog"\n')
    assert load_settings({}, {}, tmp_path).port == 9000
    assert section("slack", tmp_path) == {"command": "/blog"}
    assert section("slack", tmp_path / "elsewhere") == {}


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "blogqa.toml").write_text("slack = true\n")
    with pytest.raises(SettingsError, match=r"'slack' in blogqa\.toml is no table"):
        section("slack", tmp_path)
