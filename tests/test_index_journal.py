"""Vectors kept while a build is under way: whatever happens to the file, what is whole is there."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import IndexDamaged, IndexingError
from index.journal import Journal, clear_journals, open_journal
from index.pooling import EncodedPassage
from tests.faults.limits import file_size_limit, filled, small_disk

DIMENSIONS = 4
DIGEST = "0123456789abcdef" * 4
NAME = ".0123456789abcdef.vectors"


def fingerprint(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def made(*vector: float, sentences: int = 1) -> EncodedPassage:
    """Numbers that half precision and a byte a dimension can hold."""
    rows = [[1.0, -1.0, row, 0] for row in range(sentences)]
    return EncodedPassage(
        np.array(vector, np.float32), np.array(rows, np.float32).reshape(-1, DIMENSIONS)
    )


PASSAGES = {
    fingerprint("one"): made(1, 0, 0, 0),
    fingerprint("two"): made(0, 0.5, -0.5, 0.25, sentences=2),
    fingerprint("three"): made(0, 0, 0, -1, sentences=2),
}


def check(journal: Journal, expected: dict[str, EncodedPassage]) -> None:
    assert len(journal) == len(expected)
    for key, encoded in expected.items():
        assert key in journal
        vector, sentences = journal.read(key)
        assert vector.tolist() == encoded.vector.tolist()
        assert vector.dtype == np.float32
        wanted = encoded.sentences * 127
        assert sentences["numbers"].shape == wanted.shape
        largest = np.abs(encoded.sentences).max(axis=1)
        assert sentences["scale"] == pytest.approx(largest / 127)
        assert sentences["numbers"].tolist() == np.rint(wanted / largest[:, None]).tolist()


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A journal of the three passages as it lies on the disk."""
    path = tmp_path_factory.mktemp("journal") / "j"
    path.touch()
    with path.open("r+b") as file:
        journal = Journal(file, DIMENSIONS)
        for key, encoded in PASSAGES.items():
            journal.add(key, encoded)
    return path.read_bytes()


ENDS = (0, 40 + 8 + 8, 40 + 8 + 8 + 40 + 8 + 16, 40 + 8 + 8 + 2 * (40 + 8 + 16))
"""Where records end: 40 bytes of head, 2 a dimension, and 4 and 1 a dimension for a sentence."""


def whole_before(position: int) -> dict[str, EncodedPassage]:
    """The passages whose records end at ``position`` or before."""
    count = sum(end <= position for end in ENDS[1:])
    return dict(list(PASSAGES.items())[:count])


def check_and_go_on(path: Path, expected: dict[str, EncodedPassage]) -> None:
    """The journal at ``path`` holds what is ``expected``, and takes more."""
    more = {fingerprint("more"): made(0, 1, 0, 0, sentences=2)}
    with path.open("r+b") as file:
        journal = Journal(file, DIMENSIONS)
        check(journal, expected)
        assert path.stat().st_size == ENDS[len(expected)]
        for key, encoded in more.items():
            journal.add(key, encoded)
        check(journal, expected | more)
    with path.open("r+b") as file:
        check(Journal(file, DIMENSIONS), expected | more)


def test_what_was_added_is_there_at_once_and_when_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.touch()
    with path.open("r+b") as file:
        journal = Journal(file, DIMENSIONS)
        check(journal, {})
        added = {}
        for key, encoded in PASSAGES.items():
            assert key not in journal
            journal.add(key, encoded)
            added[key] = encoded
            check(journal, added)
    with path.open("r+b") as file:
        check(Journal(file, DIMENSIONS), PASSAGES)


def test_records_are_as_long_as_they_need_to_be(content: bytes) -> None:
    assert len(content) == ENDS[-1]


def test_a_passage_never_added_is_a_key_error(tmp_path: Path) -> None:
    (tmp_path / "j").touch()
    with (tmp_path / "j").open("r+b") as file, pytest.raises(KeyError):
        Journal(file, DIMENSIONS).read(fingerprint("other"))


def test_a_passage_without_sentences(tmp_path: Path) -> None:
    (tmp_path / "j").touch()
    with (tmp_path / "j").open("r+b") as file:
        journal = Journal(file, DIMENSIONS)
        journal.add(fingerprint("none"), made(1, 0, 0, 0, sentences=0))
        vector, sentences = journal.read(fingerprint("none"))
    assert vector.tolist() == [1, 0, 0, 0]
    assert len(sentences) == 0


def test_what_was_added_twice_is_as_it_was_last(tmp_path: Path) -> None:
    key = fingerprint("one")
    path = tmp_path / "j"
    path.touch()
    with path.open("r+b") as file:
        journal = Journal(file, DIMENSIONS)
        journal.add(key, made(1, 0, 0, 0))
        journal.add(key, made(0, 1, 0, 0, sentences=2))
        check(journal, {key: made(0, 1, 0, 0, sentences=2)})
    with path.open("r+b") as file:
        check(Journal(file, DIMENSIONS), {key: made(0, 1, 0, 0, sentences=2)})


