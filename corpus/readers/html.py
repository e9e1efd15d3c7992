"""Web pages saved to a folder, as a browser, wget or a site's own backup leaves them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urljoin

from corpus.markup.article import MAX_CHARACTERS, read_article
from corpus.readers.files import HTML_SUFFIXES, Found, load, some_files
from corpus.readers.peek import Peek
from corpus.readers.posts import post_of_article
from corpus.types import Post, ReadOptions, Skipped, Source

ABOUT = "a folder of saved web pages, or one"

_FEWEST_WORDS = 20
"""Of a page that does not say that it is an article: "Enable JavaScript to see this page"."""


def recognises(peek: Peek) -> bool:
    """Whether most files on disk are web pages."""
    return not peek.is_online and peek.written_in == "html"


def read(source: Source, options: ReadOptions) -> Iterator[Post | Skipped]:
    """A post for every page with an article in it, sorted by place; lists of posts are skipped.

    A page's address is the one it gives itself (its canonical link); where it gives none, its place
    below ``source.base_url``. SourceError if there is no page at all.
    """
    for file in some_files(Path(source.location), HTML_SUFFIXES):
        yield _read_page(file, source)


def _read_page(file: Found, source: Source) -> Post | Skipped:
    content = load(file, 4 * MAX_CHARACTERS)
    if isinstance(content, Skipped):
        return content
    article = read_article(content, url=_address(file.place, source.base_url))
    if article is None:
        return Skipped(file.place, "is not HTML", unreadable=True)
    if article.is_list and article.blocks:
        return Skipped(file.place, "is a list of posts, not a post")
    words = sum(len(block.text.split()) for block in article.blocks)
    if not article.looks_like_post and words < _FEWEST_WORDS:
        is_cut = b"</html" not in content[-1000:].replace(b"\0", b"").lower()
        reason = "is cut off before its article" if is_cut else "holds no article"
        return Skipped(file.place, reason, unreadable=is_cut)
    return post_of_article(source, file.place, article)


def _address(place: str, base_url: str | None) -> str | None:
    if base_url is None:
        return None
    path = place.removesuffix(".gz").removesuffix("index.html")
    return urljoin(base_url.rstrip("/") + "/", quote(path))
