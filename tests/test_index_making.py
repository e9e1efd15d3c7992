"""From posts to a manifest: what is cut and encoded anew, and what is taken over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.archive import Archive
from corpus.passages import PassageOptions
from corpus.types import Block, Post, Source, Span
from index.encoder import Encoder, Job
from index.errors import IndexDamaged, IndexingError
from index.generation import Generation
from index.journal import Journal, open_journal
from index.making import Making
from index.manifest import BuildOptions, read_manifest
from index.pooling import EncodedPassage
from index.recall import NearestOptions
from index.report import Progress, Watch
from index.types import Filters

SOURCE, OTHER = Source("notes", "markdown", "/notes"), Source("feed", "feed", "/feed")


class QuickEncoder(Encoder):
    """Counts tokens as the real one does, and keeps what it was asked; vectors are made up."""

    cut: list[str]
    texts: list[str]

    def count_tokens(self, text: str) -> int:
        self.cut.append(text)
        return super().count_tokens(text)

    def encode_passages(self, jobs: Iterable[Job]) -> Iterator[tuple[int, EncodedPassage]]:
        """Unit vectors that depend on the text alone, the last job's first."""
        for job in reversed(list(jobs)):
            self.texts.append(job.text)
            seed = int.from_bytes(hashlib.sha256(job.text.encode()).digest()[:8])
            rows = np.random.default_rng(seed).normal(size=(1 + len(job.sentences), 384))
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            yield job.key, EncodedPassage(rows[0].astype("f4"), rows[1:].astype("f4"))


@pytest.fixture(scope="module")
def opened(encoders: Path, encoder: Encoder) -> QuickEncoder:
    return QuickEncoder(encoders / encoder.spec.digest[:16])


@pytest.fixture
def quick(opened: QuickEncoder) -> QuickEncoder:
    opened.cut, opened.texts = [], []
    return opened


def post(id: str, *paragraphs: str, source: str = "notes") -> Post:
    blocks = tuple(Block("paragraph", text) for text in paragraphs)
    return Post(id, source, f"{id}.md", id.title(), blocks)


