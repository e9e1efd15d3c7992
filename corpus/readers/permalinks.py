"""The path of a post on its blog, made as Jekyll, Hugo and Astro make it.

After Jekyll's ``lib/jekyll/url.rb`` and ``drops/url_drop.rb``, Hugo's ``resources/page`` and
``common/paths``, Astro's ``getContentEntryIdAndSlug``. A pattern that asks for what is not known
here (a date that is missing, a plugin's placeholder) gives no path rather than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from unicodedata import category
from urllib.parse import quote

from corpus.markup.frontmatter import Meta, scalar, texts

_JEKYLL_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_JEKYLL_COLLECTION = "/:collection/:path:output_ext"
_JEKYLL_SAFE = "-._~!$&'()*+,;=:@/"
_DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)[-_ ]*")
_HUGO_PLACEHOLDER = re.compile(r":\w+(?:\[[^\]]*\])?")
_HUGO_KEPT = set("./\\_#+~-@%")
_HUGO_SPACES = re.compile(r"\s*(-+)\s*|\s+")


@dataclass(frozen=True)
class Entry:
    """What a path is made of. ``path`` is that of the file below the folder of its kind of content:
    ``_posts``, a collection, ``content``; ``above`` are the folders between the site and that."""

    path: PurePosixPath
    meta: Meta
    title: str
    published: date | None
    above: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """What the author called the post in addresses."""
        return scalar(self.meta.get("slug"))


def dated_stem(stem: str) -> tuple[str, str]:
    """The date that a file name begins with, as ISO 8601 writes it, and what follows; else "".

    The months and days of ``2021-9-1-title`` need no zero.
    """
    match = _DATED.match(stem)
    if match is None:
        return "", stem
    year, month, day = match.groups()
    return f"{year}-{int(month):02}-{int(day):02}", stem[match.end() :]


def jekyll_path(pattern: str, entry: Entry, collection: str = "posts") -> str | None:
    """The path of a post or of a document of another collection.

    ``pattern`` is a permalink or the name of a style; "" stands for what Jekyll has by default. The
    day is the one written: Jekyll may count it in another time zone.
    """
    default = _JEKYLL_STYLES["date"] if collection == "posts" else _JEKYLL_COLLECTION
    values = _jekyll_values(entry, collection)

    def filled(match: re.Match[str]) -> str:
        key, rest = match[1], ""
        while key not in values and key.endswith("_"):
            key, rest = key[:-1], f"_{rest}"
        value = values[key](entry)
        if value is None:
            raise KeyError(key)
        return quote(value, safe=_JEKYLL_SAFE) + rest

    try:
        path = re.sub(r":([a-z_]+)", filled, _JEKYLL_STYLES.get(pattern, pattern) or default)
    except KeyError:
        return None
    parts = [part for part in path.split("/") if part.strip(".")]
    return "/" + "/".join(parts) + ("/" if parts and path.endswith("/") else "")


def jekyll_page_path(style: str, entry: Entry) -> str:
    """The path of a page of Jekyll's; it ends as the blog's style for posts does."""
    pattern = _JEKYLL_STYLES.get(style or "date", style)
    extension = ".html" if pattern.endswith(":output_ext") else ""
    ending = "/" if pattern.endswith("/") else extension
    folder = "/" if str(entry.path.parent) == "." else f"/{entry.path.parent}/"
    path = folder if entry.path.stem == "index" else f"{folder}{entry.path.stem}{ending}"
    return quote(path, safe=_JEKYLL_SAFE)


def hugo_path(config: Meta, entry: Entry) -> str | None:
    """The path of a page of Hugo's; the keys of ``config`` are in lower case."""
    lower = scalar(config.get("disablepathtolower")).lower() != "true"
    if own := scalar(entry.meta.get("url")):
        path = _hugo_filled(own, entry, lower)
        if path is None:
            return None
        leaf = "." in own and not own.endswith("/")
        return _hugo_link(path, lower, ending="" if leaf else "/")
    folder = entry.path.parent
    name = entry.path.stem
    if name in {"index", "_index"}:
        name, folder = ("", folder) if str(folder) == "." else (folder.name, folder.parent)
    section = entry.path.parts[0] if len(entry.path.parts) > 1 else ""
    pattern = _by_section(_of_pages(config.get("permalinks")), section)
    if pattern is None:
        return None
    if pattern:
        path = _hugo_filled(pattern, entry, lower)
        if path is None:
            return None
    else:
        path = f"{folder}/{entry.slug or name}"
    ugly = _by_section(config.get("uglyurls"), section) in {"true", "True"}
    return _hugo_link(path, lower, ending=".html" if ugly else "/")


def astro_path(entry: Entry, collection: str) -> str:
    """The path of an entry of a collection whose pages stand at ``/collection/``; "" for ``/``."""
    slug = entry.slug or "/".join(map(_github_slug, entry.path.with_suffix("").parts))
    path = "/".join(part for part in (collection, slug.strip("/")) if part)
    path = re.sub(r"(?:^|/)index$", "", path)
    return f"/{quote(path)}/" if path else "/"


