"""What the entries of a feed go by: which have an address of their own, and where they stand.

Some feeds give several entries one address, that of a day or of the blog, with or without a
fragment. Known by it, all of them would be one post.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from corpus.identity import canonical_url, web_url

_LONGEST_NAME = 300


class Name(NamedTuple):
    """What an entry goes by: its id or "", the address that opens it or None, and what tells it
    from others where that address doesn't."""

    id: str
    url: str | None
    identity: str | None = None


class Addresses:
    """The addresses that entries give; ``base_url`` is the blog's, where the user says it."""

    def __init__(self, base_url: str | None) -> None:
        self._fronts = {_canonical(base_url)}
        self._ids: dict[str, set[str]] = {}

    def note(
        self, blog: str, entries: Iterable[tuple[str, str | None]], *, is_next_page: bool
    ) -> None:
        """Learn the ids and addresses of the posts in a feed, or on one more page of it.

        ``blog`` is the address that the feed gives for the blog.
        """
        if not is_next_page:
            self._ids.clear()
        self._fronts.add(_canonical(blog))
        for id, url in entries:
            if url and (canonical := _canonical(url)):
                for address in {canonical, url}:
                    self._ids.setdefault(address, set()).add(id)

    def of(self, id: str, url: str | None) -> Name:
        """What the entry with this id, which is its address if it has no other, goes by.

        An address that it shares is left out, unless the fragment is its own.
        """
        canonical = _canonical(url)
        if not url or not canonical or not self._is_of_more(canonical):
            return Name(id, url)
        if urlsplit(url).fragment and not self._is_shared(url):
            return Name(id, url, f"{canonical}#{id}")
        return Name(id, None, f"{canonical}#{id}") if id != url else Name("", None)

    def _is_of_more(self, canonical: str) -> bool:
        """Whether it is the address of several entries, or of a blog."""
        parts = urlsplit(canonical)
        is_front = canonical in self._fronts or not (parts.path or parts.query)
        return is_front or self._is_shared(canonical)

    def _is_shared(self, address: str) -> bool:
        return len(self._ids.get(address, ())) > 1


class Places:
    """Where entries stand, by what stays the same when newer ones push them down."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def of(self, document: str, name: str) -> str:
        """The place of the next entry called ``name`` in a document; no two are the same."""
        place = f"{document}#{name[:_LONGEST_NAME].replace('#', '%23')}"
        self._taken[place] = self._taken.get(place, 0) + 1
        return place if self._taken[place] == 1 else self._unused(place)

    def _unused(self, place: str) -> str:
        while (numbered := f"{place}~{self._taken[place]}") in self._taken:
            self._taken[place] += 1
        self._taken[numbered] = 1
        return numbered


def _canonical(url: str | None) -> str:
    """The canonical form of a web address, "" for what is none."""
    address = web_url(url or "")
    return canonical_url(address) if address else ""
