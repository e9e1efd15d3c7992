"""The text of a feed: its encoding, and what feedparser is not shown."""

from __future__ import annotations

import pytest

from corpus.markup.feed_text import feed_text

OWN = "<?xml version='1.0' encoding='utf-8'?>\n"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"<rss>caf\xc3\xa9</rss>", "<rss>café</rss>"),
        (b"<rss>caf\xe9</rss>", "<rss>café</rss>"),
        (b"<rss>\x93caf\xe9\x94</rss>", "<rss>“café”</rss>"),
        (b'<?xml version="1.0" encoding="koi8-r"?><rss>\xf6</rss>', "<rss>Ж</rss>"),
        (b'<?xml version="1.0" encoding="gb2312"?><rss>\x81\x40</rss>', "<rss>丂</rss>"),
        (b'\xef\xbb\xbf \n<?xml version="1.0"?>\n<rss/>', "\n<rss/>"),
        (b"\xff\xfe<\0r\0/\0>\0", "<r/>"),
        (b"\0<\0r\0/\0>", "<r/>"),
        (b"<rss>\x81\xe9</rss>", "<rss>\x81é</rss>"),
        (b"<rss>&#0;&#x1F600;&#xFFFF;&#xd800;&#1114112;\x0c</rss>", "<rss>&#x1F600;</rss>"),
        (b"", ""),
    ],
)
def test_text(content: bytes, text: str) -> None:
    assert feed_text(content) == OWN + text


def test_the_server_is_believed_first_if_it_can_be() -> None:
    content = '<?xml version="1.0" encoding="utf-8"?><rss>Жизнь</rss>'.encode("koi8-r")
    assert feed_text(content, "koi8-r") == OWN + "<rss>Жизнь</rss>"
    assert feed_text(content, "ascii") == OWN + "<rss>öÉÚÎØ</rss>"
    assert feed_text(content, "no-such") == feed_text(content, "punycode") == feed_text(content)


def test_short_entities_are_kept_and_those_that_would_grow_are_not() -> None:
    feed = '<!DOCTYPE rss [\n  <!ENTITY id "{}">\n]>\n<rss>{}</rss>'
    assert feed_text(feed.format("tag:", "&id;1").encode()) == OWN + (
        '<!DOCTYPE rss [\n<!ENTITY id "tag:">\n]>\n<rss>&id;1</rss>'
    )
    grown = feed.format("x" * 30_000, "&id;" * 1_000).encode()
    assert feed_text(grown) == OWN + "<rss>" + "&id;" * 1_000 + "</rss>"
    assert feed_text(b"<!-- " + b"x" * 2**15 + b"--><rss/>") == OWN + "<rss/>"


def test_no_word_is_long_enough_to_hang_a_search() -> None:
    assert feed_text(b"<rss>" + b"a" * 600 + b"</rss>") == (
        f"{OWN}<rss>{'a' * 256}\n{'a' * 256}\n{'a' * 88}</rss>"
    )
