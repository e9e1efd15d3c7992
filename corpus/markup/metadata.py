"""What a web page says about itself: title, author, dates, tags, addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from corpus.dates import parse_date
from corpus.identity import web_url
from corpus.markup.bylines import name_in, read_byline
from corpus.markup.words import plain, title

_MOST_NODES = 1_000
_MOST_TAGS = 50
_LONGEST_TAG = 80
_LONGEST_TITLE = 400
_LONGEST_DATE_LINE = 60
_BELOW_TITLE = 30
_BYLINE_TAGS = {"p", "div", "span", "li", "small", "em", "address", "h2", "h3", "h4", "h5", "h6"}
# Older ones are what programs write for a date they don't have: 0001-01-01, 1970-01-01.
_FIRST_YEAR = 1990

_POST_TYPE = re.compile(r"(?:Article|BlogPosting|SocialMediaPosting|Report|Review)$")
_LIST_TYPE = re.compile(
    r"(?:CollectionPage|SearchResultsPage|ProfilePage|Blog|ItemList|AboutPage|ContactPage)$"
)
_SITE_TYPE = re.compile(r"(?:WebSite|Organization|Blog|NewsMediaOrganization)$")
_COMPANY_TYPE = re.compile(r"(?:Organization|Corporation)$")
_SEPARATOR = r"\s+(?:\||-|–|—|:+|»|«|·|•|~|/)\s+|\s*[|»]\s*|:\s+"

_META_TITLE = ("og:title", "twitter:title", "dc.title", "parsely-title")
_META_AUTHOR = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "byl",
)
_META_SITE = ("og:site_name", "application-name", "apple-mobile-web-app-title")
_META_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "datepublished", "article.published"),
    *("dc.date", "dc.date.issued", "dcterms.created", "dcterms.date", "parsely-pub-date"),
    *("sailthru.date", "pubdate", "publish_date", "publish-date", "date"),
)
_META_UPDATED = ("datemodified", "article:modified_time", "og:updated_time", "dcterms.modified")

# Only where a page shows its author: "Di Wu" and "von Neumann" are names where its data says so.
_BY_ABROAD = re.compile(r"^(?:von|par|por|di|door|av)\b[\s:]+", re.IGNORECASE)
_AUTHOR_CLASS = re.compile(
    r"^(?:(?:post|entry|article|blog|hs|blog-post|meta|p)[-_]{1,2})?(?:meta[-_]{1,2}item[-_]{2})?"
    r"author(?:[-_]{0,2}(?:name|link))?$|^by-?line(?:[-_]{1,2}(?:name|author))?$|^byl$|^fn$",
    re.IGNORECASE,
)
_DATE_CLASS = re.compile(
    r"^(?:(?:post|entry|article|blog|hs|meta|publish(?:ed)?)[-_]{1,2}){0,2}(?:item[-_]{2})?"
    r"(?:date|published|timestamp|time|pubdate|posted-on|dateline|timestamp-link)"
    r"(?:[-_](?:header|published|time|posted))?$",
    re.IGNORECASE,
)
_SITE_CLASS = re.compile(r"(?:site|blog)[-_]{0,2}(?:title|name|logo)|logo|brand", re.IGNORECASE)
_UPDATED_CLASS = re.compile(r"updated|modified", re.IGNORECASE)
_DATE_LEAD = re.compile(
    r"^(?:(?:first\s+)?(?:posted|published|written|date)\s*(?:on|at)?)[\s:]*", re.IGNORECASE
)
_DATE_IN_PATH = re.compile(r"/((?:19|20)\d\d)/(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])(?=/|$)")


@dataclass(frozen=True)
class Metadata:
    """What the page says; None or empty where it says nothing.

    ``kind`` is "post" or "list" where the page's own data says that it is one; ``site`` is the name
    of the site.
    """

    title: str
    author: str | None
    published: date | None
    updated: date | None
    tags: tuple[str, ...]
    url: str | None
    site: str | None
    kind: str | None


def read_metadata(root: etree._Element, url: str | None) -> Metadata:
    """What the page with this root element says about itself; ``url`` is where it was found.

    Readers' comments must be gone from the page: a commenter's name is no author.
    """
    page = _Page.of(root)
    site = page.site()
    published = page.published(url)
    updated = page.updated()
    return Metadata(
        title=page.title(site),
        author=page.author(site),
        published=published,
        updated=updated if updated and (published is None or updated > published) else None,
        tags=page.tags(),
        url=page.url(url),
        site=site,
        kind=page.kind(),
    )


def text_of(element: etree._Element) -> str:
    """The text in ``element`` on one line; a line break parts words."""
    if next(element.iter("br"), None) is None:
        return plain("".join(element.itertext()))
    pieces = element.xpath("descendant::text() | descendant::br")
    return plain("".join(piece if isinstance(piece, str) else " " for piece in pieces))


def same_words(one: str, other: str) -> bool:
    """Whether two titles have the same words, whatever the case and the punctuation."""
    words = re.findall(r"\w+", one.casefold())
    return bool(words) and words == re.findall(r"\w+", other.casefold())


@dataclass(frozen=True)
class _Page:
    root: etree._Element
    meta: dict[str, list[str]]
    nodes: list[dict[str, Any]]
    by_id: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: etree._Element) -> _Page:
        meta: dict[str, list[str]] = {}
        for element in root.iter("meta"):
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            if content := plain(_unescaped(element.get("content") or "")):
                meta.setdefault(name.strip().lower(), []).append(content)
        nodes = list(islice(_json_nodes(root), _MOST_NODES))
        by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
        return cls(root, meta, nodes, by_id)

    def first(self, names: Iterable[str]) -> Iterator[str]:
        return (value for name in names for value in self.meta.get(name, ()))

    def typed(self, wanted: re.Pattern[str]) -> Iterator[dict[str, Any]]:
        return (node for node in self.nodes if any(map(wanted.search, _strings(node.get("@type")))))

    def posts(self) -> Iterator[dict[str, Any]]:
        return self.typed(_POST_TYPE)

    def site(self) -> str | None:
        names = [*self.first(_META_SITE)]
        names += [name for node in self.typed(_SITE_TYPE) for name in _strings(node.get("name"))]
        for node in self.posts():
            names += [name for owner in self.refer(node.get("publisher")) for name in _names(owner)]
        names += map(text_of, filter(_is_site_name, islice(self.root.iter("h1"), 5)))
        return next((name for name in map(_line, names) if name), None)

    def title(self, site: str | None) -> str:
        headings = [text for text in map(text_of, islice(self.root.iter("h1"), 5)) if text]
        named = [text_of(h) for h in islice(self.root.iter("h1", "h2", "h3"), 50) if _is_title(h)]
        page_title = next((text_of(element) for element in self.root.iter("title")), "")
        said = [line for node in self.posts() for line in _strings(node.get("headline"))]
        said += self.first(_META_TITLE)
        # One heading that is named a title is the post's, several are those of other posts as well.
        said += (named + headings[:1]) if len(named) == 1 else (headings[:1] + named[:1])
        said.append(page_title)
        candidates = [
            _without_site(line, site, [*named, *headings]) for line in map(_line, said) if line
        ]
        usable = [line for line in candidates if not (site and same_words(line, site))]
        for line in usable:
            # Headlines of structured data are cut at 110 characters by some programs.
            start = line.rstrip("… .")
            if line != start or len(line) >= 100:
                return next((other for other in usable[1:] if other.startswith(start)), line)
            return line
        return candidates[0] if candidates else ""

    def author(self, site: str | None) -> str | None:
        people: list[str] = []
        companies: list[str] = []
        for node in self.posts():
            for author in self.refer(node.get("author")):
                is_company = any(map(_COMPANY_TYPE.search, _strings(author.get("@type"))))
                (companies if is_company else people).extend(_names(author))
        people += self.first(_META_AUTHOR)
        people += [_BY_ABROAD.sub("", text_of(element)) for element in islice(self._bylines(), 20)]
        named = [name for name in map(name_in, map(_line, people)) if name]
        persons = [name for name in named if not (site and same_words(name, site))]
        named += filter(None, map(name_in, map(_line, companies)))
        return next(iter(persons + named), None) or (self._byline() or (None, None))[0]

    def _bylines(self) -> Iterator[etree._Element]:
        classed = []
        for element in self.root.iter("a", "span", "p", "div", "strong", "address", "cite", "h4"):
            if "author" in (element.get("rel") or "").split():
                yield element
            elif "author" in (element.get("itemprop") or "").split() or any(
                map(_AUTHOR_CLASS.match, _classes(element))
            ):
                classed.append(element)
        # The innermost first: a byline holds a date too, the element within it the name alone.
        inner = [e for e in classed if not any(c in classed for c in islice(e.iter(), 1, 20))]
        yield from inner[:10]
        yield from classed[:10]

    def _byline(self) -> tuple[str, date] | None:
        """The author and the day in a line below the title, before the text."""
        heading = next(self.root.iter("h1"), None)
        if heading is None:
            return None
        for element in heading.xpath(f"following::*[position() <= {_BELOW_TITLE}]"):
            is_text = element.tag == "p" and len(text_of(element).split()) >= 20
            if is_text or (
                element.tag in {"h2", "h3"} and next(element.iter("a"), None) is not None
            ):
                return None
            if element.tag in _BYLINE_TAGS and (found := read_byline(text_of(element))):
                return found
        return None

    def published(self, url: str | None) -> date | None:
        said: list[str] = []
        for node in self.posts():
            said += _strings(node.get("datePublished")) + _strings(node.get("dateCreated"))
        said += self.first(_META_PUBLISHED)
        for value in said:
            if day := _day(value):
                return day
        shown = self._shown_date() or _day((self._byline() or (None, None))[1])
        return shown or _date_in_path(self.url(url) or url)

    def updated(self) -> date | None:
        said = [line for node in self.posts() for line in _strings(node.get("dateModified"))]
        said += self.first(_META_UPDATED)
        said += [
            element.get("datetime") or element.get("title") or ""
            for element in self.root.iter("time", "abbr")
            if any(map(_UPDATED_CLASS.search, _classes(element)))
            and not any(map(_DATE_CLASS.match, _classes(element)))
        ]
        return next((day for day in map(_day, said) if day), None)

    def _shown_date(self) -> date | None:
        """The date in the page's text: the marked one, else the only one there is."""
        marked, others = [], set()
        for element in islice(self.root.iter("time", "abbr", "span", "div", "p", "h2", "li"), 5000):
            classes = _classes(element)
            is_marked = any(map(_DATE_CLASS.match, classes)) or element.get("itemprop") in {
                "datePublished",
                "dateCreated",
            }
            if not is_marked and element.tag != "time":
                continue
            text = "".join(islice(element.itertext(), 5))[:_LONGEST_DATE_LINE]
            said = element.get("datetime"), element.get("title"), element.get("content")
            day = next(filter(None, map(_day, (*said, _DATE_LEAD.sub("", plain(text))))), None)
            if day is None or (any(map(_UPDATED_CLASS.search, classes)) and not is_marked):
                continue
            if is_marked or element.get("pubdate") is not None:
                marked.append(day)
            others.add(day)
        if marked:
            return marked[0]
        return others.pop() if len(others) == 1 else None

    def tags(self) -> tuple[str, ...]:
        said = list(self.first(("article:tag", "news_keywords")))
        said += [words for node in self.posts() for words in _strings(node.get("keywords"))]
        tags = [tag for words in said for tag in words.split(",")]
        tags += [
            text_of(link)
            for link in self.root.iter("a")
            if "tag" in (link.get("rel") or "").lower().split()
        ]
        shown: dict[str, str] = {}
        for line in (_line(tag).lstrip("# ") for tag in tags):
            if 0 < len(line) <= _LONGEST_TAG:
                shown.setdefault(line.casefold(), line)
        return tuple(shown.values())[:_MOST_TAGS]

    def url(self, url: str | None) -> str | None:
        for link in self.root.iter("link"):
            if "canonical" in (link.get("rel") or "").lower().split():
                address = web_url(link.get("href") or "")
                if address and not _is_front_page_of(address, url):
                    return address
        for address in map(web_url, self.first(("og:url",))):
            if address and not _is_front_page_of(address, url):
                return address
        return url

    def kind(self) -> str | None:
        is_dated = any(self.first(("article:published_time",)))
        if is_dated or any(self.posts()) or "article" in self.meta.get("og:type", ()):
            return "post"
        return "list" if any(self.typed(_LIST_TYPE)) else None

    def refer(self, value: object) -> Iterator[dict[str, Any]]:
        """The things that ``value`` of structured data means: by name, in place, or by their id."""
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                yield {"name": one}
            elif isinstance(one, dict):
                known = one.get("@id")
                yield self.by_id.get(known, one) if isinstance(known, str) else one


