"""A build makes the same of the same, encodes only what is new, and replaces only what is whole."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from corpus.archive import Archive
from corpus.passages import PassageOptions, cut_passages
from corpus.types import Block, Post, Source, Span
from index.build import build
from index.calibration import calibrate
from index.current import current_folder, current_name
from index.encoder import Encoder, Job
from index.errors import IndexBusy, IndexDamaged, IndexingError, IndexMissing
from index.generation import Generation
from index.lock import build_lock
from index.manifest import BuildOptions, Manifest, read_manifest
from index.pooling import EncodedPassage
from index.recall import NearestOptions
from index.report import BuildReport, Progress, Restart
from index.spec import write_spec

SOURCE = Source("notes", "markdown", "/notes")


def text_post(id: str, *paragraphs: str, title: str = "Notes") -> Post:
    blocks = tuple(Block("paragraph", text) for text in paragraphs)
    return Post(id, "notes", f"{id}.md", title, blocks)


POSTS = (
    Post(
        id="bees",
        source="notes",
        place="bees.md",
        title="Bees",
        blocks=(
            Block("paragraph", "Bees dance in the hive. The dance says where flowers are."),
            Block("heading", "Winter", 2),
            Block("paragraph", "In winter they stay together and keep warm."),
        ),
        url="https://example.org/bees",
        author="Ana",
        published=date(2020, 2, 29),
        tags=("nature",),
    ),
    text_post("clocks", "A clock must be wound. Most are wound on Sunday.", title="Clocks"),
    text_post("tea", "Tea wants boiling water.", title="Tea"),
)
"""Three posts of four passages and six sentences."""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.sqlite", create=True) as archive:
        archive.put(SOURCE, POSTS)
        yield archive


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def current(index: Path) -> Iterator[Callable[[], Generation]]:
    """Opens the generation in use."""
    opened = []

    def open_current() -> Generation:
        opened.append(Generation(current_folder(index)))
        return opened[-1]

    yield open_current
    for generation in opened:
        generation.close()


def all_vectors(generation: Generation) -> dict[str, EncodedPassage]:
    """The vectors of every passage by its id."""
    ordinals = np.arange(generation.manifest.passages)
    rows = generation.vectors.rows(ordinals)
    passages = generation.store.passages(ordinals.tolist())
    return {
        passage.id: EncodedPassage(rows[ordinal], generation.sentence_vectors(ordinal))
        for ordinal, (passage, _) in enumerate(passages)
    }


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file but the lock with its inode and time of change."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_the_first_build_encodes_everything(
    archive: Archive, encoder: Encoder, index: Path, current: Callable[[], Generation]
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    report = build(archive, encoder, index)
    name = current_name(index)
    assert report == BuildReport(name, 3, 4, 4, 0, report.seconds, report.stages, published=True)
    assert list(report.stages) == ["encode", "cut", "write", "map", "verify", "publish"]
    assert 0 < sum(report.stages.values()) <= report.seconds + 0.01
    assert 0 < report.seconds < 60
    generation = current()
    manifest = generation.manifest
    assert before <= datetime.fromisoformat(manifest.built_at) <= datetime.now(UTC)
    assert manifest == Manifest(
        generation=name,
        built_at=manifest.built_at,
        model="all-MiniLM-L6-v2",
        encoder_digest=encoder.spec.digest,
        dimensions=384,
        options=BuildOptions(),
        lists=None,
        archive_digest=archive.digest(),
        posts=3,
        passages=4,
        sentences=6,
        digests=manifest.digests,
        calibration=calibrate(generation, encoder.encode_queries),
    )
    files = {path.relative_to(generation.folder) for path in generation.folder.rglob("*")}
    assert {Path(name) for name in manifest.digests} | {Path("manifest.json"), Path("terms")} == (
        files
    )


def test_passages_stand_in_the_order_of_their_posts_ids(
    archive: Archive, encoder: Encoder, index: Path, current: Callable[[], Generation]
) -> None:
    build(archive, encoder, index)
    generation = current()
    wanted = [
        passage
        for post in POSTS
        for _, passage in cut_passages(post, encoder.count_tokens, PassageOptions())
    ]
    found = generation.store.passages(range(4))
    assert [passage for passage, _ in found] == wanted
    assert [passage.id for passage in wanted] == ["bees.0", "bees.1", "clocks.0", "tea.0"]
    assert generation.posts_and_originals(np.arange(4))[0].tolist() == [0, 0, 1, 2]
    assert [len(generation.sentence_vectors(ordinal)) for ordinal in range(4)] == [2, 1, 2, 1]
    assert found[0][1].published == date(2020, 2, 29)


def test_vectors_and_terms_are_of_header_and_text(
    archive: Archive, encoder: Encoder, index: Path, current: Callable[[], Generation]
) -> None:
    build(archive, encoder, index)
    generation = current()
    winter = "In winter they stay together and keep warm."
    text = f"Bees\nWinter\n{winter}"
    start = len("Bees\nWinter\n")
    job = Job(0, text, [Span(start, start + len(winter))])
    ((_, alone),) = encoder.encode_passages([job])
    stored = all_vectors(generation)["bees.1"]
    assert float(stored.vector @ alone.vector) > 0.9999
    assert float(stored.sentences[0] @ alone.sentences[0]) > 0.999
    assert generation.terms.search("bees", 9).keys() == {0, 1}
    assert generation.terms.search("flower", 9).keys() == {0}


def test_two_builds_of_the_same_are_the_same(
    archive: Archive, encoder: Encoder, tmp_path: Path
) -> None:
    folders = []
    for name in ("one", "two"):
        build(archive, encoder, tmp_path / name)
        folders.append(current_folder(tmp_path / name))
    first, second = (read_manifest(folder) for folder in folders)
    assert second == replace(
        first,
        generation=second.generation,
        built_at=second.built_at,
        digests=second.digests,
    )

    def own_name(name: str) -> str:
        # tantivy names a segment's files by a random id
        folder, _, file = name.rpartition("/")
        return f"{folder}/{Path(file).suffix}" if len(Path(file).stem) == 32 else name

    def contents(manifest: Manifest) -> dict[str, str]:
        ids = {"terms/meta.json", "terms/.managed.json"}
        return {
            own_name(name): digest for name, digest in manifest.digests.items() if name not in ids
        }

    assert contents(first) == contents(second)
    assert len(contents(first)) == len(first.digests) - 2


def test_nothing_new_publishes_nothing(archive: Archive, encoder: Encoder, index: Path) -> None:
    first = build(archive, encoder, index)
    before = snapshot(index)
    archive.put(SOURCE, POSTS)
    seen: list[Progress] = []
    report = build(archive, encoder, index, on_progress=seen.append)
    assert seen == []
    assert report == BuildReport(first.generation, 3, 4, 0, 4, report.seconds, {}, published=False)
    assert snapshot(index) == before


def test_only_new_text_is_encoded(
    archive: Archive, encoder: Encoder, index: Path, current: Callable[[], Generation]
) -> None:
    build(archive, encoder, index)
    old = all_vectors(current())
    bees = replace(
        POSTS[0], blocks=(*POSTS[0].blocks[:2], Block("paragraph", "In winter they sleep."))
    )
    frogs = text_post("frogs", "Frogs sing at night. They sing in the rain.", title="Frogs")
    archive.put(SOURCE, [bees, POSTS[1], POSTS[2], frogs])
    seen: list[Progress] = []
    report = build(archive, encoder, index, on_progress=seen.append)
    assert (report.posts, report.passages, report.embedded, report.reused) == (4, 5, 2, 3)
    assert seen == [Progress(1, 2), Progress(2, 2)]
    new = all_vectors(current())
    assert new.keys() == {"bees.0", "bees.1", "clocks.0", "frogs.0", "tea.0"}
    for id in ("bees.0", "clocks.0", "tea.0"):
        assert np.array_equal(new[id].vector, old[id].vector)
        assert np.array_equal(new[id].sentences, old[id].sentences)
    assert not np.array_equal(new["bees.1"].vector, old["bees.1"].vector)


def test_progress_counts_up_to_all(archive: Archive, encoder: Encoder, index: Path) -> None:
    posts = [text_post(f"post-{n:02}", f"This is note number {n}.") for n in range(20)]
    archive.put(SOURCE, posts)
    seen: list[Progress] = []
    report = build(archive, encoder, index, on_progress=seen.append)
    assert (report.embedded, seen[-1]) == (20, Progress(20, 20))
    assert [progress.done for progress in seen] == list(range(1, 21))
    assert {progress.total for progress in seen} == {20}


def test_bits_added_step_by_step_make_the_same_index(
    archive: Archive, encoder: Encoder, index: Path, tmp_path: Path
) -> None:
    partial = replace(SOURCE, full=False)
    with Archive(tmp_path / "steps.sqlite", create=True) as growing:
        for post in reversed(POSTS):
            growing.put(partial, [post])
            build(growing, encoder, tmp_path / "steps")
    build(archive, encoder, index)
    stepwise = Generation(current_folder(tmp_path / "steps"))
    at_once = Generation(current_folder(index))
    for name in ("passages.sqlite", "layout.npy"):
        assert stepwise.manifest.digests[name] == at_once.manifest.digests[name]
    wanted = all_vectors(at_once)
    for id, found in all_vectors(stepwise).items():
        assert float(found.vector @ wanted[id].vector) > 0.9999
    stepwise.close()
    at_once.close()


def test_a_new_date_alone_is_published_without_encoding(
    archive: Archive, encoder: Encoder, index: Path, current: Callable[[], Generation]
) -> None:
    build(archive, encoder, index)
    archive.put(SOURCE, [replace(POSTS[0], published=date(2021, 3, 1)), *POSTS[1:]])
    report = build(archive, encoder, index)
    assert (report.embedded, report.reused, report.published) == (0, 4, True)
    assert current().store.dates() == (date(2021, 3, 1), date(2021, 3, 1))


def test_a_new_title_is_new_text(archive: Archive, encoder: Encoder, index: Path) -> None:
    build(archive, encoder, index)
    archive.put(SOURCE, [*POSTS[:2], replace(POSTS[2], title="Coffee")])
    report = build(archive, encoder, index)
    assert (report.embedded, report.reused) == (1, 3)


def test_a_removed_post_is_gone(
    archive: Archive, encoder: Encoder, index: Path, current: Callable[[], Generation]
) -> None:
    build(archive, encoder, index)
    archive.put(SOURCE, POSTS[1:])
    report = build(archive, encoder, index)
    assert (report.posts, report.passages, report.embedded) == (2, 2, 0)
    generation = current()
    assert generation.store.post("bees") is None
    assert generation.terms.search("bees", 9) == {}


def test_the_same_text_twice_has_one_vector(
    archive: Archive, encoder: Encoder, index: Path, current: Callable[[], Generation]
) -> None:
    archive.put(SOURCE, [text_post("one", "Twice told."), text_post("two", "Twice told.")])
    build(archive, encoder, index)
    vectors = all_vectors(current())
    assert np.array_equal(vectors["one.0"].vector, vectors["two.0"].vector)


def test_other_options_build_anew(
    archive: Archive, encoder: Encoder, index: Path, current: Callable[[], Generation]
) -> None:
    first = build(archive, encoder, index)
    options = BuildOptions(
        PassageOptions(max_tokens=40, target_tokens=10, min_tokens=2, max_header_tokens=16)
    )
    report = build(archive, encoder, index, options)
    assert report.published
    assert report.generation > first.generation
    # The passages of one sentence are the same text as before; those of two are now four.
    assert (report.passages, report.embedded, report.reused) == (6, 4, 2)
    assert current().manifest.options == options
    assert not build(archive, encoder, index, options).published
    assert build(archive, encoder, index).published


def test_options_are_brought_within_what_the_encoder_takes(
    archive: Archive, encoder: Encoder, index: Path, current: Callable[[], Generation]
) -> None:
    assert encoder.spec.max_tokens == 256
    build(archive, encoder, index, BuildOptions(PassageOptions(1000, 900, 100, 300)))
    assert current().manifest.options == BuildOptions(PassageOptions(256, 256, 64, 64))


@pytest.fixture
def other_encoder(encoders: Path, encoder: Encoder, tmp_path: Path) -> Encoder:
    """The same network under another digest, as if its settings had changed."""
    folder = tmp_path / "other"
    folder.mkdir()
    for path in (encoders / encoder.spec.digest[:16]).iterdir():
        (folder / path.name).symlink_to(path)
    (folder / "encoder.json").unlink()
    write_spec(folder, replace(encoder.spec, digest="f" * 64))
    return Encoder(folder)


def test_another_encoder_encodes_everything(
    archive: Archive, encoder: Encoder, index: Path, other_encoder: Encoder
) -> None:
    build(archive, encoder, index)
    report = build(archive, other_encoder, index)
    assert (report.embedded, report.reused, report.published) == (4, 0, True)


@pytest.mark.parametrize("name", ["vectors.faiss", "passages.sqlite", "sentences.npy"])
def test_a_damaged_index_is_built_again_from_nothing(
    archive: Archive,
    encoder: Encoder,
    index: Path,
    current: Callable[[], Generation],
    name: str,
) -> None:
    first = build(archive, encoder, index)
    path = current_folder(index) / name
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(IndexDamaged):
        current()
    report = build(archive, encoder, index)
    assert (report.embedded, report.reused, report.published) == (4, 0, True)
    assert report.generation != first.generation
    assert current().manifest.generation == report.generation


def test_an_index_of_another_format_is_built_again(
    archive: Archive, encoder: Encoder, index: Path
) -> None:
    build(archive, encoder, index)
    path = current_folder(index) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 0}))
    report = build(archive, encoder, index)
    assert (report.embedded, report.published) == (4, True)


def test_a_build_with_nothing_to_do_removes_what_a_killed_one_left(
    archive: Archive, encoder: Encoder, index: Path
) -> None:
    name = build(archive, encoder, index).generation
    shutil.copytree(index / "generations" / name, index / "generations" / ".staging-1")
    assert not build(archive, encoder, index).published
    assert [path.name for path in (index / "generations").iterdir()] == [name]


def test_a_current_that_names_nothing_is_mended(
    archive: Archive, encoder: Encoder, index: Path, current: Callable[[], Generation]
) -> None:
    build(archive, encoder, index)
    (index / "current").write_text("gone\n")
    assert build(archive, encoder, index).published
    assert current().manifest.posts == 3


def test_an_empty_archive_is_refused(encoder: Encoder, index: Path, tmp_path: Path) -> None:
    with (
        Archive(tmp_path / "empty.sqlite", create=True) as empty,
        pytest.raises(IndexingError) as caught,
    ):
        build(empty, encoder, index)
    assert caught.value.message == "The archive holds no text."
    assert caught.value.hint == "Import posts: blogqa import SOURCE"
    with pytest.raises(IndexMissing):
        current_name(index)
    assert list((index / "generations").iterdir()) == []


def test_posts_of_headings_only_are_no_text(
    archive: Archive, encoder: Encoder, index: Path
) -> None:
    first = build(archive, encoder, index)
    blocks = (Block("heading", "Nothing", 1), Block("heading", "At all", 2))
    archive.put(SOURCE, [replace(POSTS[0], blocks=blocks)])
    with pytest.raises(IndexingError, match="holds no text"):
        build(archive, encoder, index)
    assert current_name(index) == first.generation


def test_a_post_without_text_is_kept_beside_others(
    archive: Archive, encoder: Encoder, index: Path, current: Callable[[], Generation]
) -> None:
    archive.put(SOURCE, [text_post("a-film"), POSTS[1]])
    report = build(archive, encoder, index)
    assert (report.posts, report.passages) == (2, 1)
    generation = current()
    found = generation.store.post("a-film")
    assert found is not None
    assert found[2] == []
    assert generation.posts_and_originals(np.array([0]))[0].tolist() == [1]


class HalvingEncoder(Encoder):
    """What a broken accelerator might do: vectors half as long as they should be."""

    def encode_passages(self, jobs: Iterable[Job]) -> Iterator[tuple[int, EncodedPassage]]:
        for key, good in super().encode_passages(jobs):
            yield key, EncodedPassage(good.vector / np.float32(2), good.sentences)


def test_an_index_of_wrong_vectors_is_not_published_nor_are_they_kept(
    archive: Archive, encoder: Encoder, encoders: Path, index: Path
) -> None:
    first = build(archive, encoder, index)
    archive.put(SOURCE, [POSTS[0], text_post("new", "Something new is here.")])
    broken = HalvingEncoder(encoders / encoder.spec.digest[:16])
    with pytest.raises(IndexDamaged) as caught:
        build(archive, broken, index)
    assert caught.value.message == (
        "The encoder gave a vector of length 0.5000, not 1, for a passage of new."
    )
    assert current_name(index) == first.generation
    assert [path.name for path in (index / "generations").iterdir()] == [first.generation]
    assert build(archive, encoder, index).embedded == 1


class StoppingEncoder(Encoder):
    """Stops, as somebody might who presses Ctrl+C, once two passages are encoded."""

    def encode_passages(self, jobs: Iterable[Job]) -> Iterator[tuple[int, EncodedPassage]]:
        yield from islice(super().encode_passages(jobs), 2)
        raise KeyboardInterrupt


def journals(index: Path) -> list[str]:
    return [path.name for path in index.iterdir() if path.suffix == ".vectors"]


def test_vectors_made_before_a_stop_are_not_made_again(
    archive: Archive, encoder: Encoder, encoders: Path, index: Path
) -> None:
    stopping = StoppingEncoder(encoders / encoder.spec.digest[:16])
    with pytest.raises(KeyboardInterrupt):
        build(archive, stopping, index)
    assert journals(index) == [f".{encoder.spec.digest[:16]}.vectors"]
    report = build(archive, encoder, index)
    assert (report.passages, report.embedded, report.reused) == (4, 2, 2)
    assert journals(index) == []


def test_a_full_build_and_one_by_another_encoder_take_over_nothing(
    archive: Archive, encoder: Encoder, encoders: Path, index: Path, other_encoder: Encoder
) -> None:
    stopping = StoppingEncoder(encoders / encoder.spec.digest[:16])
    with pytest.raises(KeyboardInterrupt):
        build(archive, stopping, index)
    report = build(archive, encoder, index, full=True)
    assert (report.embedded, report.reused, report.published) == (4, 0, True)
    report = build(archive, encoder, index, full=True)
    assert (report.embedded, report.reused, report.published) == (4, 0, True)
    archive.put(SOURCE, POSTS[:2])
    with pytest.raises(KeyboardInterrupt):
        build(archive, stopping, index, full=True)
    report = build(archive, other_encoder, index)
    assert (report.embedded, report.reused) == (3, 0)
    assert journals(index) == []


def test_a_journal_left_over_goes_though_there_is_nothing_to_do(
    archive: Archive, encoder: Encoder, encoders: Path, index: Path
) -> None:
    first = build(archive, encoder, index)
    stopping = StoppingEncoder(encoders / encoder.spec.digest[:16])
    with pytest.raises(KeyboardInterrupt):
        build(archive, stopping, index, full=True)
    report = build(archive, encoder, index)
    assert (report.generation, report.published) == (first.generation, False)
    assert journals(index) == []


def restarts(
    archive: Archive,
    encoder: Encoder,
    index: Path,
    options: BuildOptions | None = None,
    *,
    full: bool = False,
) -> list[Restart]:
    found: list[Restart] = []
    build(archive, encoder, index, options, full=full, on_restart=found.append)
    return found


def test_what_more_than_new_text_will_be_encoded_is_said_before(
    archive: Archive, encoder: Encoder, index: Path, other_encoder: Encoder
) -> None:
    model = "all-MiniLM-L6-v2"
    assert restarts(archive, encoder, index) == []
    assert restarts(archive, encoder, index) == []
    assert restarts(archive, encoder, index, full=True) == [Restart("full", model, model, 4)]
    assert restarts(archive, other_encoder, index) == [Restart("encoder", model, model, 4)]
    build(archive, encoder, index)
    options = BuildOptions(PassageOptions(target_tokens=100))
    assert restarts(archive, encoder, index, options) == [Restart("passages", "200", "100", 4)]
    damaged = current_folder(index)
    for path in (index / "generations").iterdir():
        if path != damaged:
            shutil.rmtree(path)
    (damaged / "layout.npy").write_bytes(b"")
    message = f"{damaged / 'layout.npy'} is not what the build wrote."
    assert restarts(archive, encoder, index, options) == [Restart("unreadable", message, "", 0)]


def test_where_the_index_in_use_is_damaged_the_one_before_gives_its_vectors(
    archive: Archive, encoder: Encoder, index: Path
) -> None:
    build(archive, encoder, index)
    archive.put(SOURCE, [*POSTS, text_post("added", "Added later.")])
    build(archive, encoder, index)
    (current_folder(index) / "layout.npy").write_bytes(b"")
    report = build(archive, encoder, index)
    assert (report.posts, report.embedded, report.reused) == (4, 1, 4)
    assert build(archive, encoder, index).generation == report.generation


def test_a_second_build_at_the_same_time_is_refused(
    archive: Archive, encoder: Encoder, index: Path
) -> None:
    with build_lock(index), pytest.raises(IndexBusy, match="Another build is at work in "):
        build(archive, encoder, index)
    assert build(archive, encoder, index).published


def test_posts_may_be_imported_while_passages_are_encoded(
    archive: Archive, encoder: Encoder, index: Path, tmp_path: Path
) -> None:
    added = text_post("added", "Added in the meantime.")

    def add(progress: Progress) -> None:
        if progress.done == 1:
            with Archive(tmp_path / "archive.sqlite") as other:
                other.put(SOURCE, [*POSTS, added])

    assert build(archive, encoder, index, on_progress=add).posts == 3
    report = build(archive, encoder, index)
    assert (report.posts, report.embedded) == (4, 1)


def test_the_store_has_no_journal_left(archive: Archive, encoder: Encoder, index: Path) -> None:
    build(archive, encoder, index)
    folder = current_folder(index)
    assert list(folder.glob("passages.sqlite-*")) == []
    with sqlite3.connect(folder / "passages.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


class LikeEncoder(Encoder):
    """Gives nearly the same vector to three passages of four, as the pages of a form would have."""

    def encode_passages(self, jobs: Iterable[Job]) -> Iterator[tuple[int, EncodedPassage]]:
        numbers = np.random.default_rng(0)
        same = numbers.normal(size=384)
        for key, good in super().encode_passages(jobs):
            vector = numbers.normal(size=384) * (1 if key % 4 == 0 else 0.035) + same * (
                key % 4 > 0
            )
            unit = (vector / np.linalg.norm(vector)).astype(np.float32)
            yield key, EncodedPassage(unit, good.sentences)


def test_passages_that_are_nearly_alike_do_not_stop_a_build_with_lists(
    archive: Archive, encoder: Encoder, encoders: Path, tmp_path: Path
) -> None:
    like = LikeEncoder(encoders / encoder.spec.digest[:16])
    options = BuildOptions(nearest=NearestOptions(exact_limit=10, least_recall=0.0))
    for count in (201, 202, 203, 205, 206):
        archive.put(SOURCE, [text_post(f"post-{n:03}", f"Form {n}.") for n in range(count)])
        build(archive, like, tmp_path / "index", options, full=True)
        assert read_manifest(current_folder(tmp_path / "index")).lists is not None
