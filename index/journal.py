"""Vectors made so far, kept while a build is under way, so that a stopped one need not begin again.

A file that only grows: a record for each passage, with a checksum, since the last one may be cut
short. It goes once the vectors stand in a generation.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from index.errors import IndexDamaged
from index.pooling import EncodedPassage, Vector
from index.sentences import Records, pack, record_type

_SUFFIX = ".vectors"
_HEAD = struct.Struct("<32sII")  # fingerprint, number of sentences, CRC-32 of fingerprint and body


class Journal:
    """The vectors of one encoder, by fingerprint."""

    def __init__(self, file: IO[bytes], dimensions: int) -> None:
        """Read what is whole in ``file``, and cut off what is not."""
        self._file = file
        self._dimensions = dimensions
        self._record_type = record_type(dimensions)
        self._places: dict[str, tuple[int, int]] = {}
        self._end = self._read()
        file.truncate(self._end)
        file.seek(self._end)

    def _read(self) -> int:
        """Note every whole record; gives where the last one ends."""
        position = 0
        if not self._file.seek(0, 2):
            return position
        with mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            while position + _HEAD.size <= len(content):
                fingerprint, sentences, checksum = _HEAD.unpack_from(content, position)
                start = position + _HEAD.size
                end = start + self._size(sentences)
                if end > len(content) or _checksum(fingerprint, content[start:end]) != checksum:
                    break
                self._places[fingerprint.hex()] = (start, sentences)
                position = end
        return position

    def _size(self, sentences: int) -> int:
        return 2 * self._dimensions + sentences * self._record_type.itemsize

    def __contains__(self, fingerprint: str) -> bool:
        return fingerprint in self._places

    def __len__(self) -> int:
        return len(self._places)

    def add(self, fingerprint: str, encoded: EncodedPassage) -> None:
        """Keep the vectors of a passage; raises OSError if the disk refuses."""
        key = bytes.fromhex(fingerprint)
        body = encoded.vector.astype(np.float16).tobytes() + pack(encoded.sentences).tobytes()
        count = len(encoded.sentences)
        self._file.write(_HEAD.pack(key, count, _checksum(key, body)) + body)
        self._places[fingerprint] = (self._end + _HEAD.size, count)
        self._end += _HEAD.size + len(body)

    def read(self, fingerprint: str) -> tuple[Vector, Records]:
        """The vector of a passage and its packed sentences; KeyError if they were never added."""
        start, sentences = self._places[fingerprint]
        self._file.flush()
        self._file.seek(start)
        body = self._file.read(self._size(sentences))
        self._file.seek(self._end)
        vector = np.frombuffer(body, np.float16, self._dimensions).astype(np.float32)
        return vector, np.frombuffer(body, self._record_type, offset=2 * self._dimensions)


@contextmanager
def open_journal(index: Path, encoder_digest: str, dimensions: int) -> Iterator[Journal]:
    """The journal of a build with that encoder; those of other encoders are removed.

    It stays where an error is raised, if there is anything in it, and goes otherwise, as it does
    where IndexDamaged says that what is in it cannot be right. Raises OSError if the disk refuses.
    """
    path = index / f".{encoder_digest[:16]}{_SUFFIX}"
    clear_journals(index, but=path)
    path.touch()
    try:
        with path.open("r+b") as file:
            yield Journal(file, dimensions)
    except BaseException as error:
        if isinstance(error, IndexDamaged) or not path.stat().st_size:
            path.unlink()
        raise
    path.unlink()


def clear_journals(index: Path, but: Path | None = None) -> None:
    """Remove what builds that were stopped left in ``index``."""
    for path in index.glob(f".*{_SUFFIX}"):
        if path != but:
            path.unlink()


def _checksum(fingerprint: bytes, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(fingerprint))
