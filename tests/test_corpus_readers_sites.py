"""Folders of Jekyll, Hugo and Astro, read whole: what is a post of them, and where it stands."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from corpus.errors import SourceError
from corpus.readers import read
from corpus.types import Post, Skipped, Source

PAGE = "is a page (--include-pages takes pages)"
SECTION = "is the page of a section (--include-pages takes pages)"
TEXT = "---\ntitle: Hi\n---\nSome text.\n"


def tree(folder: Path, **contents: str) -> None:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def found(
    location: Path, base_url: str | None = None, include_pages: bool = False
) -> dict[str, str | None]:
    """By place: a post's address, or why it was skipped."""
    source = Source("x", "markdown", str(location), base_url=base_url, include_pages=include_pages)
    return {
        each.place: each.url if isinstance(each, Post) else each.reason for each in read(source)
    }


def posts(location: Path) -> list[Post]:
    everything = read(Source("x", "markdown", str(location)))
    return [each for each in everything if isinstance(each, Post)]


class TestJekyll:
    CONFIG = "url: https://x.test\nbaseurl: /blog\npermalink: pretty\n"

    def test_a_whole_site(self, tmp_path: Path) -> None:
        tree(
            tmp_path,
            **{
                "_config.yml": self.CONFIG,
                "_posts/2021-9-1-first-call.md": "Some text.",
                "_posts/2021-09-02-second.markdown": "---\npermalink: /second\n---\nSome text.",
                "_posts/2021-09-03-page.html": "---\ntitle: Hi\n---\n<p>Some {{ page.x }}text.</p>",
                "_posts/2021-09-04-plain.html": "<p>No front matter: a file, not a post.</p>",
                "calls/_posts/2021-09-05-third.md": "---\ncategory: Cold\n---\nSome text.",
                "_posts/deep/2021-09-06-fourth.md": TEXT,
                "_posts/2999-01-01-late.md": TEXT,
                "_posts/2021-09-07-hidden.md": "---\npublished: false\n---\nSome text.",
                "_posts/2021-09-08-away.md": (
                    "---\ncanonical_url: https://y.test/a\n---\nSome text."
                ),
                "_posts/undated.md": TEXT,
                "_drafts/idea.md": TEXT,
                "_includes/note.md": "Some text.",
                "_tips/tip.md": TEXT,
                "_site/old.md": TEXT,
                "node_modules/package/README.md": "Some text.",
                "about.md": TEXT,
                "README.md": "About this.",
            },
        )
        assert found(tmp_path) == {
            "README.md": "is about the folder, not a post",
            "_drafts/idea.md": "is a draft",
            "_posts/2021-09-02-second.markdown": "https://x.test/blog/second",
            "_posts/2021-09-03-page.html": "https://x.test/blog/2021/09/03/page/",
            "_posts/2021-09-07-hidden.md": "is not published",
            "_posts/2021-09-08-away.md": "https://y.test/a",
            "_posts/2021-9-1-first-call.md": "https://x.test/blog/2021/09/01/first-call/",
            "_posts/2999-01-01-late.md": "is scheduled for 2999-01-01",
            "_posts/deep/2021-09-06-fourth.md": "https://x.test/blog/2021/09/06/fourth/",
            "_posts/undated.md": None,
            "about.md": PAGE,
            "calls/_posts/2021-09-05-third.md": (
                "https://x.test/blog/calls/cold/2021/09/05/third/"
            ),
        }
        assert found(tmp_path, include_pages=True)["about.md"] == "https://x.test/blog/about/"

    @pytest.mark.parametrize("inside", ["_posts", "calls/_posts", "_posts/2021-09-01-a.md"])
    def test_the_configuration_above_the_posts_counts(self, tmp_path: Path, inside: str) -> None:
        for folder in ("_posts", "calls/_posts"):
            tree(tmp_path, **{"_config.yml": self.CONFIG, f"{folder}/2021-09-01-a.md": TEXT})
        above = "calls/" if "calls" in inside else ""
        assert found(tmp_path / inside) == {
            "2021-09-01-a.md": f"https://x.test/blog/{above}2021/09/01/a/"
        }

    def test_a_configuration_above_other_folders_does_not_count(self, tmp_path: Path) -> None:
        tree(tmp_path, **{"_config.yml": self.CONFIG, "notes/a.md": TEXT})
        assert found(tmp_path / "notes") == {"a.md": None}

    def test_an_archive_with_the_site_in_a_folder(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "blog.zip", "w") as archive:
            archive.writestr("blog-main/_config.yml", self.CONFIG)
            archive.writestr("blog-main/_posts/2021-09-01-a.md", TEXT)
            archive.writestr("blog-main/_data/authors.yml", "ann: {name: Ann Example}")
            archive.writestr("blog-main/_posts/2021-09-02-b.md", "---\nauthor: ann\n---\nText.")
        assert found(tmp_path / "blog.zip") == {
            "blog-main/_posts/2021-09-01-a.md": "https://x.test/blog/2021/09/01/a/",
            "blog-main/_posts/2021-09-02-b.md": "https://x.test/blog/2021/09/02/b/",
        }
        assert [post.author for post in posts(tmp_path / "blog.zip")] == [None, "Ann Example"]

    def test_without_an_address_there_is_none(self, tmp_path: Path) -> None:
        tree(tmp_path, **{"_config.yml": "baseurl: /b\n", "_posts/2021-09-01-a.md": TEXT})
        assert found(tmp_path) == {"_posts/2021-09-01-a.md": None}
        assert found(tmp_path, "https://y.test/z/") == {
            "_posts/2021-09-01-a.md": "https://y.test/z/2021/09/01/a.html"
        }

    @pytest.mark.parametrize("config", ["url: [", "- a\n", "\x00", "url: not an address\n"])
    def test_a_damaged_configuration_gives_no_address(self, tmp_path: Path, config: str) -> None:
        tree(tmp_path, **{"_config.yml": config, "_posts/2021-09-01-a.md": TEXT})
        assert found(tmp_path) == {"_posts/2021-09-01-a.md": None}

    def test_without_a_configuration_the_folder_of_posts_tells(self, tmp_path: Path) -> None:
        tree(tmp_path, **{"blog/_posts/2021-09-01-a.md": TEXT, "blog/about.md": TEXT})
        tree(tmp_path, **{"blog/calls/_posts/2021-09-02-b.md": TEXT})
        assert found(tmp_path, "https://x.test") == {
            "blog/_posts/2021-09-01-a.md": "https://x.test/2021/09/01/a.html",
            "blog/about.md": PAGE,
            "blog/calls/_posts/2021-09-02-b.md": "https://x.test/calls/2021/09/02/b.html",
        }

    def test_collections_and_defaults(self, tmp_path: Path) -> None:
        tree(
            tmp_path,
            **{
                "_config.yml": (
                    "url: https://x.test\nauthor: {name: Ann}\n"
                    "collections:\n  tips: {output: true, permalink: /t/:title/}\n"
                    "  posts: {permalink: /p/:title/}\n"
                    "defaults:\n"
                    "- scope: {path: '', type: posts}\n  values: {author: Bo, tags: calls}\n"
                    "- scope: {path: _tips}\n  values: {published: false}\n"
                    "- values: {author: nobody}\n- nothing\n"
                ),
                "_posts/2021-09-01-a.md": TEXT,
                "_posts/2021-09-02-b.md": "---\nauthor: Cy\n---\nSome text.",
                "_tips/tip.md": TEXT,
                "_others/other.md": TEXT,
            },
        )
        assert found(tmp_path) == {
            "_posts/2021-09-01-a.md": "https://x.test/p/a/",
            "_posts/2021-09-02-b.md": "https://x.test/p/b/",
            "_tips/tip.md": "is not published",
        }
        assert [(post.author, post.tags) for post in posts(tmp_path)] == [
            ("Bo", ("calls",)),
            ("Cy", ("calls",)),
        ]

    def test_authors_by_their_name(self, tmp_path: Path) -> None:
        tree(
            tmp_path,
            **{
                "_config.yml": "author: {name: The House, email: house@x.test}\n",
                "_data/authors.yml": "ann: {name: Ann Example, email: ann@x.test}\nbo: Bo\n",
                "_posts/2021-09-01-a.md": "---\nauthors: [ann, bo, cy]\n---\nSome text.",
                "_posts/2021-09-02-b.md": TEXT,
            },
        )
        assert [post.author for post in posts(tmp_path)] == ["Ann Example, Bo, cy", "The House"]

    def test_future_posts_where_the_site_shows_them(self, tmp_path: Path) -> None:
        tree(tmp_path, **{"_config.yml": "future: true\n", "_posts/2999-01-01-a.md": TEXT})
        assert found(tmp_path) == {"_posts/2999-01-01-a.md": None}