POSTS = (
    post("bees", "Bees dance in the hive. The dance says where flowers are."),
    post("clocks", "A clock must be wound."),
    post("tea", "Tea wants boiling water."),
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.sqlite", create=True) as archive:
        archive.put(SOURCE, POSTS)
        yield archive


@contextmanager
def made(
    archive: Archive,
    encoder: Encoder,
    index: Path,
    current: Generation | None = None,
    options: BuildOptions | None = None,
) -> Iterator[tuple[Generation, list[Progress]]]:
    """The archive as a generation in a new folder of ``index``, opened; and what was told."""
    index.mkdir(exist_ok=True)
    folder = index / f"generation-{len(list(index.iterdir()))}"
    folder.mkdir()
    seen: list[Progress] = []
    with open_journal(index, encoder.spec.digest, encoder.spec.dimensions) as journal:
        making = Making(
            archive, encoder, options or BuildOptions(), current, journal, folder, Watch()
        )
        making.run(ExitStack(), seen.append)
        assert making.embedded == len(journal)
        manifest = making.finish(folder.name, "d" * 64)
    assert manifest == read_manifest(folder)
    generation = Generation(folder)
    try:
        yield generation, seen
    finally:
        generation.close()


def test_a_generation_is_what_its_manifest_says(
    archive: Archive, quick: QuickEncoder, tmp_path: Path
) -> None:
    with made(archive, quick, tmp_path / "index") as (generation, seen):
        manifest = generation.manifest
        assert (manifest.generation, manifest.archive_digest) == ("generation-0", "d" * 64)
        assert (manifest.posts, manifest.passages, manifest.sentences) == (3, 3, 4)
        assert (manifest.encoder_digest, manifest.lists) == (quick.spec.digest, None)
        assert manifest.options == BuildOptions()
        found = [passage.id for passage, _ in generation.store.passages(range(3))]
        assert found == ["bees.0", "clocks.0", "tea.0"]
    assert seen == [Progress(1, 3), Progress(2, 3), Progress(3, 3)]


def test_each_passage_has_the_vectors_of_its_own_text(
    archive: Archive, quick: QuickEncoder, tmp_path: Path
) -> None:
    with made(archive, quick, tmp_path / "index") as (generation, _):
        assert quick.texts == [
            "Tea\nTea wants boiling water.",
            "Clocks\nA clock must be wound.",
            "Bees\nBees dance in the hive. The dance says where flowers are.",
        ]
        for ordinal, text in enumerate(reversed(list(quick.texts))):
            ((_, wanted),) = quick.encode_passages(
                [Job(0, text, [Span(0, 1)] * (2 - (ordinal > 0)))]
            )
            (vector,) = generation.vectors.rows(np.array([ordinal]))
            assert vector == pytest.approx(wanted.vector, abs=1e-3)
            assert generation.sentence_vectors(ordinal) == pytest.approx(wanted.sentences, abs=1e-3)


def test_posts_as_they_were_are_neither_cut_nor_encoded(
    archive: Archive, quick: QuickEncoder, tmp_path: Path
) -> None:
    with made(archive, quick, tmp_path / "index") as (old, _):
        changed = post("clocks", "A clock is wound on Sunday.")
        archive.put(SOURCE, [POSTS[0], changed, post("drums", "A drum is hit."), POSTS[2]])
        quick.cut.clear()
        quick.texts.clear()
        with made(archive, quick, tmp_path / "index", old) as (new, seen):
            assert not any("Bees" in text or "Tea" in text for text in quick.cut)
            assert any("Drums" in text for text in quick.cut)
            assert quick.texts == ["Drums\nA drum is hit.", "Clocks\nA clock is wound on Sunday."]
            assert seen == [Progress(1, 2), Progress(2, 2)]
            assert new.store.passages([0]) == old.store.passages([0])
            assert new.store.passages([3]) == old.store.passages([2])
            for mine, other in ((0, 0), (3, 2)):
                assert np.array_equal(
                    new.vectors.rows(np.array([mine])), old.vectors.rows(np.array([other]))
                )
                assert np.array_equal(new.sentence_vectors(mine), old.sentence_vectors(other))


def test_other_options_cut_all_anew_and_encode_what_comes_out_otherwise(
    archive: Archive, quick: QuickEncoder, tmp_path: Path
) -> None:
    options = BuildOptions(PassageOptions(40, 10, 2, 16))
    with made(archive, quick, tmp_path / "index") as (old, _):
        quick.cut.clear()
        quick.texts.clear()
        with made(archive, quick, tmp_path / "index", old, options) as (new, _):
            assert any("Tea" in text for text in quick.cut)
            assert quick.texts == [
                "Bees\nThe dance says where flowers are.",
                "Bees\nBees dance in the hive.",
            ]
            assert new.manifest.passages == 4


def test_another_way_to_the_nearest_cuts_and_encodes_nothing(
    archive: Archive, quick: QuickEncoder, tmp_path: Path
) -> None:
    posts = [post(f"post-{n:02}", f"This is note number {n}.") for n in range(20)]
    archive.put(SOURCE, posts)
    options = BuildOptions(nearest=NearestOptions(exact_limit=10, least_recall=0.1))
    with made(archive, quick, tmp_path / "index") as (old, _):
        quick.cut.clear()
        quick.texts.clear()
        with made(archive, quick, tmp_path / "index", old, options) as (new, seen):
            assert (quick.cut, quick.texts, seen) == ([], [], [])
            assert new.manifest.lists is not None
            assert new.manifest.options == options
            everything = np.arange(20)
            assert np.array_equal(new.vectors.rows(everything), old.vectors.rows(everything))


def test_the_same_text_is_encoded_once(
    archive: Archive, quick: QuickEncoder, tmp_path: Path
) -> None:
    twice = [Post(id, "notes", id, "Same", (Block("paragraph", "Twice told."),)) for id in "abc"]
    archive.put(SOURCE, twice)
    with made(archive, quick, tmp_path / "index") as (generation, seen):
        assert quick.texts == ["Same\nTwice told."]
        assert seen == [Progress(1, 1)]
        assert len({tuple(row) for row in generation.vectors.rows(np.arange(3)).tolist()}) == 1


def test_a_post_stands_in_every_source_that_holds_it(
    archive: Archive, quick: QuickEncoder, tmp_path: Path
) -> None:
    archive.put(OTHER, [post("tea", "Tea wants boiling water.", source="feed")])
    with made(archive, quick, tmp_path / "index") as (generation, _):
        assert generation.allowed(Filters(source="notes")).tolist() == [0, 1, 2]
        assert generation.allowed(Filters(source="feed")).tolist() == [2]
        assert generation.terms.search("tea clock", 9, Filters(source="feed")).keys() == {2}


def run_until(
    archive: Archive, encoder: Encoder, folder: Path, journal: Journal, reading: ExitStack
) -> Making:
    making = Making(archive, encoder, BuildOptions(), None, journal, folder, Watch())
    making.run(reading, lambda progress: None)
    return making


def test_the_archive_is_let_go_once_it_is_read(
    archive: Archive, quick: QuickEncoder, tmp_path: Path
) -> None:
    (tmp_path / "g").mkdir()
    encoded_before: list[int] = []
    with (
        open_journal(tmp_path, quick.spec.digest, quick.spec.dimensions) as journal,
        ExitStack() as reading,
    ):
        reading.callback(lambda: encoded_before.append(len(quick.texts)))
        run_until(archive, quick, tmp_path / "g", journal, reading)
    assert encoded_before == [0]


def test_no_text_at_all_is_refused(quick: QuickEncoder, tmp_path: Path) -> None:
    (tmp_path / "g").mkdir()
    with (
        Archive(tmp_path / "empty.sqlite", create=True) as empty,
        pytest.raises(IndexingError, match="The archive holds no text"),
        open_journal(tmp_path, quick.spec.digest, quick.spec.dimensions) as journal,
    ):
        run_until(empty, quick, tmp_path / "g", journal, ExitStack())


class NoNumberEncoder(QuickEncoder):
    """What a broken accelerator might do: no numbers at all."""

    def encode_passages(self, jobs: Iterable[Job]) -> Iterator[tuple[int, EncodedPassage]]:
        for key, good in super().encode_passages(jobs):
            yield key, EncodedPassage(good.vector * np.nan, good.sentences * np.nan)


def test_vectors_that_are_no_numbers_name_a_post(
    archive: Archive, encoders: Path, encoder: Encoder, tmp_path: Path
) -> None:
    broken = NoNumberEncoder(encoders / encoder.spec.digest[:16])
    broken.cut, broken.texts = [], []
    with (
        pytest.raises(IndexDamaged) as caught,
        made(archive, broken, tmp_path / "index"),
    ):
        pass
    assert caught.value.message == (
        "The encoder gave a vector of length nan, not 1, for a passage of bees."
    )
    assert [path.name for path in (tmp_path / "index").iterdir()] == ["generation-0"]


WORDS = st.sampled_from(["Bees dance.", "A clock is wound.", "Tea. Water.", "Drums are hit."])
STATES = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d", "é", "電"]), st.lists(WORDS, max_size=2), min_size=1
)


