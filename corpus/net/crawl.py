"""A walk over a website: what it has is found, fetched with manners, and remembered.

Addresses come from the sitemaps, the feeds that the start page names, and earlier crawls; where no
sitemap names a post, from the links on the pages. Every request obeys the site's robots.txt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from http.client import GONE, NOT_FOUND, NOT_MODIFIED, OK
from importlib.metadata import version
from itertools import islice
from typing import Literal

from corpus.errors import FetchError, SourceError
from corpus.markup.article import EXTRACTION, Article, read_article
from corpus.net.discovery import in_feeds, in_sitemaps
from corpus.net.fetch import Fetcher, Response
from corpus.net.page import Lead, Page
from corpus.net.pages import Pages
from corpus.net.scope import Scope, clean, key
from corpus.net.site import Site
from corpus.types import ReadOptions, Skipped, Source

MOST_ADDRESSES = 200_000
MOST_FAILURES = 10
"""Failures in a row after which a site is left alone."""

_MOST_LINKS = 1_000
_MOST_FEEDS = 5
_HTML = {"", "text/html", "application/xhtml+xml"}
_EXTRACTION = f"{EXTRACTION}, blogqa {version('blogqa')}, trafilatura {version('trafilatura')}"
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of asking for a page; ``is_down`` says that it is the server's state."""

    page: Page
    outcome: Literal["read", "same", "gone", "failed", "refused"]
    reason: str = ""
    is_down: bool = False
    is_busy: bool = False
    response: Response | None = None
    article: Article | None = None


def crawl(source: Source, options: ReadOptions, pages: Pages) -> list[Skipped]:
    """Make ``pages`` hold what the website holds now; what there is to say beside.

    FetchError or SourceError if the start page or the site's robots.txt cannot be had.
    """
    # The fetcher ends first, and wakes the threads that wait in it.
    with (
        ThreadPoolExecutor(options.concurrency, thread_name_prefix="crawl") as threads,
        Fetcher(options) as fetcher,
    ):
        return _Crawl(source, options, pages, threads, fetcher).run()


