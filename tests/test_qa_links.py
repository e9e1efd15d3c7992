from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import unquote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corpus.types import Span
from qa.links import reader_link, source_link, text_fragment


def fragment(post: str, words: str, nth: int = 0) -> str:
    """What follows ``#:~:text=`` for the nth place (from 0) where the words stand in the post."""
    start = [found.start() for found in re.finditer(re.escape(words), post)][nth]
    link = text_fragment(post, start, start + len(words))
    assert link.startswith("#:~:text=")
    return link.removeprefix("#:~:text=")


class TestExact:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("Say hello.", "Say%20hello."),
            ("Yes.", "Yes."),
            ("C++, 50% & #1 - all", "C%2B%2B%2C%2050%25%20%26%20%231%20%2D%20all"),
            ("“we’ll” see", "%E2%80%9Cwe%E2%80%99ll%E2%80%9D%20see"),
            ("a/b?c=d~e_f", "a%2Fb%3Fc%3Dd~e_f"),
            ("Ça va, Žofie", "%C3%87a%20va%2C%20%C5%BDofie"),
            ("привет", "%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82"),
            ("great 👍🏽", "great%20%F0%9F%91%8D%F0%9F%8F%BD"),
            ("良い。", "%E8%89%AF%E3%81%84%E3%80%82"),
        ],
    )
    def test_a_short_quote_is_given_whole(self, words: str, expected: str) -> None:
        assert fragment(f"Before.\n\n{words}\n\nAfter.", words) == expected

    def test_white_space_within_becomes_a_space_and_around_it_is_dropped(self) -> None:
        post = "One.\n\n Two\u00a0three \t four. Five."
        assert fragment(post, "\n\n Two\u00a0three \t four. ") == "Two%20three%20four."

    @pytest.mark.parametrize(
        ("post", "cut", "expected"),
        [
            ("We prospect daily.", "spect dai", "prospect%20daily"),
            ("They don’t mind.", "t mind", "don%E2%80%99t%20mind"),
            ("Up 3.5 points.", "5 points", "3.5%20points"),
            ("A well-known fact.", "nown fact", "known%20fact"),
            ("He said (twice) no.", "twice", "twice"),
            ("Look: 👩‍💻 here.", "\U0001f469", "%F0%9F%91%A9%E2%80%8D%F0%9F%92%BB"),
            ("हिन्दी में।", "हि", "%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80"),
            ("毎日電話。でも。", "日電", "%E6%AF%8E%E6%97%A5%E9%9B%BB%E8%A9%B1"),
        ],
    )
    def test_a_word_that_is_cut_is_taken_in_whole(self, post: str, cut: str, expected: str) -> None:
        assert fragment(post, cut) == expected

    def test_the_longest_quote_that_is_not_made_a_range(self) -> None:
        words = " ".join(f"word{number}" for number in range(43)) + " all is on"
        assert len(words) == 300
        assert fragment(words, words) == words.replace(" ", "%20")
        assert fragment(f"{words}e", f"{words}e") == (
            "word0%20word1%20word2%20word3,word42%20all%20is%20one"
        )


