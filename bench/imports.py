"""How well and how fast posts are taken in: ``python -m bench.imports SHARED``.

SHARED holds ``data/`` with real pages, feeds and exports. Where a library does a part of the work,
its own result on the same input stands beside ours. What is worse than it must be is named at the
end, and the exit code is 1. The fuzz run is a command of its own: ``python -m bench.fuzz``.
"""

from __future__ import annotations

import os
import random
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

from bench import articles, feeds
from corpus.readers import read
from corpus.types import Post, Source, SourceKind

SAMPLE = Path(__file__).parent.parent / "corpus" / "sample"
SIZES = (2_000, 10_000)
WORDS_A_POST = 500
COMMENTS_A_POST = 3

LEAST_F1 = 0.95
"""Of article bodies; not less than trafilatura's either."""
LONGEST_S = 60
MOST_MIB = 400
"""Of an import of as many posts as the largest of ``SIZES``."""
MOST_GROWTH = 4 / 3
"""Of memory from the smallest of ``SIZES`` to the largest: posts are read one by one."""

ACCEPTED_TITLES = {
    "an encoding that nothing names, which neither side can know": (
        "tests/illformed/chardet/euckr.xml",
        "tests/illformed/chardet/gb2312.xml",
        "tests/illformed/chardet/shiftjis.xml",
    ),
    "hostile markup, the rest of which feedparser shows as text": (
        "tests/wellformed/sanitize/entry_title_crazy.xml",
        "tests/wellformed/sanitize/entry_title_object.xml",
    ),
}
"""The feeds of which one title may differ from feedparser's, five in all, by the reason."""


class Export(NamedTuple):
    """An export with the number of its published posts, counted by reading it."""

    path: str
    kind: SourceKind
    posts: int
    base_url: str | None = None


_ADDRESS = "https://blog.example"
_WP = "exports/ghost_migrate/mg-wp-xml/test/fixtures"
_MIGRATE = "exports/ghost_migrate/mg-{}/test/fixtures"
EXPORTS = (
    Export("wxr/WPTT-theme-unit-test/themeunittestdata.wordpress.xml", "wordpress", 46),
    Export("wxr/WPTT-theme-unit-test/theme-preview.xml", "wordpress", 7),
    Export("wxr/WordPress-theme-test-data/themeunittestdata.wordpress.xml", "wordpress", 53),
    Export("wxr/WordPress-theme-test-data/theme-preview.xml", "wordpress", 7),
    Export("wxr/WordPress-theme-test-data/64-block-test-data.xml", "wordpress", 60),
    Export(f"{_WP}/sample.xml", "wordpress", 2),
    Export(f"{_WP}/sample-no-slug.xml", "wordpress", 2),
    Export(f"{_WP}/sample-with-alt.xml", "wordpress", 1),
    Export(f"{_WP}/co-authors-plus.xml", "wordpress", 4),
    Export(f"{_WP}/feature-image-captions.xml", "wordpress", 3),
    Export(f"{_WP}/has-audio-enclosure.xml", "wordpress", 1),
    Export(f"{_WP}/has-audio-enclosure-with-libsyn-embed.xml", "wordpress", 1),
    Export(f"{_WP}/has-meta.xml", "wordpress", 0),
    Export(f"{_WP}/has-yoast-meta.xml", "wordpress", 2),
    Export(f"{_WP}/multiple", "wordpress", 2),
    Export(f"{_MIGRATE.format('squarespace-xml')}/sample.xml", "wordpress", 2),
    Export("blogger/pelican/bloggerexport.xml", "blogger", 1),
    Export("blogger/takeout_samples/bernds_blog_sample.atom", "blogger", 1, _ADDRESS),
    Export("blogger/takeout_samples/eagle_eye_sample.atom", "blogger", 1, _ADDRESS),
    # 11 posts under 5 addresses, and 7 under 3: the files are variations of one another.
    Export(_MIGRATE.format("json"), "ghost", 5, _ADDRESS),
    Export(_MIGRATE.format("medium-export"), "medium", 3),
    Export(_MIGRATE.format("substack"), "substack", 3, _ADDRESS),
    Export(_MIGRATE.format("jekyll-export"), "markdown", 12),
    Export("leadiq", "markdown", 131),
    Export("seeds", "text", 2),
)
"""The reasons for each count stand in the tests of the readers."""


class Run(NamedTuple):
    """What one import took."""

    posts: int
    seconds: float
    peak_mib: float


def main() -> int:
    """Print every figure of ``docs/import.md``; 1 if one is worse than it must be."""
    data = Path(sys.argv[1]) / "data"
    faults = [
        *print_articles(data / "html_articles"),
        *print_feeds(data / "feeds" / "feedparser"),
        *print_exports(data),
        *print_scale(),
    ]
    if faults:
        print("\nfailed:", *faults, sep="\n  ")
    return int(bool(faults))


def print_articles(folder: Path) -> list[str]:
    """Article bodies beside those of trafilatura alone, and what is wrong with them."""
    print("Article bodies, 4-gram shingles")
    print(f"\n{'':12} {'pages':>6} {'precision':>10} {'recall':>8} {'F1':>7} {'ms a page':>10}")
    rows = articles.measure(folder)
    for name, row in rows.items():
        print(
            f"{name:12} {row['pages']:6} {row['precision']:10.3f} {row['recall']:8.3f} "
            f"{row['f1']:7.3f} {row['ms_per_page']:10.0f}"
        )
    ours, least = rows["blogqa"]["f1"], max(rows["trafilatura"]["f1"], LEAST_F1)
    return [f"article bodies: F1 is {ours:.4f}, below {least:.4f}"] if ours < least else []


