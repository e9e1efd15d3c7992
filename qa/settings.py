"""Every setting, in one table: flags over the environment over ``blogqa.toml`` over defaults."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from index.presets import DEFAULT_MODEL, PRESET, PRESETS
from qa.errors import SettingsError

PREFIX = "BLOGQA_"
FILE = "blogqa.toml"
SECTIONS = {"slack"}
"""Tables of the file that are no settings of a run: what reads one checks it."""
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
# https://datatracker.ietf.org/doc/html/rfc6454#section-7: compared as texts, so nothing but these
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", re.IGNORECASE)
_NOT_SETTINGS = {"BLOGQA_SHARED"}  # where the test suite finds real data


def _setting(
    default: Any,
    about: str,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    limits = {"low": low, "high": high, "choices": choices}
    return field(default=default, metadata={"help": about} | limits)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run. The environment variable of each is its name in capitals, prefixed."""

    home: Path = _setting(Path(".blogqa"), "Folder that holds the archive and the index.")
    model: str = _setting(
        DEFAULT_MODEL,
        f"Encoder: {', '.join(PRESETS)}, a folder with a sentence-transformers model, or the name "
        "of one on the model hub (fetched on first use).",
    )
    reranker: str = _setting(
        PRESET,
        "Cross-encoder that reads the first hits again: preset (that of `model`), none, a folder, "
        "or a name on the model hub.",
    )
    passage_tokens: int = _setting(
        200, "Length a passage is closed at, in model tokens.", low=32, high=240
    )
    large_index: str = _setting(
        "lists",
        "How the nearest of more than 150,000 passages are found: by lists, which are built "
        "sooner, or by a graph, which answers sooner where it finds enough, and takes more memory.",
        choices=("lists", "graph"),
    )
    limit: int = _setting(6, "Passages in an answer.", low=1, high=20)
    least_confidence: float = _setting(
        0.23,
        "Confidence below which a question counts as not covered.",
        low=0,
        high=1,
    )
    allow_private: bool = _setting(
        False, "Read sources at private addresses (a wiki of the office), too."
    )
    fetch_requests_per_second: float = _setting(
        2.0, "Requests a second to a site that is read.", low=0.1, high=50
    )
    fetch_concurrency: int = _setting(2, "Requests at a time to a site.", low=1, high=8)
    fetch_timeout_s: float = _setting(30.0, "Seconds a request may take.", low=1, high=600)
    fetch_page_mb: int = _setting(10, "MiB that a page or feed may have.", low=1, high=200)
    fetch_redirects: int = _setting(5, "Redirects that are followed.", low=0, high=20)
    fetch_max_pages: int = _setting(
        10_000, "Pages that are read of a site or a feed.", low=1, high=1_000_000
    )
    host: str = _setting("127.0.0.1", "Address the server listens on.")
    port: int = _setting(8000, "Port the server listens on; 0 takes a free one.", low=0, high=65535)
    workers: int = _setting(
        1, "Processes that answer, each with the model in its own memory.", low=1, high=64
    )
    keep_questions_days: int = _setting(
        365,
        "Days that questions and feedback are kept in the home; 0 keeps none, and no feedback.",
        low=0,
        high=36_500,
    )
    most_waiting: int = _setting(
        200,
        "Questions that a server process takes in at once; it asks those who send more to come "
        "again.",
        low=1,
        high=100_000,
    )
    allowed_origins: tuple[str, ...] = _setting(
        (),
        "Websites whose pages may ask here, by the widget: their origins, such as "
        "https://blog.example; in the environment with commas between.",
    )

    @property
    def archive_file(self) -> Path:
        """The archive: the system of record."""
        return self.home / "archive.sqlite"

    @property
    def index_folder(self) -> Path:
        """The index: its generations and which of them is current."""
        return self.home / "index"

    @property
    def encoders_folder(self) -> Path:
        """The compiled encoders."""
        return self.home / "encoders"

    @property
    def models_folder(self) -> Path:
        """The models that were fitted to the archive."""
        return self.home / "models"

    @property
    def questions_file(self) -> Path:
        """What was asked, and what people thought of the answers."""
        return self.home / "questions.sqlite"

    @property
    def pages_folder(self) -> Path:
        """What is remembered of the pages of online sources."""
        return self.home / "pages"

    def as_environment(self) -> dict[str, str]:
        """Environment variables from which another process loads the same settings."""
        return {
            PREFIX + each.name.upper(): ",".join(value) if isinstance(value, tuple) else str(value)
            for each in table()
            for value in [getattr(self, each.name)]
        }