class TestContext:
    def test_a_word_before_tells_the_second_from_the_first(self) -> None:
        post = "Ask first. Then wait.\n\nListen well. Then wait. Then ask."
        assert fragment(post, "Then wait.", 1) == "well.-,Then%20wait."

    def test_the_first_is_told_from_the_second_too(self) -> None:
        post = "Ask first. Then wait.\n\nListen well. Then wait. Then ask."
        assert fragment(post, "Then wait.", 0) == "first.-,Then%20wait."

    def test_no_more_words_than_it_takes(self) -> None:
        post = "One big red dog barks.\n\nTwo small red dogs.\n\nTwo big red dog barks."
        assert fragment(post, "dog", 2) == "Two%20big%20red-,dog"

    def test_a_word_after_where_a_block_starts_with_the_quote(self) -> None:
        post = "Yes. We do.\n\nYes. They do."
        assert fragment(post, "Yes.", 1) == "Yes.,-They"

    def test_a_word_after_where_that_is_shorter(self) -> None:
        post = "We all like it a lot.\n\nWe all like it here."
        assert fragment(post, "like it", 1) == "like%20it,-here."

    def test_both_where_neither_alone_will_do(self) -> None:
        post = "a red hat fits\n\nthe red hat fell\n\na red hat fell"
        assert fragment(post, "red hat", 2) == "a-,red%20hat,-fell"

    def test_the_words_before_stop_at_the_block(self) -> None:
        post = "Call now. Call now."
        assert fragment(post, "Call now.", 0) == "Call%20now.,-Call"
        assert fragment("Call now.\n\nCall now.", "Call now.", 1) == "Call%20now."
        assert fragment("Call now.\nCall now.", "Call now.", 1) == "Call%20now."

    def test_found_first_is_enough_where_it_takes_many_words_to_be_alone(self) -> None:
        post = "Ask them all about the good work we did.\n\nAsk them all about the good work we do."
        assert fragment(post, "Ask", 0) == "Ask,-them%20all%20about%20the%20good%20work%20we%20did."
        longer = post.replace("good", "good old")
        assert fragment(longer, "Ask", 0) == "Ask"
        assert fragment(longer, "Ask", 1) == (
            "Ask,-them%20all%20about%20the%20good%20old%20work%20we%20do."
        )

    def test_found_first_is_enough_where_a_later_block_repeats_all(self) -> None:
        post = "Ask us.\n\nAsk us. Now.\n\nAsk us. Now."
        assert fragment(post, "Ask us.", 1) == "Ask%20us.,-Now."
        assert fragment(post, "Ask us.", 2) == "Ask%20us."

    @pytest.mark.parametrize(
        "earlier", ["THEN WAIT.", "then\u00a0 wait.", "Thén wait.", "x,then wait.y"]
    )
    def test_another_place_is_found_as_the_browser_finds_it(self, earlier: str) -> None:
        post = f"{earlier}\n\nListen. Then wait."
        assert fragment(post, "Then wait.") == "Listen.-,Then%20wait."

    def test_curly_quotes_are_straight_ones(self) -> None:
        post = '"It\'s" me.\n\nHello: “It’s” me.'
        assert fragment(post, "“It’s”") == "Hello%3A-,%E2%80%9CIt%E2%80%99s%E2%80%9D"

    def test_within_a_word_is_no_other_place(self) -> None:
        assert fragment("Training trains rainy brain.\n\nWe like rain.", "rain", 4) == "rain"

    def test_a_word_within_another_is_no_context(self) -> None:
        assert fragment("A train stops.\n\nThe rain stops.", "stops.", 1) == "rain-,stops."
        assert fragment("Go trains now.\n\nGo train now.", "Go", 1) == "Go,-train"

    def test_a_letter_that_grows_when_lowered_shifts_nothing(self) -> None:
        assert fragment("İİİ say yes.\n\nThey say yes.", "yes.", 1) == "They%20say-,yes."

    def test_words_run_together_are_another_place_beside_a_prefix_or_suffix(self) -> None:
        # A browser takes "every" and "day" from "everyday" as well.
        post = "A day off, everyday stuff.\n\nHow every day goes."
        assert fragment(post, "day", 2) == "day,-goes."
        post = "Let rain in. A raincoat hangs.\n\nrain coat sold"
        assert fragment(post, "rain", 2) == "rain,-coat%20sold"


