"""A line of text: white space, titles without markup, and wrong decoding mended."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.markup.words import mended, opening, plain, title, visible


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        (" \t\n\xa0", ""),
        ("\r\n a\xa0\u2003b\tc\u2028d\x0be ", "a b c d e"),
        ("soft\u00adly \u200bhid\u2060den\ufeff", "softly hidden"),
        ("\u202aleft\u202c \u200eto\u200f", "left to"),
        ("a\x00b\x07c\x7fd\x80e\x9ff", "abcdef"),
        ("lone \ud800surrogate \uffff", "lone surrogate"),
        ("next\x85line a\x1cb", "next line a b"),
    ],
)
def test_a_plain_line_has_single_spaces_and_only_what_is_seen(text: str, line: str) -> None:
    assert plain(text) == line


def test_a_joiner_between_spaces_is_no_text() -> None:
    assert plain("\xa0\u200d\xa0") == ""
    assert plain("é\u2003\u200c\u3000é") == "é é"


@given(st.lists(st.sampled_from([*"aé \n\xa0\x85\u200b\u200d\u3000\x00👩"])).map("".join))
def test_a_plain_line_is_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_visible_text_keeps_its_white_space() -> None:
    assert visible(" a\u200b\n\n\tb\xa0\x00 \u200dc\u00ad ") == " a\n\n\tb\xa0 c "


def test_joiners_between_emoji_stay() -> None:
    assert plain("\u200d👩\u200d💻 w\u200dord \u200d") == "👩\u200d💻 word"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("itâ€™s", "it’s"),
        ("CafÃ©", "Café"),
        ("CAFÃ‰", "CAFÉ"),
        ("ÃƒÂ©tÃƒÂ©", "été"),
        ("costÂ\xa0more", "cost\xa0more"),
        ("itâ\x80\x99s", "it’s"),
        ("itâ\u0080\u0099s a\u0092b", "it’s a\u0092b"),
        ("we\x92re", "we’re"),
        ("it‚Äôs", "it’s"),
        ("“quoted” and itâ€™s", "“quoted” and it’s"),
        ("so nice ðŸ˜€", "so nice 😀"),
        ("build â", "build â"),
        ("build â€", "build â€"),
        ("itâ€™s a cut build â", "it’s a cut build â"),
        ("lost â€\ufffd", "lost â€\ufffd"),
        ("the letters Â »and Ã «été».", "the letters Â »and Ã «été»."),
        ("itâ€™s Ã  la carte", "it’s à  la carte"),
    ],
)
def test_wrong_decoding_is_mended_as_far_as_it_can_be(wrong: str, right: str) -> None:
    assert mended(wrong) == right.replace("\u0092", "’")


_CLEAN = [
    "É a maçã, MAÇÃ, IRMÃ e AMANHÃ: «MAÇÃ», “IRMÔ, “MANHÓ! AMANHÃ… A letra Ã é nasal, Â também.",
    "Ça coûte 5 € à l’été : « déjà », l’œuvre “été”… ça va ? Noël, où, naïf, ÉTÉ, «été».",
    "Größe, Straße, „Übung“, ‚Öl‘, MÜSSEN, Äpfel – für 3 € (§ 5) … „Ä“ und »Ö«.",
    "¿Qué? ¡Sí! Señor Núñez, 20 °C, 1ª y 2º, «AÑO», “PIÑA”, ÁRBOL…",
    "Đây là tiếng Việt: Ấn Độ, Â Ê Ô, chữ Â, cà phê sữa đá.",
    "Łódź, Žižkov, Čeština, İstanbul, Őrség, Ærø, Øl, ångström, Þór, ð.",
    "Привет, «мир» — это тест. Вот Ёлка. Γειά σου Κόσμε. שלום עולם. مرحبا بالعالم.",
    "電話をかける。「はい」 안녕하세요 你好，世界。",
    "It’s “fine” — really… ‘yes’ • 50 % ± 2 × 3 ≠ 7 ™ ® © £5 €6 ¥7 ½ → ✓ 👩\u200d💻 👍🏽 😀",
]


@pytest.mark.parametrize("text", _CLEAN)
def test_clean_text_of_many_languages_stays(text: str) -> None:
    assert mended(text) == text
    assert title(text) == plain(text)


@given(
    st.lists(
        st.sampled_from(sorted({word for text in _CLEAN for word in text.split()})), min_size=1
    )
)
def test_clean_words_in_any_order_stay(words: list[str]) -> None:
    assert mended(" ".join(words)) == " ".join(words)


@given(st.text(st.characters(codec="windows-1252", min_codepoint=0x20), max_size=20))
def test_what_was_decoded_wrongly_as_a_whole_is_never_made_longer(text: str) -> None:
    wrong = text.encode().decode("windows-1252", errors="replace")
    assert len(mended(wrong)) <= len(wrong)
    assert mended(wrong).count("\ufffd") <= wrong.count("\ufffd")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<b>Call</b> <em class='x'>first</em><br/>then<wbr> write", "Call first then write"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("Don&#8217;t &amp;#8217; &amp;amp;#x2019;", "Don’t ’ ’"),
        ("Using &lt;br&gt; well", "Using <br> well"),
        ("Using &amp;lt;br&amp;gt; well", "Using <br> well"),
        ("<script>alert(1)</script> & 'quotes'", "<script>alert(1)</script> & 'quotes'"),
        (
            "a < b > c, R&D, AT&T; &notit; &#0; &#x110000;",
            "a < b > c, R&D, AT&T; &notit; &#0; &#x110000;",
        ),
        ("CafÃ© itâ&#8364;™s", "Café it’s"),
        (" one\n&nbsp;two\u200b ", "one two"),
        ("<h2>One</h2><p>two</p><img src='a.png'>three", "One two three"),
        ("The <details> element, </i >closed", "The <details> element, closed"),
        ("&amp;amp;amp;amp;", "&amp;"),
        ("&copy; &eacute;t&eacute; &NoSuchName; &#xE9;", "© été &NoSuchName; é"),
        ("", ""),
    ],
)
def test_titles_have_neither_markup_nor_references(source: str, words: str) -> None:
    assert title(source) == words


def test_opening_cuts_at_a_word() -> None:
    assert opening("Call  first.\nWrite later.") == "Call first. Write later."
    assert opening("x" * 70) == "x" * 70
    assert opening("word " * 20) == "word " * 13 + "word…"
    assert opening("Never lose alone, get help", limit=18) == "Never lose alone…"
    assert opening("x" * 80) == "x" * 69 + "…"
    assert opening("- " * 50) == "- " * 34 + "-…"


@pytest.mark.parametrize(
    ("text", "limit", "words"),
    [
        ("", 70, ""),
        ("\u200b \n", 70, ""),
        ("one two", 7, "one two"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one…"),
        ("Wait: then ask — why", 18, "Wait: then ask…"),
        ("Really?! Yes", 10, "Really…"),
        ("... and so on", 5, "...…"),
        ("word", 1, "…"),
    ],
)
def test_an_opening_loses_the_punctuation_before_its_ellipsis(
    text: str, limit: int, words: str
) -> None:
    assert opening(text, limit) == words


@given(st.text(), st.integers(min_value=1, max_value=90))
def test_openings_are_never_too_long(text: str, limit: int) -> None:
    title = opening(text, limit)
    assert len(title) <= limit
    assert bool(title) == bool(plain(text))