def table() -> tuple[Field[Any], ...]:
    """Every setting with its name, type, default and help."""
    return fields(Settings)


def load_settings(
    flags: Mapping[str, object], environ: Mapping[str, str], folder: Path
) -> Settings:
    """The settings from ``flags`` (None where not given), ``environ``, and the file in ``folder``.

    Raises SettingsError for an unknown key or a value out of place, naming both and where it stood.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    given = {name: value for name, value in flags.items() if value is not None}
    layers = [
        (_from_file(folder / FILE), f"in {FILE}"),
        (_from_environ(environ), "in the environment"),
        (given, "on the command line"),
    ]
    known = {each.name: each for each in table()}
    for layer, origin in layers:
        for name, value in layer.items():
            if name not in known:
                raise SettingsError(
                    f"Unknown setting {name!r} {origin}.",
                    "Known settings: " + ", ".join(sorted(known)) + ".",
                )
            values[name], origins[name] = value, origin
    return Settings(
        **{name: _convert(known[name], value, origins[name]) for name, value in values.items()}
    )


def section(name: str, folder: Path) -> dict[str, object]:
    """The table ``name`` of the file in ``folder``; empty where it isn't there.

    Raises SettingsError if the file cannot be read or has a value of that name.
    """
    table = _read(folder / FILE).get(name, {})
    if not isinstance(table, dict):
        raise SettingsError(f"{name!r} in {FILE} is no table.", f"Write it as [{name}].")
    return table


def _from_file(path: Path) -> dict[str, object]:
    return {name: value for name, value in _read(path).items() if name not in SECTIONS}


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise SettingsError(
            f"{path} cannot be read: {error}.", "Mend the file, or move it away."
        ) from error


def _from_environ(environ: Mapping[str, str]) -> dict[str, object]:
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name not in _NOT_SETTINGS
    }


def _convert(setting: Field[Any], value: object, origin: str) -> Any:
    kind = _kind(setting)
    if kind is Path and isinstance(value, (str, Path)) and str(value):
        return Path(value).expanduser()
    choices = setting.metadata["choices"]
    if kind is str and isinstance(value, str) and value and (not choices or value in choices):
        return value
    if kind is tuple and (origins := _origins(value)) is not None:
        return origins
    boolean = isinstance(value, bool)  # a number to Python, but not to whoever wrote the file
    if kind is bool:
        if boolean:
            return value
        if isinstance(value, str) and value.lower() in _BOOLEANS:
            return _BOOLEANS[value.lower()]
    if kind in (int, float) and isinstance(value, (str, int, float)) and not boolean:
        try:
            number = kind(value) if isinstance(value, str) else value
        except ValueError:
            number = None
        low, high = setting.metadata["low"], setting.metadata["high"]
        if number is not None and low <= number <= high and kind(number) == number:
            return kind(number)
    raise SettingsError(
        f"The setting {setting.name!r} {origin} is {value!r}; {_wanted(setting)} is wanted.",
        str(setting.metadata["help"]),
    )


def _origins(value: object) -> tuple[str, ...] | None:
    """The origins that ``value`` lists, as browsers write them; None if one of them is none."""
    if isinstance(value, str):
        value = [each.strip() for each in value.split(",") if each.strip()]
    if not isinstance(value, (list, tuple)):
        return None
    texts = [each.lower() for each in value if isinstance(each, str) and _ORIGIN.fullmatch(each)]
    if len(texts) < len(value):
        return None
    # browsers leave out the port that a scheme has anyway
    ports = {"https": ":443", "http": ":80"}
    return tuple(each.removesuffix(ports[each.partition(":")[0]]) for each in texts)


def _kind(setting: Field[Any]) -> type:
    return Path if isinstance(setting.default, Path) else type(setting.default)


def _wanted(setting: Field[Any]) -> str:
    kind = _kind(setting)
    if choices := setting.metadata["choices"]:
        return " or ".join(choices)
    if kind is str:
        return "a text"
    if kind is bool:
        return "true or false"
    if kind is tuple:
        return "a list of origins such as https://blog.example, without a path,"
    if kind in (int, float):
        noun = "a whole number" if kind is int else "a number"
        return f"{noun} from {setting.metadata['low']} to {setting.metadata['high']}"
    return "a path"