class TestRange:
    START = "A long quote starts off here"
    MIDDLE = " and goes on for many, many words" * 10
    END = " until at last it comes to its end."

    def test_four_words_at_each_end(self) -> None:
        words = self.START + self.MIDDLE + self.END
        assert fragment(f"Before. {words} After.", words) == (
            "A%20long%20quote%20starts,comes%20to%20its%20end."
        )

    def test_a_quote_across_blocks_has_its_ends_in_its_own_blocks(self) -> None:
        post = "Title\n\nFirst things first. Then this.\n\nAnd that. Then the rest."
        assert fragment(post, "Then this.\n\nAnd that.") == "Then%20this.,And%20that."
        assert fragment(post, "Title\n\nFirst things first. Then this.\n\nAnd") == "Title,And"

    def test_items_of_a_list_are_blocks(self) -> None:
        assert fragment("Bring:\npens\npaper and ink\n\nThanks.", "pens\npaper") == "pens,paper"

    def test_a_start_that_stands_elsewhere_grows(self) -> None:
        words = self.START + self.MIDDLE + self.END
        post = f"A long quote starts off badly.\n\nLook! {words}"
        assert fragment(post, words) == (
            "A%20long%20quote%20starts%20off%20here,comes%20to%20its%20end."
        )

    def test_a_start_that_ends_another_block_grows_by_a_word_of_its_own(self) -> None:
        words = self.START + self.MIDDLE + self.END
        post = f"See: a long quote starts\n\noff!\n\n{words}"
        assert fragment(post, words) == ("A%20long%20quote%20starts%20off,comes%20to%20its%20end.")

    def test_a_start_that_would_grow_too_long_gets_a_prefix(self) -> None:
        words = self.START + self.MIDDLE + self.END
        post = f"{self.START} and goes on for many weeks.\n\nLook! {words}"
        assert fragment(post, words) == (
            "Look%21-,A%20long%20quote%20starts,comes%20to%20its%20end."
        )

    def test_an_end_that_stands_within_the_quote_grows(self) -> None:
        words = self.START + " until it comes to its end." + self.MIDDLE + self.END
        assert fragment(f"{words} Good.", words) == (
            "A%20long%20quote%20starts,last%20it%20comes%20to%20its%20end."
        )

    def test_an_end_that_would_grow_too_long_gets_a_suffix(self) -> None:
        words = self.START + self.END + self.MIDDLE + " round here" + self.END
        post = f"{words} Good."
        assert fragment(post, words) == ("A%20long%20quote%20starts,comes%20to%20its%20end.,-Good.")

    def test_an_end_that_begins_where_the_start_ends_is_not_looked_for_before(self) -> None:
        words = f"One two three four is the very end.{self.MIDDLE} four is the very end."
        assert fragment(f"{words} Good.", words) == (
            "One%20two%20three%20four,four%20is%20the%20very%20end."
        )

    def test_an_end_that_overlaps_an_earlier_one_grows(self) -> None:
        # A suffix would not help: the browser goes on after the first "no no no no".
        words = "Listen:\n\n" + " ".join(["no"] * 10)
        assert fragment(f"{words} he said.", words) == "Listen%3A," + "%20".join(["no"] * 10)

    def test_an_end_grows_by_a_word_of_its_own_block(self) -> None:
        words = "At the end oh no\n\nno no no no no"
        assert fragment(words, words) == "At%20the%20end%20oh,no%20no%20no%20no%20no"

    def test_an_end_after_the_quote_does_no_harm(self) -> None:
        words = self.START + self.MIDDLE + self.END
        assert fragment(f"{words} Now it comes to its end.", words) == (
            "A%20long%20quote%20starts,comes%20to%20its%20end."
        )

    def test_ends_that_would_meet_make_one_quote(self) -> None:
        words = " ".join(letter * 50 for letter in "abcdefg")
        assert fragment(words, words) == words.replace(" ", "%20")

    def test_a_long_quote_told_apart_by_what_follows_alone_is_given_whole(self) -> None:
        words = self.START + self.MIDDLE + self.END
        post = f"{words} Once.\n\n{words} Twice."
        start = post.rindex(words)
        whole = words.replace(" ", "%20").replace(",", "%2C")
        assert text_fragment(post, start, start + len(words)) == f"#:~:text={whole},-Twice."

    def test_writing_without_spaces_is_cut_at_its_stops(self) -> None:
        words = "、".join(letter * 30 for letter in "一二三四五六七八九十") + "。"
        link = fragment(f"零。{words}終。", words)
        assert unquote(link) == "、".join(letter * 30 for letter in "一二三四") + "、," + (
            "、".join(letter * 30 for letter in "七八九十") + "。"
        )


