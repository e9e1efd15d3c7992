"""Which sentences are marked, and which of them are the short answer; scores are made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import IndexDamaged
from index.types import Hit
from qa import quote
from qa.quote import MARKED, SHORT_ANSWER, check_verbatim, mark, sentence_values
from qa.types import Citation
from tests.hits import made_hit

LONG = "A sentence has enough words to stand for itself"


def short_answer(hits: list[Hit]) -> tuple[Citation, ...]:
    return quote.short_answer([mark(hit) for hit in hits])


def marked(hit: Hit) -> list[str]:
    return [hit.passage.text[slice(*span)] for span in mark(hit).highlights]


def test_the_best_sentence_is_marked() -> None:
    hit = made_hit((f"{LONG}, first.", 0.2), (f"{LONG}, second.", 0.9), (f"{LONG}, third.", 0.3))
    assert marked(hit) == [f"{LONG}, second."]


def test_what_is_nearly_as_good_is_marked_as_well_in_the_order_of_the_text() -> None:
    hit = made_hit(
        (f"{LONG}, at 86.", 0.86),
        (f"{LONG}, at 84.", 0.84),
        (f"{LONG}, at 100.", 1.0),
        (f"{LONG}, at 85.", 0.85),
    )
    assert marked(hit) == [f"{LONG}, at 86.", f"{LONG}, at 100.", f"{LONG}, at 85."]


def test_three_sentences_are_marked_at_most_the_earlier_of_equal_ones() -> None:
    hit = made_hit(*((f"{LONG}, number {number}.", 0.5) for number in range(5)))
    assert MARKED == 3
    assert marked(hit) == [f"{LONG}, number {number}." for number in range(3)]


def test_a_passage_that_is_unlike_the_question_still_has_a_mark() -> None:
    hit = made_hit((f"{LONG}, far.", -0.4), (f"{LONG}, less far.", -0.1))
    assert marked(hit) == [f"{LONG}, less far."]


@pytest.mark.parametrize(
    ("text", "share"),
    [
        (f"{LONG}.", 1.0),
        (f"{LONG}?", 0.8),
        (f'"{LONG}?"', 0.8),
        (f"“{LONG}?”", 0.8),
        (f"({LONG}?)", 0.8),
        (f"{LONG}:", 0.65),
        (f"{LONG}? Yes.", 1.0),
        ("Calling takes just six words here.", 1.0),
        ("Calling takes just five words.", 0.8),
        ("Call reluctance", 0.72),
        ("You ask how I get ready for them.", 0.8),
        ("You ask too much of a rep if you want a call and a letter each day.", 1.0),
        ("Shorten each letter by a third of its words", 0.9),
        ("Here is what I listen for then.", 0.65),
        ("For example, send it on the day after the fair.", 0.85),
        ("Each of them has a good and a bad side.", 0.85),
        ("Each rep has a good and a bad side.", 1.0),
        ("Who calls first?", 0.64),
        ("Do all this:", 0.52),
        ("The order of the steps goes as follows.", 0.65),
        ("I get ready for calls in the evening, in the order below.", 0.65),
        ("I sell roofs of the following kinds.", 0.65),
        ("There are two things to think about before a roof is sold to anybody in May.", 0.65),
        ("Here are three that I use all the time, whatever it is that I sell.", 0.65),
        ("There are three roofers in the town, and all of them sell in May.", 1.0),
        ("The letter below was sent by a colleague of mine in May.", 0.65),
        ("Hello from the yard on the old quay.", 0.7),
        ("Today I’ll show how I count the dials.", 0.7),
        ("How to Dial a Stranger Without Any Fear", 0.63),
        ("The second time they may ask for the price.", 0.85),
        ("With this in mind the letter is shorter.", 0.85),
        ("That works on every second receptionist we meet.", 0.85),
        ('"They" is a word to keep out of an opening.', 0.85),
        ("Thatched roofs are what the roofers sell in June.", 1.0),
    ],
)
def test_asking_announcing_leaning_and_saying_little_count_for_less(
    text: str, share: float
) -> None:
    hit = made_hit((text, 0.5))
    assert sentence_values(hit) == [pytest.approx(0.5 * share)]


def test_a_question_does_not_beat_its_answer() -> None:
    hit = made_hit(
        ("So how do you handle call reluctance then?", 0.9),
        ("Dial five numbers before you think about it.", 0.75),
    )
    assert short_answer([hit]) == (Citation("Dial five numbers before you think about it.", 1),)


def test_an_announcement_does_not_beat_what_it_announces() -> None:
    hit = made_hit(
        ("Call reluctance is cured in the following ways:", 0.9),
        ("Dial five numbers before you think about it.", 0.75),
    )
    assert short_answer([hit])[0].text == "Dial five numbers before you think about it."


def test_a_bare_phrase_does_not_beat_a_sentence() -> None:
    hit = made_hit(("Call reluctance.", 0.9), (f"{LONG}.", 0.75))
    assert short_answer([hit]) == (Citation(f"{LONG}.", 1),)


def test_a_question_that_is_much_nearer_is_quoted_all_the_same() -> None:
    hit = made_hit(("Who picks up the phone at lunch time?", 0.9), (f"{LONG}.", 0.3))
    assert short_answer([hit]) == (Citation("Who picks up the phone at lunch time?", 1),)


def test_a_run_together_list_is_marked_but_not_quoted() -> None:
    fits, too_long = "word " * 79 + "stop.", "word " * 79 + "stops."
    assert (len(fits), len(too_long)) == (400, 401)
    assert short_answer([made_hit((fits, 0.9))]) == (Citation(fits, 1),)
    long_only = made_hit((too_long, 0.9))
    assert short_answer([long_only]) == ()
    assert marked(long_only) == [too_long]
    beside = made_hit((too_long, 0.9), (f"{LONG}, beside it.", 0.8))
    assert short_answer([beside]) == (Citation(f"{LONG}, beside it.", 1),)


def test_a_row_of_a_table_is_not_quoted() -> None:
    hit = made_hit(("What the buyer says | What I ask in return", 0.9), (f"{LONG}.", 0.88))
    assert short_answer([hit]) == (Citation(f"{LONG}.", 1),)


def test_a_sentence_counts_for_less_as_its_passage_is_further_from_the_first() -> None:
    first = made_hit((f"{LONG}, of a.", 0.8), post="a", score=0.8)
    near = made_hit((f"{LONG}, of b.", 0.9), post="b", score=0.75)
    far = made_hit((f"{LONG}, of b.", 0.9), post="b", score=0.6)
    assert [each.citation for each in short_answer([first, near])] == [2, 1]
    assert [each.citation for each in short_answer([first, far])] == [1, 2]
    nothing = made_hit((f"{LONG}, of a.", 0.8), score=0.0)
    assert [each.citation for each in short_answer([nothing])] == [1]


def test_only_the_first_sentence_may_be_far_from_the_question() -> None:
    hits = [made_hit((f"{LONG}, of {post}.", 0.49), post=post) for post in "abc"]
    assert [each.citation for each in short_answer(hits)] == [1]
    hits = [made_hit((f"{LONG}, of {post}.", 0.51), post=post) for post in "abc"]
    assert [each.citation for each in short_answer(hits)] == [1, 2, 3]


def test_what_is_quoted_is_marked() -> None:
    too_long = "word " * 79 + "stops."
    far_behind = made_hit((too_long, 0.9), (f"{LONG}, far behind it.", 0.5))
    assert marked(far_behind) == [too_long]
    assert short_answer([far_behind]) == ()


def test_the_short_answer_takes_one_sentence_of_each_post_best_first() -> None:
    hits = [
        made_hit((f"{LONG}, of a.", 0.90), (f"{LONG}, of a too.", 0.89), post="a"),
        made_hit((f"{LONG}, of b.", 0.95), post="b"),
        made_hit((f"{LONG}, of a again.", 0.93), post="a", ordinal=1),
        made_hit((f"{LONG}, of c.", 0.85), post="c"),
    ]
    assert short_answer(hits) == (
        Citation(f"{LONG}, of b.", 2),
        Citation(f"{LONG}, of a again.", 3),
        Citation(f"{LONG}, of c.", 4),
    )


def test_what_is_far_behind_the_best_is_left_out() -> None:
    hits = [
        made_hit((f"{LONG}, of a.", 1.0), post="a"),
        made_hit((f"{LONG}, of b.", 0.84), post="b"),
        made_hit((f"{LONG}, of c.", 0.86), post="c"),
    ]
    assert short_answer(hits) == (Citation(f"{LONG}, of a.", 1), Citation(f"{LONG}, of c.", 3))


def test_three_sentences_are_quoted_at_most_and_of_the_first_five_passages() -> None:
    assert SHORT_ANSWER == 3
    hits = [made_hit((f"{LONG}, {post}.", 0.9), post=post) for post in "abcde"]
    assert [each.citation for each in short_answer(hits)] == [1, 2, 3]
    far = [made_hit((f"{LONG}, {post}.", 0.1), post=post) for post in "abcde"]
    better = made_hit((f"{LONG}, sixth.", 0.9), post="f")
    assert short_answer([*far, better])[0].text == f"{LONG}, a."
    assert short_answer([*far[:4], better])[0].text == f"{LONG}, sixth."


def test_of_equal_sentences_the_one_of_the_higher_rank_comes_first() -> None:
    hits = [made_hit((f"{LONG}, {post}.", 0.7), post=post) for post in "zyx"]
    assert [each.text[-2] for each in short_answer(hits)] == ["z", "y", "x"]
    hit = made_hit((f"{LONG}, early.", 0.7), (f"{LONG}, late.", 0.7))
    assert short_answer([hit]) == (Citation(f"{LONG}, early.", 1),)


def test_a_sentence_that_two_posts_share_is_quoted_once() -> None:
    hits = [
        made_hit((f"{LONG}.", 0.9), post="a"),
        made_hit((f"{LONG}.", 0.9), post="b"),
        made_hit((f"{LONG}, of c.", 0.8), post="c"),
    ]
    assert short_answer(hits) == (Citation(f"{LONG}.", 1), Citation(f"{LONG}, of c.", 3))


def test_without_hits_nothing_is_quoted() -> None:
    assert short_answer([]) == ()


@pytest.mark.parametrize(
    ("question", "text", "share"),
    [
        (
            "how many calls a day?",
            "Ring ten of the people on your list before you open any mail.",
            1.05,
        ),
        (
            "how many calls a day?",
            "Ring 10 of the people on your list before you open any mail.",
            1.05,
        ),
        (
            "how many calls a day?",
            "Ring all of the people on your list and then open any mail.",
            1.0,
        ),
        (
            "how many calls a day?",
            "Do you ring ten of the people on your list before the mail?",
            0.8,
        ),
        (
            "when do I ring?",
            "Dial all of the people on your list on a Friday, as others don't.",
            1.05,
        ),
        ("when do I ring?", "Dial all of the people on your list, as nobody else does it.", 1.0),
        (
            "what do I say to her?",
            "My name, and “I am sorry to ring you at your desk”, is all I need.",
            1.05,
        ),
        (
            "what do I do with her?",
            "My name, and “I am sorry to ring you at your desk”, is all I need.",
            1.0,
        ),
    ],
)
def test_the_kind_of_words_that_is_asked_for_counts_for_more(
    question: str, text: str, share: float
) -> None:
    assert sentence_values(made_hit((text, 0.5)), question) == [pytest.approx(0.5 * share)]


def test_the_words_of_the_question_tell_sentences_apart_that_are_as_near() -> None:
    hit = made_hit(
        ("A price is named at the end of the day by most of us.", 0.5),
        ("A letter is sent at the end of the day by most of us.", 0.5),
        ("The letter has a price in it, which most of us forget.", 0.5),
    )
    one, both = 0.5 + 0.1 / 2, 0.5 + 0.1
    assert sentence_values(hit, "price in letters?") == pytest.approx([one, one, both])
    assert mark(hit, "price").best == hit.sentences[0].span
    assert mark(hit, "price in letters?").best == hit.sentences[2].span


def test_words_lift_no_sentence_that_is_far_from_the_question_into_the_answer() -> None:
    first = made_hit((f"{LONG}, dear.", 0.5))
    near = made_hit((f"{LONG}, which is easy.", 0.52), post="near")
    far = made_hit((f"{LONG}, which is dear.", 0.49), post="far")
    hits = [mark(each, "dear") for each in (first, far, near)]
    assert [each.citation for each in quote.short_answer(hits)] == [1, 3]


def test_what_follows_an_announcement_is_as_near_as_both_are() -> None:
    said, first = "There are three cures for call reluctance in our team:", f"{LONG}, yes."
    hit = made_hit((said, 0.9), (first, 0.5), (first, 0.5))
    assert sentence_values(hit) == pytest.approx([0.9 * 0.65, 0.7, 0.5])


def test_what_follows_a_question_is_as_near_as_both_are() -> None:
    asked, answer = "How do you handle call reluctance on a Monday in our team?", f"{LONG}, yes."
    hit = made_hit((asked, 0.9), (answer, 0.5), (answer, 0.5))
    assert sentence_values(hit) == pytest.approx([0.9 * 0.8, 0.7, 0.5])
    nearer = made_hit((asked, 0.3), (answer, 0.5))
    assert sentence_values(nearer) == pytest.approx([0.3 * 0.8, 0.5])


def test_a_sentence_that_leans_is_quoted_with_the_one_before_it() -> None:
    before, leaning = "Send a letter to every one of them.", "That works on every second one."
    hit = made_hit((f"{LONG}.", 0.1), (before, 0.3), (leaning, 0.9))
    assert short_answer([hit]) == (Citation(f"{before} {leaning}", 1),)
    assert marked(hit) == [f"{before} {leaning}"]
    assert mark(hit).best == (len(LONG) + 2, len(hit.passage.text))
    again = "It is dear, and it works on the others, too."
    three = made_hit((f"{LONG}.", 0.1), (before, 0.3), (leaning, 0.3), (again, 0.9))
    assert short_answer([three]) == (Citation(f"{before} {leaning} {again}", 1),)
    four = made_hit((before, 0.1), (leaning, 0.1), (again, 0.1), (again, 0.9))
    assert short_answer([four]) == (Citation(again, 1),)
    chain = made_hit(("They did it then.", 0.3), (leaning, 0.9))
    assert short_answer([chain]) == (Citation(leaning, 1),)
    first = made_hit((leaning, 0.9), (before, 0.3))
    assert short_answer([first]) == (Citation(leaning, 1),)


def test_a_sentence_that_leans_on_a_marked_one_is_marked_in_one_piece() -> None:
    before, leaning = "Send a letter to every one of them.", "That works on every second one."
    hit = made_hit((before, 0.9), (leaning, 0.9))
    assert marked(hit) == [f"{before} {leaning}"]


def test_what_a_sentence_leans_on_is_not_looked_for_far_away() -> None:
    leaning = "That works on every second one."
    long = made_hit(("word " * 79 + "stop.", 0.1), (leaning, 0.9))
    assert short_answer([long]) == (Citation(leaning, 1),)
    hit = made_hit((f"{LONG}.", 0.1), (leaning, 0.9))
    text = hit.passage.text.replace(". That", ".\nThat")
    apart = replace(hit, passage=replace(hit.passage, text=text))
    assert short_answer([apart]) == (Citation(leaning, 1),)


def test_a_quote_that_is_not_in_its_passage_is_damage() -> None:
    shown = [mark(made_hit((f"{LONG}.", 0.9)))]
    check_verbatim([Citation(f"{LONG}.", 1)], shown)
    with pytest.raises(IndexDamaged) as caught:
        check_verbatim([Citation(f"{LONG}!", 1)], shown)
    assert caught.value.message == "What would be quoted of p.0 does not stand in it."
    assert caught.value.hint == "Build it again: blogqa build --full"


sentences = st.lists(
    st.tuples(
        st.sampled_from(["Never.", "Who?", f"{LONG}.", f"{LONG}?", "word " * 90, f"{LONG}, then:"]),
        st.floats(-1, 1),
    ),
    min_size=1,
    max_size=6,
)
hits_found = st.lists(
    st.builds(
        lambda sentences, post, ordinal: made_hit(*sentences, post=post, ordinal=ordinal),
        sentences,
        st.sampled_from("abc"),
        st.integers(0, 3),
    ),
    max_size=8,
)


@given(hits_found)
def test_every_quote_is_a_marked_sentence_of_its_passage(hits: list[Hit]) -> None:
    quoted = short_answer(hits)
    assert len(quoted) <= SHORT_ANSWER
    assert len({each.text for each in quoted}) == len(quoted)
    assert len({hits[each.citation - 1].post.id for each in quoted}) == len(quoted)
    for each in quoted:
        assert any(each.text in words for words in marked(hits[each.citation - 1]))
    for hit in hits:
        found, values = mark(hit), sentence_values(hit)
        ranked = sorted(zip(values, hit.sentences, strict=True), key=lambda each: -each[0])
        near = [each for each in ranked[:MARKED] if each[0] >= 0.85 * max(values)]
        assert found.sentences == tuple(near or ranked[:1])
        assert found.best == ranked[0][1].span
        assert found.highlights == tuple(sorted(each.span for _, each in found.sentences))
