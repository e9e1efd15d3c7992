"""The site that Markdown files belong to: whose engine it is, where it stands, what it shows.

Told by the configuration of Jekyll, Hugo or Astro beside or above the files. Where there is none,
a folder called ``_posts`` makes a Jekyll site, as it does for Jekyll.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from os.path import commonpath
from pathlib import Path, PurePosixPath
from typing import Literal

from corpus.identity import web_url
from corpus.markup.frontmatter import Meta, load_toml, load_yaml, scalar
from corpus.readers.files import Found, files, load_text
from corpus.readers.permalinks import (
    Entry,
    astro_page_path,
    astro_path,
    hugo_path,
    jekyll_page_path,
    jekyll_path,
)
from corpus.types import Source

Engine = Literal["jekyll", "hugo", "astro"]
Role = Literal["post", "page", "section", "draft", "none"]

_SUFFIXES = frozenset({".yml", ".yaml", ".toml", ".mjs", ".cjs", ".js", ".mts", ".ts", ".astro"})
_JEKYLL = ("_config.yml", "_config.yaml", "_config.toml")
_HUGO = tuple(
    f"{folder}{name}.{suffix}"
    for folder in ("", "config/_default/")
    for name in ("hugo", "config")
    for suffix in ("toml", "yaml", "yml")
)
_ASTRO = tuple(f"astro.config.{suffix}" for suffix in ("mjs", "ts", "js", "mts", "cjs"))
_AUTHORS = ("_data/authors.yml", "_data/authors.yaml")
# A configuration counts for what lies in these below it, even if only they are imported.
_OF_A_SITE = {"_posts", "_drafts", "content", "src"}
_HIGHEST = 4  # folders above the source in which a configuration is looked for
_NEVER = {"node_modules", "_site", "_includes", "_layouts", "_sass", "_data"}
_OF_HUGO = {"archetypes", "assets", "layouts", "public", "resources", "static", "themes"}
# "site: 'https://example.com'" is all that is read of a program; a name there stays unknown.
_ASTRO_KEY = r"""(?m)^[^/*\n]*?\b{}\s*:\s*(["'`])([^"'`\n$]*)\1"""
_ASTRO_ROUTES = ("[...slug]", "[slug]", "[...id]", "[id]", "[...path]", "[post]", "[...post]")


@dataclass(frozen=True)
class Site:
    """A site's engine, its folder, its configuration as written, and its address or "".

    ``texts`` are those of all files that say anything of its posts.
    """

    engine: Engine
    root: PurePosixPath
    config: Meta
    address: str
    routes: frozenset[str] | None = None  # the folders of Astro's pages that show a collection
    texts: tuple[str | None, ...] = ()

    @cached_property
    def circumstances(self) -> str:
        """Hex SHA-256 of all that a site adds to what stands in its files."""
        routes = None if self.routes is None else sorted(self.routes)
        # Not of the configuration: one with aliases of YAML may be endless when written out.
        whole = (self.engine, str(self.root), self.address, routes, self.texts)
        return sha256(repr(whole).encode()).hexdigest()

    def role(self, path: PurePosixPath) -> Role:
        """What the file at ``path`` below the root is; "none" if the engine makes no page of it."""
        folders = set(path.parts[:-1])
        if folders & _NEVER:
            return "none"
        if "_drafts" in folders:
            return "draft"
        if self.engine == "jekyll":
            if "_posts" in folders or path.parts[0] in self._collections:
                return "post"
            return "none" if any(part[0] in "_." for part in path.parts) else "page"
        if self.engine == "hugo":
            return self._hugo_role(path)
        if path.name.startswith("_"):
            return "draft"
        return "page" if path.parts[:2] == ("src", "pages") and len(path.parts) == 3 else "post"

    @property
    def shows_future(self) -> bool:
        """Whether posts with a date in the future are on the blog."""
        config = _lowered(self.config)
        return any(scalar(config.get(key)).lower() == "true" for key in ("future", "buildfuture"))

    @property
    def author(self) -> object:
        """Who writes where a post does not say it, in the form of front matter."""
        params = self.config.get("params")
        own = params.get("author") if isinstance(params, Mapping) else None
        return self.config.get("author") or own

    def bundles_above(self, path: PurePosixPath) -> int:
        """How many folders from that of the file upwards may be Hugo's bundles of a page."""
        if self.engine != "hugo" or not _within(path, self._content):
            return 0
        return len(path.parent.parts) - len(PurePosixPath(self._content).parts)

    def defaults(self, path: PurePosixPath) -> Meta:
        """What Jekyll's configuration gives the front matter of a file to begin with."""
        found: dict[str, object] = {}
        settings = self.config.get("defaults") if self.engine == "jekyll" else None
        for each in settings if isinstance(settings, list) else []:
            scope = each.get("scope") if isinstance(each, Mapping) else None
            values = each.get("values") if isinstance(each, Mapping) else None
            if not isinstance(scope, Mapping) or not isinstance(values, Mapping):
                continue
            kind = "posts" if "_posts" in path.parts else "pages"
            folder = scalar(scope.get("path")).strip("/")
            if scalar(scope.get("type")) in {"", kind} and _within(path, folder):
                found |= values
        return found

    def url(self, path: PurePosixPath, entry: Entry) -> str | None:
        """The address of the post in the file at ``path``, None if it is not known.

        ``entry`` is the post; its path is not used.
        """
        made = self._path(path, entry) if self.address else None
        return None if made is None else f"{self.address}/{made.lstrip('/')}"

    def _path(self, path: PurePosixPath, entry: Entry) -> str | None:
        def moved(depth: int, above: tuple[str, ...] = ()) -> Entry:
            below = PurePosixPath(*path.parts[depth:])
            return Entry(below, entry.meta, entry.title, entry.published, above)

        if self.engine == "hugo":
            content, prefix, path = self._in_language(path)
            if not _within(path, content):
                return None
            made = hugo_path(_lowered(self.config), moved(len(PurePosixPath(content).parts)))
            return made and prefix + made
        own = scalar(entry.meta.get("permalink"))
        own = "" if own.lower() == "false" else own  # Eleventy's way to write no file
        if self.engine == "jekyll":
            if "_posts" in path.parts:
                depth = path.parts.index("_posts")
                pattern = own or scalar(self._collection("posts").get("permalink"))
                pattern = pattern or scalar(self.config.get("permalink"))
                return jekyll_path(pattern, moved(depth + 1, path.parts[:depth]))
            if (name := path.parts[0]) in self._collections:
                pattern = own or scalar(self._collection(name[1:]).get("permalink"))
                return jekyll_path(pattern, moved(1), name[1:])
            return own or jekyll_page_path(scalar(self.config.get("permalink")), moved(0))
        if own:
            return own
        if path.parts[:2] == ("src", "pages"):
            return astro_page_path(moved(2))
        if path.parts[:2] == ("src", "content") and len(path.parts) > 3:
            folder = next((each for each in (path.parts[2], "") if self._shows(each)), None)
            return None if folder is None else astro_path(moved(3), folder)
        return None

    def _in_language(self, path: PurePosixPath) -> tuple[str, str, PurePosixPath]:
        """Hugo's folder of content for a file, what its language puts before the address, and its
        path without the mark of the language (``post.fr.md``)."""
        config = _lowered(self.config)
        named = config.get("languages")
        languages = _lowered(named) if isinstance(named, Mapping) else {}
        default = scalar(config.get("defaultcontentlanguage")).lower() or "en"
        content, language = self._content, default
        for code, settings in languages.items():
            own = scalar(_lowered(settings).get("contentdir")) if isinstance(settings, dict) else ""
            if own and _within(path, own.strip("/")):
                content, language = own.strip("/"), code
        name, _, code = path.stem.rpartition(".")
        if name and code.lower() in languages:
            language, path = code.lower(), path.with_name(name + path.suffix)
        below = scalar(config.get("defaultcontentlanguageinsubdir")).lower() == "true"
        plain = not languages or (language == default and not below)
        return content, "" if plain else f"/{language}", path

    def _shows(self, folder: str) -> bool:
        return folder in self.routes if self.routes is not None else folder != ""

    def _hugo_role(self, path: PurePosixPath) -> Role:
        if not _within(path, self._content):
            return "none" if len(path.parts) == 1 or path.parts[0] in _OF_HUGO else "post"
        if file_name(path) == "_index":
            return "section"
        below = len(path.parts) - len(PurePosixPath(self._content).parts)
        return "page" if below == 1 or (below == 2 and file_name(path) == "index") else "post"

    @cached_property
    def _content(self) -> str:
        return scalar(_lowered(self.config).get("contentdir")).strip("/") or "content"

    @cached_property
    def _collections(self) -> frozenset[str]:
        named = self.config.get("collections")
        names = named if isinstance(named, list | Mapping) else ()
        return frozenset(f"_{scalar(name)}" for name in names) - {"_posts"}

    def _collection(self, name: str) -> Meta:
        named = self.config.get("collections")
        found = named.get(name) if isinstance(named, Mapping) else None
        return found if isinstance(found, Mapping) else {}


class Sites:
    """The sites that the files of a source are of."""

    def __init__(self, source: Source, places: list[str]) -> None:
        location = Path(source.location)
        self._packed: dict[str, Found] | None = None
        self._base = PurePosixPath(location if location.is_dir() else location.parent)
        if location.suffix.lower() == ".zip" and not location.is_dir():
            self._packed = {found.place: found for found in files(location, _SUFFIXES)}
            self._base = PurePosixPath()
        self._given = (web_url(source.base_url or "") or "").rstrip("/")
        self._known: dict[PurePosixPath, Site | None] = {}
        names = [place.rpartition("/") for place in places]
        folders = sorted({folder for folder, _, _ in names})
        self._without_config = self._jekyll_without_config(folders)
        self._has_sections = any(name.partition(".")[0] == "_index" for _, _, name in names)
        self._of_folder = {folder: self._of(folder) for folder in folders}

    def of(self, place: str) -> tuple[Site, PurePosixPath] | None:
        """The site of the file at ``place``, and the file's path in it."""
        folder, _, name = place.rpartition("/")
        found = self._of_folder[folder]
        return None if found is None else (found[0], found[1] / name)

    def _of(self, folder: str) -> tuple[Site, PurePosixPath] | None:
        full = self._base / folder
        site = self._configured(folder) or self._without_config
        if site is None or not full.is_relative_to(site.root):
            site = self._by_layout(full)
        return None if site is None else (site, full.relative_to(site.root))

    def _configured(self, folder: str) -> Site | None:
        full = self._base / folder
        highest = len(PurePosixPath(folder).parts) + _HIGHEST
        for above in (full, *full.parents)[: highest + 1]:
            parts = set(full.relative_to(above).parts)
            if not above.is_relative_to(self._base) and not _OF_A_SITE & parts:
                continue
            if above not in self._known:
                self._known[above] = self._at(above)
            if site := self._known[above]:
                return site
        return None

    def authors(self, site: Site) -> Meta:
        """The authors by the names that posts give, as data of a Jekyll site; none if that is
        missing or damaged."""
        found = (self._loaded(site.root / name) for name in _AUTHORS)
        return next(filter(None, found), {})

    def _at(self, folder: PurePosixPath) -> Site | None:
        for name in _JEKYLL:
            if config := self._loaded(folder / name):
                address = scalar(config.get("url")) and _joined(config, "url", "baseurl")
                return self._jekyll(folder, config, self._address(address), name)
        for name in _HUGO:
            config = self._loaded(folder / name)
            base = scalar(_lowered(config).get("baseurl"))
            if base or (config and "hugo." in name):
                texts = (self._text(folder / name),)
                return Site("hugo", folder, config, self._address(base), texts=texts)
        for name in _ASTRO:
            if (program := self._text(folder / name)) is not None:
                found = (re.search(_ASTRO_KEY.format(key), program) for key in ("site", "base"))
                site, base = (match[2] if match else "" for match in found)
                address = self._address(_joined({"site": site, "base": base}, "site", "base"))
                return Site("astro", folder, {}, address, self._routes(folder), (program,))
        return None

    def _jekyll(self, root: PurePosixPath, config: Meta, address: str, *files: str) -> Site:
        texts = tuple(self._text(root / name) for name in (*files, *_AUTHORS))
        return Site("jekyll", root, config, address, texts=texts)

    def _jekyll_without_config(self, folders: list[str]) -> Site | None:
        bare = [self._base / folder for folder in folders if not self._configured(folder)]
        if not any("_posts" in folder.parts for folder in bare):
            return None
        shared = PurePosixPath(commonpath(bare)).parts
        if "_posts" in shared:
            shared = shared[: shared.index("_posts")]
        return self._jekyll(PurePosixPath(*shared), {}, self._given)

    def _by_layout(self, folder: PurePosixPath) -> Site | None:
        """A site without its configuration, where the user says the address."""
        parts = folder.parts
        if self._given and "content" in parts:
            depth = len(parts) - 1 - parts[::-1].index("content")
            engine: Engine = "astro" if depth and parts[depth - 1] == "src" else "hugo"
            if engine == "hugo" and not self._has_sections:
                return None  # others call a folder "content" as well
            root = PurePosixPath(*parts[: depth - 1 if engine == "astro" else depth])
            return Site(engine, root, {}, self._given)
        return None

    def _routes(self, root: PurePosixPath) -> frozenset[str] | None:
        """The folders of pages in which some page shows any entry; None if no page is to be had."""
        pages = root / "src" / "pages"
        if self._packed is not None:
            found = [PurePosixPath(place) for place in self._packed if place.endswith(".astro")]
            found = [each.relative_to(pages) for each in found if each.is_relative_to(pages)]
        else:
            astro = Path(pages).rglob("*.astro") if _is_folder(pages) else ()
            found = [PurePosixPath(each.relative_to(pages)) for each in astro]
        if not found:
            return None
        shown = {each.with_suffix("") for each in found}
        shown |= {each.parent for each in shown if each.name == "index"}
        return frozenset(
            "" if str(each.parent) == "." else str(each.parent)
            for each in shown
            if each.name in _ASTRO_ROUTES
        )

    def _address(self, configured: str) -> str:
        return self._given or (web_url(configured) or "").rstrip("/")

    def _loaded(self, path: PurePosixPath) -> Meta:
        text = self._text(path)
        if text is None:
            return {}
        try:
            found = load_toml(text) if path.suffix == ".toml" else load_yaml(text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _text(self, path: PurePosixPath) -> str | None:
        if self._packed is not None:
            found = self._packed.get(str(path))
        else:
            found = next(iter(files(Path(path), _SUFFIXES)), None) if _is_file(path) else None
        text = load_text(found) if found else None
        return text if isinstance(text, str) else None


def _is_file(path: PurePosixPath) -> bool:
    try:
        return Path(path).is_file()
    except OSError:  # nobody may look into a folder above
        return False


def _is_folder(path: PurePosixPath) -> bool:
    try:
        return Path(path).is_dir()
    except OSError:
        return False


def file_name(path: PurePosixPath) -> str:
    """The name of a file without what it ends in, also without Hugo's mark of a language."""
    return path.name.partition(".")[0]


def _joined(config: Meta, address: str, path: str) -> str:
    below = scalar(config.get(path)).strip("/")
    return f"{scalar(config.get(address)).rstrip('/')}/{below}".rstrip("/")


def _lowered(config: Meta) -> dict[str, object]:
    return {str(key).lower(): value for key, value in config.items()}


def _within(path: PurePosixPath, folder: str) -> bool:
    return not folder or path.is_relative_to(folder)