class TestCells:
    """A row of a table is a line of cells, which are elements of their own on the page."""

    TABLE = "Before.\n\nSize | Price\nSmall box | 10 EUR\nLarge box | 10 EUR\n\nAfter."

    def test_a_quote_within_a_cell_is_given_whole(self) -> None:
        assert fragment(self.TABLE, "Small box") == "Small%20box"

    def test_a_quote_across_cells_is_a_range(self) -> None:
        assert fragment(self.TABLE, "Small box | 10 EUR") == "Small%20box,10%20EUR"
        assert fragment(self.TABLE, "box | 10", 1) == "Large-,box,10"

    def test_rows_are_parted_as_lines_are(self) -> None:
        words = "Size | Price\nSmall box | 10 EUR"
        assert fragment(self.TABLE, words) == "Size,10%20EUR"

    def test_the_words_around_a_quote_stop_at_the_cell(self) -> None:
        post = "We ship on Monday. | Call us.\nWe ship on Friday. | Call us. Now."
        assert fragment(post, "ship") == "ship,-on%20Monday."
        assert fragment(post, "Call us.", 1) == "Call%20us.,-Now."

    def test_bars_and_empty_cells_at_the_ends_of_a_quote_are_dropped(self) -> None:
        post = "Name | | Age\n| Ann | 30\nBo |"
        assert fragment(post, "| | Age") == "Age"
        assert fragment(post, "| Ann |") == "Ann"
        assert fragment(post, "Name | | Age") == "Name,Age"
        assert fragment(post, "Bo |") == "Bo"

    def test_a_bar_within_a_word_parts_nothing(self) -> None:
        assert fragment("Type a|b or |c here.", "a|b or |c") == "a%7Cb%20or%20%7Cc"

    def test_a_bar_in_a_paragraph_is_passed_over(self) -> None:
        assert fragment("Calls | mails | visits all count.", "Calls | mails | visits") == (
            "Calls,visits"
        )

    def test_a_bar_alone_holds_no_words(self) -> None:
        with pytest.raises(ValueError, match=r"^characters 2 to 5 of a text of 6 hold no words"):
            text_fragment("a | | ", 2, 5)


@pytest.mark.parametrize(
    ("start", "end"), [(0, 0), (3, 3), (4, 2), (3, 5), (-1, 2), (0, 9), (8, 9)]
)
def test_a_span_without_words_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=rf"^characters {start} to {end} of a text of 8 hold no"):
        text_fragment("One\n\nTwo", start, end)


class TestSourceLink:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("https://x.test/post", "https://x.test/post#:~:text=Two"),
            ("https://x.test/?p=1&q=a#", "https://x.test/?p=1&q=a#:~:text=Two"),
            ("https://x.test/post#part-2", "https://x.test/post#part-2:~:text=Two"),
            ("https://x.test/post#a#b", "https://x.test/post#a#b:~:text=Two"),
            ("https://x.test/post#a:~:text=Old", "https://x.test/post#a:~:text=Two"),
        ],
    )
    def test_the_directive_follows_what_fragment_there_is(self, url: str, expected: str) -> None:
        assert source_link(url, "One\n\nTwo", Span(5, 8)) == expected

    def test_a_post_without_a_url_has_no_link(self) -> None:
        assert source_link(None, "One\n\nTwo", Span(5, 8)) is None