def astro_page_path(entry: Entry) -> str:
    """The path of a Markdown file in Astro's folder of pages."""
    path = re.sub(r"(?:^|/)index$", "", str(entry.path.with_suffix("")))
    return f"/{quote(path)}/" if path else "/"


def _jekyll_values(entry: Entry, collection: str) -> Mapping[str, Callable[[Entry], str | None]]:
    def on(form: str) -> Callable[[Entry], str | None]:
        return lambda entry: entry.published.strftime(form) if entry.published else None

    def of(text: str) -> Callable[[Entry], str | None]:
        return lambda entry: text

    stem = entry.path.stem
    basename = dated_stem(stem)[1] if collection == "posts" else stem
    name = entry.slug or basename or stem
    categories = jekyll_categories(entry)
    return {
        "year": on("%Y"),
        "short_year": on("%y"),
        "month": on("%m"),
        "i_month": lambda entry: str(entry.published.month) if entry.published else None,
        "short_month": lambda entry: _upper(on("%b")(entry)),
        "long_month": on("%B"),
        "day": on("%d"),
        "i_day": lambda entry: str(entry.published.day) if entry.published else None,
        "short_day": lambda entry: _upper(on("%a")(entry)),
        "long_day": on("%A"),
        "y_day": on("%j"),
        "w_year": on("%G"),
        "week": on("%V"),
        "w_day": on("%u"),
        "title": of(_jekyll_slug(name, "._~!$&'()+,;=@")),
        "slug": of(_jekyll_slug(name).lower()),
        "name": of(_jekyll_slug(stem).lower()),
        "categories": of("/".join(dict.fromkeys(each.lower() for each in categories))),
        "slugified_categories": of(
            "/".join(dict.fromkeys(_jekyll_slug(each).lower() for each in categories))
        ),
        "collection": of(collection),
        "path": of(str(entry.path.with_suffix(""))),
        "output_ext": of(".html"),
    }


def jekyll_categories(entry: Entry) -> list[str]:
    """The categories of a post, as the folders above it, and its front matter, name them."""
    several = entry.meta.get("categories")
    split = several.split() if isinstance(several, str) else texts(several)
    return list(dict.fromkeys([*entry.above, *split, *texts(entry.meta.get("category"))]))


def _upper(text: str | None) -> str | None:
    return text and text.upper()


def _jekyll_slug(text: str, kept: str = "") -> str:
    words = "".join(
        c if c in kept or category(c)[0] in "LM" or c.isdecimal() else "\n" for c in text
    )
    return re.sub("\n+", "-", words).strip("-")


def _of_pages(permalinks: object) -> object:
    """Patterns by section. Hugo takes them by kind of page as well."""
    by_kind = permalinks.get("page") if isinstance(permalinks, Mapping) else None
    return by_kind if isinstance(by_kind, Mapping) else permalinks


def _by_section(setting: object, section: str) -> str | None:
    """What a setting says for a section; "" if nothing, None if it is of a form unknown here."""
    if isinstance(setting, list):
        return None
    if isinstance(setting, Mapping):
        return scalar(setting.get(section or "/"))
    return scalar(setting)


def _hugo_filled(pattern: str, entry: Entry, lower: bool) -> str | None:
    day = entry.published
    stem = entry.path.stem
    name = entry.path.parent.name if stem in {"index", "_index"} else stem
    folders = entry.path.parent.parts
    if stem == "index":
        folders = folders[:-1]
    values = {
        ":section": folders[0] if folders else "",
        ":sections": "/".join(folders),
        ":title": _hugo_name(entry.title, lower),
        ":slug": _hugo_name(entry.slug or entry.title, lower),
        ":filename": _hugo_name(name, lower),
        ":contentbasename": _hugo_name(name, lower),
        ":slugorfilename": _hugo_name(entry.slug or name, lower),
        ":slugorcontentbasename": _hugo_name(entry.slug or name, lower),
    }
    if day is not None:
        values |= {
            ":year": str(day.year),
            ":month": f"{day.month:02}",
            ":monthname": day.strftime("%B"),
            ":day": f"{day.day:02}",
            ":weekday": str(day.isoweekday() % 7),
            ":weekdayname": day.strftime("%A"),
            ":yearday": str(day.timetuple().tm_yday),
        }
    if any(each not in values for each in _HUGO_PLACEHOLDER.findall(pattern)):
        return None
    return _HUGO_PLACEHOLDER.sub(lambda match: values[match[0]], pattern)


def _hugo_link(path: str, lower: bool, ending: str) -> str:
    parts = [part for part in _hugo_name(path, lower).split("/") if part.strip(".")]
    # What Go's net/url leaves alone in a path.
    link = quote("/".join(parts), safe="/%~$&+,:;=@!'()*")
    return f"/{link}{ending}" if link else "/"


def _hugo_name(text: str, lower: bool) -> str:
    kept = "".join(c for c in text if c in _HUGO_KEPT or c.isspace() or category(c)[0] in "LMN")
    name = _HUGO_SPACES.sub(lambda gap: gap[1] or "-", kept.strip())
    return name.lower() if lower else name


def _github_slug(text: str) -> str:
    kept = "".join(c for c in text.lower() if c in "-_ " or category(c)[0] in "LMN")
    return kept.replace(" ", "-")