class TestHugo:
    def test_a_whole_site(self, tmp_path: Path) -> None:
        tree(
            tmp_path,
            **{
                "hugo.toml": (
                    'baseURL = "https://x.test/b/"\n[permalinks]\nnotes = "/:year/:slug/"\n'
                    '[params]\nauthor = "Ann"\n'
                ),
                "content/_index.md": TEXT,
                "content/about.md": TEXT,
                "content/contact/index.md": TEXT,
                "content/dated.md": "---\ndate: 2021-09-01\n---\nSome text.",
                "content/posts/_index.md": TEXT,
                "content/posts/First Call.md": '{"title": "Hi", "slug": "first"}\nSome text.',
                "content/posts/bundle/index.md": "+++\n+++\nSome text.",
                "content/posts/bundle/part.md": "Some text.",
                "content/posts/bundle/more/part.md": "Some text.",
                "content/notes/why.md": '+++\ntitle = "Why?"\ndate = 2021-09-01\n+++\nSome text.',
                "content/posts/none.md": "---\nheadless: true\n---\nSome text.",
                "content/posts/gone.md": "---\nexpiryDate: 1999-01-01\n---\nSome text.",
                "content/posts/late.md": (
                    "---\ndate: 2021-09-01\npublishDate: 2999-01-01\n---\nSome text."
                ),
                "content/posts/idea.md": "---\ndraft: true\n---\nSome text.",
                "archetypes/default.md": TEXT,
                "themes/x/README.md": "Some text.",
                "README.md": "Some text.",
            },
        )
        part = "is a part of the page beside it, index.md"
        assert found(tmp_path) == {
            "content/_index.md": SECTION,
            "content/about.md": PAGE,
            "content/contact/index.md": PAGE,
            "content/dated.md": "https://x.test/b/dated/",
            "content/notes/why.md": "https://x.test/b/2021/why/",
            "content/posts/First Call.md": "https://x.test/b/posts/first/",
            "content/posts/_index.md": SECTION,
            "content/posts/bundle/index.md": "https://x.test/b/posts/bundle/",
            "content/posts/bundle/more/part.md": part,
            "content/posts/bundle/part.md": part,
            "content/posts/gone.md": "has expired",
            "content/posts/idea.md": "is a draft",
            "content/posts/late.md": "is scheduled for 2999-01-01",
            "content/posts/none.md": "is not published",
        }
        with_pages = found(tmp_path, include_pages=True)
        assert with_pages["content/posts/_index.md"] == "https://x.test/b/posts/"
        assert with_pages["content/contact/index.md"] == "https://x.test/b/contact/"
        by_place = {post.place: post for post in posts(tmp_path)}
        assert by_place["content/posts/bundle/index.md"].title == "Bundle"
        assert {post.author for post in by_place.values()} == {"Ann"}

    @pytest.mark.parametrize(
        ("name", "config"),
        [
            ("config.toml", 'baseurl = "https://x.test"'),
            ("config.yaml", "baseURL: https://x.test"),
            ("config/_default/hugo.yml", "baseURL: https://x.test"),
        ],
    )
    def test_where_the_configuration_may_be(self, tmp_path: Path, name: str, config: str) -> None:
        tree(tmp_path, **{name: config, "content/posts/a.md": TEXT})
        expected = "https://x.test/posts/a/"
        assert found(tmp_path) == {"content/posts/a.md": expected}
        assert found(tmp_path / "content") == {"posts/a.md": expected}
        assert found(tmp_path / "content/posts") == {"a.md": expected}

    def test_another_programs_configuration_is_not_hugos(self, tmp_path: Path) -> None:
        tree(tmp_path, **{"config.yaml": "backend: git", "content/posts/a.md": TEXT})
        assert found(tmp_path, "https://x.test") == {"content/posts/a.md": None}

    def test_a_folder_of_its_own_for_the_content(self, tmp_path: Path) -> None:
        tree(tmp_path, **{"hugo.yaml": "baseURL: https://x.test\ncontentDir: src/text\n"})
        tree(tmp_path, **{"src/text/posts/a.md": TEXT, "docs/b.md": TEXT})
        assert found(tmp_path) == {
            "docs/b.md": None,
            "src/text/posts/a.md": "https://x.test/posts/a/",
        }

    def test_a_site_in_two_languages(self, tmp_path: Path) -> None:
        tree(tmp_path, **{"hugo.yaml": "baseURL: https://x.test\nlanguages: {en: {}, fr: {}}\n"})
        tree(tmp_path, **{"content/posts/a.md": TEXT, "content/posts/a.fr.md": TEXT})
        tree(tmp_path, **{"content/posts/b/index.en.md": TEXT, "content/_index.fr.md": TEXT})
        tree(tmp_path, **{"content/posts/v1.2.md": TEXT})
        assert found(tmp_path) == {
            "content/_index.fr.md": SECTION,
            "content/posts/a.fr.md": "https://x.test/fr/posts/a/",
            "content/posts/a.md": "https://x.test/posts/a/",
            "content/posts/b/index.en.md": "https://x.test/posts/b/",
            "content/posts/v1.2.md": "https://x.test/posts/v1.2/",
        }

    def test_a_folder_for_each_language(self, tmp_path: Path) -> None:
        languages = "languages:\n  en: {contentDir: content/en}\n  fr: {contentDir: content/fr}\n"
        tree(tmp_path, **{"hugo.yaml": f"baseURL: https://x.test\n{languages}"})
        tree(tmp_path, **{"content/en/posts/a.md": TEXT, "content/fr/posts/a.md": TEXT})
        assert found(tmp_path) == {
            "content/en/posts/a.md": "https://x.test/posts/a/",
            "content/fr/posts/a.md": "https://x.test/fr/posts/a/",
        }

    def test_pages_of_sections_tell_hugo_without_its_configuration(self, tmp_path: Path) -> None:
        tree(tmp_path, **{"content/posts/_index.md": TEXT, "content/posts/a.md": TEXT})
        assert found(tmp_path) == {"content/posts/_index.md": SECTION, "content/posts/a.md": None}
        assert found(tmp_path, "https://x.test/b/")["content/posts/a.md"] == (
            "https://x.test/b/posts/a/"
        )