@pytest.mark.parametrize(
    ("post_id", "expected"),
    [
        ("cold-calls", "/posts/cold-calls?p=3#passage"),
        ("x.test/a b?c#d%é", "/posts/x.test%2Fa%20b%3Fc%23d%25%C3%A9?p=3#passage"),
    ],
)
def test_a_reader_link_escapes_the_id(post_id: str, expected: str) -> None:
    assert reader_link(post_id, 3) == expected


# A reference for the browser's side, written from the text of the specification alone
# ("Navigating to a Text Fragment", https://wicg.github.io/scroll-to-text-fragment/).


class Point(NamedTuple):
    block: int
    offset: int


class Found(NamedTuple):
    start: Point
    end: Point


class Terms(NamedTuple):
    prefix: str
    start: str
    end: str
    suffix: str


def alike(character: str) -> str:
    """One character that stands for all that compare equal with this one."""
    base = unicodedata.normalize("NFD", character.lower())[0]
    return {"’": "'", "‘": "'", "“": '"', "”": '"'}.get(base, base)


def parse(directive: str) -> Terms:
    assert re.fullmatch(r"#:~:text=([A-Za-z0-9._~,-]|%[0-9A-F]{2})+", directive)
    terms = directive.removeprefix("#:~:text=").split(",")
    prefix = terms.pop(0)[:-1] if terms[0].endswith("-") else ""
    suffix = terms.pop()[1:] if terms[-1].startswith("-") else ""
    assert 1 <= len(terms) <= 2
    start, end = terms[0], terms[1] if len(terms) == 2 else ""
    assert all("-" not in term for term in (prefix, start, end, suffix))
    return Terms(
        *(
            "".join(map(alike, unquote(term, errors="strict")))
            for term in (prefix, start, end, suffix)
        )
    )


def on_page(text: str) -> str:
    """The text as the page has it: its rows in cells, no bar between them."""
    return re.sub(r"(?<!\S)\|(?!\S)", "\n", text)


class Page:
    """A page of blocks. ``lenient`` browsers see a word boundary wherever any browser might."""

    def __init__(self, text: str, lenient: bool) -> None:
        lines = (" ".join(line.split()) for line in on_page(text).split("\n"))
        self.blocks = ["".join(map(alike, line)) for line in lines if line]
        self.lenient = lenient

    def boundary(self, block: str, at: int) -> bool:
        if at in (0, len(block)):
            return True
        left, right = block[at - 1], block[at]
        if self.lenient:
            return not (left.isalnum() and right.isalnum() and max(left, right) < "\u3000")
        if left.isalnum() and right in ".,:'":
            return not block[at + 1 : at + 2].isalnum()
        if left in ".,:'" and right.isalnum():
            return not block[at - 2 : at - 1].isalnum() or at < 2
        return not (left.isalnum() and right.isalnum())

    def find(
        self, words: str, since: Point, bounded_start: bool, bounded_end: bool
    ) -> Found | None:
        for number in range(since.block, len(self.blocks)):
            block = self.blocks[number]
            at = block.find(words, since.offset if number == since.block else 0)
            while at >= 0:
                end = at + len(words)
                if (not bounded_start or self.boundary(block, at)) and (
                    not bounded_end or self.boundary(block, end)
                ):
                    return Found(Point(number, at), Point(number, end))
                at = block.find(words, at + 1)
        return None

    def skip_space(self, point: Point) -> Point:
        block, offset = point
        while block < len(self.blocks):
            if offset >= len(self.blocks[block]):
                block, offset = block + 1, 0
            elif self.blocks[block][offset] == " ":
                offset += 1
            else:
                break
        return Point(block, offset)

    def indicate(self, terms: Terms) -> Found | None:
        since = Point(0, 0)
        ends_at_word = bool(terms.end) or not terms.suffix
        while True:
            if terms.prefix:
                prefix = self.find(terms.prefix, since, True, False)
                if prefix is None:
                    return None
                since = Point(prefix.start.block, prefix.start.offset + 1)
                expected = self.skip_space(prefix.end)
                match = self.find(terms.start, expected, False, ends_at_word)
                if match is None:
                    return None
                if match.start != expected:
                    continue
            else:
                match = self.find(terms.start, since, True, ends_at_word)
                if match is None:
                    return None
                since = Point(match.start.block, match.start.offset + 1)
            end = match.end
            while True:
                if terms.end:
                    closing = self.find(terms.end, end, True, not terms.suffix)
                    if closing is None:
                        return None
                    end = closing.end
                if not terms.suffix:
                    return Found(match.start, end)
                after = self.skip_space(end)
                suffix = self.find(terms.suffix, after, False, True)
                if suffix is None:
                    return None
                if suffix.start == after:
                    return Found(match.start, end)
                if not terms.end:
                    break

    def visible(self, found: Found) -> Span:
        """The match in a count of characters that are not white space."""
        before = [sum(len(b.replace(" ", "")) for b in self.blocks[: p.block]) for p in found]
        within = [len(self.blocks[p.block][: p.offset].replace(" ", "")) for p in found]
        return Span(before[0] + within[0], before[1] + within[1])

    def repeats(self, point: Point) -> bool:
        """Whether the block at the point stands elsewhere too, if one disregards white space."""
        block = self.blocks[point.block].replace(" ", "")
        everything = "".join(self.blocks).replace(" ", "")
        return everything.find(block) != everything.rfind(block)