def test_wherever_the_file_ends_what_is_whole_is_there(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "j"
    for kept in range(len(content) + 1):
        path.write_bytes(content[:kept])
        check_and_go_on(path, whole_before(kept))


@pytest.mark.parametrize("bits", [1, 128, 255])
def test_whichever_byte_is_wrong_what_was_before_it_is_there(
    content: bytes, tmp_path: Path, bits: int
) -> None:
    path = tmp_path / "j"
    for position in range(len(content)):
        wrong = bytes([content[position] ^ bits])
        path.write_bytes(content[:position] + wrong + content[position + 1 :])
        check_and_go_on(path, whole_before(position))


@pytest.mark.parametrize("tail", [b"\0", bytes(40), bytes(4096), b"\xff" * 5000])
def test_what_no_build_wrote_is_cut_off(content: bytes, tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "j"
    path.write_bytes(content + tail)
    check_and_go_on(path, PASSAGES)
    path.write_bytes(tail + content)
    check_and_go_on(path, {})


@given(st.binary(max_size=400))
def test_any_file_can_be_opened(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "junk"
    path.write_bytes(junk)
    check_and_go_on(path, {})


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=30), st.data())
def test_reading_in_between_does_not_disturb_adding(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]], data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "steps"
    path.write_bytes(b"")
    kept: dict[str, int] = {}
    with path.open("r+b") as file:
        journal = Journal(file, DIMENSIONS)
        for name, sentences in steps:
            journal.add(fingerprint(str(name)), made(0, 1, 0, 0, sentences=sentences))
            kept[fingerprint(str(name))] = sentences
            key = data.draw(st.sampled_from(sorted(kept)))
            assert len(journal.read(key)[1]) == kept[key]
    with path.open("r+b") as file:
        again = Journal(file, DIMENSIONS)
        assert {key: len(again.read(key)[1]) for key in kept} == kept
        assert len(again) == len(kept)


def test_a_journal_goes_with_the_end_of_its_build(tmp_path: Path) -> None:
    with open_journal(tmp_path, DIGEST, DIMENSIONS) as journal:
        journal.add(fingerprint("one"), made(1, 0, 0, 0))
        assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert list(tmp_path.iterdir()) == []


def add_and_raise(index: Path, error: BaseException) -> None:
    with open_journal(index, DIGEST, DIMENSIONS) as journal:
        for key, encoded in PASSAGES.items():
            journal.add(key, encoded)
        raise error


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), IndexingError("No.", "Do."), OSError("full"), GeneratorExit()]
)
def test_a_journal_stays_where_a_build_is_stopped(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)):
        add_and_raise(tmp_path, error)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    with open_journal(tmp_path, DIGEST, DIMENSIONS) as journal:
        check(journal, PASSAGES)


def test_a_journal_goes_where_what_is_in_it_cannot_be_right(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="Wrong"):
        add_and_raise(tmp_path, IndexDamaged("Wrong.", "Mend it."))
    assert list(tmp_path.iterdir()) == []


def test_another_encoder_s_journal_is_removed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    (tmp_path / ".other.vectors").write_bytes(content)
    for name in ("current", ".lock", "some.vectors"):
        (tmp_path / name).touch()
    with open_journal(tmp_path, DIGEST, DIMENSIONS) as journal:
        check(journal, PASSAGES)
        names = {path.name for path in tmp_path.iterdir()}
        assert names == {NAME, "current", ".lock", "some.vectors"}


def test_all_journals_can_be_removed(tmp_path: Path) -> None:
    for name in (NAME, ".other.vectors", "current", ".lock"):
        (tmp_path / name).touch()
    clear_journals(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"current", ".lock"}
    clear_journals(tmp_path / "gone")


def stop_at_a_full_disk(folder: Path) -> int:
    """Add passages until the disk refuses; how many were taken before."""
    added: list[int] = []

    def add_on_and_on() -> None:
        with open_journal(folder, DIGEST, DIMENSIONS) as journal:
            while True:
                journal.add(fingerprint(str(len(added))), made(1, 0, 0, 0))
                added.append(len(added))

    with pytest.raises(OSError, match=r"No space left|File too large"):
        add_on_and_on()
    return len(added)


def check_after_a_full_disk(folder: Path, added: int) -> None:
    with open_journal(folder, DIGEST, DIMENSIONS) as journal:
        kept = len(journal)
        check(journal, {fingerprint(str(number)): made(1, 0, 0, 0) for number in range(kept)})
    assert 0 < kept <= added


def test_where_files_may_not_grow_what_was_written_is_kept(tmp_path: Path) -> None:
    with file_size_limit(20_000):
        added = stop_at_a_full_disk(tmp_path)
    check_after_a_full_disk(tmp_path, added)


def test_where_the_disk_is_full_what_was_written_is_kept() -> None:
    with small_disk() as disk:
        with filled(disk, 20_480):
            added = stop_at_a_full_disk(disk)
        check_after_a_full_disk(disk, added)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_journal(tmp_path / "gone", DIGEST, DIMENSIONS).__enter__()