class TestAstro:
    CONFIG = (
        "import { defineConfig } from 'astro/config';\n"
        "// site: 'https://old.test',\n"
        "export default defineConfig({\n  site: 'https://x.test/',\n  base: '/b',\n});\n"
    )

    def test_a_whole_site(self, tmp_path: Path) -> None:
        tree(
            tmp_path,
            **{
                "astro.config.mjs": self.CONFIG,
                "src/content/blog/First Call.mdx": (
                    "---\ntitle: Hi\n---\nimport X from './x';\n\n<X>Some text.</X>\n"
                ),
                "src/content/blog/_idea.md": TEXT,
                "src/content/notes/a.md": "---\npermalink: /n/a\n---\nSome text.",
                "src/pages/about.md": TEXT,
                "src/pages/blog/b.md": TEXT,
                "README.md": "Some text.",
            },
        )
        assert found(tmp_path) == {
            "README.md": "is about the folder, not a post",
            "src/content/blog/First Call.mdx": "https://x.test/b/blog/first-call/",
            "src/content/blog/_idea.md": "is a draft",
            "src/content/notes/a.md": "https://x.test/b/n/a",
            "src/pages/about.md": PAGE,
            "src/pages/blog/b.md": "https://x.test/b/blog/b/",
        }
        assert [post.text for post in posts(tmp_path)] == ["Some text."] * 3

    @pytest.mark.parametrize(
        ("route", "url"),
        [
            ("blog/[...slug].astro", "https://x.test/b/blog/a/"),
            ("blog/[id]/index.astro", "https://x.test/b/blog/a/"),
            ("[...slug].astro", "https://x.test/b/a/"),
            ("index.astro", None),
        ],
    )
    @pytest.mark.parametrize("packed", [False, True])
    def test_the_pages_tell_where_a_collection_stands(
        self, tmp_path: Path, route: str, url: str | None, packed: bool
    ) -> None:
        names = {
            "astro.config.mjs": self.CONFIG,
            f"src/pages/{route}": "---\n---\n",
            "src/content/blog/a.md": TEXT,
        }
        location = tmp_path
        if packed:
            location = tmp_path / "site.zip"
            with zipfile.ZipFile(location, "w") as archive:
                for name, content in names.items():
                    archive.writestr(name, content)
        else:
            tree(tmp_path, **names)
        assert found(location) == {"src/content/blog/a.md": url}

    def test_an_address_that_is_computed_is_not_known(self, tmp_path: Path) -> None:
        tree(tmp_path, **{"astro.config.ts": "export default { site: SITE.url };"})
        tree(tmp_path, **{"src/content/blog/a.md": TEXT})
        assert found(tmp_path) == {"src/content/blog/a.md": None}
        assert found(tmp_path / "src/content", "https://y.test") == {
            "blog/a.md": "https://y.test/blog/a/"
        }