def assert_leads_to(post: str, start: int, end: int) -> None:
    directive = text_fragment(post, start, end)
    post = on_page(post)
    words = post[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    # A word that is cut may be taken in whole: at most as far as the white space around it.
    left, right = start, end
    while left > 0 and not post[left - 1].isspace():
        left -= 1
    while right < len(post) and not post[right].isspace():
        right += 1
    leftmost, first, last, rightmost = (
        len("".join(post[:at].split())) for at in (left, start, end, right)
    )
    for lenient in (False, True):
        page = Page(post, lenient)
        found = page.indicate(parse(directive))
        assert found is not None, directive
        shown = page.visible(found)
        assert leftmost <= shown.start <= first, directive
        assert last <= shown.end <= rightmost, directive


WORDS = [
    *("a", "aa", "b", "ab", "Rain", "train", "rain", "rains", "É", "e", "né", "ne"),
    *("don't", "don’t", "“Yes.”", "Yes.", "well-known", "known", "3.5", "5", "50%", "a,b", "—"),
    *("-", "(b)", "&", "#1", "C++", "👍🏽", "привет", "電話。", "電話", "話、電", "。", "हिन्दी"),
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
]
SPACES = st.sampled_from([" ", " ", " ", "  ", "\u00a0", " \t", " | "])


@st.composite
def posts(draw: st.DrawFn) -> str:
    """Posts of few different words, so that much stands in more than one place."""
    words = st.sampled_from(draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=8)))
    text = ""
    for block in draw(st.lists(st.lists(words, min_size=1, max_size=24), min_size=1, max_size=8)):
        text += draw(st.sampled_from(["\n\n", "\n"])) if text else ""
        text += "".join(word + draw(SPACES) for word in block[:-1]) + block[-1]
    return text


@settings(deadline=None, max_examples=200)
@given(posts(), st.data())
def test_the_first_match_is_the_quote(post: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(post) - 1), "start")
    longest = len(post) - start
    length = data.draw(st.integers(1, min(longest, 20)) | st.integers(1, longest), "length")
    page = Page(post, lenient=True)
    seen = on_page(post)
    words = seen[start : start + length]
    assume(words.strip())
    lines = [number for number, line in enumerate(seen.split("\n")) if line.strip()]
    for edge in (start + len(words) - len(words.lstrip()), start + len(words.rstrip()) - 1):
        block = lines.index(seen.count("\n", 0, edge))
        assume(not page.repeats(Point(block, 0)))
    assert_leads_to(post, start, start + length)