def _json_nodes(root: etree._Element) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            pending = [json.loads(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue
        while pending:
            node = pending.pop(0)
            if isinstance(node, list):
                pending[:0] = node[:_MOST_NODES]
            elif isinstance(node, dict):
                yield node
                pending += [node.get("@graph"), node.get("mainEntity")]


def _strings(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]


def _names(thing: dict[str, Any]) -> list[str]:
    return _strings(thing.get("name"))


def _unescaped(text: str) -> str:
    """``text`` without character references, also where a program escaped them twice."""
    return unescape(unescape(text)) if "&" in text else text


def _line(text: str) -> str:
    return title(_unescaped(text[: 2 * _LONGEST_TITLE]))


def _classes(element: etree._Element) -> list[str]:
    return [token for token in (element.get("class") or "").split() if len(token) <= 60]


def _is_title(heading: etree._Element) -> bool:
    return "headline" in (heading.get("itemprop") or "") or any(
        re.fullmatch(
            r"(?:(?:entry|post|article|blog|p)[-_]{1,2}){1,2}(?:title|name|headline)", name
        )
        for name in _classes(heading)
    )


def _is_site_name(heading: etree._Element) -> bool:
    named = any(map(_SITE_CLASS.fullmatch, _classes(heading)))
    return named or any(link.get("href") == "/" for link in heading.iter("a"))


def _without_site(line: str, site: str | None, headings: list[str]) -> str:
    """``line`` without the site's name before or after it, as a page title has it."""
    cuts = [(cut.start(), cut.end()) for cut in islice(re.finditer(_SEPARATOR, line), 20)]
    for start, end in cuts:
        for part, rest in ((line[:start], line[end:]), (line[end:], line[:start])):
            if site and same_words(rest, site) and part.strip():
                return part.strip()
    for start, end in cuts:
        for part in (line[:start], line[end:]):
            if any(same_words(part, heading) for heading in headings):
                return part.strip()
    return line


def _date_in_path(url: str | None) -> date | None:
    found = _DATE_IN_PATH.search(urlsplit(url).path) if url else None
    return _day("-".join(part.zfill(2) for part in found.groups())) if found else None


def _is_front_page_of(address: str, url: str | None) -> bool:
    """Whether a page names the site's front page as its own address, which some programs do."""
    return (
        bool(url)
        and not urlsplit(address).path.strip("/")
        and bool(urlsplit(url or "").path.strip("/"))
    )


def _day(value: object) -> date | None:
    day = parse_date(value)
    return day if day and day.year >= _FIRST_YEAR else None
