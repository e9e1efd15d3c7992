"""A post made ready for the reader: blocks grouped, the passage's words marked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader

from corpus.types import Block, Mark, Passage, Post
from index.types import PostRecord
from web.reader import Group, Item, Row, Run, groups

TEMPLATES = Path(__file__).parents[1] / "web" / "templates"


def record(*blocks: Block) -> PostRecord:
    text = Post("p", "s", "p.md", "Title", blocks).text
    return PostRecord("p", "p.md", "Title", None, None, None, (), text)


def passage(post: PostRecord, start: int, end: int) -> Passage:
    return Passage("p.0", "p", 0, post.text[start:end], (), start, end, ())


def grouped(*blocks: Block, marked: str = "") -> list[Group]:
    """The groups of a post of ``blocks``, with the passage that ``marked`` is."""
    post = record(*blocks)
    start = post.text.index(marked)
    found = passage(post, start, start + len(marked)) if marked else None
    return list(groups(post, blocks, found))


def item(text: str, marker: str = "-", level: int = 1) -> Block:
    return Block("item", text, level, marker)


def plain(text: str) -> list[Run]:
    return [Run(text, marked=False)]


def test_blocks_become_groups_of_their_own() -> None:
    assert grouped(
        Block("heading", "Top", 2),
        Block("paragraph", "One."),
        Block("paragraph", "Two."),
        Block("quote", "Said."),
        Block("code", "x = 1\n  y"),
    ) == [
        Group("heading", plain("Top"), level=2),
        Group("paragraph", plain("One.")),
        Group("paragraph", plain("Two.")),
        Group("quote", plain("Said.")),
        Group("code", plain("x = 1\n  y")),
    ]


def test_a_post_without_blocks_has_no_groups() -> None:
    assert grouped() == []


def test_a_whole_block_is_marked() -> None:
    assert grouped(Block("paragraph", "One."), Block("paragraph", "Two."), marked="Two.") == [
        Group("paragraph", plain("One.")),
        Group("paragraph", [Run("Two.", marked=True)]),
    ]


def test_a_passage_that_begins_and_ends_within_blocks_marks_only_its_words() -> None:
    assert grouped(
        Block("paragraph", "One. Two."),
        Block("heading", "Top", 3),
        Block("paragraph", "Three. Four."),
        marked="Two.\n\nTop\n\nThree.",
    ) == [
        Group("paragraph", [Run("One. ", marked=False), Run("Two.", marked=True)]),
        Group("heading", [Run("Top", marked=True)], level=3),
        Group("paragraph", [Run("Three.", marked=True), Run(" Four.", marked=False)]),
    ]


def test_the_middle_of_a_block_is_cut_out() -> None:
    assert grouped(Block("paragraph", "One. Two. Three."), marked="Two.")[0].runs == [
        Run("One. ", marked=False),
        Run("Two.", marked=True),
        Run(" Three.", marked=False),
    ]


def test_equal_blocks_are_told_apart_by_their_place() -> None:
    post = record(Block("paragraph", "Same."), Block("paragraph", "Same."))
    blocks = (Block("paragraph", "Same."), Block("paragraph", "Same."))
    marked = passage(post, 7, 12)
    assert [group.runs for group in groups(post, blocks, marked)] == [
        [Run("Same.", marked=False)],
        [Run("Same.", marked=True)],
    ]


def test_neighbouring_items_become_one_list() -> None:
    assert grouped(item("One"), item("Two"), marked="Two") == [
        Group(
            "list",
            items=[Item(plain("One")), Item([Run("Two", marked=True)])],
        )
    ]


def test_a_paragraph_between_items_parts_two_lists() -> None:
    found = grouped(item("One"), Block("paragraph", "Then."), item("Two"))
    assert [group.kind for group in found] == ["list", "paragraph", "list"]


@pytest.mark.parametrize(
    ("markers", "ordered", "start"),
    [
        (("1.", "2."), True, 1),
        (("3.", "4."), True, 3),
        (("0)", "1)"), True, 0),
        (("-", "-"), False, 1),
        (("*", "+"), False, 1),
        (("", ""), False, 1),
    ],
)
def test_a_list_is_ordered_by_its_first_marker(
    markers: tuple[str, str], ordered: bool, start: int
) -> None:
    (group,) = grouped(item("One", markers[0]), item("Two", markers[1]))
    assert (group.ordered, group.start, len(group.items)) == (ordered, start, 2)


def test_a_list_stands_in_the_item_that_it_is_nested_in() -> None:
    found = grouped(
        item("One", "1."),
        item("Inner", "-", level=2),
        item("Deeper", "3.", level=3),
        item("Deeper too", "4.", level=3),
        item("Two", "2."),
        item("Step", "1.", level=2),
        item("Point", "-", level=2),
    )
    deeper = Group(
        "list", items=[Item(plain("Deeper")), Item(plain("Deeper too"))], ordered=True, start=3
    )
    inner = Group("list", items=[Item(plain("Inner"), lists=[deeper])])
    steps = Group("list", items=[Item(plain("Step"))], ordered=True)
    points = Group("list", items=[Item(plain("Point"))])
    assert found == [
        Group(
            "list",
            items=[
                Item(plain("One"), lists=[inner]),
                Item(plain("Two"), lists=[steps, points]),
            ],
            ordered=True,
        )
    ]


def test_what_follows_a_nested_list_continues_the_item() -> None:
    (group,) = grouped(
        item("One", "1."), item("Inner", "-", level=2), item("Still one", ""), item("Two", "2.")
    )
    assert [(each.runs, each.continues) for each in group.items] == [
        (plain("One"), False),
        (plain("Still one"), True),
        (plain("Two"), False),
    ]


def test_an_outermost_item_of_the_other_sort_starts_another_list() -> None:
    found = grouped(item("One", "-"), item("Two", "1."), item("Three", "2."), item("Four", "-"))
    assert [(group.ordered, len(group.items)) for group in found] == [
        (False, 1),
        (True, 2),
        (False, 1),
    ]


def test_a_list_that_begins_with_an_inner_item_is_a_list_all_the_same() -> None:
    found = grouped(item("Inner", "-", level=2), item("Inner too", "-", level=2), item("Outer"))
    assert [[each.runs for each in group.items] for group in found] == [
        [plain("Inner"), plain("Inner too")],
        [plain("Outer")],
    ]


def test_stress_is_cut_where_the_passage_begins_and_ends() -> None:
    marks = (Mark(0, 8, "strong"), Mark(4, 13, "em"))
    assert grouped(Block("paragraph", "One two three.", marks=marks), marked="wo three.") == [
        Group(
            "paragraph",
            [
                Run("One ", marked=False, strong=True),
                Run("t", marked=False, strong=True, em=True),
                Run("wo ", marked=True, strong=True, em=True),
                Run("three", marked=True, em=True),
                Run(".", marked=True),
            ],
        )
    ]


def test_neighbouring_rows_become_one_table_of_even_width() -> None:
    assert grouped(
        Block("row", "Step | Rate", 1),
        Block("row", "| 9 % | Stop now", marks=(Mark(8, 12, "strong"),)),
        marked="Rate\n| 9 % | Stop",
    ) == [
        Group(
            "table",
            rows=[
                Row([plain("Step"), [Run("Rate", marked=True)], []], head=True),
                Row(
                    [
                        [],
                        [Run("9 %", marked=True)],
                        [Run("Stop", True, strong=True), Run(" now", False)],
                    ]
                ),
            ],
        )
    ]


def test_a_head_below_other_rows_starts_another_table() -> None:
    found = grouped(
        Block("row", "a | b", 1),
        Block("row", "c | d", 1),
        Block("row", "1 | 2"),
        Block("row", "e | f", 1),
    )
    assert [[row.head for row in group.rows] for group in found] == [[True, True, False], [True]]


def test_a_table_and_stress_on_the_page_are_safe_from_markup() -> None:
    blocks = (
        Block("paragraph", "<b>x</b> & y", marks=(Mark(3, 4, "em"), Mark(9, 12, "strong"))),
        Block("row", "Step | <i>", 1),
        Block("row", "a | <script>alert(1)</script>", marks=(Mark(4, 12, "strong"),)),
        Block("row", "b"),
    )
    post = record(*blocks)
    start, end = post.text.index("& y"), post.text.index("alert")
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    html = environment.get_template("reader.html").render(
        post=post, blocks=groups(post, blocks, passage(post, start, end)), published_text=""
    )
    lines = [line.strip() for line in html[html.index("</header>\n      <p") :].splitlines()]
    assert lines[1 : lines.index("</article>")] == [
        '<p dir="auto" class="marked in-part">&lt;b&gt;<em>x</em>&lt;/b&gt; '
        '<mark id="passage"><strong>&amp; y</strong></mark></p>',
        '<div class="table" role="region" aria-label="Table" tabindex="0">',
        "<table>",
        '<tr class="marked"><th dir="auto" scope="col"><mark>Step</mark></th>'
        '<th dir="auto" scope="col"><mark>&lt;i&gt;</mark></th></tr>',
        '<tr class="marked in-part"><td dir="auto"><mark>a</mark></td>'
        '<td dir="auto"><mark><strong>&lt;script&gt;</strong></mark>'
        "alert(1)&lt;/script&gt;</td></tr>",
        '<tr><td dir="auto">b</td><td dir="auto"></td></tr>',
        "</table>",
        "</div>",
    ]


words = st.text(alphabet="ab \U0001f989é", min_size=1, max_size=8)
marks = st.lists(
    st.builds(
        lambda start, length, kind: Mark(start, start + length, kind),
        st.integers(0, 4),
        st.integers(1, 4),
        st.sampled_from(["strong", "em"]),
    ),
    max_size=1,
).map(tuple)
blocks = st.builds(
    lambda kind, text, marks: Block(
        kind, text, 1 if kind == "item" else 0, "-" if kind == "item" else "", marks
    ),
    st.sampled_from(["heading", "paragraph", "item", "quote", "code", "row"]),
    words,
    marks,
)


@given(st.lists(blocks, min_size=1, max_size=6), st.data())
def test_no_word_is_lost_and_just_the_passage_is_marked(
    made: list[Block], data: st.DataObject
) -> None:
    post = record(*made)
    start = data.draw(st.integers(0, len(post.text) - 1))
    end = data.draw(st.integers(start + 1, len(post.text)))
    found = list(groups(post, tuple(made), passage(post, start, end)))
    runs = [run for group in found for run in all_runs(group)]
    assert squeezed("".join(run.text for run in runs)) == squeezed(post.text)
    marked = "".join(run.text for run in runs if run.marked)
    assert squeezed(marked) == squeezed(post.text[start:end])
    assert all(run.text for run in runs)


def all_runs(group: Group) -> list[Run]:
    cells = [cell for row in group.rows for cell in row.cells]
    runs = group.runs + [run for cell in cells for run in cell]
    for each in group.items:
        runs += each.runs + [run for inner in each.lists for run in all_runs(inner)]
    return runs


def squeezed(text: str) -> str:
    return "".join(text.split())