def print_feeds(folder: Path) -> list[str]:
    """Feeds beside feedparser alone, and what differs that may not."""
    result = feeds.measure(folder)
    print(f"\nFeeds, beside feedparser{'':11}" + "".join(f"{n:>12}" for n in result["counts"]))
    for figure in next(iter(result["counts"].values())):
        counts = (count.get(figure, 0) for count in result["counts"].values())
        print(f"{figure:34}" + "".join(f"{count:12,}" for count in counts))
    print("\nwhat differs:", *result["differ"], sep="\n  ")
    if not any(count.get("feeds") for count in result["counts"].values()):
        return [f"feeds: there is none in {folder}"]
    return [f"feeds: {line}" for line in result["differ"] if not _is_accepted(line)]


def _is_accepted(difference: str) -> bool:
    place, _, what = difference.partition(": ")
    return what.startswith("title ") and any(place in places for places in ACCEPTED_TITLES.values())


def print_exports(data: Path) -> list[str]:
    """Published posts found in each export and how many there are, and where these differ."""
    print("\nPublished posts: found, in the file\n")
    faults = []
    for export in EXPORTS:
        source = Source("s", export.kind, str(data / export.path), base_url=export.base_url)
        found = sum(isinstance(item, Post) for item in read(source))
        print(f"{found:5} {export.posts:5}  {export.path}")
        if found != export.posts:
            faults.append(f"{export.path}: {found} posts found, not {export.posts}")
    return faults


def print_scale() -> list[str]:
    """Time and peak memory of the whole command by the number of posts, and what is too much."""
    print("\nWordPress exports through blogqa import: posts, MiB of file, seconds, peak MiB\n")
    runs = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "export.xml")
            write_export(path, size)
            run = import_run(path, Path(folder, "home"))
            megabytes = path.stat().st_size / 2**20
        print(f"{run.posts:6} {megabytes:6.1f} {run.seconds:6.1f} {run.peak_mib:6.0f}")
        runs.append(run)
    return scale_faults(runs)


def scale_faults(runs: list[Run]) -> list[str]:
    """What is wrong with the imports of as many posts as ``SIZES`` says, the smallest first."""
    smallest, largest = runs[0], runs[-1]
    growth = largest.peak_mib / smallest.peak_mib
    faults = [
        f"scale: {run.posts} posts imported, not {size}"
        for run, size in zip(runs, SIZES, strict=True)
        if run.posts != size
    ]
    if largest.seconds > LONGEST_S:
        faults.append(f"scale: {largest.posts} posts took {largest.seconds:.1f} s, not {LONGEST_S}")
    if largest.peak_mib > MOST_MIB:
        faults.append(f"scale: {largest.posts} posts took {largest.peak_mib:.0f} MiB")
    if growth > MOST_GROWTH:
        faults.append(f"scale: memory grew {growth:.2f} times, not {MOST_GROWTH:.2f} at most")
    return faults


def write_export(path: Path, posts: int) -> None:
    """A WordPress export of ``posts`` posts of made-up prose, each with comments."""
    chance = random.Random(0)
    prose = "\n".join(file.read_text() for file in sorted(SAMPLE.glob("*.md")))
    vocabulary = sorted(set(re.findall(r"[a-z]{2,}", prose)))
    with path.open("w") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>A blog</title>'
            f"<link>{_ADDRESS}</link><wp:wxr_version>1.2</wp:wxr_version>\n"
        )
        for number in range(posts):
            file.writelines(_item(number, chance, vocabulary))
        file.write("</channel></rss>\n")


def _item(number: int, chance: random.Random, vocabulary: list[str]) -> Iterator[str]:
    def sentence() -> str:
        return " ".join(chance.choices(vocabulary, k=12)).capitalize() + "."

    paragraphs = []
    for place in range(WORDS_A_POST // 60):
        words = " ".join(sentence() for _ in range(5))
        start = f"<h2>{escape(sentence())}</h2>\n" if place % 3 == 0 else ""
        bold, _, rest = words.partition(" ")
        paragraphs.append(f"{start}<p><strong>{bold}</strong> {rest}</p>")
    yield (
        f"<item><title>{escape(sentence())}</title><link>{_ADDRESS}/{number}/</link>"
        f"<dc:creator>editor</dc:creator><wp:post_id>{number + 1}</wp:post_id>"
        f"<wp:post_date>{2005 + number % 20}-0{number % 9 + 1}-11 10:00:00</wp:post_date>"
        "<wp:status>publish</wp:status><wp:post_type>post</wp:post_type>"
        f"<content:encoded><![CDATA[{chr(10).join(paragraphs)}]]></content:encoded>"
    )
    for _ in range(COMMENTS_A_POST):
        yield f"<wp:comment><wp:comment_content>{sentence()}</wp:comment_content></wp:comment>"
    yield "</item>\n"


def import_run(path: Path, home: Path) -> Run:
    """``blogqa import`` of ``path`` in a process of its own."""
    arguments = [sys.executable, "-m", "qa.cli", "import", str(path), "--home", str(home)]
    started = time.perf_counter()
    with Path(os.devnull).open("wb") as nowhere:
        child = os.posix_spawn(
            sys.executable,
            [*arguments, "--json"],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)],
        )
        _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    if status:
        raise SystemExit(f"blogqa import ended with status {status}")
    with sqlite3.connect(home / "archive.sqlite") as archive:
        (posts,) = archive.execute("SELECT count(*) FROM versions").fetchone()
    archive.close()
    return Run(posts, seconds, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(main())
