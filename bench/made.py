"""Archives of any size, made from the sentences of a real one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from corpus.readers import read
from corpus.sentences import split_sentences
from corpus.types import Block, Post, Source

_FIRST_DAY = date(2008, 1, 1)
_SECTIONS = (1, 3)
_PARAGRAPHS = (1, 3)
_SENTENCES = (3, 8)
_AUTHORS = 40


def sentences_of(posts: Path) -> list[str]:
    """Every sentence of the paragraphs of the posts in a folder."""
    found = []
    for post in read(Source("real", "markdown", str(posts.resolve()))):
        for block in post.blocks if isinstance(post, Post) else ():
            if block.kind == "paragraph":
                found += [block.text[start:end] for start, end in split_sentences(block.text)]
    return found


def made_posts(sentences: Sequence[str], count: int, seed: int = 0) -> Iterator[Post]:
    """``count`` different posts of some 450 words, each sentence taken from ``sentences``.

    Drawn at random: what a post says makes no sense, but every sentence and its words do. A post
    stands under a number of its own, so that no two are copies.
    """
    draw = random.Random(seed)

    def some(bounds: tuple[int, int]) -> range:
        return range(draw.randint(*bounds))

    for number in range(count):
        blocks = [Block("paragraph", f"Note {number}. " + draw.choice(sentences))]
        for _ in some(_SECTIONS):
            blocks.append(Block("heading", _few_words(draw.choice(sentences)), 2))
            for _ in some(_PARAGRAPHS):
                words = " ".join(draw.choice(sentences) for _ in some(_SENTENCES))
                blocks.append(Block("paragraph", words or draw.choice(sentences)))
        yield Post(
            id=f"made-{number:07}",
            source="made",
            place=f"made-{number:07}.md",
            title=f"{_few_words(draw.choice(sentences))} ({number})",
            blocks=tuple(blocks),
            url=f"https://blog.example/{number}",
            author=f"Author {draw.randrange(_AUTHORS)}",
            published=_FIRST_DAY + timedelta(days=number % 6000),
            tags=(draw.choice(("calls", "mail", "demos", "pricing", "closing")),),
        )


def as_markdown(post: Post) -> str:
    """``post`` as a Markdown file with front matter."""
    lines = ["---", f'title: "{post.title.replace(chr(34), chr(39))}"', f"author: {post.author}"]
    lines += [f"date: {post.published}", f"tags: [{', '.join(post.tags)}]", f"url: {post.url}"]
    lines.append("---")
    for block in post.blocks:
        lines += ["", f"## {block.text}" if block.kind == "heading" else block.text]
    return "\n".join(lines) + "\n"


SOURCE = Source("made", "markdown", "/made", full=False)
"""Where made posts come from, for archives that they are put into directly."""


def _few_words(sentence: str) -> str:
    return " ".join(sentence.split()[:6]).strip(".,:;!?\"'")
