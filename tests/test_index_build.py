"""A build makes the same of the same, encodes only what is new, and replaces only what is whole."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from corpus.archive import Archive
from corpus.passages import PassageOptions, cut_passages
from corpus.types import Block, Post, Source, Span
from index.build import BuildReport, Progress, build
from index.encoder import EncodedPassage, Encoder
from index.errors import IndexDamaged, IndexingError
from index.generation import Generation
from index.manifest import Manifest, read_manifest
from index.publish import current_folder, current_name
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
    """Every file with its inode and time of change."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_first_build_encodes_everything(
    archive: Archive, encoder: Encoder, index: Path, current: Callable[[], Generation]
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    report = build(archive, encoder, index)
    name = current_name(index)
    assert report == BuildReport(name, 3, 4, 4, 0, report.seconds, published=True)
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
        options=PassageOptions(),
        archive_digest=archive.digest(),
        posts=3,
        passages=4,
        sentences=6,
        digests=manifest.digests,
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
    assert [generation.post_row(ordinal) for ordinal in range(4)] == [0, 0, 1, 2]
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
    (alone,) = encoder.encode_passages([text], [[Span(start, start + len(winter))]])
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
    assert report == BuildReport(first.generation, 3, 4, 0, 4, report.seconds, published=False)
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
    assert seen == [Progress(2, 2)]
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
    assert [progress.done for progress in seen] == [8, 16, 20]
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
    options = PassageOptions(max_tokens=40, target_tokens=10, min_tokens=2, max_header_tokens=16)
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
    build(archive, encoder, index, PassageOptions(1000, 900, 100, 300))
    assert current().manifest.options == PassageOptions(256, 256, 64, 64)


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
    assert not index.exists()


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
    assert generation.post_row(0) == 1


class HalvingEncoder(Encoder):
    """What a broken accelerator might do: vectors half as long as they should be."""

    def encode_passages(
        self,
        texts: Sequence[str],
        sentences: Sequence[Sequence[Span]],
        on_done: Callable[[int], None] = lambda count: None,
    ) -> list[EncodedPassage]:
        good = super().encode_passages(texts, sentences, on_done)
        return [EncodedPassage(each.vector / np.float32(2), each.sentences) for each in good]


def test_an_index_that_cannot_find_its_own_passage_is_not_published(
    archive: Archive, encoder: Encoder, encoders: Path, index: Path
) -> None:
    first = build(archive, encoder, index)
    archive.put(SOURCE, [text_post("new", "Something new is here.")])
    broken = HalvingEncoder(encoders / encoder.spec.digest[:16])
    with pytest.raises(IndexDamaged) as caught:
        build(archive, broken, index)
    assert caught.value.message == (
        "Asked for new.0 itself, the new index finds nothing nearer than cosine 0.2500."
    )
    assert current_name(index) == first.generation
    assert [path.name for path in (index / "generations").iterdir()] == [first.generation]


def test_the_store_has_no_journal_left(archive: Archive, encoder: Encoder, index: Path) -> None:
    build(archive, encoder, index)
    folder = current_folder(index)
    assert list(folder.glob("passages.sqlite-*")) == []
    with sqlite3.connect(folder / "passages.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
