"""Pairs: what is asked, what is left out of the passage, and which posts and batches they go to."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from corpus.passages import PassageOptions, cut_passages
from corpus.types import Block, Post
from index.pairs import Pair, batches, own_pairs, pairs_of, part_posts, shuffled

IDS = [f"post-{number}" for number in range(41)]
PLAIN = "They hear a script in the first three seconds and they know what comes."
ASKED = "Why does nobody pick up the phone?"
REST = "Most of them are in meetings until four, and the rest see a number they do not know."


def words(text: str) -> int:
    return len(text.split())


def pairs(*blocks: Block, title: str = "The heaviest telephone") -> list[Pair]:
    post = Post("post-1", "notes", "post.md", title, blocks)
    return list(pairs_of(post, cut_passages(post, words, PassageOptions(max_tokens=120))))


def paragraph(text: str) -> Block:
    return Block("paragraph", text)


def test_a_post_by_hand() -> None:
    lead = f"{PLAIN} {REST}"
    assert pairs(
        paragraph(lead), Block("heading", "Ring on a Tuesday", 2), paragraph(f"{ASKED} {REST}")
    ) == [
        Pair("post-1", "title", "The heaviest telephone", lead),
        Pair("post-1", "sentence", PLAIN, f"The heaviest telephone\n{REST}"),
        Pair("post-1", "heading", "Ring on a Tuesday", f"The heaviest telephone\n{ASKED} {REST}"),
        Pair("post-1", "question", ASKED, f"The heaviest telephone\nRing on a Tuesday\n{REST}"),
    ]


def test_a_title_asks_for_the_first_passage_under_its_headings() -> None:
    found = pairs(Block("heading", "Before lunch", 2), paragraph(PLAIN))
    assert found[0] == Pair("post-1", "title", "The heaviest telephone", f"Before lunch\n{PLAIN}")


def test_a_heading_asks_once_and_only_under_itself() -> None:
    long = [paragraph(" ".join(["Word"] + ["word"] * 58 + [f"{end}."])) for end in "abcdefg"]
    found = pairs(Block("heading", "Before lunch", 2), *long)
    headings = [pair for pair in found if pair.kind == "heading"]
    assert [pair.question for pair in headings] == ["Before lunch"]
    assert headings[0].passage.startswith("The heaviest telephone\nWord word")
    assert headings[0].passage.endswith(" a.")


def test_a_title_that_was_cut_short_in_the_header_is_left_out_of_it_too() -> None:
    title = " ".join(f"word{number}" for number in range(100))
    options = PassageOptions(max_tokens=120, max_header_tokens=10)
    post = Post("post-1", "notes", "post.md", title, (paragraph(PLAIN),))
    ((header, _),) = cut_passages(post, words, options)
    assert header == " ".join(f"word{number}" for number in range(10))
    (pair,) = pairs_of(post, cut_passages(post, words, options))
    assert (pair.question, pair.passage) == (title, PLAIN)


def test_one_word_asks_nothing() -> None:
    assert pairs(Block("heading", "Introduction", 2), paragraph(PLAIN), title="Untitled") == []


def test_a_heading_that_is_the_title_does_not_ask_again() -> None:
    found = pairs(Block("heading", "The heaviest telephone", 1), paragraph(PLAIN))
    assert [(pair.kind, pair.passage) for pair in found] == [("title", PLAIN)]


def test_of_the_sentences_all_questions_ask_and_the_first_statement() -> None:
    more = "Who else is in the room with them?"
    found = pairs(paragraph(f"{ASKED} {PLAIN} {more} {REST}"), title="")
    assert [(pair.kind, pair.question) for pair in found] == [
        ("question", ASKED),
        ("sentence", PLAIN),
        ("question", more),
    ]
    assert found[1].passage == f"{ASKED} {more} {REST}"


def test_a_sentence_too_short_too_long_or_all_there_is_asks_nothing() -> None:
    long = " ".join(["Word"] + ["word"] * 29 + ["word."])
    assert pairs(paragraph(f"Why not ring? {long}"), title="") == []
    assert pairs(paragraph(f"{ASKED} Nobody is in."), title="") == []


def test_what_several_posts_say_finds_none_of_them() -> None:
    def made(id: str, question: str) -> Pair:
        return Pair(id, "heading", question, f"{id} answers")

    found = [
        *(made(id, "Key takeaways") for id in ("a", "b", "c")),
        *(made(id, "On price") for id in ("a", "b")),
        made("a", "Round one"),
        made("a", "ROUND ONE"),
        made("b", "Ring on a Tuesday"),
    ]
    assert [(pair.post_id, pair.question) for pair in own_pairs(found)] == [
        ("a", "On price"),
        ("b", "On price"),
        ("b", "Ring on a Tuesday"),
    ]


def test_a_quarter_of_the_posts_is_held_and_a_tenth_tells_when_to_stop() -> None:
    parts = part_posts(IDS, seed=3)
    assert (len(parts.held), len(parts.stopping), len(parts.learned)) == (11, 5, 25)
    assert parts.held | parts.stopping | parts.learned == set(IDS)
    assert sorted(parts.held)[:3] == ["post-1", "post-12", "post-14"]
    assert part_posts(reversed(IDS), seed=3) == parts
    assert part_posts(IDS, seed=4) != parts


def test_a_new_post_hardly_moves_the_others() -> None:
    before = shuffled(IDS, seed=0)
    assert [id for id in shuffled([*IDS, "new"], seed=0) if id != "new"] == before


def test_batches_by_hand() -> None:
    assert batches(["a", "b", "c", "a"], 2, 2, seed=0) == [[3, 1], [0, 2], [3, 1], [2, 0]]
    # the first two are of b and c, and of a there are no two different posts
    assert batches(["a", "a", "a", "b", "c"], 2, 1, seed=0) == [[3, 4]]


@given(st.lists(st.sampled_from("abcdef")), st.integers(1, 4), st.integers(0, 3), st.integers())
def test_no_batch_has_a_post_twice_and_no_round_a_position_twice(
    posts: list[str], size: int, rounds: int, seed: int
) -> None:
    made = batches(posts, size, rounds, seed)
    assert all(len({posts[at] for at in batch}) == len(batch) == size for batch in made)
    assert all(count <= rounds for count in Counter(at for batch in made for at in batch).values())
    assert made == batches(posts, size, rounds, seed)