class TestAnyFolder:
    def test_addresses_in_the_front_matter_are_below_the_one_given(self, tmp_path: Path) -> None:
        tree(
            tmp_path,
            **{
                "a.md": "---\nurl: /calls/a/\n---\nSome text.",
                "b.md": "---\npermalink: /:year/:title/\ndate: 2021-09-01\n---\nSome text.",
                "c.md": TEXT,
                "d.md": "---\npermalink: false\n---\nSome text.",
            },
        )
        assert set(found(tmp_path).values()) == {None}
        assert found(tmp_path, "https://x.test/blog") == {
            "a.md": "https://x.test/blog/calls/a/",
            "b.md": "https://x.test/blog/2021/b/",
            "c.md": None,
            "d.md": None,
        }

    def test_files_about_the_folder_are_no_posts(self, tmp_path: Path) -> None:
        tree(tmp_path, **{"README.md": "Text.", "LICENSE.md": "Text.", "CHANGELOG.md": "Text."})
        tree(
            tmp_path,
            **{"contributing.md": TEXT, "calls/README.md": "Text.", "security.md": "Text."},
        )
        about = "is about the folder, not a post"
        assert found(tmp_path) == {
            "CHANGELOG.md": about,
            "LICENSE.md": about,
            "README.md": about,
            "calls/README.md": None,
            "contributing.md": None,
            "security.md": None,
        }
        assert found(tmp_path / "README.md") == {"README.md": None}

    def test_a_folder_of_another_programs_files_is_refused(self, tmp_path: Path) -> None:
        tree(tmp_path, **{"node_modules/x/README.md": "Text."})
        with pytest.raises(SourceError, match="holds no posts"):
            found(tmp_path)

    def test_several_sites_side_by_side(self, tmp_path: Path) -> None:
        tree(tmp_path, **{"one/_config.yml": "url: https://one.test", "two/hugo.toml": ""})
        tree(tmp_path, **{"two/hugo.toml": 'baseURL = "https://two.test"'})
        tree(tmp_path, **{"one/_posts/2021-09-01-a.md": TEXT, "two/content/posts/b.md": TEXT})
        tree(tmp_path, **{"three/c.md": TEXT})
        assert found(tmp_path) == {
            "one/_posts/2021-09-01-a.md": "https://one.test/2021/09/01/a.html",
            "three/c.md": None,
            "two/content/posts/b.md": "https://two.test/posts/b/",
        }

    def test_a_skipped_file_tells_its_place(self, tmp_path: Path) -> None:
        tree(tmp_path, **{"a.md": "---\nstatus: Draft\n---\nSome text."})
        assert list(read(Source("x", "markdown", str(tmp_path)))) == [Skipped("a.md", "is a draft")]