class _Crawl:
    def __init__(
        self,
        source: Source,
        options: ReadOptions,
        pages: Pages,
        threads: ThreadPoolExecutor,
        fetcher: Fetcher,
    ) -> None:
        self._source = source
        self._options = options
        self._pages = pages
        self._threads = threads
        self._fetcher = fetcher
        self._site = Site(source.location, fetcher)
        self._notes: list[Skipped] = []
        self._held: set[str] = set()
        self._follows = False
        self._failures = 0
        self._asked = 0
        self._stop = ""

    def run(self) -> list[Skipped]:
        start = self._site.scope.start
        if closed := self._site.robots(start).closed:
            raise SourceError(
                f"{start}: cannot be visited, as its robots.txt cannot be read ({closed}).",
                "Nothing was changed. Run the same command again later.",
            )
        self._pages.begin()
        scope = self._site.scope
        front = self._open_start() if self._site.allows(start) else None
        self._take_held(scope)
        self._follows = not self._take(in_sitemaps(self._site))
        if front:
            self._take(in_feeds(self._site, front.fed_by))
        if not front and not self._pages.asked and not self._pages.waiting:
            raise SourceError(
                f"{start}: {self._site.objection(start)}.",
                "Import an export of the blog, or its feed, instead.",
            )
        self._asked = self._pages.asked
        if self._follows:
            self._pages.add_linked(MOST_ADDRESSES)
        self._visit_all()
        if not (self._follows or self._stop or self._pages.lists_posts):
            self._follows = True
            self._pages.add_linked(MOST_ADDRESSES)
            self._visit_all()
        self._note_rest(start)
        if not self._stop:
            self._pages.finish()
        return self._notes

    def _open_start(self) -> Page:
        """The page at the start, or where that leads."""
        start = self._site.scope.start
        self._pages.add([Lead(start)])
        page = self._known(start)
        if page.asked != self._pages.crawl:
            answer = self._ask(page, self._site.allows)
            if answer.outcome not in {"read", "same"}:
                raise SourceError(
                    f"{start}: {answer.reason}.", "Check the address by opening it in a browser."
                )
            if answer.response:
                self._site.go_to(answer.response.final_url)
            self._record(answer)
            page = self._known(start)
        if page.outcome == "moved" and page.same_as:
            page = self._known(page.same_as)
        self._site.go_to(page.url)
        return page

    def _take_held(self, before: Scope) -> None:
        """Have the posts of the archive asked for, those ``before`` the start moved too."""
        lost: list[Lead] = []
        for place in self._options.known_places:
            # An entry of a feed that went by the same name has a "#" in its place, and is no page.
            if "#" in place or not (before.covers(place) or self._site.scope.covers(place)):
                continue
            self._held.add(key(place))
            page = self._pages.page(place)
            # What is remembered as a post waits already; that nothing names it is worth knowing.
            if page is None or not page.post:
                lost.append(Lead(place))
        self._pages.add(lost)

    def _take(self, found: Iterable[Lead | Skipped]) -> int:
        """Have everything asked for that is ``found``; how much that is."""
        count = 0
        leads: list[Lead] = []
        for each in found:
            if isinstance(each, Skipped):
                self._notes.append(each)
                continue
            if count == MOST_ADDRESSES:
                reason = f"is not asked for, nor are those named after it: {count} are the most"
                self._notes.append(Skipped(each.url, reason))
                break
            count += 1
            leads.append(each)
            if len(leads) == _BATCH:
                self._pages.add(leads)
                leads = []
        self._pages.add(leads)
        return count

    def _visit_all(self) -> None:
        running: dict[Future[_Answer], str] = {}
        while True:
            while len(running) < self._options.concurrency and self._goes_on:
                page = self._pages.next_waiting(set(running.values()))
                if page is None:
                    break
                if objection := self._site.objection(page.url):
                    self._pages.settle(page, "refused", objection)
                    continue
                self._asked += 1
                running[self._threads.submit(self._visit, page)] = page.key
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                del running[future]
                answer = future.result()
                self._record(answer)
                self._watch(answer)

    @property
    def _goes_on(self) -> bool:
        return not self._stop and self._asked < self._options.max_pages

    def _visit(self, page: Page) -> _Answer:
        """What the page holds, asked in a thread."""
        try:
            return self._ask(page, self._site.allows_page)
        except FetchError as error:
            is_down = error.problem in {"unreachable", "timeout"}
            return _Answer(page, "failed", error.reason, is_down, error.problem == "busy")

    def _ask(self, page: Page, allows: Callable[[str], bool]) -> _Answer:
        is_known = page.read_by == self._reading(page)
        response = self._fetcher.get(
            page.url,
            etag=page.etag if is_known else None,
            modified=page.last_modified if is_known else None,
            allows=allows,
        )
        if response.status == NOT_MODIFIED and key(response.final_url) != page.key:
            # It leads elsewhere now, and what is there has not changed since this page was read.
            is_known = False
            response = self._fetcher.get(page.url, allows=allows)
        reason = f"the server answered {response.status}"
        if response.status == NOT_MODIFIED and is_known:
            return _Answer(page, "same")
        if response.status in {NOT_FOUND, GONE}:
            return _Answer(page, "gone", reason)
        if response.status != OK:
            # 401 to 403 are pages for members only, of which there may be many.
            return _Answer(page, "failed", reason, is_down=response.status >= 500)
        article = None
        if response.content_type in _HTML:
            url, charset = response.final_url, response.charset
            article = read_article(response.content, url=url, charset=charset)
        return _Answer(page, "read", response=response, article=article)

    def _watch(self, answer: _Answer) -> None:
        """Stop asking a server that wants to be left alone, or is down."""
        self._failures = self._failures + 1 if answer.is_down else 0
        if answer.is_busy:
            self._stop = answer.reason
        elif self._failures >= MOST_FAILURES:
            self._stop = f"{self._failures} pages in a row failed; of the last, {answer.reason}"

    def _record(self, answer: _Answer) -> None:
        page = answer.page
        if answer.response:
            self._read(page, answer.response, answer.article)
        elif answer.outcome == "same":
            self._pages.settle(page, "read")
            if self._follows:
                self._pages.add(map(Lead, page.linked))
        else:
            self._pages.settle(page, answer.outcome, answer.reason)
        self._options.on_place(page.url)

    def _read(self, page: Page, response: Response, article: Article | None) -> None:
        final = clean(response.final_url) or page.url
        if key(final) != page.key:
            page = self._pages.move(page, final)
            if page.asked == self._pages.crawl:
                return
        post = self._post(page, article)
        if post is None and self._was_post(page):
            # It may be a site under repair that answers; nobody takes the text out of a post.
            self._pages.settle(page, "failed", "does not look like a post any more")
            return
        links: list[str] = []
        feeds: list[str] = []
        if article:
            pages = filter(None, map(self._site.scope.page, article.links))
            links = list(islice(dict.fromkeys(pages), _MOST_LINKS))
            feeds = list(islice(filter(self._site.scope.has_host, article.feeds), _MOST_FEEDS))
        if post:
            url = post.url if post.url and self._site.scope.has_host(post.url) else final
            post = replace(post, url=url)
        found = links if self._follows and self._pages.size < MOST_ADDRESSES else []
        canonical = self._site.scope.page(post.url) if post and post.url else None
        self._pages.keep(
            page,
            read_by=self._reading(page),
            etag=response.etag,
            last_modified=response.last_modified,
            post=post,
            left_out="" if post else self._why_left_out(page, article, response),
            links=links,
            feeds=feeds,
            found=[canonical, *found] if canonical else found,
        )

    def _was_post(self, page: Page) -> bool:
        """Whether the page was a post by the same rules, or it is not known by which."""
        if page.read_by:
            return page.post is not None and page.read_by == self._reading(page)
        is_unwanted = page.named == "pages" and not self._source.include_pages
        return page.key in self._held and not is_unwanted

    def _reading(self, page: Page) -> str:
        """By what rules the page is read: a change in them makes it another page."""
        named = page.named if page.named in {"feed", "pages"} else ""
        pages = "with pages" if self._source.include_pages else ""
        return f"{_EXTRACTION}, {named}, {pages}"

    def _post(self, page: Page, article: Article | None) -> Article | None:
        if article is None or not article.blocks or self._site.scope.is_front(page.url):
            return None
        if page.named == "pages":
            return article if self._source.include_pages else None
        if not article.looks_like_post and page.named == "feed":
            was_one = page.article is not None and page.article.looks_like_post
            return None if was_one else article
        is_taken = page.named == "sitemap" and self._source.include_pages and not article.is_list
        return article if article.looks_like_post or is_taken else None

    def _why_left_out(self, page: Page, article: Article | None, response: Response) -> str:
        """Why a page is no post, or '' if nobody would take it for one."""
        if not page.named or self._site.scope.is_front(page.url):
            return ""
        if article is None:
            return f"is no web page ({response.content_type or 'without a type'})"
        if not article.blocks:
            return "no text"
        if page.named == "pages" and article.looks_like_post:
            return "is a page (--include-pages takes pages)"
        if page.named == "sitemap" and not (article.looks_like_post or article.is_list):
            return "does not say when or by whom it was written (--include-pages takes it)"
        return ""

    def _known(self, url: str) -> Page:
        page = self._pages.page(url)
        assert page
        return page

    def _note_rest(self, start: str) -> None:
        waiting = self._pages.waiting
        if waiting and self._stop:
            reason = f"{waiting} pages were not asked for, because {self._stop}"
        elif waiting:
            most = self._options.max_pages
            reason = f"{waiting} pages were not asked for: fetch_max_pages is {most}"
        else:
            return
        self._notes.insert(0, Skipped(start, reason))
