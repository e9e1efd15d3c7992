"""A cross-encoder's scores, and what they do to a search."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from corpus.types import Passage, Span
from index.errors import EncoderError
from index.models import prepare_reranker
from index.reranker import READ, Reranker, RerankingSearcher
from index.types import Description, Filters, Hit, PostRecord, Query, ScoredSentence
from tests.tiny import Network, make_cross_encoder

QUESTION = "Who signs, and when?"
PASSAGES = (
    "Ask who signs.",
    "",
    "The buyer calls back on Monday, and asks a question about the price.",
    "They said they would call and then they did not call. " * 40,  # cut at the limit
    *(f"call number {number}" for number in range(9)),
)


def prepared(folder: Path, model: Path) -> Path:
    return folder / prepare_reranker(str(model), folder, lambda: None)[:16]


@pytest.fixture(scope="module", params=["bert", "xlm-roberta"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    network: Network = request.param
    return make_cross_encoder(tmp_path_factory.mktemp("reranker") / "model", network=network)


@pytest.fixture(scope="module")
def folder(model: Path) -> Path:
    return prepared(model.parent / "encoders", model)


def own_scores(model: Path, passages: Sequence[str]) -> npt.NDArray[np.float32]:
    """What sentence-transformers gives."""
    import torch
    from sentence_transformers import CrossEncoder

    original = CrossEncoder(str(model), device="cpu", local_files_only=True)
    scores: npt.NDArray[np.float32] = original.predict(
        [(QUESTION, passage) for passage in passages], activation_fn=torch.nn.Identity()
    )
    return scores


def test_scores_are_sentence_transformers_own(model: Path, folder: Path) -> None:
    reranker = Reranker(folder)
    assert reranker.spec.runtime == "openvino"
    found, wanted = reranker.scores(QUESTION, PASSAGES), own_scores(model, PASSAGES)
    assert found.shape == (len(PASSAGES),)
    assert found == pytest.approx(wanted, abs=0.05 * float(np.abs(wanted).max()))
    assert float(np.ptp(wanted)) > 0.1  # so the above is not for want of difference
    assert reranker.scores(QUESTION, []).shape == (0,)


def test_what_cannot_be_compiled_is_run_by_sentence_transformers(tmp_path: Path) -> None:
    model = make_cross_encoder(tmp_path / "model", network="longformer")
    folder = prepared(tmp_path / "encoders", model)
    reranker = Reranker(folder)
    assert reranker.spec.runtime == "sentence-transformers"
    assert reranker.spec.reason.startswith("it fails once it is compiled: ")
    assert reranker.scores(QUESTION, PASSAGES) == pytest.approx(
        own_scores(model, PASSAGES), abs=1e-4
    )
    shutil.rmtree(folder / "model")
    with pytest.raises(EncoderError, match="model is missing"):
        Reranker(folder)


@pytest.mark.parametrize("name", ["reranker.json", "tokenizer.json", "model.xml"])
def test_a_folder_without_one_of_its_files(folder: Path, tmp_path: Path, name: str) -> None:
    copied = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copied / name).unlink()
    with pytest.raises(EncoderError) as caught:
        Reranker(copied)
    assert caught.value.hint == f"Remove {copied} and run: blogqa build"


def hit(post: str, ordinal: int, score: float) -> Hit:
    text = f"{post} {ordinal}"
    span = Span(0, len(text))
    passage = Passage(text, post, ordinal, text, ("Part", "Chapter"), 0, len(text), (span,))
    record = PostRecord(post, post, f"Post {post}", None, None, None, (), text)
    return Hit(passage, record, score, score, 0.0, (ScoredSentence(span, score),))


@dataclass
class Found:
    """A searcher that finds the same hits whatever it is asked."""

    hits: list[Hit]
    asked: list[int] = field(default_factory=list)
    closed: bool = False

    def search(self, query: Query, limit: int, filters: Filters) -> list[Hit]:
        self.asked.append(limit)
        return self.hits[:limit]

    def describe(self) -> Description:
        return Description("one", "today", "tiny", 4, 1, 1, 1)

    def close(self) -> None:
        self.closed = True


class Reader(Reranker):
    """Gives each passage the score that stands for its first words."""

    def __init__(self, marks: dict[str, float]) -> None:
        self.marks = marks
        self.read: list[tuple[str, list[str]]] = []

    def scores(self, question: str, passages: Sequence[str]) -> npt.NDArray[np.float32]:
        self.read.append((question, list(passages)))
        last = [passage.splitlines()[-1] for passage in passages]
        return np.array([self.marks.get(each, 0.0) for each in last], np.float32)


Search = Callable[..., tuple[list[tuple[str, float]], Reader, Found]]


@pytest.fixture
def search() -> Search:
    def run(
        hits: list[Hit], marks: dict[str, float], limit: int = 9, query: Query | None = None
    ) -> tuple[list[tuple[str, float]], Reader, Found]:
        found, reader = Found(hits), Reader(marks)
        searcher = RerankingSearcher(found, reader)
        ranked = searcher.search(query or Query("who?"), limit, Filters())
        return [(each.passage.id, each.score) for each in ranked], reader, found

    return run


def test_three_quarters_of_a_score_are_the_cross_encoder_s(search: Search) -> None:
    hits = [hit("a", 0, 0.9), hit("b", 0, 0.7), hit("c", 0, 0.5)]
    ranked, reader, found = search(hits, {"a 0": -4, "b 0": 4, "c 0": 0})
    assert ranked == [("b 0", pytest.approx(0.875)), ("c 0", 0.375), ("a 0", 0.25)]
    assert reader.read == [
        ("who?", [f"Post {post}\nPart\nChapter\n{post} 0" for post in ("a", "b", "c")])
    ]
    assert found.asked == [READ]


def test_where_all_are_read_alike_the_order_stays(search: Search) -> None:
    hits = [hit("a", 0, 0.9), hit("b", 0, 0.7), hit("c", 0, 0.7)]
    ranked, _, _ = search(hits, {})
    assert ranked == [("a 0", 0.25), ("b 0", 0), ("c 0", 0)]


def test_posts_take_turns(search: Search) -> None:
    hits = [hit("a", 0, 0.9), hit("b", 0, 0.8), hit("a", 1, 0.7)]
    ranked, _, _ = search(hits, {"a 1": 9, "a 0": 8})
    assert [id for id, _ in ranked] == ["a 0", "b 0", "a 1"]


@pytest.mark.parametrize(
    ("share", "read"),
    [(0, ["and when?"]), (0.7, ["and when?", "who? and when?"]), (1, ["who? and when?"])],
)
def test_a_follow_up_is_read_by_its_shares(search: Search, share: float, read: list[str]) -> None:
    query = Query("and when?", "who? and when?", share)
    ranked, reader, _ = search([hit("a", 0, 0.9), hit("b", 0, 0.8)], {"b 0": 1.0}, query=query)
    assert [question for question, _ in reader.read] == read
    assert ranked == [("b 0", pytest.approx(0.75)), ("a 0", 0.25)]


def test_what_is_beyond_the_first_is_not_read_and_keeps_its_place(search: Search) -> None:
    hits = [hit(f"{number:02}", 0, 1 - number / 100) for number in range(60)]
    ranked, reader, found = search(hits, {"49 0": 5, "55 0": 9}, limit=60)
    assert found.asked == [60]
    assert len(reader.read[0][1]) == READ
    assert ranked[0][0] == "49 0"
    assert [id for id, _ in ranked[READ:]] == [f"{number} 0" for number in range(50, 60)]


def test_nothing_to_choose_from_is_not_read(search: Search) -> None:
    assert search([], {})[0] == []
    ranked, reader, _ = search([hit("a", 0, 0.9)], {})
    assert ranked == [("a 0", 0.9)]
    assert reader.read == []


def test_the_rest_is_the_inner_searcher_s() -> None:
    found = Found([])
    searcher = RerankingSearcher(found, Reader({}))
    assert searcher.describe() == found.describe()
    searcher.close()
    assert found.closed


def test_a_passage_is_read_under_its_title_and_headings() -> None:
    assert hit("a", 3, 1.0).whole_text == "Post a\nPart\nChapter\na 3"