def contents(generation: Generation) -> tuple[object, ...]:
    """All that a generation holds, but for its name and time, and what terms are called on disk."""
    everything = np.arange(generation.manifest.passages)
    sentences = generation.sentence_records(everything)
    digests = generation.manifest.digests
    return (
        digests["passages.sqlite"],
        digests["layout.npy"],
        generation.store.fingerprints(),
        generation.vectors.rows(everything).tolist(),
        [records.tobytes() for records in sentences],
        generation.terms.search("bees clock water", 99),
    )


def state_posts(state: dict[str, list[str]]) -> Sequence[Post]:
    return [post(id, *paragraphs) for id, paragraphs in state.items()]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=STATES, after=STATES)
def test_over_any_index_the_same_is_made_as_from_nothing(
    quick: QuickEncoder,
    tmp_path_factory: pytest.TempPathFactory,
    before: dict[str, list[str]],
    after: dict[str, list[str]],
) -> None:
    before["z"] = after["z"] = ["There is always some text."]
    home = tmp_path_factory.mktemp("states")
    with Archive(home / "archive.sqlite", create=True) as archive:
        archive.put(SOURCE, state_posts(before))
        with made(archive, quick, home / "index") as (old, _):
            archive.put(SOURCE, state_posts(after))
            with (
                made(archive, quick, home / "index", old) as (over, _),
                made(archive, quick, home / "index") as (alone, _),
            ):
                assert contents(over) == contents(alone)
