"""What the entries of a feed go by, where addresses tell them apart and where they don't."""

from __future__ import annotations

import pytest

from corpus.readers.feed_addresses import Addresses, Name, Places

_DAY = "https://blog.example/2004/03/11"


def names(
    *entries: tuple[str, str | None], blog: str = "", base_url: str | None = None
) -> list[Name]:
    addresses = Addresses(base_url)
    addresses.note(blog, entries, is_next_page=False)
    return [addresses.of(*entry) for entry in entries]


def test_an_address_of_its_own_is_enough() -> None:
    one, two = f"{_DAY}/one#more", f"{_DAY}/two"
    entries = [("1", one), ("2", two), ("2", f"{two}/?utm_source=rss"), ("3", None), ("4", "/two")]
    assert names(*entries) == [Name(id, url) for id, url in entries]


def test_entries_of_one_address_are_known_by_their_ids() -> None:
    assert names(("a", f"{_DAY}/"), ("b", "http://www.blog.example/2004/03/11?utm_id=1")) == [
        Name("a", None, f"{_DAY}#a"),
        Name("b", None, f"{_DAY}#b"),
    ]


def test_a_fragment_of_their_own_keeps_the_address() -> None:
    one, two, rest = f"{_DAY}#one", f"{_DAY}#two", f"{_DAY}#rest"
    entries = [("a", one), (two, two), ("c", rest), ("d", rest), ("e", f"{_DAY}#"), ("f", _DAY)]
    assert names(*entries) == [
        Name("a", one, f"{_DAY}#a"),
        Name(two, two, f"{_DAY}#{two}"),
        Name("c", None, f"{_DAY}#c"),
        Name("d", None, f"{_DAY}#d"),
        Name("e", None, f"{_DAY}#e"),
        Name("f", None, f"{_DAY}#f"),
    ]


@pytest.mark.parametrize(
    ("front", "blog", "base_url"),
    [
        ("https://blog.example/", "", None),
        ("https://blog.example/doors", "http://blog.example/doors/", None),
        ("https://blog.example/doors", "", "https://blog.example/doors/"),
    ],
)
def test_the_address_of_the_blog_is_nobodys(front: str, blog: str, base_url: str | None) -> None:
    canonical = front.rstrip("/")
    one = f"{front}#one"
    found = names(("a", front), blog=blog, base_url=base_url)
    assert found == [Name("a", None, f"{canonical}#a")]
    assert names(("a", one), blog=blog, base_url=base_url) == [Name("a", one, f"{canonical}#a")]
    # Without an id of its own, the title will have to do.
    assert names((front, front), blog=blog, base_url=base_url) == [Name("", None)]


def test_a_query_makes_a_page_of_the_front_page() -> None:
    page = "https://blog.example/?p=7"
    assert names(("a", page), blog="https://blog.example/") == [Name("a", page)]


def test_pages_of_a_feed_are_one_and_files_are_not() -> None:
    one, two = ("a", f"{_DAY}/one"), ("b", f"{_DAY}/one")
    addresses = Addresses(None)
    addresses.note("", [one], is_next_page=True)
    assert addresses.of(*one) == Name(*one)
    addresses.note("", [two], is_next_page=True)
    assert addresses.of(*two) == Name("b", None, f"{_DAY}/one#b")
    addresses.note("", [two], is_next_page=False)
    assert addresses.of(*two) == Name(*two)


def test_no_two_places_are_the_same() -> None:
    places = Places()
    given = ["one", "one", "one~2", "two #1", "one", "x" * 400]
    assert [places.of("feed.xml", name) for name in given] == [
        "feed.xml#one",
        "feed.xml#one~2",
        "feed.xml#one~2~2",
        "feed.xml#two %231",
        "feed.xml#one~3",
        f"feed.xml#{'x' * 300}",
    ]
    assert places.of("other.xml", "one") == "other.xml#one"
