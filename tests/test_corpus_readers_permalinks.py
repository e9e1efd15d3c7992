"""Paths as the engines make them; the expected ones follow their documentation."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath

import pytest

from corpus.markup.frontmatter import Meta
from corpus.readers.permalinks import (
    Entry,
    astro_page_path,
    astro_path,
    dated_stem,
    hugo_path,
    jekyll_page_path,
    jekyll_path,
)

DAY = date(2021, 9, 1)


def entry(
    path: str, meta: Meta | None = None, title: str = "", day: date | None = DAY, above: str = ""
) -> Entry:
    return Entry(PurePosixPath(path), meta or {}, title, day, tuple(above.split()))


@pytest.mark.parametrize(
    ("stem", "found"),
    [
        ("2021-09-01-why-call", ("2021-09-01", "why-call")),
        ("2021-9-1-why-call", ("2021-09-01", "why-call")),
        ("2021-09-01", ("2021-09-01", "")),
        ("2021-09-01_why", ("2021-09-01", "why")),
        ("2021-09-011", ("", "2021-09-011")),
        ("1-2-3-go", ("", "1-2-3-go")),
    ],
)
def test_the_date_before_a_name(stem: str, found: tuple[str, str]) -> None:
    assert dated_stem(stem) == found


class TestJekyll:
    @pytest.mark.parametrize(
        ("pattern", "path"),
        [
            ("", "/sales/2021/09/01/Why-We_call!.html"),
            ("date", "/sales/2021/09/01/Why-We_call!.html"),
            ("pretty", "/sales/2021/09/01/Why-We_call!/"),
            ("ordinal", "/sales/2021/244/Why-We_call!.html"),
            ("weekdate", "/sales/2021/W35/WED/Why-We_call!.html"),
            ("none", "/sales/Why-We_call!.html"),
            ("/blog/:slug", "/blog/why-we-call"),
            ("/:short_year/:i_month/:i_day/:title/", "/21/9/1/Why-We_call!/"),
            ("/:short_month/:long_month/:long_day/:w_year/", "/SEP/September/Wednesday/2021/"),
            ("/:year_:month-:title:output_ext", "/2021_09-Why-We_call!.html"),
            ("/:name/", "/2021-9-1-why-we-call/"),
            ("/:collection/:path/", "/posts/2021-9-1-Why%20We_call!/"),
            ("blog//../a/", "/blog/a/"),
            ("/fixed.html", "/fixed.html"),
            ("/", "/"),
        ],
    )
    def test_patterns_and_styles(self, pattern: str, path: str) -> None:
        post = entry("2021-9-1-Why We_call!.md", {"categories": "Sales"})
        assert jekyll_path(pattern, post) == path

    def test_categories_are_those_of_the_folders_and_of_the_front_matter(self) -> None:
        meta = {"categories": "Cold Calls", "category": "Big deals"}
        post = entry("2021-09-01-a.md", meta, above="travel COLD")
        assert jekyll_path("/:categories/:title/", post) == "/travel/cold/calls/big%20deals/a/"
        assert jekyll_path("/:slugified_categories/", post) == "/travel/cold/calls/big-deals/"
        several = entry("2021-09-01-a.md", {"categories": ["A b", "C"]})
        assert jekyll_path("/:categories/:title/", several) == "/a%20b/c/a/"

    def test_a_slug_of_its_own(self) -> None:
        post = entry("2021-09-01-a.md", {"slug": "My Words"})
        assert jekyll_path("", post) == "/2021/09/01/My-Words.html"

    @pytest.mark.parametrize("pattern", ["", "/:year/", "/:i_day/", "/:short_month/"])
    def test_without_a_date_there_is_no_dated_path(self, pattern: str) -> None:
        assert jekyll_path(pattern, entry("a.md", day=None)) is None
        assert jekyll_path("/:title/", entry("a.md", day=None)) == "/a/"

    def test_what_a_plugin_fills_in_is_not_known(self) -> None:
        assert jekyll_path("/:lang/:title/", entry("2021-09-01-a.md")) is None

    def test_documents_of_other_collections(self) -> None:
        tip = entry("calls/2021-09-01-a.md", day=None)
        assert jekyll_path("", tip, "tips") == "/tips/calls/2021-09-01-a.html"
        assert jekyll_path("/x/:title/", tip, "tips") == "/x/2021-09-01-a/"

    @pytest.mark.parametrize(
        ("style", "name", "path"),
        [
            ("", "about.md", "/about.html"),
            ("pretty", "about.md", "/about/"),
            ("none", "a b/c.md", "/a%20b/c.html"),
            ("/:year/:title/", "about.md", "/about/"),
            ("/:year/:title", "about.md", "/about"),
            ("", "index.md", "/"),
            ("", "calls/index.md", "/calls/"),
        ],
    )
    def test_pages(self, style: str, name: str, path: str) -> None:
        assert jekyll_page_path(style, entry(name)) == path


class TestHugo:
    @pytest.mark.parametrize(
        ("name", "path"),
        [
            ("posts/My First Call.md", "/posts/my-first-call/"),
            ("posts/my-first-call/index.md", "/posts/my-first-call/"),
            ("posts/calls/a.md", "/posts/calls/a/"),
            ("posts/What's up, R & D?.md", "/posts/whats-up-r-d/"),
            ("posts/a - b--c.md", "/posts/a-b--c/"),
            ("posts/über_uns.md", "/posts/%C3%BCber_uns/"),
            ("posts/_index.md", "/posts/"),
            ("_index.md", "/"),
            ("about.md", "/about/"),
        ],
    )
    def test_files_and_bundles(self, name: str, path: str) -> None:
        assert hugo_path({}, entry(name)) == path

    @pytest.mark.parametrize("name", ["posts/a.md", "posts/a/index.md"])
    def test_a_slug_takes_the_place_of_the_name(self, name: str) -> None:
        assert hugo_path({}, entry(name, {"slug": "My Words"})) == "/posts/my-words/"

    @pytest.mark.parametrize(
        ("url", "path"),
        [
            ("/a/b/", "/a/b/"),
            ("a/b", "/a/b/"),
            ("/A/b.html", "/a/b.html"),
            ("/:year/:slug/", "/2021/why-call/"),
            ("/:nope/", None),
        ],
    )
    def test_a_url_of_its_own(self, url: str, path: str | None) -> None:
        assert hugo_path({}, entry("posts/x.md", {"url": url}, "Why call?")) == path

    @pytest.mark.parametrize(
        ("pattern", "path"),
        [
            ("/:year/:month/:day/:slug/", "/2021/09/01/why-call/"),
            ("/:section/:title", "/posts/why-call/"),
            ("/:sections/:filename/", "/posts/calls/x-y/"),
            ("/:slugorfilename/", "/x-y/"),
            ("/:contentbasename/:slugorcontentbasename/", "/x-y/x-y/"),
            ("/:monthname/:weekday/:weekdayname/:yearday/", "/september/3/wednesday/244/"),
            ("/:sections[1:]/:slug/", None),
        ],
    )
    def test_patterns_by_section(self, pattern: str, path: str | None) -> None:
        post = entry("posts/calls/X Y.md", title="Why call?")
        assert hugo_path({"permalinks": {"posts": pattern}}, post) == path
        assert hugo_path({"permalinks": {"page": {"posts": pattern}}}, post) == path
        assert hugo_path({"permalinks": {"notes": pattern}}, post) == "/posts/calls/x-y/"

    def test_patterns_of_a_bundle(self) -> None:
        post = entry("posts/calls/x/index.md")
        assert hugo_path({"permalinks": {"posts": "/:sections/:filename/"}}, post) == (
            "/posts/calls/x/"
        )

    def test_without_a_date_there_is_no_dated_path(self) -> None:
        config = {"permalinks": {"posts": "/:year/:filename/"}}
        assert hugo_path(config, entry("posts/x.md", day=None)) is None

    def test_rules_by_target_are_not_known(self) -> None:
        assert hugo_path({"permalinks": [{"pattern": "/x/"}]}, entry("posts/x.md")) is None

    def test_settings_that_change_paths(self) -> None:
        assert hugo_path({"uglyurls": "true"}, entry("posts/x.md")) == "/posts/x.html"
        assert hugo_path({"uglyurls": True}, entry("posts/x/index.md")) == "/posts/x.html"
        assert hugo_path({"uglyurls": {"notes": "true"}}, entry("posts/x.md")) == "/posts/x/"
        assert hugo_path({"disablepathtolower": "true"}, entry("Posts/X.md")) == "/Posts/X/"


class TestAstro:
    @pytest.mark.parametrize(
        ("name", "path"),
        [
            ("my-post.md", "/blog/my-post/"),
            ("My Post's End.mdx", "/blog/my-posts-end/"),
            ("2021/My Post/index.md", "/blog/2021/my-post/"),
            ("index.md", "/blog/"),
        ],
    )
    def test_entries_of_a_collection(self, name: str, path: str) -> None:
        assert astro_path(entry(name), "blog") == path

    def test_a_slug_of_its_own_and_a_collection_at_the_root(self) -> None:
        assert astro_path(entry("a.md", {"slug": "x/y"}), "blog") == "/blog/x/y/"
        assert astro_path(entry("a.md"), "") == "/a/"

    @pytest.mark.parametrize(
        ("name", "path"), [("a.md", "/a/"), ("blog/B c.md", "/blog/B%20c/"), ("index.md", "/")]
    )
    def test_pages(self, name: str, path: str) -> None:
        assert astro_page_path(entry(name)) == path
